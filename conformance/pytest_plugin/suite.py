"""The plugin object of a run with a target: collects scenario files, runs them, keeps the journal."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import ConformanceError
from conformance.pytest_plugin.ahead import Ahead
from conformance.pytest_plugin.items import ScenarioFile, ScenarioItem
from conformance.pytest_plugin.records import Records
from conformance.results.model import Outcome, ScenarioResult
from conformance.results.verdict import verdict
from conformance.scenario.loader import Library, is_scenario_file
from conformance.scenario.model import Scenario

#: outcome -> pytest's category, letter, word; the rest is pytest's own passed / failed / skipped.
_STATUS: dict[str, tuple[str, str, tuple[str, dict[str, bool]]]] = {
    Outcome.WARNING.value: ("passed", "w", ("PASSED with warnings", {"yellow": True})),
    Outcome.OBSERVATION.value: ("passed", "o", ("PASSED with observations", {"green": True})),
    Outcome.KNOWN.value: ("known", "k", ("KNOWN", {"yellow": True})),
    Outcome.NOT_TESTABLE.value: ("not testable", "N", ("NOT TESTABLE", {"red": True})),
    Outcome.ERROR.value: ("error", "E", ("ERROR", {"red": True})),
}


class SuitePlugin:
    """Registered by `pytest_configure` when a target is named; one per process (controller, each xdist worker)."""

    def __init__(self, config: pytest.Config, target: str) -> None:
        self.config = config
        self.worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self.controls_workers = self.worker is None and bool(config.getoption("numprocesses", None))
        self.library = Library()
        self.run_id = self._run_id(target)
        self.records = Records(config, self.run_id, self.worker, controls_workers=self.controls_workers)
        self._spec = target
        self._starting: Future[None] | None = None
        self._ahead: Ahead | None = None
        self._files: dict[str, str] = {}
        self._order: Sequence[str] = ()
        try:
            self.target = self._load_target()
        except ConformanceError as problem:
            raise pytest.UsageError(str(problem)) from None
        self.redactor = self.records.redactor(self.target.secrets())

    def _run_id(self, target: str) -> str:
        """Recordings and replays share one run id: it is part of what is sent."""
        if target == "cassettes" or self.config.getoption("stripe_record"):
            return "recording"
        return str(self.worker["stripe_run_id"]) if self.worker else secrets.token_hex(4)

    def _load_target(self) -> Any:
        from conformance.target.config import Options, load

        option = self.config.getoption
        worker = self.worker or {}
        return load(
            self._spec,
            Options(
                config_file=_path(option("stripe_config")),
                api_version=option("stripe_version") or "",
                key_env=option("stripe_key_env") or "",
                concurrency=option("stripe_concurrency"),
                record=_path(option("stripe_record")),
                cassettes=_path(option("stripe_cassettes")),
                run_id=self.run_id,
                attached=worker.get("stripe_attached"),
                workers=int(worker.get("workercount", 1)),
            ),
        )

    # --- collection -------------------------------------------------------------------------------------------------

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take YAML files that look like scenarios; leave every other YAML file alone."""
        if file_path.suffix in {".yaml", ".yml"} and is_scenario_file(file_path):
            self._start_meanwhile()
            return ScenarioFile.of(parent, file_path, self)
        return None

    def _start_meanwhile(self) -> None:
        """Make the target ready while files are read: that is another process's work, or a wait for answers.

        Only where the command line asks for it: with a default in the settings, no scenario may be wanted at all.
        """
        option = self.config.option
        if self._starting is None and option.stripe_target and not (option.collectonly or self.controls_workers):
            self._starting = _in_background(self.target.start)

    def scenarios(self, path: Path) -> Sequence[Scenario]:
        """The scenarios of one file. Raises ConformanceError; an id that another file has is one of them."""
        document = self.library.load(path)
        for scenario in document.scenarios:
            other = self._files.setdefault(scenario.id, document.file)
            if other != document.file:
                raise ConformanceError(f"scenario {scenario.id!r} is also in {other}", hint="Ids are unique in a run.")
        return document.scenarios

    # --- running ----------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """With xdist the controller tries the target first: a bad one is one error, not one per worker."""
        if self.controls_workers and not session.config.option.collectonly:
            self._start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Start the target and the first scenarios once it is known what will run."""
        scenarios = [item.scenario for item in session.items if isinstance(item, ScenarioItem)]
        if session.config.option.collectonly or self.controls_workers or not scenarios:
            return
        self._start()
        self.records.open(self.target, [scenario.id for scenario in scenarios])
        self._ahead = Ahead(self._engine().run, self._width())
        if self.worker is None:  # an xdist worker learns its scenarios one by one
            self._ahead.start(scenarios, self.records.prepare)

    def _width(self) -> int:
        if self.worker is not None:
            return 1
        return int(self.target.concurrency)

    def _start(self) -> None:
        self._starting = self._starting or _in_background(self.target.start)
        try:
            self._starting.result()
        except ConformanceError as problem:
            self.target.stop()
            raise pytest.UsageError(str(problem)) from None

    def _engine(self) -> Any:
        from conformance.contract import for_version
        from conformance.contract.requirements import get
        from conformance.engine.plan import Planner
        from conformance.engine.run import Engine

        version = self.target.api_version
        planner = Planner(self.library.setups, get, version)
        return Engine(self.target, planner, for_version(version), self.run_id, self._judges())

    def _judges(self) -> tuple[Any, ...]:
        if self.config.getoption("stripe_judge") != "sdk":
            return ()
        from conformance.engine.sdk import sdk_judge

        return (sdk_judge(),)

    def perform(self, scenario: Scenario) -> ScenarioResult:
        """Run one scenario and keep its result. Raises ConformanceError where the run must end."""
        assert self._ahead is not None
        return self.records.keep(self._ahead.result(scenario))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put our outcome on the report: a plain attribute, which xdist carries to the controller."""
        report = yield
        if call.when == "call" and isinstance(item, ScenarioItem) and item.outcome is not None:
            report.stripe_outcome = item.outcome.value  # type: ignore[attr-defined]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Any:
        """Our outcomes where pytest has no word for them."""
        return _STATUS.get(getattr(report, "stripe_outcome", ""))

    # --- xdist ------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell each worker the run it belongs to and the server that the controller started for all."""
        node.workerinput["stripe_run_id"] = self.run_id
        node.workerinput["stripe_attached"] = self.target.attached

    # --- ending -----------------------------------------------------------------------------------------------------

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:  # noqa: ARG002
        """Every worker collects the same; the order of the merged journal is theirs."""
        self._order = [id.rsplit("::", 1)[-1] for id in ids]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the journal, stop the target; the process that has the whole run writes the reports."""
        if self._ahead is not None:
            self._ahead.stop()
        if self._starting is not None:
            self._starting.exception()  # it may still be on its way: what it started is stopped as well
            self.target.stop()
        run = self.records.close(stopped=_stopped(session), order=self._order)
        if run is not None and session.exitstatus == pytest.ExitCode.OK and verdict(run).exit_code:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED  # a stale baseline, or nothing was checked

    def pytest_report_header(self) -> str:
        """One line: what is asked, at which version."""
        return f"stripe target: {self.target.name}, API version {self.target.api_version}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The summary by cause, and where the report is."""
        text = self.records.summary(color=terminalreporter.hasmarkup, width=shutil.get_terminal_size().columns)
        if text:
            terminalreporter.write_line(text)


def _in_background(work: Callable[[], None]) -> Future[None]:
    """``work`` in a thread of its own; its result or its exception is for whoever asks."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="start")
    try:
        return pool.submit(work)
    finally:
        pool.shutdown(wait=False)


def _stopped(session: pytest.Session) -> str:
    """Why the session ended before its last item, or an empty string."""
    if session.exitstatus == pytest.ExitCode.INTERRUPTED:
        return "interrupted"
    if session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        return "internal error"
    return str(session.shouldfail or session.shouldstop or "")


def _path(value: str | None) -> Path | None:
    return Path(value) if value else None
