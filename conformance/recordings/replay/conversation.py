"""One recording being replayed: what is sent, what is made before, what cannot be sent and why."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.contract import operations
from conformance.match.values import MISSING
from conformance.recordings.model import header
from conformance.recordings.replay.compare import UNCOUNTED, Comparison, leaves, owner
from conformance.recordings.replay.ids import DEEPEST, Names, last, named
from conformance.recordings.replay.rules import is_time
from conformance.recordings.replay.state import Past
from conformance.recordings.replay.times import Times, moment
from conformance.target.base import NOT_JSON, Exchange, Reply, Request
from conformance.target.encoding import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.api_version import ApiVersion
    from conformance.recordings.model import Captured
    from conformance.recordings.replay.counts import Tally
    from conformance.recordings.replay.results import Result
    from conformance.target.base import Session

_ERROR, _UNAUTHORIZED = 400, 401
_KEY = "the API key"
_PARAMETERS = "its parameters"
_NEVER_RECORDED = {
    _KEY: "it was sent with an API key that is not good, and no key is ever recorded",
    _PARAMETERS: "the recording does not tell its parameters",
}


class Recorded(NamedTuple):
    """One exchange of a recording, at its API version."""

    item: Captured
    version: ApiVersion


class Conversation:
    """One recording being replayed."""

    def __init__(self, session: Session, tally: Tally, result: Result, salt: str) -> None:
        self.past = Past()
        self.result = result
        self._session = session
        self._tally = tally
        self._salt = salt
        self._names = Names()
        self._times = Times()
        self._compare = Comparison(self._names, self._times)
        self._lost = dict(_NEVER_RECORDED)  # a name of the recording -> why the target has nothing for it
        self._then = 0
        self._blocked: set[str] = set()  # those that it was asked to make
        self._refused: set[str] = set()  # those that could not be made in another way, either
        self._keys: Counter[str] = Counter()
        self._now = int(time.time())

    def play(self, one: Recorded) -> None:
        """Send one exchange again, or say why not."""
        item, version = one.item, str(one.version)
        step, operation = f"line-{item.line}", _operation(item)
        gone = _KEY if item.status == _UNAUTHORIZED else _PARAMETERS if _without(item) else self._gone(one)
        if gone:
            self._leave_out(one, step, operation, gone)
            return
        exchange = self._session.send(self._request(one), step)
        unknown = self._unknown(item, exchange)
        if unknown:
            self._leave_out(one, step, operation, unknown)
        else:
            self._tally.exchange(version, "sent")
            self._answered(one, step, operation, exchange)

    def _leave_out(self, one: Recorded, step: str, operation: str, gone: str) -> None:
        """An exchange that cannot be replayed: for what it needs is not in the recording, or not in the target."""
        item = one.item
        why = self._lost.get(gone) or f"{gone} was made before the recording began"
        blocked = gone in self._blocked
        what = "blocked" if blocked else "not replayable"
        self._tally.exchange(str(one.version), what)
        self._tally.reasons[f"{what}: needs {_kind(gone)}"] += 1
        self._lose(item.body, why, blocked=blocked)
        self.result.left_out(step, operation, why, item.line, blocked=blocked)

    def _unknown(self, item: Captured, exchange: Exchange) -> str:
        """A name that the target does not know and could not: it was chosen before the recording began."""
        body = exchange.response.json if exchange.response else None
        if item.status >= _ERROR or not _names_nothing(body):
            return ""
        said = str(_error(body, "message"))
        names = [name for _, name in _referred(item) if name not in self._names]
        return next((name for name in names if name in said), "")

    def _gone(self, one: Recorded) -> str:
        """A name in the request that the target has nothing for, after all that can be made again has been made."""
        if one.item.status >= _ERROR and _names_nothing(one.item.body):
            return ""
        for key, name in _referred(one.item):
            if name not in self._names and not self._restored(name, key, one.version):
                return name
        return ""

    def _restored(self, name: str, key: str, version: ApiVersion) -> bool:
        """Make ``name`` again from what the recording shows; True when that worked or nothing says it is needed.

        Also what the target refused to make as the recording did: one defect must not hide all that comes after.
        """
        if name in self._refused:
            return False
        steps = list(self.past.making(name))
        if not steps:
            return key in _PLAIN and name not in self._lost and "_" not in name
        owner = self.past.customer_of(name)
        if owner and owner not in self._names and not self._restored(owner, "customer", version):
            return False
        for made in steps:
            if made.name not in self._names and not self._make(made.name, made.request, version):
                return False
        return True

    def _make(self, name: str, request: Request, version: ApiVersion) -> bool:
        params = self._names.tree(dict(request.params))
        exchange = self._session.send(
            Request("POST", request.path, params, {"Stripe-Version": str(version)}), f"before-{name}"
        )
        body = exchange.response.json if exchange.response and exchange.response.status < _ERROR else None
        made = body.get("id") if type(body) is dict else None
        if type(made) is not str or not self._names.bind(name, made):
            self._lost[name] = f"the target could not make {name}: {_said(exchange)}"
            self._blocked.add(name)
            self._refused.add(name)
            return False
        self._tally.restored[request.path.split("/")[2]] += 1
        return True

    def _request(self, one: Recorded) -> Request:
        item = one.item
        headers = {"Stripe-Version": str(one.version)}
        if item.method == "POST" and (key := header(item.request_headers, "idempotency-key")):
            headers["Idempotency-Key"] = self._key(key, item)
        params = self._names.tree(item.params if type(item.params) is dict else {})
        return Request(
            item.method, self._names.path(item.path), self._timed(params, max(self._then, _at(item))), headers
        )

    def _key(self, recorded: str, item: Captured) -> str:
        """A key of our own for each of the recording's, kept only where the recording shows that it was met again:
        recorders write the same key into one cassette after the other.
        """
        again = (
            header(item.headers, "idempotent-replayed") == "true" or _error(item.body, "type") == "idempotency_error"
        )
        self._keys[recorded] += 0 if again else 1
        return hashlib.sha256(f"{self._salt}.{self.result.id}.{self._keys[recorded]}.{recorded}".encode()).hexdigest()

    def _timed(self, node: Any, then: int, key: str = "") -> Any:
        """Parameters whose times are as far from now as they were."""
        if isinstance(node, dict):
            return {name: self._timed(value, then, last(name)) for name, value in node.items()}
        if isinstance(node, list):
            return [self._timed(value, then, key) for value in node]
        if isinstance(node, str) and node.isdigit() and len(node) < 12 and is_time(key, int(node)):
            return str(self._times.sent(int(node), then, self._now))
        return self._times.sent(node, then, self._now) if is_time(key, node) else node

    def _answered(self, one: Recorded, step: str, operation: str, exchange: Exchange) -> None:
        item, response = one.item, exchange.response
        date = moment(response.headers.get("date", "")) if response else 0
        self._now = date or int(exchange.started + exchange.elapsed)
        self._then = max(self._then, _at(item), _newest(item.body))
        self._times.passed(self._then, self._now)
        status = response.status if response else None
        same = response is not None and status == item.status and type(response.json) is type(item.body)
        if same and response is not None:
            recorded, got = item.body, response.json
            if _of_everybody(item):
                recorded, got = self._names.shared(recorded, got)
            found = iter(()) if recorded is NOT_JSON else self._compare.fields(recorded, got, self._dated(one))
        else:
            top = (owner(item.body, "body", "")[0] if type(item.body) is dict else "body", "")
            found = leaves(item.body, "body", "", "", "missing", (item.body, MISSING), top)
            self._lose(item.body, f"{step} was answered otherwise", blocked=True)
        every = list(found)
        for field in every:
            self._tally.add(str(one.version), field, self.result.place(item))
        fields = [field for field in every if field.how not in UNCOUNTED]
        self.result.answered(step, operation, exchange, item, fields, failed=not same)

    def _dated(self, one: Recorded) -> int:
        """When the exchange was recorded. It cannot have been before its API version."""
        return max(self._then, moment(one.version.date))

    def _lose(self, body: Any, why: str, *, blocked: bool) -> None:
        """The target has nothing for the names that only ``body`` brings; ``blocked``: it was asked to make them."""
        for _, name in named(body):
            if name not in self._names and name not in self._lost:
                self._lost[name] = why
                if blocked:
                    self._blocked.add(name)


def _at(item: Captured) -> int:
    return moment(header(item.headers, "date") or item.at)


def _without(item: Captured) -> bool:
    """A write whose parameters the recorder left out: not even an empty mapping of them."""
    return item.method == "POST" and type(item.params) is not dict


def _of_everybody(item: Captured) -> bool:
    """A list that is not narrowed to something of the recording: it shows what else is in the account."""
    listed = item.method == "GET" and type(item.body) is dict and item.body.get("object") in {"list", "search_result"}
    return listed and next(_referred(item), None) is None


def _newest(body: Any, depth: int = 0) -> int:
    """The latest ``created`` in a body: some recorders give the time of the first recording to all that follow."""
    if isinstance(body, list):
        return max((_newest(item, depth + 1) for item in body), default=0)
    if not isinstance(body, dict) or depth > DEEPEST:
        return 0
    own: Any = body.get("created")
    inner = max((_newest(value, depth + 1) for value in body.values() if type(value) in (dict, list)), default=0)
    return max(inner, own) if is_time("created", own) else inner


def _referred(item: Captured) -> Iterator[tuple[str, str]]:
    """What a request refers to: in its path, and in its parameters."""
    yield from named(item.path)
    params = item.params if type(item.params) is dict else {}
    for key, name in named(params):
        if (key, item.path) not in _NAMING:
            yield key, name


_PLAIN = frozenset({"id", "customer", "price", "plan", "product", "coupon", "promotion_code", "tax_rate", "lookup_key"})
#: Where a name is given to something new instead of referring to something.
_NAMING = frozenset(
    [
        (key, f"/v1/{plural}")
        for plural in ("products", "coupons", "customers", "plans", "prices")
        for key in ("id", "lookup_key")
    ]
)


def _names_nothing(body: Any) -> bool:
    return bool(_error(body, "code") == "resource_missing")


def _error(body: Any, key: str) -> Any:
    error = body.get("error") if type(body) is dict else None
    return error.get(key) if type(error) is dict else None


def _operation(item: Captured) -> str:
    answer = operations.find(item.method, item.path)
    return answer.operation if answer else f"{item.method} {shape(item.path)}"


def _kind(name: str) -> str:
    """``pi_…`` for an id; a name that somebody chose as it is."""
    prefix = name.rpartition("_")[0]
    return f"{prefix}_…" if prefix else name


def _said(exchange: Exchange) -> str:
    if exchange.response is None or exchange.reply is not Reply.ANSWERED:
        return exchange.detail or exchange.reply.value
    return f"HTTP {exchange.response.status} {_error(exchange.response.json, 'message') or ''}".strip()[:200]
