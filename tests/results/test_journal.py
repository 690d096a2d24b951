from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import Place
from conformance.match.values import MISSING
from conformance.results.journal import JournalError, JournalWriter, conclude
from conformance.results.lines import BODY_LIMIT
from conformance.results.loading import NOT_KEPT
from conformance.results.merging import merge
from conformance.results.model import Outcome, ScenarioResult
from conformance.results.reading import read
from conformance.target import redact
from conformance.target.base import NOT_JSON, Exchange, Reply, TransportFailure
from conformance.target.redact import Redactor
from tests.results import build

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "sk_test_canary4242424242424242"


def unparsed(result: ScenarioResult) -> ScenarioResult:
    """The result as a journal gives it back: bodies are parsed where they are needed only."""

    def without(exchange: Exchange) -> Exchange:
        return replace(exchange, response=exchange.response and replace(exchange.response, json=NOT_JSON))

    steps = (replace(step, exchanges=tuple(without(one) for one in step.exchanges)) for step in result.steps)
    return replace(result, steps=tuple(steps))


def lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_a_failing_scenario_comes_back_as_it_was(tmp_path: Path) -> None:
    written = build.failing("void", reason="why", tags={"row": "open"})
    run = read(build.write(tmp_path / "j", written))
    (back,) = run.scenarios
    assert back == unparsed(written)


def test_a_passing_scenario_keeps_status_and_time_but_no_exchange(tmp_path: Path) -> None:
    path = build.write(tmp_path / "j", build.scenario("a"))
    assert [line["type"] for line in lines(path)] == ["header", "scenario", "footer"]
    (step,) = read(path).scenarios[0].steps
    (stub,) = step.exchanges
    assert (stub.response.status, stub.elapsed, stub.detail, stub.response.body) == (200, 0.004, NOT_KEPT, b"")
    assert step.requirements == ("INV-TRN-004",)
    assert step.passed == 3


def test_with_all_evidence_a_pass_keeps_its_exchanges(tmp_path: Path) -> None:
    written = build.scenario("a")
    assert read(build.write(tmp_path / "j", written, evidence="all")).scenarios == (unparsed(written),)


def test_a_step_without_requirements_does_not_get_those_of_the_scenario(tmp_path: Path) -> None:
    path = build.write(tmp_path / "j", build.scenario("a", build.step(requirements=(), setup="open-invoice")))
    assert read(path).scenarios[0].steps[0].requirements == ()


def test_every_attempt_of_a_poll_is_kept(tmp_path: Path) -> None:
    polled = tuple(build.exchange("GET", status=200, started=1_790_000_001.0 + n) for n in range(3))
    written = build.scenario("a", build.step("s", build.check(), exchanges=polled))
    assert (
        read(build.write(tmp_path / "j", written)).scenarios[0].steps[0].exchanges
        == unparsed(written).steps[0].exchanges
    )


def test_an_exchange_without_a_response_comes_back(tmp_path: Path) -> None:
    gone = build.exchange(
        status=None, reply=Reply.UNREACHABLE, failure=TransportFailure.REFUSED, detail="connection refused"
    )
    written = build.scenario("a", build.step("s", build.check(kind="unreachable"), exchanges=(gone,)))
    assert read(build.write(tmp_path / "j", written)).scenarios == (written,)


def test_a_key_that_is_missing_stays_missing(tmp_path: Path) -> None:
    written = build.scenario(
        "a", build.step("s", build.check(actual=MISSING), build.check("s/x", expected=None, actual="MISSING"))
    )
    first, second = read(build.write(tmp_path / "j", written)).scenarios[0].steps[0].checks
    assert first.actual is MISSING
    assert (second.expected, second.actual) == (None, "MISSING")


def test_a_huge_body_is_cut_and_that_is_said(tmp_path: Path) -> None:
    body = b'{"x": "' + b"y" * (BODY_LIMIT * 2) + b'"}'
    written = build.scenario(
        "a", build.step("s", build.check(actual="z" * 100_000), exchanges=(build.exchange(body=body),))
    )
    path = build.write(tmp_path / "j", written)
    assert path.stat().st_size < BODY_LIMIT * 1.2
    step = read(path).scenarios[0].steps[0]
    assert step.exchanges[0].response.body.endswith(f"[cut: {len(body)} bytes in all]".encode())
    assert step.checks[0].actual.endswith("[cut: 100000 characters in all]")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00binary", b"<html>", "\u202e".encode(), b'"\\ud800"', b"1" * 400])
def test_any_bytes_of_a_body_can_be_written_and_read(tmp_path: Path, body: bytes) -> None:
    written = build.scenario("a", build.step("s", build.check(), exchanges=(build.exchange(body=body),)))
    back = read(build.write(tmp_path / "j", written)).scenarios[0].steps[0].exchanges[0].response.body
    assert back == body or b"\xff" in body


