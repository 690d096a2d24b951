"""One journal from those of workers or shards."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING

from conformance.errors import Place
from conformance.results.journal import Footer, Header, JournalError, Run, line, unwritable
from conformance.results.reading import Reader, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def merge(parts: Iterable[Path], out: Path, order: Sequence[str] = ()) -> Run:
    """Write ``out`` from the journals of workers or shards: scenarios in ``order``, then as they come, byte for byte.

    The footer is complete only if every part's is. Raises JournalError where two parts hold the same scenario, or
    come from different targets or API versions.
    """
    readers = [Reader(part, validate=False) for part in parts]
    if not readers:
        raise JournalError("there is no journal to merge", place=Place(str(out)))
    runs = [reader.run() for reader in readers]
    groups: dict[str, list[bytes]] = {}
    for reader in readers:
        for name, group in reader.groups.items():
            if name in groups:
                raise JournalError(f"scenario {name} is in two of the journals", place=Place(str(reader.path)))
            groups[name] = group
    header, footer = _merged_header(readers, runs), _merged_footer(runs)
    rank = {name: n for n, name in enumerate(order)}
    ids = sorted(groups, key=lambda name: rank.get(name, len(rank)))
    tail = [line("footer", footer)] if footer else []
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = out.with_name(f".{out.name}.part")
        with temporary.open("wb") as file:
            file.write(line("header", header))
            for name in ids:
                file.writelines(groups[name])
            file.writelines(tail)
        temporary.replace(out)
    except OSError as error:
        raise unwritable(out, error) from None
    return read(out, validate=False)


def _merged_header(readers: Sequence[Reader], runs: Sequence[Run]) -> Header:
    first = runs[0].header
    for reader, run in zip(readers, runs, strict=True):
        same = (run.header.api_version, run.header.target.get("name")) == (first.api_version, first.target.get("name"))
        if not same:
            raise JournalError(
                f"target {run.header.target.get('name')} at {run.header.api_version} is not"
                f" {first.target.get('name')} at {first.api_version}",
                place=Place(str(reader.path), 1),
                hint="Merge the parts of one run only.",
            )
    one_run = len({run.header.run_id for run in runs}) == 1
    totals = [run.header.selected for run in runs]
    values = {f.name: getattr(first, f.name) for f in fields(Header)}
    # Workers of one run all know the whole selection; shards each know their own.
    values["selected"] = max(totals) if one_run else sum(totals)
    values["started"] = min(run.header.started for run in runs)
    return Header(**values)


def _merged_footer(runs: Sequence[Run]) -> Footer | None:
    footers = [run.footer for run in runs if run.footer]
    if len(footers) < len(runs):
        return None
    outcomes: Counter[str] = Counter()
    for footer in footers:
        outcomes.update(footer.outcomes)
    stopped = [footer.reason for footer in footers if not footer.complete]
    return Footer(
        outcomes=dict(outcomes),
        checks=sum(footer.checks for footer in footers),
        ended=max(footer.ended for footer in footers),
        complete=not stopped,
        reason="; ".join(dict.fromkeys(stopped)),
        stale=tuple(entry for footer in footers for entry in footer.stale),
    )
