from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from conformance.api_version import ApiVersion
from conformance.target import cassette_format
from conformance.target.base import Reply, Request
from conformance.target.cassette import CassetteMismatch, CassetteMissing, CassetteTarget
from conformance.target.cassette_format import CassetteUnreadable
from conformance.target.http import HttpTarget
from conformance.target.recording import recording
from conformance.target.settings import DEFAULT_API_VERSION, Settings
from tests.miniatures import miniature
from tests.target.conftest import KEY

STEPS = (
    Request("POST", "/v1/customers", {"email": "jenny@example.com", "metadata": {"a": "1", "b": "2"}}),
    Request("POST", "/v1/invoices", {"description": "é ✓", "collection": {"client_secret": "cs_hidden_value"}}),
    Request("GET", "/v1/invoices", {"limit": 3, "expand": ["data.customer"]}, {"Idempotency-Key": "k1"}),
    Request("GET", "/v1/invoices/in_nope"),
)
SCENARIO = "void-open[paid]"


def play(target, steps=STEPS, scenario=SCENARIO, *, complete=True):
    session = target.open(scenario)
    exchanges = [session.send(step, f"step-{n}") for n, step in enumerate(steps, 1)]
    session.close(complete=complete)
    return exchanges


def record(folder: Path, name: str = "good", **more: bool):
    with miniature(name) as server:
        target = recording(HttpTarget(Settings("mini", server.url, key=KEY)), folder, "mock")
        target.start()
        exchanges = play(target, **more)
        target.stop()
    return exchanges


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record(tmp_path)
    return tmp_path


def replaying(folder: Path, version: ApiVersion = DEFAULT_API_VERSION, **more) -> CassetteTarget:
    target = CassetteTarget(folder, version, **more)
    target.start()
    return target


def the_cassette(folder: Path) -> Path:
    return folder / "mock" / str(DEFAULT_API_VERSION) / "void-open--paid.yaml"


def test_what_was_recorded_is_what_is_replayed(tmp_path):
    live = record(tmp_path)
    replayed = play(replaying(tmp_path))
    assert [exchange.response.json for exchange in replayed] == [exchange.response.json for exchange in live]
    assert [exchange.reply for exchange in replayed] == [Reply.ANSWERED] * 4
    assert [exchange.response.headers["date"] for exchange in replayed] == [
        exchange.response.headers["date"] for exchange in live
    ]


def test_polls_are_replayed_in_order_and_without_a_wait(folder):
    session = replaying(folder).open(SCENARIO)
    session.settle(3600)


def test_the_order_of_parameters_has_no_meaning(folder):
    turned = Request("POST", "/v1/customers", {"metadata": {"b": "2", "a": "1"}, "email": "jenny@example.com"})
    assert play(replaying(folder), (turned, *STEPS[1:]))


@pytest.mark.parametrize(
    ("at", "instead", "said"),
    [
        (0, Request("DELETE", "/v1/customers"), "method DELETE, recorded POST"),
        (1, Request("POST", "/v1/invoiceitems", STEPS[1].params), "path /v1/invoiceitems, recorded /v1/invoices"),
        (
            0,
            Request("POST", "/v1/customers", {"email": "jenny@example.com", "metadata": {"a": "1", "b": "3"}}),
            "param metadata[b]: '3', recorded '2'",
        ),
        (
            0,
            Request("POST", "/v1/customers", {"email": "jenny@example.com", "metadata": {"a": "1"}}),
            "param metadata[b]: nothing, recorded '2'",
        ),
        (
            2,
            Request("GET", "/v1/invoices", {"limit": 3, "expand": ["data.customer"]}, {"Idempotency-Key": "k2"}),
            "header Idempotency-Key",
        ),
        (3, Request("GET", "/v1/invoices/in_nope", {"a": "b"}), "param a: 'b', recorded nothing"),
    ],
)
def test_what_differs_is_named_with_step_and_way_out(folder, at, instead, said):
    steps = [*STEPS[:at], instead, *STEPS[at + 1 :]]
    with pytest.raises(CassetteMismatch) as refused:
        play(replaying(folder), steps)
    text = str(refused.value)
    assert said in text
    assert f"step 'step-{at + 1}'" in text
    assert SCENARIO in text
    assert f"stripe-conformance run --target mock --api-version {DEFAULT_API_VERSION} --record {folder}" in text
    assert str(the_cassette(folder)) in text
    assert refused.value.exit_code == 3


