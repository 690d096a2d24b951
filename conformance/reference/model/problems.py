"""Stripe's error envelope, and the one place that makes an error: from a row of ``rules.errors`` or from its parts."""

from __future__ import annotations

import re
from typing import Any

from conformance.rules.errors import ERRORS, ErrorRule

_RULES: dict[tuple[str, str], ErrorRule] = {(rule.operation, rule.condition): rule for rule in ERRORS}


class StripeError(Exception):
    """An answer that is an error. ``fields`` is the content of ``error`` without nulls (INV-API-001).

    ``stored`` says whether an idempotency key remembers it: not when the parameters never got past validation
    (INV-API-017).
    ``keeps`` says whether what the call did so far stays done: a declined charge has happened, a refused call has not.
    """

    def __init__(self, status: int, fields: dict[str, Any], *, stored: bool = True) -> None:
        super().__init__(fields.get("message", ""))
        self.status = status
        self.fields = fields
        self.stored = stored
        self.keeps = status == 402


def problem(
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    status: int = 400,
    type: str = "invalid_request_error",  # noqa: A002 - Stripe's own word
    stored: bool = True,
    **more: Any,
) -> StripeError:
    """An error from its parts (INV-API-002, INV-API-005). A ``code`` always comes with its ``doc_url`` (INV-API-003,
    INV-API-030).
    """
    fields: dict[str, Any] = {"code": code} if code else {}
    if code:
        fields["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
    fields["message"] = message
    if param is not None:
        fields["param"] = param
    fields["type"] = type
    fields.update(more)
    return StripeError(status, fields, stored=stored)


def refused(operation: str, condition: str, message: str = "", *, param: str | None = None) -> StripeError:
    """The error of a row of ``rules.errors``; ``message`` where the row's text has variable parts, ``param`` where it
    says ``<name>``.
    """
    rule = _RULES[operation, condition]
    named = param if (rule.param or "").startswith("<") else rule.param
    return problem(
        message or literal(rule.pattern), code=rule.code, param=named, status=rule.http_status, type=rule.type
    )


def literal(pattern: str) -> str:
    """The one text a pattern of the rule tables stands for: its first alternative, escapes removed."""
    first = pattern[1:].split("|", 1)[0] if pattern.startswith("(") and "|" in pattern else pattern.split("|", 1)[0]
    return re.sub(r"\\(.)", r"\1", first.rstrip(")").removesuffix(".*").removesuffix("\\.?"))


def missing_object(noun: str, identifier: str, param: str, *, status: int = 404) -> StripeError:
    """``No such invoice: 'in_x'``: 404 for an id in the path, 400 for one in a body or a filter (INV-CRE-011,
    INV-TRN-018).
    """
    text = f"No such {noun}: '{identifier}'"
    if noun == "Invoice Item":  # INV-CRE-048
        text += "(livemode=false)"
    return problem(text, code="resource_missing", param=param, status=status)


def missing_param(name: str) -> StripeError:
    """INV-API-011."""
    return problem(f"Missing required param: {name}.", code="parameter_missing", param=name, stored=False)


def exclusive(*names: str, param: str | None = None) -> StripeError:
    """Parameters of which only one may be sent (INV-EDT-018)."""
    return problem(f"You may only specify one of these parameters: {', '.join(names)}.", param=param)
