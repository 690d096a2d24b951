# ruff: noqa: E501, ISC004 - messages stand on one line, as they are told
"""From files to scenarios: the model, matrices, setups by name, which files count, and every problem with its line."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.api_version import ApiVersion
from conformance.paths import data
from conformance.scenario import document
from conformance.scenario.loader import (
    Library,
    Setups,
    area,
    discover,
    discover_setups,
    examine,
    is_scenario_file,
    load,
)
from conformance.scenario.model import (
    Changes,
    Document,
    Eventually,
    Expect,
    Given,
    Reference,
    Request,
    Step,
    Template,
)
from conformance.scenario.problems import ScenarioProblem

Write = Callable[[str, str], Path]

WHOLE = """
id: whole
title: Everything a scenario can say
covers: [INV-TRN-004]
needs: [invoices.void]
versions: ">=2022-08-01 <2025-03-31.basil"
profile: billing
given:
  invoice: open-invoice
  other: {setup: draft-invoice-of, with: {customer: "${invoice.customer}", amount: 500}}
steps:
  - id: voided
    title: It is void
    request: POST /v1/invoices/${invoice.id}/void
    params: {expand: [customer], note: "$${literal}"}
    headers: {Idempotency-Key: k1}
    covers: [INV-TRN-011]
    needs: [expand]
    versions: ">=2025-03-31.basil"
    expect:
      status: 200
      headers: {idempotent-replayed: "true"}
      body: {status: void, lines: {data: {$length: 1}}}
      changes:
        since: ${invoice}
        to: {status: void, status_transitions.voided_at: {$now: 120s}}
  - id: read
    request: GET ${voided.url}
    eventually: {within: 2m, every: 250ms}
    expect:
      status: {$in: [200, 404]}
      error: {type: x}
      same_as: ${voided}
"""


def test_a_scenario_becomes_the_model(write: Write) -> None:
    (scenario,) = load(write("scenarios/lifecycle/whole.yaml", WHOLE)).scenarios
    assert (scenario.id, scenario.title, scenario.area, scenario.profile) == (
        "whole",
        "Everything a scenario can say",
        "lifecycle",
        "billing",
    )
    assert scenario.file == str(Path("scenarios", "lifecycle", "whole.yaml"))
    assert (scenario.covers, scenario.needs, scenario.row) == (("INV-TRN-004",), ("invoices.void",), None)
    assert ApiVersion.parse("2024-06-20") in scenario.versions
    assert ApiVersion.parse("2025-03-31.basil") not in scenario.versions
    assert scenario.given == (
        Given("invoice", "open-invoice"),
        Given("other", "draft-invoice-of", {"customer": Reference("invoice", ("customer",)), "amount": 500}),
    )
    voided, read = scenario.steps
    assert voided.request == Request(
        "POST",
        Template(("/v1/invoices/", Reference("invoice", ("id",)), "/void")),
        {"expand": ["customer"], "note": "${literal}"},
        {"Idempotency-Key": "k1"},
    )
    assert voided.expect == Expect(
        status=200,
        headers={"idempotent-replayed": "true"},
        body={"status": "void", "lines": {"data": {"$length": 1}}},
        changes=Changes(Reference("invoice"), {"status": "void", "status_transitions.voided_at": {"$now": "120s"}}),
    )
    assert (voided.title, voided.covers, voided.needs, str(voided.versions)) == (
        "It is void",
        ("INV-TRN-011",),
        ("expand",),
        ">=2025-03-31.basil",
    )
    assert read == Step(
        id="read",
        index=1,
        request=Request("GET", Reference("voided", ("url",))),
        expect=Expect(status={"$in": [200, 404]}, error={"type": "x"}, same_as=Reference("voided")),
        eventually=Eventually(within=120.0, every=0.25),
    )


def test_a_setup_becomes_the_model() -> None:
    setup = load(data("scenarios") / "setups" / "open-invoice.yaml").setup
    assert setup is not None
    assert (setup.name, setup.arguments) == ("open-invoice", {"amount": 2000, "payment_method": "pm_card_visa"})
    assert setup.given[0].arguments["amount"] == Reference("with", ("amount",))
    assert setup.result == Reference("opened")


# --- matrices -----------------------------------------------------------------------------------------------------

MATRIX = """
id: by-status
title: A table
covers: [A-1]
versions: ">=2020-08-27"
matrix:
  - row: draft
    covers: [B-1]
    versions: ">=2022-08-01"
    needs: [invoices.void]
    title: Its own
    with: {setup: draft-invoice, status: 400, answer: {error: {message: "No ${invoice.id}"}}, word: now, on: true}
  - row: paid
    with:
      setup: {setup: paid-invoice, with: {amount: 5}}
      status: {$in: [200, 201]}
      answer: [1, {$now: 5s}]
      word: ${invoice.number}
      on: 7
