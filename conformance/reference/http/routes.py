# ruff: noqa: E501 - a table is read by columns
"""The route table: method, path, what is accepted, who answers. ``{}`` stands for an id."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from conformance.reference.api import (
    catalog,
    closing,
    collection,
    credit_notes,
    customers,
    discounts,
    events,
    finalization,
    intents,
    invoice_payments,
    invoices,
    items,
    lines,
    params,
    payment_methods,
    previews,
    promotion_codes,
    rates,
    refunds,
    revisions,
    search,
    shipping,
    subscription_items,
    subscriptions,
    tax_ids,
    test_clocks,
)
from conformance.reference.api.call import Call
from conformance.reference.model.table import Body

if TYPE_CHECKING:
    from conformance.reference.api.shapes import Shape
from conformance.reference.view.eras import BASIL, CLOVER

Handler = Callable[[Call], Body]


class Route(NamedTuple):
    """``accepts`` reads the parameters, ``older`` those of versions below ``since``; ``until`` is the first version
    without the endpoint.
    """

    method: str
    path: str
    accepts: Shape
    answer: Handler
    older: Shape | None = None
    until: str = ""
    since: str = BASIL

    def accepted(self, version: str) -> Shape:
        return self.older if self.older is not None and version < self.since else self.accepts


# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("POST", "/v1/invoices", params.invoices.INVOICE_CREATE, revisions.create),
    Route("GET", "/v1/invoices", params.invoices.INVOICE_LIST, invoices.listed),
    Route("GET", "/v1/invoices/search", params.invoices.INVOICE_SEARCH, search.search),
    Route("POST", "/v1/invoices/create_preview", params.subscriptions.PREVIEW, previews.create),
    Route("GET", "/v1/invoices/upcoming", params.subscriptions.UPCOMING, previews.upcoming, until=BASIL),
    Route("GET", "/v1/invoices/{}", params.shared.ONLY_EXPAND, invoices.retrieve),
    Route("POST", "/v1/invoices/{}", params.invoices.INVOICE_UPDATE, invoices.update),
    Route("DELETE", "/v1/invoices/{}", params.shared.NOTHING, invoices.delete),
    Route("POST", "/v1/invoices/{}/finalize", params.invoices.INVOICE_FINALIZE, finalization.finalize),
    Route("POST", "/v1/invoices/{}/send", params.shared.ONLY_EXPAND, collection.send),
    Route("POST", "/v1/invoices/{}/pay", params.invoices.INVOICE_PAY, collection.pay),
    Route("POST", "/v1/invoices/{}/void", params.shared.ONLY_EXPAND, closing.void),
    Route("POST", "/v1/invoices/{}/mark_uncollectible", params.shared.ONLY_EXPAND, closing.mark_uncollectible),
    Route("POST", "/v1/invoices/{}/attach_payment", params.invoices.ATTACH_PAYMENT, collection.attach_payment),
    Route("GET", "/v1/invoices/{}/lines", params.shared.PAGE, invoices.list_lines),
    Route("POST", "/v1/invoices/{}/lines/{}", params.items.LINE_UPDATE, lines.update_one),
    Route("POST", "/v1/invoices/{}/add_lines", params.items.LINES_ADD, lines.add),
    Route("POST", "/v1/invoices/{}/update_lines", params.items.LINES_UPDATE, lines.update_many),
    Route("POST", "/v1/invoices/{}/remove_lines", params.items.LINES_REMOVE, lines.remove),
    Route("GET", "/v1/invoice_payments", params.invoices.PAYMENT_LIST, invoice_payments.listed),
    Route("GET", "/v1/invoice_payments/{}", params.shared.ONLY_EXPAND, invoice_payments.retrieve),
    Route("POST", "/v1/invoiceitems", params.items.ITEM_CREATE, items.create, params.items.ITEM_CREATE_BEFORE_BASIL),
    Route("GET", "/v1/invoiceitems", params.items.ITEM_LIST, items.listed),
    Route("GET", "/v1/invoiceitems/{}", params.shared.ONLY_EXPAND, items.retrieve),
    Route("POST", "/v1/invoiceitems/{}", params.items.ITEM_UPDATE, items.update, params.items.ITEM_UPDATE_BEFORE_BASIL),
    Route("DELETE", "/v1/invoiceitems/{}", params.shared.NOTHING, items.delete),
    Route("POST", "/v1/customers", params.customers.CUSTOMER_CREATE, customers.create, params.customers.CUSTOMER_CREATE_BEFORE_BASIL),
    Route("GET", "/v1/customers", params.customers.CUSTOMER_LIST, customers.listed),
    Route("GET", "/v1/customers/{}", params.shared.ONLY_EXPAND, customers.retrieve),
    Route("POST", "/v1/customers/{}", params.customers.CUSTOMER_UPDATE, customers.update, params.customers.CUSTOMER_UPDATE_BEFORE_BASIL),
    Route("DELETE", "/v1/customers/{}", params.shared.NOTHING, customers.delete),
    Route("DELETE", "/v1/customers/{}/discount", params.shared.NOTHING, discounts.delete_of_customer),
    Route("POST", "/v1/customers/{}/tax_ids", params.customers.TAX_ID, tax_ids.create),
    Route("GET", "/v1/customers/{}/tax_ids", params.shared.PAGE, tax_ids.listed),
    Route("GET", "/v1/customers/{}/tax_ids/{}", params.shared.ONLY_EXPAND, tax_ids.retrieve),
    Route("DELETE", "/v1/customers/{}/tax_ids/{}", params.shared.NOTHING, tax_ids.delete),
    Route("POST", "/v1/customers/{}/balance_transactions", params.customers.BALANCE_CREATE, customers.create_balance_transaction),
    Route("GET", "/v1/customers/{}/balance_transactions", params.shared.PAGE, customers.list_balance_transactions),
    Route("GET", "/v1/customers/{}/balance_transactions/{}", params.shared.ONLY_EXPAND, customers.retrieve_balance_transaction),
    Route("POST", "/v1/customers/{}/balance_transactions/{}", params.customers.BALANCE_UPDATE, customers.update_balance_transaction),
    Route("GET", "/v1/customers/{}/payment_methods", params.payments.PAYMENT_METHOD_LIST, payment_methods.of_customer),
    Route("GET", "/v1/customers/{}/payment_methods/{}", params.shared.ONLY_EXPAND, payment_methods.one_of_customer),
    Route("POST", "/v1/payment_methods", params.payments.PAYMENT_METHOD_CREATE, payment_methods.create),
    Route("GET", "/v1/payment_methods", params.payments.PAYMENT_METHOD_LIST, payment_methods.listed),
    Route("GET", "/v1/payment_methods/{}", params.shared.ONLY_EXPAND, payment_methods.retrieve),
    Route("POST", "/v1/payment_methods/{}", params.payments.PAYMENT_METHOD_UPDATE, payment_methods.update),
    Route("POST", "/v1/payment_methods/{}/attach", params.payments.PAYMENT_METHOD_ATTACH, payment_methods.attach),
    Route("POST", "/v1/payment_methods/{}/detach", params.shared.ONLY_EXPAND, payment_methods.detach),
    Route("POST", "/v1/payment_intents", params.payments.INTENT_CREATE, intents.create),
    Route("GET", "/v1/payment_intents", params.payments.INTENT_LIST, intents.listed),
    Route("GET", "/v1/payment_intents/{}", params.shared.ONLY_EXPAND, intents.retrieve),
    Route("POST", "/v1/payment_intents/{}", params.payments.INTENT_UPDATE, intents.update),
    Route("POST", "/v1/payment_intents/{}/confirm", params.payments.INTENT_CONFIRM, intents.confirm_one),
    Route("POST", "/v1/payment_intents/{}/capture", params.payments.INTENT_CAPTURE, intents.capture_one),
    Route("POST", "/v1/payment_intents/{}/cancel", params.payments.INTENT_CANCEL, intents.cancel_one),
    Route("GET", "/v1/charges", params.payments.CHARGE_LIST, intents.list_charges),
    Route("GET", "/v1/charges/{}", params.shared.ONLY_EXPAND, intents.retrieve_charge),
    Route("POST", "/v1/charges/{}", params.payments.CHARGE_UPDATE, intents.update_charge),
    Route("POST", "/v1/products", params.catalog.PRODUCT_CREATE, catalog.create_product),
    Route("GET", "/v1/products", params.catalog.PRODUCT_LIST, catalog.list_products),
    Route("GET", "/v1/products/{}", params.shared.ONLY_EXPAND, catalog.retrieve_product),
    Route("POST", "/v1/products/{}", params.catalog.PRODUCT_UPDATE, catalog.update_product),
    Route("DELETE", "/v1/products/{}", params.shared.NOTHING, catalog.delete_product),
    Route("POST", "/v1/prices", params.catalog.PRICE_CREATE, catalog.create_price),
    Route("GET", "/v1/prices", params.catalog.PRICE_LIST, catalog.list_prices),
    Route("GET", "/v1/prices/{}", params.shared.ONLY_EXPAND, catalog.retrieve_price),
    Route("POST", "/v1/prices/{}", params.catalog.PRICE_UPDATE, catalog.update_price),
    Route("POST", "/v1/tax_rates", params.catalog.TAX_RATE_CREATE, rates.create_tax_rate),
    Route("GET", "/v1/tax_rates", params.catalog.TAX_RATE_LIST, rates.list_tax_rates),
    Route("GET", "/v1/tax_rates/{}", params.shared.ONLY_EXPAND, rates.retrieve_tax_rate),
    Route("POST", "/v1/tax_rates/{}", params.catalog.TAX_RATE_UPDATE, rates.update_tax_rate),
    Route("POST", "/v1/coupons", params.catalog.COUPON_CREATE, rates.create_coupon),
    Route("GET", "/v1/coupons", params.shared.CREATED_LIST, rates.list_coupons),
    Route("GET", "/v1/coupons/{}", params.shared.ONLY_EXPAND, rates.retrieve_coupon),
    Route("POST", "/v1/coupons/{}", params.catalog.COUPON_UPDATE, rates.update_coupon),
    Route("DELETE", "/v1/coupons/{}", params.shared.NOTHING, rates.delete_coupon),
    Route("POST", "/v1/promotion_codes", params.catalog.PROMOTION_CODE_CREATE, promotion_codes.create, params.catalog.PROMOTION_CODE_CREATE_BEFORE_CLOVER, since=CLOVER),
    Route("GET", "/v1/promotion_codes", params.catalog.PROMOTION_CODE_LIST, promotion_codes.listed),
    Route("GET", "/v1/promotion_codes/{}", params.shared.ONLY_EXPAND, promotion_codes.retrieve),
    Route("POST", "/v1/promotion_codes/{}", params.catalog.PROMOTION_CODE_UPDATE, promotion_codes.update),
    Route("POST", "/v1/shipping_rates", params.catalog.SHIPPING_RATE_CREATE, shipping.create),
    Route("GET", "/v1/shipping_rates", params.catalog.SHIPPING_RATE_LIST, shipping.listed),
    Route("GET", "/v1/shipping_rates/{}", params.shared.ONLY_EXPAND, shipping.retrieve),
    Route("POST", "/v1/shipping_rates/{}", params.catalog.SHIPPING_RATE_UPDATE, shipping.update),
    Route("POST", "/v1/credit_notes", params.payments.CREDIT_NOTE_CREATE, credit_notes.create),
    Route("GET", "/v1/credit_notes", params.payments.CREDIT_NOTE_LIST, credit_notes.listed),
    Route("GET", "/v1/credit_notes/preview", params.payments.CREDIT_NOTE_PREVIEW, credit_notes.preview),
    Route("GET", "/v1/credit_notes/preview/lines", params.payments.CREDIT_NOTE_PREVIEW_LINES, credit_notes.preview_lines),
    Route("GET", "/v1/credit_notes/{}", params.shared.ONLY_EXPAND, credit_notes.retrieve),
    Route("POST", "/v1/credit_notes/{}", params.payments.CREDIT_NOTE_UPDATE, credit_notes.update),
    Route("POST", "/v1/credit_notes/{}/void", params.shared.ONLY_EXPAND, credit_notes.void),
    Route("GET", "/v1/credit_notes/{}/lines", params.shared.PAGE, credit_notes.list_lines),
    Route("POST", "/v1/refunds", params.payments.REFUND_CREATE, refunds.create),
    Route("GET", "/v1/refunds", params.payments.REFUND_LIST, refunds.listed),
    Route("GET", "/v1/refunds/{}", params.shared.ONLY_EXPAND, refunds.retrieve),
    Route("POST", "/v1/refunds/{}", params.payments.REFUND_UPDATE, refunds.update),
    Route("POST", "/v1/subscriptions", params.subscriptions.SUBSCRIPTION_CREATE, subscriptions.create, params.subscriptions.SUBSCRIPTION_CREATE_BEFORE_BASIL),
    Route("GET", "/v1/subscriptions", params.subscriptions.SUBSCRIPTION_LIST, subscriptions.listed),
    Route("GET", "/v1/subscriptions/{}", params.shared.ONLY_EXPAND, subscriptions.retrieve),
    Route("POST", "/v1/subscriptions/{}", params.subscriptions.SUBSCRIPTION_UPDATE, subscriptions.update, params.subscriptions.SUBSCRIPTION_UPDATE_BEFORE_BASIL),
    Route("DELETE", "/v1/subscriptions/{}/discount", params.shared.NOTHING, discounts.delete_of_subscription),
    Route("DELETE", "/v1/subscriptions/{}", params.subscriptions.SUBSCRIPTION_CANCEL, subscriptions.cancel),
    Route("POST", "/v1/subscription_items", params.subscriptions.SUBSCRIPTION_ITEM_CREATE, subscription_items.create),
    Route("GET", "/v1/subscription_items", params.subscriptions.SUBSCRIPTION_ITEM_LIST, subscription_items.listed),
    Route("GET", "/v1/subscription_items/{}", params.shared.ONLY_EXPAND, subscription_items.retrieve),
    Route("POST", "/v1/subscription_items/{}", params.subscriptions.SUBSCRIPTION_ITEM_UPDATE, subscription_items.update),
    Route("DELETE", "/v1/subscription_items/{}", params.subscriptions.SUBSCRIPTION_ITEM_DELETE, subscription_items.delete),
    Route("POST", "/v1/test_helpers/test_clocks", params.customers.CLOCK_CREATE, test_clocks.create),
    Route("GET", "/v1/test_helpers/test_clocks", params.shared.PAGE, test_clocks.listed),
    Route("GET", "/v1/test_helpers/test_clocks/{}", params.shared.ONLY_EXPAND, test_clocks.retrieve),
    Route("POST", "/v1/test_helpers/test_clocks/{}/advance", params.customers.CLOCK_ADVANCE, test_clocks.advance),
    Route("DELETE", "/v1/test_helpers/test_clocks/{}", params.shared.NOTHING, test_clocks.delete),
    Route("GET", "/v1/events", params.customers.EVENT_LIST, events.listed),
    Route("GET", "/v1/events/{}", params.shared.ONLY_EXPAND, events.retrieve),
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
