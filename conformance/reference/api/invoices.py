"""Invoices: create, update, retrieve, list, delete. Advancing and collecting them is in ``api.collection``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.api import discounts, drafts, fresh, guard, item_lines, items, prices, rates, shipping
from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none, stub
from conformance.reference.model.problems import missing_param, problem, refused
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

DAY = 86400
#: INV-CRE-019: a draft that advances is finalized an hour after its creation.
HOUR = 3600
YEARS_AHEAD = 5 * 366 * DAY

#: Fields stored as they are sent; an empty value removes them.
_AS_SENT = (
    "account_tax_ids",
    "custom_fields",
    "description",
    "effective_at",
    "footer",
    "on_behalf_of",
    "shipping_details",
    "statement_descriptor",
)
#: What may still change once an invoice is finalized (INV-EDT-002, INV-EDT-003).
_ALWAYS_EDITABLE = frozenset({"metadata", "auto_advance"})


def create(call: Call) -> Body:
    """A draft (INV-CRE-001)."""
    world, sent = call.world, call.params
    if "customer" not in sent:
        raise missing_param("customer")
    customer = found(world.customers, sent["customer"], "customer", "customer", status=400)
    subscription = (
        found(world.subscriptions, sent["subscription"], "subscription", "subscription", status=400)
        if "subscription" in sent
        else None
    )
    _check_collection(customer, sent.get("collection_method", "charge_automatically"), sent)
    currency = prices.currency_of(sent["currency"]) if "currency" in sent else customer["currency"] or world.currency
    row = fresh.draft(world, customer, currency)
    if subscription is not None:
        fresh.attach_to_subscription(row, subscription)
    row["metadata"] = clean_metadata(sent.get("metadata"))
    row["collection_method"] = sent.get("collection_method", "charge_automatically")
    world.invoices.add(row)
    world.journal.born(row)
    swept = _pending(world, customer, currency, sent.get("subscription")) if _behavior(call) == "include" else []
    items.tell_swept(world, swept)
    for item in swept:
        item_lines.put_on(world, row, item)
    set_fields(call, row)
    if "discounts" not in sent and customer["discount"] and discounts.stands(world, customer["discount"]["id"]):
        row["discounts"] = [customer["discount"]["id"]]  # INV-CRE-029
    _refuse_empty(call, row)
    items.take_currency(world, customer, currency)
    drafts.recompute(world, row)
    world.journal.tell("invoice.created", row)
    return row


def _behavior(call: Call) -> str:
    """INV-CRE-004, INV-CRE-005: pending items were swept in by default before 2022-08-01."""
    default = "exclude" if call.version >= "2022-08-01" else "include"
    return str(call.get("pending_invoice_items_behavior", default))


def _pending(world: World, customer: Body, currency: str, subscription: str | None) -> list[Body]:
    """INV-CRE-006, INV-CRE-007, INV-CRE-023, INV-CRE-049: in the invoice's currency, oldest first, 250 at most."""
    rows = [row for row in world.items.of("_pending_for", customer["id"]) if row["currency"] == currency]
    if subscription is not None:  # INV-CRE-025
        rows = [row for row in rows if row["_subscription"] == subscription]
    return rows[: items.MOST_ITEMS]


def _refuse_empty(call: Call, row: Body) -> None:
    """INV-CRE-002."""
    if call.version < "2022-08-01" and not row["_lines"]:
        call.world.invoices.remove(row)
        raise refused("POST /v1/invoices", "nothing-to-invoice")


def _check_collection(customer: Body, method: str, sent: dict[str, Any], *, had_due_date: bool = False) -> None:
    """INV-CRE-012, INV-CRE-013, INV-CRE-014, INV-CRE-018."""
    due = [name for name in ("days_until_due", "due_date") if name in sent]
    if method == "charge_automatically":
        if due:
            raise refused("POST /v1/invoices", "due-with-charge_automatically")
        return
    if len(due) == 2:
        raise problem("You may only specify one of these parameters: days_until_due, due_date.")
    if not due and not had_due_date:
        raise refused("POST /v1/invoices", "send_invoice-without-due")
    if not customer["email"]:
        raise refused("POST /v1/invoices", "send_invoice-no-email")


