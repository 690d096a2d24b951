"""A stored object as the JSON of an API version. The newest version is the stored shape without the model's own keys;
``view.eras`` goes back from there.
"""

from __future__ import annotations

from functools import lru_cache
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import orjson

from conformance.reference.model.ids import fixed
from conformance.reference.view.earlier import plan
from conformance.reference.view.eras import differs, older
from conformance.reference.view.previous import before_then

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

#: How many lines an invoice embeds, in answers and in events (INV-OBJ-020, INV-EVT-028).
EMBEDDED = 10


def render(world: World, row: Body, version: str) -> Body:
    """A fresh dict; nested values may be shared with the stored object and must not be changed in place."""
    kind = row.get("object", "")
    if "deleted" in row and kind != "discount":
        return _plain(world, row)
    shown = _NEWEST.get(kind, _plain)(world, row)
    return older(world, kind, row, shown, version)


def written(world: World, row: Body, version: str) -> bytes:
    """``row`` as JSON. Invoices are written once for each of their states: they are large, asked for again and again,
    and in their newest shape made of nothing but the row and the letters that are minted on each read.
    """
    identifier = row.get("id", "")
    if differs("invoice", version) or world.invoices.get(identifier) is not row:
        return orjson.dumps(render(world, row, version))
    parts = world.written.get(identifier)
    if parts is None:
        parts = world.written[identifier] = tuple(orjson.dumps(_invoice(world, row, _GAP)).split(_GAP.encode()))
    return _minted(identifier, world.now()).encode().join(parts) if row["_token"] else parts[0]


#: Stands where letters are minted. It never leaves the server, so that nobody can write it into an invoice.
_GAP = token_hex(16)


@lru_cache(maxsize=4096)
def _minted(identifier: str, now: int) -> str:
    return fixed(identifier, str(now), length=10)


def snapshot(world: World, row: Body) -> bytes:
    """What an event says about ``row``: in the account's version (INV-EVT-027)."""
    return written(world, row, world.version)


def previous(world: World, before: Body, row: Body, changed: Body) -> Body:
    """``previous_attributes`` in the account's version: the ``changed`` fields of the row as it was ``before``."""
    if before is row:
        return {}
    if row["object"] in _IN_PARTS:
        was = _subscription_before(world, before) if row["object"] == "subscription" else _plain(world, before)
        shown = older(world, row["object"], before, was, world.version)
        return _parts(shown, render(world, row, world.version))
    if row["object"] == "customer":
        changed.pop("discount", None)  # recorded: a discount has events of its own
    return dict(sorted(before_then(world, before, row, changed, world.version).items()))


#: Objects whose events name what differs in what is shown, down to the last part; it is not all in one row.
_IN_PARTS = frozenset({"discount", "subscription"})


def _parts(old: Body, new: Body) -> Body:
    """What ``old`` shows differently. Keys that only ``new`` has were null."""
    made = {}
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was != now:
            made[name] = _parts(was, now) if isinstance(was, dict) and isinstance(now, dict) else was
    return made


def _customer(world: World, row: Body) -> Body:
    discount = row["discount"]
    return {**_plain(world, row), "discount": _plain(world, discount) if discount else None}


def _item(world: World, row: Body) -> Body:
    """``net_amount`` is there only where no discount can change it: genuine items never have both."""
    shown = _plain(world, row)
    if row["discountable"]:
        del shown["net_amount"]
    return shown


def _plain(_: World, row: Body) -> Body:
    return _public(row)


def _public(row: Body) -> Body:
    """A copy without the model's own keys."""
    shown = row.copy()
    for name in _own(tuple(row)):
        del shown[name]
    return shown


@lru_cache(maxsize=1024)
def _own(names: tuple[str, ...]) -> tuple[str, ...]:
    """Rows of a kind have the same keys, so that this is asked once for each kind."""
    return tuple(name for name in names if name[0] == "_")


def _with_lines(row: Body, url: str) -> Body:
    shown = _public(row)
    lines = row["_lines"]
    shown["lines"] = {
        "object": "list",
        "data": [_public(line) for line in lines[:EMBEDDED]],
        "has_more": len(lines) > EMBEDDED,
        "total_count": len(lines),
        "url": f"{url}/{row['id']}/lines",
    }
    return shown


def _credit_note(_: World, row: Body) -> Body:
    return _with_lines(row, "/v1/credit_notes")


def _invoice(world: World, row: Body, letters: str = "") -> Body:
    """``letters`` stand in the addresses of a finalized invoice, or those of the moment."""
    shown = _with_lines(row, "/v1/invoices")
    if "_nameless" in row:
        del shown["id"]
        shown["lines"]["url"] = row["_nameless"]
    if row["_token"]:
        shown["hosted_invoice_url"], shown["invoice_pdf"] = _urls(world, row, letters)
    return shown


def _subscription(world: World, row: Body) -> Body:
    return _with_items(world, row, world.subscription_items.of("subscription", row["id"]))


def _subscription_before(world: World, row: Body) -> Body:
    """With its items as they were, those that are gone by now included."""
    was = {one["id"]: one for one in world.journal.watched("subscription_item") if one["subscription"] == row["id"]}
    kept = [one for one in world.subscription_items.of("subscription", row["id"]) if not world.journal.is_born(one)]
    gone = [one for identifier, one in was.items() if identifier not in world.subscription_items]
    return _with_items(world, row, [*gone, *(was.get(one["id"], one) for one in kept)])


def _with_items(world: World, row: Body, rows: list[Body]) -> Body:
    shown = _plain(world, row)
    shown["items"] = {
        "object": "list",
        "data": [_subscription_item(world, item) for item in rows],
        "has_more": False,
        "total_count": len(rows),
        "url": f"/v1/subscription_items?subscription={row['id']}",
    }
    single = shown["items"]["data"][0] if len(rows) == 1 else {"plan": None, "quantity": None}
    shown["plan"], shown["quantity"] = single["plan"], single["quantity"]
    return shown


def _subscription_item(world: World, row: Body) -> Body:
    price = row["price"]
    return {**_plain(world, row), "plan": plan(price), "price": _plain(world, price)}


def _urls(world: World, row: Body, letters: str) -> tuple[str, str]:
    """INV-OBJ-036: minted anew on each read."""
    token = f"{world.account}/test_{row['_token']}{letters or _minted(row['id'], world.now())}"
    return f"https://invoice.stripe.com/i/{token}?s=ap", f"https://pay.stripe.com/invoice/{token}/pdf?s=ap"


_NEWEST: dict[str, Callable[[World, Body], Body]] = {
    "customer": _customer,
    "credit_note": _credit_note,
    "invoice": _invoice,
    "invoiceitem": _item,
    "subscription": _subscription,
    "subscription_item": _subscription_item,
}


def embedded(data: list[Any], url: str, **more: Any) -> Body:
    """The list envelope inside an object."""
    return {"object": "list", "data": data, "has_more": False, **more, "url": url}
