"""The search query language over invoices: clauses, ``AND`` or ``OR``, negation, pages (INV-LST-018..023)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.reference.model.problems import problem, refused
from conformance.reference.model.table import ANY_TIME
from conformance.reference.view import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.reference.api.call import Call
    from conformance.reference.model.table import Body, Span
    from conformance.reference.model.world import World

#: Field -> kind. Texts may be searched for parts (``~``), tokens only whole, numbers by range (INV-LST-019,
#: INV-LST-020).
FIELDS = {
    "created": "number",
    "currency": "token",
    "customer": "token",
    "last_finalization_error_code": "token",
    "last_finalization_error_type": "token",
    "metadata": "token",
    "number": "text",
    "receipt_number": "text",
    "status": "token",
    "subscription": "token",
    "total": "number",
}
_OPERATORS = {
    "number": frozenset({":", ">", "<", ">=", "<="}),
    "token": frozenset({":"}),
    "text": frozenset({":", "~"}),
}
#: Fields with an index of their own, by the name of the stored one.
_INDEXED = {"customer": "customer", "status": "status", "number": "_number", "subscription": "_subscription"}

_STORED = {"subscription": "_subscription"}

_CLAUSE = re.compile(
    r"""\s*(?P<not>-)?(?P<field>[a-z_]+)(?:\[(?P<q>["'])(?P<key>.*?)(?P=q)\])?\s*(?P<op>>=|<=|[:~<>])\s*
    (?:(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)|(?P<null>null\b)|(?P<figure>-?\d+(?:\.\d+)?))""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_JOINT = re.compile(r"\s+(AND|OR)\s+|\s+", re.IGNORECASE)
MOST_CLAUSES = 10
SHORTEST_PART = 3


class Clause(NamedTuple):
    """``value`` None asks for a missing metadata key."""

    field: str
    key: str | None
    operator: str
    value: Any
    negated: bool
    written: str

    def holds(self, row: Body) -> bool:
        return self._matches(_value(row, self.field, self.key)) is not self.negated

    def _matches(self, actual: Any) -> bool:
        if self.value is None or actual is None:
            return actual is self.value
        return _COMPARE[self.operator](actual, self.value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ":": lambda actual, wanted: bool(actual == wanted),
    "~": lambda actual, wanted: bool(wanted in actual),
    ">": lambda actual, wanted: bool(actual > wanted),
    "<": lambda actual, wanted: bool(actual < wanted),
    ">=": lambda actual, wanted: bool(actual >= wanted),
    "<=": lambda actual, wanted: bool(actual <= wanted),
}


def _value(row: Body, field: str, key: str | None) -> Any:
    """What the field holds, in lower case: search does not distinguish."""
    if field == "metadata":
        value = row["metadata"].get(key)
    elif field.startswith("last_finalization_error_"):
        value = (row["last_finalization_error"] or {}).get(field.removeprefix("last_finalization_error_"))
    else:
        value = row.get(_STORED.get(field, field))
    return value.lower() if isinstance(value, str) else value


def parse(query: str) -> tuple[list[Clause], bool]:
    """The clauses and whether any of them suffices. Raise for what Stripe cannot parse."""
    clauses: list[Clause] = []
    joints: set[str] = set()
    place = 0
    while True:
        found = _CLAUSE.match(query, place)
        if not found:
            raise _unparsable()
        clauses.append(_clause(found))
        place = found.end()
        if not query[place:].strip():
            break
        joint = _JOINT.match(query, place)
        if not joint:
            raise _unparsable()
        joints.add((joint[1] or "AND").upper())
        place = joint.end()
    if len(joints) > 1:
        raise problem("You can't combine AND and OR in one search query.", param="query")
    if len(clauses) > MOST_CLAUSES:
        raise problem(f"Search queries can have up to {MOST_CLAUSES} clauses.", param="query")
    return clauses, joints == {"OR"}


def _clause(found: re.Match[str]) -> Clause:
    field, operator = found["field"], found["op"]
    kind = FIELDS.get(field)
    if kind is None:
        message = f"Field `{field}` is an unsupported search field for resource `invoices`."
        raise refused("GET /v1/invoices/search", "unsupported-field", message)
    if (field == "metadata") is not (found["key"] is not None) or operator not in _OPERATORS[kind]:
        raise _unparsable()
    return Clause(
        field, found["key"], operator, _wanted(found, kind, operator), found["not"] is not None, found["text"] or ""
    )


def _wanted(found: re.Match[str], kind: str, operator: str) -> Any:
    if found["null"]:
        return None
    written = found["figure"] if found["figure"] is not None else _ESCAPED.sub(r"\1", found["text"])
    if kind == "number":
        if not re.fullmatch(r"-?\d+", written):
            raise _unparsable()
        return int(written)
    if operator == "~" and len(written) < SHORTEST_PART:
        raise problem(f"Substring searches need at least {SHORTEST_PART} characters.", param="query")
    return written.lower()


def _unparsable() -> Exception:
    message = (
        'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query '
        "for metadata "
        'or key:"value" to query for other fields.'
    )
    return refused("GET /v1/invoices/search", "unparsable", message)


def search(call: Call) -> Body:
    """One page, newest first. ``page`` is where the last one ended."""
    world = call.world
    clauses, any_suffices = parse(call.params["query"])
    after = _place(world, call.params["page"]) if "page" in call.params else None
    size = pages.limit_of(call.params)

    def keep(row: Body) -> bool:
        return (any if any_suffices else all)(clause.holds(row) for clause in clauses)

    rows = list(islice(_candidates(world, [] if any_suffices else clauses, keep, after), size + 1))
    more = len(rows) > size
    rows = rows[:size]
    return {
        "object": "search_result",
        "data": rows,
        "has_more": more,
        "next_page": urlsafe_b64encode(rows[-1]["id"].encode()).decode() if more else None,
        "url": "/v1/invoices/search",
    }


def _place(world: World, page: str) -> str:
    try:
        identifier = urlsafe_b64decode(page.encode()).decode()
    except ValueError:
        identifier = ""
    if not world.invoices.known(identifier):
        raise problem("Invalid page: use the `next_page` of the previous answer.", param="page")
    return identifier


def _candidates(world: World, needed: list[Clause], keep: Callable[[Body], bool], after: str | None) -> Iterator[Body]:
    """Rows that match, found through the narrowest index one of the ``needed`` clauses offers."""
    exact = [clause for clause in needed if clause.operator == ":" and not clause.negated and clause.value is not None]
    for clause in exact:
        if clause.field == "metadata":
            return world.invoices.tagged(clause.key or "", clause.value, keep, after=after)
    for clause in needed:
        if clause.field == "total" and not clause.negated:
            few = world.invoices.few_between("total", _span(clause), after=after)
            if few is not None:
                return (row for row in few if keep(row))
    equal = {
        _INDEXED[clause.field]: clause.value if clause.field in ("number", "status") else clause.written
        for clause in exact
        if clause.field in _INDEXED
    }
    when = next((_span(clause) for clause in needed if clause.field == "created" and not clause.negated), ANY_TIME)
    return world.invoices.newest(equal, keep, after=after, created=when)


def _span(clause: Clause) -> Span:
    """The whole numbers a clause over a number lets through, both ends included."""
    value = clause.value
    return {
        ":": (value, value),
        ">": (value + 1, None),
        ">=": (value, None),
        "<": (None, value - 1),
        "<=": (None, value),
    }[clause.operator]