def set_fields(call: Call, row: Body) -> None:
    """Everything an update may change on a draft (INV-CRE-027, INV-CRE-051)."""
    world, sent = call.world, call.params
    for name in _AS_SENT:
        if name in sent:
            row[name] = sent[name] or None
    if "number" in sent:
        give_number(world, row, sent["number"] or None)
    if row["statement_descriptor"] and not any(
        letter.isalpha() for letter in row["statement_descriptor"]
    ):  # INV-CRE-038
        raise problem(
            "The statement descriptor must contain at least one alphabetic character.", param="statement_descriptor"
        )
    if "default_payment_method" in sent:
        row["default_payment_method"] = _own_method(world, row["customer"], sent["default_payment_method"])
    if "default_source" in sent:
        row["default_source"] = or_none(sent["default_source"])
    if "default_tax_rates" in sent:
        row["_tax_rates"] = rates.checked_rates(world, sent["default_tax_rates"], "default_tax_rates")
        row["default_tax_rates"] = [
            items.drop_private(world.tax_rates.rows[one]) for one in row["_tax_rates"]
        ]  # INV-CRE-033
    if "discounts" in sent:
        kept = discounts.apply(world, sent["discounts"], row)
        discounts.drop(world, [one for one in row["discounts"] if one not in kept])
        row["discounts"] = kept
    _set_options(row, sent)
    _set_due_date(row, sent)
    _set_shipping(call, row)
    schedule(world, row, sent)


def give_number(world: World, row: Body, number: str | None) -> None:
    """The number, and what search finds it by."""
    row["number"] = number
    world.invoices.set(row, "_number", number and number.lower())


def _set_options(row: Body, sent: dict[str, Any]) -> None:
    """Objects of which a call may send a part."""
    if "automatic_tax" in sent:
        enabled = sent["automatic_tax"]["enabled"]
        liability = {"type": "self"} if enabled else None
        row["automatic_tax"] = {**row["automatic_tax"], "enabled": enabled, "liability": liability}
    if "payment_settings" in sent:
        given = {name: or_none(value) for name, value in sent["payment_settings"].items()}
        row["payment_settings"] = {**row["payment_settings"], **given}
    if "rendering" in sent and row["rendering"] is not None:
        given = {name: value if name == "pdf" else or_none(value) for name, value in sent["rendering"].items()}
        row["rendering"] = {**row["rendering"], **given}


def _own_method(world: World, customer: str, identifier: str) -> str | None:
    """INV-CRE-039."""
    if not identifier:
        return None
    method = world.payment_methods.get(identifier)
    if method is None or method["customer"] != customer:
        raise problem(
            f"The customer does not have a payment method with the ID {identifier}. The payment method must be "
            "attached to the customer.",
            code="resource_missing",
            param="default_payment_method",
        )
    return identifier


def _set_due_date(row: Body, sent: dict[str, Any]) -> None:
    """INV-CRE-015..017, INV-FIN-033."""
    if row["collection_method"] == "charge_automatically":
        row["due_date"] = None
    elif "due_date" in sent:
        row["due_date"] = sent["due_date"]
    elif "days_until_due" in sent:
        row["due_date"] = row["created"] + sent["days_until_due"] * DAY


def _set_shipping(call: Call, row: Body) -> None:
    if "shipping_cost" in call.params:
        row["shipping_cost"] = shipping.cost(call.world, call.params["shipping_cost"], row["currency"])


def schedule(world: World, row: Body, sent: dict[str, Any]) -> None:
    """When the draft advances, when it is charged (INV-CRE-019, INV-CRE-020, INV-EDT-004, INV-FIN-031, INV-FIN-032)."""
    row["auto_advance"] = sent.get("auto_advance", row["auto_advance"])
    at = sent.get("automatically_finalizes_at", row.get("_finalizes_at"))
    if at is not None and "automatically_finalizes_at" in sent and not world.now() < at <= world.now() + YEARS_AHEAD:
        raise problem(
            "`automatically_finalizes_at` must be in the future and at most 5 years ahead.",
            param="automatically_finalizes_at",
        )
    row["_finalizes_at"] = at
    advancing = row["auto_advance"]
    row["automatically_finalizes_at"] = (at or row["created"] + HOUR + 1) if advancing else None
    if advancing:
        world.plan(row, row["automatically_finalizes_at"], "finalize")
    charged = advancing and row["collection_method"] == "charge_automatically"
    row["next_payment_attempt"] = (at or row["created"] + HOUR) if charged else None


