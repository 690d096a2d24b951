"""The route table: method, path, what is accepted, who answers. ``{}`` stands for an id."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from conformance.reference.api import (
    catalog,
    collection,
    credit_notes,
    customers,
    events,
    intents,
    invoice_payments,
    invoices,
    items,
    lines,
    params,
    payment_methods,
    previews,
    rates,
    refunds,
    search,
    shipping,
    subscriptions,
    test_clocks,
)
from conformance.reference.api.call import Call
from conformance.reference.model.table import Body

if TYPE_CHECKING:
    from conformance.reference.api.shapes import Shape
from conformance.reference.view.eras import BASIL

Handler = Callable[[Call], Body]


class Route(NamedTuple):
    """``accepts`` reads the parameters, ``before_basil`` those of older versions; ``until`` is the first version without the endpoint."""

    method: str
    path: str
    accepts: Shape
    answer: Handler
    before_basil: Shape | None = None
    until: str = ""

    def accepted(self, version: str) -> Shape:
        return self.before_basil if self.before_basil is not None and version < BASIL else self.accepts


# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("POST", "/v1/invoices", params.INVOICE_CREATE, invoices.create),
    Route("GET", "/v1/invoices", params.INVOICE_LIST, invoices.listed),
    Route("GET", "/v1/invoices/search", params.INVOICE_SEARCH, search.search),
    Route("POST", "/v1/invoices/create_preview", params.PREVIEW, previews.create),
    Route("GET", "/v1/invoices/upcoming", params.UPCOMING, previews.upcoming, until=BASIL),
    Route("GET", "/v1/invoices/{}", params.ONLY_EXPAND, invoices.retrieve),
    Route("POST", "/v1/invoices/{}", params.INVOICE_UPDATE, invoices.update),
    Route("DELETE", "/v1/invoices/{}", params.NOTHING, invoices.delete),
    Route("POST", "/v1/invoices/{}/finalize", params.INVOICE_FINALIZE, collection.finalize),
    Route("POST", "/v1/invoices/{}/send", params.ONLY_EXPAND, collection.send),
    Route("POST", "/v1/invoices/{}/pay", params.INVOICE_PAY, collection.pay),
    Route("POST", "/v1/invoices/{}/void", params.ONLY_EXPAND, collection.void),
    Route("POST", "/v1/invoices/{}/mark_uncollectible", params.ONLY_EXPAND, collection.mark_uncollectible),
    Route("POST", "/v1/invoices/{}/attach_payment", params.ATTACH_PAYMENT, collection.attach_payment),
    Route("GET", "/v1/invoices/{}/lines", params.PAGE, invoices.list_lines),
    Route("POST", "/v1/invoices/{}/lines/{}", params.LINE_UPDATE, lines.update_one),
    Route("POST", "/v1/invoices/{}/add_lines", params.LINES_ADD, lines.add),
    Route("POST", "/v1/invoices/{}/update_lines", params.LINES_UPDATE, lines.update_many),
    Route("POST", "/v1/invoices/{}/remove_lines", params.LINES_REMOVE, lines.remove),
    Route("GET", "/v1/invoice_payments", params.PAYMENT_LIST, invoice_payments.listed),
    Route("GET", "/v1/invoice_payments/{}", params.ONLY_EXPAND, invoice_payments.retrieve),
    Route("POST", "/v1/invoiceitems", params.ITEM_CREATE, items.create, params.ITEM_CREATE_BEFORE_BASIL),
    Route("GET", "/v1/invoiceitems", params.ITEM_LIST, items.listed),
    Route("GET", "/v1/invoiceitems/{}", params.ONLY_EXPAND, items.retrieve),
    Route("POST", "/v1/invoiceitems/{}", params.ITEM_UPDATE, items.update, params.ITEM_UPDATE_BEFORE_BASIL),
    Route("DELETE", "/v1/invoiceitems/{}", params.NOTHING, items.delete),
    Route("POST", "/v1/customers", params.CUSTOMER_CREATE, customers.create, params.CUSTOMER_CREATE_BEFORE_BASIL),
    Route("GET", "/v1/customers", params.CUSTOMER_LIST, customers.listed),
    Route("GET", "/v1/customers/{}", params.ONLY_EXPAND, customers.retrieve),
    Route("POST", "/v1/customers/{}", params.CUSTOMER_UPDATE, customers.update, params.CUSTOMER_UPDATE_BEFORE_BASIL),
    Route("DELETE", "/v1/customers/{}", params.NOTHING, customers.delete),
    Route("POST", "/v1/customers/{}/balance_transactions", params.BALANCE_CREATE, customers.create_balance_transaction),
    Route("GET", "/v1/customers/{}/balance_transactions", params.PAGE, customers.list_balance_transactions),
    Route("GET", "/v1/customers/{}/balance_transactions/{}", params.ONLY_EXPAND, customers.retrieve_balance_transaction),
    Route("POST", "/v1/customers/{}/balance_transactions/{}", params.BALANCE_UPDATE, customers.update_balance_transaction),
    Route("GET", "/v1/customers/{}/payment_methods", params.PAYMENT_METHOD_LIST, payment_methods.of_customer),
    Route("GET", "/v1/customers/{}/payment_methods/{}", params.ONLY_EXPAND, payment_methods.one_of_customer),
    Route("POST", "/v1/payment_methods", params.PAYMENT_METHOD_CREATE, payment_methods.create),
    Route("GET", "/v1/payment_methods", params.PAYMENT_METHOD_LIST, payment_methods.listed),
    Route("GET", "/v1/payment_methods/{}", params.ONLY_EXPAND, payment_methods.retrieve),
    Route("POST", "/v1/payment_methods/{}", params.PAYMENT_METHOD_UPDATE, payment_methods.update),
    Route("POST", "/v1/payment_methods/{}/attach", params.PAYMENT_METHOD_ATTACH, payment_methods.attach),
    Route("POST", "/v1/payment_methods/{}/detach", params.ONLY_EXPAND, payment_methods.detach),
    Route("POST", "/v1/payment_intents", params.INTENT_CREATE, intents.create),
    Route("GET", "/v1/payment_intents", params.INTENT_LIST, intents.listed),
    Route("GET", "/v1/payment_intents/{}", params.ONLY_EXPAND, intents.retrieve),
    Route("POST", "/v1/payment_intents/{}", params.INTENT_UPDATE, intents.update),
    Route("POST", "/v1/payment_intents/{}/confirm", params.INTENT_CONFIRM, intents.confirm_one),
    Route("POST", "/v1/payment_intents/{}/cancel", params.INTENT_CANCEL, intents.cancel_one),
    Route("GET", "/v1/charges", params.CHARGE_LIST, intents.list_charges),
    Route("GET", "/v1/charges/{}", params.ONLY_EXPAND, intents.retrieve_charge),
    Route("POST", "/v1/products", params.PRODUCT_CREATE, catalog.create_product),
    Route("GET", "/v1/products", params.PRODUCT_LIST, catalog.list_products),
    Route("GET", "/v1/products/{}", params.ONLY_EXPAND, catalog.retrieve_product),
    Route("POST", "/v1/products/{}", params.PRODUCT_UPDATE, catalog.update_product),
    Route("DELETE", "/v1/products/{}", params.NOTHING, catalog.delete_product),
    Route("POST", "/v1/prices", params.PRICE_CREATE, catalog.create_price),
    Route("GET", "/v1/prices", params.PRICE_LIST, catalog.list_prices),
    Route("GET", "/v1/prices/{}", params.ONLY_EXPAND, catalog.retrieve_price),
    Route("POST", "/v1/prices/{}", params.PRICE_UPDATE, catalog.update_price),
    Route("POST", "/v1/tax_rates", params.TAX_RATE_CREATE, rates.create_tax_rate),
    Route("GET", "/v1/tax_rates", params.TAX_RATE_LIST, rates.list_tax_rates),
    Route("GET", "/v1/tax_rates/{}", params.ONLY_EXPAND, rates.retrieve_tax_rate),
    Route("POST", "/v1/tax_rates/{}", params.TAX_RATE_UPDATE, rates.update_tax_rate),
    Route("POST", "/v1/coupons", params.COUPON_CREATE, rates.create_coupon),
    Route("GET", "/v1/coupons", params.CREATED_LIST, rates.list_coupons),
    Route("GET", "/v1/coupons/{}", params.ONLY_EXPAND, rates.retrieve_coupon),
    Route("POST", "/v1/coupons/{}", params.COUPON_UPDATE, rates.update_coupon),
    Route("DELETE", "/v1/coupons/{}", params.NOTHING, rates.delete_coupon),
    Route("POST", "/v1/shipping_rates", params.SHIPPING_RATE_CREATE, shipping.create),
    Route("GET", "/v1/shipping_rates", params.SHIPPING_RATE_LIST, shipping.listed),
    Route("GET", "/v1/shipping_rates/{}", params.ONLY_EXPAND, shipping.retrieve),
    Route("POST", "/v1/shipping_rates/{}", params.SHIPPING_RATE_UPDATE, shipping.update),
    Route("POST", "/v1/credit_notes", params.CREDIT_NOTE_CREATE, credit_notes.create),
    Route("GET", "/v1/credit_notes", params.CREDIT_NOTE_LIST, credit_notes.listed),
    Route("GET", "/v1/credit_notes/preview", params.CREDIT_NOTE_PREVIEW, credit_notes.preview),
    Route("GET", "/v1/credit_notes/preview/lines", params.CREDIT_NOTE_PREVIEW_LINES, credit_notes.preview_lines),
    Route("GET", "/v1/credit_notes/{}", params.ONLY_EXPAND, credit_notes.retrieve),
    Route("POST", "/v1/credit_notes/{}", params.CREDIT_NOTE_UPDATE, credit_notes.update),
    Route("POST", "/v1/credit_notes/{}/void", params.ONLY_EXPAND, credit_notes.void),
    Route("GET", "/v1/credit_notes/{}/lines", params.PAGE, credit_notes.list_lines),
    Route("POST", "/v1/refunds", params.REFUND_CREATE, refunds.create),
    Route("GET", "/v1/refunds", params.REFUND_LIST, refunds.listed),
    Route("GET", "/v1/refunds/{}", params.ONLY_EXPAND, refunds.retrieve),
    Route("POST", "/v1/refunds/{}", params.REFUND_UPDATE, refunds.update),
    Route("POST", "/v1/subscriptions", params.SUBSCRIPTION_CREATE, subscriptions.create, params.SUBSCRIPTION_CREATE_BEFORE_BASIL),
    Route("GET", "/v1/subscriptions", params.SUBSCRIPTION_LIST, subscriptions.listed),
    Route("GET", "/v1/subscriptions/{}", params.ONLY_EXPAND, subscriptions.retrieve),
    Route("POST", "/v1/subscriptions/{}", params.SUBSCRIPTION_UPDATE, subscriptions.update),
    Route("DELETE", "/v1/subscriptions/{}", params.SUBSCRIPTION_CANCEL, subscriptions.cancel),
    Route("POST", "/v1/test_helpers/test_clocks", params.CLOCK_CREATE, test_clocks.create),
    Route("GET", "/v1/test_helpers/test_clocks", params.PAGE, test_clocks.listed),
    Route("GET", "/v1/test_helpers/test_clocks/{}", params.ONLY_EXPAND, test_clocks.retrieve),
    Route("POST", "/v1/test_helpers/test_clocks/{}/advance", params.CLOCK_ADVANCE, test_clocks.advance),
    Route("DELETE", "/v1/test_helpers/test_clocks/{}", params.NOTHING, test_clocks.delete),
    Route("GET", "/v1/events", params.EVENT_LIST, events.listed),
    Route("GET", "/v1/events/{}", params.ONLY_EXPAND, events.retrieve),
)
# fmt: on


class Node:
    """One path segment: named children before the id."""

    __slots__ = ("any", "named", "routes", "until")

    def __init__(self) -> None:
        self.named: dict[str, Node] = {}
        self.any: Node | None = None
        self.routes: dict[str, Route] = {}
        self.until = ""


def _tree(routes: tuple[Route, ...]) -> Node:
    root = Node()
    for route in routes:
        node = root
        for step in route.path[1:].split("/"):
            if step == "{}":
                node.any = node.any or Node()
                node = node.any
            else:
                node = node.named.setdefault(step, Node())
        node.routes[route.method] = route
        node.until = route.until
    return root


_ROOT = _tree(ROUTES)


def match(method: str, path: str, version: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route and the ids in the path; None for what Stripe does not have."""
    node, ids = _ROOT, []
    for step in path[1:].split("/"):
        child = node.named.get(step)
        if child is None or (child.until and version >= child.until):
            if node.any is None or not step:
                return None
            ids.append(step)
            child = node.any
        node = child
    route = node.routes.get(method)
    return (route, tuple(ids)) if route else None
