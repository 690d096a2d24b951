"""Whole scenarios in one recording: every write of the scenario is there, in its order, about the same things.

What an account had before it was recorded (its catalogue) need not be made again. A read that nobody recorded is
answered with what the last answer showed of that object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from conformance.api_version import ApiVersion
from tests.scenarios.genuine.alike import sent
from tests.scenarios.genuine.encounters import Encounter, meet, witnessed
from tests.scenarios.genuine.halves import PLAYED, Ours, Theirs, applies, half_of, keys, objects, their_halves
from tests.scenarios.genuine.library import Body, Moment, addressed, moments
from tests.scenarios.genuine.recordings import Genuine, Recording

#: Made once for an account, before anything is recorded.
_CATALOGUE = frozenset(f"POST /v1/{name}" for name in ("products", "prices", "coupons", "tax_rates"))


class Flow(NamedTuple):
    """A scenario and the recording that holds it whole; ``left``: reads that the recording cannot answer."""

    scenario: str
    area: str
    recording: Recording
    encounters: tuple[Encounter, ...]
    exchanges: tuple[Genuine, ...]
    left: int


def flows(recordings: tuple[Recording, ...]) -> Iterator[Flow]:
    """Every scenario in every recording that holds it, in the version of the recording."""
    for recording in recordings:
        if recording.named:
            halves = [one for one in their_halves(recording) if not one.half.place]
            for version in sorted({one.genuine.version for one in halves}):
                mine = [one for one in halves if one.genuine.version == version]
                asked = {one.half.operation for one in mine}
                for story in _stories(version):
                    if story.writes <= asked and (found := _follow(story.steps, mine)):
                        yield Flow(story.scenario, story.area, recording, *found)


class _Step(NamedTuple):
    """A step of a story, with what a genuine call must be like to be its own: told of its parameters, or not."""

    ours: Ours
    like: tuple[frozenset[Any], frozenset[Any]]


class _Story(NamedTuple):
    scenario: str
    area: str
    writes: frozenset[str]
    steps: tuple[_Step, ...]


@cache
def _stories(version: ApiVersion) -> tuple[_Story, ...]:
    """The scenarios of one version. What is about headers meets nothing: recordings have none of ours."""
    found: dict[str, list[_Step]] = defaultdict(list)
    steps = _steps(next(one for one in PLAYED if one >= version))
    elsewhere = {one.ours.moment.scenario.id for one in steps if one.ours.moment.request.headers}
    for step in steps:
        scenario = step.ours.moment.scenario
        if scenario.id not in elsewhere and applies(step.ours.moment, version):
            found[scenario.id].append(step)
    return tuple(
        _Story(
            name,
            story[0].ours.moment.scenario.area,
            frozenset(one.ours.half.operation for one in story if _writes(one.ours.moment)),
            tuple(one for one in story if one.ours.half.operation not in _CATALOGUE),
        )
        for name, story in found.items()
    )


@cache
def _steps(played: ApiVersion) -> tuple[_Step, ...]:
    return tuple(_step(moment) for moment in moments(played))


def _step(moment: Moment) -> _Step:
    half = half_of(moment)
    return _Step(Ours(moment, half), (frozenset(keys(half, told=False)), frozenset(keys(half, told=True))))


def _writes(moment: Moment) -> bool:
    return moment.request.method != "GET" and moment.operation not in _CATALOGUE


def _follow(
    story: tuple[_Step, ...], halves: list[Theirs]
) -> tuple[tuple[Encounter, ...], tuple[Genuine, ...], int] | None:
    """The story's steps on the recording's answers; None where a write of it is not there."""
    names: dict[str, str] = {}  # our id -> theirs
    shown: dict[str, tuple[Body, Theirs]] = {}
    met, used, at, left = list[Encounter](), list[Genuine](), 0, 0
    for step in story:
        writes = _writes(step.ours.moment)
        place = next((n for n in range(at, len(halves)) if _same_call(step, halves[n], names)), None)
        if place is None and writes:
            return None
        theirs = halves[place] if place is not None else _as_shown(step, names, shown)
        if theirs is None:
            left += 1
            continue
        if place is not None:
            for seen in halves[at : place + 1]:
                shown |= {str(body["id"]): (body, seen) for body, _ in objects(seen.half.shown, seen.genuine.version)}
            at = place + 1 if writes else at
            used.append(theirs.genuine)
        _learn(step.ours.moment, theirs, names)
        encounter = meet(step.ours, theirs, theirs.genuine.version)
        met += [encounter] if encounter else []
    own = any(one.ours.moment.planned.requirements for one in met)
    return (tuple(met), tuple(used), left) if own and any(_writes(one.ours.moment) for one in story) else None


def _same_call(step: _Step, theirs: Theirs, names: dict[str, str]) -> bool:
    """The same call, of the same meaning, on the things that stand for ours."""
    mine, other = step.ours.half, theirs.half
    if mine.operation != other.operation or not _alike(step, theirs):
        return False
    about, theirs_about = addressed(mine.path), addressed(other.path)
    if about in names and theirs_about not in {names[about], "{id}"}:
        return False
    if "{id}" in other.path and names.get(about) != other.shown.get("id"):
        return False
    if not theirs.genuine.told:
        return witnessed(mine, other)
    named = ((names[value], other.sent.pairs.get(name)) for name, value in mine.sent.pairs.items() if value in names)
    return all(ours == given for ours, given in named)


def _alike(step: _Step, theirs: Theirs) -> bool:
    told = theirs.genuine.told
    return not step.like[told].isdisjoint(keys(theirs.half, told=told))


def _as_shown(step: _Step, names: dict[str, str], shown: dict[str, tuple[Body, Theirs]]) -> Theirs | None:
    moment = step.ours.moment
    id = names.get(addressed(moment.request.path), "")
    if moment.request.path.count("/") != 3 or id not in shown or moment.request.params:
        return None
    body, theirs = shown[id]
    half = theirs.half._replace(
        operation=moment.operation, sent=sent({}, ""), before=None, fresh=False, shown=body, place=(), sight=True
    )
    seen = Theirs(theirs.genuine._replace(told=True), half)
    return seen if _alike(step, seen) else None


def _learn(moment: Moment, theirs: Theirs, names: dict[str, str]) -> None:
    """Which of their ids stands for which of ours: in the path, and where both answers show an id."""
    ours, other = moment.response.json, theirs.half.shown
    for mine, its in ((ours.get("id"), other.get("id")), (ours.get("latest_invoice"), other.get("latest_invoice"))):
        given = its.get("id") if isinstance(its, dict) else its
        known = mine.get("id") if isinstance(mine, dict) else mine
        if isinstance(known, str) and isinstance(given, str):
            names.setdefault(known, given)