def retrieve(call: Call) -> Body:
    """A preview can be read for a while too (INV-PRV-006)."""
    return call.world.previews.get(call.ids[0]) or found(call.world.invoices, call.ids[0], "invoice", "invoice")


def update(call: Call) -> Body:
    """INV-EDT-001..004, INV-EDT-025..027."""
    world, sent = call.world, call.params
    row = found(world.invoices, call.ids[0], "invoice")
    locked = [name for name in sent if name not in _ALWAYS_EDITABLE]
    if locked:
        guard.check(row, "update_fields", param=locked[0])
    world.journal.watch(row)
    if row["status"] == "draft":
        customer = world.customers.get(row["customer"])
        method = str(sent.get("collection_method", row["collection_method"]))
        if customer is not None and ({"collection_method", "days_until_due", "due_date"} & sent.keys()):
            _check_collection(customer, method, sent, had_due_date=row["due_date"] is not None)
        row["collection_method"] = method
        set_fields(call, row)
        drafts.recompute(world, row)
    elif "auto_advance" in sent:
        _advance_open(world, row, sent["auto_advance"])
    merge_metadata(row, sent.get("metadata"))
    world.invoices.tag(row)
    world.journal.tell("invoice.updated", row)
    return row


def _advance_open(world: World, row: Body, advancing: bool) -> None:
    """INV-EDT-003: open invoices can be told to advance or not; others never do."""
    if row["status"] != "open":
        if advancing:
            guard.check(row, "update_auto_advance", param="auto_advance")
        return
    row["auto_advance"] = advancing
    charged = advancing and row["collection_method"] == "charge_automatically"
    row["next_payment_attempt"] = world.now() + HOUR if charged else None
    if charged:
        world.plan(row, row["next_payment_attempt"], "collect")


def delete(call: Call) -> Body:
    """INV-EDT-005..008: the items on the draft go with it."""
    world = call.world
    row = found(world.invoices, call.ids[0], "invoice", "invoice")
    guard.check(row, "delete")
    if row["billing_reason"].startswith("subscription"):
        raise refused("DELETE /v1/invoices/{id}", "subscription-draft")
    world.invoices.remove(row)
    row["status"] = "deleted"  # what the event shows (INV-OBJ-008)
    world.journal.tell("invoice.deleted", row)
    for line in row["_lines"]:
        item = world.items.get(line["_item"] or "")
        if item is not None:
            world.lost_items.add(item["id"])
            items.forget(world, item)
    discounts.drop(world, [one for line in row["_lines"] for one in line["discounts"]])
    discounts.drop(world, row["discounts"][::-1])
    return stub(row)


def listed(call: Call) -> Body:
    """INV-LST-001..005."""
    world, sent = call.world, call.params
    equal: dict[str, Any] = {name: sent[name] for name in ("status", "collection_method") if name in sent}
    if "customer" in sent:
        if sent["customer"] not in world.deleted_customers:
            found(world.customers, sent["customer"], "customer", "customer", status=400)
        equal["customer"] = sent["customer"]
    if "subscription" in sent:
        equal["_subscription"] = sent["subscription"]
    keep = pages.within("due_date", sent.get("due_date"))
    return pages.page(world.invoices, sent, "/v1/invoices", noun="invoice", equal=equal, keep=keep, ranked="due_date")


def list_lines(call: Call) -> Body:
    """INV-LST-013: no total_count here."""
    row = call.world.previews.get(call.ids[0]) or found(call.world.invoices, call.ids[0], "invoice", "invoice")
    return pages.slice_of(row["_lines"], call.params, call.path, noun="line item")
