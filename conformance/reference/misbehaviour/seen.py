# ruff: noqa: E501 - a table is read by columns
"""What real mocks were seen to do: crashes, foreign envelopes, other types, hollow answers."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

from conformance.reference.api.call import Call
from conformance.reference.misbehaviour.missing import FACES, wearing
from conformance.reference.misbehaviour.tools import (
    Heard,
    Misbehaviour,
    Plant,
    before,
    instead,
    on_answer,
    on_answers_to,
    on_route,
    shown,
)
from conformance.reference.model.problems import StripeError
from conformance.reference.model.table import Body


def _refusals(change: Callable[[Body], Body]) -> Plant:
    """Every error looks otherwise: ``change`` makes the body of the error."""

    def every(heard: Heard) -> None:
        if heard.status >= 400:
            heard.body = change(heard.body["error"])

    return on_answer(every)


def _statuses(**other: int) -> Plant:
    """Other statuses for some."""
    table = {int(name[1:]): status for name, status in other.items()}

    def every(heard: Heard) -> None:
        heard.status = table.get(heard.status, heard.status)

    return on_answer(every)


def _problem_json(heard: Heard) -> None:
    if heard.status >= 400:
        error = heard.body["error"]
        heard.headers["content-type"] = "application/problem+json"
        heard.body = {"type": "about:blank", "title": "Bad Request", "status": heard.status, "detail": error["message"]}


def _fields(**values: Callable[[Any], Any]) -> Callable[[Body], Body]:
    """Some fields of errors are something else."""

    def change(error: Body) -> Body:
        return {"error": {**error, **{name: value(error.get(name)) for name, value in values.items() if name in error}}}

    return change


def _to_everybody(heard: Heard) -> None:
    heard.status, heard.body = 400, b"Bad Request"
    heard.headers["content-type"] = "text/plain"


def _crashing(suits: Callable[[Heard], bool]) -> Plant:
    """Where Stripe refuses, the server trips."""

    def every(heard: Heard) -> None:
        if suits(heard):
            heard.status, heard.body = 500, b"Internal Server Error"
            heard.headers["content-type"] = "text/plain"

    return on_answer(every)


def _code(name: str) -> Callable[[Heard], bool]:
    return lambda heard: heard.status >= 400 and heard.body["error"].get("code") == name


def _dies(_: Call) -> None:
    os._exit(3)


def _dies_on_an_empty_body() -> None:
    before("POST", "/v1/invoices/{}/void", lambda call: None if call.params else _dies(call))()


def _all_of(kind: str, change: Callable[[Any], Any], *names: str) -> Plant:
    def each(one: Body) -> None:
        one.update({name: change(one[name]) for name in names if one.get(name) is not None})

    return shown(kind, each)


def _flags_as_numbers(one: Body) -> None:
    one.update({name: int(value) for name, value in one.items() if isinstance(value, bool)})


def _counted_metadata(one: Body) -> None:
    one["metadata"] = {name: int(value) if value.isdigit() else value for name, value in one["metadata"].items()}


def _changing() -> Plant:
    """Totals differ from one look to the next."""
    looks = itertools.count()

    def change(one: Body) -> None:
        if isinstance(one.get("total"), int):
            one["total"] += next(looks) % 2

    return shown("invoice", change)


def _one_for_all(original: Any, call: Call) -> Body:
    """A fixture of one customer."""
    known: list[Body] = list(call.world.customers.rows.values())
    row: Body = known[0] if known else original(call)
    return row


def _fixture(heard: Heard) -> None:
    """The same canned invoice for every id, with the id that was asked for."""
    if heard.body.get("object") == "invoice" and "deleted" not in heard.body:
        zeros = ("amount_due", "amount_paid", "amount_remaining", "subtotal", "total", "attempt_count")
        heard.body.update(dict.fromkeys(zeros, 0), status="draft", attempted=False, number=None, customer="cus_fixture")


def _not_kept(original: Any, call: Call) -> Body:
    """The answer shows the change, the store does not."""
    row = call.world.invoices.get(call.ids[0])
    before_it = dict(row) if row is not None and row["status"] == "draft" else None
    answer: Body = original(call)
    if row is None or before_it is None:
        return answer
    changed = dict(answer)
    row.update(before_it)
    return changed


def _page_by_number(call: Call) -> None:
    """Any cursor is the first page again."""
    call.params.pop("starting_after", None)


def _nothing_left(heard: Heard) -> None:
    heard.status, heard.body = 204, b""


def _repeated(heard: Heard) -> None:
    if "idempotent-replayed" in heard.headers:
        heard.headers["content-type"] = "text/html"


def _known_by_nobody(call: Call) -> None:
    """Whoever is not known yet is made up."""
    identifier = call.get("customer")
    if identifier and identifier not in call.world.customers and call.world.customers.rows:
        call.params["customer"] = next(reversed(call.world.customers.rows))


def _no_pricing(accepts: Any) -> Any:
    def shape(raw: Any, where: str) -> Any:
        if "pricing" in raw:
            error = {"message": "Received unknown parameter: pricing", "param": "pricing", "code": "parameter_unknown"}
            raise StripeError(400, {**error, "type": "invalid_request_error"}, stored=False)
        return accepts(raw, where)

    return shape


def _prices_only_by_name() -> None:
    on_route("POST", "/v1/invoiceitems", lambda one: one._replace(accepts=_no_pricing(one.accepts)))


_AMOUNTS = ("amount_due", "amount_paid", "amount_remaining", "subtotal", "total")
_INVOICE_PATH = "/v1/invoices/[^/]+"
# fmt: off
MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    Misbehaviour("finalize-falls-into-id", "INV-FIN-001", "finalize is taken for an update, and answered with the draft", instead("api.finalization.finalize", lambda _, call: call.world.invoices.rows[call.ids[0]])),
    Misbehaviour("pay-falls-into-id", "INV-PAY-001", "pay is taken for an update, and answered with the invoice", instead("api.collection.pay", lambda _, call: call.world.invoices.rows[call.ids[0]])),
    Misbehaviour("server-dies-on-an-empty-body", "INV-TRN-001", "a POST without a body ends the server", _dies_on_an_empty_body),
    Misbehaviour("connection-closes-after-500", "INV-TRN-001", "void is answered with 500, and the connection closes", on_answers_to("POST .*/void", lambda heard: (wearing(FACES["crash"])(heard), heard.headers.update(connection="close")))),
    Misbehaviour("unknown-parameters-crash", "INV-CRE-009", "an unknown parameter is answered with 500", _crashing(_code("parameter_unknown"))),
    Misbehaviour("missing-parameters-crash", "INV-API-011", "a missing parameter is answered with 500", _crashing(_code("parameter_missing"))),
    Misbehaviour("bad-integers-crash", "INV-LST-007", "limit=abc is answered with 500", _crashing(_code("parameter_invalid_integer"))),
    Misbehaviour("errors-are-html", "INV-API-001", "errors are HTML pages", on_answers_to(".*", lambda heard: (wearing(FACES["html"]._replace(status=heard.status))(heard)), ok=False)),
    Misbehaviour("errors-are-code-and-message", "INV-API-001", "errors are {code, message}", _refusals(lambda error: {"code": error.get("code"), "message": error["message"]})),
    Misbehaviour("errors-are-problem-json", "INV-API-001", "errors are problem+json", on_answer(_problem_json)),
    Misbehaviour("errors-are-the-word-string", "INV-API-001", "errors hold the word string everywhere", _refusals(lambda error: {"error": dict.fromkeys(error, "string")})),
    Misbehaviour("messages-hold-addresses", "INV-TRN-012", "messages hold the addresses of pointers", _refusals(_fields(message=lambda _: f"&{{0x{id(object()):x} open}}"))),
    Misbehaviour("error-types-are-our-own", "INV-API-002", "errors have a type that Stripe does not know", _refusals(_fields(type=lambda _: "validation_error"))),
    Misbehaviour("error-types-lack-their-ending", "INV-API-002", "invalid_request_error is invalid_request", _refusals(_fields(type=lambda value: value.removesuffix("_error")))),
    Misbehaviour("every-refusal-is-400", "INV-API-005", "401, 402 and 404 are all 400", _statuses(_401=400, _402=400, _404=400)),
    Misbehaviour("refusals-are-422", "INV-API-005", "what is invalid is 422", _statuses(_400=422)),
    Misbehaviour("refusals-are-200", "INV-API-005", "errors are answered with 200", _statuses(_400=200, _401=200, _402=200, _404=200)),
    Misbehaviour("nested-parameters-are-named-by-their-end", "INV-API-009", "param of a nested parameter is its last word", _refusals(_fields(param=lambda value: value.rsplit("[", 1)[-1].rstrip("]")))),
    Misbehaviour("every-error-has-a-document", "INV-API-030", "errors without a code have a doc_url", _refusals(lambda error: {"error": {"doc_url": "https://stripe.com/docs/error-codes", **error}})),
    Misbehaviour("no-content-type", "INV-API-032", "answers have no content type", on_answer(lambda heard: heard.headers.pop("content-type", None))),
    Misbehaviour("answers-are-text-plain", "INV-API-032", "answers say they are text/plain", on_answer(lambda heard: heard.headers.update({"content-type": "text/plain"}))),
    Misbehaviour("replays-are-text-html", "INV-API-013", "repeated answers say they are text/html", on_answer(_repeated)),
    Misbehaviour("everything-is-400", "INV-CRE-001", "every request is answered with 400 in plain text", on_answer(_to_everybody)),
    Misbehaviour("creations-are-201", "INV-CRE-001", "what is made is answered with 201", on_answers_to("POST /v1/invoices", lambda heard: setattr(heard, "status", 201), ok=True)),
    Misbehaviour("deletions-are-empty", "INV-EDT-005", "a deletion is answered with 204 and nothing", on_answers_to(f"DELETE {_INVOICE_PATH}", _nothing_left, ok=True)),
    Misbehaviour("amounts-are-floats", "INV-OBJ-007", "amounts are floats", _all_of("invoice", float, *_AMOUNTS)),
    Misbehaviour("amounts-are-null", "INV-OBJ-007", "amounts that cannot be computed are null", _all_of("invoice", lambda _: None, "total")),
    Misbehaviour("line-amounts-are-text", "INV-OBJ-022", "amounts of lines are text", _all_of("line_item", str, "amount")),
    Misbehaviour("flags-are-numbers", "INV-OBJ-004", "booleans are 0 and 1", shown("invoice", _flags_as_numbers)),
    Misbehaviour("metadata-holds-numbers", "INV-CRE-028", "digits in metadata are numbers", shown("invoice", lambda one: _counted_metadata(one) if one.get("metadata") else None)),
    Misbehaviour("empty-lists-are-objects", "INV-OBJ-006", "empty lists are {}", _all_of("invoice", lambda value: value or {}, "discounts", "default_tax_rates")),
    Misbehaviour("times-are-in-milliseconds", "INV-OBJ-007", "created is in milliseconds", _all_of("invoice", lambda value: value * 1000, "created")),
    Misbehaviour("open-is-unpaid", "INV-FIN-001", "an open invoice is called unpaid", _all_of("invoice", lambda value: "unpaid" if value == "open" else value, "status")),
    Misbehaviour("uncollectible-is-written-off", "INV-TRN-010", "an uncollectible invoice is called written_off", _all_of("invoice", lambda value: "written_off" if value == "uncollectible" else value, "status")),
    Misbehaviour("void-is-voided", "INV-TRN-001", "a void invoice is called voided", _all_of("invoice", lambda value: "voided" if value == "void" else value, "status")),
    Misbehaviour("totals-change-by-themselves", "INV-ARI-056", "totals differ from one look to the next", _changing()),
    Misbehaviour("all-customers-are-one", "INV-BAL-001", "every customer is the first one again", instead("api.customers.create", _one_for_all)),
    Misbehaviour("reads-are-a-fixture", "INV-TRN-017", "whatever was done, reading shows the same fixture", on_answers_to(f"GET {_INVOICE_PATH}", _fixture, ok=True)),
    Misbehaviour("updates-are-not-kept", "INV-EDT-025", "an update is answered with and not kept", instead("api.invoices.update", _not_kept)),
    Misbehaviour("deleted-lines-are-still-counted", "INV-OBJ-020", "total_count of lines counts one too many", shown("invoice", lambda one: one["lines"].update(total_count=one["lines"]["total_count"] + 1) if isinstance(one.get("lines"), dict) and "total_count" in one["lines"] else None)),
    Misbehaviour("every-page-is-the-first", "INV-LST-010", "starting_after begins at the start again", before("GET", "/v1/invoices", _page_by_number)),
    Misbehaviour("unknown-customers-are-made-up", "INV-CRE-011", "an invoice for an unknown customer is made for another one", before("POST", "/v1/invoices", _known_by_nobody)),
    Misbehaviour("pricing-is-unknown", "INV-VER-008", "items do not know pricing", _prices_only_by_name),
)
# fmt: on
