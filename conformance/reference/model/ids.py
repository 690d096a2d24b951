"""Ids, tokens and request ids: derived from (seed, account key, counter), so the same calls give the same bytes."""

from __future__ import annotations

from hashlib import blake2b

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LETTERS = bytes(_ALPHABET[i % 62] for i in range(256))
_UPPER = bytes(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[i % 36] for i in range(256))

#: How many characters follow the prefix; 24 where nothing is said (INV-OBJ-001, INV-OBJ-002, INV-OBJ-044).
_LENGTHS = {"cus_": 14, "req_": 14, "prod_": 14, "si_": 14, "": 8}


class Minter:
    """Ids of one account; ``made`` is how many there are so far."""

    __slots__ = ("_salt", "made")

    def __init__(self, seed: str, account: str) -> None:
        self._salt = f"{seed}\0{account}\0".encode()
        self.made = 0

    def new(self, prefix: str) -> str:
        """``in_…``: 24 letters and digits beginning with 1, as Stripe's own ids do; shorter for the kinds that are."""
        length = _LENGTHS.get(prefix, 24)
        text = self.token(length)
        return prefix + (f"1{text[1:]}" if length == 24 else text)

    def token(self, length: int, *, upper: bool = False) -> str:
        """The next ``length`` letters and digits of this account."""
        digest = blake2b(self._salt + b"%d" % self.made, digest_size=min(length, 64)).digest()
        self.made += 1
        return digest.translate(_UPPER if upper else _LETTERS).decode()


def fixed(*parts: str, length: int = 16) -> str:
    """Letters and digits that depend on ``parts`` alone (account ids, card fingerprints)."""
    return blake2b("\0".join(parts).encode(), digest_size=length).digest().translate(_LETTERS).decode()
