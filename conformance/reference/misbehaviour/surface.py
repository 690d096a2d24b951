# ruff: noqa: E501 - a table is read by columns
"""What clients see first: envelopes, types, lists, expansion, idempotency, headers. Much of it was seen in mocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.reference.api.call import Call
from conformance.reference.api.shapes import Shape
from conformance.reference.http import routes
from conformance.reference.http.replay import Answer, Replays
from conformance.reference.misbehaviour.tools import (
    Heard,
    Misbehaviour,
    Plant,
    before,
    constant,
    instead,
    nothing,
    on_answer,
    on_route,
    shown,
)
from conformance.reference.model.problems import StripeError
from conformance.reference.model.table import Body

Change = Callable[[Body], object]


def _drop(name: str) -> Change:
    def change(one: Body) -> None:
        one.pop(name, None)

    return change


def _put(name: str, value: Callable[[Any], Any]) -> Change:
    def change(one: Body) -> None:
        if name in one:
            one[name] = value(one[name])

    return change


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else str(value)


#: name, requirement, sentence, object, what is shown instead.
# fmt: off
_SHOWN: tuple[tuple[str, str, str, str, Change], ...] = (
    ("booleans-are-text", "INV-OBJ-004", "auto_advance is the text true or false", "invoice", _put("auto_advance", _text)),
    ("amounts-are-text", "INV-OBJ-007", "amount_due is text", "invoice", _put("amount_due", _text)),
    ("amounts-are-decimals", "INV-OBJ-007", "total is in major units", "invoice", _put("total", lambda value: value / 100)),
    ("times-are-text", "INV-OBJ-007", "created is an ISO date", "invoice", _put("created", lambda _: "2026-11-20T12:00:00Z")),
    ("currency-in-capitals", "INV-OBJ-007", "currency is in capitals", "invoice", _put("currency", str.upper)),
    ("metadata-is-text", "INV-OBJ-045", "empty metadata is an empty text", "invoice", _put("metadata", lambda value: value or "")),
    ("metadata-is-null", "INV-OBJ-045", "empty metadata is null", "invoice", _put("metadata", lambda value: value or None)),
    ("item-metadata-is-null", "INV-OBJ-045", "empty metadata of an item is null", "invoiceitem", _put("metadata", lambda value: value or None)),
    ("nulls-are-left-out", "INV-OBJ-005", "keys without a value are left out", "invoice", lambda one: [one.pop(key) for key in [key for key, value in one.items() if value is None]]),
    ("empty-lists-are-null", "INV-OBJ-006", "default_tax_rates is null where there are none", "invoice", _put("default_tax_rates", lambda value: value or None)),
    ("discounts-are-left-out", "INV-OBJ-006", "discounts are missing", "invoice", _drop("discounts")),
    ("object-is-invoices", "INV-OBJ-001", "object is invoices", "invoice", _put("object", lambda _: "invoices")),
    ("invoice-ids-are-uuids", "INV-OBJ-001", "ids begin with inv_", "invoice", _put("id", lambda value: value.replace("in_", "inv_"))),
    ("line-ids-are-item-ids", "INV-OBJ-002", "lines have the ids of their items", "line_item", _put("id", lambda value: value.replace("il_", "ii_"))),
    ("status-transitions-lack-keys", "INV-OBJ-009", "moments that have not come are left out", "invoice", _put("status_transitions", lambda value: {key: at for key, at in value.items() if at})),
    ("issuer-is-null", "INV-OBJ-016", "issuer is null", "invoice", _put("issuer", lambda _: None)),
    ("automatic-tax-is-null", "INV-OBJ-017", "automatic_tax is null", "invoice", _put("automatic_tax", lambda _: None)),
    ("payment-settings-is-null", "INV-OBJ-018", "payment_settings is null", "invoice", _put("payment_settings", lambda _: None)),
    ("lines-are-a-bare-list", "INV-OBJ-020", "lines are a plain array", "invoice", _put("lines", lambda value: value["data"] if value else value)),
    ("lines-lack-total-count", "INV-OBJ-020", "lines have no total_count", "invoice", _put("lines", lambda value: {key: one for key, one in value.items() if key != "total_count"})),
    ("lines-url-is-wrong", "INV-OBJ-020", "lines.url is that of the invoice", "invoice", _put("lines", lambda value: {**value, "url": value["url"].removesuffix("/lines")})),
    ("line-invoice-is-null", "INV-OBJ-022", "lines do not name their invoice", "line_item", _put("invoice", lambda _: None)),
    ("line-quantity-is-one", "INV-ARI-001", "lines show a quantity of 1", "line_item", _put("quantity", lambda _: 1)),
    ("line-parent-is-null", "INV-OBJ-023", "lines do not name their item", "line_item", _put("parent", lambda _: None)),
    ("line-pricing-is-null", "INV-OBJ-026", "lines have no pricing", "line_item", _put("pricing", lambda _: None)),
    ("line-description-is-null", "INV-OBJ-022", "lines have no description", "line_item", _put("description", lambda _: None)),
    ("line-discounts-are-empty", "INV-EDT-033", "lines do not show their discounts", "line_item", _put("discounts", lambda _: [])),
    ("parent-of-one-off", "INV-OBJ-025", "one-off invoices have a parent", "invoice", _put("parent", lambda value: value or {"type": "subscription_details", "subscription_details": None, "quote_details": None})),
    ("parent-of-subscription-is-null", "INV-OBJ-025", "invoices of subscriptions have no parent", "invoice", _put("parent", lambda _: None)),
    ("old-fields-are-still-there", "INV-VER-001", "paid is shown though the version has no such field", "invoice", lambda one: one.update(paid=one.get("status") == "paid")),
    ("charge-is-still-there", "INV-VER-002", "charge and payment_intent are shown though the version has no such field", "invoice", lambda one: one.update(charge=None, payment_intent=None)),
    ("subscription-is-still-there", "INV-VER-003", "subscription is shown though the version has no such field", "invoice", lambda one: one.update(subscription=None)),
    ("tax-is-still-there", "INV-VER-004", "tax is shown though the version has no such field", "invoice", lambda one: one.update(tax=None, total_tax_amounts=[])),
    ("discount-is-still-there", "INV-VER-005", "discount is shown though the version has no such field", "invoice", lambda one: one.update(discount=None)),
    ("line-price-is-still-there", "INV-VER-007", "lines show price though the version has no such field", "line_item", lambda one: one.update(price=None, type="invoiceitem")),
    ("livemode-is-true", "INV-OBJ-038", "livemode is true", "line_item", _put("livemode", lambda _: True)),
    ("item-date-is-created", "INV-OBJ-029", "items have created instead of date", "invoiceitem", lambda one: one.update(created=one.pop("date", None))),
    ("deleted-is-text", "INV-OBJ-040", "deleted is text", "invoice", _put("deleted", _text)),
    ("deleted-has-a-status", "INV-OBJ-040", "a deleted invoice is shown with its status", "invoice", lambda one: one.update(status="draft") if "deleted" in one else None),
    ("billing-reason-is-null", "INV-OBJ-010", "billing_reason is null", "invoice", _put("billing_reason", lambda _: None)),
    ("period-ends-in-a-month", "INV-OBJ-012", "a manual invoice lasts a month", "invoice", lambda one: one.update(period_end=one["period_start"] + 2592000) if one.get("billing_reason") == "manual" else None),
    ("tax-entries-lack-behavior", "INV-ARI-016", "total_taxes lack tax_behavior", "invoice", _put("total_taxes", lambda value: [{key: one for key, one in tax.items() if key != "tax_behavior"} for tax in value])),
    ("tax-rates-are-ids", "INV-CRE-033", "default_tax_rates are ids", "invoice", _put("default_tax_rates", lambda value: [one["id"] if isinstance(one, dict) else one for one in value])),
    ("payments-are-always-there", "INV-OBJ-031", "payments are shown without being asked for", "invoice", lambda one: one.setdefault("payments", {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/payments"})),
    ("payment-amount-is-zero", "INV-OBJ-034", "amount_requested of a payment is 0", "invoice_payment", _put("amount_requested", lambda _: 0)),
    ("payment-is-not-default", "INV-OBJ-034", "is_default is false", "invoice_payment", _put("is_default", lambda _: False)),
    ("payment-paid-at-missing", "INV-OBJ-034", "paid_at of a payment is null", "invoice_payment", _put("status_transitions", lambda _: {"canceled_at": None, "paid_at": None})),
    ("lists-count", "INV-LST-001", "lists have a total_count", "list", lambda one: one.update(total_count=len(one["data"])) if one.get("url") == "/v1/invoices" else None),
    ("lists-lack-has-more", "INV-LST-001", "has_more is always false", "list", _put("has_more", lambda _: False)),
    ("lists-lack-url", "INV-LST-001", "lists have no url", "list", _drop("url")),
    ("search-is-a-list", "INV-LST-018", "search answers a list", "search_result", _put("object", lambda _: "list")),
    ("search-lacks-next-page", "INV-LST-023", "next_page is always null", "search_result", _put("next_page", lambda _: None)),
)
# fmt: on


def _all_shown() -> Iterator[Misbehaviour]:
    for name, requirement, sentence, kind, change in _SHOWN:
        yield Misbehaviour(name, requirement, sentence, shown(kind, change))


def _answers(method: str, path_end: str, change: Callable[[Heard], object]) -> Plant:
    def every(heard: Heard) -> None:
        if heard.method == method and heard.path.endswith(path_end) and heard.status == 200:
            change(heard)

    return on_answer(every)


def _whole(body: Any, status: int = 200) -> Callable[[Heard], object]:
    def change(heard: Heard) -> None:
        heard.body, heard.status = body, status

    return change


def _plain(heard: Heard) -> None:
    if heard.status == 404:
        heard.body = b"404: Not Found"
        heard.headers["content-type"] = "text/plain"


def _header(name: str, value: str | None = None) -> Callable[[Heard], object]:
    def change(heard: Heard) -> None:
        if value is None:
            heard.headers.pop(name, None)
        else:
            heard.headers[name] = value

    return change


def _oldest_first(heard: Heard) -> None:
    heard.body["data"].reverse()


def _replay_header(heard: Heard) -> None:
    heard.headers.pop("idempotent-replayed", None)


def _other_parameters(original: Any, self: Replays, key: str, path: str, form: bytes) -> Answer | None:
    """The key alone decides."""
    first = self._kept.get(key)
    return first.answer if first and first.path == path else original(self, key, path, form)


def _other_path(original: Any, self: Replays, key: str, path: str, form: bytes) -> Answer | None:
    first = self._kept.get(key)
    return original(self, key, first.path if first else path, form)  # type: ignore[no-any-return]


def _only_successes(original: Any, self: Replays, key: str, path: str, form: bytes, answer: Answer) -> None:
    if answer.status < 400:
        original(self, key, path, form, answer)


def _tolerating(suits: Callable[[Body], bool]) -> Plant:
    """Parameters refused with an error that ``suits`` are dropped in silence."""

    def tolerant(accepts: Shape) -> Shape:
        def shape(raw: Any, name: str) -> Any:
            try:
                return accepts(raw, name)
            except StripeError as error:
                param = error.fields.get("param", "")
                if not suits(error.fields) or param not in raw:
                    raise
                return shape({key: value for key, value in raw.items() if key != param}, name)

        return shape

    def plant() -> None:
        for route in routes.ROUTES:
            on_route(route.method, route.path, lambda one: one._replace(accepts=tolerant(one.accepts)))

    return plant


def _fell_into_id(heard: Heard) -> None:
    """``/v1/invoices/search`` taken for the invoice named search."""
    if heard.path == "/v1/invoices/search":
        message = "No such invoice: 'search'"
        heard.status = 404
        heard.body = {
            "error": {
                "code": "resource_missing",
                "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
                "message": message,
                "param": "invoice",
                "type": "invalid_request_error",
            }
        }


def _echo(heard: Heard) -> None:
    """Totals that are always 0, as of a server that only repeats what it was sent."""
    for one in heard.objects("invoice"):
        for name in (
            "subtotal",
            "total",
            "amount_due",
            "amount_paid",
            "amount_remaining",
            "subtotal_excluding_tax",
            "total_excluding_tax",
        ):
            if name in one:
                one[name] = 0


def _forgiving_expansion() -> None:
    def expanded(original: Any, world: Any, body: Body, paths: list[str], version: str) -> Any:
        for path in paths:
            try:
                body = original(world, body, [path], version)
            except StripeError:
                continue
        return body

    instead("view.expand.expanded", expanded)()


def _blind_to(part: str) -> Plant:
    """Paths that speak of ``part`` are left as they are, without a word."""

    def expanded(original: Any, world: Any, body: Body, paths: list[str], version: str) -> Any:
        return original(world, body, [path for path in paths if part not in path.split(".")], version)

    return instead("view.expand.expanded", expanded)


def _expand_unasked(call: Call) -> None:
    call.expand.append("customer")


# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    *_all_shown(),
    Misbehaviour("unknown-url-is-plain-text", "INV-API-032", "404 is text/plain", on_answer(_plain)),
    Misbehaviour("answers-are-text-html", "INV-API-032", "answers say they are text/html", on_answer(_header("content-type", "text/html"))),
    Misbehaviour("no-request-id", "INV-API-020", "answers have no Request-Id", on_answer(_header("request-id"))),
    Misbehaviour("version-is-not-echoed", "INV-API-022", "answers have no Stripe-Version", on_answer(_header("stripe-version"))),
    Misbehaviour("version-is-always-the-same", "INV-API-022", "answers name another version than was asked for", on_answer(_header("stripe-version", "2020-08-27"))),
    Misbehaviour("no-idempotency-key-echoed", "INV-API-020", "answers to POST do not name their Idempotency-Key", on_answer(_header("idempotency-key"))),
    Misbehaviour("replay-makes-a-second-object", "INV-API-013", "a repeated POST is done again", instead("http.replay.Replays.find", lambda *_: None)),
    Misbehaviour("replay-is-not-marked", "INV-API-013", "a replay has no Idempotent-Replayed", on_answer(_replay_header)),
    Misbehaviour("key-with-other-parameters-is-replayed", "INV-API-014", "a key with other parameters is answered again", instead("http.replay.Replays.find", _other_parameters)),
    Misbehaviour("key-for-another-path-is-replayed", "INV-API-015", "a key used for another endpoint is answered again", instead("http.replay.Replays.find", _other_path)),
    Misbehaviour("failures-are-not-replayed", "INV-API-018", "a decline is tried again", instead("http.replay.Replays.keep", _only_successes)),
    Misbehaviour("any-key-will-do", "INV-API-007", "bad keys are accepted", constant("http.keys._BAD", ())),
    Misbehaviour("no-key-needed", "INV-API-005", "requests without a key are answered", instead("http.keys.key_of", lambda original, given: original(given or b"Bearer sk_test_nobody"))),
    Misbehaviour("any-version-will-do", "INV-API-021", "unknown versions are accepted", instead("http.versions.chosen", lambda _, __, default: default)),
    Misbehaviour("unknown-parameters-are-accepted", "INV-CRE-009", "unknown parameters are dropped in silence", _tolerating(lambda error: error.get("code") == "parameter_unknown")),
    Misbehaviour("bad-enums-are-accepted", "INV-CRE-008", "impossible values are dropped in silence", _tolerating(lambda error: ": must be one of" in error["message"])),
    Misbehaviour("bad-limit-is-accepted", "INV-LST-007", "limit=abc is the default", _tolerating(lambda error: error.get("code") == "parameter_invalid_integer")),
    Misbehaviour("lists-are-oldest-first", "INV-LST-001", "invoices are listed oldest first", _answers("GET", "/v1/invoices", _oldest_first)),
    Misbehaviour("items-are-oldest-first", "INV-CRE-047", "items are listed oldest first", _answers("GET", "/v1/invoiceitems", _oldest_first)),
    Misbehaviour("ledger-is-oldest-first", "INV-BAL-004", "the ledger is listed oldest first", _answers("GET", "/balance_transactions", _oldest_first)),
    Misbehaviour("events-are-oldest-first", "INV-EVT-001", "events are listed oldest first", _answers("GET", "/v1/events", _oldest_first)),
    Misbehaviour("cursor-is-included", "INV-LST-010", "starting_after includes the cursor", _answers("GET", "/v1/invoices", lambda heard: heard.body["data"].insert(0, heard.body["data"][0]) if "starting_after" in heard.query and heard.body["data"] else None)),
    Misbehaviour("expand-is-ignored", "INV-LST-014", "expand changes nothing", instead("view.expand.expanded", lambda _, __, body, *___: body)),
    Misbehaviour("discounts-cannot-be-expanded", "INV-LST-016", "discounts of totals stay ids, asked or not", _blind_to("total_discount_amounts")),
    Misbehaviour("coupons-cannot-be-expanded", "INV-LST-017", "coupons of discounts stay ids, asked or not", _blind_to("coupon")),
    Misbehaviour("expand-of-nonsense-is-accepted", "INV-LST-015", "expanding what does not exist is accepted", _forgiving_expansion),
    Misbehaviour("everything-is-expanded", "INV-LST-014", "customers are always expanded", before("GET", "/v1/invoices/{}", _expand_unasked)),
    Misbehaviour("void-answers-an-empty-object", "INV-TRN-001", "void answers 200 {}", _answers("POST", "/void", _whole({}))),
    Misbehaviour("finalize-answers-a-placeholder", "INV-FIN-001", "finalize answers a placeholder", _answers("POST", "/finalize", _whole({"message": "placeholder"}))),
    Misbehaviour("send-is-not-implemented", "INV-SND-002", "send is answered 501", _answers("POST", "/send", _whole({"error": {"code": "endpoint_not_supported", "message": "not supported", "type": "api_error"}}, 501))),
    Misbehaviour("search-falls-into-id", "INV-LST-018", "search is taken for an invoice's id", on_answer(_fell_into_id)),
    Misbehaviour("totals-are-always-zero", "INV-ARI-056", "every total is 0", on_answer(_echo)),
    Misbehaviour("invoice-list-ignores-deletion", "INV-EDT-005", "deleting answers with the invoice", _answers("DELETE", "", lambda heard: heard.body.update(deleted=False))),
    Misbehaviour("search-finds-everything", "INV-LST-019", "search ignores its query", instead("api.search.Clause.holds", lambda *_: True)),
    Misbehaviour("search-negation-ignored", "INV-LST-020", "negated clauses are read as plain ones", instead("api.search.Clause.holds", lambda original, clause, row: original(clause._replace(negated=False), row))),
    Misbehaviour("search-or-is-and", "INV-LST-020", "OR is read as AND", instead("api.search.parse", lambda original, query: (original(query)[0], False))),
    Misbehaviour("catching-up-never", "INV-SUB-034", "test clocks move and nothing happens", nothing("api.passage.run")),
)
# fmt: on
