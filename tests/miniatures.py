"""Deliberately faulty small servers, one for each way in which real ones were seen to misbehave.

``with miniature("html_errors") as server: … server.url``. What a fault leaves alone is answered by an *upstream*: a
small stateful base of our own, or any server that is right (``upstream="http://127.0.0.1:8420"``): scenarios get as far
as the fault. ``CONFORMING`` names those that look odd but do nothing wrong: nothing may be held against them.

As a process: ``python -m tests.miniatures NAME [--port N] [--upstream URL]``.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.miniature_server import Answer, Call, Fault, Gone, Miniature, answer, refuse

FAULTS: dict[str, Fault] = {}
CONFORMING: set[str] = set()


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__] = function
    return function


def conforming(function: Fault) -> Fault:
    CONFORMING.add(function.__name__)
    return fault(function)


# --- 1, 2: death and resets -----------------------------------------------------------------------------------------


@fault
def dies_on_empty_post(call: Call) -> Answer | None:
    """1: one call takes the whole server down; a hundred later steps find nobody."""
    if call.method == "POST" and not call.body:
        raise Gone("die")
    return call.forward()


@fault
def dies_on_finalize(call: Call) -> Answer | None:
    """1: the same, later in a scenario."""
    if call.action == "finalize":
        raise Gone("die")
    return call.forward()


@fault
def resets_on_pay(call: Call) -> Answer | None:
    """The handler of one call is torn down without a word; the server lives on."""
    if call.action == "pay":
        raise Gone
    return call.forward()


@fault
def closes_keepalive_after_500(call: Call) -> Answer | None:
    """2: a 500, and the connection is closed behind it although nothing was said."""
    if call.action == "void":
        return answer(500, {"error": {"message": "boom", "type": "api_error"}})._replace(after="close")
    return call.forward()


@conforming
def closes_every_connection(call: Call) -> Answer | None:
    """``Connection: close`` on every answer."""
    return call.forward().but(connection="close")


@conforming
def closes_idle_connections(call: Call) -> Answer | None:
    """Keep-alive is promised and not kept: each connection is closed right after its answer."""
    return call.forward()._replace(after="close")


# --- 3, 4: text, HTML, content types --------------------------------------------------------------------------------


@fault
def html_errors(call: Call) -> Answer | None:
    """3: every refusal is a page, with a terminal escape in it."""
    given = call.forward()
    if given.status < 400:
        return given
    return answer(given.status, f"<!doctype html><title>{given.status} Error</title>\x1b[31m<h1>Oops</h1>", "text/html")


@fault
def text_404_and_500(call: Call) -> Answer | None:
    """3: an unrouted URL is ``404: Not Found`` in plain text, a bad parameter is a 500 in plain text."""
    given = call.forward()
    if given.status == 404 and b"Unrecognized" in given.body:
        return answer(404, "404: Not Found", "text/plain; charset=utf-8")
    return answer(500, "500 Internal Server Error", "text/plain") if given.status == 400 else given


@fault
def no_content_type(call: Call) -> Answer | None:
    """4: JSON that does not say so."""
    return call.forward().but(content_type=None)


@fault
def json_as_text(call: Call) -> Answer | None:
    """4: JSON as text/plain; idempotent answers are replayed as text/html."""
    given = call.forward()
    return given.but(content_type="text/html" if "idempotent-replayed" in given.headers else "text/plain")


@fault
def empty_500(call: Call) -> Answer | None:
    """4: a 500 with nothing in it."""
    return answer(500, b"", None) if call.action == "finalize" else call.forward()


# --- 5: other envelopes ---------------------------------------------------------------------------------------------


def _other_envelope(call: Call, make: Callable[[int, str], Any], content_type: str = "application/json") -> Answer:
    given = call.forward()
    return (
        given
        if given.status < 400
        else answer(given.status, make(given.status, given.json["error"]["message"]), content_type)
    )


@fault
def foreign_envelopes(call: Call) -> Answer | None:
    """5: ``{"detail": …}``; a missing route says "Not Found"."""
    return _other_envelope(call, lambda _, said: {"detail": "Not Found" if said.startswith("Unrec") else said})


@fault
def foreign_code_message(call: Call) -> Answer | None:
    """5: ``{"code": …, "message": …}``."""
    return _other_envelope(call, lambda status, said: {"code": status, "message": said})


@fault
def problem_json(call: Call) -> Answer | None:
    """5: RFC 9457."""
    return _other_envelope(call, lambda status, said: {"title": said, "status": status}, "application/problem+json")


@fault
def string_errors(call: Call) -> Answer | None:
    """5: Stripe's shape with the literal word "string" in every place."""
    filled = {"code": "string", "message": "string", "param": "string", "type": "api_error"}
    return _other_envelope(call, lambda *_: {"error": filled})


