"""Turns what the compiled validator objects to into violations. Runs on failures only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.contract import chronicle
from conformance.contract.presence import always_there, never_null
from conformance.contract.schema import FAMILY
from conformance.contract.violation import RuleKind, Severity, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.api_version import ApiVersion

SHAPE = "INV-API-021"  # Stripe-Version chooses the response's shape
# Which requirement a field of the invoice family answers to; the rest answer to SHAPE.
_GROUPS: tuple[tuple[str, str], ...] = (
    ("INV-OBJ-006", "invoice.discounts invoice.total_discount_amounts invoice.total_pretax_credit_amounts"),
    ("INV-OBJ-006", "invoice.customer_tax_ids invoice.default_tax_rates"),
    ("INV-OBJ-008", "invoice.status"),
    ("INV-OBJ-009", "invoice.status_transitions"),
    ("INV-OBJ-011", "invoice.collection_method"),
    ("INV-OBJ-020", "invoice.lines"),
    ("INV-OBJ-022", "line_item.discount_amounts line_item.pretax_credit_amounts line_item.discounts"),
    ("INV-OBJ-026", "invoiceitem.pricing"),
    ("INV-OBJ-045", "invoice.metadata"),
    ("INV-API-001", "error"),
    ("INV-API-002", "error.type"),
    ("INV-VER-001", "invoice.paid invoice.paid_out_of_band"),
    ("INV-VER-002", "invoice.charge invoice.payment_intent"),
    ("INV-VER-003", "invoice.subscription invoice.subscription_details invoice.quote invoice.parent"),
    ("INV-VER-004", "invoice.tax invoice.total_tax_amounts invoice.total_taxes"),
    ("INV-VER-005", "invoice.discount"),
    ("INV-VER-006", "invoice.application_fee_amount invoice.transfer_data"),
    ("INV-VER-007", "line_item.price line_item.plan line_item.type line_item.proration line_item.invoice_item"),
    ("INV-VER-007", "line_item.subscription_item line_item.tax_amounts line_item.tax_rates line_item.taxes"),
    ("INV-VER-007", "line_item.amount_excluding_tax line_item.unit_amount_excluding_tax line_item.pricing"),
    ("INV-VER-007", "line_item.parent"),
    ("INV-VER-011", "credit_note.refund credit_note.refunds credit_note.tax_amounts credit_note.total_taxes"),
    ("INV-VER-013", "invoice.rendering_options"),
)
REQUIREMENTS = {field: requirement for requirement, fields in _GROUPS for field in fields.split()}
# Enums that never grow: an unknown value is wrong, whoever says it.
CORE_ENUMS = frozenset(
    {"invoice.status", "invoice.collection_method", "invoice.parent.type", "line_item.parent.type", "line_item.type",
     "line_item.pricing.type", "credit_note.status", "invoice_payment.status"}
)  # fmt: skip


def violations(errors: Iterator[Any], body: Any, version: ApiVersion, root: str, *, genuine: bool) -> list[Violation]:
    """One violation for each thing the validator found, in the order of the body. ``root`` is the schema's name."""
    found: list[Violation] = []
    soft = genuine or is_preview(body)  # no preview was ever recorded: what only recordings tell may not fail one
    for error in errors:
        found.extend(_explain(error, body, version, root, genuine=soft))
    return list(dict.fromkeys(found)) if _hashable(found) else found


def notes(errors: Iterator[Any], body: Any, version: ApiVersion, root: str) -> list[Violation]:
    """What among ``errors`` is only ahead of its version: keys and enum values that came later."""
    found: list[Violation] = []
    for error in errors:
        place = _Place(body, list(error.instance_path), root)
        keyword = str(error.schema_path[-1])
        if keyword == "additionalProperties":
            found.extend(_ahead(*place.child(name), _get(place.value, name)) for name in error.kind.unexpected)
        elif keyword in {"enum", "const"} and place.value in chronicle.objects().later_values(place.field, version):
            found.append(_ahead(place.text, place.field, place.value))
    return [note for note in found if note.expected]


def _ahead(text: str, field: str, value: Any) -> Violation:
    """A note; without ``expected`` where no version ever had the field."""
    row = chronicle.objects().fields.get(field, "")
    since = chronicle.spans(row)[-1].since if row else ""
    name = text.rpartition(".")[2]
    told = f"{_show(value)} came to {name} later" if since == chronicle.FIRST else f"{name} came with {since}"
    return Violation(
        "schema", "INV-VER-018", text, f"{told}; Stripe shows it to older versions too", "note", since, value
    )


def is_preview(body: Any) -> bool:
    """True for an invoice that does not exist yet: without an id, or with one that says so."""
    if not isinstance(body, dict) or body.get("object") != "invoice":
        return False
    identity = body.get("id")
    return identity is None or (isinstance(identity, str) and identity.startswith("upcoming_in"))


def _hashable(found: list[Violation]) -> bool:
    try:
        return bool(set(found)) or True
    except TypeError:
        return False


def _explain(error: Any, body: Any, version: ApiVersion, root: str, *, genuine: bool) -> Iterator[Violation]:
    keyword = str(error.schema_path[-1])
    place = _Place(body, list(error.instance_path), root)
    yield from _KEYWORDS.get(keyword, _other)(error, place, version, genuine)