def test_one_request_too_many_is_an_error(folder):
    with pytest.raises(CassetteMismatch, match="the recording has ended"):
        play(replaying(folder), (*STEPS, Request("GET", "/v1/invoices")))


def test_interactions_left_over_are_an_error_only_when_the_scenario_ran_to_its_end(folder):
    with pytest.raises(CassetteMismatch, match="2 recorded requests were not sent, the first is GET /v1/invoices"):
        play(replaying(folder), STEPS[:2])
    play(replaying(folder), STEPS[:2], complete=False)


def test_a_missing_cassette_is_an_outcome_of_its_own(folder):
    with pytest.raises(CassetteMissing, match="scenario 'another' has no cassette"):
        replaying(folder).open("another")


def test_a_version_that_nobody_recorded_says_which_ones_are_there(folder):
    (folder / "reference" / "2024-06-20").mkdir(parents=True)
    (folder / "reference" / "notes").mkdir()
    with pytest.raises(CassetteMissing) as refused:
        replaying(folder, ApiVersion.parse("2019-12-03"))
    assert len(str(refused.value).splitlines()) == 1
    assert "no cassettes for API version 2019-12-03" in str(refused.value)
    assert f"--api-version may be 2024-06-20, {DEFAULT_API_VERSION}. Record it: " in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["a: [", "- 1\n", "interactions: 3\n", "interactions:\n- request: {}\n", "!!python/object:os.system x", "\x00"],
)
def test_a_file_that_is_no_cassette_is_said(folder, text):
    the_cassette(folder).write_text(text)
    with pytest.raises(CassetteUnreadable) as refused:
        replaying(folder).open(SCENARIO)
    assert refused.value.place.file == str(the_cassette(folder))


def test_what_was_seen_at_stripe_is_preferred(folder):
    theirs = folder / "stripe" / str(DEFAULT_API_VERSION)
    theirs.mkdir(parents=True)
    (theirs / "void-open--paid.yaml").write_bytes(cassette_format.dump([]))
    assert play(replaying(folder), ()) == []
    with pytest.raises(CassetteMismatch):
        play(replaying(folder, provenance="mock"), ())


@pytest.mark.parametrize("scenario", ["../../etc/passwd", "a/b", "..", "x\x00y", "-rf"])
def test_no_scenario_id_leads_out_of_the_folder(scenario):
    name = cassette_format.file_name(scenario)
    assert Path(name).name == name
    assert not name.startswith((".", "-"))


# --- recording ------------------------------------------------------------------------------------------------------


def test_a_recording_is_byte_stable(tmp_path):
    target = replaying_recorder(tmp_path / "a"), replaying_recorder(tmp_path / "b")
    for one in target:
        play(one)
    files = [
        sorted(path.relative_to(tmp_path / name) for path in (tmp_path / name).rglob("*.*") if path.is_file())
        for name in "ab"
    ]
    assert files[0] == files[1]
    assert len(files[0]) == 2
    for path in files[0]:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def replaying_recorder(folder: Path):
    """A target that answers the same twice: the recording of a replay."""
    source = folder.parent / "source"
    if not source.exists():
        record(source)
    return recording(replaying(source), folder, "mock")