@fault
def pointers_in_messages(call: Call) -> Answer | None:
    """5: messages that differ from run to run."""
    return _other_envelope(
        call,
        lambda _, said: {"error": {"type": "api_error", "message": f"{said} <Object at 0x{random.getrandbits(40):x}>"}},
    )


# --- 6: the faces of "not implemented" ------------------------------------------------------------------------------

LEFT_OUT = frozenset(
    {"search", "create_preview", "mark_uncollectible"}
)  # what the servers of this section do not implement


def _left_out(call: Call, make: Callable[[], Answer]) -> Answer:
    if call.action in LEFT_OUT:
        return make()
    given = call.forward()
    return make() if given.status == 404 and b"Unrecognized request URL" in given.body else given


@conforming
def unimplemented_as_stripe(call: Call) -> Answer | None:
    """6: as Stripe says it itself."""
    return _left_out(
        call,
        lambda: refuse(
            404, f"Unrecognized request URL ({call.method}: {call.path}). Please see https://stripe.com/docs"
        ),
    )


@fault
def unimplemented_404_text(call: Call) -> Answer | None:
    """6."""
    return _left_out(call, lambda: answer(404, f"Cannot {call.method} {call.path}", "text/plain"))


@fault
def unimplemented_404_foreign(call: Call) -> Answer | None:
    """6."""
    return _left_out(call, lambda: answer(404, {"detail": "Not Found"}))


@fault
def unimplemented_405(call: Call) -> Answer | None:
    """6."""
    return _left_out(call, lambda: answer(405, {"detail": "Method Not Allowed"}))


@fault
def unimplemented_501(call: Call) -> Answer | None:
    """6."""
    return _left_out(call, lambda: refuse(501, "This endpoint is not supported", code="endpoint_not_supported"))


@fault
def unimplemented_500(call: Call) -> Answer | None:
    """6: an api_error; a real crash (finalize) has another message."""
    if call.action == "finalize":
        return answer(500, {"error": {"type": "api_error", "message": "NoneType has no attribute 'total'"}})
    return _left_out(
        call, lambda: answer(500, {"error": {"type": "api_error", "message": f"no handler for {call.path}"}})
    )


@fault
def empty_200(call: Call) -> Answer | None:
    """6."""
    return _left_out(call, lambda: answer(200, {}))


@fault
def placeholder_200(call: Call) -> Answer | None:
    """6."""
    return _left_out(call, lambda: answer(200, {"message": "placeholder"}))


@fault
def placeholder_object_200(call: Call) -> Answer | None:
    """6: the placeholder even calls itself an object."""
    return _left_out(
        call, lambda: answer(200, {"id": f"obj_{random.getrandbits(40)}", "object": "placeholder", "url": call.path})
    )


@fault
def fallthrough_search(call: Call) -> Answer | None:
    """6: /invoices/search and /in_x/mark_uncollectible fall into /invoices/:id (the last part of the path)."""
    known = len(call.parts) < 3 or call.forward().status != 404
    if call.action in LEFT_OUT or (call.parts[:2] == ["v1", "invoices"] and not known):
        return refuse(404, f"No such invoice: '{call.action}'", code="resource_missing", param="id")
    return call.forward()


