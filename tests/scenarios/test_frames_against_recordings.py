"""The frames of the lifecycle scenarios against genuine responses: what a transition changed is what they allow."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conformance import match, paths
from conformance.api_version import ApiVersion
from conformance.match.scope import Scope
from conformance.rules.volatile import VOLATILE
from conformance.scenario import loader
from conformance.scenario.model import Changes

EVIDENCE = Path(__file__).parents[3] / "shared" / "evidence"
FILES = ("zulip+zulip.jsonl.gz", "pay-rails+pay.jsonl.gz")
OLDEST = ApiVersion.parse("2019-08-14")  # the first recordings with status_transitions and today's names

Body = dict[str, Any]


class Frame(NamedTuple):
    """A transition in the recordings, and the step of ours for it. ``least`` is how many pairs there must be."""

    operation: str
    before: str
    after: str
    file: str
    step: str
    row: str | None
    least: int


FRAMES = (
    Frame("finalize", "draft", "open", "finalize/finalize-opens", "opened", None, 150),
    Frame("pay", "draft", "paid", "lifecycle/pay-by-status", "read", "draft", 8),
    Frame("pay", "draft", "nothing due", "lifecycle/pay-by-status", "read", "draft-with-nothing-due", 8),
    Frame("pay", "open", "paid", "pay/pay-open-invoice", "paid", None, 40),
    Frame("pay", "open", "out of band", "pay/out-of-band", "amounts", None, 12),
    Frame("pay", "open", "out of band before basil", "pay/out-of-band", "amounts-before-basil", None, 10),
    Frame("void", "open", "void", "lifecycle/void-by-status", "read", "open", 15),
)
pytestmark = pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the folder of genuine recordings is not here")


class Pair(NamedTuple):
    operation: str
    before: Body
    after: Body
    version: ApiVersion


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [pair for file in FILES for pair in _pairs(EVIDENCE / file)]


def _pairs(file: Path) -> Iterator[Pair]:
    """Each recorded write on an invoice, with the body of that invoice before it."""
    seen: dict[tuple[str, str], Body] = {}
    with gzip.open(file, "rt") as lines:
        for row in map(json.loads, lines):
            body = row["body"]
            if not isinstance(body, dict) or body.get("object") != "invoice" or row["provenance"] != "recorded":
                continue
            key = (row["recording"], body.get("id", ""))
            before, seen[key] = seen.get(key), body
            version = ApiVersion.parse(row["api_version"])
            if before is not None and row["method"] == "POST" and version >= OLDEST and _untouched(before, body):
                yield Pair(row["url_path"].rsplit("/", 1)[-1], before, body, version)


def _untouched(before: Body, after: Body) -> bool:
    """No item was added between the two bodies, and no attempt was made."""
    return before["lines"] == after["lines"] and not (after["status"] == "void" and after["attempted"])


def _outcome(pair: Pair) -> str:
    if pair.after["status"] != "paid":
        return str(pair.after["status"])
    if pair.after["amount_due"] == 0:
        return "nothing due"
    if pair.after["attempted"]:
        return "paid"
    return "out of band before basil" if pair.version < ApiVersion.parse("2025-03-31.basil") else "out of band"


def _changes(frame: Frame) -> Changes:
    document = loader.load(paths.data("scenarios") / f"{frame.file}.yaml")
    (found,) = (
        s.expect.changes for one in document.scenarios if one.row == frame.row for s in one.steps if s.id == frame.step
    )
    assert found is not None
    return found


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.operation}: {frame.before} -> {frame.after}")
def test_what_stripe_changed_is_what_the_frame_allows(frame: Frame, pairs: list[Pair]) -> None:
    found = [
        p
        for p in pairs
        if (p.operation, p.before["status"], _outcome(p)) == (frame.operation, frame.before, frame.after)
    ]
    assert len(found) >= frame.least
    told = [
        f"{pair.version} {pair.after['id']}: {one.path} {one.message}"
        for pair in found
        for one in _mismatches(frame, pair)
    ]
    assert told == []


def _mismatches(frame: Frame, pair: Pair) -> Iterator[match.Mismatch]:
    wanted: dict[str, Any] = dict(_changes(frame).to)
    if "amount_paid" in wanted:  # ours has an amount of its own
        wanted["amount_paid"] = pair.after["amount_due"]
    if pair.after["number"] == "NORMALIZED":
        wanted["number"] = "NORMALIZED"
    if pair.before["auto_advance"] and not pair.after["auto_advance"]:  # the recorded invoices were left to Stripe
        wanted |= {"auto_advance": False, "next_payment_attempt": None}
    compiled = {path: match.compile(node) for path, node in wanted.items()}
    scope = Scope({}, match.Symbols(), _moment(pair.after), pair.version)
    yield from match.changes(pair.before, pair.after, compiled, VOLATILE, scope)


def _moment(body: Body) -> float:
    """The recordings keep no Date: the time of the last transition stands for it."""
    return float(max(at for at in body["status_transitions"].values() if at))