given: {invoice: "${with.setup}"}
steps:
  - id: a
    request: POST /v1/invoices/${invoice.id}/${with.word}
    params: {deep: ["${with.answer}"], text: "is ${with.on}!"}
    expect: {status: "${with.status}", body: {x: "${with.answer}"}}
"""


def test_each_row_is_a_scenario_with_its_variables_put_in_as_trees(write: Write) -> None:
    draft, paid = load(write("by-status.yaml", MATRIX)).scenarios
    assert (draft.id, draft.row, paid.id, paid.row) == ("by-status[draft]", "draft", "by-status[paid]", "paid")
    assert draft.given == (Given("invoice", "draft-invoice"),)
    assert paid.given == (Given("invoice", "paid-invoice", {"amount": 5}),)
    assert (draft.steps[0].expect.status, paid.steps[0].expect.status) == (400, {"$in": [200, 201]})
    assert draft.steps[0].expect.body == {"x": {"error": {"message": Template(("No ", Reference("invoice", ("id",))))}}}
    assert paid.steps[0].expect.body == {"x": [1, {"$now": "5s"}]}
    assert paid.steps[0].request.params["deep"] == [[1, {"$now": "5s"}]]


def test_a_variable_in_text_is_put_in_as_text_and_may_hold_a_reference(write: Write) -> None:
    draft, paid = load(write("by-status.yaml", MATRIX)).scenarios
    assert draft.steps[0].request.path == Template(("/v1/invoices/", Reference("invoice", ("id",)), "/now"))
    assert paid.steps[0].request.path == Template(
        ("/v1/invoices/", Reference("invoice", ("id",)), "/", Reference("invoice", ("number",)))
    )
    assert (draft.steps[0].request.params["text"], paid.steps[0].request.params["text"]) == ("is true!", "is 7!")


def test_what_a_row_says_replaces_what_the_file_says(write: Write) -> None:
    draft, paid = load(write("by-status.yaml", MATRIX)).scenarios
    assert (draft.covers, draft.needs, str(draft.versions), draft.title) == (
        ("B-1",),
        ("invoices.void",),
        ">=2022-08-01",
        "Its own",
    )
    assert (paid.covers, paid.needs, str(paid.versions), paid.title) == (("A-1",), (), ">=2020-08-27", "A table")


def test_a_variable_of_a_row_can_be_gone_into(write: Write) -> None:
    text = """
    id: m
    title: T
    matrix:
      - {row: a, with: {x: {y: [1, 2]}, ref: "${scenario}"}}
    steps:
      - {id: s, request: GET /v1, params: {p: "${with.x.y[1]}", q: "${with.ref.id}"}, expect: {status: 200}}
    """
    (row,) = load(write("m.yaml", text)).scenarios
    assert row.steps[0].request.params == {"p": 2, "q": Reference("scenario", ("id",))}


# --- which files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "looks"),
    [
        ("a.yaml", "id: a\ntitle: A\nsteps: []\n", True),
        ("a.yml", "steps:\n- x\nid: a\n", True),
        ("broken.yaml", "id: a\nsteps:\n  - id: [\n", True),
        ("without-id.yaml", "covers: [X]\nsteps: []\n", True),
        ("without-steps.yaml", "id: a\ngiven: {}\n", True),
        ("a.json", "id: a\nsteps: []\n", False),
        ("docker-compose.yml", "version: '3'\nservices:\n  web:\n    image: x\n", False),
        ("azure-pipelines.yml", "trigger:\n- main\nsteps:\n- script: echo\n", False),
        ("workflow.yml", "on: push\njobs:\n  a:\n    steps:\n      - id: x\n", False),
        ("cloudbuild.yaml", "steps:\n- id: build\n  name: docker\n", False),
        ("mkdocs.yml", "site_name: x\nnav: []\n", False),
        ("setups/s.yaml", "setup: s\ngiven: {}\nsteps: []\n", False),
        ("requirements/r.yaml", "area: x\nid: a\nsteps: []\n", False),
        ("empty.yaml", "", False),
    ],
)
def test_a_scenario_is_known_by_its_text_broken_or_not(write: Write, name: str, text: str, looks: bool) -> None:
    assert is_scenario_file(write(name, text)) is looks


def test_a_file_that_cannot_be_read_is_no_scenario(tmp_path: Path) -> None:
    assert not is_scenario_file(tmp_path / "gone.yaml")


def test_discover_walks_folders_in_order_and_takes_named_files_as_they_are(write: Write) -> None:
    for name in ("b/two.yaml", "b/one.yaml", "a/three.yml", "setups/s.yaml", ".git/x.yaml", "a/node_modules/y.yaml"):
        write(name, "id: x\nsteps: []\n")
    odd = write("odd.txt", "hello")
    write("compose.yaml", "services: {}\n")
    assert [str(path) for path in discover([Path(), odd, Path("b")])] == [
        "a/three.yml",
        "b/one.yaml",
        "b/two.yaml",
        "odd.txt",
    ]
    assert [str(path) for path in discover_setups(["."])] == ["setups/s.yaml"]


def test_a_path_that_is_not_there_is_said(write: Write) -> None:
    write("x.yaml", "")
    with pytest.raises(ScenarioProblem) as problem:
        discover(["nowhere"])
    assert str(problem.value) == "nowhere: no such file or folder [unreadable]"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/x/scenarios/lifecycle/a.yaml", "lifecycle"),
        ("/x/scenarios/lifecycle/deep/a.yaml", "lifecycle"),
        ("/x/scenarios/a.yaml", ""),
        ("/scenarios/x/scenarios/y/a.yaml", "y"),
        ("/x/billing/a.yaml", "billing"),
    ],
)
def test_the_area_is_the_folder_below_scenarios(path: str, name: str) -> None:
    assert area(Path(path)) == name


def test_a_file_is_parsed_once_and_again_when_it_changes(write: Write) -> None:
    path = write("m.yaml", MATRIX)
    assert load(path) is load(str(path)) is load(path.absolute())
    before = load(path)
    path.write_text(MATRIX.replace("A table", "Another table"))
    assert load(path) is not before
    assert load(path).scenarios[1].title == "Another table"


def test_two_libraries_share_what_was_parsed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("m.yaml", MATRIX)
    first = Library().load(path)
    monkeypatch.setattr(document.yaml, "compose", None)
    assert Library().load(path) is first


# --- setups -------------------------------------------------------------------------------------------------------

SETUP = """
setup: {name}
title: T
arguments: {{amount: 1}}
given: {{{given}}}
steps:
  - {{id: a, request: "POST /v1/customers", expect: {{status: 200}}}}