@fault
def fallthrough_without_a_word(call: Call) -> Answer | None:
    """6: the same for /invoices/search, in an envelope that names nothing."""
    given = _left_out(call, lambda: answer(404, "404: Not Found", "text/plain"))
    missing = given.status == 404 and "json" in given.headers["content-type"]
    return (
        answer(404, {"error": {"message": "Not Found", "type": "invalid_request_error"}})
        if missing or call.action == "search"
        else given
    )


@fault
def fallthrough_subaction(call: Call) -> Answer | None:
    """6: every unknown sub-action of an invoice falls into /invoices/:id/*, which looks the id up in vain."""
    unknown = call.action in LEFT_OUT or call.action.startswith("conformance_canary")
    if call.parts[:2] == ["v1", "invoices"] and len(call.parts) == 4 and unknown:
        return refuse(404, f"No such invoice: '{call.parts[2]}'", code="resource_missing", param="id")
    return call.forward()


# --- 7, 8: wrong bodies, and silence where Stripe refuses -----------------------------------------------------------


def _mapped(given: Answer, change: Callable[[str, Any], Any]) -> Answer:
    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: changed for key, value in node.items() if (changed := change(key, walk(value))) is not ...}
        return [walk(item) for item in node] if isinstance(node, list) else node

    return given.but(json=walk(given.json)) if given.status < 400 else given


@fault
def wrong_json_types(call: Call) -> Answer | None:
    """7: "false", "1600", metadata as an empty string, and keys left out where Stripe says null."""

    def change(key: str, value: Any) -> Any:
        if isinstance(value, bool) and key == "auto_advance":
            return str(value).lower()
        if isinstance(value, int) and not isinstance(value, bool) and key.startswith(("amount", "total")):
            return str(value)
        return "" if key == "metadata" and not value else ... if value is None else value

    return _mapped(call.forward(), change)


@fault
def not_a_number(call: Call) -> Answer | None:
    """7: ``NaN``, which no JSON parser has to take."""
    given = call.forward()
    return (
        given._replace(body=re.sub(rb'"total":', b'"ratio": NaN, "total":', given.body))
        if call.action == "pay"
        else given
    )


@fault
def silent_on_unknown_params(call: Call) -> Answer | None:
    """8: what Stripe refuses is left out and forgotten."""
    params = call.params
    given = call.forward()
    for _ in range(20):
        name = given.json.get("error", {}).get("param", "") if given.status == 400 else ""
        gone = [key for key in params if name and (key == name or key.startswith(f"{name}["))]
        if not gone:
            return given
        for key in gone:
            del params[key]
        given = call.forward(params)
    return given


@fault
def silent_on_wrong_state(call: Call) -> Answer | None:
    """8: finalizing twice, paying what is paid: the invoice as it is, with a 200."""
    given = call.forward()
    refused = given.status == 400 and len(call.parts) == 4 and call.parts[1] == "invoices"
    if not refused:
        return given
    read = Call("GET", "/" + "/".join(call.parts[:3]), "", call.headers, b"", call.server, call.wire)
    return read.forward()


@fault
def pager_that_loops(call: Call) -> Answer | None:
    """8: an unknown cursor is page 1 again, and there is always more."""
    if call.method == "GET" and len(call.parts) == 2:
        params = {key: value for key, value in call.params.items() if key != "starting_after"}
        return _mapped(call.forward(params), lambda key, value: True if key == "has_more" else value)
    return call.forward()


# --- 9: never up, or up but useless ---------------------------------------------------------------------------------


@fault
def never_ready(call: Call) -> Answer | None:
    """9: takes the request and never answers."""
    call.server.stopped.wait()
    raise Gone


@fault
def always_400_text(call: Call) -> Answer | None:
    """9: passes every test that only looks for a 400."""
    return answer(400, "Bad Request", "text/plain")


@fault
def always_500(call: Call) -> Answer | None:
    """9."""
    return answer(500, "Internal Server Error", "text/plain")


