"""What each endpoint does: small functions over a ``Call``, one module per resource."""
