# ruff: noqa: E501, ISC004 - messages stand on one line, as they are told
"""YAML as plain data: the words of YAML 1.2, bounds that hold, and places that cost nothing until somebody asks."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from conformance.scenario import yaml
from conformance.scenario.problems import ScenarioProblem

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str | bytes) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    problems: list[ScenarioProblem] = []
    tree = yaml.construct(yaml.compose(raw, "f.yaml"), "f.yaml", problems)
    if problems:
        raise problems[0]
    return tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("True", "True"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2022-08-01", "2022-08-01"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("017", "017"),
        ("+1", "+1"),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("<<", "<<"),
        ("0", 0),
        ("-12", -12),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("'true'", "true"),
        ('"12"', "12"),
        ("''", ""),
        ("void", "void"),
    ],
)
def test_a_plain_word_is_what_json_would_make_of_it(text: str, value: Any) -> None:
    got = read(f"key: {text}\n")["key"]
    assert got == value
    assert type(got) is type(value)


def test_keys_are_always_text() -> None:
    assert read("true: 1\n200: 2\nnull: 3\n2024-01-01: 4\n") == {"true": 1, "200": 2, "null": 3, "2024-01-01": 4}


texts = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=12)
numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_every_json_document_reads_as_json_reads_it(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert read(f"key: {text}\n") == {"key": json.loads(text)}


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc:-# \n'\"{}[]$%ysno01."), st.lists))
def test_what_pyyaml_writes_for_json_is_read_back(value: Any) -> None:
    assert read(pyyaml.safe_dump({"key": value}, width=1000)) == {"key": value}


@given(st.binary(max_size=300) | st.text("a:-?[]{}&*!|>'\"#%@` \n\t,0", max_size=80).map(str.encode))
def test_no_bytes_do_anything_but_parse_or_be_refused(raw: bytes) -> None:
    problems: list[ScenarioProblem] = []
    try:
        yaml.construct(yaml.compose(raw, "f.yaml"), "f.yaml", problems)
    except ScenarioProblem as problem:
        problems.append(problem)
    assert all(str(problem).startswith("f.yaml") for problem in problems)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: key 'a' stands twice [duplicate-key] It stands first at 1:1."),
        ("a: {b: 1, b: 2}\n", "f.yaml:1:11: key 'b' stands twice [duplicate-key] It stands first at 1:5."),
        (
            "a: &x 1\nb: *x\n",
            "f.yaml:1:4: anchors and aliases are not part of the language [yaml-feature] Write what 'x' stands for, or quote the text.",
        ),
        (
            "a: !!python/name:os.system 1\n",
            "f.yaml:1:4: tags such as 'tag:yaml.org,2002:python/name:os.system' are not part of the language [yaml-feature] "
            "Write plain YAML.",
        ),
        (
            "a: !mine 1\n",
            "f.yaml:1:4: tags such as '!mine' are not part of the language [yaml-feature] Write plain YAML.",
        ),
        ("? [a]\n: 1\n", "f.yaml:1:3: a key must be text [yaml-feature]"),
        ("a: " + "9" * 31, "f.yaml:1:4: a number of more than 30 characters [yaml-bounds] Quote it if it is text."),
        ("a: " + "[" * 41 + "]" * 41, "f.yaml:1:43: nested deeper than 40 levels [yaml-bounds]"),
        (
            "a: 1\n---\nb: 1\n",
            "f.yaml:2:1: not YAML: expected a single document in the stream but found another document [yaml-syntax]",
        ),
        (
            "a: [1\n",
            "f.yaml:2:1: not YAML: while parsing a flow sequence did not find expected ',' or ']' [yaml-syntax]",
        ),
    ],
)
def test_what_is_refused_is_refused_with_its_place(text: str, line: str) -> None:
    with pytest.raises(ScenarioProblem) as problem:
        read(text)
    assert str(problem.value) == line


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(ScenarioProblem, match=r"^f\.yaml: not YAML: unacceptable character #x00ff"):
        read(b"a: \xff\n")


def test_an_ampersand_or_a_star_in_a_sentence_is_no_anchor() -> None:
    assert read("a: R&D\nb: 2*3 is 6\nc: 'a & b'\nd: a & b\n") == {
        "a": "R&D",
        "b": "2*3 is 6",
        "c": "a & b",
        "d": "a & b",
    }


def test_forty_levels_are_allowed() -> None:
    assert read("[" * 40 + "]" * 40) is not None


@pytest.mark.parametrize("opening", ["[", "[\n", "{a: ", "- ", "? "])
def test_nesting_that_would_overflow_the_c_stack_is_refused_before_it_is_composed(opening: str) -> None:
    with pytest.raises(ScenarioProblem, match=r"nested deeper than 40 levels|not YAML"):
        read(opening * 60_000)


def test_a_billion_laughs_are_refused_at_once() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)
    )
    with pytest.raises(ScenarioProblem, match="anchors and aliases"):
        read(laughs)


def test_a_large_file_is_refused_without_being_parsed(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"a: 1\n" * 60_000)
    with pytest.raises(ScenarioProblem, match="larger than 256 KiB"):
        yaml.read(str(file))


def test_problems_do_not_hide_each_other() -> None:
    problems: list[ScenarioProblem] = []
    yaml.construct(yaml.compose(b"a: !x 1\nb: {c: 1, c: 2}\nd: !y 2\n", "f.yaml"), "f.yaml", problems)
    assert [problem.code for problem in problems] == ["yaml-feature", "duplicate-key", "yaml-feature"]


def test_without_libyaml_the_same_text_gives_the_same_data() -> None:
    """In a process of its own, where PyYAML is the pure one."""
    script = textwrap.dedent("""
        import yaml
        del yaml.CSafeLoader
        from conformance.scenario import yaml as ours
        assert not ours._HAS_LIBYAML
        raw = b"a: {b: [1, no, true, 1.5, 'x']}\\nc: |\\n  text\\n"
        problems = []
        assert ours.construct(ours.compose(raw, "f"), "f", problems) == {"a": {"b": [1, "no", True, 1.5, "x"]}, "c": "text\\n"}
        for bad in (b"a: &x 1\\n", b"[" * 5000, b"a: !!int 1"):
            try:
                ours.construct(ours.compose(bad, "f"), "f", problems)
            except ours.ScenarioProblem as problem:
                problems.append(problem)
        assert [p.code for p in problems] == ["yaml-feature", "yaml-bounds", "yaml-feature"], problems
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- places -------------------------------------------------------------------------------------------------------

