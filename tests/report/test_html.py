from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from conformance.report import html, page_data
from conformance.report.coverage import coverage
from conformance.results.model import Outcome
from conformance.results.reading import read
from tests.report.sample import FINALIZE, HOSTILE, failed, opened, sample, scenario
from tests.results import build

if TYPE_CHECKING:
    from pathlib import Path


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open, []).append(data)

    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.texts["script"][0])
        return data


def test_the_page_has_exactly_our_two_scripts_whatever_the_target_says() -> None:
    run = sample(12)
    page = _Page(html.render(run))
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}]
    assert not [tag for tag, _ in page.tags if tag in {"img", "iframe", "link", "object", "embed", "base"}]
    assert not [
        name
        for _, attributes in page.tags
        for name in attributes
        if name.startswith("on") or name in {"src", "href", "style"}
    ]
    assert HOSTILE in json.dumps(page.data(), ensure_ascii=False).encode().decode(
        "unicode_escape", "replace"
    ) or "onerror" in str(page.data())


def test_hostile_names_in_the_header_are_text() -> None:
    page = _Page(
        html.render(
            build.run(build.failing("a"), target={"name": HOSTILE, "url": HOSTILE}, api_version=HOSTILE, selected=1)
        )
    )
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert not [tag for tag, _ in page.tags if tag == "img"]


def test_the_policy_allows_our_script_and_style_by_their_hash_and_no_request() -> None:
    text = html.render(build.run(build.failing("a")))
    policy = next(attributes["content"] for tag, attributes in _Page(text).tags if attributes.get("http-equiv"))
    assert policy
    assert policy.startswith("default-src 'none';")
    for name in ("style", "script"):
        inside = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def test_nothing_is_fetched() -> None:
    text = html.render(build.run(build.scenario("a")))
    assert not re.search(r"""(src|href)=|url\(|@import|fetch\(|XMLHttpRequest|import\(|WebSocket""", text)


def test_the_script_never_parses_markup() -> None:
    script = _Page(html.render(build.run(build.scenario("a")))).texts["script"][1]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc", script)


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (build.run(build.scenario("a"), footer=False), "The journal has no footer"),
        (build.run(), "No check was evaluated"),
        (build.run(build.scenario("a"), selected=3), "2 of 3 selected scenarios have no result"),
    ],
)
def test_a_run_that_is_not_whole_has_a_red_strip(run: Any, says: str) -> None:
    text = html.render(run)
    assert '<div class="strip" role="alert"><strong>This run is not whole.</strong>' in text
    assert says in text


def test_a_whole_run_has_no_strip() -> None:
    assert 'role="alert"' not in html.render(build.run(build.failing("a")))


def test_the_page_stays_small_without_bodies_and_bounded_with_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    passing = (build.scenario(f"s{n}", *(build.step(f"t{m}") for m in range(10))) for n in range(500))
    assert len(html.render(read(build.write(tmp_path / "j", *passing)))) < 1_000_000
    monkeypatch.setattr(page_data, "EVIDENCE", 100_000)
    big = build.step("s", build.check(), exchanges=(build.exchange(body={"x": "y" * 40_000}),))
    data = page_data.page_data(build.run(*(build.scenario(f"s{n}", big) for n in range(20))))
    kept = ["exchanges" in one["steps"][0] for one in data["scenarios"]]
    assert (kept[0], kept[-1]) == (True, False)


def test_the_data_has_causes_in_order_and_evidence_of_the_failed_step() -> None:
    data = _Page(html.render(sample(12))).data()
    assert data["causes"][0]["kind"] == "crashed"
    one = data["scenarios"][data["causes"][0]["scenarios"][0]]
    assert one["steps"][-1]["exchanges"][0]["status"] == 500
    assert one["commands"][0].startswith("stripe-conformance run ")
    assert "curl" in one["script"]


def test_a_passing_scenario_carries_no_commands_and_no_exchanges() -> None:
    data = _Page(html.render(build.run(build.scenario("a")))).data()
    assert "commands" not in data["scenarios"][0]


def test_the_sentence_of_a_requirement_is_there() -> None:
    data = _Page(html.render(sample(3))).data()
    assert data["requirements"]["INV-FIN-001"]["outcome"] == "fail"
    assert data["requirements"]["INV-FIN-001"]["statement"]


def test_coverage_blames_the_requirement_of_the_check_and_not_its_neighbours() -> None:
    check = build.check(requirements=("INV-API-001",))
    step = build.step("s", check, requirements=("INV-TRN-004", "INV-TRN-005"))
    rest = build.step("t", outcome=Outcome.NOT_TESTABLE, passed=0, requirements=("INV-TRN-006",))
    found = coverage([build.scenario("a", step, rest)])
    assert {name: one.outcome for name, one in found.items()} == {
        "INV-API-001": Outcome.FAIL,
        "INV-TRN-004": Outcome.PASS,
        "INV-TRN-005": Outcome.PASS,
        "INV-TRN-006": Outcome.NOT_TESTABLE,
    }


def test_a_requirement_that_failed_once_has_failed_and_one_that_never_applied_is_not_applicable() -> None:
    found = coverage([build.scenario("a"), build.failing("b"), build.untaken("c", covers=("INV-LST-001",))])
    assert (found["INV-TRN-004"].outcome, found["INV-TRN-004"].scenarios) == (Outcome.FAIL, (0, 1))
    assert found["INV-LST-001"].outcome is Outcome.NOT_APPLICABLE


def test_a_pass_counts_more_than_a_scenario_that_did_not_apply() -> None:
    assert coverage([build.untaken("a"), build.scenario("b")])["INV-TRN-004"].outcome is Outcome.PASS


def test_a_check_that_fails_alike_in_many_scenarios_is_kept_once() -> None:
    """A universal check or a setup's fails in hundreds: the page of a very red run stays small."""
    data = page_data.page_data(
        build.run(*(scenario(f"s{n}", opened(failed("body", "status", 1, 2, FINALIZE))) for n in range(9)))
    )
    steps = [step for one in data["scenarios"] for step in one["steps"] if "checks" in step]
    assert len(steps) == 9
    assert [step["checks"] for step in steps] == [[0]] * 9
    assert [check["id"] for check in data["checks"]] == ["opened/body:status"]
