"""How fast the reference is, beside a server of the same library that answers a fixed body, within one run:

    python benchmarks/reference/speed.py [--rounds 5] [--most 100000]

First what an application does with an invoice, then reading alone, then the former at a server without a ledger, on
four keep-alive connections, with the server and the yardstick taking turns. Then each kind of request with 10 and with
``--most`` invoices stored. Times of a server are CPU seconds of its process as well as wall, because a machine is
seldom alone. Exits 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from load import get, identifier, post, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from load import Lane

HERE = Path(__file__).parent
LANES = 4
LEAST_RATE = 2500
LEAST_RATIO = 0.5
#: What a request may cost with all invoices stored, in times of what it costs with few. A scan would cost thousands of
#: times as much; what is allowed here is memory that no longer fits the processor's caches.
MOST_GROWTH = 1.5
_TICKS = os.sysconf("SC_CLK_TCK")


class Server(NamedTuple):
    port: int
    pid: int

    def cpu(self) -> float:
        """CPU seconds of its process so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Cost(NamedTuple):
    """Answers a second, microseconds of the server's CPU for each, and their mean size."""

    rate: float
    cpu: float
    size: float


@contextmanager
def server(*command: str) -> Iterator[Server]:
    process = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Server(int(json.loads(process.stdout.readline())["listening"].rpartition(":")[2]), process.pid)
    finally:
        process.communicate()


def reference() -> tuple[str, ...]:
    return ("-m", "conformance.reference", "--exit-with-parent", "--quiet")


def measured(at: Server, lanes: list[Lane]) -> Cost:
    before = at.cpu()
    done = run(at.port, lanes)
    return Cost(done.rate, (at.cpu() - before) / done.requests * 1e6, done.bytes / done.requests)


def life(invoices: int) -> Lane:
    """Nine requests to an invoice: made, billed, read, changed, finalized, paid, read, listed, found."""
    customer = identifier((yield post("/v1/customers", "email=jenny@example.com")))
    for number in range(invoices):
        order = f"metadata[order]={customer}-{number}"
        one = identifier((yield post("/v1/invoices", f"customer={customer}&{order}")))
        yield post("/v1/invoiceitems", f"customer={customer}&invoice={one}&amount=1000&currency=usd")
        yield get(f"/v1/invoices/{one}")
        yield post(f"/v1/invoices/{one}", "description=November")
        yield post(f"/v1/invoices/{one}/finalize")
        yield post(f"/v1/invoices/{one}/pay", "paid_out_of_band=true")
        yield get(f"/v1/invoices/{one}")
        yield get(f"/v1/invoices?customer={customer}&limit=3")
        yield get(f"/v1/invoices/search?query=metadata%5B'order'%5D:'{customer}-{number}'")


def reads(count: int) -> Lane:
    """One finalized invoice, read again and again."""
    customer = identifier((yield post("/v1/customers", "email=jenny@example.com")))
    one = identifier((yield post("/v1/invoices", f"customer={customer}")))
    yield post("/v1/invoiceitems", f"customer={customer}&invoice={one}&amount=1000&currency=usd")
    yield post(f"/v1/invoices/{one}/finalize")
    for _ in range(count):
        yield get(f"/v1/invoices/{one}")


class Work(NamedTuple):
    """What is asked of the server that ``command`` starts. ``judged``: against the bars."""

    lanes: Callable[[], list[Lane]]
    command: tuple[str, ...] = reference()
    judged: bool = True


def beside(rounds: int, folder: Path, work: Work) -> tuple[Cost, float, float]:
    """The server's cost, and its rate in times of the yardstick's: by wall and by CPU."""
    lanes = work.lanes
    with ExitStack() as stack:
        ours = stack.enter_context(server(*work.command))
        first = measured(ours, lanes())
        body = folder / "body.json"
        body.write_bytes(b'{"id":"in_1MtHbELkdIwHu7ixl4OzzPMv","x":"'.ljust(round(first.size) - 2, b"x") + b'"}')
        fixed = stack.enter_context(server(str(HERE / "minimal.py"), str(body)))
        measured(fixed, lanes())
        found = []
        for n in range(rounds):
            pair = [measured(one, lanes()) for one in (ours, fixed)]
            found.append(pair)
            told = "   ".join(f"{cost.rate:6.0f}/s {cost.cpu:5.0f} us" for cost in pair)
            print(f"round {n + 1} of {rounds}: {told} yardstick", file=sys.stderr)
    mine = Cost(*(median(column) for column in zip(*(pair[0] for pair in found), strict=True)))
    by_wall = median(one.rate / other.rate for one, other in found)
    return mine, by_wall, median(other.cpu / one.cpu for one, other in found)


def lives() -> list[Lane]:
    return [life(200) for _ in range(LANES)]


WORKS: dict[str, Work] = {
    "a life": Work(lives),
    "reading": Work(lambda: [reads(2000) for _ in range(LANES)]),
    "a life without a ledger": Work(lives, (str(HERE / "floor.py"),), judged=False),
}


