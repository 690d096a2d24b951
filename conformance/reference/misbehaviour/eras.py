# ruff: noqa: E501 - a table is read by columns
"""What belongs to another API version: fields that were removed, parameters that were renamed, habits of earlier years."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.reference.api.call import Call
from conformance.reference.http import routes
from conformance.reference.misbehaviour.tools import (
    Heard,
    Misbehaviour,
    Plant,
    before,
    constant,
    instead,
    nothing,
    of_invoice,
    on_answer,
    on_route,
    refusing,
    shown,
)
from conformance.reference.model.problems import StripeError
from conformance.reference.model.table import Body
from conformance.reference.view import render
from conformance.reference.view.eras import BASIL

#: Before most of what this library knows of changed; and the last version before basil that it runs at.
OLD, BEFORE_BASIL = "2020-08-27", "2024-06-20"


def _old_items() -> None:
    """Items are still taken the way they were before basil."""
    on_route("POST", "/v1/invoiceitems", lambda one: one._replace(accepts=one.older or one.accepts))


def _routed(version_of: Callable[[str, str], str]) -> Plant:
    """Routes of another version than the one asked for: ``version_of(path, version)``."""

    def match(original: Any, method: str, path: str, version: str) -> Any:
        return original(method, path, version_of(path, version))

    return instead("http.routes.match", match)


def _without_preview() -> None:
    def match(original: Any, method: str, path: str, version: str) -> Any:
        return None if path == "/v1/invoices/create_preview" else original(method, path, version)

    instead("http.routes.match", match)()


def _forgiving(name: str) -> Plant:
    """A parameter that is gone is dropped in silence."""

    def plant() -> None:
        for route in routes.ROUTES:
            on_route(route.method, route.path, lambda one: one._replace(accepts=_dropping(one.accepts, name)))

    return plant


def _dropping(accepts: Any, name: str) -> Any:
    def shape(raw: Any, where: str) -> Any:
        try:
            return accepts(raw, where)
        except StripeError as error:
            if error.fields.get("param") != name or name not in raw:
                raise
            return accepts({key: value for key, value in raw.items() if key != name}, where)

    return shape


def _coupon_itself(one: Body) -> None:
    source = one.pop("source", None)
    if source is not None:
        one["coupon"] = source.get("coupon")


def _period_on_top(one: Body) -> None:
    items = one.get("items", {}).get("data", ())
    if items:
        for name in ("current_period_start", "current_period_end"):
            one[name] = items[0].pop(name, None)


def _elsewhere(**values: Callable[[Body], Any]) -> Plant:
    """What is shown of an invoice paid out of band, where a version says so."""

    def change(one: Body) -> None:
        if one.get("paid_out_of_band"):
            one.update({name: value(one) for name, value in values.items()})

    return shown("invoice", change)


def _changed_with_basil(original: Any, call: Call) -> str:  # noqa: ARG001 - it decides by itself
    return str(call.get("pending_invoice_items_behavior", "include" if call.version < BASIL else "exclude"))


def _pays_nothing(original: Any, journal: Any, told: str, row: Body) -> None:
    """An invoice of nothing has a payment like others, say the events."""
    original(journal, told, row)
    if told == "invoice.paid" and row["amount_due"] == 0:
        original(journal, "payment_intent.created", {**row, "id": "pi_" + row["id"][3:]})


def _without_updated(original: Any, journal: Any, told: str, row: Body) -> None:
    if told != "invoice.updated" or row["amount_due"]:
        original(journal, told, row)


def _all_lines_in_events() -> None:
    def snapshot(original: Any, world: Any, row: Body) -> Any:
        kept, render.EMBEDDED = render.EMBEDDED, 1000
        try:
            return original(world, row)
        finally:
            render.EMBEDDED = kept

    def close(original: Any, journal: Any) -> None:
        journal.shown = None
        original(journal)

    instead("view.render.snapshot", snapshot)()
    instead("model.world.Journal.close", close)()


def _other_version(heard: Heard) -> None:
    heard.headers["stripe-version"] = "v1"


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("nothing-to-invoice-is-a-draft", "INV-CRE-002", "before 2022-08-01 an invoice of nothing is made", nothing("api.invoices._refuse_empty"), at=OLD),
    Misbehaviour("old-default-is-exclude", "INV-CRE-005", "before 2022-08-01 pending items stay where they are", before("POST", "/v1/invoices", lambda call: call.params.setdefault("pending_invoice_items_behavior", "exclude")), at=OLD),
    Misbehaviour("sent-invoices-cannot-be-charged", "INV-PAY-003", "an invoice that is sent cannot be paid by card", refusing("POST", "/v1/invoices/{}/pay", of_invoice(lambda row: row["collection_method"] == "send_invoice")), at=OLD),
    Misbehaviour("nothing-remains-out-of-band-before-basil", "INV-PAY-018", "before basil nothing remains of what was paid out of band", _elsewhere(amount_remaining=lambda _: 0), at=OLD),
    Misbehaviour("charge-is-null-before-basil", "INV-PAY-038", "before basil an invoice does not name its charge", shown("invoice", lambda one: one.update(charge=None) if "charge" in one else None), at=OLD),
    Misbehaviour("payment-intent-stays-out-of-band", "INV-PAY-038", "before basil an invoice paid out of band still names a PaymentIntent", _elsewhere(payment_intent=lambda one: "pi_" + one["id"][3:]), at=OLD),
    Misbehaviour("nothing-due-tells-a-payment", "INV-EVT-008", "an invoice of nothing is told to have a PaymentIntent", instead("model.world.Journal.tell", _pays_nothing), at=OLD),
    Misbehaviour("nothing-due-is-not-updated", "INV-EVT-008", "finalizing an invoice of nothing is not told as an update", instead("model.world.Journal.tell", _without_updated), at=OLD),
    Misbehaviour("swept-items-are-told", "INV-EVT-005", "items that an invoice takes along are told as updated in every version", constant("model.world.SENT_BETWEEN", {})),
    Misbehaviour("events-show-all-lines", "INV-EVT-028", "events show all lines of an invoice", _all_lines_in_events),
    Misbehaviour("upcoming-can-still-be-read", "INV-PRV-002", "GET /v1/invoices/upcoming answers though the version has no such path", _routed(lambda path, version: BEFORE_BASIL if path.endswith("/upcoming") else version)),
    Misbehaviour("there-is-no-preview", "INV-VER-009", "create_preview is not there, only the older upcoming", _without_preview),
    Misbehaviour("fee-is-still-there", "INV-VER-006", "application_fee_amount and transfer_data are shown though the version has no such fields", shown("invoice", lambda one: one.update(application_fee_amount=None, transfer_data=None))),
    Misbehaviour("price-is-still-taken", "INV-VER-008", "items take price though the version wants pricing", _old_items),
    Misbehaviour("discounts-show-the-coupon", "INV-VER-010", "discounts show their coupon instead of a source", shown("discount", _coupon_itself)),
    Misbehaviour("credit-notes-show-one-refund", "INV-VER-011", "credit notes show refund instead of refunds", shown("credit_note", lambda one: one.update(refund=next((each["refund"] for each in one.pop("refunds", ())), None)))),
    Misbehaviour("out-of-band-counts-before-basil", "INV-VER-012", "before basil money that came another way counts as paid", _elsewhere(amount_paid=lambda one: one["amount_due"]), at=BEFORE_BASIL),
    Misbehaviour("rendering-options-are-still-there", "INV-VER-013", "rendering_options are shown instead of rendering", shown("invoice", lambda one: one.update(rendering_options=None))),
    Misbehaviour("pending-items-are-swept-until-basil", "INV-VER-014", "pending items are left alone only since basil", instead("api.invoices._behavior", _changed_with_basil), at=BEFORE_BASIL),
    Misbehaviour("line-ids-of-2019", "INV-VER-016", "ids of lines begin with sli_", shown("line_item", lambda one: one.update(id=one["id"].replace("il_", "sli_")))),
    Misbehaviour("names-of-2018", "INV-VER-017", "date, billing and closed are shown beside their later names", shown("invoice", lambda one: one.update(date=one.get("created"), billing=one.get("collection_method"), closed=False))),
    Misbehaviour("coupon-is-still-taken", "INV-VER-020", "coupon is dropped in silence though the version has no such parameter", _forgiving("coupon")),
    Misbehaviour("subscriptions-have-one-period", "INV-VER-021", "current_period_start and _end are those of the subscription, not of its items", shown("subscription", _period_on_top)),
    Misbehaviour("versions-have-no-date", "INV-VER-023", "the version of an answer is v1", on_answer(_other_version)),
)
# fmt: on
