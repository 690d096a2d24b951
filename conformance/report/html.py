"""The report as one offline HTML file. Everything from a target is data to it, never markup.

The page is a viewer of `page_data`: the data stands in it as JSON, the script builds every node with ``textContent``,
and the content security policy allows that one script and that one style sheet and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.report.page_data import page_data, when
from conformance.results.model import Outcome
from conformance.results.verdict import Conclusion, Verdict, verdict

if TYPE_CHECKING:
    from jinja2 import Template

    from conformance.results.journal import Run

_FOLDER = Path(__file__).with_name("page")
_SCRIPTS = ("dom.js", "json.js", "state.js", "queue.js", "detail.js", "tabs.js", "main.js")
_TONE = {Conclusion.CONFORMS: "pass", Conclusion.STALE_BASELINE: "known"}


def render(run: Run) -> str:
    """The whole file."""
    import orjson
    from markupsafe import Markup

    judged = verdict(run)
    style = _read("style.css")
    script = "'use strict';\n(() => {\n" + "\n".join(_read(name) for name in _SCRIPTS) + "\n})();\n"
    data = orjson.dumps(page_data(run), default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return template().render(
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own files
        data=Markup(inert(data)),  # noqa: S704 - made inert just here
        **_head(run, judged),
    )


@cache
def template() -> Template:
    """The page, compiled."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html.jinja")


def inert(json: str) -> str:
    """JSON that cannot end the element it stands in: every ``<`` in it is within a string, so it may be escaped."""
    return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _head(run: Run, judged: Verdict) -> dict[str, Any]:
    target = run.header.target
    seconds = f"{run.footer.ended - run.header.started:.1f} s" if run.footer else "unknown"
    return {
        "word": judged.conclusion.value,
        "tone": _TONE.get(judged.conclusion, "fail"),
        "reasons": [reason for reason in judged.reasons if reason != judged.incomplete],
        "incomplete": judged.incomplete,
        "target": str(target.get("name") or target.get("url") or "?"),
        "facts": [
            ("URL", str(target.get("url") or "–")),
            ("API version", run.header.api_version),
            ("suite", run.header.suite_version),
            ("started", when(run.header.started)),
            ("took", seconds),
            ("scenarios", f"{len(run.scenarios):,}"),
            ("checks", f"{judged.checks:,}"),
        ],
        "red": judged.counts.get(Outcome.FAIL, 0) + judged.counts.get(Outcome.NOT_TESTABLE, 0),
    }


def _policy(style: str, script: str) -> str:
    ours = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {ours}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