deep: Any = 1
for _ in range(400):
    deep = [deep]


@pytest.mark.parametrize("value", [2**80, "\ud800", {1: "a"}, deep, float("nan"), object(), {"a": [None, True, 1.5]}])
def test_any_value_of_a_check_can_be_written_and_read(tmp_path: Path, value: Any) -> None:
    written = build.scenario("a", build.step("s", build.check(actual=value, cause="x", message=str(value)[:50])))
    assert read(build.write(tmp_path / "j", written)).scenarios[0].steps[0].checks[0].id == "voided/body:status"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=json_values)
def test_json_values_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.mktemp("j") / "j"
    written = build.scenario("a", build.step("s", build.check(actual=value, message="m", cause="c", diff=())))
    back = read(build.write(path, written)).scenarios[0].steps[0].checks[0].actual
    assert back == value or "\ud7ff" < max(str(value), default="") < "\ue000"  # lone surrogates are tamed


def test_the_key_is_in_no_line_in_any_form(tmp_path: Path) -> None:
    import base64

    basic = base64.b64encode(f"{CANARY}:".encode()).decode()
    body = {"seen": f"Bearer {CANARY}", "basic": basic, "client_secret": "pi_1_secret_abcdef", "note": f"a {CANARY} b"}
    sent = build.exchange(
        body=body, params={"key": CANARY, "secret": "hush-hush-hush"},
        headers={"authorization": f"Basic {basic}", "x-echo": CANARY, "set-cookie": "session=12345678"},
    )  # fmt: skip
    failed = build.check(
        message=f"got {CANARY}", actual=CANARY, expected={"client_secret": "pi_2_secret_uvwxyz"}, diff=(CANARY,)
    )
    one = build.scenario(CANARY, build.step("s", failed, exchanges=(sent,)), reason=CANARY, title=CANARY)
    path = build.write(tmp_path / "j", one, secrets=(CANARY,), command=("run", "--key", CANARY))
    text = path.read_text()
    for secret in (CANARY, basic.rstrip("="), "pi_1_secret_abcdef", "pi_2_secret_uvwxyz", "hush-hush", "session=1234"):
        assert secret not in text
    assert read(path).scenarios[0].outcome is Outcome.FAIL


@pytest.mark.parametrize("name", sorted(redact._SECRET_NAMES))
def test_every_name_of_a_secret_is_looked_for(tmp_path: Path, name: str) -> None:
    sent = build.exchange(params={name: "hush-hush-hush"}, headers={name.upper(): "hush-hush-hush"})
    path = build.write(tmp_path / "j", build.scenario("a", build.step("s", build.check(), exchanges=(sent,))))
    assert "hush" not in path.read_text()


@pytest.mark.parametrize(
    "key",
    ["sk_live_" + "a" * 24, "rk_test_" + "B" * 24, "whsec_" + "c" * 24, "ek_test_" + "d" * 20, "seti_1x_secret_Abc"],
)
def test_what_looks_like_a_key_is_cut_out_wherever_it_stands(tmp_path: Path, key: str) -> None:
    sent = build.exchange(body={"a": [key]}, path=f"/v1/{key}", headers={"x": key}, detail=key)
    path = build.write(tmp_path / "j", build.scenario("a", build.step("s", build.check(), exchanges=(sent,))))
    assert key not in path.read_text()


def test_without_a_footer_the_run_is_known_to_be_cut_off(tmp_path: Path) -> None:
    run = read(build.write(tmp_path / "j", build.scenario("a"), close=False))
    assert run.footer is None
    assert len(run.scenarios) == 1


def test_a_torn_last_line_loses_only_itself(tmp_path: Path) -> None:
    path = build.write(tmp_path / "j", build.scenario("a"), build.scenario("b"))
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:2]) + whole[2][:40])
    run = read(path)
    assert [one.id for one in run.scenarios] == ["a"]
    assert (run.cut, run.footer) == (True, None)


@pytest.mark.parametrize(
    ("at", "line", "says"),
    [
        (1, b"{oops}\n", "is not JSON"),
        (1, b'{"type": "scenario", "id": "a"}\n', "required"),
        (1, b'{"type": "surprise"}\n', "type 'surprise' is none of"),
        (
            0,
            b'{"type": "footer", "outcomes": {}, "checks": 0, "ended": 1, "complete": true}\n',
            "starts with its header",
        ),
        (1, b"[]\n", "type None is none of"),
    ],
)
def test_a_line_that_breaks_the_schema_is_named(tmp_path: Path, at: int, line: bytes, says: str) -> None:
    path = build.write(tmp_path / "j", build.scenario("a"), build.scenario("b"))
    whole = path.read_bytes().splitlines(keepends=True)
    whole[at] = line
    path.write_bytes(b"".join(whole))
    with pytest.raises(JournalError) as problem:
        read(path)
    assert f"{path}:{at + 1}:" in str(problem.value)
    assert says in str(problem.value)


