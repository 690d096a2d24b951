"""JSON Schema 2020-12 for one API version, made from the history on demand.

Two renderings of the same rows. The *published* one is for people and other tools: what a body of that version must
look like, with extra keys allowed. The *strict* one decides on the hot path: it also knows what later versions add
(Stripe shows new fields to old versions too, so they are allowed) and trips over a key that no version ever had, so
that one call settles everything.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from conformance.contract import chronicle, others
from conformance.contract.presence import always_there, never_null

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.api_version import ApiVersion

JsonSchema = dict[str, Any]
PRIMITIVES = frozenset({"string", "integer", "number", "boolean"})
FAMILY = ("invoice", "line_item", "invoiceitem", "credit_note", "credit_note_line_item", "invoice_payment", "event")
DELETABLE = ("invoice", "invoiceitem")
PREVIEW = "preview"  # an invoice that need not have an id: those to come had none until clover (INV-PRV-001)
ERROR_TYPES = ("api_error", "card_error", "idempotency_error", "invalid_request_error")
# Recorded in genuine bodies, documented nowhere (INV-OBJ-030 says clients must tolerate such).
UNDOCUMENTED = {"line_item.parent": ("license_fee_subscription_details",)}
DELETED: JsonSchema = {
    "type": "object",
    "required": ["id", "object", "deleted"],
    "properties": {"id": {"type": "string"}, "object": {"type": "string"}, "deleted": {"const": True}},
}
ERROR: JsonSchema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {
                "type": {"enum": list(ERROR_TYPES)},
                **{
                    key: {"type": "string"} for key in ("message", "code", "param", "decline_code", "doc_url", "charge")
                },
                **{key: {"type": "object"} for key in ("payment_intent", "payment_method", "setup_intent", "source")},
            },
        }
    },
}


def names(version: ApiVersion) -> tuple[str, ...]:
    """What `document` can show at ``version``: objects, their list and search envelopes, ``deleted``, ``error``."""
    there = {path.split(".")[0] for path, _ in chronicle.objects().at(version)}
    family = [name for name in FAMILY if name in there]
    return (*family, *(f"list<{name}>" for name in family), "search<invoice>", "deleted", "error")


@cache
def document(name: str, version: ApiVersion) -> JsonSchema:
    """The published schema of ``name`` (see `names`). Raises KeyError for another name."""
    if name not in names(version):
        raise KeyError(name)
    return _Builder(version, strict=False).document(name)


def strict(name: str, version: ApiVersion, *, loose: bool = False, later: bool = True) -> JsonSchema:
    """The schema the checker compiles. ``name`` may also be ``object<name>``: any object known by name and id only,
    or ``preview``.

    ``loose`` is for versions before the oldest known one: types only, nothing required, nothing forbidden.
    ``later=False`` objects to what only later versions have, too.
    """
    return _Builder(version, strict=True, loose=loose, later=later).document(name)


class _Builder:
    def __init__(self, version: ApiVersion, *, strict: bool, loose: bool = False, later: bool = True) -> None:
        self.version, self.strict, self.loose, self.tolerant = version, strict, loose, later
        self.table = chronicle.objects()
        self.alive: dict[str, dict[str, str]] = {}
        self.gone: dict[str, list[str]] = {}
        self.later: dict[str, list[str]] = {}
        for path, row in self.table.fields.items():
            parent, _, name = path.rpartition(".")
            word = chronicle.alive(row, version.date)
            if word is not None:
                self.alive.setdefault(parent, {})[name] = word
            elif chronicle.spans(row)[-1].until[:10] <= version.date:
                self.gone.setdefault(parent, []).append(name)
            else:
                self.later.setdefault(parent, []).append(name)
        self.definitions: dict[str, JsonSchema] = {}

    def document(self, name: str) -> JsonSchema:
        root = self.root(name)
        place = name.replace("<", "-of-").rstrip(">")
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:stripe:{self.version}:{place}"}
        return {**head, **root, **({"$defs": self.definitions} if self.definitions else {})}

    def root(self, name: str) -> JsonSchema:
        kind, _, inner = name.rstrip(">").partition("<")
        if kind in {"list", "search"}:
            return self.envelope(inner, "search_result" if kind == "search" else "list")
        if kind == "object":
            return self.alone([inner] if inner else [])
        if name == PREVIEW:
            return self.preview()
        return {"deleted": DELETED, "error": ERROR}.get(name) or self.known(name)

    def preview(self) -> JsonSchema:
        made = self.object("invoice")
        return {**made, "required": [name for name in made.get("required", ()) if name != "id"]}

    def envelope(self, inner: str, kind: str = "list") -> JsonSchema:
        properties: JsonSchema = {
            "object": {"const": kind},
            "data": {"type": "array", "items": self.known(inner) if self.in_depth(inner) else self.alone([inner])},
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
            "total_count": {"type": ["integer", "null"]},
        }
        if kind == "search_result":
            properties["next_page"] = {"type": ["string", "null"]}
        return {"type": "object", "required": ["data", "has_more", "object", "url"], "properties": properties}

    def in_depth(self, name: str) -> bool:
        return name in FAMILY and name in self.alive

    def choice(self, inner: str) -> JsonSchema:
        """One of ``a|b``: an object of the family in depth (or what is left of it when deleted), others by name and
        id.
        """
        options = inner.split("|")
        if len(options) > 1 or not self.in_depth(inner):
            return self.other(options)
        if inner not in DELETABLE:
            return self.known(inner)
        deleted = {"required": ["deleted"], "properties": {"deleted": {"const": True}}}
        return {"if": deleted, "then": DELETED, "else": self.known(inner)}

    def known(self, name: str) -> JsonSchema:
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.object(name)
        return {"$ref": f"#/$defs/{name}"}

    def other(self, options: Iterable[str]) -> JsonSchema:
        wanted = [option for option in options if option]
        name: JsonSchema = {"enum": wanted} if wanted else {"type": "string"}
        return {"type": "object", "required": ["object"], "properties": {"object": name, "id": {"type": "string"}}}

    def alone(self, options: list[str]) -> JsonSchema:
        """What `other` says of an object that an answer is about, and the types of its fields where they are known."""
        around = self.around(options[0]) if self.strict and len(options) == 1 else {}
        return {**self.other(options), **around}

    def around(self, kind: str) -> JsonSchema:
        """The types of an object around an invoice, where they are known."""
        place = f"around {kind}"
        if not others.known(kind):
            return {}
        if place not in self.definitions:
            self.definitions[place] = {}
            self.definitions[place] = others.schema(kind, self.around)
        return {"allOf": [{"$ref": f"#/$defs/around%20{kind}"}]}

    def object(self, path: str) -> JsonSchema:
        full = () if self.loose else never_null(path, self.version)
        properties: JsonSchema = {
            name: self.type(f"{path}.{name}", word.rstrip("?") if name in full else word)
            for name, word in self.alive.get(path, {}).items()
        }
        schema: JsonSchema = {"type": "object", "properties": properties}
        if self.loose:
            return schema
        sure = always_there(path, self.version)
        required = {name for name, word in self.alive.get(path, {}).items() if not word.endswith("?") or name in sure}
        if self.strict and path == "invoice":  # the types say "perhaps" because of previews
            required.add("id")
        properties.update({name: {"not": {}, "$comment": "removed"} for name in self.gone.get(path, ())})
        if required:
            schema["required"] = sorted(required)
        if self.strict:
            allowed = (*(self.later.get(path, ()) if self.tolerant else ()), *UNDOCUMENTED.get(path, ()))
            properties.update({name: {} for name in allowed})
            schema["additionalProperties"] = False
        return schema

    def type(self, path: str, word: str) -> JsonSchema:
        kind, _, inner = word.rstrip("?").partition("<")
        make = getattr(self, f"_{kind}", None)
        schema = make(path, inner[:-1]) if make else self._primitive(kind)
        return _nullable(schema) if word.endswith("?") or self.loose else schema

    def _primitive(self, kind: str) -> JsonSchema:
        if kind not in PRIMITIVES:
            raise ValueError(f"unknown type word {kind!r}")
        return {"type": kind}

    def _decimal(self, _path: str, _inner: str) -> JsonSchema:
        return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}

    def _any(self, _path: str, _inner: str) -> JsonSchema:
        return {}

    def _enum(self, path: str, _inner: str) -> JsonSchema:
        values = self.table.values(path, self.version)
        if self.loose:
            return {"type": "string"}
        if self.strict and self.tolerant:
            values = values + self.table.later_values(path, self.version)
        return {"const": values[0]} if len(values) == 1 else {"enum": values}

    def _object(self, path: str, _inner: str) -> JsonSchema:
        return self.object(path)

    def _array(self, path: str, inner: str) -> JsonSchema:
        return {"type": "array", "items": self.type(f"{path}[]", inner)}

    def _map(self, path: str, inner: str) -> JsonSchema:
        return {"type": "object", "additionalProperties": self.type(f"{path}{{}}", inner)}

    def _list(self, _path: str, inner: str) -> JsonSchema:
        return self.envelope(inner)

    def _ref(self, _path: str, inner: str) -> JsonSchema:
        return {"type": "object", **self.choice(inner)}

    def _expandable(self, _path: str, inner: str) -> JsonSchema:
        return {"type": ["string", "object"], "if": {"type": "object"}, "then": self.choice(inner)}


def _nullable(schema: JsonSchema) -> JsonSchema:
    """The same schema, or null."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "const" in schema:
        return {"enum": [schema["const"], None]}
    if not schema:
        return schema
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else list(schema.get("type", ()))
    if kinds and not {"$ref", "if"} & schema.keys():
        return {**schema, "type": [*kinds, "null"]}
    if schema.get("if") == {"type": "object"}:
        return {**schema, "type": [*kinds, "null"]}
    return {"if": {"type": "null"}, "else": schema}
