"""Idempotency keys: what the first request with a key was, and what it was answered (INV-API-013..019)."""

from __future__ import annotations

from typing import NamedTuple

from conformance.reference.model.problems import problem

MOST = 20_000
MOST_LETTERS = 255


class Answer(NamedTuple):
    """A finished answer and the request it belongs to."""

    status: int
    body: bytes
    request_id: str
    version: str


class First(NamedTuple):
    path: str
    form: bytes
    answer: Answer


class Replays:
    """The keys of one account; the oldest are forgotten."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[str, First] = {}

    def find(self, key: str, path: str, form: bytes) -> Answer | None:
        """The first answer, None for a new key. Raise when the key was used for something else (INV-API-014,
        INV-API-015).
        """
        if len(key) > MOST_LETTERS:
            raise problem(
                f"Idempotency keys are at most {MOST_LETTERS} characters long.", type="idempotency_error", stored=False
            )
        first = self._kept.get(key)
        if first is None:
            return None
        if first.path != path:
            raise problem(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for "
                f"('{path}' vs '{first.path}'). "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                type="idempotency_error",
                stored=False,
            )
        if first.form != form:
            raise problem(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                type="idempotency_error",
                stored=False,
            )
        return first.answer

    def keep(self, key: str, path: str, form: bytes, answer: Answer) -> None:
        self._kept[key] = First(path, form, answer)
        if len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
