"""The embedded Stripe invoicing model, a server of its own. It imports only ``conformance.rules`` and
``conformance.api_version``.

Three layers, top may import below:

``http/``    bytes to calls and back: the ASGI application, authentication, idempotency, form decoding, the route table.
``api/``     one module per resource: what each endpoint does, as small functions over a ``Call``. Parameters are
tables (``api/params``).
``model/``   the ledger: tables with indexes, ids, clock, money, totals, payments, events. Pure or nearly so; knows no
HTTP.

``view/`` renders a stored object for an API version and expands it; handlers return stored objects and never shape
JSON for an era.

A rule of Stripe's is a row in a table (``conformance.rules``, ``api/params``, ``model/cards``) or one small named
function whose docstring
names the requirement it implements. Stored objects are plain dicts in the shape of the newest API version; keys that
begin with ``_``
are the model's own and never shown.

Whoever changes a row watches it first (``world.journal.watch``) or sets the field through its table, and replaces what
the row holds, never changes it in place; only ``_lines`` are rows themselves. On that stand three things: a refused
request is taken back, ``previous_attributes`` are told, and the JSON of an invoice is kept until the invoice changes.
"""
