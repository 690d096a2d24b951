"""A fast loopback server with the state ten requests need. It must never be what a benchmark measures.

    python benchmarks/server.py [--port 0] [--delay-ms 20] [--fault]

Prints its port on the first line. ``--delay-ms`` answers each request so much later, as a real target would, while
others are served. ``--fault`` gets the last answer of a scenario wrong in value, type and shape.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import itertools
import time
from email.utils import formatdate
from urllib.parse import parse_qsl

import bodies
import httptools
import orjson

Params = dict[str, str]


class Stripe:
    """Customers and invoices of this run, and what each request answers."""

    def __init__(self, *, fault: bool) -> None:
        self._fault = fault
        self._numbers = itertools.count(1)
        self._customers: dict[str, bodies.Body] = {}
        self._invoices: dict[str, bodies.Body] = {}
        self._by_customer: dict[str, list[str]] = {}

    def answer(self, method: str, path: str, params: Params, now: int) -> tuple[int, bodies.Body]:
        parts = path.strip("/").split("/")
        handler = _ROUTES.get(
            (method, parts[1] if len(parts) > 1 else "", len(parts), parts[3] if len(parts) > 3 else "")
        )
        if handler is None:
            return _problem(404, f"Unrecognized request URL ({method}: {path}).")
        try:
            return 200, handler(self, parts[2] if len(parts) > 2 else "", params, now)
        except KeyError as missing:
            return _problem(404, f"No such object: {missing}", code="resource_missing", param="id")

    def create_customer(self, _: str, params: Params, now: int) -> bodies.Body:
        row = bodies.customer(next(self._numbers), params, now)
        self._customers[row["id"]] = row
        return row

    def create_invoice(self, _: str, params: Params, now: int) -> bodies.Body:
        row = bodies.invoice(next(self._numbers), self._customers[params["customer"]], now)
        self._invoices[row["id"]] = row
        self._by_customer.setdefault(row["customer"], []).insert(0, row["id"])
        return row

    def create_item(self, _: str, params: Params, now: int) -> bodies.Body:
        row = bodies.item(next(self._numbers), params, now)
        draft = self._invoices[params["invoice"]]
        lines = [bodies.line(next(self._numbers), row), *draft["lines"]["data"]]
        self._invoices[draft["id"]] = bodies.with_lines(dict(draft), lines)
        return row

    def finalize(self, key: str, _: Params, now: int) -> bodies.Body:
        return self._store(bodies.finalized(self._invoices[key], now))

    def pay(self, key: str, _: Params, now: int) -> bodies.Body:
        return self._store(bodies.paid(self._invoices[key], now))

    def retrieve(self, key: str, _: Params, __: int) -> bodies.Body:
        return self._invoices[key]

    def list(self, _: str, params: Params, __: int) -> bodies.Body:
        data = [self._invoices[key] for key in self._by_customer.get(params.get("customer", ""), [])]
        if self._fault:
            data = [{**row, "status": "open", "amount_due": str(row["amount_due"]), "lines": None} for row in data]
        return {"object": "list", "data": data, "has_more": False, "url": "/v1/invoices"}

    def customers(self, _: str, __: Params, ___: int) -> bodies.Body:
        return {"object": "list", "data": [], "has_more": False, "url": "/v1/customers"}

    def _store(self, row: bodies.Body) -> bodies.Body:
        self._invoices[row["id"]] = row
        return row


_ROUTES = {  # method, collection, number of path parts, action
    ("POST", "customers", 2, ""): Stripe.create_customer,
    ("POST", "invoices", 2, ""): Stripe.create_invoice,
    ("POST", "invoiceitems", 2, ""): Stripe.create_item,
    ("POST", "invoices", 4, "finalize"): Stripe.finalize,
    ("POST", "invoices", 4, "pay"): Stripe.pay,
    ("GET", "customers", 2, ""): Stripe.customers,
    ("GET", "invoices", 3, ""): Stripe.retrieve,
    ("GET", "invoices", 2, ""): Stripe.list,
}


def _problem(status: int, message: str, **more: str) -> tuple[int, bodies.Body]:
    return status, {"error": {"message": message, "type": "invalid_request_error", **more}}


class Connection(asyncio.Protocol):
    """One keep-alive connection; httptools calls the ``on_`` methods."""

    requests = itertools.count(1)
    second = 0
    date = ""

    def __init__(self, stripe: Stripe, delay: float) -> None:
        self._stripe = stripe
        self._delay = delay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)
        self.on_message_begin()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        self._url, self._body, self._version, self._key = b"", b"", b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"stripe-version":
            self._version = value
        elif name == b"idempotency-key":
            self._key = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        path, _, query = self._url.partition(b"?")
        params = dict(parse_qsl((self._body if method == "POST" else query).decode()))
        now = int(time.time())
        status, answer = self._stripe.answer(method, path.decode(), params, now)
        response = self._response(method, status, orjson.dumps(answer), now)
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._write, response)
        else:
            self._write(response)

    def _write(self, response: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(response)

    def _response(self, method: str, status: int, body: bytes, now: int) -> bytes:
        if now != Connection.second:
            Connection.second, Connection.date = now, formatdate(now, usegmt=True)
        request = f"req_{next(self.requests):014}"
        posted = f"idempotency-key: {self._key.decode() or request}\r\noriginal-request: {request}\r\n"
        return (
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\n"
            f"date: {Connection.date}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"request-id: {request}\r\nstripe-version: {self._version.decode()}\r\n"
            f"{posted if method == 'POST' else ''}\r\n"
        ).encode() + body


async def serve(port: int, delay: float, *, fault: bool) -> None:
    stripe = Stripe(fault=fault)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(stripe, delay), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--fault", action="store_true")
    options = parser.parse_args()
    gc.disable()  # nothing here makes cycles worth a pause
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(serve(options.port, options.delay_ms / 1000, fault=options.fault))


if __name__ == "__main__":
    main()
