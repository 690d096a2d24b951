from __future__ import annotations

import csv
from pathlib import Path

import pytest

from conformance.api_version import ApiVersion
from conformance.contract import requirements
from conformance.contract.requirements import Requirement, RequirementsError, load, verdict_on_failure

CATALOGUE = Path(__file__).parents[3] / "shared" / "facts" / "catalogue.csv"

ENTRY = """\
area: own
title: Ours
requirements:
  - id: ACME-INV-1
    level: must
    confidence: high
    provenance: documented
    statement: We say so.
    source: our handbook
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def problem_of(tmp_path: Path, text: str) -> str:
    with pytest.raises(RequirementsError) as caught:
        load(folder_with(tmp_path, text))
    return str(caught.value)


#: Entries that were corrected after the catalogue was made, and why (`docs/DOUBTS.md`).
CORRECTED = {
    "INV-API-020": "neither of the recorded 401s has a request id or a version",
    "INV-ARI-040": "overpayment is documented for one kind of payment only",
    "INV-FIN-005": "recorded on paid invoices: of void and uncollectible only the refusal is sure",
    "INV-TRN-008": "the documentation and a live probe contradict each other",
    "INV-TRN-012": "recorded on draft and paid invoices: the words on a void one are not",
    "INV-TRN-015": "what voiding does there is INV-TRN-008's to say",
    "INV-SND-003": "a new account may not write to customers: its /send is refused, and tells nothing",
    "INV-SND-004": "nobody sees an e-mail that is not sent",
    "INV-PRV-009": "pending items are documented for a subscription's next invoice only",
    "INV-SUB-012": "the order of lines is INV-OBJ-021's to say",
    "INV-EVT-008": "recorded in accounts of one version: which events come hangs on the account",
    "INV-EVT-016": "a new account may not write to customers: its /send is refused, and tells nothing",
    "INV-EVT-017": "recorded in one account of one version: which events come hangs on the account",
}


def test_every_catalogued_behaviour_is_a_requirement_of_its_area() -> None:
    shipped = load()
    assert len(shipped) >= 485
    for requirement in shipped.values():
        assert requirement.file == f"scenarios/requirements/{requirement.area}.yaml"
        assert requirements.AREAS[requirement.id.split("-")[1]] == requirement.area


@pytest.mark.skipif(not CATALOGUE.is_file(), reason="the research catalogue is not beside this checkout")
def test_nothing_of_the_catalogue_was_lost_or_changed_on_the_way() -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shipped = load()
    assert {row["id"] for row in rows} <= set(shipped)
    changed = {row["id"] for row in rows if _entry(shipped[row["id"]]) != _row(row)}
    assert changed == CORRECTED.keys()


def _entry(one: Requirement) -> tuple[str, str, bool, str]:
    return one.level, one.confidence, one.provenance == "recorded", one.statement


def _row(row: dict[str, str]) -> tuple[str, str, bool, str]:
    return row["level"].lower(), row["confidence"], row["recorded"] == "yes", " ".join(row["statement"].split())


def test_get_reads_only_the_area_the_id_belongs_to() -> None:
    requirements._shipped.cache_clear()
    found = requirements.get("INV-FIN-006")
    assert found is not None
    assert found.area == "finalize"
    assert requirements._shipped.cache_info().currsize == 1


@pytest.mark.parametrize("unknown", ["INV-FIN-999", "INV-XXX-001", "ACME-1", "", "INV-FIN-006-7"])
def test_an_unknown_id_is_no_requirement(unknown: str) -> None:
    assert requirements.get(unknown) is None


def test_the_line_of_a_requirement_is_where_its_entry_begins() -> None:
    found = requirements.get("INV-CRE-002")
    assert found is not None
    file = Path(__file__).parents[2] / found.file
    assert file.read_text(encoding="utf-8").splitlines()[found.line - 1] == "  - id: INV-CRE-002"


@pytest.mark.parametrize(
    ("requirement_id", "verdict"),
    [
        ("INV-FIN-006", "fail"),  # must, high, recorded
        ("INV-TRN-004", "fail"),  # must, medium, documented
        ("INV-PAY-009", "observation"),  # should, but only third parties say so
        ("INV-SND-005", "warning"),  # should, medium, recorded
        ("INV-OBJ-032", "observation"),  # may
        ("INV-PAY-020", "observation"),  # should, low
        ("INV-SUB-006", "observation"),  # must, high, but inferred
        ("INV-API-025", "observation"),  # must, high, but nobody can see it
    ],
)
def test_only_a_sure_must_fails_a_target(requirement_id: str, verdict: str) -> None:
    found = requirements.get(requirement_id)
    assert found is not None
    assert verdict_on_failure(found) == verdict


@pytest.mark.parametrize(
    ("requirement_id", "inside", "outside"),
    [
        ("INV-CRE-002", "2020-08-27", "2022-08-01"),
        ("INV-CRE-004", "2022-08-01", "2020-08-27"),
        ("INV-PAY-018", "2024-06-20", "2025-03-31.basil"),
        ("INV-CRE-008", "2026-08-26.dahlia", "2025-11-17.clover"),
        ("INV-PAY-003", "2020-08-27", "2022-11-15"),
    ],
)
def test_a_window_is_no_wider_than_its_source(requirement_id: str, inside: str, outside: str) -> None:
    found = requirements.get(requirement_id)
    assert found is not None
    assert ApiVersion.parse(inside) in found.versions
    assert ApiVersion.parse(outside) not in found.versions


def test_a_users_folder_has_the_same_form(tmp_path: Path) -> None:
    found = load(folder_with(tmp_path, ENTRY))
    assert list(found) == ["ACME-INV-1"]
    one = found["ACME-INV-1"]
    assert (one.level, one.area, one.line, one.observable) == ("must", "own", 4, "yes")
    assert str(one.versions) == "all"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("level: must", "level: musst"),
            "own.yaml:5:12: 'level' cannot be 'musst' [requirements] Did you mean 'must'?",
        ),
        (
            ("source: our", "sourse: our"),
            "own.yaml:9:13: a requirement has no 'sourse' [requirements] Did you mean 'source'?",
        ),
        (("    source: our handbook\n", ""), "own.yaml:4:5: 'source' is missing"),
        (("id: ACME-INV-1", "id: acme 1"), "own.yaml:4:9: not a requirement id: 'acme 1'"),
        (
            ("id: ACME-INV-1", "id: INV-FIN-006"),
            "requirement INV-FIN-006 is defined twice [requirements] First at scenarios/",
        ),
        (("statement: We say so.", 'statement: x\n    versions: ">=tomorrow"'), "not an API version: 'tomorrow'"),
        (("statement: We say so.", "statement: [a]"), "own.yaml:8:16: 'statement' must be text"),
        (("statement: We say so.", "statement: [[[[[[a]]]]]]"), "nested too deeply"),
        (("statement: We say so.", "statement: *x"), "aliases are not allowed"),
        (("statement: We say so.", "level: may\n    statement: x"), "'level' stands twice"),
        (("  - id: ACME-INV-1", "  - id: [unclosed"), "not YAML"),
        (("requirements:", "requirement:"), "a file of requirements has no 'requirement' [requirements] Did you mean"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert ENTRY.replace(*change) != ENTRY
    assert message in problem_of(tmp_path, ENTRY.replace(*change))


def test_an_id_may_stand_once_in_a_folder(tmp_path: Path) -> None:
    entry = ENTRY.split("requirements:\n")[1]
    assert "requirement ACME-INV-1 is defined twice [requirements] First at line 4" in problem_of(
        tmp_path, ENTRY + entry
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "just text\n", "- a\n"])
def test_a_file_without_requirements_is_refused(tmp_path: Path, text: str) -> None:
    assert "own.yaml" in problem_of(tmp_path, text)


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    assert "larger than" in problem_of(tmp_path, "a" * (requirements.MAX_BYTES + 1))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match="no such folder"):
        load(tmp_path / "nowhere")