DOCUMENT = """\
id: x
matrix:
  - row: draft
    with:
      answer: {status: open}
  - row: paid
    with:
      answer:
        status: paid
steps:
  - id: a
    request: GET /v1/invoices
    expect:
      status: 200
      body: {data: [{id: 1}, {id: 2}]}
  - id: b
    expect: {status: 200, body: "${with.answer}"}
"""


@pytest.mark.parametrize(
    ("path", "row", "place"),
    [
        ((), None, "1:1"),
        (("id",), None, "1:1"),
        (("steps",), None, "10:1"),
        (("steps", 0), None, "11:5"),
        (("steps", 0, "expect", "status"), None, "14:7"),
        (("steps", 0, "expect", "body", "data", 1, "id"), None, "15:31"),
        (("steps", 0, "expect", "body", "nothing", "here"), None, "15:7"),
        (("steps", 7), None, "10:1"),
        (("steps", 1, "expect", "body", "status"), None, "17:27"),
        (("steps", 1, "expect", "body", "status"), "draft", "5:16"),
        (("steps", 1, "expect", "body", "status"), "paid", "9:9"),
        (("steps", 1, "expect", "body", "status"), "unknown", "17:27"),
    ],
)
def test_mark_finds_the_key_or_the_item_or_the_deepest_place_there_is(
    tmp_path: Path, path: tuple[str | int, ...], row: str | None, place: str
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(DOCUMENT)
    assert str(yaml.mark(str(file), path, row)) == f"{file}:{place}"


def test_mark_never_raises(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [")
    assert str(yaml.mark(str(tmp_path / "gone.yaml"), ("a",))) == str(tmp_path / "gone.yaml")
    assert str(yaml.mark(str(broken), ("a",))) == str(broken)


def test_mark_sees_a_file_that_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: 1\n")
    assert yaml.mark(str(file), ("a",)).line == 1
    file.write_text("# now there is a comment\na: 1\n")
    assert yaml.mark(str(file), ("a",)).line == 2
