# ruff: noqa: E501 - a table is read by columns
"""The lifecycle of an invoice: status x operation -> result. Read by the linter, the scenarios' coverage, the reference and the docs.

A row says what Stripe answers when ``operation`` is tried on an invoice in ``status`` under ``condition``. ``result`` is the status
afterwards (``?``: not known). ``pattern`` is a regular expression for the whole error message (None: not known).
Statuses beyond Stripe's five: ``none`` (there is no invoice), ``unknown`` (an id nobody has), ``deleted``.
Rows of low confidence may never fail a target.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from conformance.api_version import ApiVersion, Window

Confidence = Literal["high", "medium", "low"]


class Transition(NamedTuple):
    """One row. ``code`` None means the error has no such key; ``http_status`` None that nothing is known, or nothing was sent.

    ``window`` is set where a row belongs to an era or its endpoint to a version. ``param`` is the error's (``<first field>``: the
    name of the first parameter at fault). ``other_results`` are statuses the row may end in as well, by the card or the amount.
    """

    status: str
    operation: str
    condition: str
    result: str
    http_status: int | None
    code: str | None
    pattern: str | None
    confidence: Confidence
    requirement: str
    source: str
    window: Window = Window()
    param: str | None = None
    other_results: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The row's address: ``open.pay.good-card``."""
        return ".".join(part for part in (self.status, self.operation, self.condition) if part)


_versions = Window.parse


