# ruff: noqa: E501 - a table is read by columns
"""What servers may do as they like: no scenario may fail for any of it (a field that nobody knows is worth a warning)."""

from __future__ import annotations

import gzip

import orjson

from conformance.reference.misbehaviour.tools import Heard, Misbehaviour, Plant, instead, on_answer, shown
from conformance.reference.model.table import Body


def _cross_origin(heard: Heard) -> None:
    heard.headers["access-control-allow-origin"] = "*"
    heard.headers["access-control-expose-headers"] = "Request-Id"
    heard.headers["server"] = "mock/1.0"


def _zipped(heard: Heard) -> None:
    heard.body = gzip.compress(orjson.dumps(heard.body, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    heard.headers["content-encoding"] = "gzip"


def _with_charset(heard: Heard) -> None:
    heard.headers["content-type"] = "application/json; charset=utf-8"


def _in_order() -> Plant:
    """Ids that count."""
    made = [0]

    def new(_: object, __: object, prefix: str) -> str:
        made[0] += 1
        return f"{prefix}{made[0]:06d}"

    return instead("model.world.World.new", new)


def _newer(one: Body) -> None:
    """Stripe adds fields to old versions, too."""
    one["brand_new_field"] = None
    one["another_new_object"] = {"enabled": False, "since": None}


def _wordy(heard: Heard) -> None:
    if heard.status >= 400:
        heard.body["error"]["charge_advice"] = "An additional member of an error."


# fmt: off
_EACH: tuple[Misbehaviour, ...] = (
    Misbehaviour("harmless-cors", "", "answers have CORS headers and name their server", on_answer(_cross_origin)),
    Misbehaviour("harmless-charset", "", "the content type names a charset", on_answer(_with_charset)),
    Misbehaviour("harmless-ids", "", "ids count up", _in_order()),
    Misbehaviour("harmless-new-fields", "", "invoices have fields that Stripe may add tomorrow", shown("invoice", _newer)),
    Misbehaviour("harmless-new-line-fields", "", "lines have fields that Stripe may add tomorrow", shown("line_item", _newer)),
    Misbehaviour("harmless-error-fields", "", "errors have members that Stripe may add tomorrow", on_answer(_wordy)),
    Misbehaviour("harmless-gzip", "", "answers are compressed, JSON in them is indented and sorted", on_answer(_zipped)),
)
# fmt: on


def _all_at_once() -> None:
    for one in _EACH:
        one.plant()


HARMLESS: tuple[Misbehaviour, ...] = (*_EACH, Misbehaviour("harmless", "", "all of them at once", _all_at_once))