result: ${{a}}
"""
FLOW = """
id: flow
title: T
given: {{x: {setup}}}
steps:
  - {{id: s, request: GET /v1/invoices, expect: {{status: 200}}}}
"""


def test_setups_beside_and_above_a_scenario_are_found_up_to_the_top_of_the_project(
    write: Write, tmp_path: Path
) -> None:
    write("setups/above.yaml", SETUP.format(name="above", given=""))
    write("flows/setups/beside.yaml", SETUP.format(name="beside", given="y: above"))
    path = write("flows/flow.yaml", FLOW.format(setup="beside"))
    library = Library()
    assert library.load(path).scenarios[0].given == (Given("x", "beside"),)
    assert library.setups["above"].name == "above"
    assert "open-invoice" in library.setups
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "pyproject.toml").touch()
    with pytest.raises(ScenarioProblem, match="no setup 'above'"):
        Library().load(write("inner/flow.yaml", FLOW.format(setup="above")))


def test_a_setup_may_not_shadow_another_one(write: Write) -> None:
    write("setups/customer.yaml", SETUP.format(name="customer", given=""))
    path = write("flow.yaml", FLOW.format(setup="customer"))
    with pytest.raises(ScenarioProblem) as problem:
        Library().load(path)
    shipped = data("scenarios") / "setups" / "customer.yaml"
    assert str(problem.value) == (
        f"setups/customer.yaml: setup 'customer' is already in {shipped} [shadowed-setup] "
        "Give it another name: a setup means the same in every scenario."
    )


def test_a_copy_of_a_shipped_setup_shadows_nothing(write: Write) -> None:
    write("setups/x.yaml", "")
    Path("setups/x.yaml").unlink()
    Path("setups/customer.yaml").write_bytes((data("scenarios") / "setups" / "customer.yaml").read_bytes())
    assert Library().load(write("flow.yaml", FLOW.format(setup="customer"))).scenarios


def test_setups_are_read_when_they_are_asked_for(write: Write) -> None:
    write("setups/broken.yaml", "setup: [")
    write("setups/good.yaml", SETUP.format(name="good", given=""))
    setups = Setups()
    setups.add(Path("setups"))
    assert sorted(setups) == ["broken", "good"]
    assert len(setups) == 2
    assert setups["good"].name == "good"
    with pytest.raises(ScenarioProblem, match=r"setups/broken\.yaml.*not YAML"):
        setups["broken"]
    with pytest.raises(KeyError):
        setups["nowhere"]


def test_threads_that_ask_for_one_setup_get_one_setup(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("setups/slow.yaml", SETUP.format(name="slow", given="y: slower"))
    write("setups/slower.yaml", SETUP.format(name="slower", given=""))
    setups = Setups()
    setups.add(Path("setups"))

    def slowly(path: Path) -> Document:
        time.sleep(0.02)
        return load(path)

    monkeypatch.setattr("conformance.scenario.loader.load", slowly)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(setups.__getitem__, ["slow", "slower", "slow", "slower"]))
    assert found[0] is found[2]
    assert found[1] is found[3]


def test_every_shipped_file_loads_and_links() -> None:
    library = Library()
    for path in discover([data("scenarios")]):
        library.load(path)
    assert all(library.setups[name].name == name for name in library.setups)


# --- one test per problem, on the exact line ----------------------------------------------------------------------

STEP = "{id: s, request: GET /v1/invoices, expect: {status: 200}}"
SAYS = [
    ("", "f.yaml: a scenario is a mapping, this file is nothing [wrong-kind]"),
    ("- a\n", "f.yaml: a scenario is a mapping, this file is a list [wrong-kind]"),
    (f"title: T\nsteps: [{STEP}]", "f.yaml:1:1: 'id' is missing [missing-key]"),
    (f"id: f\nsteps: [{STEP}]", "f.yaml:1:1: 'title' is missing [missing-key]"),
    (f"id: f\ntitle: ''\nsteps: [{STEP}]", "f.yaml:2:1: 'title' is empty [missing-key]"),
    ("id: f\ntitle: T\n", "f.yaml:1:1: 'steps' is missing [missing-key]"),
    ("id: f\ntitle: T\nsteps: []", "f.yaml:3:1: a scenario has at least one step [missing-key]"),
    ("id: f\ntitle: T\nsteps: {}", "f.yaml:3:1: 'steps' takes a list, not a mapping [wrong-kind]"),
    ("id: f\ntitle: T\nsteps: [go]", "f.yaml:3:9: a step is a mapping, not text [wrong-kind]"),
    (
        f"id: f\ntitle: T\nneed: [x]\nsteps: [{STEP}]",
        "f.yaml:3:1: a scenario has no key 'need' [unknown-key] Did you mean 'needs'?",
    ),
    (
        f"id: f\ntitle: T\nzzzzzz: [x]\nsteps: [{STEP}]",
        "f.yaml:3:1: a scenario has no key 'zzzzzz' [unknown-key] There are: id, title, covers, needs, versions, profile, "
        "given, matrix, steps.",
    ),
    (
        f"id: a b\ntitle: T\nsteps: [{STEP}]",
        "f.yaml:1:1: 'id' cannot be 'a b' [bad-name] Use letters, digits and single hyphens: void-open-invoice.",
    ),
    (f"id: 7\ntitle: T\nsteps: [{STEP}]", "f.yaml:1:1: 'id' takes text, not a number [wrong-kind]"),
    (
        f"id: f\ntitle: T\nprofile: cor\nsteps: [{STEP}]",
        "f.yaml:3:1: no profile 'cor' [wrong-kind] Did you mean 'core'?",
    ),
    (
        f"id: f\ntitle: T\ncovers: INV-1\nsteps: [{STEP}]",
        "f.yaml:3:1: 'covers' takes a list of names, not text [wrong-kind] Write `covers: [NAME]`.",
    ),
    (
        f"id: f\ntitle: T\nversions: 2022\nsteps: [{STEP}]",
        "f.yaml:3:1: 'versions' takes text, not a number [wrong-kind]",
    ),
    (
        f"id: f\ntitle: T\nversions: '>=2022-8-1'\nsteps: [{STEP}]",
        "f.yaml:3:1: not an API version: '2022-8-1' [bad-window] "
        'Write bounds separated by a space: ">=2022-08-01 <2025-03-31.basil".',
    ),
    (
        f"id: f\ntitle: T\ngiven: [a]\nsteps: [{STEP}]",
        "f.yaml:3:1: 'given' takes a mapping, not a list [wrong-kind]",
    ),
    (
        f"id: f\ntitle: T\ngiven: {{a: 1}}\nsteps: [{STEP}]",
        "f.yaml:3:9: given 'a' takes a setup's name, not a number [wrong-kind] "
        "Write `name: setup` or `name: {setup: …, with: {…}}`.",
    ),
    (
        f"id: f\ntitle: T\ngiven: {{a b: customer}}\nsteps: [{STEP}]",
        "f.yaml:3:9: 'a b' cannot be referred to [bad-name] Use letters, digits, hyphens, underscores.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1}]",
        "f.yaml:3:9: 'expect' is missing [missing-key] Write at least `expect: {status: 200}`.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {body: {a: 1}}}]",
        "f.yaml:3:35: 'status' is missing in expect [missing-key] Say which HTTP status the answer has.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: ok}}]",
        "f.yaml:3:44: status is a number, not text [wrong-kind]",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, body: }}]",
        "f.yaml:3:57: body is empty [wrong-kind] Say what it holds, or leave the key out.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: FETCH /v1, expect: {status: 200}}]",
        "f.yaml:3:17: not a request: 'FETCH /v1' [bad-request] Write GET, POST or DELETE, a space, and a path such as /v1/invoices.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET v1, expect: {status: 200}}]",
        "f.yaml:3:17: not a request: 'GET v1' [bad-request] Write GET, POST or DELETE, a space, and a path such as /v1/invoices.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, expect: {status: 200}}]",
        "f.yaml:3:9: 'request' is missing [missing-key]",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expct: 1, expect: {status: 200}}]",
        "f.yaml:3:35: a step has no key 'expct' [unknown-key] Did you mean 'expect'?",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, eventually: {within: soon}, expect: {status: 200}}]",
        "f.yaml:3:48: not a duration: 'soon' [bad-duration] Write 500ms, 10s, 2m or 1h.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, eventually: {within: 0s}, expect: {status: 200}}]",
        "f.yaml:3:48: not a duration: '0s' [bad-duration] Write 500ms, 10s, 2m or 1h.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, eventually: {every: 1s}, expect: {status: 200}}]",
        "f.yaml:3:35: 'within' is missing [missing-key] Write `eventually: {within: 10s}`.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, same_as: voided}}]",
        "f.yaml:3:57: 'same_as' takes a reference such as ${invoice}, not text [wrong-kind]",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: GET /v1, expect: {status: 200, changes: {since: '${run.id}'}}}]",
        "f.yaml:3:57: 'to' is missing [missing-key] Say what changes; `to: {}` says that nothing does.",
    ),
    (
        "id: f\ntitle: T\nsteps: [{id: s, request: 'GET /v1/${x', expect: {status: 200}}]",
        "f.yaml:3:26: '${' without its '}' in 'GET /v1/${x' [reference-syntax] "
        "Write ${name.key[0].key}, or $${ for a literal ${.",
    ),
    (
        f"id: f\ntitle: T\nmatrix: []\nsteps: [{STEP}]",
        "f.yaml:3:1: 'matrix' takes a list of rows, not an empty one [wrong-kind]",
    ),
    (
        f"id: f\ntitle: T\nmatrix: [{{with: {{}}}}]\nsteps: [{STEP}]",
        "f.yaml:3:10: a row is a mapping with 'row', its name [missing-key]",
    ),
    (
        f"id: f\ntitle: T\nmatrix: [{{row: a}}, {{row: a}}]\nsteps: [{STEP}]",
        "f.yaml:3:21: row 'a' stands twice [bad-name]",
    ),
    (
        "id: f\ntitle: T\nmatrix: [{row: a, with: {status: 1}}]\n"
        "steps: [{id: s, request: GET /v1, expect: {status: '${with.statu}'}}]",
        "f.yaml:4:44: this row has no ${with.statu} (row 'a') [unknown-reference] Did you mean 'status'?",
    ),
    (
        "id: f\ntitle: T\nmatrix: [{row: a, with: {x: {}}}]\n"
        "steps: [{id: s, request: 'GET /v1/${with.x}', expect: {status: 200}}]",
        "f.yaml:4:17: ${with.x} is a mapping or a list, which cannot stand inside text (row 'a') [unknown-reference]",
    ),
    ("setup: f\ntitle: T\nsteps: []\n", "f.yaml:1:1: 'result' is missing [missing-key]"),
    (
        "setup: f\ntitle: T\nsteps: []\nresult: ${run.id}\ncovers: []\n",
        "f.yaml:5:1: a setup has no key 'covers' [unknown-key] There are: setup, title, arguments, given, steps, result.",
    ),
]


@pytest.mark.parametrize(("text", "line"), SAYS, ids=[line.split(": ", 1)[1][:60] for _, line in SAYS])
def test_a_problem_is_one_line_that_says_where_what_and_how_to_go_on(write: Write, text: str, line: str) -> None:
    path = write("f.yaml", text)
    assert line in [str(problem) for problem in examine(path).problems]
    with pytest.raises(ScenarioProblem):
        load(path)


def test_all_problems_of_a_file_are_collected_in_the_order_of_its_lines(write: Write) -> None:
    text = "id: f\nneed: []\nsteps:\n  - {id: s, request: GO, expect: {}}\n  - {id: s, reqest: 1}\n"
    assert [str(problem.place).removeprefix("f.yaml:") for problem in examine(write("f.yaml", text)).problems] == [
        "1:1", "2:1", "4:13", "4:26", "5:5", "5:5", "5:13",
    ]  # fmt: skip


LINKS = [
    (
        "given: {x: open-invoic}\nsteps: [{id: s, request: GET /v1, expect: {status: 200}}]",
        "f.yaml:3:9: no setup 'open-invoic' [unknown-setup] Did you mean 'open-invoice'?",
    ),
    (
        "given: {x: {setup: open-invoice, with: {amout: 1}}}\nsteps: [{id: s, request: GET /v1, expect: {status: 200}}]",
        "f.yaml:3:41: setup 'open-invoice' takes no 'amout' [unknown-argument] Did you mean 'amount'?",
    ),
    (
        "given: {invoice: open-invoice}\nsteps: [{id: s, request: 'GET /v1/${invioce.id}', expect: {status: 200}}]",
        "f.yaml:4:17: unknown reference ${invioce.id} [unknown-reference] Did you mean 'invoice'?",
    ),
    (
        "steps:\n  - {id: s, request: GET /v1, expect: {status: 200, body: {a: [1, '${t.id}']}}}\n"
        "  - {id: t, request: GET /v1, expect: {status: 200}}",
        "f.yaml:4:67: ${t.id} is used before 't' exists [unknown-reference] "
        "An answer has a name only after its own step: move this one down, or compare with $now.",
    ),
    (
        "steps: [{id: s, request: GET /v1, expect: {status: 200, same_as: '${s}'}}]",
        "f.yaml:3:57: ${s} is used before 's' exists [unknown-reference] "
        "An answer has a name only after its own step: move this one down, or compare with $now.",
    ),
    (
        "steps: [{id: s, request: GET /v1, params: {a: '${with.x}'}, expect: {status: 200}}]",
        "f.yaml:3:44: unknown reference ${with.x} [unknown-reference] Only a setup has arguments, and only a matrix has variables.",
    ),
    (
        "steps: [{id: s, request: GET /v1, params: {a: '${run.name}'}, expect: {status: 200}}]",
        "f.yaml:3:44: unknown reference ${run.name} [unknown-reference] There is ${run.id}.",
    ),
    (
        "steps: [{id: s, request: GET /v1, expect: {status: 200, changes: {since: '${x}', to: {}}}}]",
        "f.yaml:3:67: unknown reference ${x} [unknown-reference] There are: run, scenario.",
    ),
    (
        "given: {x: circular}\nsteps: [{id: s, request: GET /v1, expect: {status: 200}}]",
        "setups/circular.yaml: setup 'circular' needs itself: circular > circular [circular-setup]",
    ),
    (
        "given: {x: misnamed}\nsteps: [{id: s, request: GET /v1, expect: {status: 200}}]",
        "setups/misnamed.yaml:1:1: this file must hold the setup 'misnamed' [bad-name] A setup is in a file of its name.",
    ),
    (
        "given: {x: argues}\nsteps: [{id: s, request: GET /v1, expect: {status: 200}}]",
        "setups/argues.yaml:6:13: unknown reference ${with.amout} [unknown-reference] Did you mean 'amount'?",
    ),
]


@pytest.mark.parametrize(("text", "line"), LINKS, ids=[line.split(": ", 1)[1][:60] for _, line in LINKS])
def test_what_a_scenario_names_must_be_there(write: Write, text: str, line: str) -> None:
    write("setups/circular.yaml", SETUP.format(name="circular", given="y: circular"))
    write("setups/misnamed.yaml", SETUP.format(name="other", given=""))
    write("setups/argues.yaml", SETUP.format(name="argues", given="").replace("/customers", "/${with.amout}"))
    path = write("f.yaml", f"id: f\ntitle: T\n{text}\n")
    with pytest.raises(ScenarioProblem) as problem:
        Library().load(path)
    assert str(problem.value) == line


def test_names_of_a_row_are_checked_where_the_row_writes_them(write: Write) -> None:
    text = """
    id: f
    title: T
    matrix:
      - {row: a, with: {answer: {status: "${run.id}"}}}
      - {row: b, with: {answer: {status: "${nobody.id}"}}}
    steps: [{id: s, request: GET /v1, expect: {status: 200, body: "${with.answer}"}}]
    """
    with pytest.raises(ScenarioProblem) as problem:
        Library().load(write("f.yaml", text))
    assert str(problem.value).startswith("f.yaml:5:30: unknown reference ${nobody.id}")
