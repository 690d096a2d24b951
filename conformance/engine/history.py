"""What was asked for: what of it an answer must show, and which fields it leaves as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from conformance.contract.invariants.registry import FINALIZED
from conformance.rules.kept import AS_CUSTOMER, AS_ITEM, FROZEN, FROZEN_BECAUSE, KEPT, SHOWN
from conformance.target.base import Request

#: These are asked for with POST and write nothing.
_HARMLESS = ("/create_preview", "/preview", "/search")
_MISSING: Any = type("Missing", (), {"__repr__": lambda _: "missing"})()


class Difference(NamedTuple):
    """A field that should be as it was. ``path`` is in the object."""

    path: str
    requirement: str
    before: Any
    after: Any


def words(request: Request) -> frozenset[str]:
    """The words of a request, see `conformance.rules.kept`; none where it writes nothing."""
    path = request.path.partition("?")[0]
    if request.method == "GET" or path.endswith(_HARMLESS):
        return frozenset()
    parts = [part for part in path.split("/") if part][1:]
    if len(parts) > 1 and parts[0] in {"test_helpers", "billing", "tax"}:
        parts = parts[1:]
    named = [f"{parts[0]}/" if len(parts) > 1 else parts[0], *parts[2:]] if parts else []
    return frozenset((*named, *_names(request.params)))


def _names(params: Any) -> Iterator[str]:
    for name in params if isinstance(params, Mapping) else ():
        yield str(name).partition("[")[0]


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], asked: Sequence[frozenset[str]], *, still: bool
) -> Iterator[Difference]:
    """Fields of one object that differ though nothing asked for that. ``still``: no clock has moved in between."""
    kind = after["object"]
    if still:
        for name, kept in KEPT.get(kind, {}).items():
            if before.get(name) != after.get(name) and all(kept.words.isdisjoint(one) for one in asked):
                yield from _differs(before, after, name, kept.requirement)
    if kind == "invoice" and before.get("status") in FINALIZED and after.get("status") in FINALIZED:
        for name in FROZEN:
            if before.get(name) != after.get(name) and not (still and name in KEPT["invoice"]):
                yield from _differs(before, after, name, FROZEN_BECAUSE)


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], name: str, requirement: str) -> Iterator[Difference]:
    """A key that one of the two bodies does not have is the contract's matter, not ours."""
    old, new = before.get(name, _MISSING), after.get(name, _MISSING)
    if old is not _MISSING and new is not _MISSING and _named(old) != _named(new):
        yield Difference(name, requirement, old, new)


def _named(value: Any) -> Any:
    """An expanded object is another view of its id."""
    if isinstance(value, dict):
        return value["id"] if "object" in value and "id" in value else {key: _named(one) for key, one in value.items()}
    return [_named(one) for one in value] if isinstance(value, list) else value


def item_of(line: Mapping[str, Any]) -> Any:
    """The id of the invoice item that a line is of, or None."""
    parent = line.get("parent")
    details = parent.get("invoice_item_details") if isinstance(parent, Mapping) else None
    return details.get("invoice_item") if isinstance(details, Mapping) else line.get("invoice_item")


def unlike_item(item: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[Difference]:
    """What a line shows otherwise than its invoice item."""
    for name in AS_ITEM:
        yield from _differs(item, line, name, "INV-OBJ-023")


def unlike_customer(customer: Mapping[str, Any], invoice: Mapping[str, Any]) -> Iterator[Difference]:
    """What a draft shows otherwise than its customer."""
    for name, own in AS_CUSTOMER.items():
        if own in customer:
            yield from _differs({name: customer[own]}, invoice, name, "INV-OBJ-015")


def unheeded(request: Request, body: Mapping[str, Any]) -> Iterator[Difference]:
    """What a request that creates or updates ``body`` has sent and the answer does not show (before: as sent)."""
    names, requirement = SHOWN.get(str(body.get("object")), ((), ""))
    parts = request.path.strip("/").split("/")
    own = len(parts) < 4 or parts[3:] == ["balance_transactions"]
    for name, sent in request.params.items() if request.method == "POST" and own and names else ():
        if name in names and name in body and not _shows(body[name], sent):
            yield Difference(name, requirement, sent, body[name])


def _shows(value: Any, sent: Any) -> bool:
    """Everything is sent as text; the empty text clears a field, currencies are shown in lower case."""
    if isinstance(sent, (Mapping, list)) or sent is None:
        return True
    text, shown = _text(sent), _text(_named(value))
    return text == shown or (not text and value is None) or _number(text) == _number(shown) is not None


def _text(value: Any) -> str:
    return str(value).strip().lower()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
