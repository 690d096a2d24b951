"""Reads object shapes and request parameters out of a ``stripe`` wheel: by syntax tree only, nothing of the wheel is
ever run.

A shape is flat: ``{"invoice.automatic_tax.enabled": "boolean"}``. The grammar of the type words is in
``conformance/contract/chronicle.py``.
"""

from __future__ import annotations

import ast
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tools.shape import OBJECTS, REQUESTS, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PRIMITIVES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Decimal": "decimal"}
UNTYPED = {"Any", "object", "StripeObject", "UntypedStripeObject", "dict"}
PLACES = ("stripe._{}", "stripe.api_resources.{}")  # the second up to 7.7
REQUEST_OPTIONS = {"RequestOptions", "TypedDict"}
_OBJECT_NAME = re.compile(
    r'^    OBJECT_NAME(?:: ClassVar\[\s*Literal\[\s*"[^"]+"\s*\]\s*\])? = \(?\s*"([^"]+)"', re.MULTILINE
)


class Wheel:
    """The modules of one release, parsed on demand."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        self._names = {name for name in self._zip.namelist() if name.endswith(".py")}
        self._modules: dict[str, Module | None] = {}

    @cached_property
    def api_version(self) -> str:
        return _first(r'CURRENT = "([^"]+)"', self._read("stripe/_api_version.py", "stripe/api_version.py"))

    @cached_property
    def release(self) -> str:
        return _first(r'VERSION = "([^"]+)"', self._read("stripe/_version.py", "stripe/version.py"))

    def module(self, dotted: str) -> Module | None:
        if dotted not in self._modules:
            name = dotted.replace(".", "/") + ".py"
            self._modules[dotted] = Module(dotted, self._read(name)) if name in self._names else None
        return self._modules[dotted]

    def module_of_object(self, name: str) -> Module:
        for module in self._candidates(name):
            if module.object_name == name:
                return module
        raise LookupError(f"stripe {self.release} has no module for object {name!r}")

    def _candidates(self, name: str) -> Iterator[Module]:
        for module in (name, _MODULES.get(name, name)):
            for place in PLACES:
                if found := self.module(place.format(module)):
                    yield found

    def _read(self, *names: str) -> str:
        return self._zip.read(next(name for name in names if name in self._names)).decode("utf-8")


_MODULES = {"line_item": "invoice_line_item", "invoiceitem": "invoice_item"}


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if not found:
        raise LookupError(f"no match for {pattern}")
    return found[1]


class Module:
    """One parsed module: its classes, its imports, its functional TypedDicts."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        found = _OBJECT_NAME.search(source)
        self.object_name = found[1] if found else None
        self.source = source

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def top(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom) and node.module)
        return {alias.asname or alias.name: (str(node.module), alias.name) for node in nodes for alias in node.names}

    @cached_property
    def dicts(self) -> dict[str, list[tuple[str, ast.expr]]]:
        """Every TypedDict of the module, wherever it stands, as name -> keys; both spellings."""
        found: dict[str, list[tuple[str, ast.expr]]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                found[node.name] = [(name, note) for name, note in _annotations(node) if not name.startswith("_")]
            elif (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Call)
                and _tail(node.value.func) == "TypedDict"
            ):
                keys = node.value.args[1]
                if isinstance(keys, ast.Dict) and isinstance(node.targets[0], ast.Name):
                    found[node.targets[0].id] = [
                        (key.value, note)
                        for key, note in zip(keys.keys, keys.values, strict=True)
                        if isinstance(key, ast.Constant)
                    ]
        return found

    @cached_property
    def bases(self) -> dict[str, list[str]]:
        return {n.name: [_tail(b) for b in n.bases] for n in ast.walk(self.tree) if isinstance(n, ast.ClassDef)}


