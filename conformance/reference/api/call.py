"""One request as a handler sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.reference.model.problems import missing_object

if TYPE_CHECKING:
    from conformance.reference.model.table import Body, Table
    from conformance.reference.model.world import World


@dataclass(slots=True)
class Call:
    """``ids`` come from the path, ``params`` have passed their table and lack ``expand``."""

    world: World
    ids: tuple[str, ...]
    params: dict[str, Any]
    version: str
    path: str = ""
    expand: list[str] = field(default_factory=list)

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)


def found(table: Table, identifier: str, noun: str, param: str = "id", *, status: int = 404) -> Body:
    """The row, or Stripe's ``No such …``."""
    row = table.get(identifier)
    if row is None:
        raise missing_object(noun, identifier, param, status=status)
    return row


def merge_metadata(row: Body, sent: Any) -> None:
    """INV-CRE-028: keys that are sent replace or, empty, remove; the others stay."""
    if sent is None:
        return
    row["metadata"] = (
        {} if sent == "" else {key: value for key, value in {**row["metadata"], **sent}.items() if value != ""}
    )


def clean_metadata(sent: Any) -> dict[str, str]:
    """Metadata of a new object."""
    return {key: value for key, value in (sent or {}).items() if value != ""}


def or_none(value: Any) -> Any:
    """A cleared value is null in the body."""
    return None if value == "" else value


def stub(row: Body) -> Body:
    """INV-OBJ-040: what remains of a deleted object."""
    return {"id": row["id"], "object": row["object"], "deleted": True}
