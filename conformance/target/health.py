"""Is anybody there, and of any use? Before a run: health gate and canary. During it: whom to blame for a death."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from conformance.errors import ConformanceError
from conformance.target.base import NOT_JSON, Reply, Request, Response, TransportFailure
from conformance.target.classify import Canary, is_resource_missing, signature, summary
from conformance.target.settings import Settings, without_userinfo
from conformance.target.wire import WireFailure

_PROBE_SECONDS = 5.0
_RECHECK_SECONDS = 2.0  # how often a target that is down is asked again
_HANGS_BEFORE_IMPATIENCE = 3
CANARIES = (
    Request("GET", "/v1/conformance_canary_route"),
    Request("POST", "/v1/conformance_canary_route", {"metadata": {"conformance": "canary"}}),
    Request(
        "POST", "/v1/invoices/in_conformance_canary/conformance_canary_action", {"metadata": {"conformance": "canary"}}
    ),
)
UNKNOWN_OBJECT = Request("GET", "/v1/invoices/in_conformance_canary")

Ask = Callable[[Request, float], Response]  # raises WireFailure


class TargetUnreachable(ConformanceError):
    """Nobody answers at the target's URL."""

    code = "target-unreachable"


class TargetUseless(ConformanceError):
    """Somebody answers, but not as anything that could be tested."""

    code = "target-useless"


class KeyRejected(ConformanceError):
    """The target knows the key no better than we do."""

    code = "key-rejected"


