"""A conformance suite for Stripe invoice behaviour. ``ARCHITECTURE.md`` says what lives where."""

__version__ = "0.1.0"
