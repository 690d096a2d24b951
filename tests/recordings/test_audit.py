"""Audits of captures: what is right passes in every dialect, what is wrong is placed, what is told of the whole
file.
"""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.api_version import ApiVersion
from conformance.recordings import sources
from conformance.recordings.audit import Audit
from conformance.recordings.model import RecordingError
from conformance.results.model import Outcome, ScenarioResult
from tests.contract import bodies
from tests.contract.bodies import ACACIA, BASIL, CREATED, NEWEST
from tests.recordings import captures


def audit(*paths: Path, version: str | None = None) -> list[ScenarioResult]:
    return list(Audit(ApiVersion.parse(version) if version else None).run(paths))


def one(*paths: Path, version: str | None = None) -> ScenarioResult:
    (result,) = audit(*paths, version=version)
    return result


def told(result: ScenarioResult) -> list[tuple[str, str, Outcome]]:
    return [(check.aspect, check.path, check.outcome) for step in result.steps for check in step.checks]


@pytest.mark.parametrize("dialect", captures.DIALECTS)
def test_right_bodies_pass_in_every_dialect(tmp_path, dialect):
    result = one(captures.write(tmp_path, dialect, bodies.invoice(), bodies.invoice(status="paid")))
    assert result.outcome is Outcome.PASS, told(result)
    assert result.steps[0].passed == 2
    assert (result.tags["api-version"], result.tags["api-version-by"]) == (NEWEST, "header")


@pytest.mark.parametrize("dialect", captures.DIALECTS)
def test_a_wrong_body_fails_in_every_dialect_with_its_line(tmp_path, dialect):
    path = captures.write(tmp_path, dialect, bodies.invoice(), bodies.invoice(amount_due="3000"))
    result = one(path)
    assert result.outcome is Outcome.FAIL
    assert ("schema", "amount_due", Outcome.FAIL) in told(result)
    step = result.steps[1]
    assert step.operation == "GET /v1/invoices/{id}"
    assert step.place is not None
    assert step.place.file == path.as_posix()
    if dialect in {"rows.jsonl", "rows.jsonl.gz", "pairs.jsonl"}:
        assert step.place.line == 2
    if dialect.endswith((".yml", ".yaml")):
        assert path.read_text("utf-8", "replace").splitlines()[step.place.line - 1].startswith("- ")


@pytest.mark.parametrize("dialect", captures.DIALECTS)
def test_an_impossible_step_of_one_invoice_is_found_in_every_dialect(tmp_path, dialect):
    path = captures.write(tmp_path, dialect, bodies.invoice(status="paid"), bodies.invoice(status="open"))
    assert told(one(path)) == [("lifecycle", "status", Outcome.FAIL)]


def test_bodies_of_two_invoices_do_not_make_one_lifecycle(tmp_path):
    other = bodies.invoice(id="in_MadeHere2")
    other["lines"] |= {"url": "/v1/invoices/in_MadeHere2/lines", "data": []} | {"total_count": 0}
    other |= dict.fromkeys(("total", "subtotal", "total_excluding_tax", "subtotal_excluding_tax"), 0)
    other |= {"amount_due": 100, "amount_remaining": 100, "starting_balance": 100}
    result = one(captures.write(tmp_path, "ruby.yml", bodies.invoice(status="paid"), other))
    assert result.outcome is Outcome.PASS, told(result)


def test_a_replayed_answer_shows_an_old_status_and_is_no_step(tmp_path):
    rows = [
        {"method": "GET", "path": "/v1/invoices/in_MadeHere1", "status": 200, "body": bodies.invoice(status="paid")},
        {
            "method": "POST",
            "path": "/v1/invoices/in_MadeHere1/finalize",
            "status": 200,
            "body": bodies.invoice(),
            "headers": {"idempotent-replayed": "true"},
        },
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row | {"api_version": NEWEST}) + "\n" for row in rows))
    assert one(path).outcome is Outcome.PASS


def test_a_body_alone_is_judged_by_the_version_it_fits_best_and_the_range_is_told(tmp_path):
    path = tmp_path / "invoice.json"
    path.write_text(json.dumps(bodies.invoice(BASIL)))
    result = one(path)
    assert result.outcome in {Outcome.PASS, Outcome.OBSERVATION}, told(result)
    assert result.tags["api-version-by"] == "best fit"
    assert BASIL in result.tags["api-version-fits"]


def test_a_body_of_before_basil_fits_a_version_before_basil(tmp_path):
    path = tmp_path / "invoice.json"
    path.write_text(json.dumps(bodies.invoice(ACACIA)))
    result = one(path)
    assert result.outcome is not Outcome.FAIL
    assert result.tags["api-version"] < BASIL


