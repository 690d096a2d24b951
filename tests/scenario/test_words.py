"""What ``explain`` says of an expectation: a phrase for every matcher, a line for every leaf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.paths import data
from conformance.scenario.loader import Library, discover
from conformance.scenario.matcher_names import MATCHERS
from conformance.scenario.model import Changes, Expect, Reference, Request, Step, Template
from conformance.scenario.words import checks, leaves, phrase

CREATED = Reference("a", ("created",))


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ("open", 'is "open"'),
        (None, "is null"),
        (2000, "is 2000"),
        (Reference("a", ("id",)), "is ${a.id}"),
        (Template(("x-", Reference("a"))), 'is "x-${a}"'),
        ({"$absent": True}, "is missing"),
        ({"$present": True}, "is there"),
        ({"$type": "integer"}, "is an integer"),
        ({"$type": ["string", "null"]}, "is a string or null"),
        ({"$match": "in_.+"}, 'matches "in_.+"'),
        ({"$id": "in"}, "is an id in_…"),
        ({"$symbol": "payment"}, "is the id of payment, the same throughout"),
        ({"$now": "120s"}, "is now, give or take 120s"),
        ({"$near": {"to": CREATED, "plus": "30d", "within": "5s"}}, "is ${a.created} + 30d, give or take 5s"),
        ({"$length": 3}, "has length 3"),
        ({"$length": {"$gte": 1}}, "has a length that is at least 1"),
        ({"$in": [1, "a"]}, 'is one of 1, "a"'),
        ({"$in": [{"$absent": True}, None]}, "is missing or is null"),
        ({"$not": "draft"}, 'is there, and it is not so that it is "draft"'),
        ({"$gt": 1}, "is more than 1"),
        ({"$gte": 1}, "is at least 1"),
        ({"$lt": CREATED}, "is less than ${a.created}"),
        ({"$lte": 1}, "is at most 1"),
        ({"$between": [1, 9]}, "is between 1 and 9"),
        ({"$contains": {"id": 1}}, "contains something that id is 1"),
        ({"$each": {"amount": 5}}, "has only elements where: amount is 5"),
        ({"$unordered": [1, {"a": 2}]}, "is, in any order, 2 elements: is 1 | a is 2"),
        ({"$exactly": {"a": 1, "b": None}}, "has exactly: a is 1; b is null"),
        ({"$exactly": {}}, "has exactly: nothing"),
        ({"$keys": ["a", "b"]}, "has exactly the keys a, b"),
        ({"$decimal": "12.5"}, "is the decimal number 12.5 in a string"),
        ({"$all": [{"$length": 2}, {"$each": 1}]}, "has length 2 and has only elements where: is 1"),
        ({"$versions": {">=2022-08-01": {"$absent": True}}}, "at >=2022-08-01: is missing"),
    ],
)
def test_phrase(node: Any, words: str) -> None:
    assert phrase(node) == words


def test_leaves_name_every_place() -> None:
    body = {"status": "open", "lines": {"data": [{"amount": 5}, {"id": {"$id": "il"}}]}, "tags": ["a"]}
    assert list(leaves(body)) == [
        'status is "open"',
        "lines.data is 2 elements long",
        "lines.data[0].amount is 5",
        "lines.data[1].id is an id il_…",
        'tags is ["a"]',
    ]


def test_checks_tell_everything_that_is_expected() -> None:
    expect = Expect(
        status={"$in": [200, 201]},
        headers={"idempotent-replayed": "true"},
        error={"type": "card_error", "code": {"$absent": True}},
        body={"paid": True},
        changes=Changes(Reference("a"), {"status": "void"}),
        same_as=Reference("b"),
    )
    assert list(checks(Step("s", 0, Request("GET", "/"), expect))) == [
        "HTTP status is one of 200, 201",
        'header idempotent-replayed is "true"',
        'error.type is "card_error"',
        "error.code is missing",
        "paid is true",
        "only this differs from ${a}:",
        '  status is "void"',
        "the body equals ${b}",
    ]
    frame = Expect(status=200, changes=Changes(Reference("a"), {}))
    assert list(checks(Step("s", 0, Request("GET", "/"), frame)))[1:] == ["nothing differs from ${a}"]


def test_everything_that_ships_can_be_said() -> None:
    library = Library()
    said = [
        line
        for file in discover([Path(data("scenarios"))])
        for scenario in library.load(file).scenarios
        for step in scenario.steps
        for line in checks(step)
    ]
    assert len(said) > 500
    assert not [line for line in said if any(f"{{{name}:" in line for name in MATCHERS)]
