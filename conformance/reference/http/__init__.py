"""Bytes to calls and back: ASGI, authentication, idempotency, forms, routes."""
