"""How many planted faults the contract sees: 14 kinds of damage to shapes, and wrong amounts and impossible states.

    python benchmarks/contract/mutations.py ../shared/evidence

Each fault is planted into a genuine body that passes; it counts as caught when the contract then objects.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.api_version import ApiVersion  # noqa: E402
from conformance.contract import chronicle, for_version  # noqa: E402
from conformance.contract.contract import family_objects  # noqa: E402

KINDS_OF_BODY = ("invoice", "line_item", "invoiceitem", "credit_note", "invoice_payment")
OLDEST = "2023-10-16"
WITH_TAXES = "2020-08-27"  # the recordings that have taxes and discounts are of this version
OK = 200
REPLACED = frozenset({"ids", "clock", "urls"})
Body = dict[str, Any]


class Case(NamedTuple):
    """One genuine body with the version it was recorded at. ``normalized``: ids and times are not Stripe's own."""

    body: Body
    version: ApiVersion
    normalized: bool

    def wrong(self, body: Body, severities: tuple[str, ...] = ("fail", "warning")) -> list[str]:
        contract = for_version(self.version, without=REPLACED if self.normalized else frozenset())
        return [
            violation.name or violation.rule
            for violation in contract.check_body(body, str(self.body["object"]))
            if violation.severity in severities
        ]


class Site(NamedTuple):
    """A place in a body: its container, its key, its path and type word in the history."""

    holder: Body
    key: str
    path: str
    word: str

    @property
    def kind(self) -> str:
        return self.word.rstrip("?").partition("<")[0]

    @property
    def optional(self) -> bool:
        return self.word.endswith("?")


def genuine(folder: Path, number: int, oldest: str = OLDEST) -> list[Case]:
    """``number`` distinct family bodies that pass, drawn evenly from the recordings at versions from ``oldest`` on."""
    found: dict[str, Case] = {}
    for case in _recorded(folder):
        if str(case.version) >= oldest:
            found.setdefault(json.dumps(case.body, sort_keys=True), case)
    cases = [case for case in found.values() if not case.wrong(case.body)]
    random.Random(11).shuffle(cases)
    return cases[:number]


def _recorded(folder: Path) -> Iterator[Case]:
    """Every family body of the recordings: of answers, and of events in files of their own."""
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rb") as lines:
            for line in lines:
                row = json.loads(line)
                for body in _bodies(row["body"]) if row["status"] == OK else ():
                    yield Case(body, ApiVersion.parse(row["api_version"]), bool(row.get("normalized")))
    for file in sorted(folder.glob("*/*.events.json")):
        for event in json.loads(file.read_text("utf-8"))["events"]:
            for body in _bodies(event):
                yield Case(body, ApiVersion.parse(event["api_version"]), False)


def _bodies(body: Any) -> Iterator[Body]:
    for _, found in family_objects({"data": body}):
        if found["object"] in KINDS_OF_BODY and found.get("deleted") is not True:
            yield found
        if found["object"] == "invoice":
            yield from found["lines"]["data"]


def sites(case: Case, body: Body) -> list[Site]:
    """Every place of ``body`` that the history knows at the case's version."""
    found: list[Site] = []
    _walk(body, str(body["object"]), _words(case.version), found)
    return found


@cache
def _words(version: ApiVersion) -> dict[str, list[tuple[str, str]]]:
    words: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, word in chronicle.objects().at(version):
        parent, _, name = path.rpartition(".")
        words[parent].append((name, word))
    return words


def _walk(node: Body, path: str, words: dict[str, list[tuple[str, str]]], found: list[Site]) -> None:
    for name, word in words[path]:
        found.append(Site(node, name, f"{path}.{name}", word))
        value = node.get(name)
        if isinstance(value, dict) and value.get("object") == "list":
            for row in value["data"][:2]:
                _walk(row, str(row["object"]), words, found)
        elif isinstance(value, dict):
            _walk(value, str(value.get("object", f"{path}.{name}")), words, found)
        elif isinstance(value, list):
            for row in value[:2]:
                if isinstance(row, dict) and "object" not in row:
                    _walk(row, f"{path}.{name}[]", words, found)


Damage = Callable[[list[Site], Body, Case, random.Random], bool]


def _at(wanted: Callable[[Site], bool], change: Callable[[Site], None]) -> Damage:
    """Damage one place that ``wanted`` accepts; False when there is none."""

    def damage(places: list[Site], _body: Body, _case: Case, rng: random.Random) -> bool:
        chosen = [place for place in places if wanted(place)]
        if chosen:
            change(rng.choice(chosen))
        return bool(chosen)

    return damage


def _has(site: Site, *types: type) -> bool:
    return site.key in site.holder and type(site.holder[site.key]) in types


def _put(make: Callable[[Any], Any]) -> Callable[[Site], None]:
    def put(site: Site) -> None:
        site.holder[site.key] = make(site.holder[site.key])

    return put


def _drop(site: Site) -> None:
    del site.holder[site.key]


