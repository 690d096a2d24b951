"""Names that come more than once in a form."""

from __future__ import annotations

import pytest

from conformance.recordings.form import numbered


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "1"), ("b[c]", "2")], {"a": "1", "b[c]": "2"}),
        ([("expand[]", "x"), ("expand[]", "y")], {"expand[0]": "x", "expand[1]": "y"}),
        ([("expand[0]", "x"), ("expand[1]", "y")], {"expand[0]": "x", "expand[1]": "y"}),
        (
            [("i[][price]", "p"), ("i[][quantity]", "2"), ("i[][price]", "q")],
            {"i[0][price]": "p", "i[0][quantity]": "2", "i[1][price]": "q"},
        ),
        (
            [
                ("i[][price]", "p"),
                ("i[][rates][]", "r"),
                ("i[][rates][]", "s"),
                ("i[][price]", "q"),
                ("i[][rates][]", "t"),
            ],
            {
                "i[0][price]": "p",
                "i[0][rates][0]": "r",
                "i[0][rates][1]": "s",
                "i[1][price]": "q",
                "i[1][rates][0]": "t",
            },
        ),
    ],
)
def test_each_element_has_an_index(pairs: list[tuple[str, str]], expected: dict[str, str]) -> None:
    assert numbered(pairs) == expected
