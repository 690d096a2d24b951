"""Derives `schemas/contract/others.json`: types of the objects around an invoice that are not described in depth.

    python tools/others.py ../shared/evidence

A row is taken from the annotations of the installed `stripe` package (the newest release), and only where genuine
bodies of every recorded version agree: at least `ENOUGH` of them have the field, none another type there. ``?``: may
be null: the annotation is Optional, or a genuine body has a null. Whether a field must be there is not said: nobody is
blamed for a customer without a phone number. `DOCUMENTED` objects are too rare in the recordings to ask for as many.
"""

from __future__ import annotations

import sys
import types
import typing
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools.derive import OUT, render  # noqa: E402
from tools.presence import bodies  # noqa: E402

ENOUGH = 20
OBJECTS = (
    *("charge", "coupon", "customer", "customer_balance_transaction", "discount", "payment_intent", "payment_method"),
    *("plan", "price", "product", "refund", "subscription", "subscription_item", "tax_rate", "test_helpers.test_clock"),
)
DOCUMENTED = frozenset({"customer_balance_transaction", "test_helpers.test_clock"})
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}


def annotated() -> dict[str, dict[str, tuple[str, bool]]]:
    """For each object its fields: the word, and whether it may be null. What is not plain is left out."""
    import stripe
    from stripe import test_helpers

    classes = {name: getattr(stripe, "".join(part.title() for part in name.split("_")), None) for name in OBJECTS}
    classes["test_helpers.test_clock"] = test_helpers.TestClock
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for name, cls in classes.items():
        rows = found.setdefault(name, {})
        for field, annotation in (cls.__annotations__ if cls else {}).items():
            options = set(typing.get_args(annotation)) if _union(annotation) else {annotation}
            words = {_word(option) for option in options - {type(None)}}
            word = "expandable" if words == {"string", "object"} else words.pop() if len(words) == 1 else ""
            if word and field.islower():
                rows[field] = (word, type(None) in options)
    return found


def _union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in {typing.Union, types.UnionType}


def _word(option: Any) -> str:
    """The JSON type of one option of an annotation; classes and names of classes are objects."""
    origin = typing.get_origin(option)
    if origin is typing.Literal:
        return _KINDS[type(typing.get_args(option)[0])]
    if origin is list:
        return "array"
    return _KINDS.get(option, "string" if option is Decimal else "object")


def count(node: Any, seen: dict[str, dict[str, Counter[str]]]) -> None:
    """Count the types of the fields of every such object inside ``node``."""
    if isinstance(node, list):
        for item in node:
            count(item, seen)
    elif isinstance(node, dict):
        kind = node.get("object")
        if isinstance(kind, str) and kind in OBJECTS and not node.get("deleted"):
            for name, value in node.items():
                seen[kind][name]["null" if value is None else _KINDS[type(value)]] += 1
        for value in node.values():
            count(value, seen)


def rows(
    annotations: dict[str, dict[str, tuple[str, bool]]], seen: dict[str, dict[str, Counter[str]]]
) -> dict[str, str]:
    """``object.field`` -> word."""
    found = {}
    for kind, fields in sorted(annotations.items()):
        for name, (word, optional) in sorted(fields.items()):
            tally = seen[kind][name]
            shown = {one for one in tally if one != "null"}
            allowed = {"expandable": {"string", "object"}, "number": {"number", "integer"}}.get(word, {word})
            enough = sum(tally.values()) - tally["null"] >= ENOUGH or kind in DOCUMENTED
            if enough and shown <= allowed and name != "object":
                found[f"{kind}.{name}"] = f"{word}?" if optional or tally["null"] else word
    return found


def main(evidence: Path) -> int:
    """Write the file."""
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for _, body in bodies(evidence):
        count(body, seen)
    table = rows(annotated(), seen)
    (OUT / "others.json").write_text(render({"fields": table}), encoding="utf-8")
    print(f"{len(table)} fields")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
