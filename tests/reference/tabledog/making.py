"""The account of the recorded event streams (test mode, May 2022, API 2020-08-27): what its flows begin with, and
what some calls always tell.
"""

from __future__ import annotations

from tests.reference.telling import Body, Story

VERSION = "2020-08-27"

FINALIZED = "ending_balance hosted_invoice_url invoice_pdf number payment_intent status status_transitions.finalized_at"
PAID = "amount_paid amount_remaining attempt_count attempted charge paid status status_transitions.paid_at"
#: Stripe shows an invoice that was finalized by being paid as it is at the end, in every event of the call.
PAID_AT_ONCE = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    f"invoice.updated: {PAID}",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.finalized",
)


#: Paid with its first invoice: all of that invoice's events follow the payment's.
SUBSCRIBED = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "customer.updated: currency",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.subscription.created",
)


def customer(story: Story, *, card: bool = True) -> str:
    """A customer, who may have a card to pay with."""
    owner: str = story.make("/customers", email="made@example.com")["id"]
    if card:
        method = story.make("/payment_methods", type="card", card={"token": "tok_visa"})
        story.make(f"/payment_methods/{method['id']}/attach", customer=owner)
        story.make(f"/customers/{owner}", invoice_settings={"default_payment_method": method["id"]})
    return owner


def price(story: Story, amount: int = 2000) -> str:
    product = story.make("/products", name="Chocolate")
    return str(story.make("/prices", product=product["id"], unit_amount=amount, currency="gbp")["id"])


def recurring(story: Story, amount: int) -> str:
    product = story.make("/products", name="Chocolate")
    every: Body = {"interval": "month"}
    made = story.make("/prices", product=product["id"], unit_amount=amount, currency="gbp", recurring=every)
    return str(made["id"])


def coupon(story: Story, **terms: object) -> str:
    return str(story.make("/coupons", **terms)["id"])


def percent(story: Story, off: int, duration: str = "once") -> str:
    return coupon(story, percent_off=off, duration=duration)


def item(story: Story, owner: str, **params: object) -> Body:
    return story.make("/invoiceitems", customer=owner, currency="gbp", **params)


def two_off(story: Story) -> list[Body]:
    """10% and then 20% of what is left."""
    return [{"coupon": percent(story, 10)}, {"coupon": percent(story, 20)}]


def inline(story: Story, owner: str, amount: int, **params: object) -> Body:
    return item(story, owner, unit_amount=amount, **params)


def rate(story: Story, percentage: float, *, inclusive: bool) -> str:
    made = story.make("/tax_rates", display_name="Tax", percentage=percentage, inclusive=inclusive)
    return str(made["id"])
