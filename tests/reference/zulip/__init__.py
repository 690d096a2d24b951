"""Flows of an application that recorded Stripe's answers without its requests, rebuilt: `recorded` reads them,
`inferred` says what must have been sent, `order` in which order, `rebuilt` sends it and compares.
"""
