"""``--stripe-config``: targets by name, from a file that is checked with its places."""

from __future__ import annotations

import sys
import textwrap

import pytest

from tests.plugin.conftest import Project

SERVER = """
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path.startswith("/v1/customers")
        one = {"id": "cus_1", "object": "customer", "name": "Ada", "livemode": False}
        many = {"object": "list", "data": [], "has_more": False, "url": "/v1/customers"}
        body = one if self.path.endswith("cus_1") else many
        if not known:
            text = f"Unrecognized request URL (GET: {self.path})."
            body = {"error": {"type": "invalid_request_error", "message": text}}
        data = json.dumps(body).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def configured(project: Project) -> Project:
    project.scenario("first")
    (project.path / "mock.py").write_text(textwrap.dedent(SERVER))
    (project.path / "conformance.toml").write_text(
        f'[targets.mine]\nurl = "http://127.0.0.1:{{port}}"\nstart = ["{sys.executable}", "mock.py", "{{port}}"]\n'
    )
    return project


def test_a_managed_server_is_started_for_the_run_and_shared_by_its_workers(configured: Project) -> None:
    configured.run(target="mine").assert_outcomes(passed=1)


def test_the_file_may_be_elsewhere(configured: Project) -> None:
    (configured.path / "etc").mkdir()
    text = (configured.path / "conformance.toml").read_text().replace("mock.py", str(configured.path / "mock.py"))
    (configured.path / "etc" / "targets.toml").write_text(text.replace("mine", "other"))
    configured.run("--stripe-config=etc/targets.toml", target="other").assert_outcomes(passed=1)


def test_a_typing_mistake_is_told_with_its_place(configured: Project) -> None:
    (configured.path / "conformance.toml").write_text('[targets.mine]\nurl = "http://127.0.0.1:1"\ntimeuot = 3\n')
    result = configured.run(target="mine")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*conformance.toml:3*timeuot*timeout*"])


def test_a_server_that_does_not_start_is_one_line_with_its_last_words(configured: Project) -> None:
    (configured.path / "mock.py").write_text("raise SystemExit('no such database')")
    result = configured.run(target="mine")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "no such database" in result.stderr.str()
    assert "Traceback" not in result.stderr.str() + result.stdout.str()