# --- 10, 11, 12, 13, 14, 15 -----------------------------------------------------------------------------------------


@fault
def random_values(call: Call) -> Answer | None:
    """10: amounts are another on each read."""
    return _mapped(
        call.forward(),
        lambda key, value: random.randrange(1, 99999) if key in {"total", "amount_due", "subtotal"} else value,
    )


@fault
def leaks_state(call: Call) -> Answer | None:
    """11: lists hold what everybody has ever made, however filtered; only ``DELETE /_config/data`` empties."""
    if call.method == "GET" and len(call.parts) == 2:
        return call.forward({key: value for key, value in call.params.items() if key in {"limit", "starting_after"}})
    return call.forward()


def _wants(call: Call, kind: str) -> Answer | None:
    given = call.headers.get("authorization", "")
    if not given:
        return refuse(401, "You did not provide an API key.")
    return None if given.startswith(kind) else refuse(401, "Invalid API Key provided: sk_test_****")


@conforming
def basic_only(call: Call) -> Answer | None:
    """12: refuses Bearer."""
    return _wants(call, "Basic ") or call.forward()


@conforming
def bearer_only(call: Call) -> Answer | None:
    """12: refuses Basic."""
    return _wants(call, "Bearer ") or call.forward()


@conforming
def one_key_only(call: Call) -> Answer | None:
    """12: knows ``sk_test_123`` and nothing else."""
    return _wants(call, "Bearer sk_test_123") or call.forward()


@fault
def old_roads(call: Call) -> Answer | None:
    """13: neither Prices nor create_preview; ``upcoming`` instead."""
    if call.parts[1] == "prices" or call.action == "create_preview":
        return refuse(404, f"Unrecognized request URL ({call.method}: {call.path}).")
    if call.action == "upcoming":
        return answer(200, {"object": "invoice", "total": 0})
    return call.forward()


@conforming
def gzip_and_cors(call: Call) -> Answer | None:
    """14: packed whether or not it was asked for, with headers for browsers."""
    given = call.forward().but(content_encoding="gzip", access_control_allow_origin="*", vary="Origin, Accept-Encoding")
    return given._replace(body=gzip.compress(given.body))


@conforming
def strange_ids(call: Call) -> Answer | None:
    """14: ids with ``-`` and ``_`` in them."""
    plain = call.path.replace("-x_", "_")
    given = call.forward({name: value.replace("-x_", "_") for name, value in call.params.items()}, plain)

    def change(key: str, value: Any) -> Any:
        return (
            value.replace("_", "-x_", 1) if key in {"id", "customer", "invoice"} and isinstance(value, str) else value
        )

    return _mapped(given, change)


@fault
def hollow_totals(call: Call) -> Answer | None:
    """15: all totals are 0, which makes many a comparison true."""
    hollow = ("total", "amount", "subtotal")
    return _mapped(call.forward(), lambda key, value: 0 if key.startswith(hollow) and isinstance(value, int) else value)


@fault
def echo(call: Call) -> Answer | None:
    """15: answers every request with what was asked for, and remembers nothing."""
    if call.method == "POST" or len(call.parts) > 2:
        kind = call.parts[1].rstrip("s") if len(call.parts) > 1 else "thing"
        return answer(200, {"id": "in_1", "object": kind, **call.params}, request_id="req_1")
    return answer(200, {"object": "list", "data": [], "has_more": False, "url": call.path})


# --- what a transport has to survive --------------------------------------------------------------------------------


@fault
def slow_drip(call: Call) -> Answer | None:
    """A byte now and then: no single read ever times out."""
    if call.action != "pay":
        return call.forward()
    call.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
    while not call.server.stopped.wait(0.05):
        call.raw(b" ")
    raise Gone