# fmt: off
LIFECYCLE: tuple[Transition, ...] = (
    Transition("none", "create", "customer-only", "draft", 200, None, None, "high", "INV-CRE-001", "Kiln cassette 13 seq 11; onetimesecret; pay-rails", window=_versions(">=2022-08-01")),
    Transition("none", "create", "nothing-pending", "none", 400, "invoice_no_customer_line_items", r"Nothing to invoice for customer", "high", "INV-CRE-002", "tabledog/stripe-timelines; error-codes doc", window=_versions("<2022-08-01")),
    Transition("none", "create", "unknown-customer", "none", 400, "resource_missing", r"No such customer: '.*'", "high", "INV-CRE-011", "Kiln 13 seq 80", param="customer"),
    Transition("none", "create", "send-invoice-without-due-date", "none", 400, None, r"If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'\.", "high", "INV-CRE-012", "Kiln 13 seq 55"),
    Transition("none", "create", "send-invoice-without-email", "none", 400, None, r"Missing email\. In order to create invoices that are sent to the customer, the customer must have a valid email\.", "high", "INV-CRE-014", "onetimesecret (17 recordings)"),
    Transition("none", "create", "due-date-with-automatic-collection", "none", 400, None, r"You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'\.", "high", "INV-CRE-013", "Kiln 13 seq 78"),
    Transition("none", "create_revision", "of-open-or-uncollectible", "draft", 200, None, None, "medium", "INV-CRE-036", "docs invoicing/invoice-revisions"),
    Transition("none", "create_revision", "of-draft-paid-or-void", "none", 400, None, None, "low", "INV-CRE-036", "docs invoicing/invoice-revisions"),
    Transition("draft", "retrieve", "", "draft", 200, None, None, "high", "INV-LST-012", "Kiln 13 seq 14"),
    Transition("draft", "list_filter_status", "", "draft", 200, None, None, "high", "INV-LST-002", "Kiln 13 seq 17"),
    Transition("draft", "update_fields", "", "draft", 200, None, None, "high", "INV-EDT-001", "Kiln 13 seq 21; SDK"),
    Transition("draft", "update_metadata", "", "draft", 200, None, None, "high", "INV-EDT-002", "SDK"),
    Transition("draft", "update_auto_advance", "on-and-off", "draft", 200, None, None, "high", "INV-EDT-003", "Kiln 13 seq 21,22"),
    Transition("draft", "add_invoiceitem", "same-customer-and-currency", "draft", 200, None, None, "high", "INV-EDT-013", "tabledog invoice_2; pay-rails"),
    Transition("draft", "add_lines", "", "draft", 200, None, None, "high", "INV-EDT-016", "Kiln 13 seq 32", window=_versions(">=2024-09-30.acacia")),
    Transition("draft", "update_line", "", "draft", 200, None, None, "high", "INV-EDT-019", "Kiln 13 seq 33", window=_versions(">=2022-11-15")),
    Transition("draft", "update_lines", "", "draft", 200, None, None, "high", "INV-EDT-020", "Kiln 13 seq 34", window=_versions(">=2024-09-30.acacia")),
    Transition("draft", "remove_lines", "behavior-given", "draft", 200, None, None, "high", "INV-EDT-021", "Kiln 13 seq 35", window=_versions(">=2024-09-30.acacia")),
    Transition("draft", "remove_lines", "behavior-missing", "draft", 400, "parameter_missing", r"Missing required param: lines\[0\]\[behavior\]\.", "medium", "INV-EDT-021", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia"), param="lines[0][behavior]"),
    Transition("draft", "delete", "one-off", "deleted", 200, None, None, "high", "INV-EDT-005", "Kiln 13 seq 12,23; tabledog invoice_1,2"),
    Transition("draft", "delete", "of-a-subscription", "draft", 400, None, r"You can't delete invoices created by subscriptions\.?", "high", "INV-EDT-007", "docs api/invoices/delete; quoted in public code"),
    Transition("draft", "finalize", "amount-due", "open", 200, None, None, "high", "INV-FIN-001", "Kiln 13 seq 45; zulip; tabledog invoice_3"),
    Transition("draft", "finalize", "nothing-due", "paid", 200, None, None, "high", "INV-FIN-006", "Kiln 13 seq 36; zulip; onetimesecret"),
    Transition("draft", "finalize", "below-minimum-charge", "paid", 200, None, None, "high", "INV-ARI-033", "Kiln probe_proration_settlement; docs currencies"),
    Transition("draft", "finalize", "automatic-tax-without-location", "draft", 400, "customer_tax_location_invalid", None, "medium", "INV-FIN-024", "docs tax/customer-locations; error-codes"),
    Transition("draft", "pay", "good-card", "paid", 200, None, None, "high", "INV-PAY-002", "Kiln 13 seq 25; pay-rails; tabledog invoice_3"),
    Transition("draft", "pay", "nothing-due", "paid", 200, None, None, "high", "INV-PAY-004", "pay-rails (6 versions)"),
    Transition("draft", "pay", "declining-card", "open", 402, "card_declined", r"Your card was declined\.", "medium", "INV-PAY-013", "Kiln notes; airbyte events"),
    Transition("draft", "pay", "no-payment-method", "open", 400, None, r"(There is no `default_payment_method` set on this|Cannot charge a customer that has no active card).*", "low", "INV-PAY-009", "quoted in public code; tabledog timelines"),
    Transition("draft", "pay_out_of_band", "", "paid", 200, None, None, "low", "INV-PAY-020", "SDK; memory"),
    Transition("draft", "send", "amount-due", "open", 200, None, None, "medium", "INV-SND-001", "SDK; API reference; recorded only for zero due (Kiln 13 seq 57)"),
    Transition("draft", "send", "nothing-due", "paid", 200, None, None, "high", "INV-SND-001", "Kiln 13 seq 57"),
    Transition("draft", "void", "", "draft", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "INV-TRN-005", "Kiln 13 seq 42"),
    Transition("draft", "mark_uncollectible", "", "draft", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "INV-TRN-012", "Kiln 13 seq 49"),
    Transition("draft", "attach_payment", "", "draft", 400, None, None, "low", "INV-PAY-027", "SDK (open only, by description)", window=_versions(">=2025-05-28.basil")),
    Transition("draft", "create_credit_note", "", "draft", 400, None, None, "medium", "INV-BAL-010", "docs workflow-transitions"),
    Transition("draft", "time", "auto-advance", "open", None, None, None, "high", "INV-FIN-026", "docs; onetimesecret, estuary, airbyte recordings (3608-4072 s)", other_results=("paid",)),
    Transition("draft", "time", "no-auto-advance", "draft", None, None, None, "high", "INV-FIN-026", "docs automatic-advancement-collection"),
    Transition("open", "retrieve", "", "open", 200, None, None, "high", "INV-LST-012", "zulip; pay-rails"),
    Transition("open", "update_fields", "frozen-field", "open", 400, None, r"Finalized invoices can't be updated in this way", "high", "INV-FIN-021", "live reports 2025-26 (quoted in public code); Kiln 13 seq 38 (paid)", param="<first field>"),
    Transition("open", "update_metadata", "", "open", 200, None, None, "high", "INV-EDT-002", "docs; Kiln 13 seq 39 (paid)"),
    Transition("open", "update_auto_advance", "on-and-off", "open", 200, None, None, "high", "INV-EDT-003", "docs automatic-advancement-collection"),
    Transition("open", "add_invoiceitem", "", "open", 400, None, None, "medium", "INV-EDT-014", "SDK InvoiceItems"),
    Transition("open", "update_invoiceitem", "its-item", "open", 400, None, r"This invoice item is already attached to an invoice that is no longer editable", "medium", "INV-EDT-011", "tabledog timelines discount_1 (on paid)"),
    Transition("open", "delete_invoiceitem", "its-item", "open", 400, None, r"Can't delete an invoice item that is attached to an invoice that is no longer editable", "high", "INV-EDT-011", "quoted in public code; Kiln 13 seq 66"),
    Transition("open", "add_lines", "", "open", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "INV-EDT-017", "Kiln phase 13 notes; error-codes", window=_versions(">=2024-09-30.acacia")),
    Transition("open", "update_lines", "", "open", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "low", "INV-EDT-017", "error-codes (by analogy)", window=_versions(">=2024-09-30.acacia")),
    Transition("open", "remove_lines", "", "open", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "low", "INV-EDT-017", "error-codes (by analogy)", window=_versions(">=2024-09-30.acacia")),
    Transition("open", "delete", "", "open", 400, None, r"You can only delete draft invoices\.", "high", "INV-EDT-006", "Kiln 13 seq 30 (paid); tabledog timelines"),
    Transition("open", "finalize", "", "open", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "high", "INV-FIN-005", "Kiln 13 seq 29,37 (paid)"),
    Transition("open", "pay", "good-card", "paid", 200, None, None, "high", "INV-PAY-001", "zulip; tabledog credit_note_1"),
    Transition("open", "pay", "declining-card", "open", 402, "card_declined", r"Your card was declined\.", "high", "INV-PAY-010", "zulip (7 recordings, 2019-03-14 .. 2025-11-17.clover)"),
    Transition("open", "pay", "card-requires-authentication", "open", 402, "invoice_payment_intent_requires_action", r"This payment requires additional user action before it can be completed successfully\..*", "medium", "INV-PAY-015", "error-codes doc; hearsay"),
    Transition("open", "pay", "no-payment-method", "open", 400, None, r"(There is no `default_payment_method` set on this|Cannot charge a customer that has no active card).*", "medium", "INV-PAY-009", "quoted in public code"),
    Transition("open", "pay", "payment-processing", "open", 400, None, r"(This invoice can't be modified while a payment on it is still pending\..*|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible\.)", "medium", "INV-TRN-009", "Autumn tests (quoted in public code)"),
    Transition("open", "pay_out_of_band", "", "paid", 200, None, None, "high", "INV-PAY-016", "Kiln 13 seq 62; zulip"),
    Transition("open", "send", "send-invoice", "open", 200, None, None, "high", "INV-SND-002", "Kiln 13 seq 61"),
    Transition("open", "send", "charge-automatically", "open", None, None, None, "low", "INV-SND-006", "not recorded"),
    Transition("open", "void", "no-payments", "void", 200, None, None, "high", "INV-TRN-001", "Kiln 13 seq 46; zulip (24); tabledog invoice_3"),
    Transition("open", "void", "after-a-decline", "void", 200, None, None, "high", "INV-TRN-002", "zulip 2025-11-17.clover"),
    Transition("open", "void", "paid-payment", "open", 400, None, r"Invoices with `paid` payments cannot be voided\.", "medium", "INV-TRN-009", "docs partial-payments; Kiln 13 seq 27 (fully paid)", window=_versions(">=2025-03-31.basil")),
    Transition("open", "void", "payment-processing", "open", 400, None, r"(This invoice can't be modified while a payment on it is still pending\..*|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible\.)", "medium", "INV-TRN-009", "Autumn tests"),
    Transition("open", "mark_uncollectible", "", "uncollectible", 200, None, None, "high", "INV-TRN-010", "Kiln 13 seq 53; tabledog invoice_3"),
    Transition("open", "mark_uncollectible", "payment-processing", "open", 400, None, r"(This invoice can't be modified while a payment on it is still pending\..*|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible\.)", "medium", "INV-TRN-009", "Autumn tests; docs partial-payments"),
    Transition("open", "attach_payment", "payment-below-remaining", "open", 200, None, None, "medium", "INV-PAY-027", "docs partial-payments; changelog 2025-05-28.basil", window=_versions(">=2025-05-28.basil")),
    Transition("open", "attach_payment", "payment-of-the-remaining", "paid", 200, None, None, "medium", "INV-PAY-027", "docs partial-payments", window=_versions(">=2025-05-28.basil")),
    Transition("open", "attach_payment", "unfitting-payment", "open", 400, None, None, "low", "INV-PAY-027", "SDK", window=_versions(">=2025-05-28.basil")),
    Transition("open", "attach_payment", "processing-payment", "open", 200, None, None, "medium", "INV-PAY-039", "quoted in public code (live sandbox log, 2026-08-26.dahlia)", window=_versions(">=2025-05-28.basil")),
    Transition("open", "attach_payment", "subscription-invoice-other-amount", "open", 400, None, r"For charge_automatically subscription invoices, you are only allowed to attach a payment with an amount that matches the invoice total\.", "medium", "INV-PAY-040", "quoted in public code (live)", window=_versions(">=2025-05-28.basil")),
    Transition("open", "create_credit_note", "below-due", "open", 200, None, None, "high", "INV-ARI-042", "tabledog credit_note_1"),
    Transition("open", "create_credit_note", "whole-due", "paid", 200, None, None, "high", "INV-ARI-044", "airbyte objects (in_…2LvGqT); docs"),
    Transition("open", "create_credit_note", "above-total", "open", 400, None, None, "medium", "INV-BAL-019", "docs credit notes"),
    Transition("open", "void_credit_note", "pre-payment-note", "open", 200, None, None, "high", "INV-BAL-024", "tabledog credit_note_1"),
    Transition("open", "time", "collection-attempt", "paid", None, None, None, "high", "INV-SUB-010", "docs; airbyte events", other_results=("open",)),
    Transition("open", "time", "due-date-passed", "open", None, None, None, "medium", "INV-SND-008", "docs (invoice.overdue)"),
    Transition("open", "revision_finalized", "", "void", None, None, None, "medium", "INV-FIN-030", "docs invoice-revisions"),
    Transition("open", "subscription_canceled", "", "open", None, None, None, "high", "INV-TRN-019", "docs subscriptions overview (auto_advance=false); airbyte invoice with auto_advance false after cancellation"),
    Transition("open", "subscription_incomplete_expired", "first-invoice", "void", None, None, None, "high", "INV-TRN-020", "docs; onetimesecret (6)"),
    Transition("paid", "retrieve", "", "paid", 200, None, None, "high", "INV-TRN-017", "Kiln; zulip"),
    Transition("paid", "update_fields", "frozen-field", "paid", 400, None, r"Finalized invoices can't be updated in this way", "high", "INV-EDT-001", "Kiln 13 seq 38", param="<first field>"),
    Transition("paid", "update_metadata", "", "paid", 200, None, None, "high", "INV-EDT-002", "Kiln 13 seq 39"),
    Transition("paid", "update_auto_advance", "on", "paid", 400, None, r"Finalized invoices can't be updated in this way", "low", "INV-EDT-003", "docs (always false); not recorded"),
    Transition("paid", "add_invoiceitem", "", "paid", 400, None, None, "medium", "INV-EDT-014", "SDK"),
    Transition("paid", "update_invoiceitem", "its-item", "paid", 400, None, r"This invoice item is already attached to an invoice that is no longer editable", "high", "INV-EDT-011", "tabledog timelines discount_1"),
    Transition("paid", "add_lines", "", "paid", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "INV-EDT-017", "Kiln phase 13 notes", window=_versions(">=2024-09-30.acacia")),
    Transition("paid", "delete", "", "paid", 400, None, r"You can only delete draft invoices\.", "high", "INV-EDT-006", "Kiln 13 seq 30; tabledog timelines"),
    Transition("paid", "finalize", "", "paid", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "high", "INV-FIN-005", "Kiln 13 seq 29,37"),
    Transition("paid", "pay", "", "paid", 400, None, r"Invoice is already paid", "high", "INV-PAY-005", "Kiln 13 seq 26,40; quoted in public code"),
    Transition("paid", "pay_out_of_band", "", "paid", 400, None, r"Invoice is already paid", "medium", "INV-PAY-005", "same guard; not recorded"),
    Transition("paid", "send", "reported-2026", "paid", 400, None, r"This invoice cannot be sent right now\. Please contact us via https://support\.stripe\.com/contact with details, so we can help\.", "medium", "INV-SND-005", "Kiln phase 13 notes", window=_versions(">=2026-03-25.dahlia")),
    Transition("paid", "send", "recorded-2022", "paid", 200, None, None, "high", "INV-SND-005", "tabledog invoice_3", window=_versions("==2020-08-27")),
    Transition("paid", "void", "recorded-2026", "paid", 400, None, r"Invoices with `paid` payments cannot be voided\.", "high", "INV-TRN-007", "Kiln 13 seq 27", window=_versions(">=2025-03-31.basil")),
    Transition("paid", "void", "quoted-2022", "paid", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "medium", "INV-TRN-007", "quoted in public code", window=_versions("<2025-03-31.basil")),
    Transition("paid", "mark_uncollectible", "", "paid", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "INV-TRN-012", "Kiln 13 seq 28"),
    Transition("paid", "attach_payment", "", "paid", None, None, None, "low", "INV-PAY-031", "docs partial-payments (overpayment credited)", window=_versions(">=2025-05-28.basil")),
    Transition("paid", "create_credit_note", "parts-make-the-amount", "paid", 200, None, None, "high", "INV-BAL-012", "tabledog credit_note_1; pay-rails (14)"),
    Transition("paid", "create_credit_note", "parts-differ", "paid", 400, None, r"The sum of credit amount, refund amount and out of band amount \(.*\) must equal the credit note amount \(.*\)\.", "medium", "INV-BAL-012", "tabledog timelines credit_note_1"),
    Transition("paid", "void_credit_note", "post-payment-note", "paid", 400, None, r"You can only void a credit note if the associated invoice is open\.", "high", "INV-BAL-024", "tabledog timelines; docs"),
    Transition("void", "retrieve", "", "void", 200, None, None, "high", "INV-TRN-017", "Kiln; onetimesecret"),
    Transition("void", "update_fields", "frozen-field", "void", 400, None, r"Finalized invoices can't be updated in this way", "medium", "INV-FIN-021", "same guard; live reports", param="<first field>"),
    Transition("void", "update_metadata", "", "void", 200, None, None, "medium", "INV-EDT-002", "docs metadata; not recorded"),
    Transition("void", "delete", "", "void", 400, None, r"You can only delete draft invoices\.", "high", "INV-EDT-006", "tabledog timelines invoice_3"),
    Transition("void", "finalize", "", "void", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "medium", "INV-FIN-005", "same guard (non-draft)"),
    Transition("void", "pay", "", "void", 400, None, r"Voided invoices cannot be paid\.", "medium", "INV-PAY-006", "quoted in public code (measured)"),
    Transition("void", "pay_out_of_band", "", "void", 400, None, r"Voided invoices cannot be paid\.", "low", "INV-PAY-006", "same guard; not recorded"),
    Transition("void", "send", "", "void", 400, None, r"This invoice cannot be sent right now\. Please contact us via https://support\.stripe\.com/contact with details, so we can help\.", "low", "INV-SND-005", "by analogy"),
    Transition("void", "void", "", "void", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "INV-TRN-006", "Kiln 13 seq 47"),
    Transition("void", "mark_uncollectible", "", "void", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "medium", "INV-TRN-012", "same guard; not recorded"),
    Transition("void", "add_lines", "", "void", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "INV-EDT-017", "by analogy", window=_versions(">=2024-09-30.acacia")),
    Transition("void", "attach_payment", "", "void", 400, None, None, "low", "INV-PAY-027", "docs", window=_versions(">=2025-05-28.basil")),
    Transition("void", "create_credit_note", "", "void", 400, None, None, "medium", "INV-BAL-010", "docs workflow-transitions"),
    Transition("uncollectible", "retrieve", "", "uncollectible", 200, None, None, "high", "INV-LST-012", "Kiln 13 seq 53"),
    Transition("uncollectible", "update_fields", "frozen-field", "uncollectible", 400, None, r"Finalized invoices can't be updated in this way", "medium", "INV-FIN-021", "same guard", param="<first field>"),
    Transition("uncollectible", "update_metadata", "", "uncollectible", 200, None, None, "medium", "INV-EDT-002", "docs metadata; not recorded"),
    Transition("uncollectible", "delete", "", "uncollectible", 400, None, r"You can only delete draft invoices\.", "high", "INV-EDT-006", "tabledog timelines invoice_3"),
    Transition("uncollectible", "finalize", "", "uncollectible", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "medium", "INV-FIN-005", "same guard"),
    Transition("uncollectible", "pay", "good-card", "paid", 200, None, None, "medium", "INV-PAY-007", "docs workflow-transitions (explicit row); dj-stripe PR#1870"),
    Transition("uncollectible", "pay", "declining-card", "uncollectible", 402, "card_declined", r"Your card was declined\.", "medium", "INV-PAY-007", "docs workflow-transitions (explicit row); error text by analogy"),
    Transition("uncollectible", "pay_out_of_band", "", "paid", 200, None, None, "low", "INV-PAY-007", "docs workflow-transitions (pay)"),
    Transition("uncollectible", "send", "", "?", None, None, None, "low", "INV-SND-006", "not recorded"),
    Transition("uncollectible", "void", "", "void", 200, None, None, "low", "INV-TRN-008", "docs workflow-transitions (explicit row), overview; useautumn/autumn PR#1732, #3468; against it: Kiln phase 13 notes (live probe)"),
    Transition("uncollectible", "mark_uncollectible", "", "uncollectible", 400, None, r"This invoice has already been marked uncollectible\.", "high", "INV-TRN-013", "Kiln 13 seq 54"),
    Transition("uncollectible", "add_lines", "", "uncollectible", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "INV-EDT-017", "by analogy", window=_versions(">=2024-09-30.acacia")),
    Transition("uncollectible", "create_credit_note", "up-to-the-due", "uncollectible", 200, None, None, "medium", "INV-BAL-010", "PostHog handbook PR#19057; docs", other_results=("paid",)),
    Transition("uncollectible", "create_revision", "", "draft", 200, None, None, "medium", "INV-CRE-036", "docs invoice-revisions"),
    Transition("unknown", "retrieve", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-LST-012", "Kiln 13 seq 68-76", param="invoice"),
    Transition("unknown", "delete", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="invoice"),
    Transition("unknown", "send", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="invoice"),
    Transition("unknown", "add_lines", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", window=_versions(">=2024-09-30.acacia"), param="invoice"),
    Transition("unknown", "update_fields", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="id"),
    Transition("unknown", "pay", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="id"),
    Transition("unknown", "finalize", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="id"),
    Transition("unknown", "void", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="id"),
    Transition("unknown", "mark_uncollectible", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "INV-TRN-018", "Kiln 13 seq 68-76", param="id"),
    Transition("deleted", "retrieve", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "medium", "INV-EDT-005", "inferred from SDK retrieve types; Kiln 13 has the stub only (seq 65 is an item)"),
    Transition("deleted", "any_other", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "low", "INV-EDT-005", "inferred from SDK types; not recorded"),
)
# fmt: on

_BY_KEY = {row.key: row for row in LIFECYCLE}


def find(key: str) -> Transition:
    """The row with that address. Raises KeyError."""
    return _BY_KEY[key]


def transitions(status: str, operation: str, version: ApiVersion | None = None) -> tuple[Transition, ...]:
    """Every row for ``operation`` on an invoice in ``status``, one per condition; those of ``version`` where it is given."""
    return tuple(
        row
        for row in LIFECYCLE
        if (row.status, row.operation) == (status, operation) and (version is None or version in row.window)
    )