class Store:
    """A server with ``count`` invoices, ten to a customer: one of them open, one paid, the others drafts."""

    def __init__(self, at: Server, count: int) -> None:
        self.at = at
        self.kept: list[tuple[str, str]] = []  # customer, invoice
        lanes = min(LANES, count // 10)
        run(at.port, [self._fill(count // 10 // lanes) for _ in range(lanes)])

    def _fill(self, customers: int) -> Lane:
        for _ in range(customers):
            owner = identifier((yield post("/v1/customers", "email=jenny@example.com")))
            for n in range(10):
                one = identifier((yield post("/v1/invoices", f"customer={owner}&metadata[order]={owner}-{n}")))
                if n < 2:
                    item = f"customer={owner}&invoice={one}&amount=1000&currency=usd"
                    yield post("/v1/invoiceitems", item)
                    yield post(f"/v1/invoices/{one}/finalize")
                if n == 1:
                    yield post(f"/v1/invoices/{one}/pay", "paid_out_of_band=true")
            self.kept.append((owner, one))

    def pick(self, n: int) -> tuple[str, str]:
        return self.kept[n * 7919 % len(self.kept)]


#: What to ask of a store, by its name in the table: the n-th request.
KINDS: dict[str, Callable[[Store, int], bytes]] = {
    "retrieve": lambda store, n: get(f"/v1/invoices/{store.pick(n)[1]}"),
    "list": lambda _, __: get("/v1/invoices"),
    "list, page in the middle": lambda store, n: get(f"/v1/invoices?starting_after={store.pick(n)[1]}"),
    "list, of a customer": lambda store, n: get(f"/v1/invoices?customer={store.pick(n)[0]}"),
    "list, of a status": lambda _, __: get("/v1/invoices?status=open&limit=1"),
    "list, of a time": lambda _, __: get("/v1/invoices?created[gte]=1&limit=1"),
    "search, metadata": lambda store, n: get(f"/v1/invoices/search?query=metadata%5B'order'%5D:'{store.pick(n)[0]}-9'"),
    "search, customer": lambda store, n: get(f"/v1/invoices/search?query=customer:'{store.pick(n)[0]}'"),
    "search, status and total": lambda _, __: get("/v1/invoices/search?query=status:'paid'%20total>999&limit=1"),
    "search, total nobody has": lambda _, __: get("/v1/invoices/search?query=total>1001"),
    "search, time before all": lambda _, __: get("/v1/invoices/search?query=created<1"),
    "create": lambda store, n: post("/v1/invoices", f"customer={store.pick(n)[0]}"),
    "update": lambda store, n: post(f"/v1/invoices/{store.pick(n)[1]}", f"description=n{n}"),
}


def asked(store: Store, kind: str, count: int) -> Lane:
    for number in range(count):
        yield KINDS[kind](store, number)


def growth(most: int, rounds: int) -> Iterator[tuple[str, Cost, Cost, float]]:
    """Each kind: its cost with few, with many, and the second in times of the first by CPU."""
    with server(*reference()) as one, server(*reference()) as other:
        few, many = Store(one, 10), Store(other, most)
        print(f"{most} invoices stored: {other.megabytes():.0f} MB", file=sys.stderr)
        for kind in KINDS:
            pairs = [
                [measured(store.at, [asked(store, kind, 500) for _ in range(LANES)]) for store in (few, many)]
                for _ in range(rounds)
            ]
            costs = [Cost(*(median(column) for column in zip(*side, strict=True))) for side in zip(*pairs, strict=True)]
            yield kind, costs[0], costs[1], median(after.cpu / before.cpu for before, after in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=100_000, help="invoices stored")
    parser.add_argument("--only", choices=("rate", "growth"))
    options = parser.parse_args()
    missed = 0
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if options.only != "growth":
        for name, work in WORKS.items():
            with tempfile.TemporaryDirectory() as folder:
                mine, by_wall, by_cpu = beside(options.rounds, Path(folder), work)
            print(f"\n{name}: {mine.rate:.0f} requests a second, {mine.cpu:.0f} us of CPU each, {mine.size:.0f} bytes")
            if work.judged:
                missed += _judged("requests a second", mine.rate, mine.rate >= LEAST_RATE, f"at least {LEAST_RATE}")
                missed += _judged("of the yardstick's rate", by_wall, by_wall >= LEAST_RATIO, f"at least {LEAST_RATIO}")
            else:
                print(f"       {by_wall:.2f} of the yardstick's rate")
            print(f"       by CPU {by_cpu:.2f}")
    if options.only != "rate":
        print(f"\n{'microseconds of CPU with':28} {10:>9,} {options.most:>9,} {'growth':>7}")
        for kind, few, many, times in growth(options.most, options.rounds):
            missed += times > MOST_GROWTH
            print(f"{kind:28} {few.cpu:9.0f} {many.cpu:9.0f} {times:7.2f} {'MISSED' if times > MOST_GROWTH else ''}")
    return 1 if missed else 0


def _judged(what: str, figure: float, held: bool, bar: str) -> int:
    print(f"{'ok    ' if held else 'MISSED'} {figure:.2f} {what} (bar: {bar})")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
