"""All flows of the file: what was rebuilt of them, what was not and why, and how much of it is equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.recordings.replay.counts import Tally
from tests.reference.conftest import Client
from tests.reference.zulip.rebuilt import Rebuilt
from tests.reference.zulip.recorded import Flow, Recorded

SOURCES = "a card kept as a source, which the reference does not have"
UNKNOWN = "an object that the reference does not have"
NOTHING = "only objects that the reference does not have"
CURSOR = "a list of events that only names the newest one, or none"
LEFT = "what it shows was made by calls that are not recorded"

#: A flow is not rebuilt when it holds all calls of a row.
_NOT_REBUILT = ((("Customer.save", "Invoice.pay"), SOURCES),)
#: Calls whose answers are not compared, by the beginning of their names.
_NOT_COMPARED = (
    ("SetupIntent.", f"{UNKNOWN} (setup intents, sent as attachments)"),
    ("checkout.", f"{UNKNOWN} (checkout)"),
    ("billing_portal.", f"{UNKNOWN} (billing portal)"),
    ("Token.", SOURCES),
    ("Charge.", SOURCES),
    ("Customer.save", SOURCES),
    ("Event.list", CURSOR),
)


@dataclass
class Survey:
    """``rebuilt`` flows and ``compared`` exchanges; ``reasons``: of flows, and of exchanges in rebuilt ones."""

    tally: Tally = field(default_factory=Tally)
    rebuilt: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    exchanges: Counter[str] = field(default_factory=Counter)
    uncounted: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def run(self, flows: Iterable[Flow], account: Callable[[Flow], Client]) -> Survey:
        for flow in flows:
            if why := not_rebuilt(flow):
                self.flows[why] += 1
                self.exchanges[why] += len(flow.answers)
            else:
                self._one(flow, Rebuilt(flow, account(flow)).run())
        return self

    def _one(self, flow: Flow, rebuilt: Rebuilt) -> None:
        self.problems += [f"{flow.name}: {problem}" for problem in rebuilt.problems]
        for one in rebuilt.compared:
            self.uncounted += one.uncounted
            for found in one.fields:
                self.tally.add(flow.version, found, f"{flow.name} {one.recorded.call} {one.recorded.nth}")
        if rebuilt.compared:
            self.rebuilt[flow.version] += 1
        else:
            self.flows[NOTHING] += 1
        self.compared[flow.version] += len(rebuilt.compared)
        done = {one.recorded.line for one in rebuilt.compared}
        self.exchanges += Counter(not_compared(one) for one in flow.answers if one.line not in done)


def not_rebuilt(flow: Flow) -> str:
    """Why a flow is not rebuilt; empty where it is."""
    return next((why for calls, why in _NOT_REBUILT if all(flow.of(call) for call in calls)), "")


def not_compared(one: Recorded) -> str:
    return next((why for call, why in _NOT_COMPARED if one.call.startswith(call)), LEFT)
