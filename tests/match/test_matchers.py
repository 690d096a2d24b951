"""Every matcher holds where the language says so, fails everywhere else, and says why in one line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conformance import match
from conformance.match import MISSING
from conformance.scenario import matcher_names
from conformance.scenario.model import Reference, Template

INVOICE = {"id": "in_2", "created": 1_000_000, "amount": 500}
ID, CREATED, AMOUNT = (Reference("invoice", (key,)) for key in ("id", "created", "amount"))

HOLDS = [
    ({"$absent": True}, MISSING),
    ({"$present": True}, None),
    ({"$present": True}, False),
    ({"$type": "string"}, ""),
    ({"$type": "integer"}, 0),
    ({"$type": "number"}, 1),
    ({"$type": "number"}, 1.5),
    ({"$type": "boolean"}, False),
    ({"$type": "object"}, {}),
    ({"$type": "list"}, []),
    ({"$type": "null"}, None),
    ({"$type": "timestamp"}, 1_700_000_000),
    ({"$type": ["null", "string"]}, None),
    ({"$match": "in_[a-z]+"}, "in_abc"),
    ({"$match": Template(("No such invoice: '", ID, "'.*"))}, "No such invoice: 'in_2'; really"),
    ({"$id": "in"}, "in_1"),
    ({"$symbol": "payment"}, "pi_1"),
    ({"$now": "120s"}, 1_000_120),
    ({"$now": "120s"}, 999_880),
    ({"$near": {"to": CREATED, "within": "5s"}}, 999_995),
    ({"$near": {"to": CREATED, "plus": "30d", "within": "5s"}}, 1_000_000 + 30 * 86_400 + 5),
    ({"$near": {"to": 100, "minus": "1m", "within": "0s"}}, 40),
    ({"$length": 2}, [1, 2]),
    ({"$length": 2}, "ab"),
    ({"$length": 0}, {}),
    ({"$length": {"$gt": 1}}, [1, 2]),
    ({"$in": ["draft", "open"]}, "open"),
    ({"$in": [None, {"$id": "in"}]}, "in_1"),
    ({"$in": [None, {"$absent": True}]}, MISSING),
    ({"$not": "open"}, "draft"),
    ({"$not": {"$type": "string"}}, None),
    ({"$gt": 1}, 2),
    ({"$gte": 1}, 1),
    ({"$lt": 1}, 0),
    ({"$lte": 1}, 1),
    ({"$gte": AMOUNT}, 500),
    ({"$between": [1, 9]}, 1),
    ({"$between": [1, AMOUNT]}, 500),
    ({"$contains": {"a": 1}}, [{"a": 2}, {"a": 1, "b": 2}]),
    ({"$contains": "pen"}, "open"),
    ({"$contains": ID}, "invoice in_2 is void"),
    ({"$contains": "open"}, ["draft", "open"]),
    ({"$each": {"$id": "il"}}, ["il_1", "il_2"]),
    ({"$each": {"$id": "il"}}, []),
    ({"$unordered": [{"a": 1}, {"$type": "object"}]}, [{"a": 2}, {"a": 1}]),
    ({"$unordered": [{"$type": "object"}, {"a": 1}]}, [{"a": 1}, {"a": 2}]),
    ({"$unordered": []}, []),
    ({"$exactly": {"a": 1, "b": {"$absent": True}}}, {"a": 1}),
    ({"$keys": ["a", "b"]}, {"b": 1, "a": None}),
    ({"$decimal": "12.5"}, "12.50"),
    ({"$decimal": "-1"}, "-1.000"),
    ({"$all": [{"$gt": 1}, {"$lt": 3}]}, 2),
    ({"$versions": {">=2025-03-31.basil": 1, "<2025-03-31.basil": 2}}, 1),
    ({"$versions": {"<2025-03-31.basil": 2}}, "whatever"),
    ({"$versions": {"<2025-03-31.basil": 2}}, MISSING),
]

FAILS = [
    ({"$absent": True}, None, "expected no such key, got null"),
    ({"$present": True}, MISSING, "is missing, expected any value"),
    ({"$type": "integer"}, True, "expected integer, got true (boolean)"),
    ({"$type": "integer"}, 1.0, "expected integer, got 1.0 (number)"),
    ({"$type": "number"}, False, "expected number, got false (boolean)"),
    ({"$type": "number"}, "1", 'expected number, got "1" (string)'),
    ({"$type": "timestamp"}, 1_700_000_000_000, "expected timestamp, got 1700000000000 (integer)"),
    ({"$type": ["string", "null"]}, 5, "expected string or null, got 5 (integer)"),
    ({"$match": "in_[a-z]+"}, "in_abc1", '"in_abc1" does not match in_[a-z]+'),
    ({"$match": "a.c"}, "abc\n", '"abc\\n" does not match a.c'),
    ({"$match": "x"}, None, "expected a string of that pattern, got null"),
    ({"$match": ".*"}, "a" * 10_001, "10,001 characters are too many to match against a pattern"),
    ({"$match": Template((ID, ".*"))}, "in_3 x", r'"in_3 x" does not match in_2.*'),
    ({"$id": "in"}, "inv_1", 'expected an id in_…, got "inv_1" (string)'),
    ({"$id": "in"}, "in_", 'expected an id in_…, got "in_" (string)'),
    ({"$symbol": "payment"}, None, "expected the id of payment, got null"),
    ({"$symbol": "payment"}, "", 'expected the id of payment, got "" (string)'),
    ({"$now": "120s"}, 1_000_121, "1000121 is 121 s after the response's Date, 120 s are allowed"),
    ({"$now": "2m"}, 999_879, "999879 is 121 s before the response's Date, 120 s are allowed"),
    ({"$now": "1s"}, 1_700_000_000_000, "1700000000000 is no time in Unix seconds; it looks like milliseconds"),
    ({"$now": "1s"}, True, "expected a timestamp within 1s of the response's Date, got true (boolean)"),
    ({"$now": "1s"}, 1_000_000.0, "expected a timestamp within 1s of the response's Date, got 1000000.0 (number)"),
    (
        {"$near": {"to": CREATED, "plus": "1h", "within": "5s"}},
        1_000_000,
        "1000000 is 3,600 s before the expected 1003600, 5 s are allowed",
    ),
    ({"$length": 3}, [1], "1 element instead of 3"),
    ({"$length": 1}, "abc", "3 characters instead of 1"),
    ({"$length": {"$gt": 1}}, {"a": 1}, "length: expected a number of more than 1, got 1 (integer)"),
    ({"$length": 3}, None, "expected something with a length, got null"),
    ({"$in": ["draft", "open"]}, "void", 'expected one of ["draft", "open"], got "void" (string)'),
    ({"$in": [1, 0]}, True, "expected one of [1, 0], got true (boolean)"),
    ({"$not": "open"}, "open", 'expected anything but "open", got "open" (string)'),
    ({"$not": "open"}, MISSING, 'is missing, expected anything but "open"'),
    ({"$gt": 1}, 1, "expected a number of more than 1, got 1 (integer)"),
    ({"$gte": 1}, 0, "expected a number of at least 1, got 0 (integer)"),
    ({"$lt": 1}, 1, "expected a number of less than 1, got 1 (integer)"),
    ({"$lte": 1}, 2, "expected a number of at most 1, got 2 (integer)"),
    ({"$lte": 1}, True, "expected a number of at most 1, got true (boolean)"),
    ({"$gt": 1}, "2", 'expected a number of more than 1, got "2" (string)'),
    ({"$between": [1, 9]}, 10, "expected a number between 1 and 9, got 10 (integer)"),
    ({"$contains": "x"}, ["a", "b"], 'none of the 2 elements matches "x"'),
    ({"$contains": {"a": 1}}, [], 'empty, without {"a": 1}'),
    ({"$contains": "x"}, "open", '"open" does not contain "x"'),
    ({"$contains": {"a": 1}}, "open", 'expected a list that contains {"a": 1}, got "open" (string)'),
    ({"$each": 1}, {}, "expected a list, got {} (object)"),
    ({"$unordered": [1, 2]}, [1], "1 element instead of 2"),
    ({"$unordered": [1, 2, 3]}, [3, 4, 5], "matches in no order; not expected: 4, 5"),
    ({"$exactly": {"a": 1}}, {"a": 1, "b": 2}, 'has more "b" than the expected keys'),
    ({"$exactly": {"a": 1}}, [], "expected an object, got [] (list)"),
    ({"$keys": ["a", "b"]}, {"a": 1, "c": 1}, 'has also "c" and not "b"'),
    ({"$keys": ["a"]}, None, "expected an object with exactly the keys a, got null"),
    ({"$decimal": "12.5"}, "12.51", 'expected the decimal number 12.5 in a string, got "12.51" (string)'),
    ({"$decimal": "12.5"}, 12.5, "expected the decimal number 12.5 in a string, got 12.5 (number)"),
    ({"$decimal": "0"}, "NaN", 'expected the decimal number 0 in a string, got "NaN" (string)'),
    ({"$all": [{"$gt": 1}, {"$lt": 3}]}, 3, "expected a number of less than 3, got 3 (integer)"),
    ({"$versions": {">=2025-03-31.basil": 1, "<2025-03-31.basil": 2}}, 2, "2 instead of 1"),
]

MALFORMED = [
    ({"$absent": False}, "$absent", ()),
    ({"$present": 1}, "$present", ()),
    ({"$type": "int"}, "$type", ()),
    ({"$type": []}, "$type", ()),
    ({"$match": "("}, "$match", ()),
    ({"$match": 5}, "$match", ()),
    ({"$id": ""}, "$id", ()),
    ({"$symbol": None}, "$symbol", ()),
    ({"$now": 120}, "$now", ()),
    ({"$now": "2 minutes"}, "$now", ()),
    ({"$near": {"to": 5}}, "$near", ()),
    ({"$near": {"to": "soon", "within": "1s"}}, "$near", ()),
    ({"$near": {"to": 5, "within": "1s", "around": 1}}, "$near", ()),
    ({"$length": "3"}, "$length", ()),
    ({"$length": True}, "$length", ()),
    ({"$in": []}, "$in", ()),
    ({"$in": "draft"}, "$in", ()),
    ({"$gt": "1"}, "$gt", ()),
    ({"$lte": True}, "$lte", ()),
    ({"$between": [1]}, "$between", ()),
    ({"$unordered": 1}, "$unordered", ()),
    ({"$exactly": [1]}, "$exactly", ()),
    ({"$keys": {"a": 1}}, "$keys", ()),
    ({"$decimal": 12.5}, "$decimal", ()),
    ({"$decimal": "NaN"}, "$decimal", ()),
    ({"$all": []}, "$all", ()),
    ({"$versions": {">2025": 1}}, "$versions", ()),
    ({"$versions": {}}, "$versions", ()),
    ({"lines": {"data": [{"$mach": "x"}]}}, "$mach", ("lines", "data", 0)),
    ({"lines": {"$length": 1, "data": []}}, "$length", ("lines",)),
    ({"a": {"$in": [1, {"$id": 5}]}}, "$id", ("a", "$in", 1)),
]


def name(value: object) -> str:
    return str(value)[:40]


@pytest.mark.parametrize(("node", "value"), HOLDS, ids=name)
def test_a_matcher_holds(node, value, scope):
    assert match.compile(node).check(value, scope(invoice=INVOICE)) == []


@pytest.mark.parametrize(("node", "value", "message"), FAILS, ids=name)
def test_a_matcher_that_does_not_hold_says_why(node, value, message, scope):
    (found,) = match.compile(node).check(value, scope(invoice=INVOICE))
    assert (found.path, found.message) == ("", message)
    assert found.actual == value


@pytest.mark.parametrize(("node", "matcher", "where"), MALFORMED, ids=name)
def test_a_malformed_matcher_is_refused_when_it_is_compiled(node, matcher, where):
    with pytest.raises(match.BadMatcher) as caught:
        match.compile(node)
    assert (caught.value.name, caught.value.where) == (matcher, where)


def test_an_unknown_matcher_names_the_nearest():
    with pytest.raises(match.BadMatcher, match=r"no such matcher, near: \$match"):
        match.compile({"$mach": "x"})


def test_every_matcher_has_a_row_that_holds_one_that_fails_and_one_that_is_malformed():
    used = {table: {next(iter(row[0])) for row in rows} for table, rows in (("holds", HOLDS), ("fails", FAILS))}
    assert used["holds"] == used["fails"] == set(match.MATCHERS)
    free_argument = {"$not", "$contains", "$each", "$gte", "$lt"}  # any node is an argument; or as $gt
    assert {row[1] for row in MALFORMED} >= set(match.MATCHERS) - free_argument


def test_lint_knows_the_same_matchers():
    assert set(matcher_names.MATCHERS) == set(match.MATCHERS)


@pytest.mark.parametrize("node", [row[0] for row in (*HOLDS, *FAILS)], ids=name)
def test_lint_accepts_what_compiles(node):
    ((matcher, argument),) = node.items()
    assert matcher_names.MATCHERS[matcher].accepts(argument)


@pytest.mark.parametrize("node", [row[0] for row in MALFORMED if not row[2]], ids=name)
def test_lint_refuses_what_does_not_compile(node):
    ((matcher, argument),) = node.items()
    assert not matcher_names.MATCHERS[matcher].accepts(argument)


def test_a_failing_element_of_each_is_addressed(scope):
    (found,) = match.compile({"data": {"$each": {"amount": {"$gt": 0}}}}).check(
        {"data": [{"amount": 1}, {"amount": 0}]}, scope()
    )
    assert (found.path, found.where) == ("data[1].amount", ("data", "$each", "amount"))


def test_each_tells_of_a_flood_only_ten_elements_and_counts_one_check(scope):
    expectation = match.compile({"$each": 1})
    found = expectation.check([2] * 5000, scope())
    assert len(found) == 10
    assert sum(one.leaves for one in found) == expectation.count == 1


def test_the_one_element_that_unordered_cannot_place_is_explained_by_its_field(scope):
    node = {"$unordered": [{"id": "a", "amount": 1}, {"id": "b", "amount": 2}]}
    (found,) = match.compile(node).check([{"id": "b", "amount": 2}, {"id": "a", "amount": 9}], scope())
    assert (found.path, found.message) == ("[1].amount", "9 instead of 1")
    assert found.where == ("$unordered", 0, "amount")


def test_unordered_finds_the_only_assignment_among_overlapping_elements(scope):
    node = {"$unordered": [{"$gte": 1}, {"$gte": 2}, {"$gte": 3}]}
    expectation = match.compile(node)
    assert expectation.check([1, 2, 3], scope()) == []
    assert expectation.check([3, 1, 2], scope()) == []
    assert expectation.check([1, 1, 3], scope()) != []


def test_unordered_keeps_to_one_assignment_of_symbols(scope):
    node = [{"$symbol": "a"}, {"$unordered": [{"id": {"$symbol": "b"}}, {"id": {"$symbol": "a"}}]}]
    expectation = match.compile(node)
    assert expectation.check(["x", [{"id": "x"}, {"id": "y"}]], scope()) == []
    assert expectation.check(["x", [{"id": "z"}, {"id": "y"}]], scope()) != []


def test_unordered_tries_the_other_assignment_where_the_first_binds_a_symbol_wrongly(scope):
    element = {"id": {"$symbol": "a"}, "of": {"$symbol": "b"}}
    node = {"$unordered": [{"id": {"$symbol": "a"}}, {"id": {"$symbol": "b"}, "of": {"$symbol": "a"}}]}
    assert match.compile(node).check([{"id": "x", "of": "y"}, {"id": "y"}], scope()) == []
    assert (
        match.compile({"$unordered": [element, element]}).check(
            [{"id": "x", "of": "y"}, {"id": "y", "of": "x"}], scope()
        )
        != []
    )


def test_versions_are_counted_exactly_when_the_version_is_known(scope):
    node = {"$versions": {">=2025-03-31.basil": {"a": 1, "b": 2}, "<2020-01-01": 5}}
    assert [match.compile(node, scope(v).version).count for v in ("2025-03-31.basil", "2024-06-20", "2019-01-01")] == [
        2,
        0,
        1,
    ]


def test_versions_follow_the_version_in_use_when_compiled_without_one(scope):
    expectation = match.compile(
        {"paid": {"$versions": {"<2025-03-31.basil": True, ">=2025-03-31.basil": {"$absent": True}}}}
    )
    assert expectation.check({"paid": True}, scope("2024-06-20")) == []
    assert expectation.check({"paid": True}, scope("2025-03-31.basil")) != []


def test_a_timestamp_without_a_date_to_compare_with_is_told(scope):
    (found,) = match.compile({"$now": "1s"}).check(5, scope(date=None))
    assert found.message == "the response has no Date to compare 5 with"


def test_a_reference_of_the_wrong_kind_is_told_and_not_raised(scope):
    (found,) = match.compile({"$gt": Reference("invoice", ("id",))}).check(5, scope(invoice=INVOICE))
    assert "in_2" in found.message
    assert found.message.startswith("cannot be compared")


def test_decimal_matches_exactly_and_not_as_a_float(scope):
    third = str(Decimal("0.1") + Decimal("0.2"))
    assert match.compile({"$decimal": third}).check("0.30000000000000000001", scope()) != []
