from __future__ import annotations

import json
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl

import pytest

from conformance.report import reproduce
from tests.report.sample import customer, draft, failed, opened
from tests.results import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

needs_curl_and_jq = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")


class _Handler(BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, list[tuple[str, str]], str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.seen.append((self.path, parse_qsl(body, keep_blank_values=True), self.headers.get("authorization", "")))
        kind = "cus" if "customers" in self.path else "in"
        answer = json.dumps({"id": f"{kind}_fresh{len(self.seen)}", "object": kind}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[tuple[str, list[Any]]]:
    _Handler.seen = []
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", _Handler.seen
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def chain() -> Any:
    last = opened(
        failed("body", "status", "open", "draft", "POST /v1/invoices/{id}/finalize"),
        params={"note": 'it\'s $HOME `x` "q"'},
    )
    return build.scenario("finalize", customer(), draft(), last)


@needs_curl_and_jq
def test_the_script_sends_the_chain_again_with_the_ids_of_the_new_answers(server: tuple[str, list[Any]]) -> None:
    url, seen = server
    script = reproduce.script(build.header(target={"name": "m", "url": url}), chain())
    done = subprocess.run(
        ["sh"],
        input=script,
        text=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "STRIPE_KEY": "sk_test_x"},
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [path for path, _, _ in seen] == ["/v1/customers", "/v1/invoices", "/v1/invoices/in_fresh2/finalize"]
    assert seen[0][1] == [("email", "a@example.com"), ("metadata[run]", "run_1")]
    assert seen[1][1] == [("customer", "cus_fresh1"), ("auto_advance", "false")]
    assert seen[2][1] == [("note", 'it\'s $HOME `x` "q"')]
    assert seen[0][2] == "Basic c2tfdGVzdF94Og=="
    assert "in_fresh3" in done.stdout


@needs_curl_and_jq
def test_nothing_that_a_target_says_is_run_by_the_shell(server: tuple[str, list[Any]], tmp_path: Path) -> None:
    url, _ = server
    evil = f"in_$(touch {tmp_path}/pwned)`touch {tmp_path}/pwned`'\";touch {tmp_path}/pwned;\n touch {tmp_path}/pwned"
    body = {"id": evil, evil: "cus_abc123", "x": [{"id": "in_inner1"}]}
    first = build.step(
        f"s\n{evil}", exchanges=(build.exchange(path="/v1/invoices", body=body, params={evil: evil}, headers={}),)
    )
    second = build.step(
        "t",
        build.check(),
        exchanges=(build.exchange(path=f"/v1/invoices/{evil}/pay", params={"customer": "cus_abc123"}),),
    )
    one = build.scenario(evil, first, second, title=evil)
    script = reproduce.script(build.header(target={"url": url}, api_version=evil), one)
    subprocess.run(
        ["sh"],
        input=script,
        text=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "STRIPE_KEY": "sk_test_x"},
        timeout=30,
        check=False,
    )
    assert not (tmp_path / "pwned").exists()


def test_a_read_sends_its_parameters_in_the_query() -> None:
    one = build.scenario(
        "a", build.step("s", build.check(), exchanges=(build.exchange("GET", "/v1/invoices", params={"limit": 3}),))
    )
    script = reproduce.script(build.header(), one)
    assert "-X GET" in script
    assert "  -G \\\n  --data-urlencode limit=3" in script


def test_without_kept_requests_there_is_no_script() -> None:
    assert reproduce.script(build.header(), build.untaken("a")) == ""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("run", "--target", "http://127.0.0.1:9", "-c", "4"), "--target http://127.0.0.1:9"),
        (("--stripe-target=mock", "--stripe-version=2024-06-20", "-q"), "--target mock --api-version 2024-06-20"),
        ((), "--target mock"),
    ],
)
def test_the_command_keeps_what_decided_the_run(command: tuple[str, ...], expected: str) -> None:
    line = reproduce.suite_command(build.header(command=command), build.failing("void[open]"))
    assert line == f"stripe-conformance run {build.FILE} {expected} -k 'void[open]'"


def test_the_pytest_command_uses_the_plugins_options() -> None:
    line = reproduce.pytest_command(build.header(command=("--target", "mock", "--key-env", "KEY")), build.failing("a"))
    assert line == f"pytest {build.FILE} --stripe-target=mock --stripe-key-env=KEY -k a"
