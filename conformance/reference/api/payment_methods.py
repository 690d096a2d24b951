"""Payment methods: Stripe's test ids and numbers, attaching and detaching."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from conformance.reference.api.call import Call, clean_metadata, found, merge_metadata, or_none
from conformance.reference.model import cards
from conformance.reference.model.ids import fixed
from conformance.reference.model.problems import StripeError, missing_object, missing_param, problem
from conformance.reference.view import pages

if TYPE_CHECKING:
    from conformance.reference.model.cards import Card, Decline
    from conformance.reference.model.table import Body
    from conformance.reference.model.world import World

_NO_ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}


def create(call: Call) -> Body:
    """``type`` and, for a card, a number of Stripe's test cards or a test token."""
    if "type" not in call.params:
        raise missing_param("type")
    sent = call.get("card", {})
    card = _card(call.params["type"], sent)
    row = mint(call.world, card)
    row["metadata"] = clean_metadata(call.get("metadata"))
    row["allow_redisplay"] = call.get("allow_redisplay", "unspecified")
    _set_billing_details(row, call.get("billing_details", {}))
    if "card" in row:
        given = {name: sent[name] for name in ("exp_month", "exp_year") if name in sent}
        row["card"] = {**row["card"], **given, "checks": _unchecked(row["billing_details"]["address"])}
    return row


def _unchecked(address: Body) -> Body:
    """What the issuer will be asked about; nothing where there is nothing to ask."""
    return {
        "address_line1_check": "unchecked" if address["line1"] else None,
        "address_postal_code_check": "unchecked" if address["postal_code"] else None,
        "cvc_check": "unchecked",
    }


def check(world: World, row: Body) -> None:
    """The issuer of a test card finds everything right, when the card is attached or charged for the first time."""
    if "card" in row:
        world.journal.watch(row)
        checks = row["card"]["checks"]
        passed = {name: "pass" if found == "unchecked" else found for name, found in checks.items()}
        row["card"] = {**row["card"], "checks": passed}


def _card(kind: str, sent: dict[str, Any]) -> Card:
    if kind == "us_bank_account":
        return cards.CARDS["pm_usBankAccount"]
    if kind != "card":
        raise problem(
            f"The reference has no payment methods of type {kind}: use card or us_bank_account.", param="type"
        )
    if "token" in sent:
        card = cards.magic(sent["token"])
        if card is None:
            raise missing_object("token", sent["token"], "card[token]", status=400)
        return card
    if "number" not in sent:
        raise missing_param("card[number]")
    card = cards.by_number(sent["number"])
    if card is None:
        raise declined(cards.NUMBER, param="number")
    return card


