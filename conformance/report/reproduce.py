"""How to see a failure again: the suite's own command, and the whole chain of requests as a shell script.

The script carries ids from one answer to the next, so it works against a target that mints new ones. The key is only
ever ``$STRIPE_KEY``.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.results.loading import NOT_KEPT
from conformance.target import encoding
from conformance.target.base import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.results.journal import Header
    from conformance.results.model import ScenarioResult
    from conformance.target.base import Exchange

#: What an id looks like. Nothing else of a hostile answer gets into a script unquoted.
_ID = re.compile(r"[A-Za-z]{2,20}_[A-Za-z0-9_]{2,100}")
_PART = re.compile(r"[A-Za-z0-9_]+")
_MOST_IDS = 2000
#: The options of a run that decide what a scenario meets, as the plugin and as the command call them.
_OPTIONS = {
    "--stripe-target": "--target",
    "--stripe-version": "--api-version",
    "--stripe-config": "--config",
    "--stripe-key-env": "--key-env",
    "--stripe-cassettes": "--cassettes",
}


_OF_RECORDINGS = ("audit", "replay")


def suite_command(header: Header, scenario: ScenarioResult) -> str:
    """``stripe-conformance run FILE --target … -k ID``; of a recording: ``audit FILE``, ``replay FILE --target …``."""
    if (command := header.command[1:2]) and command[0] in _OF_RECORDINGS:
        target = ["--target", str(header.target.get("name"))] if command[0] == "replay" else []
        return shlex.join(["stripe-conformance", command[0], scenario.file, *target])
    options = [word for name, value in _given(header) for word in (_OPTIONS[name], value)]
    return shlex.join(["stripe-conformance", "run", scenario.file, *options, "-k", scenario.id])


def pytest_command(header: Header, scenario: ScenarioResult) -> str:
    """``pytest FILE --stripe-target … -k ID``."""
    options = [f"{name}={value}" for name, value in _given(header)]
    return shlex.join(["pytest", scenario.file, *options, "-k", scenario.id])


def _given(header: Header) -> Iterator[tuple[str, str]]:
    """The options of the run; the target always, by its name where the command line does not tell it."""
    found: dict[str, str] = {}
    words = list(header.command)
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        ours = next((plugin for plugin, cli in _OPTIONS.items() if name in {plugin, cli}), None)
        if ours:
            found[ours] = value if equals else (words[at + 1] if at + 1 < len(words) else "")
    found.setdefault("--stripe-target", str(header.target.get("name") or header.target.get("url") or "reference"))
    yield from ((name, found[name]) for name in _OPTIONS if found.get(name))


def script(header: Header, scenario: ScenarioResult) -> str:
    """A POSIX shell script of curl and jq that sends the requests again; empty where no requests were kept."""
    steps = [(step.id, step.exchanges[-1]) for step in scenario.steps if step.exchanges]
    steps = [(name, exchange) for name, exchange in steps if exchange.detail != NOT_KEPT]
    if not steps:
        return ""
    chain = _Chain()
    sent = [chain.request(header, at, name, exchange) for at, (name, exchange) in enumerate(steps)]
    lines = [
        "#!/bin/sh",
        f"# {_comment(scenario.id)}: {_comment(scenario.title)}",
        "# Needs curl and jq, and the test key in STRIPE_KEY.",
        "set -u",
        f"BASE={shlex.quote(str(header.target.get('url') or 'https://api.stripe.com').rstrip('/'))}",
        ': "${STRIPE_KEY:?set it to the test key of the target}"',
    ]
    for at, text in enumerate(sent):
        lines += ["", *text]
        lines += [f'{name}=$(printf %s "$R{at}" | jq -r {shlex.quote(path)})' for name, path in chain.captured(at)]
    return "\n".join(lines) + "\n"


@dataclass
class _Chain:
    """Which answer first carried an id, and which of them are used later."""

    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def request(self, header: Header, at: int, step: str, exchange: Exchange) -> list[str]:
        request = exchange.request
        command = [f"R{at}=$(curl -sS -X {shlex.quote(request.method)}", f'"$BASE{self._path(request.path)}"']
        command += ['-u "$STRIPE_KEY:"', f"-H {shlex.quote(f'Stripe-Version: {header.api_version}')}"]
        command += [f"-H {self._word(f'{name}: {value}')}" for name, value in request.headers.items()]
        pairs = list(encoding.pairs(request.params))
        if request.method != "POST" and pairs:
            command.append("-G")
        command += [f"--data-urlencode {self._word(f'{name}={value}')}" for name, value in pairs]
        if exchange.response is not None:
            self._learn(at, parse_json(exchange.response.body))
        body = " \\\n  ".join(command) + ")"
        return [f"# {at + 1}. {_comment(step)}: {_was(exchange)}", body, f'printf "%s\\n" "$R{at}"']

    def captured(self, at: int) -> list[tuple[str, str]]:
        """The variables to take from the answer ``at``, with their jq paths."""
        return [(name, self.seen[id_][1]) for id_, name in self.names.items() if self.seen[id_][0] == at]

    def _learn(self, at: int, body: Any) -> None:
        for id_, path in _ids(body, "", 0):
            if len(self.seen) >= _MOST_IDS:
                return
            self.seen.setdefault(id_, (at, path))

    def _variable(self, id_: str) -> str:
        if id_ not in self.names:
            kind = re.sub(r"[^A-Z]", "", id_.partition("_")[0].upper()) or "ID"
            self.names[id_] = f"{kind}_{len(self.names) + 1}"
        return "${" + self.names[id_] + "}"

    def _path(self, path: str) -> str:
        """The path for use inside double quotes."""
        parts = encoding.path(path).split("/")
        return "/".join(self._variable(part) if part in self.seen else _in_quotes(part) for part in parts)

    def _word(self, text: str) -> str:
        """One shell word; a known id that stands after ``=`` or ``: `` becomes its variable."""
        head, mark, tail = text.partition("=")
        if mark and tail in self.seen:
            return f"{shlex.quote(head + mark)}" + f'"{self._variable(tail)}"'
        return shlex.quote(text)


def _ids(node: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every id in a body with its jq path, the body's own first."""
    if depth > 12:
        return
    if isinstance(node, dict):
        for key in sorted(node, key=lambda key: key != "id"):
            part = f".{key}" if _PART.fullmatch(key) and not key[0].isdigit() else f"[{json.dumps(key)}]"
            yield from _ids(node[key], (path or ".") + part if part[0] == "[" and not path else path + part, depth + 1)
    elif isinstance(node, list):
        for at, item in enumerate(node[:100]):
            yield from _ids(item, f"{path or '.'}[{at}]", depth + 1)
    elif isinstance(node, str) and _ID.fullmatch(node):
        yield node, path


def _in_quotes(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)[:200]


def _was(exchange: Exchange) -> str:
    return f"was HTTP {exchange.response.status}" if exchange.response else f"was {exchange.reply.value}"
