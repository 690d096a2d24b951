"""The ASGI application: one request in, one JSON answer out."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import orjson

from conformance.reference.api import passage
from conformance.reference.api.call import Call
from conformance.reference.http import form, routes
from conformance.reference.http.keys import key_of
from conformance.reference.http.replay import Answer, Replays
from conformance.reference.http.versions import KNOWN, NEWEST, chosen
from conformance.reference.model.clock import Clock
from conformance.reference.model.ids import Minter
from conformance.reference.model.problems import StripeError, problem
from conformance.reference.model.table import Body
from conformance.reference.model.world import World
from conformance.reference.view.answer import shown
from conformance.reference.view.render import previous, snapshot

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

MOST_BYTES = 4 * 1024 * 1024
RESET = "/_reference/reset"

_OUR_FAULT = problem(
    "Sorry! There was an error while talking to the reference. This is a defect in it.", status=500, type="api_error"
)

#: INV-API-032.
_JSON = (b"content-type", b"application/json")


class Mark(NamedTuple):
    """Where an account stood before a request: its clock's ticks, how many ids and request ids it had made."""

    ticks: int
    ids: int
    requests: int


class Sent(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes | None


#: Told of every answered request of an account: its world, where it stood before, what came, the status.
Keep = Callable[[World, Mark, Sent, int], None]
#: Told of every event.
Listener = Callable[[Body], None]


class Account:
    """A world with what belongs to its door: replays and the last request ids."""

    __slots__ = ("replays", "world")

    def __init__(self, world: World) -> None:
        self.world = world
        self.replays = Replays()


class Reference:
    """The server. ``seed`` decides the ids, ``clock`` the time, ``version`` the answers to requests without
    Stripe-Version.
    """

    def __init__(self, seed: str = "0", clock: Clock | None = None, version: str = NEWEST) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self.version = version
        self.keep: Keep | None = None
        self.answered = 0
        self._listener: Listener | None = None
        self._accounts: dict[str, Account] = {}
        self._refused = Minter(seed, "")  # request ids of those who have no account

    @property
    def accounts(self) -> int:
        return len(self._accounts)

    def listen(self, listener: Listener) -> None:
        """From now on ``listener`` hears of every event of every account."""
        self._listener = listener
        for account in self._accounts.values():
            account.world.listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        message = await receive()
        body = await _long(message, receive) if message.get("more_body") else _bounded(message.get("body", b""))
        status, headers, answer = self.answer(
            scope["method"], scope["path"], scope["query_string"], scope["headers"], body
        )
        headers.append((b"content-length", b"%d" % len(answer)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def answer(
        self, method: str, path: str, query: bytes, raw: Headers, body: bytes | None
    ) -> tuple[int, Headers, bytes]:
        """Status, headers and body of the answer. Never raises for what a client sent."""
        sent = dict(raw)
        headers: Headers = [_JSON]
        try:
            account = self.account(key_of(sent.get(b"authorization", b"")))
        except StripeError as error:
            self.clock.look()
            named = _text(sent.get(b"stripe-version"))
            headers += [
                (b"date", self.clock.date()),
                (b"request-id", self._refused.new("req_").encode()),
                (b"stripe-version", (named if named in KNOWN else self.version).encode()),
                (b"www-authenticate", b'Basic realm="Stripe"'),
            ]
            return error.status, headers, _error(error)
        world = account.world
        mark = Mark(world.clock.ticks, world.ids.made, world.requests.made) if self.keep else None
        world.clock.tick()
        headers.append((b"date", world.clock.date()))
        if method == "POST" and path == RESET:
            self._accounts.pop(world.key, None)
            answer = 200, headers, b'{"reset":true}\n'
        else:
            answer = Exchange(account, method, path, query, sent, body).answer(headers, self.version)
        self.answered += 1
        if self.keep and mark:
            self.keep(world, mark, Sent(method, path, query, raw, body), answer[0])
        return answer

    def account(self, key: str) -> Account:
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = Account(
                World(self.seed, key, self.clock.for_account(), self.version, snapshot, previous)
            )
            account.world.listener = self._listener
        return account


class Exchange:
    """One authenticated request."""

    __slots__ = ("_account", "_body", "_form", "_method", "_path", "_request_id", "_sent", "_world")

    def __init__(
        self, account: Account, method: str, path: str, query: bytes, sent: dict[bytes, bytes], body: bytes | None
    ) -> None:
        self._account = account
        self._world = account.world
        self._method = method
        self._path = path
        self._sent = sent
        self._body = body
        self._form = body or query if method == "POST" else query
        self._request_id = account.world.requests.new("req_")

    def answer(self, headers: Headers, default: str) -> tuple[int, Headers, bytes]:
        headers.append((b"request-id", self._request_id.encode()))
        try:
            version = chosen(_text(self._sent.get(b"stripe-version")), default)
        except StripeError as error:
            headers.append((b"stripe-version", default.encode()))
            return error.status, headers, _error(error)
        headers.append((b"stripe-version", version.encode()))
        if self._method != "POST":
            return self._plain(headers, version)
        return self._post(headers, version)

    def _plain(self, headers: Headers, version: str) -> tuple[int, Headers, bytes]:
        """GET and DELETE: idempotency keys mean nothing (INV-API-019)."""
        status, answer, _ = self._run(version, None)
        return status, headers, answer

    def _post(self, headers: Headers, version: str) -> tuple[int, Headers, bytes]:
        """INV-API-013..018, INV-API-020: every POST has a key, the client's or a generated one."""
        given = _text(self._sent.get(b"idempotency-key"))
        key = given or _uuid(self._request_id)
        headers.append((b"idempotency-key", key.encode("latin-1", "replace")))
        try:
            first = self._account.replays.find(key, self._path, self._form) if given else None
        except StripeError as error:
            headers.append((b"original-request", self._request_id.encode()))
            return error.status, headers, _error(error, self._log_url())
        if first is not None:
            headers += [(b"original-request", first.request_id.encode()), (b"idempotent-replayed", b"true")]
            return first.status, headers, first.body
        headers.append((b"original-request", self._request_id.encode()))
        status, answer, stored = self._run(version, given)
        if status < 400:
            headers.append((b"stripe-should-retry", b"false"))
        if given and stored:
            self._account.replays.keep(given, self._path, self._form, Answer(status, answer, self._request_id, version))
        return status, headers, answer

    def _run(self, version: str, key: str | None) -> tuple[int, bytes, bool]:
        """Status, body, and whether a replay may repeat them."""
        journal = self._world.journal
        journal.request_id, journal.idempotency_key = self._request_id, key
        try:
            passage.catch_up(self._world)
            answer = self._handle(version)
        except StripeError as error:
            (journal.close if error.keeps else journal.forget)()
            return error.status, _error(error, self._log_url()), error.stored
        except Exception:  # noqa: BLE001 - a defect of the model must answer like Stripe's own 500, and be seen
            journal.forget()
            traceback.print_exc(file=sys.stderr)
            return 500, _error(_OUR_FAULT, self._log_url()), False
        journal.close()
        self._world.moment = None
        return 200, answer, True

    def _handle(self, version: str) -> bytes:
        found = routes.match(self._method, self._path, version)
        if found is None:
            raise _unknown_url(self._method, self._path)
        route, ids = found
        if self._body is None:
            raise problem("Request entity too large.", status=413, stored=False)
        if b"json" in self._sent.get(b"content-type", b""):  # INV-API-027
            raise problem(
                "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you "
                "have questions, we can help at "
                "https://support.stripe.com/.",
                stored=False,
            )
        params = route.accepted(version)(form.decode(self._form.decode("utf-8", "replace")), "")
        expand = params.pop("expand", [])
        self._world.asked = version
        passage.enter(self._world, ids, params)
        call = Call(self._world, ids, params, version, self._path, expand)
        return shown(self._world, route.answer(call), expand, version)

    def _log_url(self) -> str:
        """INV-API-004."""
        return f"https://dashboard.stripe.com/test/logs/{self._request_id}?t={self._world.now()}"


def _unknown_url(method: str, path: str) -> StripeError:
    """INV-API-008."""
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
    return problem(message, status=404, stored=False)


def _error(error: StripeError, log_url: str = "") -> bytes:
    fields = {**error.fields, "request_log_url": log_url} if log_url else error.fields
    return orjson.dumps({"error": dict(sorted(fields.items()))}, option=orjson.OPT_INDENT_2)


def _uuid(request_id: str) -> str:
    """A key in the form of a version 4 UUID, as no other request has it."""
    text = request_id[-16:].encode().hex()
    variant = "89ab"[int(text[16], 16) % 4]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def _text(raw: bytes | None) -> str | None:
    return raw.decode("latin-1") if raw else None


def _bounded(body: bytes) -> bytes | None:
    """``body``; None when it is larger than any request of Stripe's."""
    return body if len(body) <= MOST_BYTES else None


async def _long(message: MutableMapping[str, Any], receive: Receive) -> bytes | None:
    """The whole body of which ``message`` is the beginning."""
    parts, size = [], 0
    while True:
        part = message.get("body", b"")
        size += len(part)
        if size <= MOST_BYTES:
            parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts) if size <= MOST_BYTES else None
        message = await receive()
