"""The contract of one API version: what holds for every answer, whatever was asked. Cheap on a pass, exact on a
failure.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from conformance.api_version import ApiVersion
from conformance.contract import explain, operations, parameters, schema, versions
from conformance.contract.invariants import Broken, Chosen, Invariant, Rules
from conformance.contract.invariants.headers import Seen
from conformance.contract.schema import FAMILY
from conformance.contract.violation import RuleKind, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

EMBEDDED = tuple(name for name in FAMILY if name != "event")
# The keys under which Stripe shows (or, expanded, may show) an invoice, its parts, or an object that has one.
HOLDERS = frozenset((
    *("data", "error", "invoice", "latest_invoice", "from_invoice", "latest_revision", "invoice_item"),
    *("lines", "payments", "payment", "payment_intent", "charge", "charges", "latest_charge", "source_transaction"),
    *("subscription", "subscriptions", "customer", "parent", "subscription_details", "credit_note", "setup_intent"),
))  # fmt: skip
DEEPEST = 12  # expansion goes four levels deep; the rest is nesting of objects
CLIENT_ERROR = 400
MOST_CONTRACTS = 256


class Contract:
    """Judges exchanges and bodies at one API version. Immutable in use, safe between threads.

    ``version`` is what was asked for, ``basis`` the known version it is judged by, ``note`` says so where they
    differ. ``genuine``: bodies are Stripe's own (test mode), so keys and enum values it may add or leave out at will
    only warn. ``without``: facets of invariants to leave out (``ids``, ``clock``, ``urls``), for recordings that had
    them replaced. ``pinned``: events are judged by this version too, not by their own ("would this still be right?").
    """

    def __init__(
        self, version: ApiVersion, *, genuine: bool = False, without: frozenset[str] = frozenset(), pinned: bool = False
    ) -> None:
        self.version, self.genuine, self.without, self.pinned = version, genuine, without, pinned
        self._name = str(version)
        self.basis = versions.nearest(version)
        self.loose = version < self.basis
        self.note = self._describe()
        self._invariants = Chosen(version, without=without)
        self._validators: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._events: dict[str, Contract] = {}

    def _describe(self) -> str:
        if self.loose:
            return f"{self.version} is older than any known version: only types, by {self.basis}, and invariants"
        return (
            ""
            if self.version == self.basis
            else f"{self.version} is not known: judged by {self.basis}, the nearest before it"
        )

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: Any) -> Sequence[Violation]:
        """Everything wrong with one answer; ``()`` when it is right. Header names are lower-case; ``body`` is the
        parsed JSON.
        """
        found = self.check_headers(method, status, headers)
        if type(body) is not dict:
            shown = explain.kind_of(body)
            return (
                *found,
                Violation(
                    "envelope", "INV-API-001", "", f"expected a JSON object, got {shown}", "fail", "object", body
                ),
            )
        if status >= CLIENT_ERROR:
            return (*found, *self.check_error(body))
        answer = operations.find(method, path)
        wrong = self.check_body(body, answer.schema if answer else "")
        return (*found, *wrong) if found or wrong else ()

    def check_request(self, method: str, path: str, params: Any) -> list[Violation]:
        """Parameters that this version does not accept: a tree as scenarios write it, or flat pairs named ``a[b]``."""
        return parameters.check(method, path, params, self.basis)

    def check_headers(self, method: str, status: int, headers: Mapping[str, str]) -> list[Violation]:
        """What is wrong with the headers of one answer."""
        found: list[Violation] = []
        _hold(self._invariants.of("headers"), Seen(method, status, headers, self._name), "", found)
        return found

    def check_error(self, body: Any) -> list[Violation]:
        """What is wrong with the body of an error answer."""
        found = self._shape("error", body)
        _hold(self._invariants.of("error"), body, "", found)
        return found

    def check_body(self, body: Mapping[str, Any], name: str = "") -> list[Violation]:
        """What is wrong with a successful answer's body. ``name`` is the schema it must have; empty: what it says it
        is.
        """
        own = body.get("object")
        if not name:
            name = _named(body, own)
        found = self._shape(name, body)
        if name.startswith("object"):
            for path, inner in family_objects(body):
                found.extend(_under(path, self.check_body(inner)))
            return found
        self._identities(own, body, "", found)
        return found

    def notes(self, body: Mapping[str, Any], name: str) -> list[Violation]:
        """Keys and enum values of ``body`` that only later versions have: no fault, but they tell when it was made."""
        validator = self._validators.get(f"{name} then") or self._compile(name, later=False)
        if validator.is_valid(body):
            return []
        return explain.notes(validator.iter_errors(body), body, self.basis, name)

    def _shape(self, name: str, body: Any) -> list[Violation]:
        validator = self._validators.get(name) or self._compile(name)
        if validator.is_valid(body):
            return []
        root = "invoice" if name == schema.PREVIEW else name
        return explain.violations(validator.iter_errors(body), body, self.basis, root, genuine=self.genuine)

    def _compile(self, name: str, *, later: bool = True) -> Any:
        import jsonschema_rs

        key = name if later else f"{name} then"
        with self._lock:  # many answers of one kind may come at once, before the first has its validator
            if key not in self._validators:
                loose = self.loose and name not in {"error", "deleted"}
                shape = schema.strict(name, self.basis, loose=loose, later=later)
                self._validators[key] = jsonschema_rs.Draft202012Validator(shape)
            return self._validators[key]

    def _identities(self, kind: Any, body: Any, at: str, found: list[Violation]) -> None:
        """Invariants of ``body`` and of the family objects inside it."""
        if kind == "invoice":
            _hold(self._invariants.of_invoice(body), body, at, found)
            self._each("line_item", body.get("lines"), f"{at}lines.", found)
            if "payments" in body:
                self._each("invoice_payment", body["payments"], f"{at}payments.", found)
        elif kind == "list" or kind == "search_result":
            _hold(self._invariants.of("list"), body, at, found)
            for index, row in enumerate(body.get("data") or ()):
                if type(row) is dict:
                    self._row(row, f"{at}data[{index}].", found)
        elif kind == "event":
            self._event(body, at, found)
        elif type(kind) is str:
            _hold(self._invariants.of(kind), body, at, found)

    def _row(self, row: Any, at: str, found: list[Violation]) -> None:
        if row.get("object") in FAMILY:
            self._identities(row["object"], row, at, found)
            return
        for path, inner in family_objects(row):
            found.extend(_under(f"{at}{path}", self.check_body(inner)))

    def _each(self, kind: str, rows: Any, at: str, found: list[Violation]) -> None:
        rules = self._invariants.of(kind)
        data = rows.get("data") if type(rows) is dict else None
        if rules and type(data) is list:
            for index, row in enumerate(data):
                _hold(rules, row, f"{at}data[{index}].", found)

    def _event(self, event: Any, at: str, found: list[Violation]) -> None:
        """An event shows its object in the event's own API version, not in the request's."""
        data = event.get("data")
        inner = data.get("object") if type(data) is dict else None
        if type(inner) is not dict:
            return
        if named := explain.wrong_snapshot(event.get("type"), inner):
            found.extend(_under(f"{at}data.object", [named]))
        contract = self._for_event(event.get("api_version"))
        if event.get("type") == "invoice.deleted" and inner.get("status") == "deleted":
            inner = {**inner, "status": "draft"}  # what it was: a pseudo status of this event only (INV-OBJ-008)
        for path, body in _one(inner, "data.object", 0):
            if wrong := contract.check_body(body):
                found.extend(_under(f"{at}{path}", wrong))

    def _for_event(self, version: Any) -> Contract:
        """The contract of an event's own version: this one where the event names none, or where this one is pinned."""
        if self.pinned or type(version) is not str or version == self._name:
            return self
        if version not in self._events:
            try:
                self._events[version] = for_version(version, genuine=self.genuine, without=self.without)
            except ValueError:
                return self
        return self._events[version]


