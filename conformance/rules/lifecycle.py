"""The lifecycle of an invoice: status x operation -> result. Read by the linter, the scenarios' coverage, the reference and the docs.

A row says what Stripe answers when ``operation`` is tried on an invoice in ``status`` under ``condition``. ``pattern`` is a regular
expression for the whole error message (None: not known); ``result`` is the status afterwards. Rows of low confidence may never fail a target.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Confidence = Literal["high", "medium", "low"]


class Transition(NamedTuple):
    """One row. ``http_status``, ``code`` and ``pattern`` are None where nothing is known or nothing is sent (``http_status`` says which)."""

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

    @property
    def key(self) -> str:
        """The row's address: ``open.pay.good-card``."""
        return ".".join(part for part in (self.status, self.operation, self.condition) if part)


# fmt: off
LIFECYCLE: tuple[Transition, ...] = (
    Transition("none", "create", "customer-exists-from-2022-08-01", "draft", 200, None, None, "high", "", "Kiln cassette 13 seq 11; onetimesecret; pay-rails"),  # noqa: E501
    Transition("none", "create", "no-pending-items-version-below-2022-08-01", "none", 400, "invoice_no_customer_line_items", r"Nothing to invoice for customer", "high", "", "tabledog/stripe-timelines; error-codes doc"),  # noqa: E501
    Transition("none", "create", "unknown-customer", "none", 400, "resource_missing", r"No such customer: '.*'", "high", "", "Kiln 13 seq 80"),  # noqa: E501
    Transition("none", "create", "collection_method-send_invoice-no-due-date", "none", 400, None, r"If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'\.", "high", "", "Kiln 13 seq 55"),  # noqa: E501
    Transition("none", "create", "send_invoice-customer-without-email", "none", 400, None, r"Missing email\. In order to create invoices that are sent to the customer, the customer must have a valid email\.", "high", "", "onetimesecret (17 recordings)"),  # noqa: E501
    Transition("none", "create", "days_until_due-with-charge_automatically", "none", 400, None, r"You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'\.", "high", "", "Kiln 13 seq 78"),  # noqa: E501
    Transition("none", "create_revision", "original-open-or-uncollectible", "draft", 200, None, None, "medium", "", "docs invoicing/invoice-revisions"),  # noqa: E501
    Transition("none", "create_revision", "original-draft-paid-or-void", "none", 400, None, None, "low", "", "docs invoicing/invoice-revisions"),  # noqa: E501
    Transition("draft", "retrieve", "", "draft", 200, None, None, "high", "", "Kiln 13 seq 14"),  # noqa: E501
    Transition("draft", "list_filter_status", "status-draft", "draft", 200, None, None, "high", "", "Kiln 13 seq 17"),  # noqa: E501
    Transition("draft", "update_fields", "any-editable-field", "draft", 200, None, None, "high", "", "Kiln 13 seq 21; SDK"),  # noqa: E501
    Transition("draft", "update_metadata", "", "draft", 200, None, None, "high", "", "SDK"),  # noqa: E501
    Transition("draft", "update_auto_advance", "true-false", "draft", 200, None, None, "high", "", "Kiln 13 seq 21,22"),  # noqa: E501
    Transition("draft", "add_invoiceitem", "same-customer-and-currency", "draft", 200, None, None, "high", "", "tabledog invoice_2; pay-rails"),  # noqa: E501
    Transition("draft", "add_lines", "", "draft", 200, None, None, "high", "", "Kiln 13 seq 32"),  # noqa: E501
    Transition("draft", "update_line", "", "draft", 200, None, None, "high", "", "Kiln 13 seq 33"),  # noqa: E501
    Transition("draft", "update_lines", "", "draft", 200, None, None, "high", "", "Kiln 13 seq 34"),  # noqa: E501
    Transition("draft", "remove_lines", "behavior-given", "draft", 200, None, None, "high", "", "Kiln 13 seq 35"),  # noqa: E501
    Transition("draft", "remove_lines", "behavior-missing", "draft", 400, "parameter_missing", r"Missing required param: lines\[0\]\[behavior\]", "medium", "", "Kiln phase 13 notes"),  # noqa: E501
    Transition("draft", "delete", "one-off-invoice", "deleted", 200, None, None, "high", "", "Kiln 13 seq 12,23; tabledog invoice_1,2"),  # noqa: E501
    Transition("draft", "delete", "created-by-a-subscription", "draft", 400, None, r"You can't delete invoices created by subscriptions", "high", "", "docs api/invoices/delete; GitHub excerpts 57924598401, 44503215037"),  # noqa: E501
    Transition("draft", "finalize", "amount_due-above-0", "open", 200, None, None, "high", "", "Kiln 13 seq 45; zulip; tabledog invoice_3"),  # noqa: E501
    Transition("draft", "finalize", "amount_due-equals-0", "paid", 200, None, None, "high", "", "Kiln 13 seq 36; zulip; onetimesecret"),  # noqa: E501
    Transition("draft", "finalize", "0-below-due-below-minimum-charge", "paid", 200, None, None, "high", "", "Kiln probe_proration_settlement; docs currencies"),  # noqa: E501
    Transition("draft", "finalize", "automatic-tax-without-usable-location", "draft", 400, "customer_tax_location_invalid", r".*", "medium", "", "docs tax/customer-locations; error-codes"),  # noqa: E501
    Transition("draft", "pay", "good-default-card", "paid", 200, None, None, "high", "", "Kiln 13 seq 25; pay-rails; tabledog invoice_3"),  # noqa: E501
    Transition("draft", "pay", "zero-due", "paid", 200, None, None, "high", "", "pay-rails (6 versions)"),  # noqa: E501
    Transition("draft", "pay", "declining-card", "open", 402, "card_declined", r"Your card was declined\.", "medium", "", "Kiln notes; airbyte events"),  # noqa: E501
    Transition("draft", "pay", "no-payment-method", "open", 400, None, r"(There is no `default_payment_method` set on this|Cannot charge a customer that has no active card).*", "low", "", "GitHub excerpts 67065189164, 16929967207; tabledog timelines"),  # noqa: E501
    Transition("draft", "pay_out_of_band", "", "paid", 200, None, None, "low", "", "SDK; memory"),  # noqa: E501
    Transition("draft", "send", "due-above-0", "open", 200, None, None, "medium", "", "SDK; seeds 004; recorded only for zero due (Kiln 13 seq 57)"),  # noqa: E501
    Transition("draft", "send", "zero-due", "paid", 200, None, None, "high", "", "Kiln 13 seq 57"),  # noqa: E501
    Transition("draft", "void", "", "draft", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "", "Kiln 13 seq 42"),  # noqa: E501
    Transition("draft", "mark_uncollectible", "", "draft", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "", "Kiln 13 seq 49"),  # noqa: E501
    Transition("draft", "attach_payment", "", "draft", 400, None, None, "low", "", "SDK (open only, by description)"),  # noqa: E501
    Transition("draft", "create_credit_note", "", "draft", 400, None, None, "medium", "", "docs workflow-transitions"),  # noqa: E501
    Transition("draft", "time", "auto_advance-true-about-1-h-after-created", "open or paid", None, None, None, "high", "", "docs; onetimesecret, estuary, airbyte recordings (3608-4072 s)"),  # noqa: E501
    Transition("draft", "time", "auto_advance-false", "draft", None, None, None, "high", "", "docs automatic-advancement-collection"),  # noqa: E501
    Transition("open", "retrieve", "", "open", 200, None, None, "high", "", "zulip; pay-rails"),  # noqa: E501
    Transition("open", "update_fields", "description-footer-collection_method-discounts-due_date", "open", 400, None, r"Finalized invoices can't be updated in this way", "high", "", "live reports 2025-26 (GitHub excerpts 57032550487, 70686775870); Kiln 13 seq 38 (paid)"),  # noqa: E501
    Transition("open", "update_metadata", "", "open", 200, None, None, "high", "", "docs; Kiln 13 seq 39 (paid)"),  # noqa: E501
    Transition("open", "update_auto_advance", "", "open", 200, None, None, "high", "", "docs automatic-advancement-collection"),  # noqa: E501
    Transition("open", "add_invoiceitem", "", "open", 400, None, None, "medium", "", "SDK InvoiceItems"),  # noqa: E501
    Transition("open", "update_invoiceitem", "item-on-the-invoice", "open", 400, None, r"This invoice item is already attached to an invoice that is no longer editable", "medium", "", "tabledog timelines discount_1 (on paid)"),  # noqa: E501
    Transition("open", "delete_invoiceitem", "item-on-the-invoice", "open", 400, None, r"Can't delete an invoice item that is attached to an invoice that is no longer editable", "high", "", "GitHub excerpts 36914265003, 3539039816; Kiln 13 seq 66"),  # noqa: E501
    Transition("open", "add_lines", "", "open", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "", "Kiln phase 13 notes; error-codes"),  # noqa: E501
    Transition("open", "update_lines", "", "open", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "low", "", "error-codes (by analogy)"),  # noqa: E501
    Transition("open", "remove_lines", "", "open", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "low", "", "error-codes (by analogy)"),  # noqa: E501
    Transition("open", "delete", "", "open", 400, None, r"You can only delete draft invoices\.", "high", "", "Kiln 13 seq 30 (paid); tabledog timelines"),  # noqa: E501
    Transition("open", "finalize", "", "open", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "high", "", "Kiln 13 seq 29,37 (paid)"),  # noqa: E501
    Transition("open", "pay", "good-card", "paid", 200, None, None, "high", "", "zulip; tabledog credit_note_1"),  # noqa: E501
    Transition("open", "pay", "declining-card", "open", 402, "card_declined", r"Your card was declined\.", "high", "", "zulip (7 recordings, 2019-03-14 .. 2025-11-17.clover)"),  # noqa: E501
    Transition("open", "pay", "card-requires-authentication-off-session", "open", 402, "invoice_payment_intent_requires_action", r"This payment requires additional user action before it can be completed successfully\..*", "medium", "", "error-codes doc; hearsay in EVIDENCE.md"),  # noqa: E501
    Transition("open", "pay", "no-payment-method", "open", 400, None, r"(There is no `default_payment_method` set on this|Cannot charge a customer that has no active card).*", "medium", "", "GitHub excerpts 67065189164, 16929967207"),  # noqa: E501
    Transition("open", "pay", "a-payment-is-processing", "open", 400, None, r"This invoice can't be modified while a payment on it is still pending|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible", "medium", "", "Autumn tests (GitHub excerpts 70944545904, 71307377383)"),  # noqa: E501
    Transition("open", "pay_out_of_band", "", "paid", 200, None, None, "high", "", "Kiln 13 seq 62; zulip"),  # noqa: E501
    Transition("open", "send", "collection_method-send_invoice", "open", 200, None, None, "high", "", "Kiln 13 seq 61"),  # noqa: E501
    Transition("open", "send", "collection_method-charge_automatically", "open", None, None, None, "low", "", "not recorded"),  # noqa: E501
    Transition("open", "void", "no-payments", "void", 200, None, None, "high", "", "Kiln 13 seq 46; zulip (24); tabledog invoice_3"),  # noqa: E501
    Transition("open", "void", "after-a-declined-attempt", "void", 200, None, None, "high", "", "zulip 2025-11-17.clover"),  # noqa: E501
    Transition("open", "void", "has-a-paid-payment", "open", 400, None, r"Invoices with `paid` payments cannot be voided\.", "medium", "", "docs partial-payments; Kiln 13 seq 27 (fully paid)"),  # noqa: E501
    Transition("open", "void", "a-payment-is-processing", "open", 400, None, r"This invoice can't be modified while a payment on it is still pending|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible", "medium", "", "Autumn tests"),  # noqa: E501
    Transition("open", "mark_uncollectible", "", "uncollectible", 200, None, None, "high", "", "Kiln 13 seq 53; tabledog invoice_3"),  # noqa: E501
    Transition("open", "mark_uncollectible", "a-payment-is-processing", "open", 400, None, r"This invoice can't be modified while a payment on it is still pending|Invoices with pending payments waiting to clear cannot be paid, voided, or marked uncollectible", "medium", "", "Autumn tests; docs partial-payments"),  # noqa: E501
    Transition("open", "attach_payment", "succeeded-pi-below-amount_remaining", "open", 200, None, None, "medium", "", "docs partial-payments; changelog 2025-05-28.basil"),  # noqa: E501
    Transition("open", "attach_payment", "succeeded-pi-equals-amount_remaining", "paid", 200, None, None, "medium", "", "docs partial-payments"),  # noqa: E501
    Transition("open", "attach_payment", "pi-other-customer-currency-or-above-remaining", "open", 400, None, None, "low", "", "SDK"),  # noqa: E501
    Transition("open", "attach_payment", "processing-pi", "open", 200, None, None, "medium", "", "GitHub excerpt 70616558792 (live sandbox log, 2026-08-26.dahlia)"),  # noqa: E501
    Transition("open", "attach_payment", "automatic-subscription-invoice-pi-amount-differs-from-total", "open", 400, None, r"For charge_automatically subscription invoices, you are only allowed to attach a payment with an amount that matches the invoice total\.", "medium", "", "GitHub excerpt 70616558792 (live)"),  # noqa: E501
    Transition("open", "create_credit_note", "amount-below-due", "open", 200, None, None, "high", "", "tabledog credit_note_1"),  # noqa: E501
    Transition("open", "create_credit_note", "amount-equals-due", "paid", 200, None, None, "high", "", "airbyte objects (in_…2LvGqT); docs"),  # noqa: E501
    Transition("open", "create_credit_note", "amount-above-total", "open", 400, None, None, "medium", "", "docs credit notes"),  # noqa: E501
    Transition("open", "void_credit_note", "pre_payment-note", "open", 200, None, None, "high", "", "tabledog credit_note_1"),  # noqa: E501
    Transition("open", "time", "auto_advance-true-charge_automatically-collection-attempt", "paid or open", None, None, None, "high", "", "docs; airbyte events"),  # noqa: E501
    Transition("open", "time", "due_date-passed", "open", None, None, None, "medium", "", "docs (invoice.overdue)"),  # noqa: E501
    Transition("open", "revision_finalized", "a-revision-of-it-is-finalized", "void", None, None, None, "medium", "", "docs invoice-revisions"),  # noqa: E501
    Transition("open", "subscription_canceled", "invoice-of-that-subscription", "open", None, None, None, "high", "", "docs subscriptions overview (auto_advance=false); airbyte invoice with auto_advance false after cancellation"),  # noqa: E501
    Transition("open", "subscription_incomplete_expired", "first-invoice", "void", None, None, None, "high", "", "docs; onetimesecret (6)"),  # noqa: E501
    Transition("paid", "retrieve", "", "paid", 200, None, None, "high", "", "Kiln; zulip"),  # noqa: E501
    Transition("paid", "update_fields", "description", "paid", 400, None, r"Finalized invoices can't be updated in this way", "high", "", "Kiln 13 seq 38"),  # noqa: E501
    Transition("paid", "update_metadata", "", "paid", 200, None, None, "high", "", "Kiln 13 seq 39"),  # noqa: E501
    Transition("paid", "update_auto_advance", "true", "paid", 400, None, r"Finalized invoices can't be updated in this way", "low", "", "docs (always false); not recorded"),  # noqa: E501
    Transition("paid", "add_invoiceitem", "", "paid", 400, None, None, "medium", "", "SDK"),  # noqa: E501
    Transition("paid", "update_invoiceitem", "item-on-the-invoice", "paid", 400, None, r"This invoice item is already attached to an invoice that is no longer editable", "high", "", "tabledog timelines discount_1"),  # noqa: E501
    Transition("paid", "add_lines", "", "paid", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "", "Kiln phase 13 notes"),  # noqa: E501
    Transition("paid", "delete", "", "paid", 400, None, r"You can only delete draft invoices\.", "high", "", "Kiln 13 seq 30; tabledog timelines"),  # noqa: E501
    Transition("paid", "finalize", "", "paid", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "high", "", "Kiln 13 seq 29,37"),  # noqa: E501
    Transition("paid", "pay", "", "paid", 400, None, r"Invoice is already paid", "high", "", "Kiln 13 seq 26,40; GitHub excerpt 13982817564"),  # noqa: E501
    Transition("paid", "pay_out_of_band", "", "paid", 400, None, r"Invoice is already paid", "medium", "", "same guard; not recorded"),  # noqa: E501
    Transition("paid", "send", "2026", "paid", 400, None, r"This invoice cannot be sent right now\. Please contact us via https://support\.stripe\.com/contact with details, so we can help\.", "medium", "", "Kiln phase 13 notes"),  # noqa: E501
    Transition("paid", "send", "2022", "paid", 200, None, None, "high", "", "tabledog invoice_3"),  # noqa: E501
    Transition("paid", "void", "2025-26", "paid", 400, None, r"Invoices with `paid` payments cannot be voided\.", "high", "", "Kiln 13 seq 27"),  # noqa: E501
    Transition("paid", "void", "about-2022", "paid", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "medium", "", "GitHub excerpt 13982817564"),  # noqa: E501
    Transition("paid", "mark_uncollectible", "", "paid", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "", "Kiln 13 seq 28"),  # noqa: E501
    Transition("paid", "attach_payment", "", "paid", None, None, None, "low", "", "docs partial-payments (overpayment credited)"),  # noqa: E501
    Transition("paid", "create_credit_note", "refund-credit-out_of_band-equals-amount", "paid", 200, None, None, "high", "", "tabledog credit_note_1; pay-rails (14)"),  # noqa: E501
    Transition("paid", "create_credit_note", "sum-differs", "paid", 400, None, r"The sum of credit amount, refund amount and out of band amount \(.*\) must equal the credit note amount \(.*\)\.", "medium", "", "tabledog timelines credit_note_1"),  # noqa: E501
    Transition("paid", "void_credit_note", "", "paid", 400, None, r"You can only void a credit note if the associated invoice is open\.", "high", "", "tabledog timelines; docs"),  # noqa: E501
    Transition("void", "retrieve", "", "void", 200, None, None, "high", "", "Kiln; onetimesecret"),  # noqa: E501
    Transition("void", "update_fields", "description", "void", 400, None, r"Finalized invoices can't be updated in this way", "medium", "", "same guard; live reports"),  # noqa: E501
    Transition("void", "update_metadata", "", "void", 200, None, None, "medium", "", "docs metadata; not recorded"),  # noqa: E501
    Transition("void", "delete", "", "void", 400, None, r"You can only delete draft invoices\.", "high", "", "tabledog timelines invoice_3"),  # noqa: E501
    Transition("void", "finalize", "", "void", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "medium", "", "same guard (non-draft)"),  # noqa: E501
    Transition("void", "pay", "", "void", 400, None, r"Voided invoices cannot be paid\.", "medium", "", "GitHub excerpts 66471646145 (measured), 58039337789"),  # noqa: E501
    Transition("void", "pay_out_of_band", "", "void", 400, None, r"Voided invoices cannot be paid\.", "low", "", "same guard; not recorded"),  # noqa: E501
    Transition("void", "send", "", "void", 400, None, r"This invoice cannot be sent right now\. Please contact us via https://support\.stripe\.com/contact with details, so we can help\.", "low", "", "by analogy"),  # noqa: E501
    Transition("void", "void", "", "void", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "high", "", "Kiln 13 seq 47"),  # noqa: E501
    Transition("void", "mark_uncollectible", "", "void", 400, None, r"You can only pass in open invoices\. This invoice isn't open\.", "medium", "", "same guard; not recorded"),  # noqa: E501
    Transition("void", "add_lines", "", "void", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "", "by analogy"),  # noqa: E501
    Transition("void", "attach_payment", "", "void", 400, None, None, "low", "", "docs"),  # noqa: E501
    Transition("void", "create_credit_note", "", "void", 400, None, None, "medium", "", "docs workflow-transitions"),  # noqa: E501
    Transition("uncollectible", "retrieve", "", "uncollectible", 200, None, None, "high", "", "Kiln 13 seq 53"),  # noqa: E501
    Transition("uncollectible", "update_fields", "description", "uncollectible", 400, None, r"Finalized invoices can't be updated in this way", "medium", "", "same guard"),  # noqa: E501
    Transition("uncollectible", "update_metadata", "", "uncollectible", 200, None, None, "medium", "", "docs metadata; not recorded"),  # noqa: E501
    Transition("uncollectible", "delete", "", "uncollectible", 400, None, r"You can only delete draft invoices\.", "high", "", "tabledog timelines invoice_3"),  # noqa: E501
    Transition("uncollectible", "finalize", "", "uncollectible", 400, None, r"This invoice is already finalized, you can't re-finalize a non-draft invoice\.", "medium", "", "same guard"),  # noqa: E501
    Transition("uncollectible", "pay", "good-card", "paid", 200, None, None, "medium", "", "docs workflow-transitions (explicit row); dj-stripe PR#1870"),  # noqa: E501
    Transition("uncollectible", "pay", "declining-card", "uncollectible", 402, "card_declined", r"Your card was declined\.", "medium", "", "docs workflow-transitions (explicit row); error text by analogy"),  # noqa: E501
    Transition("uncollectible", "pay_out_of_band", "", "paid", 200, None, None, "low", "", "docs workflow-transitions (pay)"),  # noqa: E501
    Transition("uncollectible", "send", "", "?", None, None, None, "low", "", "not recorded"),  # noqa: E501
    Transition("uncollectible", "void", "", "void", 200, None, None, "medium", "", "docs workflow-transitions (explicit row), overview; useautumn/autumn PR#1732, #3468; third-party note against it"),  # noqa: E501
    Transition("uncollectible", "mark_uncollectible", "", "uncollectible", 400, None, r"This invoice has already been marked uncollectible\.", "high", "", "Kiln 13 seq 54"),  # noqa: E501
    Transition("uncollectible", "add_lines", "", "uncollectible", 400, "invoice_not_editable", r"Invalid invoice: This invoice is no longer editable", "medium", "", "by analogy"),  # noqa: E501
    Transition("uncollectible", "create_credit_note", "amount-up-to-due", "uncollectible or paid", 200, None, None, "medium", "", "PostHog handbook PR#19057; docs"),  # noqa: E501
    Transition("uncollectible", "create_revision", "", "draft", 200, None, None, "medium", "", "docs invoice-revisions"),  # noqa: E501
    Transition("unknown", "retrieve", "param-in-the-error-invoice", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "delete", "param-in-the-error-invoice", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "send", "param-in-the-error-invoice", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "add_lines", "param-in-the-error-invoice", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "update_fields", "param-in-the-error-id", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "pay", "param-in-the-error-id", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "finalize", "param-in-the-error-id", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "void", "param-in-the-error-id", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("unknown", "mark_uncollectible", "param-in-the-error-id", "none", 404, "resource_missing", r"No such invoice: '.*'", "high", "", "Kiln 13 seq 68-76"),  # noqa: E501
    Transition("deleted", "retrieve", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "medium", "", "inferred from SDK retrieve types; Kiln 13 has the stub only (seq 65 is an item)"),  # noqa: E501
    Transition("deleted", "any-other", "", "none", 404, "resource_missing", r"No such invoice: '.*'", "low", "", "inferred from SDK types; not recorded"),  # noqa: E501
)
# fmt: on
