"""The suite beside a raw client on the same work, measured within one run: python benchmarks/compare.py [--rounds 5]

Every comparison runs its two sides one after the other in each round; what counts is the median of the rounds' ratios,
since absolute times belong to the machine. Times are those of whole processes, start and reports included. Exits 1 when
a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
SUITE = Path(sys.executable).with_name("stripe-conformance")


class Cost(NamedTuple):
    """What one process took: seconds of wall and CPU (user and system), and its peak memory in MB."""

    wall: float
    cpu: float
    peak: float


class Comparison(NamedTuple):
    """``over`` divided by ``under`` has to be at most ``most``, or at least ``least``."""

    name: str
    over: str
    under: str
    most: float | None = None
    least: float | None = None

    def holds(self, ratio: float) -> bool:
        return (self.most is None or ratio <= self.most) and (self.least is None or ratio >= self.least)

    def bar(self) -> str:
        return f"at most {self.most}" if self.most is not None else f"at least {self.least}"


COMPARISONS = (
    Comparison("1,000 scenarios, suite / raw urllib3", "suite 1000", "raw 1000", most=2.5),
    Comparison("100 scenarios, suite / raw urllib3", "suite 100", "raw 100", most=3.0),
    Comparison("100 scenarios, 20 ms target, one by one / 32 in flight", "slow c1", "slow c32", least=15.0),
    Comparison("1,000 scenarios, every one failing / passing", "failing 1000", "suite 1000", most=2.0),
)


@contextmanager
def server(*options: str) -> Iterator[str]:
    """A benchmark server of its own process; gives its URL."""
    process = subprocess.Popen([sys.executable, HERE / "server.py", *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def cost(command: list[str], expected: int, log: Path) -> Cost:
    """Run ``command`` to its end; raise SystemExit when its exit code is not the ``expected`` one."""
    warm = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with log.open("wb") as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent, env=warm)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != expected:
        tail = log.read_text(errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode} instead of {expected}:\n{tail}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Bench:
    """The runs that are compared, by name."""

    def __init__(self, work: Path, fast: str, slow: str, faulty: str) -> None:
        self._work = work
        for count in (100, 1000):
            generate.generate(work / str(count), count)
        self.runs: dict[str, Callable[[], Cost]] = {
            "raw 1000": lambda: self._raw(fast, 1000),
            "suite 1000": lambda: self._suite(fast, 1000),
            "raw 100": lambda: self._raw(fast, 100),
            "suite 100": lambda: self._suite(fast, 100),
            "slow c1": lambda: self._suite(slow, 100, "--concurrency", "1"),
            "slow c32": lambda: self._suite(slow, 100, "--concurrency", "32"),
            "failing 1000": lambda: self._suite(faulty, 1000, expected=1),
        }

    def _raw(self, url: str, count: int) -> Cost:
        return cost([sys.executable, str(HERE / "raw_urllib3.py"), url, str(count)], 0, self._work / "raw.log")

    def _suite(self, url: str, count: int, *options: str, expected: int = 0) -> Cost:
        command = [str(SUITE), "run", str(self._work / str(count)), "--target", url, *options]
        return cost([*command, "--report-dir", str(self._work / "reports")], expected, self._work / "suite.log")


def measure(bench: Bench, names: list[str], rounds: int) -> dict[str, list[Cost]]:
    """Every run once per round, in the same order, after one round that only warms caches."""
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for name in names:
        if not name.startswith(("slow", "failing")):
            bench.runs[name]()
    for n in range(rounds):
        for name in names:
            found = bench.runs[name]()
            costs[name].append(found)
            print(f"round {n + 1} of {rounds}  {name:12}  {found.wall:7.2f} s  cpu {found.cpu:6.2f} s", file=sys.stderr)
    return costs


def table(costs: dict[str, list[Cost]]) -> Iterator[str]:
    yield f"{'run':14} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}"
    for name, found in costs.items():
        yield f"{name:14} " + " ".join(f"{median(column):8.2f}" for column in zip(*found, strict=True))


def ratios(costs: dict[str, list[Cost]], one: Comparison) -> tuple[float, float]:
    """The medians of the rounds' ratios: wall and CPU."""
    pairs = list(zip(costs[one.over], costs[one.under], strict=True))
    return median(over.wall / under.wall for over, under in pairs), median(
        over.cpu / under.cpu for over, under in pairs
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="comparisons whose name has this in it")
    parser.add_argument("--json", type=Path, help="write the costs of every round there")
    options = parser.parse_args()
    chosen = [one for one in COMPARISONS if options.only in one.name]
    names = list(dict.fromkeys(name for one in chosen for name in (one.under, one.over)))
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [stack.enter_context(server(*extra)) for extra in ((), ("--delay-ms", "20"), ("--fault",))]
        costs = measure(Bench(work, *urls), names, options.rounds)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {options.rounds} rounds\n")
    print("\n".join(table(costs)), end="\n\n")
    missed = 0
    for one in chosen:
        wall, cpu = ratios(costs, one)
        missed += not one.holds(wall)
        print(f"{'ok    ' if one.holds(wall) else 'MISSED'} {one.name}: {wall:.2f} (bar: {one.bar()}; cpu {cpu:.2f})")
    if options.json:
        options.json.write_text(
            json.dumps({name: [one._asdict() for one in found] for name, found in costs.items()}, indent=1)
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
