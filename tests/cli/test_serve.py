"""The command as somebody starts it: what it says, what it serves, how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import urllib3

from conformance.cli.serve import banner, farewell
from tests.served import receiving, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ran

FACTS = {"listening": "http://127.0.0.1:12111", "api_version": "2026-10-28.endive"}
ENDED = {"requests": 2, "undelivered": 0, "unkept": 0}


def ask(url: str, path: str, key: str = "sk_test_conformance", body: str | None = None) -> urllib3.BaseHTTPResponse:
    headers = {"Authorization": f"Bearer {key}"}
    return urllib3.request("GET" if body is None else "POST", url + path, body=body, headers=headers, retries=False)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(how: signal.Signals) -> None:
    with serving() as served:
        assert ask(served.url, "/v1/customers", body="name=A").status == 200
        code, out, err = served.stop(how)
    assert (code, out.strip(), err) == (0, "Stopped after 1 request.", "")
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(served.url, "/v1/customers")


def test_it_dies_with_its_terminal() -> None:
    with serving() as served:
        served.process.kill()
        served.stop()
        time.sleep(2)
        with pytest.raises(urllib3.exceptions.HTTPError):
            ask(served.url, "/v1/customers")


def test_a_client_in_mid_air_does_not_keep_it_from_stopping() -> None:
    with serving() as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as idle:
            idle.sendall(b"POST /v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nname=")
            begun = time.monotonic()
            assert served.stop()[0] == 0
            assert time.monotonic() - begun < 5


def test_the_curl_line_it_shows_works() -> None:
    with serving() as served:
        line = next(text for text in served.banner.splitlines() if text.split()[:1] == ["curl"])
        done = subprocess.run([*shlex.split(line)[1:], "-s"], capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["email"] == "jenny@example.com"
        reset = next(text for text in served.banner.splitlines() if text.split()[:1] == ["reset"])
        command = shlex.split(reset)[1 : shlex.split(reset).index("-u") + 2]
        assert json.loads(subprocess.run([*command, "-s"], capture_output=True, check=True).stdout) == {"reset": True}
        assert json.loads(ask(served.url, "/v1/customers").data)["data"] == []


def test_the_python_line_it_shows_works() -> None:
    with serving() as served:
        found = re.search(r"stripe-python\s+(stripe\..+)", served.banner)
        assert found
        script = f"import stripe; print({found[1]}.v1.customers.create({{'name': 'A'}}).name)"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "A\n"


def test_each_key_is_an_account() -> None:
    with serving() as served:
        made = json.loads(ask(served.url, "/v1/customers", "sk_test_one", "name=A").data)["id"]
        assert ask(served.url, f"/v1/customers/{made}", "sk_test_one").status == 200
        assert ask(served.url, f"/v1/customers/{made}", "sk_test_two").status == 404
        assert ask(served.url, "/v1/customers", "sk_live_abc").status == 401


def test_options_reach_the_server() -> None:
    options = ["--api-version", "2024-06-20", "--seed", "7", "--clock", "2026-11-01T00:00:00Z"]
    bodies = []
    for _ in range(2):
        with serving(*options) as served:
            assert "2024-06-20" in served.banner
            answer = ask(served.url, "/v1/customers", body="name=A")
            assert answer.headers["stripe-version"] == "2024-06-20"
            bodies.append(answer.data)
    assert bodies[0] == bodies[1]
    assert json.loads(bodies[0])["created"] == 1793491200


def test_state_outlives_the_server(tmp_path: Path) -> None:
    """The file is named from where the user is, not from where the server runs."""
    with serving("--state", "my.state", cwd=str(tmp_path)) as served:
        made = json.loads(ask(served.url, "/v1/customers", body="name=A").data)["id"]
        assert "my.state" in served.stop()[1]
    assert (tmp_path / "my.state").is_file()
    with serving("--state", "my.state", cwd=str(tmp_path)) as served:
        assert json.loads(ask(served.url, f"/v1/customers/{made}").data)["name"] == "A"
        out = served.stop()[1]
    assert "1 change, 1 account" in served.banner
    assert "Stopped after 1 request;" in out


def test_webhooks_go_where_they_were_asked_to() -> None:
    import stripe

    with receiving() as receiver, serving("--webhook", receiver.url) as served:
        ask(served.url, "/v1/customers", body="name=A")
        came = receiver.next()
        code, _, err = served.stop()
    found = re.search(r"signed with (whsec_\w+)", served.banner)
    assert found
    event = stripe.Webhook.construct_event(came.payload, came.headers["stripe-signature"], found[1])
    assert event.type == "customer.created"
    assert (code, err) == (0, "")


def test_what_did_not_arrive_is_said() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with serving("--webhook", f"http://127.0.0.1:{nobody.getsockname()[1]}/") as served:
            ask(served.url, "/v1/customers", body="name=A")
            _, out, err = served.stop()
    assert "1 event not delivered." in out
    assert "customer.created" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--api-version", "1999-01-01"], "unknown API version '1999-01-01'"),
        (["--clock", "yesterday"], "not a moment: 'yesterday'"),
        (["--webhook", "ftp://x"], "write http://host:port/path"),
        (["--webhook-secret", "hush"], "a secret begins with whsec_"),
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1:"),
        (["--state", "/dev/null"], "not a plain file"),
        (["--seed=--quiet", "--clock", "x"], "not a moment: 'x'"),
    ],
)
def test_what_it_cannot_do_is_one_line(cli: Callable[..., Ran], options: list[str], said: str) -> None:
    ran = cli("serve", "--port", "0", *options)
    assert ran.code == 4
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert said in ran.err
    assert "python -m" not in ran.err


def test_a_port_in_use_is_one_line(cli: Callable[..., Ran]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = cli("serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == 4
    assert ran.err.startswith("stripe-conformance: cannot listen on 127.0.0.1:")
    assert len(ran.err.splitlines()) == 1


def test_a_server_that_ends_by_itself_is_our_fault() -> None:
    with serving() as served:
        assert served.process.stdout is not None
        children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
        if not children.exists():
            pytest.skip("no /proc here to find the server in")
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        _, err = served.process.communicate(timeout=15)
    assert served.process.returncode == 5
    assert "ended by itself" in err


def test_whoever_listens_to_the_world_is_told() -> None:
    said = "\n".join(banner({**FACTS, "listening": "http://0.0.0.0:12111"}, None, ()))
    assert "any test key opens an account" in said
    assert "any test key" not in "\n".join(banner(FACTS, None, ()))


def test_names_with_terminal_codes_do_nothing() -> None:
    text = "\n".join(banner({**FACTS, "restored": 0, "accounts": 0}, Path("a\x1b[2Jb"), ()))
    assert "\x1b" not in text
    assert "\x1b" not in farewell(ENDED, Path("a\x1b[2Jb"))


def test_nothing_but_a_process_connects_it_to_the_reference() -> None:
    script = "import conformance.cli.serve, sys; sys.exit('conformance.reference' in ' '.join(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