class _Place:
    """Where in the body an error is, in words of the body (``text``) and of the history (``field``)."""

    def __init__(self, body: Any, path: Sequence[str | int], root: str) -> None:
        self.text, self.field, self.value = "", _start(body, root), body
        self.owner = root  # the object that the field is in
        for part in path:
            self._step(part)

    def _step(self, part: str | int) -> None:
        if isinstance(self.value, dict) and isinstance(self.value.get("object"), str):
            self.owner = self.value["object"]
        if isinstance(part, int):
            self.text, self.field = f"{self.text}[{part}]", f"{self.field}[]"
        else:
            self.text = f"{self.text}.{part}" if self.text else part
            self.field = f"{self.field}.{part}"
        try:
            self.value = self.value[part]
        except (KeyError, IndexError, TypeError):
            self.value = None
        if isinstance(self.value, dict) and self.value.get("object") in FAMILY:
            self.field = str(self.value["object"])

    def child(self, name: str) -> tuple[str, str]:
        return (f"{self.text}.{name}" if self.text else name), f"{self.field}.{name}"


def _start(body: Any, root: str) -> str:
    if root == "error":
        return ""
    return str(body["object"]) if isinstance(body, dict) and body.get("object") in FAMILY else root


def requirement(field: str) -> str:
    """The requirement that the field at ``field`` (a path of the history) answers to."""
    field = field.lstrip(".")
    while field:
        if field in REQUIREMENTS:
            return REQUIREMENTS[field]
        field = field.rpartition(".")[0]
    return SHAPE


def _make(
    rule: RuleKind, text: str, field: str, message: str, expected: Any, actual: Any, severity: Severity = "fail"
) -> Violation:
    return Violation(rule, requirement(field), text, message, severity, expected, actual)


def _required(error: Any, place: _Place, version: ApiVersion, genuine: bool) -> Iterator[Violation]:
    name = str(error.kind.property)
    text, field = place.child(name)
    softly = genuine and name in always_there(place.field, version)
    message = f"{name} is missing at {version}"
    yield _make("schema", text, field, message, "present", "missing", "warning" if softly else "fail")


def _not(_error: Any, place: _Place, version: ApiVersion, _genuine: bool) -> Iterator[Violation]:
    row = chronicle.objects().fields.get(place.field, "")
    since = chronicle.spans(row)[-1].until if row else str(version)
    name = place.text.rpartition(".")[2]
    yield _make("removed", place.text, place.field, f"{name} was removed in {since}", "left out", place.value)


def _type(error: Any, place: _Place, version: ApiVersion, genuine: bool) -> Iterator[Violation]:
    expected = " or ".join(sorted(error.kind.types))
    lenient = genuine and (place.owner not in FAMILY or _only_recorded(place, version))
    severity: Severity = "warning" if lenient else "fail"
    message = f"expected {expected}, got {kind_of(place.value)}"
    yield _make("schema", place.text, place.field, message, expected, place.value, severity)


def _only_recorded(place: _Place, version: ApiVersion) -> bool:
    """Whether the types allow this null, and only recordings say that there is none."""
    parent, _, name = place.field.rpartition(".")
    return place.value is None and name in never_null(parent, version)


def _enum(error: Any, place: _Place, version: ApiVersion, genuine: bool) -> Iterator[Violation]:
    values = chronicle.objects().values(place.field, version) or list(getattr(error.kind, "options", ()))
    lenient = place.field not in CORE_ENUMS or _only_recorded(place, version)
    severity: Severity = "warning" if genuine and lenient else "fail"
    message = f"{_show(place.value)} is no value of {place.text or 'it'} at {version}"
    yield _make("schema", place.text, place.field, message, values, place.value, severity)


def _const(error: Any, place: _Place, _version: ApiVersion, _genuine: bool) -> Iterator[Violation]:
    expected = error.kind.expected_value
    message = f"expected {_show(expected)}, got {_show(place.value)}"
    yield _make("schema", place.text, place.field, message, expected, place.value)


def _pattern(_error: Any, place: _Place, _version: ApiVersion, _genuine: bool) -> Iterator[Violation]:
    message = f"expected a decimal number in a string, got {_show(place.value)}"
    yield _make("schema", place.text, place.field, message, "a decimal string", place.value)


def _additional(error: Any, place: _Place, _version: ApiVersion, _genuine: bool) -> Iterator[Violation]:
    for name in error.kind.unexpected:
        text, field = place.child(name)
        yield _make(
            "schema", text, field, f"no API version has {name} here", "left out", _get(place.value, name), "warning"
        )


def _other(error: Any, place: _Place, _version: ApiVersion, _genuine: bool) -> Iterator[Violation]:
    yield _make("schema", place.text, place.field, re.sub(r"\s+", " ", str(error.message))[:200], None, place.value)


#: What an event of the family is about, by the first words of its type (INV-EVT-001).
_SNAPSHOTS = {kind: kind for kind in ("invoice", "invoiceitem", "credit_note", "invoice_payment")}


def wrong_snapshot(kind: Any, inner: Any) -> Violation | None:
    """Where an event of the family shows an object of another one, or one that does not say what it is."""
    wanted = _SNAPSHOTS.get(str(kind).partition(".")[0])
    if wanted is None or inner.get("object") == wanted:
        return None
    message = f"an event {kind} is about {wanted}, this one shows {_show(inner.get('object'))}"
    return Violation("schema", "INV-EVT-001", "object", message, "fail", wanted, inner.get("object"))


_KEYWORDS = {
    "required": _required,
    "not": _not,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "additionalProperties": _additional,
}


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def kind_of(value: Any) -> str:
    """The JSON type of ``value`` with the value where it is short."""
    names = {
        dict: "object",
        list: "list",
        str: "string",
        bool: "boolean",
        int: "integer",
        float: "number",
        type(None): "null",
    }
    name = names.get(type(value), type(value).__name__)
    return name if value is None or isinstance(value, dict | list) else f"{name} {_show(value)}"
