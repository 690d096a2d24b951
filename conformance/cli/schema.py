"""``stripe-conformance schema``: JSON Schema 2020-12 of Stripe's bodies at any known version, and of our own files."""

from __future__ import annotations

from typing import Any

import click

from conformance.cli.versions import known_version
from conformance.errors import ConformanceError, did_you_mean


class UnknownSchemaError(ConformanceError):
    """A name that no schema has."""

    code = "unknown-schema"


@click.group()
def command() -> None:
    """Print JSON Schemas: Stripe's bodies at an API version, or the files this suite reads and writes.

    \b
    Example:
      stripe-conformance schema show invoice --api-version 2025-03-31.basil
    """


@command.command("show")
@click.argument("name")
@click.option("--api-version", default="newest", show_default=True, metavar="VERSION")
@click.option("--compact", is_flag=True, help="On one line.")
def show(name: str, api_version: str, compact: bool) -> None:
    """Print the schema called NAME (see `schema list`).

    \b
    Examples:
      stripe-conformance schema show invoice --api-version 2025-03-31.basil
      stripe-conformance schema show "list<invoice>"
      stripe-conformance schema show scenario            the language of our scenario files
    """
    click.echo(_dumps(_own(name) or _contract(name, api_version), compact=compact))


@command.command("list")
@click.option("--api-version", default="newest", show_default=True, metavar="VERSION")
def names(api_version: str) -> None:
    """List what `schema show` knows at an API version."""
    from conformance.contract import schema

    version = known_version(api_version)
    click.echo(f"Stripe's bodies at {version}:")
    for name in schema.names(version):
        click.echo(f"  {name}")
    click.echo("Files of this suite:")
    for name in _files():
        click.echo(f"  {name}")


@command.command("params")
@click.argument("operation", required=False)
@click.option("--api-version", default="newest", show_default=True, metavar="VERSION")
def params(operation: str | None, api_version: str) -> None:
    """List the parameters of OPERATION, or the operations there are.

    \b
    Example:
      stripe-conformance schema params "POST /v1/invoices/{id}/pay"
    """
    from conformance.contract import chronicle, parameters

    version = known_version(api_version)
    table = chronicle.requests()
    alive = [name for name, row in table.operations.items() if chronicle.alive(row, version.date)]
    if operation is None:
        click.echo("\n".join(alive))
        return
    if operation not in alive:
        hint = did_you_mean(operation, alive)
        raise UnknownSchemaError(f"{operation!r} is no operation of {version}.", hint=hint)
    for path, word in parameters.accepted(operation, version).items():
        values = table.values(f"{operation}.{path}", version)
        required = "" if word.endswith("?") else " (required)"
        told = f": {', '.join(map(str, values))}" if values else ""
        click.echo(f"{path} {word.rstrip('?')}{required}{told}")


def _contract(name: str, api_version: str) -> Any:
    from conformance.contract import schema

    version = known_version(api_version)
    try:
        return schema.document(name, version)
    except KeyError:
        known = (*schema.names(version), *_files())
        hint = did_you_mean(name, known) or f"Known are {', '.join(known)}."
        raise UnknownSchemaError(f"no schema is called {name!r} at {version}.", hint=hint) from None


def _files() -> list[str]:
    from conformance import paths

    return sorted(file.name.removesuffix(".schema.json") for file in paths.data("schemas").glob("*.schema.json"))


def _own(name: str) -> Any:
    if name not in _files():
        return None
    import json

    from conformance import paths

    return json.loads((paths.data("schemas") / f"{name}.schema.json").read_text("utf-8"))


def _dumps(value: Any, *, compact: bool) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if compact else json.dumps(value, indent=2)
