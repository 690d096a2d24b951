"""The machinery of the miniatures: answers, calls, a small stateful base, and a server that a fault can be put into."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit


class Answer(NamedTuple):
    """``body`` as it goes over the wire. ``after``: what to do to the connection once it is out."""

    status: int
    headers: dict[str, str]
    body: bytes
    after: str = ""  # "close": close it without having said so

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def but(
        self, status: int | None = None, json: Any = None, text: str | None = None, **headers: str | None
    ) -> Answer:
        """The same with another status, body or headers; ``content_type=None`` takes one away."""
        body = text.encode() if text is not None else self.body if json is None else dumps(json)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {name: value for name, value in {**self.headers, **fields}.items() if value is not None}
        return Answer(status or self.status, merged, body, self.after)


def dumps(body: Any) -> bytes:
    return json.dumps(body, indent=2).encode()


def answer(status: int, body: Any, content_type: str | None = "application/json", **headers: str) -> Answer:
    """A JSON body unless ``body`` is text or bytes."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else dumps(body)
    fields = {"content-type": content_type} if content_type else {}
    return Answer(status, {**fields, **{name.replace("_", "-"): value for name, value in headers.items()}}, data)


def refuse(status: int, message: str, **more: str) -> Answer:
    return answer(status, {"error": {"message": message, "type": "invalid_request_error", **more}})


class Gone(Exception):
    """The connection is gone (``reset``, or politely: ``close``), or with ``die`` the whole server."""

    def __init__(self, how: str = "reset") -> None:
        super().__init__(how)
        self.how = how


@dataclass
class Call:
    """One request, the server it came to, and the raw connection for what HTTP does not allow."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    server: Miniature
    wire: socket.socket

    @property
    def params(self) -> dict[str, str]:
        return dict(
            parse_qsl(
                self.query if self.method != "POST" else self.body.decode("utf-8", "replace"), keep_blank_values=True
            )
        )

    @property
    def parts(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def action(self) -> str:
        """``finalize`` of /v1/invoices/in_1/finalize, ``search`` of /v1/invoices/search."""
        return self.parts[-1]

    def forward(self, params: dict[str, str] | None = None, path: str | None = None) -> Answer:
        """What the upstream answers, to these parameters or the call's own."""
        query, body = self.query, self.body
        if params is not None and self.method == "POST":
            body = urlencode(params).encode()
        elif params is not None:
            query = urlencode(params)
        changed = Call(self.method, path or self.path, query, self.headers, body, self.server, self.wire)
        return self.server.upstream(changed)

    def raw(self, data: bytes) -> None:
        self.wire.sendall(data)


Fault = Callable[[Call], "Answer | None"]


# --- the base -------------------------------------------------------------------------------------------------------


