"""Stripe's own test mode. Only when asked for by name, only with a test key, only at api.stripe.com."""

from __future__ import annotations

from dataclasses import replace

from conformance.errors import ConformanceError
from conformance.target.http import HttpTarget
from conformance.target.settings import STRIPE_HOST, Settings

_RATE = 20.0  # requests a second: under test mode's own limit of 25


class NotATestKey(ConformanceError):
    """Something else than a key of Stripe's test mode."""

    code = "not-a-test-key"


class StripeNotAskedFor(ConformanceError):
    """A configuration leads to Stripe under another name, or under Stripe's name to somewhere else."""

    code = "stripe-not-asked-for"


class StripeTestMode(HttpTarget):
    """What is rate-limited or locked is sent again: that is transport, and noted on the exchange."""

    retries = 4

    def __init__(self, settings: Settings, *, asked_for: str) -> None:
        if asked_for != "stripe":
            raise StripeNotAskedFor(
                f"target {settings.name!r} is Stripe itself.",
                hint="Say --stripe-target stripe to run against test mode.",
            )
        if settings.host != STRIPE_HOST or not settings.url.startswith("https://"):
            raise StripeNotAskedFor(
                f"the target 'stripe' is https://{STRIPE_HOST} and nothing else: its key is sent nowhere else.",
                hint="Give another server another name.",
            )
        if not settings.key.startswith(("sk_test_", "rk_test_")):
            raise NotATestKey("the key for Stripe is not a test key.", hint="It begins with sk_test_ or rk_test_.")
        super().__init__(replace(settings, livemode="refuse", rate_limit=settings.rate_limit or _RATE))
