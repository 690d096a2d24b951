"""What one scenario has seen so far, and the universal checks that need more than one exchange.

identity: an answer is about the object the URL names, and a created object is a new one.
fixed: what an object is made with and nothing can change stays as it is, wherever the object turns up.
read-your-writes: between two answers about one object with no write in between, nothing changes.
sent: what a create or an update was given is what its answer shows.
copied: a line shows what its invoice item shows, a draft what its customer shows.
kept: with writes in between, what none of them asked for stays as it is.
lifecycle: an invoice moves only along the status table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance import match
from conformance.contract import lifecycle
from conformance.engine import history
from conformance.engine.operation import addressed, operation
from conformance.rules.fixed import FIXED
from conformance.rules.kept import CUSTOMER_WORDS, ITEM_WORDS
from conformance.rules.volatile import VOLATILE
from conformance.target.base import Exchange, Request

#: collection -> the ``object`` its members carry.
OBJECTS = {
    "invoices": "invoice",
    "invoiceitems": "invoiceitem",
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "credit_notes": "credit_note",
    "payment_intents": "payment_intent",
    "payment_methods": "payment_method",
    "invoice_payments": "invoice_payment",
    "subscriptions": "subscription",
    "coupons": "coupon",
    "tax_rates": "tax_rate",
    "promotion_codes": "promotion_code",
    "shipping_rates": "shipping_rate",
    "events": "event",
}


class Finding(NamedTuple):
    """One violated universal check."""

    aspect: str
    path: str
    message: str
    requirement: str
    expected: Any
    actual: Any
    diff: tuple[str, ...] = ()


#: Objects that stay as they are until somebody writes. A test clock does not, nor does an event list.
_STILL = frozenset(OBJECTS.values())


class Memory:
    """The last body of every object, and which of them no later write can have changed."""

    def __init__(self) -> None:
        self._bodies: dict[str, dict[str, Any]] = {}
        self._fresh: set[str] = set()
        self._time_moves = False
        self._asked: list[frozenset[str]] = []  # the words of each write so far
        self._seen: dict[str, int] = {}  # how many of them there were when an object was last seen

    def copy(self) -> Memory:
        """One that may learn more without this one."""
        other = Memory()
        other._bodies, other._fresh, other._time_moves = dict(self._bodies), set(self._fresh), self._time_moves
        other._asked, other._seen = list(self._asked), dict(self._seen)
        return other

    def judge(self, exchange: Exchange, *, polled: bool = False) -> tuple[int, list[Finding]]:
        """Check one exchange and remember it. Gives how many checks passed, and those that did not.

        ``polled``: the scenario waited for a change that nobody writes, so nothing seen before can be held against it.
        """
        response, request = exchange.response, exchange.request
        self._time_moves = self._time_moves or polled or request.path.endswith("/advance")
        if asked := history.words(request):
            self._asked.append(asked)
        if self._time_moves or asked:
            self._fresh.clear()
        if response is None or not 200 <= response.status < 300 or not isinstance(response.json, dict):
            return 0, []
        body = response.json
        findings = list(self._identity(exchange.request, body))
        passed = 0 if findings else 1
        if "Idempotency-Key" in request.headers:  # perhaps the first answer again: it says how things were then
            self._fresh.clear()
            return passed, findings
        if any(name.lower() == "stripe-version" for name in request.headers):  # another shape of the same things
            return passed, findings
        findings += map(_unheeded, history.unheeded(request, body))
        expanded = "expand" in request.params
        for path, one in _shown(body, polled=polled):
            later = [finding._replace(path=f"{path}{finding.path}") for finding in self._judge(one, expanded=expanded)]
            passed += 0 if later else 1
            findings += later
        return passed, findings

    def _judge(self, body: dict[str, Any], *, expanded: bool) -> list[Finding]:
        """One object as an answer shows it, against what is known of it; then that is what is known of it."""
        id = f"line {body['id']}" if body["object"] == "line_item" else body["id"]  # before 2019-12-03 an item's
        before = self._bodies.get(id)
        found: list[Finding] = []
        if before is not None and before.get("object") == body["object"]:
            found = [*_fixed(before, body), *_lifecycle(before, body)]
            if id in self._fresh and not expanded:
                found += _read_back(before, body)
            else:
                asked = self._asked[self._seen[id] :]
                found += map(_kept, history.differences(before, body, asked, still=not self._time_moves))
        found += map(_copied, self._unlike(body))
        self._remember(id, body, expanded=expanded)
        return found

    def _unlike(self, body: dict[str, Any]) -> Iterator[history.Difference]:
        """What ``body`` copies of another object and shows otherwise, where nobody has changed the other since."""
        if body["object"] == "line_item":
            item = self._untouched(history.item_of(body), "invoiceitem", ITEM_WORDS)
            yield from history.unlike_item(item, body) if item else ()
        elif body["object"] == "invoice" and body.get("status") == "draft" and body["id"].startswith("in_"):
            customer = self._untouched(body.get("customer"), "customer", CUSTOMER_WORDS)
            yield from history.unlike_customer(customer, body) if customer else ()

    def _untouched(self, id: Any, kind: str, words: frozenset[str]) -> dict[str, Any] | None:
        """The known body of an object of ``kind`` that no request since may have changed."""
        body = self._bodies.get(id) if isinstance(id, str) else None
        if body is None or body["object"] != kind or self._time_moves:
            return None
        return body if all(words.isdisjoint(asked) for asked in self._asked[self._seen[id] :]) else None

    def _remember(self, id: str, body: dict[str, Any], *, expanded: bool) -> None:
        self._bodies[id] = body
        self._seen[id] = len(self._asked)
        if expanded or self._time_moves or body["object"] not in _STILL:
            self._fresh.discard(id)
        else:
            self._fresh.add(id)

    def _identity(self, request: Request, body: dict[str, Any]) -> Iterator[Finding]:
        method, path = request.method, request.path
        if method == "GET" and body.get("object") in ("list", "search_result"):  # whatever an answer has there
            own, url = path.partition("?")[0], body.get("url")
            if isinstance(url, str) and operation(method, url) != operation(method, own):
                yield Finding("identity", "url", f"url is {url!r}", "INV-LST-001", own, url)
            return
        where = addressed(path)
        if where:
            collection, id = where
            if (
                collection not in OBJECTS or id not in self._bodies
            ):  # pm_card_visa and its like answer with an id of their own
                return
            if body.get("id") != id:
                yield Finding(
                    "identity",
                    "id",
                    f"the URL names {id}, the answer is about {body.get('id')!r}",
                    "INV-OBJ-001",
                    id,
                    body.get("id"),
                )
            elif body.get("object") != OBJECTS[collection]:
                yield _wrong_object(OBJECTS[collection], body)
            return
        collection = path.rsplit("/", 1)[-1]
        if method == "POST" and path == f"/v1/{collection}" and collection in OBJECTS:
            if body.get("object") != OBJECTS[collection]:
                yield _wrong_object(OBJECTS[collection], body)
            elif _named(body) in self._bodies and "Idempotency-Key" not in request.headers:
                yield Finding(
                    "identity",
                    "id",
                    f"a create answered with the id of an existing object, {body['id']}",
                    "INV-OBJ-001",
                    "a new id",
                    body["id"],
                )


def _shown(body: dict[str, Any], *, polled: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects that an answer is about, with where they stand: itself, or the rows of a list; with their lines."""
    rows = body.get("data")
    if body.get("object") == "list":
        for index, row in enumerate(rows if isinstance(rows, list) and not polled else ()):
            if isinstance(row, dict):
                yield from _with_lines(row, f"data[{index}].")
    elif body.get("object") != "search_result":  # what is found may lag behind
        yield from _with_lines(body, "")


