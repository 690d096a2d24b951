"""What changed in behaviour, where no shape tells it: by API version, or silently at some date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from conformance.api_version import ApiVersion


class Change(NamedTuple):
    """``since`` is the first version that behaves so; for ``silent`` changes the date (at the latest) for every
    version.
    """

    since: str
    requirement: str
    text: str
    confidence: Literal["high", "medium", "low"] = "high"
    silent: bool = False


CHANGES: tuple[Change, ...] = (
    Change("2013-02-11", "INV-PAY-010", "A payment of an invoice that fails answers with an HTTP error."),
    Change("2013-10-29", "INV-ARI-011", "A coupon takes no more than the invoice's total."),
    Change("2015-03-24", "INV-ARI-013", "Coupons leave negative lines alone."),
    Change("2015-09-03", "INV-API-014", "An idempotency key used again with other parameters is an error."),
    Change("2015-09-08", "INV-API-025", "Too many requests are answered with 429."),
    Change("2016-10-19", "INV-API-023", "A key without the permission is answered with 403."),
    Change("2017-12-14", "INV-PAY-010", "A declined payment of an invoice is a card_error."),
    Change("2018-11-08", "INV-VER-017", "Statuses and auto_advance take the place of closed and forgiven."),
    Change("2019-03-14", "INV-OBJ-009", "status_transitions tells when each status began; date is called created."),
    Change(
        "2019-10-17",
        "INV-FIN-033",
        "due_date is null on invoices that are charged; billing is called collection_method.",
    ),
    Change(
        "2019-12-03",
        "INV-VER-016",
        "Line ids start with il_; voiding gives applied balance back; credit notes need their split stated.",
    ),
    Change("2020-03-02", "INV-VER-015", "An invoice gets its number when it is finalized, not before."),
    Change(
        "2020-08-27",
        "INV-LST-018",
        "Search exists from this version on; tax_percent is gone; less is expanded without being asked.",
    ),
    Change(
        "2022-08-01", "INV-VER-014", "A new invoice leaves pending items out unless told otherwise, so it may be empty."
    ),
    Change("2022-11-15", "INV-VER-002", "A payment intent shows its latest charge, not a list of charges."),
    Change("2024-04-10", "INV-VER-013", "rendering takes the place of rendering_options."),
    Change(
        "2025-03-31.basil",
        "INV-VER-012",
        "An invoice paid out of band shows amount_paid equal to amount_due and nothing remaining.",
    ),
    Change(
        "2025-03-31.basil",
        "INV-VER-009",
        "Previews are made with POST /v1/invoices/create_preview; the upcoming endpoints are gone.",
    ),
    Change("2025-03-31.basil", "INV-VER-008", "Invoice items take pricing[price]; the parameter price is refused."),
    Change(
        "2025-03-31.basil",
        "INV-VER-002",
        "Payments of an invoice are listed at /v1/invoice_payments; several are possible.",
    ),
    Change("2025-03-31.basil", "INV-VER-021", "A subscription's period stands on its items."),
    Change(
        "2025-05-28.basil",
        "INV-PAY-027",
        "attach_payment adds a payment intent to an open invoice; credit notes may be mixed.",
    ),
    Change(
        "2025-09-30.clover",
        "INV-VER-010",
        "A discount names its coupon under source; new subscriptions are billed flexibly by default.",
    ),
    Change("2025-10-29.clover", "INV-PAY-027", "attach_payment takes payment records, too."),
    Change("2025-11-17.clover", "INV-PAY-032", "More lists can be filtered by created.", "medium"),
    Change(
        "2021-12-07",
        "INV-API-020",
        "Answers to POST carry Idempotency-Key and Original-Request although the request sent no key.",
        "high",
        silent=True,
    ),
    Change(
        "2023-01-01",
        "INV-FIN-033",
        "A draft that will be sent shows its due date from the start, not only once finalized.",
        "high",
        silent=True,
    ),
    Change("2023-08-01", "INV-API-004", "Errors carry request_log_url.", "high", silent=True),
    Change(
        "2023-08-16",
        "INV-VER-019",
        "A first payment that needs 3DS leaves attempt_count at 0; it was 1.",
        "high",
        silent=True,
    ),
    Change(
        "2025-01-01", "INV-TRN-007", "Voiding a paid invoice is refused with a text of its own.", "medium", silent=True
    ),
    Change(
        "2026-01-01",
        "INV-VER-019",
        "Sending a paid invoice is refused; it was accepted in 2022.",
        "medium",
        silent=True,
    ),
)


def between(older: ApiVersion, newer: ApiVersion) -> tuple[Change, ...]:
    """Changes that a move from ``older`` to ``newer`` brings; silent ones have come to every version by now."""
    return tuple(change for change in CHANGES if older.date < change.since[:10] <= newer.date and not change.silent)


def silent() -> tuple[Change, ...]:
    """Changes that no version announces: what a recording shows depends on when it was made."""
    return tuple(change for change in CHANGES if change.silent)
