"""The page in a real browser, where one is installed: it draws itself, and nothing of a target's runs in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from conformance.report import html
from tests.report.sample import sample
from tests.results import build

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--dump-dom",
)


def drawn(page: str, folder: Path, hash_: str = "") -> str:
    """The document as it is once the script has run; fails for an error on the console."""
    (folder / "report.html").write_text(page, encoding="utf-8")
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        f"file://{folder / 'report.html'}{hash_}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert not re.findall(r"CONSOLE.*", done.stderr)
    return done.stdout


def test_the_queue_is_drawn_and_hostile_text_is_only_text(tmp_path: Path) -> None:
    dom = drawn(html.render(sample(12)), tmp_path, "#hostile")
    assert dom.count("<script") == 2
    assert "<img" not in dom
    assert len(re.findall(r'class="item"', dom)) > 10
    assert "What hostile is about</h2>" in dom
    assert "&lt;img src=x onerror=alert(2)&gt;" in dom
    assert not re.search("[\x1b\u202e]", dom.partition('id="data"')[0])


def test_a_run_of_nothing_is_drawn(tmp_path: Path) -> None:
    dom = drawn(html.render(build.run(footer=False)), tmp_path)
    assert "No scenario ran" in dom
    assert "This run is not whole." in dom


@pytest.mark.parametrize(("view", "says"), [("requirements", "INV-FIN-001"), ("run", "Slowest scenarios")])
def test_the_other_views_are_drawn(tmp_path: Path, view: str, says: str) -> None:
    assert f">{says}<" in drawn(html.render(sample(6)), tmp_path, f"#view={view}")


def test_a_cause_of_very_many_scenarios_leaves_the_next_one_in_sight(tmp_path: Path) -> None:
    """Causes are numbered as in the terminal; of the first a few scenarios are shown, of the others none."""
    dom = drawn(html.render(sample(60, hostile=False)), tmp_path)
    ranks = re.findall(r'class="sentence">(\d+)\. ', dom)
    assert ranks == [str(n) for n in range(1, len(ranks) + 1)]
    assert len(ranks) > 2
    first, _, others = dom.partition('class="sentence">2. ')
    assert first.count('class="item"') == 5
    assert re.search(r"Show \d+ more", first)
    assert 'class="item"' not in others.partition("Passing")[0]
