"""Silence where Stripe refuses, and refusals that lack what clients look at: one family per table of rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.api_version import ApiVersion
from conformance.reference.api import closing, guard
from conformance.reference.http.versions import NEWEST
from conformance.reference.misbehaviour.tools import Heard, Misbehaviour, Plant, instead, on_answer
from conformance.reference.model.table import Body
from conformance.rules.errors import ERRORS, ErrorRule
from conformance.rules.lifecycle import LIFECYCLE

_HERE = ApiVersion.parse(NEWEST)
_STATUSES = frozenset({"draft", "open", "paid", "uncollectible", "void"})
#: A second check refuses these as well, or nothing would change.
_GUARDED_TWICE = frozenset({("draft", "attach_payment"), ("void", "attach_payment"), ("paid", "void")})


def _allowed(status: str, operation: str) -> Plant:
    def check(original: Any, invoice: Body, tried: str, **named: Any) -> None:
        if (invoice["status"], tried) != (status, operation):
            original(invoice, tried, **named)
        elif invoice["ending_balance"] is None and operation == "void":
            invoice["ending_balance"] = invoice["starting_balance"]  # a draft has used no credit that could go back

    return instead("api.guard.check", check)


def _guards() -> Iterator[Misbehaviour]:
    """The rows that Stripe is known to refuse; what it is only believed to refuse, no scenario may blame."""
    sure = {(row.status, row.operation) for row in LIFECYCLE if row.confidence != "low"}
    for (status, operation), refusal in guard.REFUSALS.items():
        if status in _STATUSES and (status, operation) in sure - _GUARDED_TWICE:
            name = f"{operation}-of-{status}-is-allowed".replace("_", "-")
            sentence = f"{operation.replace('_', ' ')} on a {status} invoice is done instead of refused"
            rule = "INV-EDT-001" if operation == "update_fields" else refusal.requirement
            yield Misbehaviour(name, rule, sentence, _allowed(status, operation))


def _void_whatever(original: Any, call: Any) -> Any:
    row = call.world.invoices.get(call.ids[0])
    if row is None or row["status"] != "paid":
        return original(call)
    closing.void_open(call.world, row)
    return row


def _operation(rule: ErrorRule) -> re.Pattern[str]:
    """What a row's operation stands for, as a pattern of ``POST /v1/invoices/in_1/pay``."""
    text = rule.operation
    if text.startswith("any POST"):
        return re.compile("POST .*")
    if text in {"any", "charges / items"}:
        return re.compile(".*")
    if text == "GET list":
        return re.compile("GET .*")
    if text.startswith("…"):
        return re.compile(f"POST /v1/invoices/[^/]+{re.escape(text[1:])}")
    text = re.escape(text).replace(r"\[/\{id\}\]", "(/[^/]+)?")
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", text))


def _hit(rule: ErrorRule, where: re.Pattern[str], heard: Heard) -> Body | None:
    """The error of an answer that this row describes."""
    if heard.status != rule.http_status or not where.fullmatch(f"{heard.method} {heard.path}"):
        return None
    error: Body = heard.body["error"]
    same = error["type"] == rule.type and error.get("code") == rule.code
    return error if same and re.fullmatch(rule.pattern, error["message"]) else None


def _spoiled(rule: ErrorRule, spoil: Any) -> Plant:
    where = _operation(rule)

    def change(heard: Heard) -> None:
        error = _hit(rule, where, heard)
        if error is not None:
            spoil(heard, error)

    return on_answer(change)


def _without_code(_: Heard, error: Body) -> None:
    error.pop("code", None)
    error.pop("doc_url", None)


def _without_param(_: Heard, error: Body) -> None:
    error.pop("param", None)


def _other_status(heard: Heard, _: Body) -> None:
    heard.status = {404: 400, 402: 400, 401: 403}.get(heard.status, 422)


def _other_type(_: Heard, error: Body) -> None:
    error["type"] = "invalid_request_error" if error["type"] != "invalid_request_error" else "api_error"


