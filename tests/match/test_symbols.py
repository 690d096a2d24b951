"""Identity by unification: a bijection between symbols and ids over a whole scenario."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance import match

NAMES = st.sampled_from("abc")
IDS = st.sampled_from(["x", "y", "z"])


@given(st.lists(st.tuples(NAMES, IDS), max_size=12))
def test_what_was_unified_is_always_a_bijection(pairs):
    symbols = match.Symbols()
    accepted = [(symbol, value) for symbol, value in pairs if symbols.unify(symbol, value)]
    assert len({symbol for symbol, _ in accepted}) == len({value for _, value in accepted}) == len(set(accepted))
    refused = [pair for pair in pairs if pair not in accepted]
    for symbol, value in refused:
        assert symbols.conflict(symbol, value)
        assert any((symbol == s) != (value == v) for s, v in accepted)


@given(st.lists(st.tuples(NAMES, IDS), max_size=6), st.lists(st.tuples(NAMES, IDS), max_size=6))
def test_a_rolled_back_attempt_binds_nothing(before, attempt):
    symbols = match.Symbols()
    for pair in before:
        symbols.unify(*pair)
    bound = {symbol: symbols.get(symbol) for symbol in "abc"}
    mark = symbols.snapshot()
    for pair in attempt:
        symbols.unify(*pair)
    symbols.rollback(mark)
    assert {symbol: symbols.get(symbol) for symbol in "abc"} == bound
    fresh = match.Symbols()
    for pair in before:
        fresh.unify(*pair)
    assert [symbols.unify(*pair) for pair in attempt] == [fresh.unify(*pair) for pair in attempt]


def test_a_symbol_is_one_id_across_steps_and_no_other_symbols(scope):
    shared = scope()
    assert match.compile({"payment": {"$symbol": "p"}}).check({"payment": "pi_1"}, shared) == []
    assert match.compile({"payment": {"$symbol": "p"}}).check({"payment": "pi_1"}, shared) == []
    (other,) = match.compile({"payment": {"$symbol": "p"}}).check({"payment": "pi_2"}, shared)
    assert other.message == 'p is "pi_1" in this scenario, got "pi_2"'
    (taken,) = match.compile({"charge": {"$symbol": "c"}}).check({"charge": "pi_1"}, shared)
    assert taken.message == '"pi_1" is already p in this scenario, and c must be another, got "pi_1"'


def test_alternatives_that_do_not_hold_bind_nothing(scope):
    shared = scope()
    node = {"$in": [{"id": {"$symbol": "p"}, "n": 1}, {"id": {"$symbol": "q"}, "n": 2}]}
    assert match.compile(node).check({"id": "x", "n": 2}, shared) == []
    assert (shared.symbols.get("p"), shared.symbols.get("q")) == (None, "x")


def test_contains_binds_the_element_that_holds(scope):
    shared = scope()
    node = {"$contains": {"id": {"$symbol": "p"}, "n": 2}}
    assert match.compile(node).check([{"id": "x", "n": 1}, {"id": "y", "n": 2}], shared) == []
    assert shared.symbols.get("p") == "y"


def test_not_binds_nothing(scope):
    shared = scope()
    assert match.compile({"$not": {"$symbol": "p"}}).check("x", shared) != []
    assert shared.symbols.get("p") is None