@dataclass
class Base:
    """A small stateful upstream: enough of customers and invoices for a scenario to get as far as a fault."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, call: Call) -> Answer:
        with self.lock:
            given = self._answer(call)
        return given.but(
            date=formatdate(usegmt=True),
            request_id=f"req_{next(self.count)}",
            stripe_version=call.headers.get("stripe-version", ""),
        )

    def _answer(self, call: Call) -> Answer:
        if (call.method, call.path) == ("DELETE", "/_config/data"):
            self.objects.clear()
            return answer(200, b"", None)
        kind = _KINDS.get(call.parts[1]) if call.parts[0] == "v1" and len(call.parts) > 1 else None
        handler = _HANDLERS.get((call.method, min(len(call.parts), 5)))
        return handler(self, call, *kind) if kind and handler else _unrecognized(call)

    def make(self, call: Call, prefix: str, kind: str) -> Answer:
        at = next(self.count)
        made = {
            "id": f"{prefix}_{at}abc",
            "object": kind,
            "created": int(time.time()),
            "livemode": False,
            "metadata": {},
            **_DEFAULTS.get(kind, {}),
        }
        self.objects[made["id"]] = made | {name: value for name, value in call.params.items() if "[" not in name}
        return answer(200, self.objects[made["id"]])

    def list(self, call: Call, prefix: str, kind: str) -> Answer:
        customer = call.params.get("customer")
        found = [
            one for one in self.objects.values() if one["object"] == kind and customer in (None, one.get("customer"))
        ]
        return answer(200, {"object": "list", "data": found[::-1], "has_more": False, "url": call.path})

    def one(self, call: Call, prefix: str, kind: str) -> Answer:
        found = self.objects.get(call.parts[2])
        if found is None:
            return refuse(404, f"No such {kind}: '{call.parts[2]}'", code="resource_missing", param="id")
        if call.method == "DELETE":
            del self.objects[found["id"]]
            return answer(200, {"id": found["id"], "object": kind, "deleted": True})
        if call.method == "POST":
            found.update({name: value for name, value in call.params.items() if "[" not in name})
        return answer(200, found)

    def act(self, call: Call, prefix: str, kind: str) -> Answer:
        status = _ACTIONS.get(call.action)
        if kind != "invoice" or status is None:
            return _unrecognized(call)
        found = self.one(Call("GET", call.path, "", {}, b"", call.server, call.wire), prefix, kind)
        if found.status != 200:
            return found
        invoice = self.objects[call.parts[2]]
        if invoice["status"] in {"paid", "void"}:
            return refuse(400, f"This invoice is {invoice['status']}.")
        invoice["status"] = status
        return answer(200, invoice)


_KINDS = {
    "customers": ("cus", "customer"),
    "invoices": ("in", "invoice"),
    "invoiceitems": ("ii", "invoiceitem"),
    "products": ("prod", "product"),
    "prices": ("price", "price"),
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "invoice": {
        "status": "draft",
        "total": 2000,
        "amount_due": 2000,
        "auto_advance": False,
        "description": None,
        "charge": None,
    }
}
_ACTIONS = {"finalize": "open", "pay": "paid", "void": "void", "mark_uncollectible": "uncollectible", "send": "open"}
_HANDLERS: dict[tuple[str, int], Callable[..., Answer]] = {
    ("POST", 2): Base.make,
    ("GET", 2): Base.list,
    ("GET", 3): Base.one,
    ("POST", 3): Base.one,
    ("DELETE", 3): Base.one,
    ("POST", 4): Base.act,
}


def _unrecognized(call: Call) -> Answer:
    return refuse(
        404,
        f"Unrecognized request URL ({call.method}: {call.path}). Please see https://stripe.com/docs or we can help.",
    )


def forwarder(url: str) -> Callable[[Call], Answer]:
    """An upstream that is another server."""
    where = urlsplit(url)

    def forward(call: Call) -> Answer:
        kept = {
            name: value for name, value in call.headers.items() if name not in {"host", "connection", "content-length"}
        }
        with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)) as connection:
            connection.request(call.method, f"{call.path}?{call.query}" if call.query else call.path, call.body, kept)
            response = connection.getresponse()
            body = response.read()
        dropped = {"content-length", "transfer-encoding", "connection"}
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders() if name.lower() not in dropped},
            body,
        )

    return forward


# --- the server -----------------------------------------------------------------------------------------------------


class Miniature(ThreadingHTTPServer):
    """One faulty server. ``calls`` is what it was asked; ``connections`` how often somebody connected."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, fault: Fault, upstream: str = "", port: int = 0) -> None:
        self.fault = fault
        self.upstream: Callable[[Call], Answer] = forwarder(upstream) if upstream else Base()
        self.stopped = threading.Event()
        self.calls: list[str] = []
        self.seen: list[dict[str, str]] = []
        self.connections = 0
        self.open_wires: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        wire, address = super().get_request()
        self.connections += 1
        self.open_wires.add(wire)
        return wire, address

    def shutdown_request(self, request: Any) -> None:
        self.open_wires.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has had enough is no error of ours."""

    def die(self) -> None:
        """What the death of the process looks like from outside."""
        self.stopped.set()
        self.socket.close()
        for wire in list(self.open_wires):
            reset(wire)
        threading.Thread(target=self.shutdown, daemon=True).start()


def reset(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.shutdown(socket.SHUT_RD)
        wire.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    server: Miniature

    def _serve(self) -> None:
        where = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append(f"{self.command} {where.path}")
        self.server.seen.append(headers)
        try:
            given = self.server.fault(
                Call(self.command, where.path, where.query, headers, body, self.server, self.connection)
            )
        except Gone as gone:
            self.close_connection = True
            if gone.how == "die":
                self.server.die()
            elif gone.how == "reset":
                reset(self.connection)
            return
        except OSError:  # the client has gone
            self.close_connection = True
            return
        assert given is not None
        self.send_response_only(given.status)
        for name, value in {**given.headers, "content-length": str(len(given.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(given.body)
        self.wfile.flush()
        if given.after == "close" or given.headers.get("connection") == "close":
            self.close_connection = True

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _serve

    def log_message(self, *_: Any) -> None:
        """Silence."""