def mint(world: World, card: Card) -> Body:
    """A new payment method for one of Stripe's test cards."""
    now = world.now()
    row: Body = {
        "id": world.new("pm_"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": dict(_NO_ADDRESS), "email": None, "name": None, "phone": None, "tax_id": None},
        **_details(card, now),
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "_card": card,
    }
    return world.payment_methods.add(row)


def _details(card: Card, now: int) -> Body:
    """What Stripe shows of a test card: it expires a year from now."""
    expiry = datetime.fromtimestamp(now, timezone.utc)
    if card.brand == "us_bank_account":
        return {
            "us_bank_account": {
                "account_holder_type": "individual",
                "account_type": "checking",
                "bank_name": "STRIPE TEST BANK",
                "financial_connections_account": None,
                "fingerprint": fixed(card.number),
                "last4": card.number[-4:],
                "networks": {"preferred": "ach", "supported": ["ach"]},
                "routing_number": "110000000",
                "status_details": {},
            },
            "type": "us_bank_account",
        }
    return {
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": expiry.month,
            "exp_year": expiry.year + 1,
            "fingerprint": fixed(card.number),
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "type": "card",
    }


def _set_billing_details(row: Body, sent: dict[str, Any]) -> None:
    given = {
        name: {**_NO_ADDRESS, **(value or {})} if name == "address" else or_none(value) for name, value in sent.items()
    }
    row["billing_details"] = {**row["billing_details"], **given}


def resolve(world: World, identifier: str, param: str) -> Body:
    """A stored payment method, or a new one for a magic id such as ``pm_card_visa``."""
    row = world.payment_methods.get(identifier)
    if row is not None:
        return row
    card = cards.magic(identifier)
    if card is None:
        raise missing_object("PaymentMethod", identifier, param, status=400)
    return mint(world, card)


def retrieve(call: Call) -> Body:
    return found(call.world.payment_methods, call.ids[0], "PaymentMethod", "payment_method")


def update(call: Call) -> Body:
    row = retrieve(call)
    call.world.journal.watch(row)
    merge_metadata(row, call.get("metadata"))
    _set_billing_details(row, call.get("billing_details", {}))
    if "card" in row:
        sent = {name: value for name, value in call.get("card", {}).items() if name != "networks"}
        row["card"] = {**row["card"], **sent}
    if "allow_redisplay" in call.params:
        row["allow_redisplay"] = call.params["allow_redisplay"]
    return row


def attach(call: Call) -> Body:
    """A magic id attaches a new payment method; cards that decline at once refuse to be attached (rule ``attach:
    declining-card-0002``).
    """
    world = call.world
    customer = found(world.customers, call.params["customer"], "customer", "customer", status=400)
    known = world.payment_methods.get(call.ids[0])
    card = known["_card"] if known else cards.magic(call.ids[0])
    if card is None:
        raise missing_object("PaymentMethod", call.ids[0], "payment_method")
    if card.on_attach is not None:
        raise declined(card.on_attach, param="")
    if known and known["customer"] not in (None, customer["id"]):
        raise problem("The payment method you provided has already been attached to a customer.")
    row = known or mint(world, card)
    if row["customer"] is None:
        check(world, row)
        world.payment_methods.set(row, "customer", customer["id"])
        world.journal.tell("payment_method.attached", row)
    return row


def detach(call: Call) -> Body:
    """The payment method stays, and stops being anyone's default."""
    world = call.world
    row = retrieve(call)
    if row["customer"] is None:
        raise problem("The payment method you provided is not attached to a customer so detachment is impossible.")
    customer = found(world.customers, row["customer"], "customer", "customer", status=400)
    if customer["invoice_settings"]["default_payment_method"] == row["id"]:
        world.journal.watch(customer)
        customer["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": None}
    world.payment_methods.set(row, "customer", None)
    world.journal.tell("payment_method.detached", row)
    return row


def listed(call: Call) -> Body:
    return _page(call, call.get("customer"), "/v1/payment_methods")


def of_customer(call: Call) -> Body:
    found(call.world.customers, call.ids[0], "customer", "customer")
    return _page(call, call.ids[0], call.path)


def one_of_customer(call: Call) -> Body:
    row = call.world.payment_methods.get(call.ids[1])
    if row is None or row["customer"] != call.ids[0]:
        raise missing_object("PaymentMethod", call.ids[1], "payment_method")
    return row


def _page(call: Call, customer: str | None, url: str) -> Body:
    kind = call.get("type")
    equal = {"customer": customer} if customer else {}
    return pages.page(
        call.world.payment_methods,
        call.params,
        url,
        noun="PaymentMethod",
        equal=equal,
        keep=lambda row: (kind is None or row["type"] == kind) and row["customer"] is not None,
    )


def declined(decline: Decline, *, param: str | None = None, **more: Any) -> StripeError:
    """A card error (INV-PAY-010, INV-PAY-011): 402, decline codes where the network gave them."""
    given: dict[str, Any] = {
        "advice_code": decline.advice_code,
        "decline_code": decline.decline_code,
        "network_decline_code": decline.network_decline_code,
    }
    return problem(
        decline.message,
        code=decline.code,
        param=param,
        status=402,
        type="card_error",
        **{name: value for name, value in given.items() if value is not None},
        **more,
    )
