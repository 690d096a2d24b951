"""What runs have left on a target, told by their tags, and how to take it away: also after a run that crashed.

Every customer a scenario makes carries ``metadata[conformance_run]``, every test clock the name ``conformance <run>``.
Deleting a customer cancels what it subscribes to; deleting a test clock deletes its customers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.target.base import Request, Session, Target

TAG = "conformance_run"
_CLOCK_NAME = "conformance "
_MOST_PAGES = 10_000  # a pager that loops must end


@dataclass(frozen=True, slots=True)
class Leftover:
    """One object of a run. ``path`` is where it is deleted."""

    path: str
    run_id: str


def find(target: Target, run_id: str = "") -> list[Leftover]:
    """The leftovers of one run, or of every run. Test clocks come first: they take their customers with them."""
    session = target.open("leftovers")
    try:
        found = [
            *_tagged(session, "/v1/test_helpers/test_clocks", _of_clock),
            *_tagged(session, "/v1/customers", _of_customer),
        ]
    finally:
        session.close(complete=True)
    return [one for one in found if not run_id or one.run_id == run_id]


def delete(target: Target, leftovers: list[Leftover]) -> Iterator[tuple[Leftover, bool]]:
    """Delete one after the other; what is gone already counts as deleted."""
    session = target.open("leftovers")
    try:
        for one in leftovers:
            response = session.send(Request("DELETE", one.path), "delete").response
            yield one, response is not None and (response.status == 200 or response.status == 404)
    finally:
        session.close(complete=True)


def _tagged(session: Session, path: str, run_of: Any) -> Iterator[Leftover]:
    seen: set[str] = set()
    params: dict[str, Any] = {"limit": 100}
    for _ in range(_MOST_PAGES):
        response = session.send(Request("GET", path, params), "list").response
        page = response.json if response is not None and response.status == 200 else None
        members = page.get("data") if isinstance(page, dict) else None
        fresh = [one for one in members or [] if isinstance(one, dict) and str(one.get("id")) not in seen]
        for one in fresh:
            seen.add(str(one["id"]))
            if run := run_of(one):
                yield Leftover(f"{path}/{one['id']}", run)
        if not fresh or not page or page.get("has_more") is not True:
            return
        params = {"limit": 100, "starting_after": fresh[-1]["id"]}


def _of_customer(customer: dict[str, Any]) -> str:
    metadata = customer.get("metadata")
    return str(metadata.get(TAG, "")) if isinstance(metadata, dict) and not customer.get("test_clock") else ""


def _of_clock(clock: dict[str, Any]) -> str:
    name = str(clock.get("name") or "")
    return name.removeprefix(_CLOCK_NAME) if name.startswith(_CLOCK_NAME) else ""
