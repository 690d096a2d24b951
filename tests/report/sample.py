"""A run that has something of everything, hostile text included, as the reports may meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.errors import Place
from conformance.match.values import MISSING
from conformance.results.fingerprint import fingerprint
from conformance.results.model import Check, Outcome, ScenarioResult, StepResult
from conformance.target.base import Reply
from tests.results import build

if TYPE_CHECKING:
    from conformance.results.journal import Run

HOSTILE = "<script>alert(1)</script></script><img src=x onerror=alert(2)>\x1b[31mred\x1b]0;title\x07\u202eRTL\u202c"

FINALIZE = "POST /v1/invoices/{id}/finalize"
VOID = "POST /v1/invoices/{id}/void"
PLACE = Place("scenarios/lifecycle/void-by-status.yaml", 14, 9)

INVOICE: dict[str, Any] = {
    "id": "in_1QaBcDeFgHiJkL",
    "object": "invoice",
    "status": "draft",
    "customer": "cus_Q1w2E3r4T5",
    "amount_due": 2000,
    "currency": "usd",
    "lines": {"object": "list", "data": [{"id": "il_1", "amount": 2000}], "has_more": False},
    "status_transitions": {"finalized_at": None, "paid_at": None, "voided_at": None},
    "metadata": {},
}


def failed(aspect: str, path: str, expected: Any, actual: Any, operation: str, message: str = "", **more: Any) -> Check:
    step = more.pop("step", "opened")
    kind = more.get("kind", "wrong")
    return build.check(
        f"{step}/{aspect}:{path}" if path else f"{step}/{aspect}",
        aspect=aspect,
        path=path,
        expected=expected,
        actual=actual,
        **{
            "message": message or f"{actual!r} instead of {expected!r}",
            "cause": fingerprint(aspect, path, kind, operation, expected, actual, 200),
            "place": PLACE,
            "diff": (f"- {path}: {expected!r}", f"+ {path}: {actual!r}") if path else (),
            "requirements": ("INV-FIN-001",),
            **more,
        },
    )


def customer() -> StepResult:
    sent = build.exchange(
        path="/v1/customers",
        body={"id": "cus_Q1w2E3r4T5", "object": "customer"},
        params={"email": "a@example.com", "metadata": {"run": "run_1"}},
    )
    return build.step("created", operation="POST /v1/customers", setup="open-invoice > customer", exchanges=(sent,))


def draft() -> StepResult:
    sent = build.exchange(
        path="/v1/invoices", body=INVOICE, params={"customer": "cus_Q1w2E3r4T5", "auto_advance": False}
    )
    return build.step("draft", operation="POST /v1/invoices", setup="open-invoice", exchanges=(sent,))


def scenario(id: str, last: StepResult, **more: Any) -> ScenarioResult:
    return build.scenario(
        id,
        customer(),
        draft(),
        last,
        **{
            "title": f"What {id} is about",
            "area": "lifecycle",
            "file": PLACE.file,
            "covers": ("INV-FIN-001", "INV-TRN-004"),
            **more,
        },
    )


def opened(*checks: Check, operation: str = FINALIZE, **exchange: Any) -> StepResult:
    path = operation.split(" ")[1].replace("{id}", INVOICE["id"])
    sent = build.exchange(operation.split(" ")[0], path, **{"body": INVOICE, **exchange})
    return build.step("opened", *checks, operation=operation, exchanges=(sent,), passed=4)


def sample(number: int, *, hostile: bool = True, footer: bool = True) -> Run:
    """About ``number`` scenarios that fail in several ways, and some that do not."""
    found: list[ScenarioResult] = []
    for n in range(number):
        found += _some(n)[: max(1, number - len(found))]
    found += [build.scenario(f"passing-{n}", area="pay") for n in range(3)]
    found.append(build.untaken("no-search", area="list", reason="the target does not declare invoices.search"))
    if hostile:
        bad = failed("body", "metadata." + HOSTILE, HOSTILE, HOSTILE * 50, FINALIZE, HOSTILE)
        found.append(scenario("hostile", opened(bad, body={"html": HOSTILE, "big": "x" * 5000}), area="object"))
    return build.run(*found, footer=footer)


def _some(n: int) -> list[ScenarioResult]:
    missing = {
        "error": {
            "type": "invalid_request_error",
            "message": "Unrecognized request URL (POST: /v1/invoices/in_1/void).",
        }
    }
    return [
        scenario(f"finalize-opens-{n}", opened(failed("body", "status", "open", "draft", FINALIZE))),
        scenario(
            f"void-open-{n}",
            opened(
                failed(
                    "answer",
                    "",
                    None,
                    "404 invalid_request_error: Unrecognized request URL",
                    VOID,
                    kind="not-implemented",
                ),
                operation=VOID,
                status=404,
                body=missing,
                reply=Reply.NOT_IMPLEMENTED,
            ),
        ),
        scenario(
            f"amounts-{n}",
            opened(
                failed("body", "amount_due", 2000, 0, FINALIZE),
                failed("body", "number", {"$match": ".+"}, MISSING, FINALIZE),
            ),
            area="arithmetic",
        ),
        scenario(
            f"crash-{n}",
            opened(
                failed("answer", "", None, "500 text/plain: Traceback", FINALIZE, kind="crashed"),
                status=500,
                body=b"Traceback (most recent call last):\n  KeyError: 'x'",
                reply=Reply.CRASHED,
            ),
            area="finalize",
        ),
        scenario(
            f"setup-{n}",
            build.step(
                "draft",
                failed(
                    "status",
                    "",
                    200,
                    400,
                    "POST /v1/invoices",
                    "expected HTTP 200, got 400 (unknown parameter)",
                    outcome=Outcome.NOT_TESTABLE,
                ),
                operation="POST /v1/invoices",
                setup="paid-invoice",
            ),
            outcome=Outcome.NOT_TESTABLE,
            reason="setup paid-invoice, step draft: expected HTTP 200, got 400",
            area="pay",
        ),
        scenario(
            f"known-{n}",
            opened(failed("body", "number", "A-1", None, FINALIZE, outcome=Outcome.KNOWN)),
            area="finalize",
        ),
        scenario(
            f"warn-{n}",
            opened(
                failed(
                    "header",
                    "request-id",
                    {"$present": True},
                    MISSING,
                    FINALIZE,
                    "header request-id is missing",
                    outcome=Outcome.WARNING,
                )
            ),
            area="api",
        ),
        scenario(
            f"observe-{n}",
            opened(failed("body", "footer", None, "", FINALIZE, outcome=Outcome.OBSERVATION)),
            area="object",
        ),
    ]
