"""Any server behind a URL. The key, the version header and the idempotency keys are put in here, unseen above."""

from __future__ import annotations

import re
import time
from collections import deque
from typing import Any

from conformance.errors import ConformanceError
from conformance.target import encoding
from conformance.target.base import NOT_JSON, Exchange, Reply, Request, Response, TransportFailure, parse_json
from conformance.target.classify import Canary, classify
from conformance.target.headers import USER_AGENT, authorization, idempotency_key, override
from conformance.target.health import Health
from conformance.target.limiter import Limiter
from conformance.target.redact import Redactor
from conformance.target.reset import perform
from conformance.target.settings import STRIPE_HOST, Settings
from conformance.target.wire import Connection, Endpoint, WireFailure, WireResponse

_LIVE_OBJECT = re.compile(rb'"livemode"\s*:\s*true')


class LiveModeRefused(ConformanceError):
    """The target answered with an object of live mode."""

    code = "livemode-refused"
    ends_the_run = True


class HttpTarget:
    """A server behind a URL. Connections are kept here, so that one scenario after the other uses the same one."""

    per_worker = False  # xdist: one server for all workers; the controller starts and resets it
    drops_connections = False  # seen to close a kept connection without a word
    retries = 0  # how often a rate-limited request is sent again

    def __init__(self, settings: Settings, *, attach: bool = False) -> None:
        """``attach``: another process has reset the target already."""
        self.settings = settings
        self._attach = attach
        self.name = settings.name
        self.api_version = settings.api_version
        self.redactor = Redactor(self.secrets())
        self.limiter = Limiter(settings.rate_limit)
        self.canary = Canary()
        self.health = Health(settings, self.probe)
        self._endpoint = Endpoint.parse(settings.url)
        self._idle: deque[Connection] = deque()
        self._headers: dict[str, dict[str, str]] = {}

    @property
    def alive(self) -> bool:
        return self.health.alive

    @property
    def concurrency(self) -> int:
        """Scenarios that may be in flight at once."""
        return self.settings.concurrency

    @property
    def patience(self) -> float | None:
        """Seconds that a read may lag behind a write here; None: nobody has said."""
        return self.settings.patience

    @property
    def attached(self) -> str | None:
        """For xdist workers: the URL of the server that this process made ready, None where each starts its own."""
        return None if self.per_worker else self.settings.url

    def start(self) -> None:
        """Pass the health gate, reset, learn the canary.

        Raise TargetUnreachable, TargetUseless, KeyRejected, ResetFailed.
        """
        self.health.gate()
        if self.settings.reset and not self._attach:
            perform(self.settings, self.probe)
        self.canary = self.health.learn()

    def open(self, scenario_id: str) -> HttpSession:
        return HttpSession(self, scenario_id)

    def offers(self, capability: str) -> bool:
        return self.settings.offers(capability)

    def describe(self) -> dict[str, Any]:
        return self.settings.describe()

    def secrets(self) -> tuple[str, ...]:
        return (self.settings.key,) if self.settings.key else ()

    def stop(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def move_to(self, settings: Settings) -> None:
        """Take over settings whose URL has become known (a started server has chosen its port)."""
        self.settings = settings
        self._endpoint = Endpoint.parse(settings.url)
        self.health.move_to(settings)
        while self._idle:
            self._idle.pop().close()

    def key_for(self, scenario_id: str) -> str:  # noqa: ARG002 - a target may give each scenario a world of its own
        return self.settings.key

    def headers_for(self, key: str) -> dict[str, str]:
        """The headers of every request with ``key``; made once, copied by the caller."""
        if key not in self._headers:
            self._headers[key] = {
                "User-Agent": USER_AGENT,
                "Accept": "application/json",
                "Stripe-Version": str(self.api_version),
                **authorization(self.settings.auth, key),
                **self.settings.headers,
            }
        return self._headers[key]

    def borrow(self) -> Connection:
        """A kept connection, the most recently used one first, or a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            return Connection(self._endpoint)

    def give_back(self, connection: Connection) -> None:
        if connection.endpoint == self._endpoint:  # a server that was started again may be elsewhere
            self._idle.append(connection)
        else:
            connection.close()

    def request(self, connection: Connection, request: Request, headers: dict[str, str], timeout: float) -> Response:
        """One request as it goes over the wire. Raise WireFailure; LiveModeRefused."""
        where, body = encoding.target(request.method, self._endpoint.prefix + request.path, request.params)
        answer = connection.request(
            request.method, where, body, headers, timeout=timeout, limit=self.settings.max_bytes
        )
        return self._response(answer)

    def probe(self, request: Request, timeout: float) -> Response:
        """One request outside any scenario, on a connection of its own. Raise WireFailure."""
        connection = Connection(self._endpoint)
        headers = dict(self.headers_for(self.settings.key))
        if request.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            return self.request(connection, request, headers, timeout)
        finally:
            connection.close()

    def _response(self, answer: WireResponse) -> Response:
        body = self.redactor.data(answer.body)
        headers = {name: self.redactor.text(value) for name, value in answer.headers.items()}
        json = parse_json(body) if body else NOT_JSON
        if b'"livemode"' in body and _LIVE_OBJECT.search(body):
            self._refuse_live_mode(json)
        return Response(answer.status, headers, body, json)

    def _refuse_live_mode(self, json: Any) -> None:
        tolerated = self.settings.livemode == "report" and self.settings.host != STRIPE_HOST
        if not tolerated and _is_live(json):
            raise LiveModeRefused(
                f"target {self.name!r} answered with an object of live mode (livemode: true); the run was stopped.",
                hint='Use test mode. If this is a mock whose livemode is merely wrong, set livemode = "report" for it.',
            )


class HttpSession:
    """One scenario's conversation, in one thread, over one connection at a time."""

    def __init__(self, target: HttpTarget, scenario_id: str) -> None:
        self._target = target
        self._scenario = scenario_id
        self._connection: Connection | None = None
        self._headers = target.headers_for(target.key_for(scenario_id))
        self._life = target.health.life
        self._posts = 0
        self._known: set[str] = set()  # ids that are alive as far as this scenario knows
        self._proven: set[tuple[str, str]] = set()  # operations that have succeeded in it

    def send(self, request: Request, step: str) -> Exchange:
        """One exchange; never raises for what the target does, except LiveModeRefused, which ends the run.

        A POST's idempotency key is made of run, scenario, position and step: stable where the run id is.
        """
        headers = self._prepared(request, step)
        blocked = self._target.health.blocked(self._life)
        started, clock = time.time(), time.perf_counter()
        if blocked:
            return Exchange(request, None, TransportFailure.REFUSED, Reply.UNREACHABLE, blocked, started)
        response, failure, note = self._attempts(request, headers)
        elapsed = time.perf_counter() - clock
        if failure is not None:
            reply, detail = self._target.health.examine(failure, f"{self._scenario}/{step}", self._life)
            return Exchange(request, None, failure.kind, reply, detail, started, elapsed)
        assert response is not None
        self._target.health.answered(elapsed)
        operation = (request.method, encoding.shape(request.path))
        proven = operation in self._proven
        reply, detail = classify(request, response, self._target.canary, self._known, proven=proven)
        if response.status < 300:
            self._proven.add(operation)
            self._remember(request, response)
        return Exchange(request, response, None, reply, detail or note, started, elapsed)

    def settle(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self, *, complete: bool = True) -> None:  # noqa: ARG002 - for those who keep what was said
        if self._connection:
            self._target.give_back(self._connection)
            self._connection = None

    def _remember(self, request: Request, response: Response) -> None:
        if isinstance(response.json, dict) and isinstance(response.json.get("id"), str):
            remember = self._known.discard if request.method == "DELETE" else self._known.add
            remember(response.json["id"])

    def _attempts(self, request: Request, headers: dict[str, str]) -> tuple[Response | None, WireFailure | None, str]:
        """Send, and send again what was rate-limited (only towards targets that say so)."""
        for attempt in range(self._target.retries + 1):
            try:
                response = self._once(request, headers)
            except WireFailure as failure:
                return None, failure, ""
            if attempt == self._target.retries or not rate_limited(response):
                break
            time.sleep(backoff(attempt, response))
        return response, None, f"sent {attempt + 1} times (rate limit)" if attempt else ""

    def _once(self, request: Request, headers: dict[str, str]) -> Response:
        """What met a kept connection that the server had closed is sent once more, on a fresh one. Nothing else is.

        A write carries the same idempotency key, as with Stripe's own clients; from there on every write gets a
        fresh connection, so that a server that drops connections is neither wronged nor excused.
        """
        target = self._target
        target.limiter.wait()
        if self._connection is None:
            self._connection = target.borrow()
        if target.drops_connections and request.method != "GET":
            self._connection.close()
        timeout = target.health.patience()
        try:
            return target.request(self._connection, request, headers, timeout)
        except WireFailure as failure:
            if not failure.stale:
                raise
            first = failure
        try:
            response = target.request(self._connection, request, headers, timeout)
        except WireFailure as failure:
            raise (first if failure.kind is TransportFailure.REFUSED else failure) from None
        target.drops_connections = True
        return response

    def _prepared(self, request: Request, step: str) -> dict[str, str]:
        headers = self._headers.copy()
        if request.method == "POST":
            self._posts += 1
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Idempotency-Key"] = idempotency_key(
                self._target.settings.run_id, self._scenario, self._posts, step
            )
        for name, value in request.headers.items():
            override(headers, name, value)
        return headers


def rate_limited(response: Response) -> bool:
    """429, whether it is the rate limit or a lock on an object (``lock_timeout``)."""
    return response.status == 429


def backoff(attempt: int, response: Response) -> float:
    """Seconds to wait: what the target asks for, within reason, or half a second and doubling."""
    asked = response.headers.get("retry-after", "")
    return min(float(asked), 30.0) if asked.isdigit() else min(0.5 * 2**attempt, 8.0)


def _is_live(node: Any) -> bool:
    """Whether any object of the body says ``livemode: true``."""
    if isinstance(node, dict):
        return node.get("livemode") is True or any(_is_live(value) for value in node.values())
    return isinstance(node, list) and any(_is_live(item) for item in node)
