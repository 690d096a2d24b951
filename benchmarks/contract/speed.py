"""What the contract costs: one check, loading one version, an audit beside reading and parsing the same file.

python benchmarks/contract/speed.py ../shared/evidence
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from conformance.contract import for_version  # noqa: E402
from conformance.recordings.audit import Audit  # noqa: E402
from tests.contract import bodies  # noqa: E402

ROUNDS = 9


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def read_and_parse(files: list[Path]) -> None:
    """The measure: every line, or the whole of a JSON file, through `json.loads`, nothing else."""
    for file in files:
        if file.suffix == ".json":
            json.loads(file.read_bytes())
            continue
        with gzip.open(file, "rb") as lines:
            for line in lines:
                json.loads(line)


def audit(files: list[Path]) -> None:
    """Everything that `stripe-conformance audit` does but printing."""
    for _ in Audit().run(files):
        pass


def audit_ratio(files: list[Path]) -> tuple[float, float, float]:
    """Best CPU seconds of reading and parsing, of auditing, and the median of the rounds' ratios; interleaved, one
    process.
    """
    audit(files)
    pairs = [(cpu(lambda: read_and_parse(files)), cpu(lambda: audit(files))) for _ in range(ROUNDS)]
    return min(a for a, _ in pairs), min(b for _, b in pairs), median(b / a for a, b in pairs)


def one_check() -> list[tuple[str, int, float, float]]:
    """Per status: bytes of the invoice, microseconds of a whole check, of its schema alone."""
    headers = {"stripe-version": bodies.NEWEST, "request-id": "req_1", "content-type": "application/json"}
    contract = for_version(bodies.NEWEST)
    found = []
    for status in ("draft", "open", "paid"):
        body = bodies.invoice(status=status, lines=5)
        if contract.check("GET", "/v1/invoices/in_1", 200, headers, body):
            raise SystemExit("the body must be right")
        validator = contract._validators["invoice"]  # noqa: SLF001 - to tell the schema's part
        whole = per_call(partial(contract.check, "GET", "/v1/invoices/in_1", 200, headers, body))
        found.append((status, len(json.dumps(body)), whole, per_call(partial(validator.is_valid, body))))
    return found


def per_call(work: Callable[[], object], number: int = 1000) -> float:
    """Best microseconds of one call."""

    def many() -> None:
        for _ in range(number):
            work()

    return min(cpu(many) for _ in range(ROUNDS)) / number * 1e6


def loading() -> float:
    """Milliseconds from nothing loaded to the first verdict, beyond starting Python and importing jsonschema-rs and
    orjson.
    """
    code = (
        "import time, jsonschema_rs, orjson; t = time.perf_counter();"
        "from conformance.contract import for_version;"
        "for_version('2026-10-28.endive').check('GET', '/v1/invoices/in_1', 200, {}, {'object': 'invoice'});"
        "print(time.perf_counter() - t)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs) * 1e3


def main(folder: Path) -> int:
    """Print all figures."""
    for status, size, whole, schema in one_check():
        print(f"one check, {status} invoice of {size} bytes: {whole:.0f} us, its schema {schema:.0f} us")
    print(f"import, load one version, first verdict: {loading():.0f} ms")
    if folder.is_dir():
        lines, documents = sorted(folder.rglob("*.jsonl.gz")), sorted(folder.rglob("*.json"))
        for what, files in (("JSON lines", lines), ("all files", lines + documents)):
            read, audited, ratio = audit_ratio(files)
            times = f"{audited / read:.2f} times (median {ratio:.2f})"
            print(f"{what}: read and parse {read:.3f} s, audit {audited:.3f} s: {times}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
