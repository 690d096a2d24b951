# ruff: noqa: E501 - a table is read by columns
"""The errors Stripe answers, by operation and condition. Read by the reference, the scenarios' coverage and the docs.

``code`` and ``param`` None mean the key is absent from the error. ``pattern`` is a regular expression for the whole message.
An operation ``…/pay`` is ``POST /v1/invoices/{id}/pay``; ``any`` is every operation, ``GET list`` every list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.api_version import Window

if TYPE_CHECKING:
    from conformance.rules.lifecycle import Confidence


class ErrorRule(NamedTuple):
    """One row. ``param`` ``<name>`` stands for the name of the parameter at fault; ``versions`` says in words where it was seen.

    ``window`` is set where the row belongs to an era or its endpoint to a version. ``other_types`` and ``other_codes`` were seen
    or are documented for the same condition; which of them comes cannot be told beforehand.
    """

    operation: str
    condition: str
    http_status: int
    type: str
    code: str | None
    decline_code: str | None
    param: str | None
    pattern: str
    versions: str
    confidence: Confidence
    requirement: str
    source: str
    window: Window = Window()
    other_types: tuple[str, ...] = ()
    other_codes: tuple[str, ...] = ()


_versions = Window.parse


# fmt: off
ERRORS: tuple[ErrorRule, ...] = (
    ErrorRule("any", "no-authorization-header", 401, "invalid_request_error", None, None, None, r"You did not provide an API key.*", "all", "high", "INV-API-006", "quoted in public code; APIERR; stripity-stripe recording of 2017 (empty Bearer: other tail)"),
    ErrorRule("any", "bad-key", 401, "invalid_request_error", None, None, None, r"Invalid API Key provided: .*", "all", "high", "INV-API-007", "onetimesecret, pay-rails (330)"),
    ErrorRule("any", "restricted-key-lacks-permission", 403, "invalid_request_error", None, None, None, r".*", ">=2016-10-19", "medium", "INV-API-023", "changelog 2016-10-19", window=_versions(">=2016-10-19")),
    ErrorRule("any", "unknown-url", 404, "invalid_request_error", None, None, None, r"Unrecognized request URL \((GET|POST|DELETE): .*\)\..*", "recorded 2020-08-27", "medium", "INV-API-008", "pay-rails (trailing slash, with two more sentences); short form quoted by third parties"),
    ErrorRule("any", "invalid-stripe-version", 400, "invalid_request_error", None, None, None, r"Invalid Stripe API version: .*", "all", "high", "INV-API-021", "Kiln 03 seq 0 (no code, no request_log_url)"),
    ErrorRule("any", "rate-limited", 429, "invalid_request_error", "rate_limit", None, None, r".*rate limit.*", ">=2015-09-08", "high", "INV-API-025", "docs; terraform-provider issue", window=_versions(">=2015-09-08")),
    ErrorRule("any", "object-lock", 429, "invalid_request_error", "lock_timeout", None, None, r".*", "all", "medium", "INV-API-026", "error-codes"),
    ErrorRule("any POST", "idempotency-key-reused-with-other-params", 400, "idempotency_error", None, None, None, r"Keys for idempotent requests can only be used with the same parameters they were first used with\..*", ">=2015-09-03", "high", "INV-API-014", "Kiln 04 seq 8", window=_versions(">=2015-09-03")),
    ErrorRule("any POST", "same-key-in-flight", 409, "idempotency_error", "idempotency_key_in_use", None, None, r".*", "all", "medium", "INV-API-016", "error-codes; error-low-level", other_types=("invalid_request_error",)),
    ErrorRule("any", "unknown-parameter", 400, "invalid_request_error", "parameter_unknown", None, "<name>", r"Received unknown parameter: .*", "all", "high", "INV-CRE-009", "Kiln 13:79; onetimesecret"),
    ErrorRule("any", "missing-parameter", 400, "invalid_request_error", "parameter_missing", None, "<name>", r"Missing required param: .*", "all", "high", "INV-API-011", "error-codes; Kiln notes"),
    ErrorRule("any", "empty-string", 400, "invalid_request_error", "parameter_invalid_empty", None, "<name>", r"You passed an empty string for .*", "all", "medium", "INV-API-012", "error-codes; message from memory"),
    ErrorRule("any", "bad-integer", 400, "invalid_request_error", "parameter_invalid_integer", None, "<name>", r"Invalid integer: .*", "all", "high", "INV-LST-007", "Kiln 09"),
    ErrorRule("any", "bad-enum-value", 400, "invalid_request_error", None, None, "<name>", r"Invalid .*: must be one of .*", "all", "high", "INV-CRE-008", "Kiln 13:18,77"),
    ErrorRule("any", "exclusive-parameters", 400, "invalid_request_error", None, None, None, r"(You may only specify one of these parameters: .*|Received both .* and .* parameters\. Please pass in only one\.)", "all", "high", "INV-EDT-018", "Kiln notes; Kiln 09; pay-rails (items and quantity)", other_codes=("parameters_exclusive",)),
    ErrorRule("GET list", "unknown-cursor", 400, "invalid_request_error", "resource_missing", None, "starting_after", r"No such .*", "all", "high", "INV-LST-008", "Kiln 09 seq 5 (on /v1/customers)"),
    ErrorRule("GET list", "both-cursors", 400, "invalid_request_error", None, None, None, r"Received both starting_after and ending_before parameters\. Please pass in only one\.", "all", "high", "INV-LST-008", "Kiln 09 seq 6 (on /v1/customers)"),
    ErrorRule("GET /v1/invoices", "bad-status", 400, "invalid_request_error", None, None, "status", r"Invalid status: must be one of draft, open, void, paid, or uncollectible", "all", "high", "INV-LST-003", "Kiln 13:18"),
    ErrorRule("GET /v1/invoices", "unknown-customer", 400, "invalid_request_error", "resource_missing", None, "customer", r"No such customer: '.*'", ">=2018 (2015/16: 404 without code)", "high", "INV-LST-004", "onetimesecret"),
    ErrorRule("GET /v1/invoices/search", "missing-query", 400, "invalid_request_error", "parameter_missing", None, "query", r"Missing required param: query\.", ">=2020-08-27", "medium", "INV-LST-021", "stripe-ruby-mock live spec", window=_versions(">=2020-08-27")),
    ErrorRule("GET /v1/invoices/search", "unparsable", 400, "invalid_request_error", None, None, None, r"We were unable to parse your search query\..*", ">=2020-08-27", "medium", "INV-LST-021", "stripe-ruby-mock live spec", window=_versions(">=2020-08-27")),
    ErrorRule("GET /v1/invoices/search", "unsupported-field", 400, "invalid_request_error", None, None, None, r"Field `.*` is an unsupported search field for resource `invoices`\.", ">=2020-08-27", "medium", "INV-LST-019", "stripe-ruby-mock live spec (other resources)", window=_versions(">=2020-08-27")),
    ErrorRule("GET /v1/invoices/{id}", "unknown", 404, "invalid_request_error", "resource_missing", None, "invoice", r"No such invoice: '.*'", "all (param id in 2016)", "high", "INV-LST-012", "Kiln 13:68"),
    ErrorRule("POST /v1/invoices/{id}", "unknown", 404, "invalid_request_error", "resource_missing", None, "id", r"No such invoice: '.*'", "dahlia", "high", "INV-TRN-018", "Kiln 13:69-75"),
    ErrorRule("…/pay", "unknown", 404, "invalid_request_error", "resource_missing", None, "id", r"No such invoice: '.*'", "dahlia", "high", "INV-TRN-018", "Kiln 13:69-75"),
    ErrorRule("…/finalize", "unknown", 404, "invalid_request_error", "resource_missing", None, "id", r"No such invoice: '.*'", "dahlia", "high", "INV-TRN-018", "Kiln 13:69-75"),
    ErrorRule("…/void", "unknown", 404, "invalid_request_error", "resource_missing", None, "id", r"No such invoice: '.*'", "dahlia", "high", "INV-TRN-018", "Kiln 13:69-75"),
    ErrorRule("…/mark_uncollectible", "unknown", 404, "invalid_request_error", "resource_missing", None, "id", r"No such invoice: '.*'", "dahlia", "high", "INV-TRN-018", "Kiln 13:69-75"),
    ErrorRule("DELETE /v1/invoices/{id}", "unknown", 404, "invalid_request_error", "resource_missing", None, "invoice", r"No such invoice: '.*'", "dahlia (DELETE gave id in 2022)", "high", "INV-TRN-018", "Kiln 13:70,74,76"),
    ErrorRule("…/send", "unknown", 404, "invalid_request_error", "resource_missing", None, "invoice", r"No such invoice: '.*'", "dahlia (DELETE gave id in 2022)", "high", "INV-TRN-018", "Kiln 13:70,74,76"),
    ErrorRule("…/add_lines", "unknown", 404, "invalid_request_error", "resource_missing", None, "invoice", r"No such invoice: '.*'", "dahlia (DELETE gave id in 2022)", "high", "INV-TRN-018", "Kiln 13:70,74,76", window=_versions(">=2024-09-30.acacia")),
    ErrorRule("POST /v1/invoices", "nothing-to-invoice", 400, "invalid_request_error", "invoice_no_customer_line_items", None, None, r"Nothing to invoice for customer", "<2022-08-01", "high", "INV-CRE-002", "tabledog timelines; dj-stripe", window=_versions("<2022-08-01")),
    ErrorRule("POST /v1/invoices", "subscription-given-nothing-pending", 400, "invalid_request_error", "invoice_no_subscription_line_items", None, None, r"Nothing to invoice for subscription", "<2022-08-01", "medium", "INV-CRE-002", "error-codes; message from memory", window=_versions("<2022-08-01")),
    ErrorRule("POST /v1/invoices", "unknown-customer", 400, "invalid_request_error", "resource_missing", None, "customer", r"No such customer: '.*'", ">=2018 (2015/16: without code)", "high", "INV-CRE-011", "Kiln 13:80"),
    ErrorRule("POST /v1/invoices", "send_invoice-without-due", 400, "invalid_request_error", None, None, None, r"If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'\.", "all", "high", "INV-CRE-012", "Kiln 13:55"),
    ErrorRule("POST /v1/invoices", "due-with-charge_automatically", 400, "invalid_request_error", None, None, None, r"You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'\.", "all", "high", "INV-CRE-013", "Kiln 13:78"),
    ErrorRule("POST /v1/invoices", "send_invoice-no-email", 400, "invalid_request_error", None, None, None, r"Missing email\. In order to create invoices that are sent to the customer, the customer must have a valid email\.", "all", "high", "INV-CRE-014", "onetimesecret (17)"),
    ErrorRule("POST /v1/invoices", "repeating-coupon", 400, "invalid_request_error", None, None, None, r"Coupon .* has `duration=repeating` and cannot be applied to one-time objects.*", "2020-08-27", "medium", "INV-CRE-030", "tabledog timelines discount_2"),
    ErrorRule("POST /v1/invoices", "too-many-tax-rates", 400, "invalid_request_error", None, None, None, r"You cannot apply more than \d+ tax rates here\.", "2020-08-27 (10)", "medium", "INV-CRE-034", "tabledog timelines tax_rate_1"),
    ErrorRule("POST /v1/invoices", "currency-clash-on-customer", 400, "invalid_request_error", None, None, None, r"You cannot combine currencies on a single customer\..*", "2022-23", "medium", "INV-CRE-024", "issues gitpod-io/gitpod#12376, woocommerce-payments#7732"),
    ErrorRule("POST /v1/invoices", "discount-id-no-longer-exists", 400, "invalid_request_error", "resource_missing", None, None, r"No such discount.*", "2020-08-27", "medium", "INV-CRE-031", "tabledog timelines discount_2"),
    ErrorRule("POST /v1/invoices/{id}", "finalized-any-field-but-metadata-auto_advance", 400, "invalid_request_error", None, None, "<first field>", r"Finalized invoices can't be updated in this way", "all recent", "high", "INV-EDT-001", "Kiln 13:38"),
    ErrorRule("POST /v1/invoices/{id}", "on_behalf_of-after-numbering", 400, "invalid_request_error", "invoice_on_behalf_of_not_editable", None, None, r".*", "all", "medium", "INV-EDT-027", "error-codes"),
    ErrorRule("DELETE /v1/invoices/{id}", "not-draft", 400, "invalid_request_error", None, None, None, r"You can only delete draft invoices\.", "all", "high", "INV-EDT-006", "Kiln 13:30; tabledog timelines"),
    ErrorRule("DELETE /v1/invoices/{id}", "subscription-draft", 400, "invalid_request_error", None, None, None, r"You can't delete invoices created by subscriptions", "all", "high", "INV-EDT-007", "docs; quoted in public code"),
    ErrorRule("…/finalize", "not-draft", 400, "invalid_request_error", None, None, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "all recent", "high", "INV-FIN-005", "Kiln 13:29"),
    ErrorRule("…/finalize", "automatic-tax-location", 400, "invalid_request_error", "customer_tax_location_invalid", None, None, r".*", "all", "medium", "INV-FIN-024", "docs"),
    ErrorRule("…/finalize", "no-payment-method-types", 400, "invalid_request_error", "invoice_no_payment_method_types", None, None, r".*", "all", "medium", "INV-FIN-025", "error-codes"),
    ErrorRule("…/pay", "paid", 400, "invalid_request_error", None, None, None, r"Invoice is already paid", "all", "high", "INV-PAY-005", "Kiln 13:26"),
    ErrorRule("…/pay", "void", 400, "invalid_request_error", None, None, None, r"Voided invoices cannot be paid\.", "2026", "medium", "INV-PAY-006", "quoted in public code"),
    ErrorRule("…/pay", "no-payment-method", 400, "invalid_request_error", None, None, None, r"(There is no `default_payment_method` set on this|Cannot charge a customer that has no active card).*", "2023-26 / older", "medium", "INV-PAY-009", "quoted in public code"),
    ErrorRule("…/pay", "card-declined", 402, "card_error", "card_declined", "generic_decline", None, r"Your card was declined\.", ">=2017-12-14", "high", "INV-PAY-010", "zulip (7)", window=_versions(">=2017-12-14")),
    ErrorRule("…/pay", "insufficient-funds-card", 402, "card_error", "card_declined", "insufficient_funds", None, r"Your card has insufficient funds\.", "all", "medium", "INV-SUB-035", "docs testing"),
    ErrorRule("…/pay", "authentication-required", 402, "card_error", "invoice_payment_intent_requires_action", None, None, r"This payment requires additional user action before it can be completed successfully\..*", ">=2019-03-14", "medium", "INV-PAY-015", "error-codes; hearsay", window=_versions(">=2019-03-14")),
    ErrorRule("…/pay", "payment-processing", 400, "invalid_request_error", None, None, None, r"(This invoice can't be modified while a payment on it is still pending\..*|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible\.)", "2026 / 2025", "medium", "INV-TRN-009", "Autumn tests"),
    ErrorRule("…/void", "payment-processing", 400, "invalid_request_error", None, None, None, r"(This invoice can't be modified while a payment on it is still pending\..*|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible\.)", "2026 / 2025", "medium", "INV-TRN-009", "Autumn tests"),
    ErrorRule("…/mark_uncollectible", "payment-processing", 400, "invalid_request_error", None, None, None, r"(This invoice can't be modified while a payment on it is still pending\..*|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible\.)", "2026 / 2025", "medium", "INV-TRN-009", "Autumn tests"),
    ErrorRule("…/void", "draft-or-void", 400, "invalid_request_error", None, None, None, r"You can only pass in open invoices\. This invoice isn't open\.", "all", "high", "INV-TRN-005", "Kiln 13:42,47"),
    ErrorRule("…/void", "paid", 400, "invalid_request_error", None, None, None, r"Invoices with `paid` payments cannot be voided\.", "recorded 2026, quoted 2025", "high", "INV-TRN-007", "Kiln 13:27; quoted in public code", window=_versions(">=2025-03-31.basil")),
    ErrorRule("…/void", "paid-quoted-2022", 400, "invalid_request_error", None, None, None, r"You can only pass in open invoices\. This invoice isn't open\.", "about 2022", "medium", "INV-TRN-007", "quoted in public code", window=_versions("<2025-03-31.basil")),
    ErrorRule("…/mark_uncollectible", "draft-or-paid", 400, "invalid_request_error", None, None, None, r"You can only pass in open invoices\. This invoice isn't open\.", "all", "high", "INV-TRN-012", "Kiln 13:28,49"),
    ErrorRule("…/mark_uncollectible", "already", 400, "invalid_request_error", None, None, None, r"This invoice has already been marked uncollectible\.", "all", "high", "INV-TRN-013", "Kiln 13:54"),
    ErrorRule("…/send", "paid", 400, "invalid_request_error", None, None, None, r"This invoice cannot be sent right now\. Please contact us via https://support\.stripe\.com/contact with details, so we can help\.", "2026", "medium", "INV-SND-005", "Kiln phase 13 notes", window=_versions(">=2026-03-25.dahlia")),
    ErrorRule("…/add_lines", "not-draft", 400, "invalid_request_error", "invoice_not_editable", None, None, r"Invalid invoice: This invoice is no longer editable", ">=2024-09-30", "medium", "INV-EDT-017", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia")),
    ErrorRule("…/update_lines", "not-draft", 400, "invalid_request_error", "invoice_not_editable", None, None, r"Invalid invoice: This invoice is no longer editable", ">=2024-09-30", "low", "INV-EDT-017", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia")),
    ErrorRule("…/remove_lines", "not-draft", 400, "invalid_request_error", "invoice_not_editable", None, None, r"Invalid invoice: This invoice is no longer editable", ">=2024-09-30", "low", "INV-EDT-017", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia")),
    ErrorRule("…/add_lines", "amount-and-quantity", 400, "invalid_request_error", None, None, "lines[0][amount]", r"You may only specify one of these parameters: amount, quantity\.", "dahlia", "medium", "INV-EDT-018", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia")),
    ErrorRule("…/remove_lines", "behavior-missing", 400, "invalid_request_error", "parameter_missing", None, "lines[0][behavior]", r"Missing required param: .*", "dahlia", "medium", "INV-EDT-021", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia")),
    ErrorRule("GET /v1/invoiceitems/{id}", "unknown", 404, "invalid_request_error", "resource_missing", None, "id", r"No such Invoice Item: '.*'\(livemode=false\)", "dahlia", "high", "INV-CRE-048", "Kiln 13:10,65"),
    ErrorRule("POST /v1/invoiceitems", "price-param-in-basil", 400, "invalid_request_error", "parameter_unknown", None, "price", r"Received unknown parameter: price\. Did you mean pricing\?", ">=2025-03-31.basil", "high", "INV-CRE-010", "onetimesecret (94)", window=_versions(">=2025-03-31.basil")),
    ErrorRule("POST /v1/invoiceitems", "recurring-price", 400, "invalid_request_error", None, None, "price", r"The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.*", "all", "high", "INV-CRE-042", "tabledog timelines; onetimesecret (mirror case)"),
    ErrorRule("POST /v1/invoiceitems/{id}", "its-draft-was-deleted", 400, "invalid_request_error", None, None, None, r"This invoice item has been deleted\.", "dahlia", "high", "INV-EDT-009", "Kiln 13:67"),
    ErrorRule("POST /v1/invoiceitems/{id}", "on-a-finalized-invoice", 400, "invalid_request_error", None, None, None, r"This invoice item is already attached to an invoice that is no longer editable", "2020-08-27", "high", "INV-EDT-011", "tabledog timelines discount_1"),
    ErrorRule("DELETE /v1/invoiceitems/{id}", "on-a-finalized-or-deleted-invoice", 400, "invalid_request_error", None, None, None, r"Can't delete an invoice item that is attached to an invoice that is no longer editable", "all", "high", "INV-EDT-011", "Kiln 13:66; quoted in public code"),
    ErrorRule("GET /v1/invoices/upcoming", "nothing-upcoming", 404, "invalid_request_error", "invoice_upcoming_none", None, None, r"No upcoming invoices for customer: .*", "<2025-03-31.basil", "high", "INV-PRV-003", "issues stripe-dotnet#1246, stripe-java#920", window=_versions("<2025-03-31.basil")),
    ErrorRule("GET /v1/invoices/upcoming", "no-customer-subscription", 400, "invalid_request_error", None, None, None, r"You must either provide a `customer` or a `subscription` to the upcoming invoice endpoint\.", "2020-08-27", "high", "INV-PRV-004", "pay-rails", window=_versions("<2025-03-31.basil")),
    ErrorRule("POST /v1/invoices/create_preview", "only-customer-given", 400, "invalid_request_error", None, None, None, r"You must provide at least one of: `subscription`, `schedule`, `subscription_details\.items`, `schedule_details\.phases`, `invoice_items`\.", ">=2025-03-31.basil", "high", "INV-PRV-015", "issue stripe/stripe-node#2347", window=_versions(">=2025-03-31.basil")),
    ErrorRule("…/attach_payment", "automatic-subscription-invoice-other-amount", 400, "invalid_request_error", None, None, None, r"For charge_automatically subscription invoices, you are only allowed to attach a payment with an amount that matches the invoice total\.", "2026-08-26.dahlia", "medium", "INV-PAY-040", "quoted in public code (live)", window=_versions(">=2025-05-28.basil")),
    ErrorRule("POST /v1/credit_notes", "sum-mismatch-on-paid", 400, "invalid_request_error", None, None, None, r"The sum of credit amount, refund amount and out of band amount \(.*\) must equal the credit note amount \(.*\)\.", "2020-08-27", "medium", "INV-BAL-012", "tabledog timelines credit_note_1"),
    ErrorRule("POST /v1/credit_notes/{id}/void", "invoice-not-open", 400, "invalid_request_error", None, None, None, r"You can only void a credit note if the associated invoice is open\.", "all", "high", "INV-BAL-024", "tabledog timelines; API docs"),
    ErrorRule("POST /v1/customers[/{id}]", "invoice_prefix-malformed", 400, "invalid_request_error", None, None, None, r"Invoice number prefix must be 1–12 uppercase letters or numbers\.", "dahlia", "high", "INV-FIN-013", "Kiln probe_invoice_prefix seq 0-3"),
    ErrorRule("POST /v1/customers[/{id}]", "invoice_prefix-taken", 400, "invalid_request_error", None, None, "invoice_prefix", r"This invoice number prefix is taken by customer: .*", "dahlia", "high", "INV-FIN-013", "Kiln probe_invoice_prefix seq 6,7"),
    ErrorRule("POST /v1/subscriptions", "no-payment-method", 400, "invalid_request_error", "resource_missing", None, None, r"This customer has no attached payment source( or default payment method\.)?.*", "all", "high", "INV-SUB-003", "onetimesecret (26), pay-rails"),
    ErrorRule("POST /v1/subscriptions", "unknown-price", 400, "invalid_request_error", "resource_missing", None, "items[0][price]", r"No such price: '.*'", "all", "high", "INV-API-010", "onetimesecret (84)"),
    ErrorRule("POST /v1/subscriptions", "one-time-price", 400, "invalid_request_error", None, None, "items[0][price]", r"The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.*", "all", "high", "INV-CRE-042", "onetimesecret (1)"),
    ErrorRule("POST /v1/subscriptions", "3ds-error_if_incomplete", 402, "card_error", "subscription_payment_intent_requires_action", None, None, r"Payment for this subscription requires additional user action before it can be completed successfully\..*", "all", "high", "INV-SUB-006", "issue flutter-stripe#1551; Kiln notes", window=_versions(">=2019-03-14")),
    ErrorRule("POST /v1/subscriptions", "declined-old-versions", 402, "card_error", "card_declined", "generic_decline", "", r"Your card was declined\.", "2018-2019", "high", "INV-SUB-004", "zulip", window=_versions("<2019-03-14")),
    ErrorRule("POST /v1/payment_methods/{pm}/attach", "declining-card-0002", 402, "card_error", "card_declined", "generic_decline", "", r"Your card was declined\.", "all", "high", "INV-SUB-035", "pay-rails"),
    ErrorRule("POST /v1/payment_intents", "amount-below-minimum", 400, "invalid_request_error", "amount_too_small", None, "amount", r"(Amount must be at least .*|The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set .*|This value must be greater than or equal to 1\.|Invalid positive integer)", "all", "high", "INV-ARI-035", "error-codes; onetimesecret/pay-rails recordings", other_codes=("parameter_invalid_integer",)),
    ErrorRule("charges / items", "amount-above-maximum", 400, "invalid_request_error", "amount_too_large", None, "amount", r"Amount must be no more than \$999,999\.99", "all", "medium", "INV-ARI-036", "quoted often in public code"),
)
# fmt: on

_BY_KEY = {(row.operation, row.condition): row for row in ERRORS}


def find(operation: str, condition: str) -> ErrorRule:
    """The row for ``condition`` of ``operation``. Raises KeyError."""
    return _BY_KEY[operation, condition]
