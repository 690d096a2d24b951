"""What an application does with stripe-python, in the calls every release since 5 has: run by the interpreter the
release is installed for, unmodified but for its base address.

    python sdk_lifecycle.py < told.json

``told``: ``url``, ``key``, and of one webhook ``secret``, ``payload``, ``signature``. Writes one JSON object: the
release, the API version, and for each step null or what went wrong.
"""

import itertools
import json
import sys
import traceback

import stripe

BASIL = "2025-03-31.basil"
#: Releases before 6 have no API version of their own; the account's decides, and such an account had this one.
BEFORE_PINNING = "2022-11-15"


def failure(kind, call, *arguments, **named):
    """The exception of that kind that ``call`` raises."""
    try:
        call(*arguments, **named)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


class Flow:
    """Each public method is a step; later ones use what earlier ones made."""

    def __init__(self, told):
        self.told = told
        stripe.api_base = told["url"]
        stripe.api_key = told["key"]
        stripe.api_version = self.version = stripe.api_version or BEFORE_PINNING
        stripe.max_network_retries = 0
        self.basil = self.version >= BASIL
        self.numbers = itertools.count()

    def _owner(self, method="pm_card_visa"):
        made = stripe.Customer.create(name="Jenny Rosen", email=f"jenny{next(self.numbers)}@example.com")
        attached = stripe.PaymentMethod.attach(method, customer=made.id)
        return stripe.Customer.modify(made.id, invoice_settings={"default_payment_method": attached.id})

    def _billed(self, customer, amount=2000):
        stripe.InvoiceItem.create(customer=customer.id, currency="usd", amount=amount, description="Consulting")
        return stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")

    def customer(self):
        self.jenny = self._owner()
        assert self.jenny.name == "Jenny Rosen"
        assert self.jenny.invoice_settings.default_payment_method.startswith("pm_")
        assert self.jenny.last_response.request_id.startswith("req_")
        assert self.jenny.last_response.headers["stripe-version"] == self.version

    def items(self):
        product = stripe.Product.create(name="Hour")
        self.price = stripe.Price.create(product=product.id, currency="usd", unit_amount=1500)
        pricing = {"pricing": {"price": self.price.id}} if self.basil else {"price": self.price.id}
        item = stripe.InvoiceItem.create(customer=self.jenny.id, quantity=2, **pricing)
        assert item.amount == 3000
        if self.basil:
            assert item.pricing.price_details.price == self.price.id
        else:
            assert item.price.id == self.price.id
        stripe.InvoiceItem.create(customer=self.jenny.id, currency="usd", amount=500)

    def invoice(self):
        self.bill = stripe.Invoice.create(
            customer=self.jenny.id, pending_invoice_items_behavior="include", metadata={"order": "6735"}
        )
        assert (self.bill.status, self.bill.total, self.bill.amount_due) == ("draft", 3500, 3500)
        assert sorted(line.amount for line in self.bill.lines.auto_paging_iter()) == [500, 3000]

    def update(self):
        changed = stripe.Invoice.modify(self.bill.id, description="November", metadata={"order": "6736"})
        assert (changed.description, changed.metadata["order"]) == ("November", "6736")

    def finalize(self):
        opened = stripe.Invoice.finalize_invoice(self.bill.id)
        assert (opened.status, opened.amount_remaining) == ("open", 3500)
        assert opened.number
        assert opened.hosted_invoice_url.startswith("https://")

    def pay(self):
        paid = stripe.Invoice.pay(self.bill.id)
        assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 3500, 0)
        if self.basil:
            (payment,) = stripe.InvoicePayment.list(invoice=paid.id).data
            assert (payment.status, payment.amount_paid) == ("paid", 3500)
            intent = payment.payment.payment_intent
        else:
            assert paid.paid is True
            assert stripe.Charge.retrieve(paid.charge).amount == 3500
            intent = paid.payment_intent
        assert stripe.PaymentIntent.retrieve(intent).amount_received == 3500

    def expand(self):
        shown = stripe.Invoice.retrieve(self.bill.id, expand=["customer", "payment_intent"][: 1 if self.basil else 2])
        assert shown.customer.email == self.jenny.email
        if not self.basil:
            assert shown.payment_intent.status == "succeeded"

    def credit_note(self):
        note = stripe.CreditNote.create(invoice=self.bill.id, amount=700, refund_amount=700)
        assert (note.status, note.total, note.invoice) == ("issued", 700, self.bill.id)
        assert stripe.Invoice.retrieve(self.bill.id).post_payment_credit_notes_amount == 700
        (refund,) = stripe.Refund.list().data
        assert (refund.amount, refund.status) == (700, "succeeded")

    def paging(self):
        other = self._owner()
        made = [stripe.Invoice.create(customer=other.id).id for _ in range(12)]
        pages = stripe.Invoice.list(customer=other.id, limit=5)
        assert (len(pages.data), pages.has_more) == (5, True)
        assert [one.id for one in pages.auto_paging_iter()] == made[::-1]
        back = stripe.Invoice.list(customer=other.id, limit=5, ending_before=made[0])
        assert [one.id for one in back.auto_paging_iter()] == made[1:]
        assert stripe.Invoice.delete(made[0]).deleted is True

    def search(self):
        found = stripe.Invoice.search(query=f"customer:'{self.jenny.id}' AND status:'paid'")
        assert [one.id for one in found.data] == [self.bill.id]
        every = stripe.Invoice.search(query="status:'draft'", limit=5)
        assert len(list(every.auto_paging_iter())) == 11
        assert [one.id for one in stripe.Invoice.search(query="metadata['order']:'6736'").data] == [self.bill.id]

    def preview(self):
        lines = [{"amount": 900, "currency": "usd"}]
        if self.basil:
            shown = stripe.Invoice.create_preview(customer=self.jenny.id, invoice_items=lines)
        else:
            shown = stripe.Invoice.upcoming(customer=self.jenny.id, invoice_items=lines)
        assert shown.total == 900
        assert [line.amount for line in shown.lines.data] == [900]

    def subscription(self):
        monthly = stripe.Price.create(
            product=self.price.product, currency="usd", unit_amount=1200, recurring={"interval": "month"}
        )
        made = stripe.Subscription.create(
            customer=self.jenny.id, items=[{"price": monthly.id}], expand=["latest_invoice"]
        )
        assert (made.status, made.latest_invoice.status, made.latest_invoice.total) == ("active", "paid", 1200)
        if self.basil:
            assert made.latest_invoice.parent.subscription_details.subscription == made.id
            assert made["items"].data[0].current_period_end > made.created
        else:
            assert made.latest_invoice.subscription == made.id
            assert made.current_period_end > made.created
        assert stripe.Subscription.cancel(made.id).status == "canceled"

    def other_ends(self):
        opened = [stripe.Invoice.finalize_invoice(self._billed(self.jenny).id, auto_advance=False) for _ in range(3)]
        assert stripe.Invoice.void_invoice(opened[0].id).status == "void"
        assert stripe.Invoice.mark_uncollectible(opened[1].id).status == "uncollectible"
        assert stripe.Invoice.pay(opened[2].id, paid_out_of_band=True).status == "paid"

    def refused(self):
        error = failure(stripe.error.InvalidRequestError, stripe.Invoice.retrieve, "in_doesnotexist")
        assert (error.http_status, error.code, error.param) == (404, "resource_missing", "invoice")
        assert error.user_message == "No such invoice: 'in_doesnotexist'"
        assert error.request_id.startswith("req_")
        error = failure(stripe.error.InvalidRequestError, stripe.Invoice.finalize_invoice, self.bill.id)
        assert error.http_status == 400

    def declined(self):
        opened = stripe.Invoice.finalize_invoice(self._billed(self._owner("pm_card_chargeCustomerFail")).id)
        error = failure(stripe.error.CardError, stripe.Invoice.pay, opened.id)
        assert (error.http_status, error.code) == (402, "card_declined")
        assert error.error.decline_code == "generic_decline"
        assert error.error.type == "card_error"
        assert stripe.Invoice.retrieve(opened.id).status == "open"

    def strangers(self):
        error = failure(stripe.error.AuthenticationError, stripe.Customer.list, api_key="sk_test_bogus")
        assert error.http_status == 401

    def idempotency(self):
        first, again = (stripe.Customer.create(name="Once", idempotency_key="once") for _ in range(2))
        assert first.id == again.id
        assert again.last_response.headers["idempotent-replayed"] == "true"
        error = failure(stripe.error.IdempotencyError, stripe.Customer.create, name="Twice", idempotency_key="once")
        assert error.http_status == 400

    def events(self):
        (paid,) = [one for one in stripe.Event.list(type="invoice.paid").data if one.data.object.id == self.bill.id]
        assert paid.data.object.object == "invoice"

    def webhook(self):
        payload, signature, secret = (self.told[name] for name in ("payload", "signature", "secret"))
        event = stripe.Webhook.construct_event(payload, signature, secret)
        assert (event.object, event.type, event.data.object.object) == ("event", "customer.created", "customer")
        for wrong in ((payload + " ", signature, secret), (payload, signature, secret + "0")):
            failure(stripe.error.SignatureVerificationError, stripe.Webhook.construct_event, *wrong)


STEPS = [name for name in vars(Flow) if not name.startswith("_")]


def main():
    if not hasattr(stripe, "error"):  # the errors moved up; the older name went away later
        stripe.error = stripe
    flow = Flow(json.load(sys.stdin))
    went = {}
    for name in STEPS:
        try:
            getattr(flow, name)()
        except Exception as problem:  # noqa: BLE001 - the report is for the caller
            place = traceback.extract_tb(problem.__traceback__)
            here = [frame for frame in place if frame.filename == __file__][-1]
            went[name] = f"line {here.lineno}: {type(problem).__name__}: {str(problem)[:300] or here.line}"
        else:
            went[name] = None
    version = getattr(stripe, "VERSION", None) or stripe.version.VERSION
    json.dump({"release": version, "api_version": flow.version, "steps": went}, sys.stdout)


main()