def _annotations(cls: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for node in cls.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is None:
            yield node.target.id, node.annotation


def _remappings(cls: ast.ClassDef) -> dict[str, str]:
    """Wire names of fields whose name is a Python keyword (``from_``)."""
    for node in cls.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_field_remappings":
            return dict(ast.literal_eval(node.value))
    return {}


def _tail(node: ast.expr) -> str:
    return ast.unparse(node).split("[")[0].split(".")[-1]


def _arguments(node: ast.Subscript) -> Sequence[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _unquote(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return ast.parse(node.value.strip(), mode="eval").body
    return node


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """``A | B | C`` and ``Union[A, B]`` as a list, through quotes."""
    node = _unquote(node)
    if isinstance(node, ast.BinOp):
        return _alternatives(node.left) + _alternatives(node.right)
    if isinstance(node, ast.Subscript) and _tail(node.value) == "Union":
        return [alternative for argument in _arguments(node) for alternative in _alternatives(argument)]
    return [node]


class Scope(NamedTuple):
    """Where a name is looked up: a module and the chain of classes around the annotation."""

    module: Module
    classes: tuple[ast.ClassDef, ...]


@dataclass
class Objects:
    """Turns the classes of one wheel into rows."""

    wheel: Wheel
    shape: Shape = field(default_factory=Shape)

    def add(self, name: str) -> None:
        module = self.wheel.module_of_object(name)
        cls = next(
            c for c in module.top.values() if _OBJECT_NAME.search(ast.get_source_segment(module.source, c) or "")
        )
        self._fields(name, cls, Scope(module, (cls,)))

    def _fields(self, path: str, cls: ast.ClassDef, scope: Scope) -> None:
        wire = _remappings(cls)
        for name, note in _annotations(cls):
            if not name.startswith("_") and name not in {"OBJECT_NAME", "deleted"}:
                self._field(f"{path}.{wire.get(name, name)}", note, scope)

    def _field(self, path: str, note: ast.expr, scope: Scope) -> None:
        note = _unquote(note)
        optional = isinstance(note, ast.Subscript) and _tail(note.value) == "Optional"
        if optional:
            assert isinstance(note, ast.Subscript)
            note = _unquote(note.slice)
        self.shape.fields[path] = self._type(path, note, scope) + ("?" if optional else "")

    def _type(self, path: str, note: ast.expr, scope: Scope) -> str:
        parts = _alternatives(note)
        if len(parts) > 1:
            return self._union(path, parts, scope)
        note = parts[0]
        if isinstance(note, ast.Subscript):
            return self._generic(path, _tail(note.value), _arguments(note), scope)
        name = ast.unparse(note)
        if name in PRIMITIVES:
            return "decimal" if name == "str" and path.endswith("_decimal") else PRIMITIVES[name]
        if name in UNTYPED:
            return "any"
        return self._named(path, name, scope)

    def _union(self, path: str, parts: list[ast.expr], scope: Scope) -> str:
        words = {self._type(path, part, scope) for part in parts}
        if words == {"enum", "string"}:
            self.shape.open.add(path)
            return "enum"
        if all(word.startswith("ref<") for word in words):
            return f"ref<{'|'.join(sorted(word[4:-1] for word in words))}>"
        return self.shape.unsure(path, "|".join(sorted(words)))

    def _generic(self, path: str, head: str, arguments: Sequence[ast.expr], scope: Scope) -> str:
        if head == "Literal":
            self.shape.enums[path] = [a.value for a in arguments if isinstance(a, ast.Constant)]  # type: ignore[misc]
            return "enum"
        if head in {"List", "list"}:
            return f"array<{self._type(path + '[]', arguments[0], scope)}>"
        if head in {"Dict", "dict", "UntypedStripeObject"}:
            return f"map<{self._type(path + '{}', arguments[-1], scope)}>"
        if head == "ListObject":
            return f"list<{self._type(path + '[]', arguments[0], scope)[4:-1]}>"
        if head == "ExpandableField":
            return f"expandable<{self._type(path, arguments[0], scope)[4:-1]}>"
        return self.shape.unsure(path, head)

    def _named(self, path: str, name: str, scope: Scope) -> str:
        found = self._resolve(name, scope)
        if found is None:
            return self.shape.unsure(path, name)
        inner = found.classes[-1]
        if len(found.classes) == 1 and found.module.object_name:
            return f"ref<{found.module.object_name}>"
        self._fields(path, inner, found)
        return "object"

    def _resolve(self, name: str, scope: Scope) -> Scope | None:
        first, *rest = name.split(".")
        found = self._lookup(first, scope)
        for part in rest:
            if found is None:
                return None
            nested = [c for c in found.classes[-1].body if isinstance(c, ast.ClassDef) and c.name == part]
            found = Scope(found.module, (*found.classes, nested[0])) if nested else None
        return found

    def _lookup(self, name: str, scope: Scope) -> Scope | None:
        for depth in range(len(scope.classes), 0, -1):
            for node in scope.classes[depth - 1].body:
                if isinstance(node, ast.ClassDef) and node.name == name:
                    return Scope(scope.module, (*scope.classes[:depth], node))
        if name in scope.module.top:
            return Scope(scope.module, (scope.module.top[name],))
        return self._imported(name, scope.module)

    def _imported(self, name: str, module: Module) -> Scope | None:
        if name not in module.imports:
            return None
        dotted, original = module.imports[name]
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", original).lower()
        for place in (dotted, f"{dotted}._{snake}"):
            target = self.wheel.module(place)
            if target and original in target.top:
                return Scope(target, (target.top[original],))
        return None


def _camel(words: str) -> str:
    return "".join(word.title() for word in words.split("_"))


def _words(action: str) -> tuple[str, ...]:
    """A resource that has no parameters of its own for ``modify`` has those of its service's ``update``."""
    return (action, "update") if action == "modify" else (action,)


@dataclass
class Parameters:
    """Turns the TypedDicts of one wheel into rows of ``POST /v1/invoices.auto_advance``."""

    wheel: Wheel
    shape: Shape

    def add(self, operation: str, resource: str, action: str) -> bool:
        """False when this release does not have the operation."""
        name = _camel(action) + "Params"
        full = _camel(resource)
        places = [
            *((f"stripe.params._{resource}_{word}_params", f"{full}{_camel(word)}Params") for word in _words(action)),
            *((place.format(resource), name) for place in PLACES),
        ]
        for dotted, cls in places:
            module = self.wheel.module(dotted)
            if module and cls in module.dicts:
                self.shape.operations.add(operation)
                self._keys(operation, cls, module, ())
                return True
        return False

    def _keys(self, path: str, cls: str, module: Module, seen: tuple[str, ...]) -> None:
        for base in module.bases.get(cls, ()):
            if base not in REQUEST_OPTIONS and base in module.dicts:
                self._keys(path, base, module, (*seen, cls))
        for name, note in module.dicts[cls]:
            self._key(f"{path}.{name}", note, module, (*seen, cls))

    def _key(self, path: str, note: ast.expr, module: Module, seen: tuple[str, ...]) -> None:
        note = _unquote(note)
        optional = isinstance(note, ast.Subscript) and _tail(note.value) == "NotRequired"
        if optional:
            assert isinstance(note, ast.Subscript)
            note = note.slice
        self.shape.fields[path] = self._type(path, note, module, seen) + ("?" if optional else "")

    def _type(self, path: str, note: ast.expr, module: Module, seen: tuple[str, ...]) -> str:
        parts = [part for part in _alternatives(note) if ast.unparse(part) != "None"]  # 7.x spells "may be left out" so
        words = sorted({self._plain(path, part, module, seen) for part in parts})
        if words == ["enum", "string"]:
            self.shape.open.add(path)
            return "enum"
        return "|".join(words)

    def _plain(self, path: str, note: ast.expr, module: Module, seen: tuple[str, ...]) -> str:
        note = _unquote(note)
        if isinstance(note, ast.Subscript):
            return self._generic(path, _tail(note.value), _arguments(note), module, seen)
        name = _tail(note)
        if name in PRIMITIVES:
            return "decimal" if name == "str" and path.endswith("_decimal") else PRIMITIVES[name]
        if name in UNTYPED or name in seen:
            return "any"
        if name in module.dicts:
            self._keys(path, name, module, seen)
            return "object"
        return self.shape.unsure(path, name)

    def _generic(self, path: str, head: str, args: Sequence[ast.expr], module: Module, seen: tuple[str, ...]) -> str:
        if head == "Literal":
            values = [a.value for a in args if isinstance(a, ast.Constant)]
            if values == [""]:
                return "clear"
            known = self.shape.enums.setdefault(path, [])
            known.extend(value for value in values if value not in known)
            return "enum"
        if head in {"List", "list"}:
            return f"array<{self._type(path + '[]', args[0], module, seen)}>"
        if head in {"Dict", "dict", "UntypedStripeObject"}:
            return f"map<{self._type(path + '{}', args[-1], module, seen)}>"
        if head == "Optional":
            return self._type(path, args[0], module, seen)
        return self.shape.unsure(path, head)


def read(path: Path) -> Shape:
    """The rows of one wheel. Raises LookupError where the wheel lacks an object it must have."""
    wheel = Wheel(path)
    objects = Objects(wheel)
    objects.shape.api_version, objects.shape.release = wheel.api_version, f"stripe-python {wheel.release}"
    for name, since in OBJECTS.items():
        if wheel.api_version[:10] >= since:
            objects.add(name)
    parameters = Parameters(wheel, objects.shape)
    for operation, (resource, action) in REQUESTS.items():
        parameters.add(operation, resource, action)
    return objects.shape
