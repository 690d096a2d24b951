from __future__ import annotations

import subprocess
import sys

import pytest

from conformance.target.base import Reply, Request
from conformance.target.config import Options, load
from conformance.target.process import TargetNotStarted
from conformance.target.reference import ReferenceTarget
from conformance.target.settings import Settings
from tests.target.conftest import ask


@pytest.fixture
def reference(request):
    target = load("reference", Options(environ={}, **getattr(request, "param", {})))
    target.start()
    yield target
    target.stop()


def test_the_reference_is_started_as_a_process_and_answers(reference):
    session = reference.open("s")
    customer = session.send(Request("POST", "/v1/customers", {"email": "jenny@example.com"}), "customer")
    invoice = session.send(Request("POST", "/v1/invoices", {"customer": customer.response.json["id"]}), "invoice")
    assert (invoice.reply, invoice.response.json["status"]) == (Reply.ANSWERED, "draft")
    assert reference.canary.learned
    session.close()


def test_this_package_does_not_import_it():
    script = "import conformance.target.reference, sys; sys.exit('conformance.reference' in ' '.join(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_all_scenarios_of_a_run_share_an_account(reference):
    made = ask(reference, Request("POST", "/v1/customers"), "one").response.json["id"]
    assert ask(reference, Request("GET", f"/v1/customers/{made}"), "two").response.status == 200


def test_a_recording_has_an_account_for_each_scenario_and_a_clock_that_stands_still(tmp_path):
    bodies = []
    for order in (("one", "two"), ("two", "one")):
        target = load("reference", Options(record=tmp_path, environ={}))
        target.start()
        try:
            made = {}
            for scenario in order:
                session = target.open(scenario)
                made[scenario] = session.send(Request("POST", "/v1/customers", {"name": "x"}), "make").response
                session.close(complete=False)
        finally:
            target.stop()
        bodies.append(made)
    assert bodies[0]["one"].json["id"] != bodies[0]["two"].json["id"]
    for scenario in ("one", "two"):
        assert bodies[0][scenario].body == bodies[1][scenario].body
        assert bodies[0][scenario].headers == bodies[1][scenario].headers


def test_a_reference_that_is_killed_comes_back(reference):
    reference._process._child.kill()
    reference._process._child.wait()
    assert ask(reference, Request("GET", "/v1/customers")).reply in {Reply.CRASHED, Reply.UNREACHABLE}
    assert ask(reference, Request("GET", "/v1/customers"), "next").reply is Reply.ANSWERED


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; sys.exit('no module of that name')", "no module of that name"),
        ("print('hello')", "did not start"),
        ("", "wrote nothing"),
    ],
)
def test_a_reference_that_does_not_start_says_why(script, said):
    class Broken(ReferenceTarget):
        def command(self):
            return [sys.executable, "-c", script]

    with pytest.raises(TargetNotStarted, match=said):
        Broken(Settings("reference", "http://127.0.0.1:0")).start()
