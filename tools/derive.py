"""Derives `schemas/contract/{objects,requests}.json` from the SDK releases named in `tools/pins.txt`.

    python tools/derive.py            # writes the files
    python tools/derive.py --check    # exit 1 when the committed files are not what the releases give

Downloads go through `pip download` and `npm pack` into `--cache` (default: a temporary folder). Nothing of a package
is executed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.contract.chronicle import FIRST, LAST, Span  # noqa: E402
from tools import sdk_python  # noqa: E402
from tools.shape import NODE_NAMES, OBJECTS, Shape, merge  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PINS = ROOT / "tools" / "pins.txt"
OUT = ROOT / "schemas" / "contract"
TYPESCRIPT = "5.6.3"


class Pin(NamedTuple):
    """One line of the pins file."""

    version: str
    registry: str
    releases: tuple[str, ...]


def pins(text: str) -> list[Pin]:
    """Parse the pins file; raise ValueError unless the versions ascend."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [Pin(version, registry, tuple(releases)) for version, registry, *releases in lines]
    if [pin.version[:10] for pin in found] != sorted({pin.version[:10] for pin in found}):
        raise ValueError(f"{PINS.name}: versions must ascend, each once")
    return found


def wheel(release: str, cache: Path) -> Path:
    """The wheel of one stripe-python release, downloaded once."""
    if not list(cache.glob(f"stripe-{release}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(cache)]
        subprocess.run([*command, f"stripe=={release}"], check=True)
    return next(cache.glob(f"stripe-{release}-*.whl"))


def package(name: str, release: str, cache: Path) -> Path:
    """The folder of one npm package, downloaded and unpacked once."""
    folder = cache / f"{name}-{release}"
    if not folder.is_dir():
        archive = cache / f"{name}-{release}.tgz"
        if not archive.exists():
            subprocess.run(["npm", "pack", "-s", f"{name}@{release}"], cwd=cache, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(folder)
    return folder / "package"


def read_node(release: str, version: str, cache: Path) -> Shape:
    """The rows of one stripe-node release."""
    job = {"objects": [name for name, since in OBJECTS.items() if since <= version], "requests": NODE_NAMES}
    script = [str(ROOT / "tools" / "sdk_node.mjs"), str(package("stripe", release, cache))]
    compiler = package("typescript", TYPESCRIPT, cache) / "lib" / "typescript.js"
    done = subprocess.run(["node", *script, str(compiler), json.dumps(job)], check=True, capture_output=True, text=True)
    raw = json.loads(done.stdout)
    return Shape(
        api_version=raw["api_version"],
        release=raw["release"],
        fields=raw["fields"],
        enums=raw["enums"],
        absent=set(raw["absent"]),
        operations=set(raw["operations"]),
        unresolved=raw["unresolved"],
    )


def shape_of(pin: Pin, cache: Path) -> Shape:
    """The merged rows of one API version. Raises SystemExit when a release is not of that version or not understood."""
    if pin.registry == "pypi":
        shapes = [sdk_python.read(wheel(release, cache)) for release in pin.releases]
    else:
        shapes = [read_node(release, pin.version, cache) for release in pin.releases]
    for shape in shapes:
        if shape.api_version != pin.version:
            raise SystemExit(f"{shape.release} is of {shape.api_version}, not of {pin.version}: correct {PINS.name}")
        if shape.unresolved:
            raise SystemExit(
                f"{shape.release}: {len(shape.unresolved)} types not understood, first {shape.unresolved[0]}"
            )
        shape.override()
    return merge(shapes)


def settle_numbers(shapes: Sequence[Shape]) -> None:
    """TypeScript has one number type; the first release that can tell an integer from a float decides for all of
    them.
    """
    words: dict[str, str] = {}
    for shape in reversed(shapes):
        for path, word in shape.fields.items():
            kind = word.rstrip("?")
            if "number" in kind:
                shape.fields[path] = words.get(path, kind) + word[len(kind) :]
            else:
                words[path] = kind


def rows(shapes: Sequence[Shape]) -> dict[str, str]:
    """Path -> row: consecutive versions with the same word are one span."""
    found: dict[str, str] = {}
    for path in _in_order(shape.fields for shape in shapes):
        found[path] = "; ".join(str(span) for span in _spans([shape.fields.get(path) for shape in shapes], shapes))
    return found


def _spans(words: Sequence[str | None], shapes: Sequence[Shape]) -> Iterable[Span]:
    start = 0
    for index in range(1, len(words) + 1):
        if index < len(words) and words[index] == words[start]:
            continue
        word = words[start]
        if word is not None:
            since = FIRST if start == 0 else shapes[start].api_version
            yield Span(word, since, LAST if index == len(words) else shapes[index].api_version)
        start = index


def _in_order(keys: Iterable[Iterable[str]]) -> list[str]:
    return sorted({key for each in keys for key in each})


def enums(shapes: Sequence[Shape]) -> dict[str, dict[str, list[Any]]]:
    """Path -> {version: values added, -version: values removed}; a field's disappearance removes no value."""
    found: dict[str, dict[str, list[Any]]] = {}
    for path in _in_order(shape.enums for shape in shapes):
        known: list[Any] = []
        changes = found.setdefault(path, {})
        for index, shape in enumerate(shapes):
            if path not in shape.enums:
                continue
            values = shape.enums[path]
            if gone := [value for value in known if value not in values]:
                changes[f"-{shape.api_version}"] = gone
            if new := sorted((value for value in values if value not in known), key=str):
                changes["0000-00-00" if index == 0 else shape.api_version] = new
            known = [value for value in known if value in values] + new
    return found


def tables(shapes: Sequence[Shape]) -> dict[str, dict[str, Any]]:
    """The two files, by name."""
    settle_numbers(shapes)
    versions = {shape.api_version: shape.release for shape in shapes}
    fields, values = rows(shapes), enums(shapes)
    lives = [dict.fromkeys(shape.operations, "yes") for shape in shapes]
    operations = rows([Shape(shape.api_version, fields=life) for shape, life in zip(shapes, lives, strict=True)])

    def part(of_requests: bool) -> dict[str, Any]:
        return {
            "versions": versions,
            "fields": {path: row for path, row in fields.items() if ("/" in path) is of_requests},
            "enums": {path: row for path, row in values.items() if ("/" in path) is of_requests},
        }

    return {"objects.json": part(False), "requests.json": {**part(True), "operations": operations}}


def render(table: dict[str, Any]) -> str:
    """JSON with one row per line, so that the next version's diff shows what changed."""
    parts = []
    for name, entries in table.items():
        lines = ",\n".join(
            f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()
        )
        parts.append(f" {json.dumps(name)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def derive(cache: Path) -> dict[str, str]:
    """File name -> content, from the registries."""
    shapes = [shape_of(pin, cache) for pin in pins(PINS.read_text(encoding="utf-8"))]
    return {name: render(table) for name, table in tables(shapes).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 with --check when the committed data is stale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--cache", type=Path, help="folder that keeps downloads")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        cache = options.cache or Path(temporary)
        cache.mkdir(parents=True, exist_ok=True)
        files = derive(cache.resolve())
    stale = [
        name for name, text in files.items() if not (OUT / name).exists() or (OUT / name).read_text("utf-8") != text
    ]
    if options.check:
        print("\n".join(f"stale: {OUT / name}" for name in stale) or "the committed contract is what the releases give")
        return 1 if stale else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (OUT / name).write_text(files[name], encoding="utf-8")
    print(f"{len(files)} files, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
