"""Derives `schemas/contract/presence.json`: nullable keys that genuine bodies always carry.

    python tools/presence.py ../shared/evidence ../shared/facts/KEYS.json

The types say "null or absent" with one bit. A key is taken as always there at a version when (1) every genuine body
of every recorded version in that stretch of its life has it, (2) at least `ENOUGH` bodies say so, and (3) npm's
types, which keep the two apart, do not call it optional, and (4) it did not come up during the version's own life.
Such a key is taken as never null (``full`` in place of ``yes``) in the stretches in which (5) at least `MANY` bodies
have a value there, and no body of any version has a null, and (6) a null would say nothing that an empty list, an
empty object or the value itself does not say: `MEANS_SOMETHING` names the others, which stay nullable however many
bodies have a value.
Stretches nobody recorded count when recorded versions on both sides agree, or when they are newer than all
recordings. The result is reviewed by hand and committed; nothing at run time reads the recordings.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.contract import chronicle, versions  # noqa: E402
from conformance.contract.chronicle import LAST, Span  # noqa: E402
from tools.derive import OUT, read_node, render  # noqa: E402
from tools.shape import OBJECTS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.api_version import ApiVersion

ENOUGH = 30
NODE = ("14.25.0", "17.7.0", "20.0.0")  # the newest npm releases per generation whose types stand in one folder
PREVIEWS = {"invoice.id"}  # previews have none, and no recorded body is one
MANY = 100
MEANS_SOMETHING = {
    "event.api_version": "an event may come from no version",
    "invoice.account_country": "what an account has set",
    "invoice.account_name": "what an account has set",
    "invoice.customer": "an invoice may be an account's (customer_account)",
    "invoice.parent.subscription_details": "a parent of another kind",
    "invoice.rendering.pdf": "no settings for the PDF",
    "invoice.rendering.pdf.page_size": "no settings for the PDF",
    "invoiceitem.pricing.unit_amount_decimal": "a price in tiers has no unit amount",
    "invoiceitem.unit_amount": "a price in tiers has no unit amount",
    "invoiceitem.unit_amount_decimal": "a price in tiers has no unit amount",
    "line_item.invoice": "a preview's line is on no invoice",
    "line_item.quantity": "what is not counted has no quantity",
    "line_item.pricing.unit_amount_decimal": "a price in tiers has no unit amount",
    "line_item.unit_amount_excluding_tax": "a price in tiers has no unit amount",
}
Seen = dict[str, dict[str, list[int]]]  # path -> version -> [present, parents, nulls]


def bodies(folder: Path) -> Iterator[tuple[str, Any]]:
    """``(api version, body)`` of every recorded answer and event."""
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rb") as lines:
            for line in lines:
                row = json.loads(line)
                if row["provenance"] == "recorded":
                    yield row["api_version"], row["body"]
    for file in sorted(folder.glob("*/*.events.json")):
        for event in json.loads(file.read_text("utf-8"))["events"]:
            yield event["api_version"], event


def count(version: str, node: Any, words: dict[str, dict[str, str]], seen: Seen) -> None:
    """Count keys of every family object inside ``node``."""
    if isinstance(node, list):
        for item in node:
            count(version, item, words, seen)
    elif isinstance(node, dict):
        own = version
        if node.get("object") == "event" and node.get("api_version"):
            own = node["api_version"]
        kind = node.get("object")
        if isinstance(kind, str) and kind in OBJECTS and node.get("deleted") is not True and node.get("id"):
            _keys(own, kind, node, words, seen)
        for value in node.values():
            count(own, value, words, seen)


def _keys(version: str, path: str, node: dict[str, Any], words: dict[str, dict[str, str]], seen: Seen) -> None:
    for name in words.get(path, ()):
        tally = seen[f"{path}.{name}"][version]
        tally[0] += name in node
        tally[1] += 1
        tally[2] += name in node and node[name] is None
        child = node.get(name)
        if isinstance(child, dict) and child.get("object") is None:
            _keys(version, f"{path}.{name}", child, words, seen)
        elif isinstance(child, list):
            for item in child:
                if isinstance(item, dict) and item.get("object") is None:
                    _keys(version, f"{path}.{name}[]", item, words, seen)


def rows(seen: Seen, keys: dict[str, Any], optional: set[str]) -> dict[str, str]:
    """Path -> row of the versions at which the key is always there."""
    table = chronicle.objects()
    found = {}
    for path in sorted(seen):
        row = table.fields.get(path)
        if row is None or path in optional | PREVIEWS:
            continue
        dates = {version: tally for version, tally in seen[path].items() if tally[1]}
        nulls = path in MEANS_SOMETHING or any(tally[2] for tally in dates.values())
        filled = {} if nulls else {version: list(tally) for version, tally in dates.items()}
        _top_level(path, keys, dates)
        spans = list(_spans(row, dates))
        if spans:
            never = list(_spans(row, filled, word="full", enough=MANY))
            found[path] = "; ".join(map(str, [*never, *(rest for span in spans for rest in _less(span, never))]))
    return found


def _less(span: Span, others: Sequence[Span]) -> Iterator[Span]:
    """What is left of ``span`` without ``others``, which are in order."""
    since = span.since
    for other in others:
        if other.since < span.until and since < other.until:
            if since < other.since:
                yield Span(span.word, since, other.since)
            since = other.until
    if since < span.until:
        yield Span(span.word, since, span.until)


def _top_level(path: str, keys: dict[str, Any], dates: dict[str, list[int]]) -> None:
    """The counted key sets of a larger collection of genuine bodies, by version."""
    kind, _, name = path.partition(".")
    for version, entry in keys.get(kind, {}).items():
        if version[:2] == "20" and len(version.split(".")[0]) == 10 and name in {*entry["always"], *entry["sometimes"]}:
            dates[version] = [entry["count"] if name in entry["always"] else 0, entry["count"], 0]


def _spans(row: str, dates: dict[str, list[int]], *, word: str = "yes", enough: int = ENOUGH) -> Iterator[Span]:
    """Stretches of known versions at which the key is nullable, alive, and always there as far as anyone recorded."""
    verdicts = []
    before = False
    for version in versions.known():
        type_word = chronicle.alive(row, version.date)
        settled = before or "," not in versions.releases(version)
        nullable = bool(type_word and type_word.endswith("?"))
        verdicts.append((version, settled and nullable, _recorded(version, dates)))
        before = type_word is not None
    start: int | None = None
    for index, (_, alive, verdict) in enumerate([*verdicts, (None, False, None)]):
        good = alive and verdict is not False
        if good and start is None and verdict is True:
            start = index
        if not good and start is not None:
            last = max(i for i in range(start, index) if verdicts[i][2] is True)
            end = index if index == len(verdicts) else last + 1
            if sum(dates[v][1] for v in dates if _within(v, verdicts[start][0], verdicts[end - 1][0])) >= enough:
                until = LAST if end == len(verdicts) else str(verdicts[end][0])
                yield Span(word, str(verdicts[start][0]), until)
            start = None


def _within(version: str, first: ApiVersion, last: ApiVersion) -> bool:
    return first.date <= version[:10] <= last.date


def _recorded(version: ApiVersion, dates: dict[str, list[int]]) -> bool | None:
    tally = dates.get(str(version))
    return None if not tally else tally[0] == tally[1]


def main(evidence: Path, keys: Path) -> int:
    """Write the file."""
    words: dict[str, dict[str, str]] = defaultdict(dict)
    for path, row in chronicle.objects().fields.items():
        parent, _, name = path.rpartition(".")
        words[parent][name] = row
    seen: Seen = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for version, body in bodies(evidence):
        count(version, body, words, seen)
    optional: set[str] = set()
    with tempfile.TemporaryDirectory() as temporary:
        for release in NODE:
            optional |= read_node(
                release, "2025-11-17", Path(sys.argv[3] if len(sys.argv) > 3 else temporary).resolve()
            ).absent
    table = rows(seen, json.loads(keys.read_text("utf-8")), optional)
    (OUT / "presence.json").write_text(render({"fields": table}), encoding="utf-8")
    print(f"{len(table)} keys")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
