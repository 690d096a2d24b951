"""stripe-node, unmodified but for its base address, against ``stripe-conformance serve``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.served import SECRET, Received, Served, serving_with_webhook

LIFECYCLE = Path(__file__).with_name("sdk_lifecycle.mjs")
#: A release before basil and the newest, with the API version each asks for.
RELEASES = {"17.7.0": "2025-02-24.acacia", "23.1.0": "2026-10-28.endive"}
SDKS = os.environ.get("STRIPE_SDKS", "")
STEPS = 12

pytestmark = pytest.mark.skipif(
    not (SDKS and shutil.which("npm")),
    reason="STRIPE_SDKS names no folder for releases, or there is no npm (nox -s sdks)",
)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Served, Received]]:
    with serving_with_webhook() as both:
        yield both


def package(release: str) -> Path:
    """The release under ``STRIPE_SDKS``, put there when it is missing."""
    home = Path(SDKS) / f"node-{release}"
    if not (home / "node_modules" / "stripe").is_dir():
        home.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", home, f"stripe@{release}"]
        subprocess.run(command, check=True, timeout=300)
    return home / "node_modules" / "stripe"


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_lives_a_whole_life(served: tuple[Served, Received], release: str) -> None:
    server, webhook = served
    address = urlsplit(server.url)
    told = {
        "host": address.hostname,
        "port": address.port,
        "key": f"sk_test_node{release}",
        "secret": SECRET,
        "payload": webhook.payload.decode(),
        "signature": webhook.headers["stripe-signature"],
    }
    command = ["node", LIFECYCLE, package(release)]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["release"], report["api_version"]) == (release, RELEASES[release])
    assert {name: problem for name, problem in report["steps"].items() if problem} == {}
    assert len(report["steps"]) == STEPS
