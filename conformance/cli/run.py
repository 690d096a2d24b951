"""``stripe-conformance run``: the scenarios against a target, through pytest, with our exit codes."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

import click

from conformance.errors import ConformanceError, ExitCode
from conformance.paths import data

_INI = Path(__file__).with_name("pytest.ini")

#: What pytest would do around each of our items, or has no use for here.
_PLUGINS = ("cacheprovider", "doctest", "logging", "pastebin", "threadexception", "unittest", "unraisableexception")
_NOT_NEEDED = [part for name in _PLUGINS for part in ("-p", f"no:{name}")]

#: pytest's exit code where no verdict came of the run.
_WITHOUT_VERDICT = {2: ExitCode.INCOMPLETE, 3: ExitCode.INTERNAL, 4: ExitCode.USAGE, 5: ExitCode.INCOMPLETE}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--target",
    "-t",
    default="reference",
    show_default=True,
    help="reference, cassettes, stripe, a URL, or a name from conformance.toml.",
)
@click.option(
    "--api-version",
    metavar="VERSION",
    help="Stripe API version to ask for (default: the target's, else the newest known).",
)
@click.option("--config", "config_file", metavar="FILE", help="conformance.toml to read (default: searched upward).")
@click.option("--key-env", metavar="NAME", help="Environment variable that holds the target's test key.")
@click.option(
    "--concurrency",
    "-c",
    type=click.IntRange(1, 256),
    help="Scenarios in flight at once in one process; for targets that are slow to answer.",
)
@click.option(
    "-n",
    "workers",
    metavar="N",
    default="0",
    show_default=True,
    help="Processes (pytest-xdist); each has a reference of its own.",
)
@click.option("-k", "keyword", metavar="EXPR", help="Only scenarios whose id matches, as pytest's -k.")
@click.option("-x", "first", is_flag=True, help="Stop at the first scenario that does not conform.")
@click.option("--record", metavar="DIR", help="Write a redacted cassette per scenario that holds under DIR.")
@click.option("--cassettes", metavar="DIR", help="Folder that the target 'cassettes' replays.")
@click.option(
    "--baseline",
    metavar="FILE",
    help="Known failures of this target; an entry that passes makes the run fail (exit 2).",
)
@click.option(
    "--report-dir",
    metavar="DIR",
    default="reports",
    show_default=True,
    help="Where journal.ndjson, report.html and junit.xml go.",
)
@click.option(
    "--evidence",
    type=click.Choice(["failures", "all"]),
    default="failures",
    show_default=True,
    help="Whose requests and responses the journal keeps.",
)
@click.option("--judge", type=click.Choice(["sdk"]), help="Ask stripe-python, too, about every answer.")
@click.option("--verbose", "-v", is_flag=True, help="One line per scenario.")
def command(**options: Any) -> ExitCode:
    """Run scenarios against a target and say what to fix next.

    PATHS are scenario files or folders, yours or ours; without any, the whole library runs.

    \b
    Examples:
      stripe-conformance run                                    the library against the embedded reference
      stripe-conformance run --target http://127.0.0.1:8420     a mock of yours that is already running
      stripe-conformance run -t stripe -c 8                     Stripe test mode (key: STRIPE_TEST_SECRET_KEY)
      stripe-conformance run my-scenarios/ -t mock -k void      your scenarios, a target from conformance.toml

    \b
    Exit codes:
      0 conforms   1 does not   2 stale baseline   3 incomplete or not testable   4 usage or lint   5 our own error
    """
    gc.set_threshold(50_000, 10, 10)  # a run keeps most of what it makes: looking for garbage costs it a tenth
    paths = [Path(path) for path in options["paths"]] or [data("scenarios")]
    _check_scenarios(paths)
    return run(_arguments(options, paths))


def _check_scenarios(paths: list[Path]) -> None:
    """Say every problem of every file, a line each, before anything is started."""
    from conformance.scenario.loader import Library, discover, examine

    library = Library()
    problems: list[ConformanceError] = []
    files = discover(paths)
    for file in files:
        try:
            library.load(file)
        except ConformanceError as problem:
            problems += examine(file).problems or [problem]
    for one in problems[:-1]:
        click.echo(str(one), err=True)
    if problems:
        raise problems[-1]
    if not files:
        raise NoScenarios(
            f"no scenarios in {', '.join(map(str, paths))}", hint="A scenario is a .yaml file with `id:` and `steps:`."
        )


class NoScenarios(ConformanceError):
    """The paths hold nothing to run."""

    code = "no-scenarios"


def _arguments(options: dict[str, Any], paths: list[Path]) -> list[str]:
    """The pytest command line of a run: apart from the caller's pytest settings and plugins."""
    ours = {
        "--stripe-target": options["target"],
        "--stripe-version": options["api_version"],
        "--stripe-config": options["config_file"],
        "--stripe-key-env": options["key_env"],
        "--stripe-concurrency": options["concurrency"],
        "--stripe-record": options["record"],
        "--stripe-cassettes": options["cassettes"],
        "--stripe-baseline": options["baseline"],
        "--stripe-report-dir": options["report_dir"],
        "--stripe-evidence": options["evidence"],
        "--stripe-judge": options["judge"],
    }
    arguments = [f"{name}={value}" for name, value in ours.items() if value is not None]
    arguments += [
        "-c",
        str(_INI),
        f"--rootdir={Path.cwd()}",
        "--noconftest",
        *_NOT_NEEDED,
        "--capture=no",
        "--tb=no",
        "--no-header",
        "-rN",
    ]
    arguments += ["-v"] if options["verbose"] else ["-q"]
    if options["keyword"]:
        arguments += ["-k", options["keyword"]]
    if options["first"]:
        arguments.append("-x")
    if options["workers"] not in {"0", ""}:
        arguments += ["-p", "xdist", "-n", options["workers"]]
    return [*arguments, *map(str, paths)]


class _Witness:
    """A pytest plugin that keeps the finished run where the command can see it."""

    run: Any = None

    def pytest_unconfigure(self, config: Any) -> None:
        from conformance.pytest_plugin.records import RUN

        self.run = config.stash.get(RUN, None)


def run(arguments: list[str]) -> ExitCode:
    """Run pytest in this process with ``arguments`` and give our exit code."""
    import pytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    witness = _Witness()
    code = pytest.main(["-p", "conformance.pytest_plugin", *arguments], plugins=[witness])
    sys.stdout.flush()
    if witness.run is None or int(code) == pytest.ExitCode.USAGE_ERROR:
        return _WITHOUT_VERDICT.get(int(code), ExitCode.INTERNAL if code else ExitCode.INCOMPLETE)
    from conformance.results.verdict import verdict

    return verdict(witness.run).exit_code