def test_an_exchange_of_an_unknown_scenario_is_refused(tmp_path: Path) -> None:
    path = build.write(tmp_path / "j", build.failing("a"))
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([whole[0], whole[2]]))
    with pytest.raises(JournalError, match=":2: is not a line of a journal"):
        read(path)


@pytest.mark.parametrize("content", [b"", None])
def test_an_empty_or_absent_file_is_a_one_line_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "j").write_bytes(content)
    with pytest.raises(JournalError) as problem:
        read(tmp_path / "j")
    assert "\n" not in str(problem.value)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="format 2"):
        read(build.write(tmp_path / "j", build.scenario("a"), format=2))


def test_an_unwritable_folder_is_a_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="cannot be written"):
        JournalWriter(tmp_path / "file" / "j", build.header(), Redactor())


def test_parts_are_merged_in_order_and_byte_for_byte(tmp_path: Path) -> None:
    one = build.write(tmp_path / "gw0", build.failing("c"), build.scenario("a"), selected=4)
    two = build.write(tmp_path / "gw1", build.failing("b"), build.scenario("unheard"), selected=4)
    run = merge([one, two], tmp_path / "out", ["a", "b", "c"])
    assert [scenario.id for scenario in run.scenarios] == ["a", "b", "c", "unheard"]
    assert run.header.selected == 4
    assert run.footer
    assert run.footer.outcomes == {"fail": 2, "pass": 2}
    parts = set(one.read_bytes().splitlines()[1:-1]) | set(two.read_bytes().splitlines()[1:-1])
    assert set((tmp_path / "out").read_bytes().splitlines()[1:-1]) == parts
    assert read(tmp_path / "out") == run


def test_shards_are_merged_by_their_own_selections(tmp_path: Path) -> None:
    one = build.write(tmp_path / "1", build.scenario("a"), run_id="one")
    two = build.write(tmp_path / "2", build.scenario("b"), run_id="two")
    assert merge([one, two], tmp_path / "out").header.selected == 2


def test_a_worker_that_died_leaves_the_merged_run_without_a_footer(tmp_path: Path) -> None:
    one = build.write(tmp_path / "gw0", build.scenario("a"), selected=2)
    two = build.write(tmp_path / "gw1", build.scenario("b"), selected=2, close=False)
    assert merge([one, two], tmp_path / "out").footer is None


def test_a_stopped_part_makes_the_merged_run_incomplete(tmp_path: Path) -> None:
    one = build.write(tmp_path / "gw0", build.scenario("a"))
    writer = JournalWriter(tmp_path / "gw1", build.header(), Redactor())
    writer.close(ended=2.0, complete=False, reason="interrupted")
    run = merge([one, tmp_path / "gw1"], tmp_path / "out")
    assert run.footer
    assert (run.footer.complete, run.footer.reason) == (False, "interrupted")


def test_runs_of_different_targets_or_with_a_scenario_twice_are_not_merged(tmp_path: Path) -> None:
    one = build.write(tmp_path / "1", build.scenario("a"))
    with pytest.raises(JournalError, match="in two of the journals"):
        merge([one, build.write(tmp_path / "2", build.scenario("a"))], tmp_path / "out")
    with pytest.raises(JournalError, match="is not mock at"):
        merge([one, build.write(tmp_path / "3", build.scenario("b"), target={"name": "other"})], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_closing_twice_writes_one_footer(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "j", build.header(), Redactor())
    writer.close(ended=2.0)
    writer.close(ended=3.0)
    assert [line["type"] for line in lines(tmp_path / "j")] == ["header", "footer"]


def test_a_judged_footer_takes_the_place_of_the_first(tmp_path: Path) -> None:
    path = build.write(tmp_path / "j", build.failing("a"), build.scenario("b"))
    before = path.read_bytes().splitlines()
    run = read(path)
    assert run.footer
    conclude(path, replace(run, footer=replace(run.footer, stale=({"scenario": "a"},))))
    assert path.read_bytes().splitlines()[:-1] == before[:-1]
    assert read(path).stale == ({"scenario": "a"},)


def test_a_journal_that_was_cut_off_is_not_given_a_footer(tmp_path: Path) -> None:
    path = build.write(tmp_path / "j", build.scenario("a"), close=False)
    conclude(path, build.run(build.scenario("a")))
    assert read(path).footer is None


def test_a_passing_scenario_of_ten_steps_is_cheap_to_write(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "j", build.header(), Redactor((CANARY,)))
    one = build.scenario("a", *(build.step(f"s{n}", place=Place(build.FILE, n, 1)) for n in range(10)))
    best = min(_time(lambda: writer.write(one)) for _ in range(300))
    assert best < 200e-6  # 20 microseconds on the machine it was made on; the bound only catches a slip of an order


def _time(call: Any) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
