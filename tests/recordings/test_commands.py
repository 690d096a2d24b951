"""The commands `audit`, `schema` and `versions`, as a user calls them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from conformance.cli.main import main
from conformance.errors import ExitCode
from tests.contract import bodies
from tests.contract.bodies import ACACIA, BASIL, NEWEST
from tests.recordings import captures


def test_an_audit_that_finds_nothing_exits_with_0(tmp_path, capsys):
    path = captures.write(tmp_path, "ruby.yml", bodies.invoice())
    assert main(["audit", str(path)]) == ExitCode.CONFORMS
    assert "CONFORMS" in capsys.readouterr().out


def test_an_audit_that_finds_a_failure_exits_with_1_and_writes_the_reports(tmp_path, capsys):
    path = captures.write(tmp_path, "ruby.yml", bodies.invoice(total=1))
    html, junit, markdown = tmp_path / "a.html", tmp_path / "a.xml", tmp_path / "a.md"
    reports = ["--html", str(html), "--junit", str(junit), "--markdown", str(markdown)]
    assert main(["audit", str(path), *reports, "--journal", str(tmp_path / "j.ndjson")]) == ExitCode.NONCONFORMING
    out = capsys.readouterr().out
    assert "NOT CONFORMANT" in out
    assert "ruby.yml:2" in out
    assert "INV-ARI-056" in html.read_text("utf-8")
    assert ET.parse(junit).getroot().find(".//failure") is not None
    assert "total" in markdown.read_text("utf-8")


def test_the_journal_of_an_audit_is_a_journal(tmp_path):
    from conformance.results.reading import read

    path = captures.write(tmp_path, "ruby.yml", bodies.invoice(total=1))
    main(["audit", str(path), "--journal", str(tmp_path / "j.ndjson")])
    run = read(tmp_path / "j.ndjson", validate=True)
    assert [scenario.area for scenario in run.scenarios] == ["recordings"]
    assert run.footer is not None
    assert run.footer.complete


def test_verbose_says_which_version_each_recording_is_of_and_who_says_so(tmp_path, capsys):
    captures.write(tmp_path, "ruby.yml", bodies.invoice())
    (tmp_path / "body.json").write_text(json.dumps(bodies.invoice(BASIL)))
    assert main(["audit", str(tmp_path), "-v"]) == ExitCode.CONFORMS
    out = capsys.readouterr().out
    assert f"1 bodies of {NEWEST} (header)" in out
    assert "best fit: " in out


def test_an_audit_at_a_version_asks_whether_it_would_still_be_right(tmp_path, capsys):
    path = captures.write(tmp_path, "ruby.yml", bodies.invoice(ACACIA), version=ACACIA)
    assert main(["audit", str(path)]) == ExitCode.CONFORMS
    assert main(["audit", str(path), "--api-version", "newest"]) == ExitCode.NONCONFORMING
    assert "removed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["nothing.yml"], "no such file"), (["--api-version", "2025-03-30", "."], "no known API version"), ([], "FILE")],
)
def test_a_usage_error_is_one_line_and_exits_with_4(tmp_path, capsys, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    assert main(["audit", *arguments]) == ExitCode.USAGE
    assert told in capsys.readouterr().err


def test_a_secret_occurs_in_no_artifact_of_an_audit(tmp_path, capsys):
    secret = "sk_" + "live_" + "c4naryC4nary99"  # shorter than Stripe's, and all the same
    long = secret + "c4naryC4nary99"
    path = captures.write(
        tmp_path, "ruby.yml", bodies.invoice(total=1, description=f"key {long}"), headers={"X-Key": long}
    )
    files = [tmp_path / name for name in ("a.html", "a.xml", "a.md", "j.ndjson")]
    options = [
        word
        for name, file in zip(("html", "junit", "markdown", "journal"), files, strict=True)
        for word in (f"--{name}", str(file))
    ]
    assert main(["audit", str(path), *options]) == ExitCode.NONCONFORMING
    printed = capsys.readouterr()
    for text in (printed.out, printed.err, *(file.read_text("utf-8") for file in files)):
        assert "c4naryC4nary99" not in text


def test_versions_are_listed_oldest_first(capsys):
    assert main(["versions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2019-12-03")
    assert lines[-1].startswith(NEWEST)
    assert main(["versions", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["version"] == NEWEST


@pytest.mark.parametrize("style", ["text", "markdown", "json"])
def test_a_diff_of_versions_names_what_changes(capsys, style):
    assert main(["versions", "diff", ACACIA, BASIL, "--format", style]) == 0
    out = capsys.readouterr().out
    for word in (
        "invoice.charge",
        "invoice_payment",
        "INV-VER-012",
        "POST /v1/invoiceitems.price",
        "/v1/invoices/upcoming",
    ):
        assert word in out
    if style == "json":
        assert len(json.loads(out)["bodies"]["removed"]) == 35


def test_an_unknown_version_is_told_with_the_nearest(capsys):
    assert main(["versions", "diff", "2025-03-31.basl", "newest"]) == ExitCode.USAGE
    assert "Did you mean '2025-03-31.basil'?" in capsys.readouterr().err


def test_a_schema_is_shown_at_a_version(capsys):
    assert main(["schema", "show", "invoice", "--api-version", BASIL]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(bodies.invoice(BASIL))
    assert main(["schema", "show", "list<invoice>", "--compact"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_our_own_files_have_schemas_too(capsys):
    assert main(["schema", "show", "scenario"]) == 0
    assert "$schema" in json.loads(capsys.readouterr().out)
    assert main(["schema", "list"]) == 0
    assert "credit_note" in capsys.readouterr().out


def test_parameters_of_an_operation_are_listed(capsys):
    assert main(["schema", "params", "POST /v1/invoices/{id}/pay"]) == 0
    assert "paid_out_of_band boolean" in capsys.readouterr().out
    assert main(["schema", "params", "POST /v1/invoices/{id}/pya"]) == ExitCode.USAGE
    assert "Did you mean" in capsys.readouterr().err


def test_an_unknown_schema_is_told_with_the_nearest(capsys):
    assert main(["schema", "show", "invoce"]) == ExitCode.USAGE
    assert "Did you mean 'invoice'?" in capsys.readouterr().err
