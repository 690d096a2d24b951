# ruff: noqa: E501, ISC004 - messages stand on one line, as they are told
"""Each rule of lint: the exact line where it applies, and silence where it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.api_version import ApiVersion
from conformance.scenario.lint import RULES, Vocabulary, lint
from conformance.scenario.loader import Library, examine

Write = Callable[[str, str], Path]

REQUIREMENTS = {"INV-TRN-004": True, "INV-TRN-005": True, "INV-LOW-001": False}
VERSIONS = tuple(map(ApiVersion.parse, ("2022-08-01", "2025-03-31.basil")))


def vocabulary() -> Vocabulary:
    return Vocabulary(REQUIREMENTS, ("invoices.void", "credit_notes"), Library().setups, VERSIONS)


def lines(*paths: Path) -> list[str]:
    examined = [examine(path) for path in paths]
    assert [str(problem) for one in examined for problem in one.problems] == []
    return list(map(str, lint([one.document for one in examined if one.document], vocabulary())))


HEAD = "id: f\ntitle: T\ncovers: [INV-TRN-004]\n"


def get(expect: str, more: str = "", path: str = "/v1/invoices/${i.id}", step: str = "s") -> str:
    return f"  - {{id: {step}, request: 'GET {path}', {more}expect: {{{expect}}}}}\n"


def flow(*steps: str, head: str = HEAD, given: str = "i: open-invoice") -> str:
    return f"{head}given: {{{given}}}\nsteps:\n{''.join(steps)}"


FINE = flow(get("status: 200, body: {status: open}"))
SAYS = {
    "an unknown matcher": (
        flow(get("status: 200, body: {a: {$mach: x}}")),
        "f.yaml:6:83: error: no matcher '$mach' here [unknown-matcher] Did you mean '$match'?",
    ),
    "a matcher that is malformed": (
        flow(get("status: 200, body: {a: {$now: soon}}")),
        "f.yaml:6:83: error: $now takes a duration such as 120s, not 'soon' [matcher]",
    ),
    "a matcher within a matcher": (
        flow(get("status: 200, body: {a: {$all: [{$type: int}]}}")),
        "f.yaml:6:91: error: $type takes a JSON type or a list of them (string, integer, number, boolean, object, list, null, "
        "timestamp), not 'int' [matcher]",
    ),
    "a matcher that does not stand alone": (
        flow(get("status: 200, body: {a: {$gt: 1, $lt: 5}}")),
        "f.yaml:6:83: error: $gt stands beside '$lt' [matcher] A matcher stands alone; $all joins several.",
    ),
    "a matcher where values are sent": (
        flow(get("status: 200", "params: {a: {$type: string}}, ")),
        "f.yaml:6:63: error: no matcher '$type' here [unknown-matcher] Did you mean '$time'?",
    ),
    "a malformed time": (
        flow(get("status: 200", "params: {a: {$time: {after: now}}}, ")),
        "f.yaml:6:63: error: $time takes after, and plus or minus: {after: ${customer.created}, plus: 30d}, "
        "not {'after': 'now'} [matcher]",
    ),
    "a matcher in a setup's argument": (
        flow(get("status: 200, body: {a: '${i.id}'}"), given="i: {setup: open-invoice, with: {amount: {$gt: 5}}}"),
        "f.yaml:4:50: error: no matcher '$gt' here [unknown-matcher] There are: $time, $versions.",
    ),
    "an empty body": (
        flow(get("status: 200, body: {}")),
        "f.yaml:6:72: error: an empty mapping demands nothing of an object [cannot-fail] "
        "Write {$exactly: {}} for an empty object, {$type: object} for any.",
    ),
    "an empty mapping inside a body": (
        flow(get("status: 200, body: {metadata: {}}")),
        "f.yaml:6:79: error: an empty mapping demands nothing of an object [cannot-fail] "
        "Write {$exactly: {}} for an empty object, {$type: object} for any.",
    ),
    "a pattern that everything matches": (
        flow(get("status: 200, body: {a: {$match: '.*'}}")),
        "f.yaml:6:79: error: every string matches '.*' [cannot-fail] Write {$type: string}, or the part that matters.",
    ),
    "every type": (
        flow(get("status: 200, body: {a: {$type: [string, number, boolean, object, list, 'null']}}")),
        "f.yaml:6:79: error: every value has one of these types [cannot-fail] Name the types that are right.",
    ),
    "any length": (
        flow(get("status: 200, body: {a: {$length: {$gte: 0}}}")),
        "f.yaml:6:79: error: every length is at least 0 [cannot-fail] Say how long it is.",
    ),
    "an id of somebody's account": (
        flow(get("status: 200, body: {a: cus_NffrFeUfNV2Hib}")),
        "f.yaml:6:79: error: 'cus_NffrFeUfNV2Hib' exists in one account only [hard-coded-id] "
        "Make the object in a step or a setup and refer to it; $id and $symbol match ids.",
    ),
    "an id in a path": (
        flow(get("status: 200", path="/v1/invoices/in_1MtHbELkdIwHu7ixl4OzzPMv/lines"), given=""),
        "f.yaml:6:13: error: 'in_1MtHbELkdIwHu7ixl4OzzPMv' exists in one account only [hard-coded-id] "
        "Make the object in a step or a setup and refer to it; $id and $symbol match ids.",
    ),
    "an error status alone": (
        flow(get("status: 404")),
        "f.yaml:6:59: error: a status-only negative check is worthless: any broken route passes it [status-only-error] "
        "Say what the error is: error: {type: …, code: …, message: …}.",
    ),
    "an error that is only there": (
        flow(get("status: {$in: [400, 404]}, error: {type: {$present: true}, param: id}")),
        "f.yaml:6:59: error: a status-only negative check is worthless: any broken route passes it [status-only-error] "
        "Say what the error is: error: {type: …, code: …, message: …}.",
    ),
    "a polled write": (
        flow(
            "  - {id: w, request: 'POST /v1/invoices/${i.id}/void', eventually: {within: 1s}, expect: {status: 200}}\n",
            get("status: 200"),
        ),
        "f.yaml:6:56: error: eventually repeats its request, and this one is a POST [eventually-on-write] "
        "Poll with a GET in a step of its own.",
    ),
    "a write that is never read back": (
        flow(get("status: 200"), "  - {id: w, request: 'POST /v1/invoices/${i.id}/void', expect: {status: 200}}\n"),
        "f.yaml:7:13: warning: what 'w' wrote is never read back [no-read-back] End with a GET that checks what is there now.",
    ),
    "a list of everything": (
        flow(get("status: 200", "params: {limit: 3}, ", "/v1/invoices"), given=""),
        "f.yaml:6:13: warning: this lists what other scenarios made too: no customer or subscription [unfiltered-list] "
        "Give the parameter 'customer'.",
    ),
    "an unknown requirement": (
        FINE.replace("004", "04"),
        "f.yaml:3:10: error: no requirement 'INV-TRN-04' [unknown-requirement] Did you mean 'INV-TRN-004'?",
    ),
    "an unknown requirement of a step": (
        flow(get("status: 200", "covers: [INV-TRN-004, INV-TRN-009], ")),
        "f.yaml:6:72: error: no requirement 'INV-TRN-009' [unknown-requirement] Did you mean 'INV-TRN-005'?",
    ),
    "covers missing": (
        FINE.replace("covers: [INV-TRN-004]\n", ""),
        "f.yaml:1:1: error: 'covers' is missing [covers-nothing] Name a requirement, or an id of your own such as BILL-7.",
    ),
    "covers missing on one step": (
        flow(get("status: 200", "covers: [INV-TRN-004], "), get("status: 200", step="t"), head="id: f\ntitle: T\n"),
        "f.yaml:6:6: error: step 't' covers nothing [covers-nothing] Name a requirement, or an id of your own such as BILL-7.",
    ),
    "requirements that cannot share a verdict": (
        FINE.replace("[INV-TRN-004]", "[INV-TRN-004, INV-LOW-001]"),
        "f.yaml:3:1: error: INV-TRN-004 fails a target, INV-LOW-001 must not: step 's' covers both [mixed-covers] "
        "Give each its own step.",
    ),
    "requirements of a step that cannot share a verdict": (
        flow(get("status: 200", "covers: [INV-LOW-001, BILL-7], ")),
        "f.yaml:6:50: error: BILL-7 fails a target, INV-LOW-001 must not: step 's' covers both [mixed-covers] "
        "Give each its own step.",
    ),
    "an unknown capability": (
        FINE.replace("title: T\n", "title: T\nneeds: [invoice.void]\n"),
        "f.yaml:3:9: error: no capability 'invoice.void' [unknown-capability] Did you mean 'invoices.void'?",
    ),
    "a version that never was": (
        FINE.replace("title: T\n", "title: T\nversions: '>=2025-03-31.basic'\n"),
        "f.yaml:3:1: error: no API version 2025-03-31.basic [unknown-version] Did you mean '2025-03-31.basil'?",
    ),
    "another file name": (
        FINE.replace("id: f", "id: g"),
        "f.yaml:1:1: error: id 'g' is in a file named 'f' [file-name] Give both one name.",
    ),
    "a step that shadows a given": (
        flow(get("status: 200, body: {id: '${i.id}'}", step="i")),
        "f.yaml:6:6: error: 'i' is already a given [shadowed-name] Choose another name.",
    ),
    "two steps of one name": (
        flow(get("status: 200"), get("status: 200")),
        "f.yaml:7:6: error: 's' is already a step [shadowed-name] Choose another name.",
    ),
    "a reserved name": (
        flow(get("status: 200", step="run")),
        "f.yaml:6:6: error: 'run' is already part of the language [shadowed-name] Choose another name.",
    ),
    "a prelude for nothing": (
        flow(get("status: 200"), given="i: open-invoice, j: customer"),
        "f.yaml:4:26: warning: nothing refers to 'j' [unused-given] Leave it out.",
    ),
    "an unknown reference": (
        flow(
            get("status: 200, body: {a: '${invoices.id}'}", path="/v1/invoices/${invoice.id}"),
            given="invoice: open-invoice",
        ),
        "f.yaml:6:85: error: unknown reference ${invoices.id} [unknown-reference] Did you mean 'invoice'?",
    ),
    "an unknown setup": (
        flow(get("status: 200"), given="i: open-invoices"),
        "f.yaml:4:9: error: no setup 'open-invoices' [unknown-setup] Did you mean 'open-invoice'?",
    ),
    "an unknown argument": (
        flow(get("status: 200"), given="i: {setup: open-invoice, with: {ammount: 1}}"),
        "f.yaml:4:41: error: setup 'open-invoice' takes no 'ammount' [unknown-argument] Did you mean 'amount'?",
    ),
}


@pytest.mark.parametrize(("text", "line"), SAYS.values(), ids=SAYS.keys())
def test_a_rule_says_where_what_and_how_to_go_on(write: Write, text: str, line: str) -> None:
    assert lines(write("f.yaml", text)) == [line]


SILENT = {
    "a plain scenario": FINE,
    "every matcher in its place": flow(
        get(
            "status: {$in: [200]}, headers: {a: {$match: b+}}, body: {a: {$absent: true}, b: {$present: true}, "
            "c: {$all: [{$length: 2}, {$each: {x: {$id: in}}}]}, d: {$near: {to: '${i.created}', plus: 1d, within: 5s}}, "
            "e: {$unordered: [1, {$symbol: p}]}, f: {$exactly: {}}, g: {$keys: [a]}, h: {$decimal: '12.5'}, "
            "j: {$between: [1, '${i.total}']}, k: {$not: {$type: 'null'}}, "
            "l: {$versions: {'>=2022-08-01': {$now: 2m}, '<2022-08-01': {$absent: true}}}, m: {$contains: {x: 1}}}",
            "params: {due: {$time: {after: '${i.created}', minus: 2h}}, b: {$versions: {'>=2022-08-01': 1}}}, ",
        )
    ),
    "a pattern that matters": flow(get("status: 200, body: {a: {$match: '.+'}, b: {$match: 'in_.*'}}")),
    "a price written with a dollar": flow(get("status: 200, body: {a: 'for $5'}")),
    "an id made up for an error": flow(
        get("status: 404, error: {type: invalid_request_error}", path="/v1/invoices/in_1MtHbELkdIwHu7ixl4OzzPMv"),
        given="",
    ),
    "words that look like ids": flow(get("status: 200, body: {a: pm_card_visa, b: pi_payment_intent, c: in_progressnothing}")),
    "an error in the body": flow(get("status: 400, body: {error: {message: {$match: 'No such.+'}}}")),
    "an error replayed": flow(
        get("status: 404, error: {code: resource_missing}"), get("status: 404, same_as: '${s}'", step="t")
    ),
    "a polled read": flow(get("status: 200", "eventually: {within: 1s}, ")),
    "a preview, which keeps nothing": flow(
        get("status: 200"), "  - {id: p, request: POST /v1/invoices/create_preview, expect: {status: 200}}\n"
    ),
    "a filtered list": flow(get("status: 200", "params: {customer: '${i.customer}'}, ", "/v1/invoices")),
    "a list that is refused": flow(get("status: 400, error: {param: x, code: y}", path="/v1/invoices"), given=""),
    "a decoy for a list": flow(
        get("status: 200", "params: {customer: '${i.customer}'}, ", "/v1/invoices"), given="i: open-invoice, decoy: open-invoice"
    ),
    "a version older than the known ones": FINE.replace("title: T\n", "title: T\nversions: '>=2019-03-14 <2027-01-01.x'\n"),
    "a prelude that acts on another": flow(
        get("status: 200"), given="i: open-invoice, j: {setup: draft-invoice-of, with: {customer: '${i.customer}'}}"
    ),
    "a prelude used as a whole": flow(
        "  - {id: s, request: GET /v1/account, expect: {status: 200, same_as: '${i}'}}\n",
    ),
    "a prelude that is the frame": flow(
        "  - {id: s, request: GET /v1/account, expect: {status: 200, changes: {since: '${i}', to: {}}}}\n",
    ),
    "requirements of one's own": FINE.replace("INV-TRN-004", "BILL-7"),
    "requirements that are both observed only": FINE.replace("INV-TRN-004", "INV-LOW-001"),
    "a scenario's covers that every step replaces": flow(
        get("status: 200", "covers: [INV-TRN-004], "), head="id: f\ntitle: T\ncovers: [INV-TRN-004, INV-LOW-001]\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_no_rule_objects_to(write: Write, text: str) -> None:
    assert lines(write("f.yaml", text)) == []


def test_a_problem_shared_by_the_rows_of_a_matrix_is_told_once(write: Write) -> None:
    text = """
    id: f
    title: T
    covers: [INV-TRN-004]
    matrix:
      - {row: a, with: {answer: {x: 1}}}
      - {row: b, with: {answer: {x: {$nowhere: 1}}}}
    steps:
      - {id: s, request: GET /v1/account, expect: {status: 200, body: {y: {$nothing: 1}, z: "${with.answer}"}}}
    """
    assert [line.split(" [")[0] for line in lines(write("f.yaml", text))] == [
        "f.yaml:6:34: error: no matcher '$nowhere' here",
        "f.yaml:8:72: error: no matcher '$nothing' here",
    ]


def test_one_id_in_two_files_is_told_at_the_second(write: Write) -> None:
    first, second = write("a/f.yaml", FINE), write("b/f.yaml", FINE)
    assert lines(first, second) == [
        "b/f.yaml:1:1: error: scenario 'f' is also in a/f.yaml [duplicate-id] Ids are unique."
    ]


def test_setups_are_held_to_the_same_rules(write: Write) -> None:
    text = """
    setup: other
    title: T
    arguments: {amount: 1, unused: 2}
    given: {customer: customer}
    steps:
      - {id: a, request: "POST /v1/invoices/${with.amount}", expect: {status: 402}}
    result: ${b}
    """
    assert [line.split(" [")[0] for line in lines(write("s.yaml", text))] == [
        "s.yaml:1:1: error: setup 'other' is in a file named 's'",
        "s.yaml:3:24: warning: nothing uses the argument 'unused'",
        "s.yaml:4:9: warning: nothing refers to 'customer'",
        "s.yaml:6:67: error: a status-only negative check is worthless: any broken route passes it",
        "s.yaml:7:1: error: unknown reference ${b}",
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_is_missed_when_it_is_taken_away(write: Write, monkeypatch: pytest.MonkeyPatch, rule: Any) -> None:
    monkeypatch.setattr("conformance.scenario.lint.RULES", tuple(one for one in RULES if one is not rule))
    texts = [text for text, _ in SAYS.values()] + [ARGUMENTS_OF_A_SETUP]
    assert any(lines(write("f.yaml", text)) == [] for text in texts)


ARGUMENTS_OF_A_SETUP = """
setup: f
title: T
arguments: {unused: 2}
steps:
  - {id: a, request: POST /v1/invoices, expect: {status: 200}}
result: ${a}
"""
