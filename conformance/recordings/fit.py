"""Which API version each body was recorded at: what the capture says, or else the version it fits best."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.api_version import ApiVersion
from conformance.contract import Contract, for_version, versions
from conformance.contract.contract import CLIENT_ERROR, family_objects
from conformance.recordings.model import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.recordings.model import Captured

HEADER = "stripe-version"
ENOUGH = 20  # bodies that decide a fit; more say nothing new
SHAPES_ONLY = frozenset({"ids", "clock", "urls"})


class Told(NamedTuple):
    """A version and who says so: ``header``, ``event``, ``capture`` or ``best fit``."""

    version: ApiVersion
    by: str


def told(item: Captured) -> Told | None:
    """What the capture itself says: the answer's header, the request's, the event's own, the capture's note."""
    for headers in (item.headers, item.request_headers):
        if headers and (text := header(headers, HEADER)):
            return _told(text, "header")
    return _told(item.version, "capture" if item.method else "event") if item.version else None


@lru_cache(maxsize=256)
def _told(text: str, by: str) -> Told | None:
    version = parse(text)
    return Told(version, by) if version else None


def parse(text: str) -> ApiVersion | None:
    """A version, also with what beta headers append (``2025-03-31.basil; feature=v1``); None for anything else."""
    try:
        return ApiVersion.parse(text.partition(";")[0].strip())
    except ValueError:
        return None


def objects(body: Any) -> list[dict[str, Any]]:
    """The outermost invoice-family objects of ``body``, itself included."""
    return [inner for _, inner in family_objects({"data": body})]


def best_fit(bodies: Iterable[dict[str, Any]]) -> tuple[ApiVersion, ...]:
    """The versions at which the fewest of ``bodies`` (family objects) are wrong, oldest first; all of them when none
    is given.
    """
    bodies = list(bodies)
    if not bodies:
        return versions.known()
    scores = {version: _misfits(bodies, version) for version in versions.known()}
    least = min(scores.values())
    return tuple(version for version, score in scores.items() if score == least)


def _misfits(bodies: list[dict[str, Any]], version: ApiVersion) -> tuple[int, int]:
    contract = for_version(version, without=SHAPES_ONLY)
    found = [violation for body in bodies for violation in contract.check_body(body)]
    return sum(v.severity == "fail" for v in found), sum(v.severity == "warning" for v in found)


class Version(NamedTuple):
    """The version a body is of, the contracts it is judged by (``edited`` where ids were replaced), the range of a
    best fit.
    """

    own: Told
    contract: Contract
    edited: Contract
    fitted: tuple[ApiVersion, ...] = ()


def _version(own: Told, asked: ApiVersion | None, fitted: tuple[ApiVersion, ...] = ()) -> Version:
    judged, pinned = asked or own.version, asked is not None
    edited = for_version(judged, without=SHAPES_ONLY, pinned=pinned)
    return Version(own, for_version(judged, pinned=pinned), edited, fitted)


def versioned(items: Iterator[Captured], asked: ApiVersion | None) -> Iterator[tuple[Captured, Version]]:
    """Each item with its version. Items that do not say theirs wait until enough of them make a fit; few ever do."""
    waiting: list[Captured] = []
    fitted: Version | None = None
    last: Told | None = None
    version = _version(Told(versions.newest(), ""), asked)
    for item in items:
        said = told(item)
        if said:
            if waiting and not fitted:  # the capture does say its version, only later
                near = _version(Told(said.version, "neighbour"), asked)
                yield from ((earlier, near) for earlier in waiting)
                waiting = []
            if said is not last:
                last, version = said, _version(said, asked)
            yield item, version
            del item  # before the next one is read: its memory, still in the cache, is used again
        elif fitted:
            yield item, fitted
        else:
            waiting.append(item)
            if len(waiting) >= ENOUGH:
                fitted = _fit(waiting, asked)
                yield from ((earlier, fitted) for earlier in waiting)
                waiting = []
    if waiting:
        fitted = _fit(waiting, asked)
        yield from ((earlier, fitted) for earlier in waiting)


def _fit(items: list[Captured], asked: ApiVersion | None) -> Version:
    bodies = [body for item in items if item.status < CLIENT_ERROR for body in objects(item.body)]
    fitting = best_fit(bodies[:ENOUGH])
    return _version(Told(fitting[-1], "best fit"), asked, fitting)
