"""Rules about steps: what a request and its expectations must be for a verdict to mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.findings import Finding, Flow, Vocabulary
from conformance.scenario.lint_matchers import is_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.scenario.model import Expect, Node, Request

#: List endpoint -> parameters of which one keeps other runs' objects out of the answer.
_FILTERS: Mapping[str, tuple[str, ...]] = {
    "/v1/invoices": ("customer", "subscription"),
    "/v1/invoiceitems": ("customer", "invoice"),
    "/v1/credit_notes": ("invoice", "customer"),
    "/v1/subscriptions": ("customer",),
    "/v1/payment_intents": ("customer",),
    "/v1/invoice_payments": ("invoice", "payment"),
    "/v1/customers": ("email", "test_clock"),
}

#: Last words of a path whose POST keeps nothing, so that there is nothing to read back.
_KEEPS_NOTHING = ("create_preview", "upcoming")

_DETAILS = ("type", "code", "message")


#: Last words of a path that gives a list besides those of `_FILTERS`.
_LISTS = ("lines", "search", "events", "balance_transactions")


def is_list(request: Request) -> bool:
    """Whether a request reads a list."""
    path = str(request.path).split("?")[0]
    return request.method == "GET" and (path in _FILTERS or path.endswith(_LISTS))


def refusals(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """An error status alone: a server without the route gives it too."""
    for step, where in flow.steps():
        if is_refusal(step.expect.status) and not _details(step.expect):
            message = "a status-only negative check is worthless: any broken route passes it"
            hint = "Say what the error is: error: {type: …, code: …, message: …}."
            yield Finding("error", "status-only-error", (*where, "expect", "status"), message, hint)


def _details(expect: Expect) -> bool:
    if expect.same_as is not None:
        return True
    body = expect.body.get("error") if isinstance(expect.body, dict) else None
    return any(_says_which(node) for node in (expect.error, body)) or not isinstance(expect.body, (dict, type(None)))


def _says_which(error: Node) -> bool:
    if not isinstance(error, dict):
        return error is not None
    if len(error) == 1 and next(iter(error)).startswith("$"):
        return True
    return any(key in error and error[key] not in ({"$absent": True}, {"$present": True}) for key in _DETAILS)


def polling(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """``eventually`` repeats its request: a repeated write does things twice."""
    for step, where in flow.steps():
        if step.eventually and step.request.method != "GET":
            message = f"eventually repeats its request, and this one is a {step.request.method}"
            yield Finding(
                "error", "eventually-on-write", (*where, "eventually"), message, "Poll with a GET in a step of its own."
            )


def read_back(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """A stateless echo answers writes as well as a real server does; only a later read tells them apart."""
    if flow.scenario is None:
        return
    pending = None
    for step, where in flow.steps():
        path = str(step.request.path).split("?")[0].rstrip("/")
        if step.request.method == "GET":
            pending = None
        elif not path.endswith(_KEEPS_NOTHING) and step.expect.status != 404:
            pending = (step.id, where)
    if pending is not None:
        id_, where = pending
        message = f"what {id_!r} wrote is never read back"
        yield Finding(
            "warning", "no-read-back", (*where, "request"), message, "End with a GET that checks what is there now."
        )


def filters(flow: Flow, _: Vocabulary) -> Iterator[Finding]:
    """A list of everything holds what other scenarios make at the same time."""
    for step, where in flow.steps():
        wanted = _FILTERS.get(str(step.request.path)) if step.request.method == "GET" else None
        if wanted and not is_refusal(step.expect.status) and not any(name in step.request.params for name in wanted):
            message = f"this lists what other scenarios made too: no {' or '.join(wanted)}"
            yield Finding(
                "warning", "unfiltered-list", (*where, "request"), message, f"Give the parameter {wanted[0]!r}."
            )


RULES = (refusals, polling, read_back, filters)
