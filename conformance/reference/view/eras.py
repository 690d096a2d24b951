"""Back from the newest version: what older API versions show instead. One row per change, newest first; fields Stripe
only added stay (INV-VER-018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.reference.view import earlier

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

BASIL = "2025-03-31.basil"
CLOVER = "2025-09-30.clover"
REFERRED = "2025-11-17.clover"
RENDERING = "2024-04-10"
LATEST_CHARGE = "2022-11-15"


class Step(NamedTuple):
    """Below ``before``, ``back`` changes what is ``shown`` of the stored ``row``."""

    before: str
    kind: str
    back: Callable[[World, Body, Body], None]


STEPS: tuple[Step, ...] = (
    Step(REFERRED, "payment_intent", earlier.unreferred),
    Step(CLOVER, "discount", earlier.discount),
    Step(CLOVER, "customer", earlier.customer),
    Step(CLOVER, "promotion_code", earlier.promotion_code),
    Step(BASIL, "invoice", earlier.invoice),
    Step(BASIL, "line_item", earlier.line_item),
    Step(BASIL, "invoiceitem", earlier.invoiceitem),
    Step(BASIL, "payment_intent", earlier.names_its_invoice),
    Step(BASIL, "charge", earlier.names_its_invoice),
    Step(BASIL, "credit_note", earlier.credit_note),
    Step(BASIL, "credit_note_line_item", earlier.credit_note_line_item),
    Step(BASIL, "plan", earlier.plan_usage),
    Step(BASIL, "price", earlier.price_usage),
    Step(BASIL, "subscription", earlier.subscription),
    Step(BASIL, "subscription_item", earlier.subscription_item),
    Step(RENDERING, "invoice", earlier.rendering_options),
    Step(LATEST_CHARGE, "payment_intent", earlier.charges),
    Step(LATEST_CHARGE, "charge", earlier.refunds),
)
_BY_KIND: dict[str, list[Step]] = {}
for _step in STEPS:
    _BY_KIND.setdefault(_step.kind, []).append(_step)


def differs(kind: str, version: str) -> bool:
    """True when ``version`` shows something else than what is stored."""
    return version < _BY_KIND[kind][0].before


def older(world: World, kind: str, row: Body, shown: Body, version: str) -> Body:
    """``shown`` as ``version`` has it. ``shown`` is a fresh dict and is changed; its nested values are not."""
    for step in _BY_KIND.get(kind, ()):
        if version < step.before:
            step.back(world, row, shown)
    return shown