@fault
def slow_headers(call: Call) -> Answer | None:
    """The same before the body."""
    if call.action != "pay":
        return call.forward()
    call.raw(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        if call.server.stopped.wait(0.05):
            raise Gone
        call.raw(f"x-{number}: y\r\n".encode())
    return None


@fault
def hangs_on_pay(call: Call) -> Answer | None:
    """One call is never answered."""
    if call.action == "pay":
        call.server.stopped.wait()
        raise Gone
    return call.forward()


@fault
def huge_body(call: Call) -> Answer | None:
    """Ten megabytes, announced."""
    return (
        answer(200, b'{"object": "invoice", "x": "' + b"x" * 10_000_000 + b'"}')
        if call.action == "pay"
        else call.forward()
    )


@fault
def endless_chunks(call: Call) -> Answer | None:
    """A body without an end."""
    if call.action != "pay":
        return call.forward()
    call.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    while not call.server.stopped.is_set():
        call.raw(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    raise Gone


@fault
def giant_chunk(call: Call) -> Answer | None:
    """A chunk that claims more than any memory."""
    if call.action != "pay":
        return call.forward()
    call.raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffff\r\n{}")
    raise Gone("close")


@fault
def gzip_bomb(call: Call) -> Answer | None:
    """Fifty megabytes in fifty kilobytes."""
    if call.action != "pay":
        return call.forward()
    return answer(200, gzip.compress(b" " * 50_000_000)).but(content_encoding="gzip")


@fault
def endless_headers(call: Call) -> Answer | None:
    """Headers without an end."""
    if call.action != "pay":
        return call.forward()
    call.raw(b"HTTP/1.1 200 OK\r\n")
    while not call.server.stopped.is_set():
        call.raw(b"x: " + b"y" * 1000 + b"\r\n")
    raise Gone


@fault
def not_http(call: Call) -> Answer | None:
    """Something else speaks on this port."""
    call.raw(b"SSH-2.0-OpenSSH_9.6\r\n\x1b[2J")
    raise Gone


@fault
def promises_more(call: Call) -> Answer | None:
    """The connection ends in the middle of the body."""
    if call.action != "pay":
        return call.forward()
    call.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
    raise Gone("close")


@fault
def redirects(call: Call) -> Answer | None:
    """Elsewhere: nobody may follow with the key."""
    return answer(302, "", None, location="http://127.0.0.1:9/steal") if call.action == "pay" else call.forward()


@fault
def deep_json(call: Call) -> Answer | None:
    """Nested deeper than any parser goes."""
    return answer(200, "[" * 100_000 + "]" * 100_000) if call.action == "pay" else call.forward()


@fault
def live_mode(call: Call) -> Answer | None:
    """An object of live mode, inside another."""
    return answer(200, {"object": "invoice", "charge": {"livemode": True}}) if call.action == "pay" else call.forward()


@fault
def says_the_key(call: Call) -> Answer | None:
    """Gives back what it was told in confidence."""
    given, told = call.forward(), call.headers.get("authorization", "")
    if call.action == "pay":
        key = told.partition(" ")[2]
        return answer(400, {"error": {"message": f"who is {told}?", "client_secret": key, "type": key}}, x_debug=told)
    return given.but(x_debug=told)


@conforming
def good(call: Call) -> Answer | None:
    """Nothing wrong: the upstream as it is."""
    return call.forward()


@contextmanager
def miniature(name: str, upstream: str = "") -> Iterator[Miniature]:
    """The server called ``name``, running; gone afterwards."""
    server = Miniature(FAULTS[name], upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        with suppress(OSError, ValueError):
            server.shutdown()
        server.server_close()
        for wire in list(server.open_wires):
            with suppress(OSError):
                wire.close()
        thread.join(5)


def main(arguments: list[str]) -> None:
    """Serve in the foreground until killed, or until the server dies of its fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(FAULTS))
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--upstream", default="")
    options = parser.parse_args(arguments)
    server = Miniature(FAULTS[options.name], options.upstream, options.port)
    sys.stdout.write(json.dumps({"listening": server.url}) + "\n")
    sys.stdout.flush()
    with suppress(OSError, ValueError, KeyboardInterrupt):
        server.serve_forever(poll_interval=0.02)


if __name__ == "__main__":
    main(sys.argv[1:])