def _misname(_places: list[Site], body: Body, _case: Case, _rng: random.Random) -> bool:
    body["object"] = "invoices"
    return True


def _invent(_places: list[Site], body: Body, _case: Case, _rng: random.Random) -> bool:
    body["totally_made_up"] = 1
    return True


def _revive(_places: list[Site], body: Body, case: Case, rng: random.Random) -> bool:
    rows = chronicle.objects().fields
    prefix = f"{body['object']}."
    gone = [
        path[len(prefix) :]
        for path, row in rows.items()
        if path.startswith(prefix)
        and "." not in path[len(prefix) :]
        and chronicle.spans(row)[-1].until[:10] <= case.version.date
    ]
    gone = [name for name in gone if name not in body]
    if gone:
        body[rng.choice(gone)] = rng.choice([None, True, "x"])
    return bool(gone)


SHAPES: dict[str, Damage] = {
    "required key dropped": _at(lambda s: not s.optional and s.key in s.holder and s.key != "object", _drop),
    "nullable key dropped": _at(lambda s: s.optional and s.key in s.holder, _drop),
    "null where none may be": _at(
        lambda s: not s.optional and s.kind != "any" and s.holder.get(s.key) is not None, _put(lambda _: None)
    ),
    "integer -> string": _at(lambda s: s.kind == "integer" and _has(s, int), _put(str)),
    "integer -> fraction": _at(lambda s: s.kind == "integer" and _has(s, int), _put(lambda v: v + 0.5)),
    "boolean -> string": _at(lambda s: s.kind == "boolean" and _has(s, bool), _put(lambda v: str(v).lower())),
    "string -> integer": _at(lambda s: s.kind == "string" and _has(s, str), _put(lambda _: 12345)),
    "bogus enum value": _at(
        lambda s: s.kind == "enum" and _has(s, str) and s.key != "object", _put(lambda _: "bogus_value")
    ),
    "wrong object name": _misname,
    "object -> id": _at(lambda s: s.kind in {"object", "map", "list"} and _has(s, dict), _put(lambda _: "abc_123")),
    "list -> array": _at(lambda s: s.kind == "list" and _has(s, dict), _put(lambda v: v["data"])),
    "array -> object": _at(lambda s: s.kind == "array" and _has(s, list), _put(lambda _: {})),
    "invented key": _invent,
    "removed field present": _revive,
}


def _add(key: str, by: int = 1) -> Callable[[Body], bool]:
    def change(body: Body) -> bool:
        if type(body.get(key)) is not int:
            return False
        body[key] += by
        return True

    return change


def _become(status: str, *, of: tuple[str, ...]) -> Callable[[Body], bool]:
    def change(body: Body) -> bool:
        before = body["status"]
        body["status"] = status
        return before in of

    return change


def _set(
    key: str, value: Any, *, of: tuple[str, ...] = ("draft", "open", "paid", "void", "uncollectible")
) -> Callable[[Body], bool]:
    def change(body: Body) -> bool:
        if body["status"] not in of or key not in body or body[key] == value:
            return False
        body[key] = value
        return True

    return change


def _time(key: str, value: Any, *, of: tuple[str, ...]) -> Callable[[Body], bool]:
    def change(body: Body) -> bool:
        times = body["status_transitions"]
        if body["status"] not in of or times[key] == value:
            return False
        times[key] = value
        return True

    return change


def _line(change: Callable[[Body], None]) -> Callable[[Body], bool]:
    def apply(body: Body) -> bool:
        lines = body["lines"]
        if not lines["data"]:
            return False
        change(lines)
        return True

    return apply


def _costlier(lines: Body) -> None:
    lines["data"][0]["amount"] += 7


def _shorter(lines: Body) -> None:
    lines["data"].pop()


def _claiming_more(lines: Body) -> None:
    lines["has_more"] = not lines["has_more"]


def _miscounted(lines: Body) -> None:
    lines["total_count"] += 1


def _entry(key: str) -> Callable[[Body], bool]:
    def change(body: Body) -> bool:
        if not body.get(key):
            return False
        body[key][0]["amount"] += 1
        return True

    return change


def _float(body: Body) -> bool:
    body["amount_due"] = float(body["amount_due"])
    return True


def _orphan(body: Body) -> bool:
    if "paid" in body or not str(body["billing_reason"]).startswith("subscription_"):
        return False  # before basil the invoice names its subscription elsewhere
    body["parent"] = None
    return True


def _tax(body: Body) -> bool:
    taxes = [tax for tax in body.get("total_tax_amounts") or () if not tax["inclusive"]]
    for tax in taxes[:1]:
        tax["amount"] += 1
    return bool(taxes)