def test_a_webhook_payload_is_judged_by_its_own_version(tmp_path):
    path = tmp_path / "event.json"
    path.write_text(json.dumps(bodies.event(bodies.invoice(ACACIA), ACACIA)))
    result = one(path)
    assert result.outcome is Outcome.PASS, told(result)
    assert (result.tags["api-version"], result.tags["api-version-by"]) == (ACACIA, "event")


def test_a_webhook_payload_without_a_version_is_judged_by_the_version_its_object_fits(tmp_path):
    path = tmp_path / "event.json"
    path.write_text(json.dumps(bodies.event(bodies.invoice(ACACIA), ACACIA, api_version=None)))
    result = one(path)
    assert result.outcome is not Outcome.FAIL, told(result)
    assert result.tags["api-version"] < BASIL


def test_webhooks_are_put_in_the_order_in_which_they_were_created(tmp_path):
    late = bodies.event(bodies.invoice(), created=CREATED + 1, id="evt_MadeHere2")
    path = tmp_path / "events.json"
    path.write_text(json.dumps([bodies.event(bodies.invoice(status="paid"), created=CREATED + 2), late]))
    assert one(path).outcome is Outcome.PASS
    path.write_text(
        json.dumps([bodies.event(bodies.invoice(status="paid")), bodies.event(bodies.invoice(), created=CREATED + 9)])
    )
    assert told(one(path)) == [("lifecycle", "data.object.status", Outcome.FAIL)]


def test_the_api_version_asked_for_judges_bodies_of_another_version(tmp_path):
    path = captures.write(tmp_path, "ruby.yml", bodies.invoice(ACACIA), version=ACACIA)
    assert one(path).outcome is Outcome.PASS
    result = one(path, version=BASIL)
    assert result.outcome is Outcome.FAIL
    assert ("removed", "charge", Outcome.FAIL) in told(result)
    assert f"judged by {BASIL}" in result.title


def test_a_request_that_the_version_would_refuse_is_found(tmp_path):
    row = {
        "method": "POST",
        "path": "/v1/invoiceitems",
        "status": 400,
        "params": {"price": "price_1"},
        "api_version": ACACIA,
    }
    good = row | {
        "status": 200,
        "body": bodies.skeleton("invoiceitem", ACACIA)
        | {"id": "ii_MadeHere1", "metadata": {}, "price": {"id": "price_1", "object": "price"}},
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row | {"body": bodies.error()}) + "\n" + json.dumps(good) + "\n")
    assert one(path).outcome is Outcome.PASS, told(one(path))
    assert ("schema", "params.price", Outcome.FAIL) in told(one(path, version=BASIL))


