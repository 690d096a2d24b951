"""The work that is measured: one scenario of ten requests, with values carried from one to the next.

`play` sends them through any client; `scenario` writes the same as a file of the scenario language, with six or so
assertions on each answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

AMOUNTS = (1000, 2000, 3000)
TOTAL = sum(AMOUNTS)

Send = Callable[[str, str, dict[str, Any]], Any]


def play(send: Send, number: int) -> None:
    customer = send("POST", "/v1/customers", {"email": "billing@example.com", "name": f"Benchmark {number}"})
    draft = send("POST", "/v1/invoices", {"customer": customer["id"], "auto_advance": "false"})
    for amount in AMOUNTS:
        send("POST", "/v1/invoiceitems", {
            "customer": customer["id"], "invoice": draft["id"], "amount": amount, "currency": "usd",
            "description": f"Item of {amount}",
        })  # fmt: skip
    send("GET", f"/v1/invoices/{draft['id']}", {})
    send("POST", f"/v1/invoices/{draft['id']}/finalize", {})
    send("POST", f"/v1/invoices/{draft['id']}/pay", {})
    send("GET", f"/v1/invoices/{draft['id']}", {})
    listed = send("GET", "/v1/invoices", {"customer": customer["id"], "limit": 3})
    assert listed["data"][0]["id"] == draft["id"]


_ITEM = """\
  - id: item-{amount}
    request: POST /v1/invoiceitems
    params:
      customer: ${{customer.id}}
      invoice: ${{draft.id}}
      amount: {amount}
      currency: usd
      description: Item of {amount}
    expect:
      status: 200
      body:
        object: invoiceitem
        amount: {amount}
        currency: usd
        customer: ${{customer.id}}
        invoice: ${{draft.id}}
        date: {{$now: 120s}}
"""

_SCENARIO = """\
id: bench-{number:04}
title: A customer is billed for three items and pays
covers: [BENCH-001]
steps:
  - id: customer
    request: POST /v1/customers
    params:
      email: billing@example.com
      name: Benchmark {number}
    expect:
      status: 200
      body:
        id: {{$id: cus}}
        object: customer
        email: billing@example.com
        name: Benchmark {number}
        livemode: false
        created: {{$now: 120s}}
  - id: draft
    request: POST /v1/invoices
    params:
      customer: ${{customer.id}}
      auto_advance: false
    expect:
      status: 200
      body:
        id: {{$id: in}}
        object: invoice
        status: draft
        customer: ${{customer.id}}
        total: 0
        number: null
        auto_advance: false
{items}\
  - id: filled
    request: GET /v1/invoices/${{draft.id}}
    expect:
      status: 200
      body:
        id: ${{draft.id}}
        status: draft
        total: {total}
        amount_due: {total}
        lines:
          total_count: 3
          data: {{$length: 3}}
  - id: open
    request: POST /v1/invoices/${{draft.id}}/finalize
    expect:
      status: 200
      body:
        id: ${{draft.id}}
        status: open
        number: {{$match: "[A-Z0-9]+-[0-9]{{4}}"}}
        amount_due: {total}
        amount_remaining: {total}
        status_transitions: {{finalized_at: {{$now: 120s}}, paid_at: null}}
  - id: paid
    request: POST /v1/invoices/${{draft.id}}/pay
    expect:
      status: 200
      body:
        id: ${{draft.id}}
        status: paid
        amount_paid: {total}
        amount_remaining: 0
        attempted: true
        number: ${{open.number}}
  - id: settled
    request: GET /v1/invoices/${{draft.id}}
    expect:
      status: 200
      body:
        status: paid
        number: ${{open.number}}
        amount_paid: {total}
        amount_remaining: 0
        customer: ${{customer.id}}
        status_transitions: ${{paid.status_transitions}}
  - id: listed
    request: GET /v1/invoices
    params:
      customer: ${{customer.id}}
      limit: 3
    expect:
      status: 200
      body:
        object: list
        has_more: false
        url: /v1/invoices
        data:
          - id: ${{draft.id}}
            status: paid
            amount_due: {total}
"""


def scenario(number: int) -> str:
    """The scenario as YAML."""
    items = "".join(_ITEM.format(amount=amount) for amount in AMOUNTS)
    return _SCENARIO.format(number=number, items=items, total=TOTAL)
