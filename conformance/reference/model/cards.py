"""Stripe's test payment methods and what each does when it is attached and when it is charged (INV-SUB-035)."""

from __future__ import annotations

from typing import NamedTuple


class Decline(NamedTuple):
    """How a card says no."""

    decline_code: str | None
    message: str
    code: str = "card_declined"
    network_decline_code: str | None = "01"
    advice_code: str | None = "try_again_later"


class Card(NamedTuple):
    """``on_charge`` and ``on_attach`` None: succeeds. ``authenticate`` ``always`` asks the cardholder every time,
    ``once`` until set up.
    """

    number: str
    brand: str = "visa"
    on_charge: Decline | None = None
    on_attach: Decline | None = None
    authenticate: str = ""
    country: str = "US"
    funding: str = "credit"
    delayed: bool = False  # stays processing after confirmation


GENERIC = Decline("generic_decline", "Your card was declined.")
FUNDS = Decline("insufficient_funds", "Your card has insufficient funds.", network_decline_code="51")
LOST = Decline("lost_card", "Your card was declined.", network_decline_code="41", advice_code="do_not_try_again")
STOLEN = Decline("stolen_card", "Your card was declined.", network_decline_code="43", advice_code="do_not_try_again")
VELOCITY = Decline(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
)
FRAUD = Decline("fraudulent", "Your card was declined.", advice_code="do_not_try_again")
EXPIRED = Decline(None, "Your card has expired.", "expired_card", "54", "do_not_try_again")
CVC = Decline(None, "Your card's security code is incorrect.", "incorrect_cvc", "N7", "do_not_try_again")
PROCESSING = Decline(
    None, "An error occurred while processing your card. Try again in a little bit.", "processing_error", None
)
NUMBER = Decline(None, "Your card number is incorrect.", "incorrect_number", None, None)

#: Magic id -> card. The magic id also works as ``tok_…`` without the ``pm_card_`` where Stripe has one.
CARDS: dict[str, Card] = {
    "pm_card_visa": Card("4242424242424242"),
    "pm_card_visa_debit": Card("4000056655665556", funding="debit"),
    "pm_card_mastercard": Card("5555555555554444", "mastercard"),
    "pm_card_mastercard_debit": Card("5200828282828210", "mastercard", funding="debit"),
    "pm_card_mastercard_prepaid": Card("5105105105105100", "mastercard", funding="prepaid"),
    "pm_card_amex": Card("378282246310005", "amex"),
    "pm_card_discover": Card("6011000990139424", "discover"),
    "pm_card_diners": Card("3056930009020004", "diners"),
    "pm_card_jcb": Card("3566002020360505", "jcb"),
    "pm_card_unionpay": Card("6200000000000005", "unionpay"),
    "pm_card_visa_chargeDeclined": Card("4000000000000002", on_charge=GENERIC, on_attach=GENERIC),
    "pm_card_chargeDeclined": Card("4000000000000002", on_charge=GENERIC, on_attach=GENERIC),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card("4000000000009995", on_charge=FUNDS, on_attach=FUNDS),
    "pm_card_chargeDeclinedInsufficientFunds": Card("4000000000009995", on_charge=FUNDS, on_attach=FUNDS),
    "pm_card_visa_chargeDeclinedLostCard": Card("4000000000009987", on_charge=LOST, on_attach=LOST),
    "pm_card_visa_chargeDeclinedStolenCard": Card("4000000000009979", on_charge=STOLEN, on_attach=STOLEN),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": Card(
        "4000000000006975", on_charge=VELOCITY, on_attach=VELOCITY
    ),
    "pm_card_chargeDeclinedFraudulent": Card("4100000000000019", on_charge=FRAUD, on_attach=FRAUD),
    "pm_card_chargeDeclinedExpiredCard": Card("4000000000000069", on_charge=EXPIRED, on_attach=EXPIRED),
    "pm_card_chargeDeclinedIncorrectCvc": Card("4000000000000127", on_charge=CVC, on_attach=CVC),
    "pm_card_chargeDeclinedProcessingError": Card("4000000000000119", on_charge=PROCESSING, on_attach=PROCESSING),
    "pm_card_chargeCustomerFail": Card("4000000000000341", on_charge=GENERIC),
    "pm_card_authenticationRequired": Card("4000002760003184", authenticate="always", country="DE"),
    "pm_card_authenticationRequiredOnSetup": Card("4000002500003155", authenticate="once"),
    "pm_card_authenticationRequiredSetupForOffSession": Card("4000003800000446"),
    "pm_card_threeDSecure2Required": Card("4000000000003220", authenticate="always"),
    "pm_card_threeDSecureRequired": Card("4000000000003063", authenticate="always"),
    "pm_card_threeDSecureOptional": Card("4000000000003055"),
    "pm_card_threeDSecureRequiredChargeDeclined": Card("4000008400001629", authenticate="always", on_charge=GENERIC),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", authenticate="always", on_charge=FUNDS
    ),
}
CARDS["pm_usBankAccount"] = Card("000123456789", "us_bank_account", delayed=True)
CARDS["pm_usBankAccount_processing"] = Card("000888888885", "us_bank_account", delayed=True)
CARDS["pm_usBankAccount_success"] = Card("000123456789", "us_bank_account")

_BY_NUMBER = {card.number: card for card in reversed(CARDS.values())}
_BY_NUMBER["6011111111111117"] = Card("6011111111111117", "discover")
_TOKENS = {f"tok_{name.removeprefix('pm_card_')}": card for name, card in CARDS.items()}
_ALIASES = {"tok_amex": CARDS["pm_card_amex"], "tok_chargeDeclined": CARDS["pm_card_chargeDeclined"]}


def magic(identifier: str) -> Card | None:
    """The card behind ``pm_card_…``, ``card_…`` or ``tok_…``; None for ids that are not Stripe's own."""
    return CARDS.get(identifier) or _TOKENS.get(identifier) or _ALIASES.get(identifier)


def by_number(number: str) -> Card | None:
    """The test card with that number; None for numbers that are no test card."""
    return _BY_NUMBER.get(number.replace(" ", "").replace("-", ""))
