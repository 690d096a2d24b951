"""Stripe's own OpenAPI spec as the same flat rows, to hold the derived history against it.

The newest public spec travels inside the Go module of stripe-mock, which `go mod download` fetches from the module
proxy.

    python tools/openapi.py            # prints every difference for the invoice family
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.api_version import ApiVersion  # noqa: E402
from conformance.contract import chronicle  # noqa: E402
from tools.shape import OBJECTS, Shape  # noqa: E402

MODULE = "github.com/stripe/stripe-mock@latest"
SPEC = Path("embedded/openapi/spec3.json")


def download() -> Path:
    """The spec's file in the module cache. Raises subprocess errors or OSError where Go or its proxy is not there."""
    command = ["go", "mod", "download", "-json", MODULE]
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "GOFLAGS": "-mod=mod"},
        cwd=os.sep,
    )
    return Path(json.loads(done.stdout)["Dir"]) / SPEC


class Spec:
    """Flattens schemas of one spec into rows."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.schemas: dict[str, Any] = raw["components"]["schemas"]
        self.shape = Shape(raw["info"]["version"], "stripe/openapi")

    def read(self, names: list[str]) -> Shape:
        """The rows of the objects ``names``."""
        by_object = {self._object_name(schema): schema for schema in self.schemas.values()}
        for name in names:
            self._fields(name, by_object[name])
        return self.shape

    def _object_name(self, schema: Any) -> str:
        values = schema.get("properties", {}).get("object", {}).get("enum", [])
        deleted = "deleted" in schema.get("properties", {}) and "deleted" in schema.get("required", [])
        return values[0] if len(values) == 1 and not deleted else ""

    def _fields(self, path: str, schema: Any) -> None:
        required = set(schema.get("required", ()))
        for name, field in schema.get("properties", {}).items():
            word, nullable = self._type(f"{path}.{name}", field)
            self.shape.fields[f"{path}.{name}"] = word + ("?" if nullable or name not in required else "")

    def _type(self, path: str, schema: Any) -> tuple[str, bool]:
        nullable = bool(schema.get("nullable"))
        options = schema.get("anyOf") or ([{"$ref": schema["$ref"]}] if "$ref" in schema else [])
        if options:
            return self._union(path, options), nullable
        return self._plain(path, schema), nullable

    def _union(self, path: str, options: list[Any]) -> str:
        plain = [option for option in options if "$ref" not in option]
        targets = [self.schemas[option["$ref"].rsplit("/", 1)[1]] for option in options if "$ref" in option]
        names = sorted({name for target in targets if (name := self._object_name(target))})
        if plain and names:
            return f"expandable<{'|'.join(names)}>"
        if names:
            return f"ref<{'|'.join(names)}>"
        if len(targets) == 1:
            return self._plain(path, targets[0])
        return "any" if len(plain) != 1 else self._plain(path, plain[0])

    def _plain(self, path: str, schema: Any) -> str:
        if "enum" in schema:
            self.shape.enums[path] = [value for value in schema["enum"] if value != ""]
            return "enum"
        kind = schema.get("type")
        if kind == "array":
            return f"array<{self._type(f'{path}[]', schema['items'])[0]}>"
        if kind != "object":
            return "decimal" if schema.get("format") == "decimal" else str(kind or "any")
        properties = schema.get("properties", {})
        if properties.get("object", {}).get("enum") == ["list"]:
            return f"list<{self._type(f'{path}[]', properties['data']['items'])[0][4:-1]}>"
        if isinstance(extra := schema.get("additionalProperties"), dict):
            return f"map<{self._type(f'{path}{{}}', extra)[0]}>"
        if not properties:
            return "any"
        self._fields(path, schema)
        return "object"


def differences(file: Path) -> tuple[ApiVersion, dict[str, str]]:
    """The spec's version, and path -> how the history departs from it there."""
    spec = Spec(json.loads(file.read_text("utf-8")))
    version = ApiVersion.parse(spec.shape.api_version)
    shape = spec.read([name for name, since in OBJECTS.items() if since <= version.date])
    table = chronicle.objects()
    ours = dict(table.at(version))
    found: dict[str, str] = {}
    for path in sorted({*ours, *shape.fields}):
        mine, theirs = ours.get(path), shape.fields.get(path)
        if mine is None or theirs is None:
            found[path] = f"only in {'the history' if theirs is None else 'the spec'}: {mine or theirs}"
        elif mine != theirs:
            found[path] = f"{mine}, in the spec {theirs}"
        elif path in shape.enums and set(shape.enums[path]) != set(table.values(path, version)):
            here, there = set(table.values(path, version)), set(shape.enums[path])
            found[path] = f"values +{sorted(here - there)} -{sorted(there - here)}"
    return version, found


if __name__ == "__main__":
    spec_version, all_differences = differences(download())
    print(spec_version)
    for place, difference in all_differences.items():
        print(f"{place}: {difference}")
