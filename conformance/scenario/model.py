"""The scenario language as frozen data: the loader makes it, lint reads it, the engine runs it.

A *node* is plain JSON data whose strings may have become `Reference` or `Template`, and whose one-key ``$`` mappings
are matchers (left as mappings here; ``conformance.match`` compiles them).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.api_version import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALL_VERSIONS = Window()

Node = Any  # None | bool | int | float | str | Reference | Template | list[Node] | dict[str, Node]
Path = tuple[str | int, ...]  # a place in the YAML document: ("steps", 0, "expect", "body", "status")


@dataclass(frozen=True, slots=True)
class Reference:
    """``${invoice.lines.data[0].id}``: the value at ``path`` in what ``name`` names; keeps the value's type."""

    name: str
    path: Path = ()

    def __str__(self) -> str:
        out = self.name
        for part in self.path:
            out += f"[{part}]" if isinstance(part, int) else f".{part}"
        return "${" + out + "}"


@dataclass(frozen=True, slots=True)
class Template:
    """A string with references inside it: ``/v1/invoices/${invoice.id}/void``. ``parts`` are str or `Reference`."""

    parts: tuple[str | Reference, ...]

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Given:
    """One prelude: run setup ``setup`` with ``arguments``; its result is named ``name`` in the steps."""

    name: str
    setup: str
    arguments: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """``POST /v1/invoices/${invoice.id}/pay`` with parameters (query for GET and DELETE, form body for POST)."""

    method: str
    path: str | Reference | Template
    params: Mapping[str, Node] = field(default_factory=dict)
    headers: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """The frame condition: against the body ``since``, the paths in ``to`` have these values, and no other differs."""

    since: Reference
    to: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Expect:
    """What a step demands of its response. A member that is None or empty demands nothing."""

    status: Node = None
    headers: Mapping[str, Node] = field(default_factory=dict)
    body: Node = None
    error: Node = None
    changes: Changes | None = None
    same_as: Reference | None = None


@dataclass(frozen=True, slots=True)
class Eventually:
    """Poll a read until its expectations hold; ``within`` seconds at most, ``every`` seconds between attempts."""

    within: float
    every: float = 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """One request and its expectations. ``index`` is its position; empty ``covers`` means the scenario's."""

    id: str
    index: int
    request: Request
    expect: Expect
    title: str = ""
    covers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    versions: Window = ALL_VERSIONS
    eventually: Eventually | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """A named prelude. ``arguments`` holds its parameters with their defaults; ``result`` is what it hands on."""

    name: str
    title: str
    file: str
    steps: tuple[Step, ...]
    result: Reference
    arguments: Mapping[str, Node] = field(default_factory=dict)
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One runnable flow: a scenario file, or one row of its matrix (then ``id`` is ``file-id[row]``)."""

    id: str
    title: str
    file: str
    covers: tuple[str, ...]
    steps: tuple[Step, ...]
    given: tuple[Given, ...] = ()
    needs: tuple[str, ...] = ()
    versions: Window = ALL_VERSIONS
    profile: str = "core"
    row: str | None = None
    area: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What one file holds: its scenarios (one, or one per matrix row) or a setup."""

    file: str
    scenarios: Sequence[Scenario] = ()
    setup: Setup | None = None
