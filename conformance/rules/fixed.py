"""The fields of an object that never change once it has been made. Read by the engine on every answer, and by the docs.

Taken from what the API offers no way to change (no parameter of any update names them), held against every pair of
bodies of one object in the genuine recordings: none differs. A field is compared where both bodies show it as a plain
value: an expanded object is another view of the same id.
"""

from __future__ import annotations

from collections.abc import Mapping

_ALWAYS = {"created": "", "livemode": ""}

#: object type -> field -> requirement (empty where none states it).
FIXED: Mapping[str, Mapping[str, str]] = {
    "invoice": {
        **_ALWAYS,
        "billing_reason": "INV-OBJ-010",
        "currency": "INV-EDT-032",
        "customer": "INV-EDT-031",
        "from_invoice": "",
        "test_clock": "",
    },
    "line_item": {"currency": "INV-OBJ-007", "invoice": "INV-OBJ-022", "livemode": ""},
    "invoiceitem": {"currency": "", "customer": "", "livemode": ""},
    "customer": {**_ALWAYS, "test_clock": ""},
    "product": _ALWAYS,
    "price": {
        **_ALWAYS,
        "billing_scheme": "",
        "currency": "",
        "product": "",
        "type": "",
        "unit_amount": "",
        "unit_amount_decimal": "",
    },
    "payment_method": {**_ALWAYS, "type": ""},
    "payment_intent": _ALWAYS,
    "invoice_payment": {**_ALWAYS, "currency": "", "invoice": "", "is_default": ""},
    "credit_note": {**_ALWAYS, "amount": "", "currency": "", "customer": "", "invoice": ""},
    "subscription": {**_ALWAYS, "customer": "", "start_date": ""},
    "coupon": {**_ALWAYS, "amount_off": "", "currency": "", "duration": "", "percent_off": ""},
    "tax_rate": {**_ALWAYS, "inclusive": "", "percentage": ""},
}