def test_a_recording_of_a_replay_is_the_recording(folder, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy")
    play(recording(replaying(folder), copy, "mock"))
    assert the_cassette(copy).read_bytes() == the_cassette(folder).read_bytes()


def test_where_a_recording_comes_from_stands_beside_it(folder):
    origin = json.loads(the_cassette(folder).with_suffix(".provenance.json").read_text())
    assert origin.keys() == {"scenario", "target", "provenance", "api_version", "recorded", "suite_version"}
    assert (origin["scenario"], origin["target"], origin["api_version"]) == (SCENARIO, "mini", str(DEFAULT_API_VERSION))


def test_the_same_recording_again_does_not_touch_the_date(folder):
    beside = the_cassette(folder).with_suffix(".provenance.json")
    beside.write_text(beside.read_text().replace('"recorded": "20', '"recorded": "19'))
    before = beside.read_text()
    play(recording(replaying(folder), folder, "mock"))
    assert beside.read_text() == before


def test_a_scenario_that_failed_leaves_an_older_cassette_as_it_is(folder):
    before = the_cassette(folder).read_bytes()
    record(folder, "wrong_json_types", complete=False)
    assert the_cassette(folder).read_bytes() == before


def test_a_scenario_that_met_a_dead_target_is_not_kept(tmp_path):
    with miniature("dies_on_finalize") as server:
        target = recording(HttpTarget(Settings("mini", server.url, timeout=1.0)), tmp_path, "mock")
        target.start()
        play(target, (Request("POST", "/v1/invoices/in_1/finalize"),))
    assert list(tmp_path.rglob("*.yaml")) == []


def test_a_cassette_holds_neither_key_nor_secret_nor_volatile_headers(tmp_path):
    record(tmp_path, "says_the_key")
    text = the_cassette(tmp_path).read_text()
    assert KEY not in text
    assert "cs_hidden_value" not in text
    for name in ("authorization", "x-debug", "content-length", "user-agent", "host:", "127.0.0.1"):
        assert name not in text.lower()


def test_a_cassette_repeats_nothing_that_nobody_reads(tmp_path):
    """The library is recorded at many versions: headers that no check judges would be a tenth of it."""
    record(tmp_path)
    recorded = cassette_format.read(the_cassette(tmp_path))
    assert [dict(one.headers) for one in recorded] == [{}, {}, {"idempotency-key": "k1"}, {}]
    assert {name for one in recorded for name in one.response_headers} <= set(cassette_format.HEADERS)
    lines = the_cassette(tmp_path).read_text().splitlines()
    assert [line for line in lines if line.lstrip().startswith(("string:", "- "))] == ["- request:"] * 4


def test_vcrpy_serves_our_cassettes_to_urllib3(folder):
    """With the real vcrpy and a plain client, against an address where nobody is asked."""
    import urllib3
    import vcr

    path = the_cassette(folder)
    recorder = vcr.VCR(record_mode="none", match_on=["method", "scheme", "host", "port", "path", "query", "body"])
    with recorder.use_cassette(str(path)) as cassette:
        pool = urllib3.PoolManager(retries=False)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        first = pool.request(
            "POST",
            "https://api.stripe.com/v1/customers",
            body="email=jenny%40example.com&metadata[a]=1&metadata[b]=2",
            headers=form,
        )
        assert json.loads(first.data)["email"] == "jenny@example.com"
        last = pool.request("GET", "https://api.stripe.com/v1/invoices/in_nope")
        assert (last.status, json.loads(last.data)["error"]["code"]) == (404, "resource_missing")
        assert cassette.play_count == 2
        pool.clear()


def test_a_cassette_that_vcrpy_recorded_is_replayed_by_us(tmp_path):
    import urllib3
    import vcr

    path = tmp_path / "vcr" / str(DEFAULT_API_VERSION) / "theirs.yaml"
    path.parent.mkdir(parents=True)
    recorder = vcr.VCR(record_mode="once", decode_compressed_response=True)
    with (
        miniature("gzip_and_cors") as server,
        recorder.use_cassette(str(path)),
        urllib3.PoolManager(retries=False) as pool,
    ):
        pool.request("GET", f"{server.url}/v1/invoices?limit=3")
        pool.request("POST", f"{server.url}/v1/customers", fields={"name": "x"}, encode_multipart=False)
    (one, two) = play(
        replaying(tmp_path),
        (Request("GET", "/v1/invoices", {"limit": 3}), Request("POST", "/v1/customers", {"name": "x"})),
        "theirs",
    )
    assert (one.response.json["object"], two.response.json["object"]) == ("list", "customer")


def test_scenarios_are_recorded_at_once_without_mixing(tmp_path):
    with miniature("good") as server:
        target = recording(HttpTarget(Settings("mini", server.url, key=KEY)), tmp_path, "mock")
        target.start()
        threads = [threading.Thread(target=play, args=(target, STEPS, f"s{n}")) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        target.stop()
    for n in range(8):
        assert play(replaying(tmp_path), STEPS, f"s{n}")