#: Rows of medium confidence that are worth a bug of their own.
_ALSO = frozenset(
    {
        *(("…/pay", "void"), ("…/pay", "no-payment-method"), ("…/add_lines", "not-draft")),
        *(("…/add_lines", "amount-and-quantity"), ("…/remove_lines", "behavior-missing")),
        *(("GET /v1/invoices/search", "unparsable"), ("POST /v1/credit_notes", "sum-mismatch-on-paid")),
    }
)
#: Rows that no scenario can bring about: see tests/rules/test_exercised.py.
_NEVER = frozenset(
    {
        ("any", "rate-limited"),
        ("POST /v1/payment_intents", "amount-below-minimum"),
        ("POST /v1/subscriptions", "3ds-error_if_incomplete"),
    }
)
#: Where the row's own rule leaves open what another one says of all calls like it.
_ALSO_SAID = {
    ("…/pay", "void", "http"): "INV-TRN-014",
    ("any", "no-authorization-header", "http"): "INV-API-005",
}
#: Where the parameter has another name than it had when the row was seen: nobody can say what Stripe calls it now.
_RENAMED = frozenset({("POST /v1/invoiceitems", "recurring-price")})


#: Where the newest version no longer refuses it, this one does.
_OLD = ApiVersion.parse("2020-08-27")


def _rows() -> Iterator[tuple[ErrorRule, str]]:
    """The rows that a scenario can bring about, and the version to do so at where the newest one does not know them."""
    for rule in ERRORS:
        row = (rule.operation, rule.condition)
        if row not in _NEVER and (rule.confidence == "high" or row in _ALSO):
            if _HERE in rule.window:
                yield rule, ""
            elif _OLD in rule.window:
                yield rule, str(_OLD)


def _errors() -> Iterator[Misbehaviour]:
    for rule, at in _rows():
        about = f"{rule.operation.replace('…', 'invoices')} {rule.condition}"
        name = re.sub(r"[^a-z0-9]+", "-", about.lower().replace("/v1/", "")).strip("-")
        for ending, words, spoil in _spoils(rule):
            broken = _ALSO_SAID.get((rule.operation, rule.condition, ending), rule.requirement)
            yield Misbehaviour(f"{name}-{ending}", broken, f"{about}: {words}", _spoiled(rule, spoil), at)


def _spoils(rule: ErrorRule) -> Iterator[tuple[str, str, Any]]:
    """What can be wrong with an error of this row: how a mutant's name ends, in words, what is done."""
    yield "http", "another HTTP status", _other_status
    if rule.code:
        yield "code", "an error without its code", _without_code
    if rule.param and (rule.operation, rule.condition) not in _RENAMED:
        yield "param", "an error without param", _without_param
    if rule.type != "invalid_request_error":
        yield "type", "an error of another type", _other_type


def _wrong_state_with_code(heard: Heard) -> None:
    if heard.status == 400 and "This invoice isn't open" in heard.body["error"]["message"]:
        heard.body["error"]["code"] = "invoice_invalid_state"
        heard.body["error"]["doc_url"] = "https://stripe.com/docs/error-codes/invoice-invalid-state"


def _doc_url_missing(heard: Heard) -> None:
    if heard.status >= 400:
        heard.body["error"].pop("doc_url", None)


def _nulls(heard: Heard) -> None:
    if heard.status >= 400:
        heard.body["error"] = {"code": None, "param": None, **heard.body["error"]}


def _detail(heard: Heard) -> None:
    if heard.status >= 400:
        heard.body = {"detail": heard.body["error"]["message"]}


def _unauthorized(heard: Heard) -> None:
    if heard.status == 401:
        heard.body["error"]["message"] = "Unauthorized"


MISBEHAVIOURS: tuple[Misbehaviour, ...] = (
    *_guards(),
    Misbehaviour(
        "no-key-is-unauthorized", "INV-API-006", "without a key the message is Unauthorized", on_answer(_unauthorized)
    ),
    Misbehaviour(
        "void-of-paid-is-allowed",
        "INV-TRN-007",
        "void on a paid invoice is done instead of refused",
        instead("api.closing.void", _void_whatever),
    ),
    *_errors(),
    Misbehaviour(
        "wrong-state-errors-have-a-code",
        "INV-TRN-016",
        "errors of wrong state carry an invented code",
        on_answer(_wrong_state_with_code),
    ),
    Misbehaviour(
        "errors-lack-doc-url", "INV-API-003", "an error with a code has no doc_url", on_answer(_doc_url_missing)
    ),
    Misbehaviour("errors-hold-nulls", "INV-API-001", "null members of an error are sent", on_answer(_nulls)),
    Misbehaviour("errors-in-a-foreign-envelope", "INV-API-001", "errors are {detail: …}", on_answer(_detail)),
)
