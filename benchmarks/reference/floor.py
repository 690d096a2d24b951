"""A life without a ledger: HTTP, routes, parameters, rendering and JSON are the reference's, but nothing is computed,
stored, told or taken back. Every write answers with the same row, rendered anew; every read with the same invoice.

    python benchmarks/reference/floor.py

Prints its URL as the reference does. Beside it can be seen what the ledger itself costs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.reference.__main__ import _bind, _run
from conformance.reference.http import routes
from conformance.reference.http.app import Reference

if TYPE_CHECKING:
    from conformance.reference.api.call import Call
    from conformance.reference.http.routes import Handler, Route

KEY = "sk_test_benchmark"
#: How many invoices the lists of a life find.
FOUND = {"list": 3, "search_result": 1}


def made(reference: Reference, path: str, form: str = "") -> str:
    """The id of what a POST to ``path`` makes."""
    headers = [(b"authorization", f"Bearer {KEY}".encode())]
    status, _, body = reference.answer("POST", path, b"", headers, form.encode())
    assert status == 200, body
    return str(json.loads(body)["id"])


def idle(reference: Reference) -> dict[tuple[str, str], Handler]:
    """(method, path) -> a handler that does nothing, for each kind of request in a life."""
    customer = made(reference, "/v1/customers", "email=jenny@example.com")
    identifier = made(reference, "/v1/invoices", f"customer={customer}&metadata[order]={customer}-1")
    item = made(reference, "/v1/invoiceitems", f"customer={customer}&invoice={identifier}&amount=1000&currency=usd")
    made(reference, f"/v1/invoices/{identifier}/finalize")
    world = reference.account(KEY).world
    invoice = world.invoices.rows[identifier]

    def written(_: Call) -> dict[str, Any]:
        world.written.clear()
        return invoice

    def listed(kind: str) -> Handler:
        return lambda call: {"object": kind, "data": [invoice] * FOUND[kind], "has_more": False, "url": call.path}

    return {
        ("POST", "/v1/customers"): lambda _: world.customers.rows[customer],
        ("POST", "/v1/invoiceitems"): lambda _: world.items.rows[item],
        **{("POST", f"/v1/invoices{rest}"): written for rest in ("", "/{}", "/{}/finalize", "/{}/pay")},
        ("GET", "/v1/invoices/{}"): lambda _: invoice,
        ("GET", "/v1/invoices"): listed("list"),
        ("GET", "/v1/invoices/search"): listed("search_result"),
    }


def main() -> None:
    reference = Reference()
    handlers, found = idle(reference), routes.match

    def match(method: str, path: str, version: str) -> tuple[Route, tuple[str, ...]] | None:
        known = found(method, path, version)
        assert known is not None, path
        route, ids = known
        return route._replace(answer=handlers[method, route.path]), ids

    routes.match = match
    listener = _bind("127.0.0.1", 0)
    print(json.dumps({"listening": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
    _run(reference, listener, with_parent=True)


if __name__ == "__main__":
    main()
