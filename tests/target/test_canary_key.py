"""A key is looked for everywhere it could have got to: exchanges, errors, descriptions, cassettes."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from conformance.errors import ConformanceError
from conformance.target.base import Request
from conformance.target.http import HttpTarget
from conformance.target.recording import recording
from conformance.target.settings import Auth, Settings
from tests.miniatures import FAULTS, miniature
from tests.target.conftest import KEY

FORMS = (KEY, quote(KEY, safe=""), base64.b64encode(f"{KEY}:".encode()).decode().rstrip("="), "c4n4ry")


def assert_silent(*things: object) -> None:
    for thing in things:
        text = f"{thing}{thing!r}"
        for form in FORMS:
            assert form not in text


@pytest.mark.parametrize("auth", [Auth.BEARER, Auth.BASIC])
@pytest.mark.parametrize(
    "name",
    sorted(FAULTS.keys() - {"slow_drip", "slow_headers", "hangs_on_pay", "endless_chunks", "gzip_bomb", "huge_body"}),
)
def test_no_server_gets_the_key_out_of_us(tmp_path, name, auth):
    with miniature(name) as server:
        inner = HttpTarget(Settings("mini", server.url, key=KEY, auth=auth, timeout=0.5))
        target = recording(inner, tmp_path, "mock")
        exchanges = []
        try:
            target.start()
            session = target.open("s")
            try:
                for method, path in (
                    ("POST", "/v1/invoices"),
                    ("GET", "/v1/invoices/in_1"),
                    ("POST", "/v1/invoices/in_1/pay"),
                ):
                    exchanges.append(session.send(Request(method, path), "step"))
            finally:
                session.close(complete=True)
        except ConformanceError as problem:
            assert_silent(problem, vars(problem))
        target.stop()
        assert_silent(*exchanges, target.describe(), inner.settings, inner.canary)
        if name == "says_the_key":  # the test sees something
            assert any(KEY in seen.get("authorization", "") or auth is Auth.BASIC for seen in server.seen)
            assert "[redacted]" in str(exchanges[-1].response)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert_silent(path.read_text())
