"""``stripe-conformance versions``: the known API versions, and what changes between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from conformance.errors import ConformanceError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.api_version import ApiVersion
    from conformance.contract.changes import Diff, Fields


class UnknownVersionError(ConformanceError):
    """A version that is none, or that has no derived shape."""

    code = "unknown-version"


def known_version(text: str) -> ApiVersion:
    """The known version called ``text`` (its date alone will do). Raises UnknownVersionError."""
    from conformance.contract import versions

    known = versions.known()
    named = {"newest": known[-1], **{name: version for version in known for name in (version.date, str(version))}}
    if text in named:
        return named[text]
    raise UnknownVersionError(
        f"{text!r} is no known API version.",
        hint=did_you_mean(text, known) or f"Known are {known[0]} to {known[-1]}: stripe-conformance versions.",
    )


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the SDK releases each shape comes from.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the known API versions, oldest first.

    \b
    Examples:
      stripe-conformance versions
      stripe-conformance versions diff 2025-02-24.acacia newest
    """
    if context.invoked_subcommand:
        return
    from conformance.contract import versions

    if as_json:
        rows = [{"version": str(version), "from": versions.releases(version)} for version in versions.known()]
        click.echo(_json(rows))
        return
    for version in versions.known():
        click.echo(f"{version!s:20} {versions.releases(version)}")


@command.command("diff")
@click.argument("older")
@click.argument("newer")
@click.option("--format", "style", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
def compare(older: str, newer: str, style: str) -> None:
    """Say what changes for invoices from API version OLDER to NEWER (``newest`` for the newest).

    Fields removed and added, types, what may be null, enum values, parameters, operations, behaviour.
    """
    from conformance.contract.changes import diff

    found = diff(known_version(older), known_version(newer))
    click.echo({"text": _text, "markdown": _markdown, "json": _as_json}[style](found))


def _as_json(found: Diff) -> str:
    from dataclasses import asdict

    raw = asdict(found)
    raw["older"], raw["newer"] = str(found.older), str(found.newer)
    raw["behaviour"] = [change._asdict() for change in found.behaviour]
    return _json(raw)


def _json(value: Any) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)


def _text(found: Diff) -> str:
    lines = [f"{found.older} -> {found.newer}"]
    for title, rows in _sections(found):
        lines += ["", f"{title} ({len(rows)})", *(f"  {row}" for row in rows)]
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "nothing changes for invoices"])


def _markdown(found: Diff) -> str:
    lines = [f"## {found.older} → {found.newer}"]
    for title, rows in _sections(found):
        lines += ["", f"### {title} ({len(rows)})", *(f"- {_code(row)}" for row in rows)]
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "Nothing changes for invoices."])


def _code(row: str) -> str:
    path, colon, rest = row.partition(": ")
    return row if " " in path and not path.startswith(("GET", "POST", "DELETE")) else f"`{path}`{colon}{rest}"


def _sections(found: Diff) -> Iterator[tuple[str, list[str]]]:
    parts = (
        ("Behaviour", [f"{change.text} [{change.requirement}, {change.since}]" for change in found.behaviour]),
        *_field_sections("Fields", found.bodies),
        ("Operations removed", list(found.operations_removed)),
        ("Operations added", list(found.operations_added)),
        *_field_sections("Parameters", found.parameters),
    )
    yield from ((title, rows) for title, rows in parts if rows)


def _field_sections(what: str, fields: Fields) -> Iterator[tuple[str, list[str]]]:
    one = what.removesuffix("s")
    yield f"{what} removed", list(fields.removed)
    yield f"{what} added", list(fields.added)
    yield f"{one} types", [f"{path}: {before} -> {after}" for path, (before, after) in fields.types.items()]
    yield f"{one} presence", [f"{path}: {before} -> {after}" for path, (before, after) in fields.optional.items()]
    yield f"{one} values", [f"{path}: {_change(*change)}" for path, change in fields.values.items()]


def _change(added: list[Any], removed: list[Any]) -> str:
    words = [*(f"+{value}" for value in added), *(f"-{value}" for value in removed)]
    return " ".join(words)