class Health:
    """The state of one target. ``life`` counts its restarts: what was built in an earlier life is gone."""

    def __init__(self, settings: Settings, ask: Ask) -> None:
        self._settings = settings
        self._ask = ask
        self._lock = threading.Lock()
        self._checked = 0.0
        self._hangs = 0
        self._slowest = 0.0
        self.alive = True
        self.life = 0
        self.epitaph = ""
        self.revive: Callable[[], bool] | None = None  # a managed target can be started again

    def move_to(self, settings: Settings) -> None:
        self._settings = settings

    def gate(self, within: float = 10.0) -> None:
        """Raise unless the probe (or a list of invoices) is answered usefully. Resets are tolerated ``within`` s."""
        response = self._first_answer(within)
        _refuse_rejected_key(self._settings, response)
        if not _useful(response) and not self._other_route_is_useful():
            said = f"GET {self._settings.probe} answered {summary(response)}"
            raise TargetUseless(
                f"target {self._settings.name!r} is up but useless: {said}.",
                hint="Is the URL right? A server without this route can name another probe in conformance.toml.",
            )
        self.alive = True

    def learn(self) -> Canary:
        """Ask what Stripe calls an unrecognized URL, and keep the answers. A target that dies of it is reported."""
        signatures = set()
        falls_through = False
        *answers, unknown = self._answers((*CANARIES, UNKNOWN_OBJECT))
        for question, answer in zip(CANARIES, answers, strict=True):
            if answer is None or _is_list(answer):
                continue
            if is_resource_missing(answer):
                falls_through = True  # speaks of an object: says nothing about how routes are refused
            else:
                signatures.add(signature(question, answer))
        missing = signature(UNKNOWN_OBJECT, unknown) if unknown is not None and unknown.status == 404 else None
        return Canary(frozenset(signatures), falls_through, True, None if missing in signatures else missing)

    def _answers(self, questions: tuple[Request, ...]) -> list[Response | None]:
        """One by one, so that a death has one cause; all at once where a run is to ask many things at once anyway."""
        if self._settings.concurrency > 1:
            with ThreadPoolExecutor(len(questions)) as pool, suppress(WireFailure):
                return list(pool.map(lambda question: self._ask(question, self._settings.timeout), questions))
        return [self._survives(question) for question in questions]

    def _survives(self, question: Request) -> Response | None:
        """The answer, or None where there is none. Raise TargetUseless if that was the target's end."""
        try:
            return self._ask(question, self._settings.timeout)
        except WireFailure:
            if self._is_up() or (self.revive and self.revive()):
                return None
        asked = f"{question.method} {question.path}"
        raise TargetUseless(f"target {self._settings.name!r} died of a request for what is not there ({asked}).")

    def blocked(self, life: int) -> str:
        """Why a request need not even be sent, or an empty string. Asks a target that is down again now and then."""
        if self.alive:
            return "" if life == self.life else f"the target was restarted: {self.epitaph}"
        with self._lock:
            if self.alive or time.monotonic() - self._checked < _RECHECK_SECONDS:
                return "" if self.alive else self.epitaph
            self.alive = self._is_up()
            return "" if self.alive else self.epitaph

    def patience(self) -> float:
        """Seconds for the next request: fewer once several have hung, but never less than twice the slowest answer."""
        if self._hangs < _HANGS_BEFORE_IMPATIENCE:
            return self._settings.timeout
        return min(self._settings.timeout, max(self._settings.timeout / 5, self._slowest * 2))

    def answered(self, elapsed: float) -> None:
        if elapsed > self._slowest:
            self._slowest = elapsed

    def examine(self, failure: WireFailure, step: str, life: int) -> tuple[Reply, str]:
        """The verdict on a step without a response. A death is blamed on the one step that saw it first."""
        if failure.kind is TransportFailure.TIMEOUT:
            self._hangs += 1
        reply = _REPLIES[failure.kind]
        if failure.kind in {TransportFailure.TOO_LARGE, TransportFailure.NOT_HTTP}:
            return reply, failure.detail
        with self._lock:
            if life != self.life or not self.alive:
                return Reply.UNREACHABLE, self.epitaph
            if self._is_up():
                return reply, f"{failure.detail}; the target is alive"
            return self._died(failure, reply, step)

    def _died(self, failure: WireFailure, reply: Reply, step: str) -> tuple[Reply, str]:
        self.epitaph = f"the target is down since {step} ({failure.detail})"
        detail = f"{failure.detail}; the target no longer answers"
        self.alive = False
        if self.revive:
            self.life += 1
            self.epitaph = f"it died at {step} ({failure.detail})"
            self.alive = self.revive()
            return reply, detail + ("; it was started again" if self.alive else "; it could not be started again")
        return reply, detail

    def _is_up(self) -> bool:
        """Any HTTP answer at all."""
        self._checked = time.monotonic()
        try:
            self._ask(Request("GET", self._settings.probe), min(_PROBE_SECONDS, self._settings.timeout))
        except WireFailure as failure:
            return failure.kind in {TransportFailure.TOO_LARGE, TransportFailure.NOT_HTTP}
        finally:
            self._checked = time.monotonic()
        return True

    def _other_route_is_useful(self) -> bool:
        try:
            return _useful(self._ask(Request("GET", "/v1/invoices?limit=1"), self._settings.timeout))
        except WireFailure:
            return False

    def _first_answer(self, within: float) -> Response:
        deadline = time.monotonic() + within
        while True:
            try:
                return self._ask(Request("GET", self._settings.probe), min(self._settings.timeout, within))
            except WireFailure as failure:
                patient = failure.kind is TransportFailure.RESET and time.monotonic() < deadline
                if not patient:
                    url = without_userinfo(self._settings.url)
                    raise TargetUnreachable(
                        f"target {self._settings.name!r} at {url}: {failure.detail}.", hint=_HINTS.get(failure.kind, "")
                    ) from None
                time.sleep(0.2)


_REPLIES = {
    TransportFailure.REFUSED: Reply.UNREACHABLE,
    TransportFailure.RESET: Reply.CRASHED,
    TransportFailure.TIMEOUT: Reply.HUNG,
    TransportFailure.TOO_LARGE: Reply.UNREADABLE,
    TransportFailure.NOT_HTTP: Reply.UNREADABLE,
}
_HINTS = {
    TransportFailure.REFUSED: "Is it started? Is the port right?",
    TransportFailure.NOT_HTTP: "Is this an HTTP server, or does it want https://?",
    TransportFailure.RESET: "Does it want https://?",
}


def _refuse_rejected_key(settings: Settings, response: Response) -> None:
    if response.status in {401, 403}:
        hint = (
            "Set key or key_env for this target."
            if not settings.key
            else "Check the key and auth (bearer, basic or none)."
        )
        raise KeyRejected(f"target {settings.name!r} rejects the key: {summary(response)}.", hint=hint)


def _useful(response: Response) -> bool:
    """A probe of Stripe's own surface that is not even JSON, or an error of the server, is no basis for a verdict."""
    return response.json is not NOT_JSON and response.status < 500


def _is_list(response: Response) -> bool:
    """A catch-all that answers lists: taken for a sign, every genuine empty list would read as not implemented."""
    return isinstance(response.json, dict) and response.json.get("object") == "list"