def _hold(rules: Rules, body: Any, at: str, found: list[Violation]) -> None:
    """Add what ``body`` breaks, except where the shape of that very field is already known to be wrong."""
    for rule, row in rules:
        try:
            broken = rule(body)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
            continue  # the fields it speaks of are not there, or not of their type: the schema says so
        if broken:
            violation = _violation(row, broken, at)
            if not any(known.rule == "schema" and known.path == violation.path for known in found):
                found.append(violation)


def _named(body: Mapping[str, Any], own: Any) -> str:
    """The schema a body claims for itself."""
    if body.get("deleted") is True:
        return "deleted"
    if own == "list" or own == "search_result":
        rows = body.get("data")
        first = rows[0].get("object") if isinstance(rows, list) and rows and isinstance(rows[0], dict) else ""
        return f"{'list' if own == 'list' else 'search'}<{first if isinstance(first, str) else ''}>"
    if own == "invoice" and "id" not in body and body.get("status") in {None, "draft"}:
        return schema.PREVIEW
    return own if own in FAMILY else "object"


def family_objects(body: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """The outermost objects of the invoice family inside ``body``, with their paths; sought where Stripe may put
    one.
    """
    if depth > DEEPEST or HOLDERS.isdisjoint(body):
        return
    for name in filter(HOLDERS.__contains__, body):
        value = body[name]
        if type(value) is dict:
            yield from _one(value, f"{path}{name}", depth)
        elif type(value) is list:
            for index, row in enumerate(value):
                if type(row) is dict:
                    yield from _one(row, f"{path}{name}[{index}]", depth)


def _one(value: dict[str, Any], place: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    named = value.get("object")
    if named in EMBEDDED:
        yield place, value
    elif type(named) is dict and depth < DEEPEST:  # the data of an event
        yield from _one(named, f"{place}.object", depth + 1)
    else:
        yield from family_objects(value, f"{place}.", depth + 1)


def _under(path: str, found: list[Violation]) -> Iterator[Violation]:
    for violation in found:
        yield Violation(
            violation.rule, violation.requirement, f"{path}.{violation.path}" if violation.path else path,
            violation.message, violation.severity, violation.expected, violation.actual, violation.name,
        )  # fmt: skip


def _violation(row: Invariant, broken: Broken, at: str) -> Violation:
    message = f"{row.reason}: expected {broken.expected}, got {broken.actual}"
    path = broken.path if row.of in {"headers", "error"} else at + broken.path
    rule: RuleKind = "envelope" if row.of in {"headers", "error", "list"} else "invariant"
    return Violation(rule, row.requirement, path, message, row.severity, broken.expected, broken.actual, row.name)


_CONTRACTS: dict[tuple[str, bool, frozenset[str], bool], Contract] = {}


def for_version(
    version: str | ApiVersion,
    *,
    genuine: bool = False,
    without: frozenset[str] = frozenset(),
    pinned: bool = False,
) -> Contract:
    """The contract of ``version``, made once; see `Contract` for the options. Raises ValueError for what is no
    version.
    """
    key = (version if type(version) is str else str(version), genuine, without, pinned)
    contract = _CONTRACTS.get(key)
    if contract is None:
        parsed = ApiVersion.parse(version) if isinstance(version, str) else version
        if len(_CONTRACTS) >= MOST_CONTRACTS:  # versions come from captures, which are hostile
            _CONTRACTS.clear()
        contract = _CONTRACTS[key] = Contract(parsed, genuine=genuine, without=without, pinned=pinned)
    return contract
