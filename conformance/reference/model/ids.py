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
        number = self.made
        self.made = number + 1
        return self.numbered(number, prefix)

    def take(self) -> int:
        """The next number; what is made of it may be made later."""
        number = self.made
        self.made = number + 1
        return number

    def numbered(self, number: int, prefix: str) -> str:
        """The id that ``new`` makes of this number."""
        length = _LENGTHS.get(prefix, 24)
        text = self._letters(number, length, _LETTERS)
        return f"{prefix}1{text[1:]}" if length == 24 else prefix + text

    def token(self, length: int, *, upper: bool = False) -> str:
        """The next ``length`` letters and digits of this account."""
        return self._letters(self.take(), min(length, 64), _UPPER if upper else _LETTERS)

    def _letters(self, number: int, length: int, alphabet: bytes) -> str:
        return blake2b(self._salt + b"%d" % number, digest_size=length).digest().translate(alphabet).decode()


def fixed(*parts: str, length: int = 16) -> str:
    """Letters and digits that depend on ``parts`` alone (account ids, card fingerprints)."""
    return blake2b("\0".join(parts).encode(), digest_size=length).digest().translate(_LETTERS).decode()