def test_mixed_versions_in_one_file_are_told(tmp_path):
    rows = [
        {
            "method": "GET",
            "path": "/v1/invoices/in_MadeHere1",
            "status": 200,
            "api_version": version,
            "body": bodies.invoice(version),
        }
        for version in (ACACIA, NEWEST)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert told(one(path)) == [("mixed-versions", "", Outcome.WARNING)]


@pytest.mark.parametrize(
    ("secret", "outcome"),
    [
        ("sk_" + "live_" + "a1" * 12, Outcome.FAIL),
        ("rk_" + "live_" + "a1" * 12, Outcome.FAIL),
        ("sk_" + "test_" + "a1" * 12, Outcome.WARNING),
        ("whsec_" + "a1" * 12, Outcome.WARNING),
    ],
)
@pytest.mark.parametrize("dialect", ["ruby.yml", "rows.jsonl", "browser.har"])
def test_a_secret_left_inside_is_told_and_not_repeated(tmp_path, dialect, secret, outcome):
    path = captures.write(tmp_path, dialect, bodies.invoice(), headers={"Authorization": f"Bearer {secret}"})
    result = one(path)
    assert [(check[0], check[2]) for check in told(result)] == [("secret", outcome)]
    assert secret not in repr([step.checks for step in result.steps])


def test_a_secret_in_a_body_alone_is_told(tmp_path):
    path = tmp_path / "invoice.json"
    path.write_text(json.dumps(bodies.invoice(description="sk_" + "live_" + "a1" * 12)))
    assert ("secret", "a live secret key", Outcome.FAIL) in told(one(path))


def test_a_masked_key_is_no_secret(tmp_path):
    path = captures.write(tmp_path, "ruby.yml", bodies.invoice(), headers={"Authorization": "Bearer <STRIPE_KEY>"})
    assert one(path).outcome is Outcome.PASS


def test_replaced_ids_are_told_and_ids_and_times_not_judged(tmp_path):
    body = bodies.invoice(id="in_NORMALIZED0001", created=bodies.CREATED + 9_999)
    result = one(captures.write(tmp_path, "ruby.yml", body))
    assert told(result) == [("edited", "", Outcome.OBSERVATION)]


def test_a_body_edited_by_hand_breaks_an_invariant(tmp_path):
    result = one(captures.write(tmp_path, "vcrpy.yaml", bodies.invoice(total=99)))
    assert ("invariant", "total", Outcome.FAIL) in told(result)


def test_live_data_is_told(tmp_path):
    result = one(captures.write(tmp_path, "ruby.yml", bodies.invoice(livemode=True)))
    assert told(result) == [("livemode", "", Outcome.WARNING)]


def test_an_unreadable_body_is_a_warning_and_the_rest_is_judged(tmp_path):
    path = captures.write(tmp_path, "ruby.yml", bodies.invoice())
    path.write_text(path.read_text().replace('{"', "<html>", 1))
    assert told(one(path)) == [("envelope", "", Outcome.WARNING)]


def test_a_file_without_stripes_bodies_is_not_applicable(tmp_path):
    path = tmp_path / "package.json"
    path.write_text('{"name": "x", "version": "1"}')
    result = one(path)
    assert (result.outcome, result.reason) == (Outcome.NOT_APPLICABLE, "nothing of Stripe's in it")


def test_recordings_of_one_file_are_results_of_their_own(tmp_path):
    rows = [
        {
            "method": "GET",
            "path": "/v1/invoices/in_MadeHere1",
            "status": 200,
            "api_version": NEWEST,
            "recording": name,
            "body": body,
        }
        for name, body in (("a", bodies.invoice(status="paid")), ("b", bodies.invoice()), ("a", bodies.invoice()))
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    results = audit(path)
    assert [result.id.partition("#")[2] for result in results] == ["a", "b", "a#2"]
    assert {result.outcome for result in results} == {Outcome.PASS}


def test_a_folder_is_read_whole_and_its_other_files_left_alone(tmp_path):
    (tmp_path / "deep").mkdir()
    captures.write(tmp_path / "deep", "ruby.yml", bodies.invoice())
    captures.write(tmp_path, "rows.jsonl", bodies.invoice())
    (tmp_path / "notes.txt").write_text("hello")
    assert len(audit(tmp_path)) == 2


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.yml", "http_interactions:\n- request: [", "a.yml:3"),
        ("a.jsonl", '{"a": 1}\nnope\n', "a.jsonl:2"),
        ("a.json", '{"log": {"entries": [{"request": ', "a.json:1"),
        ("a.json", "[1, 2] 3", "a.json:1"),
    ],
)
def test_a_broken_file_is_one_line_with_its_place(tmp_path, name, text, place):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(RecordingError) as caught:
        audit(path)
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(RecordingError, match="no such file"):
        audit(tmp_path / "nothing.yml")
    with pytest.raises(RecordingError, match="no captures"):
        audit(tmp_path)


def test_many_equal_findings_are_kept_twice_and_counted(tmp_path):
    result = one(captures.write(tmp_path, "rows.jsonl", *[bodies.invoice(total=99) for _ in range(50)]))
    assert sum(check.path == "total" for step in result.steps for check in step.checks) == 2
    assert int(result.tags["not-listed"].split()[0]) > 90


@pytest.mark.parametrize("dialect", ["ruby.yml", "vcrpy.json", "rows.jsonl", "browser.har"])
def test_memory_does_not_grow_with_the_file(tmp_path, dialect):
    peaks = []
    for number in (40, 400):
        path = captures.write(tmp_path, dialect, *[bodies.invoice(total=number) for _ in range(number)])
        audit(path)  # what is made once is made
        tracemalloc.start()
        audit(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + 300_000, peaks


def test_an_alias_in_yaml_multiplies_nothing(tmp_path):
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + "".join(f"k{n}: &k{n} [*c, *c]\n" for n in range(5))
    path = tmp_path / "bomb.yml"
    path.write_text(bomb + "http_interactions: []\n")
    assert one(path).outcome is Outcome.NOT_APPLICABLE


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "object",
                        "id",
                        "data",
                        "status",
                        "method",
                        "path",
                        "body",
                        "request",
                        "response",
                        "headers",
                        "url",
                        "api_version",
                        "recording",
                        "lines",
                        "params",
                        "livemode",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=25,
    )
)
def test_any_json_line_is_read_and_judged_without_an_error(tmp_path_factory, row):
    path = tmp_path_factory.mktemp("any") / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    audit(path)


def test_json_is_read_over_the_edges_of_its_window(tmp_path):
    path = tmp_path / "list.json"
    rows = [bodies.invoice(description="é" * size) for size in (10, 70_000, 3)]
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    assert [item.body["description"] for item in sources.read(path)] == [row["description"] for row in rows]
