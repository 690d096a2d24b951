"""The vocabulary of the parameter tables: each shape turns what the form carried into a value, or raises Stripe's
error for it.

A shape is a callable ``(raw, name) -> value``; ``name`` is the parameter in bracket notation (INV-API-009,
INV-API-010).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from conformance.reference.model.problems import StripeError, missing_param, problem

Shape = Callable[[Any, str], Any]

_INTEGER = re.compile(r"-?\d{1,18}\Z")
_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,12})?\Z")
#: What a parameter that is sent empty means where that is allowed: remove the value.
CLEARED = ""


def invalid(message: str, name: str, code: str | None = None) -> StripeError:
    """A value that is refused before anything is done."""
    return problem(message, code=code, param=name, stored=False)


def _empty(name: str) -> StripeError:
    """INV-API-012."""
    return invalid(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value.",
        name,
        "parameter_invalid_empty",
    )


def text(raw: Any, name: str) -> str:
    """A string with something in it."""
    if not isinstance(raw, str):
        raise invalid(f"Invalid string: {_shown(raw)}", name)
    if not raw:
        raise _empty(name)
    return raw


def limited(most: int) -> Shape:
    """A string of at most ``most`` characters; an empty one removes the value."""

    def read(raw: Any, name: str) -> str:
        value = raw if raw == CLEARED else text(raw, name)
        if len(value) > most:
            message = f"Invalid string: {value[:20]}...; must be at most {most} characters"
            raise invalid(message, name)
        return value

    return read


def whole(raw: Any, name: str) -> int:
    """INV-LST-007."""
    if not isinstance(raw, str):
        raise invalid(f"Invalid integer: {_shown(raw)}", name, "parameter_invalid_integer")
    if not raw:
        raise _empty(name)
    if not _INTEGER.match(raw):
        raise invalid(f"Invalid integer: {raw}", name, "parameter_invalid_integer")
    return int(raw)


def counting(raw: Any, name: str) -> int:
    """An integer that is not negative."""
    value = whole(raw, name)
    if value < 0:
        raise invalid("This value must be greater than or equal to 0.", name, "parameter_invalid_integer")
    return value


def positive(raw: Any, name: str) -> int:
    value = whole(raw, name)
    if value < 1:
        raise invalid("This value must be greater than or equal to 1.", name, "parameter_invalid_integer")
    return value


def decimal(raw: Any, name: str) -> Decimal:
    """A decimal number of at most 12 places (INV-CRE-045)."""
    if not isinstance(raw, str) or not _DECIMAL.match(raw):
        raise _empty(name) if raw == "" else invalid(f"Invalid decimal: {_shown(raw)}", name)
    return Decimal(raw)


_FLAGS = {"true": True, "false": False, "True": True, "False": False}


def flag(raw: Any, name: str) -> bool:
    """``true`` or ``false``, or as stripe-python wrote them until 12 (INV-API-029)."""
    if raw == "":
        raise _empty(name)
    if not isinstance(raw, str) or raw not in _FLAGS:
        raise invalid(f"Invalid boolean: {_shown(raw)}", name)
    return _FLAGS[raw]


def anything(raw: Any, name: str) -> Any:  # noqa: ARG001 - a shape like the others
    """Taken and kept as it is: parts of Stripe's API that invoices do not depend on."""
    return raw


def one_of(*values: str) -> Shape:
    """INV-CRE-008, INV-LST-003: the values are named in Stripe's own order."""
    known = frozenset(values)
    listed = f"{', '.join(values[:-1])}, or {values[-1]}" if len(values) > 2 else " or ".join(values)

    def read(raw: Any, name: str) -> str:
        if not isinstance(raw, str) or raw not in known:
            raise invalid(f"Invalid {name}: must be one of {listed}", name)
        return raw

    return read


def or_empty(shape: Shape) -> Shape:
    """``shape``, or an empty string that removes what is there (INV-EDT-025)."""

    def read(raw: Any, name: str) -> Any:
        return CLEARED if raw == "" else shape(raw, name)

    return read


def either(*shapes: Shape) -> Shape:
    """The first shape that accepts the value; the error is the last one's."""

    def read(raw: Any, name: str) -> Any:
        for shape in shapes[:-1]:
            try:
                return shape(raw, name)
            except StripeError:
                continue
        return shapes[-1](raw, name)

    return read


def many(shape: Shape, most: int = 0) -> Shape:
    """A list. ``most`` 0: no limit of its own."""

    def read(raw: Any, name: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdigit() for key in raw):
            raise invalid("Invalid array", name)
        ordered = [raw[key] for key in sorted(raw, key=int)]
        if most and len(ordered) > most:
            raise invalid(f"Array must have at most {most} elements", name)
        return [shape(value, f"{name}[{index}]") for index, value in enumerate(ordered)]

    return read


def metadata(raw: Any, name: str) -> dict[str, str] | str:
    """INV-CRE-028: at most 50 keys of 40 characters, values of 500; an empty string clears everything."""
    if raw == "":
        return CLEARED
    if not isinstance(raw, dict):
        raise invalid("Invalid object", name)
    for key, value in raw.items():
        if not isinstance(value, str):
            raise invalid("Metadata values must be strings.", f"{name}[{key}]")
        if len(key) > 40:
            raise invalid(
                f"Metadata keys can be up to 40 characters, but you passed in a key of length {len(key)}.",
                f"{name}[{key}]",
            )
        if len(value) > 500:
            message = (
                f"Metadata values can have up to 500 characters, but you passed in a value that is {len(value)} "
                "characters."
            )
            raise invalid(f"{message} Invalid value: {value[:20]}...", f"{name}[{key}]")
    return dict(raw)


def fields(required: tuple[str, ...] = (), /, **shapes: Shape) -> Shape:
    """An object with these parameters. Unknown ones are refused by name, missing ones afterwards."""
    known = dict(shapes)

    def read(raw: Any, name: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise invalid("Invalid object", name)
        unknown = [key for key in raw if key not in known]
        if unknown:
            raise _unknown(unknown, name, known)
        value = {key: known[key](item, f"{name}[{key}]" if name else key) for key, item in raw.items()}
        for key in required:
            if key not in value:
                raise missing_param(f"{name}[{key}]" if name else key)
        return value

    return read


def _unknown(unknown: list[str], name: str, known: Mapping[str, Shape]) -> StripeError:
    """INV-CRE-009 and, for near misses, INV-CRE-010."""
    named = [f"{name}[{key}]" if name else key for key in unknown]
    if len(named) > 1:
        return invalid(f"Received unknown parameters: {', '.join(named)}", named[0], "parameter_unknown")
    near = [word for word in known if word[:2] == unknown[0][:2] and _distance(unknown[0], word) <= 3]
    near.sort(key=lambda word: (_distance(unknown[0], word), word))
    hint = f". Did you mean {near[0]}?" if near else ""
    return invalid(f"Received unknown parameter: {named[0]}{hint}", named[0], "parameter_unknown")


def _distance(one: str, other: str) -> int:
    """How many letters must be put in, taken out or changed; 99 when the lengths alone say too many."""
    if abs(len(one) - len(other)) > 3 or len(one) > 40:
        return 99
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, target in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (letter != target))
    return row[-1]


def _shown(raw: Any) -> str:
    return raw if isinstance(raw, str) else "[object]"
