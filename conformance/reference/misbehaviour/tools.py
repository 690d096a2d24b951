"""How a misbehaviour is planted: a named function, a route, a table row or the answer itself is wrapped at start-up.

The server's own code knows nothing of this. Whatever is wrapped is looked up by name when it is planted, so a name that
has moved is an error at once, not a misbehaviour that never shows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import orjson

from conformance.reference.api.call import Call
from conformance.reference.api.shapes import Shape
from conformance.reference.http import app, routes
from conformance.reference.http.routes import Handler, Route
from conformance.reference.model.problems import problem
from conformance.reference.model.table import Body
from conformance.reference.model.world import World

Plant = Callable[[], None]
#: What it returns is of no interest: a change is what it does.
OnCall = Callable[[Call], object]
OnRow = Callable[[Call, Body], object]
OnBody = Callable[[Body], object]
_ROOT = "conformance.reference."

#: Paths of what most bugs are in.
INVOICES, INVOICE, ITEMS = "/v1/invoices", "/v1/invoices/{}", "/v1/invoiceitems"
FINALIZE, PAY, SEND, VOID, MARK = (
    f"{INVOICE}/{verb}" for verb in ("finalize", "pay", "send", "void", "mark_uncollectible")
)


class Misbehaviour(NamedTuple):
    """One plausible bug: the rule it breaks, what the server does, and the function that makes it do so.

    ``at`` is an API version at which it shows, where it does not at the newest one.
    """

    name: str
    requirement: str
    sentence: str
    plant: Plant
    at: str = ""


def wrap(name: str, around: Callable[[Any], Any]) -> None:
    """Put ``around(original)`` in the place of ``api.finalization.finalize``, wherever it was imported to."""
    module_name, _, attribute = name.rpartition(".")
    holder = _holder(module_name)
    original = getattr(holder, attribute)
    replacement = around(original)
    setattr(holder, attribute, replacement)
    for module in [module for key, module in sys.modules.items() if key.startswith(_ROOT)]:
        if getattr(module, attribute, None) is original:
            setattr(module, attribute, replacement)
    _reroute(original, replacement)


def _holder(name: str) -> Any:
    """The module, or the class in a module, of that name."""
    try:
        return import_module(_ROOT + name)
    except ModuleNotFoundError:
        module, _, owner = name.rpartition(".")
        return getattr(import_module(_ROOT + module), owner)


def _reroute(original: Any, replacement: Any) -> None:
    """Routes hold functions, not names."""
    for route in routes.ROUTES:
        if route.answer is original:
            on_route(route.method, route.path, lambda one: one._replace(answer=replacement))


def on_route(method: str, path: str, change: Callable[[Route], Route]) -> None:
    """Answer ``method path`` (``/v1/invoices/{}/void``) by a changed route. Raises KeyError where there is none."""
    if not any((route.method, route.path) == (method, path) for route in routes.ROUTES):
        raise KeyError(f"no route {method} {path}")
    original = routes.match

    def match(sent: str, where: str, version: str) -> tuple[Route, tuple[str, ...]] | None:
        found = original(sent, where, version)
        if found is None or (found[0].method, found[0].path) != (method, path):
            return found
        return change(found[0]), found[1]

    _put(routes, "match", match)


def accepting(method: str, path: str, change: Callable[[Shape], Shape]) -> Plant:
    """Accept other parameters: what ``change`` makes of the shape."""
    return lambda: on_route(method, path, lambda route: route._replace(accepts=change(route.accepts)))


def before(method: str, path: str, change: OnCall) -> Plant:
    """Let ``change`` have the call before its handler."""

    def around(answer: Handler) -> Handler:
        def handler(call: Call) -> Body:
            change(call)
            return answer(call)

        return handler

    return lambda: on_route(method, path, lambda route: route._replace(answer=around(route.answer)))


def after(method: str, path: str, change: OnRow) -> Plant:
    """Let ``change`` have the stored row that a handler answers with: what it does stays done."""

    def around(answer: Handler) -> Handler:
        def handler(call: Call) -> Body:
            row = answer(call)
            change(call, row)
            return row

        return handler

    return lambda: on_route(method, path, lambda route: route._replace(answer=around(route.answer)))


def ignored(method: str, path: str, name: str) -> Plant:
    """The parameter is accepted and forgotten."""
    return before(method, path, lambda call: _forget(call.params, name))


def _forget(params: dict[str, Any], name: str) -> None:
    params.pop(name, None)


def instead(name: str, replacement: Callable[..., Any]) -> Plant:
    """Call ``replacement(original, *arguments)`` wherever ``name`` is called."""

    def around(original: Any) -> Any:
        return lambda *arguments, **named: replacement(original, *arguments, **named)

    return lambda: wrap(name, around)


def constant(name: str, value: Any) -> Plant:
    """Another value for the constant ``name``."""
    return lambda: wrap(name, lambda _: value)


def then(name: str, change: Callable[..., object]) -> Plant:
    """After each call of ``name``, ``change(*arguments)``."""

    def around(original: Any) -> Any:
        def function(*arguments: Any, **named: Any) -> Any:
            result = original(*arguments, **named)
            change(*arguments)
            return result

        return function

    return lambda: wrap(name, around)


def remembering_nothing() -> None:
    """Every row is written anew each time: a misbehaviour may change one that the server does not know has changed."""

    def written(original: Any, world: World, row: Body, version: str) -> Any:
        world.written.clear()
        return original(world, row, version)

    instead("view.render.written", written)()


def nothing(name: str) -> Plant:
    """``name`` does nothing."""
    return lambda: wrap(name, lambda _: lambda *_, **__: None)


class Heard:
    """One finished answer, before it is sent. ``body`` is its JSON; ``headers`` are by lower-case name."""

    __slots__ = ("body", "headers", "method", "path", "query", "status")

    def __init__(self, method: str, path: str, query: str, status: int, headers: dict[str, str], body: Any) -> None:
        self.method, self.path, self.query = method, path, query
        self.status, self.headers, self.body = status, headers, body

    def objects(self, kind: str) -> Iterator[Body]:
        """Every object of that kind, wherever in the body."""
        yield from _objects(self.body, kind)


def _objects(node: Any, kind: str) -> Iterator[Body]:
    if isinstance(node, dict):
        if node.get("object") == kind:
            yield node
        for value in node.values():
            yield from _objects(value, kind)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value, kind)


def on_answer(change: Callable[[Heard], object]) -> Plant:
    """Let ``change`` have every answer."""

    def plant() -> None:
        original = app.Reference.answer

        def answer(
            self: app.Reference, method: str, path: str, query: bytes, raw: app.Headers, body: bytes | None
        ) -> tuple[int, app.Headers, bytes]:
            status, headers, content = original(self, method, path, query, raw, body)
            named = {name.decode(): value.decode() for name, value in headers}
            heard = Heard(method, path, query.decode(), status, named, orjson.loads(content))
            change(heard)
            sent = heard.body if isinstance(heard.body, bytes) else orjson.dumps(heard.body)
            return heard.status, [(name.encode(), value.encode()) for name, value in heard.headers.items()], sent

        _put(app.Reference, "answer", answer)

    return plant


def on_answers_to(where: str, change: Callable[[Heard], object], *, ok: bool | None = None) -> Plant:
    """Let ``change`` have the answers to ``where``; of successes, of refusals, or (None) of both."""
    pattern = re.compile(where)

    def every(heard: Heard) -> None:
        if pattern.fullmatch(f"{heard.method} {heard.path}") and ok in (None, heard.status < 400):
            change(heard)

    return on_answer(every)


def shown(kind: str, change: OnBody) -> Plant:
    """Let ``change`` have every object of ``kind`` as it is shown, in answers of every sort."""

    def every(heard: Heard) -> None:
        for one in heard.objects(kind):
            change(one)

    return on_answer(every)


def _put(holder: Any, name: str, value: Any) -> None:
    setattr(holder, name, value)


def refusing(method: str, path: str, when: Callable[[Call], object], message: str = "This cannot be done.") -> Plant:
    """The call is refused where ``when`` holds."""

    def check(call: Call) -> None:
        if when(call):
            raise problem(message)

    return before(method, path, check)


def of_invoice(holds: Callable[[Body], object]) -> Callable[[Call], bool]:
    """Whether the invoice that the path names is there, and ``holds``."""

    def check(call: Call) -> bool:
        row = call.world.invoices.get(call.ids[0])
        return row is not None and bool(holds(row))

    return check
