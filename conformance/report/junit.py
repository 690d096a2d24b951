"""JUnit XML: one testsuite per area, one testcase per scenario. What CI systems show next to a build."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from conformance.report import reproduce
from conformance.report.terminal import render_scenario
from conformance.results.model import Outcome, ScenarioResult
from conformance.results.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.results.journal import Run

#: What XML 1.0 cannot hold, whatever a target sent.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: outcome -> the element that says so; a pass has none.
_ELEMENT = {
    Outcome.FAIL: "failure",
    Outcome.NOT_TESTABLE: "failure",
    Outcome.ERROR: "error",
    Outcome.KNOWN: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}


def render(run: Run) -> str:
    """The document as text, with its XML declaration."""
    judged = verdict(run)
    root = ET.Element("testsuites", {"name": "stripe-invoice-conformance", **_totals(run.scenarios)})
    areas: dict[str, list[ScenarioResult]] = {}
    for scenario in run.scenarios:
        areas.setdefault(scenario.area or "scenarios", []).append(scenario)
    for area, scenarios in areas.items():
        _suite(root, area, scenarios, run)
    if judged.incomplete or run.stale:
        _whole_run(root, judged.reasons)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, area: str, scenarios: list[ScenarioResult], run: Run) -> None:
    started = dt.datetime.fromtimestamp(min(s.started for s in scenarios), dt.timezone.utc)
    told = {"name": _clean(area), "timestamp": started.strftime("%Y-%m-%dT%H:%M:%S"), **_totals(scenarios)}
    suite = ET.SubElement(root, "testsuite", told)
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("target", run.header.target.get("name", "")),
        ("api_version", run.header.api_version),
        ("suite_version", run.header.suite_version),
        ("run_id", run.header.run_id),
    ):
        ET.SubElement(properties, "property", name=name, value=_clean(str(value)))
    for scenario in scenarios:
        _case(suite, area, scenario, run)


def _case(suite: ET.Element, area: str, scenario: ScenarioResult, run: Run) -> None:
    case = ET.SubElement(
        suite, "testcase", classname=_clean(area), name=_clean(scenario.id), file=_clean(scenario.file),
        time=f"{scenario.elapsed:.3f}",
    )  # fmt: skip
    element = _ELEMENT.get(scenario.outcome)
    if element == "skipped":
        ET.SubElement(case, element, message=_clean(f"{scenario.outcome.value}: {_message(scenario)}"))
    elif element:
        told = ET.SubElement(case, element, type=scenario.outcome.value, message=_clean(_message(scenario)))
        told.text = _clean(f"{render_scenario(scenario)}\n\n{reproduce.suite_command(run.header, scenario)}\n")
    elif scenario.outcome is not Outcome.PASS:
        ET.SubElement(case, "system-out").text = _clean(render_scenario(scenario))


def _message(scenario: ScenarioResult) -> str:
    worst = max((c for step in scenario.steps for c in step.checks), key=lambda c: c.outcome.gravity, default=None)
    return scenario.reason or (f"{worst.id}: {worst.message}" if worst else scenario.outcome.value)


def _whole_run(root: ET.Element, reasons: Iterable[str]) -> None:
    """A run that is cut off, or whose baseline is stale, must not look green to a CI system that counts testcases."""
    suite = ET.SubElement(root, "testsuite", name="run", tests="1", failures="0", errors="1", skipped="0")
    case = ET.SubElement(suite, "testcase", classname="run", name="the run as a whole", time="0")
    ET.SubElement(case, "error", type="incomplete", message=_clean("; ".join(reasons)))
    for name in ("tests", "errors"):
        root.set(name, str(int(root.get(name, "0")) + 1))


def _totals(scenarios: Iterable[ScenarioResult]) -> dict[str, str]:
    scenarios = list(scenarios)
    elements = [_ELEMENT.get(scenario.outcome, "") for scenario in scenarios]
    return {
        "tests": str(len(scenarios)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
        "time": f"{sum(scenario.elapsed for scenario in scenarios):.3f}",
    }


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
