"""The ledger: tables, ids, clock, money, totals, payments, events. Knows no HTTP."""