FINALIZED = ("open", "paid", "void", "uncollectible")
MEANINGS: dict[str, Callable[[Body], bool]] = {
    "amount_due off by one": _add("amount_due"),
    "amount_remaining off by one": _add("amount_remaining"),
    "amount_paid off by one": _add("amount_paid"),
    "total off by one": _add("total"),
    "subtotal off by one": _add("subtotal", -1),
    "starting_balance off": _add("starting_balance", 500),
    "ending_balance off": _add("ending_balance", -500),
    "a line costs more": _line(_costlier),
    "a line is missing": _line(_shorter),
    "has_more is wrong": _line(_claiming_more),
    "total_count is wrong": _line(_miscounted),
    "a discount off by one": _entry("total_discount_amounts"),
    "an exclusive tax off by one": _tax,
    "draft called open": _become("open", of=("draft",)),
    "draft called paid": _become("paid", of=("draft",)),
    "draft called void": _become("void", of=("draft",)),
    "open called draft": _become("draft", of=("open",)),
    "open called paid": _become("paid", of=("open",)),
    "open called void": _become("void", of=("open",)),
    "open called uncollectible": _become("uncollectible", of=("open",)),
    "paid called open": _become("open", of=("paid",)),
    "paid called void": _become("void", of=("paid",)),
    "void called open": _become("open", of=("void",)),
    "paid without paid_at": _time("paid_at", None, of=("paid",)),
    "finalized without finalized_at": _time("finalized_at", None, of=FINALIZED),
    "open with paid_at": _time("paid_at", 1_700_000_000, of=("open", "draft", "void")),
    "draft with finalized_at": _time("finalized_at", 1_700_000_000, of=("draft",)),
    "draft with hosted url": _set("hosted_invoice_url", "https://invoice.stripe.com/i/x", of=("draft",)),
    "finalized without url": _set("hosted_invoice_url", None, of=FINALIZED),
    "finalized without number": _set("number", None, of=FINALIZED),
    "draft with a number": _set("number", "ABCDEF12-0001", of=("draft",)),
    "draft attempted": _set("attempted", True, of=("draft",)),
    "paid still advancing": _set("auto_advance", True, of=("paid", "void")),
    "paid with next attempt": _set("next_payment_attempt", 1_900_000_000, of=("paid", "void")),
    "due date on a charged invoice": lambda b: (
        b["collection_method"] == "charge_automatically" and _set("due_date", 1_900_000_000)(b)
    ),
    "sent without due date": lambda b: b["collection_method"] == "send_invoice" and _set("due_date", None)(b),
    "currency in capitals": _set("currency", "USD"),
    "amount as a float": _float,
    "subscription invoice without parent": _orphan,
}


def shapes(cases: list[Case]) -> dict[str, tuple[int, int, int]]:
    """Kind -> (planted, caught, caught as a failure)."""
    rng = random.Random(11)
    found = {}
    for kind, damage in SHAPES.items():
        planted = caught = failed = 0
        for case in cases:
            body = copy.deepcopy(case.body)
            if damage(sites(case, body), body, case, rng):
                planted += 1
                caught += bool(case.wrong(body))
                failed += bool(case.wrong(body, ("fail",)))
        found[kind] = (planted, caught, failed)
    return found


def meanings(cases: list[Case]) -> dict[str, tuple[int, int, int]]:
    """The same for faults that no schema can see: judged by the invariants alone."""
    found = {}
    for kind, change in MEANINGS.items():
        planted = caught = failed = 0
        for case in cases:
            body = copy.deepcopy(case.body)
            if body["object"] == "invoice" and change(body):
                planted += 1
                names = [name for name in case.wrong(body) if name not in {"schema", "removed"}]
                caught += bool(names)
                failed += bool([name for name in case.wrong(body, ("fail",)) if name not in {"schema", "removed"}])
        found[kind] = (planted, caught, failed)
    return found


def some_invoices(folder: Path, number: int = 400) -> list[Case]:
    """Invoices to plant wrong amounts and states into: ``number`` of them, and all that have discounts or taxes."""
    cases = [case for case in genuine(folder, 1_000_000, WITH_TAXES) if case.body["object"] == "invoice"]
    rich = [
        c
        for c in cases
        if any(c.body.get(key) for key in ("total_discount_amounts", "total_tax_amounts", "total_taxes"))
    ]
    return [*rich, *(case for case in cases if case not in rich)][: max(number, len(rich))]


def share(found: dict[str, tuple[int, int, int]], column: int = 1) -> float:
    """Caught of all planted, in percent."""
    planted = sum(row[0] for row in found.values())
    return 100 * sum(row[column] for row in found.values()) / planted if planted else 0.0


def main(folder: Path) -> int:
    """Print both tables."""
    cases = genuine(folder, 400)
    invoices = some_invoices(folder)
    for title, found in (("shapes", shapes(cases)), ("meanings (invariants alone)", meanings(invoices))):
        print(f"{title}\n{'fault':40} planted caught failed")
        for kind, (planted, caught, failed) in found.items():
            percent = [f"{100 * number / planted:6.1f}" if planted else "     -" for number in (caught, failed)]
            print(f"{kind:40} {planted:7} {' '.join(percent)}")
        print(f"{'all':40} {sum(row[0] for row in found.values()):7} {share(found):6.1f} {share(found, 2):6.1f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