def _with_lines(body: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not (isinstance(body.get("id"), str) and isinstance(body.get("object"), str)) or body.get("deleted"):
        return
    yield path, body
    lines = body.get("lines") if body["object"] == "invoice" else None
    data = lines.get("data") if isinstance(lines, dict) else None
    for index, line in enumerate(data if isinstance(data, list) else ()):
        if isinstance(line, dict) and isinstance(line.get("id"), str) and line.get("object") == "line_item":
            yield f"{path}lines.data[{index}].", line


def _fixed(before: dict[str, Any], body: dict[str, Any]) -> Iterator[Finding]:
    for field, requirement in FIXED.get(body["object"], {}).items():
        old, new = before.get(field), body.get(field)
        if old != new and field in before and field in body and not isinstance(old, dict) and not isinstance(new, dict):
            message = f"{field}: {new!r} instead of {old!r}, and nothing can change it"
            yield Finding("fixed", field, message, requirement, old, new)


def _lifecycle(before: dict[str, Any], body: dict[str, Any]) -> Iterator[Finding]:
    if body["object"] != "invoice":
        return
    old, new = before.get("status"), body.get("status")
    if isinstance(old, str) and isinstance(new, str) and not lifecycle.allowed(old, new):
        yield Finding("lifecycle", "status", f"an invoice cannot move from {old} to {new}", "INV-TRN-014", old, new)


def _read_back(before: dict[str, Any], body: dict[str, Any]) -> Iterator[Finding]:
    if before == body:
        return
    for one in match.same(before, body, VOLATILE):
        message = f"{one.path or 'the body'}: {one.message}, though nothing was written in between"
        yield Finding("read-back", one.path, message, "", one.expected, one.actual)


def _kept(difference: history.Difference) -> Finding:
    path, requirement, old, new = difference
    return Finding(
        "kept", path, f"{path}: {new!r} instead of {old!r}, and nobody asked for that", requirement, old, new
    )


def _copied(difference: history.Difference) -> Finding:
    path, requirement, old, new = difference
    message = f"{path}: {new!r}, and what it is copied from shows {old!r}"
    return Finding("copied", path, message, requirement, old, new)


def _unheeded(difference: history.Difference) -> Finding:
    path, requirement, sent, shown = difference
    return Finding("sent", path, f"{path}: sent {sent!r}, answered {shown!r}", requirement, sent, shown)


def _named(body: dict[str, Any]) -> str:
    id = body.get("id")
    return id if isinstance(id, str) else ""


def _wrong_object(expected: str, body: dict[str, Any]) -> Finding:
    return Finding(
        "identity",
        "object",
        f"object is {body.get('object')!r} instead of {expected!r}",
        "INV-OBJ-001",
        expected,
        body.get("object"),
    )
