"""Derives `schemas/contract/added.json`: when Stripe added a field to an object around invoices.

    python tools/added.py [--cache FOLDER]

A recording shows what Stripe answered on its day. A field that came later is no mistake of a server that shows it, at
whatever API version. `schemas/contract/objects.json` knows this of the objects that it describes in depth; this file
knows it of the others that a replay meets. Downloads go through the same clients as in `tools/derive.py`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools import derive, sdk_python  # noqa: E402

OUT = ROOT / "schemas" / "contract" / "added.json"
SINCE = "2022-11-15"
OBJECTS = (
    "balance_transaction",
    "charge",
    "coupon",
    "customer",
    "discount",
    "payment_intent",
    "payment_method",
    "plan",
    "price",
    "product",
    "promotion_code",
    "refund",
    "setup_intent",
    "subscription",
    "subscription_item",
    "tax_rate",
)
#: Payment methods beside cards are no part of this.
_METHODS = ("payment_method_details", "payment_method_options", "next_action")


def fields(pin: derive.Pin, cache: Path) -> set[str]:
    """The paths that the releases of one API version know, except under payment methods that are no cards."""
    found: set[str] = set()
    for release in pin.releases:
        read = _python if pin.registry == "pypi" else _node
        found |= read(release, cache)
    return {path for path in found if not _elsewhere(path)}


def _elsewhere(path: str) -> bool:
    parts = path.split(".")
    return len(parts) > 2 and parts[1] in _METHODS and parts[2] not in {"card", "use_stripe_sdk"}


def _python(release: str, cache: Path) -> set[str]:
    wheel = sdk_python.Wheel(derive.wheel(release, cache))
    found = sdk_python.Objects(wheel)
    for name in OBJECTS:
        found.add(name)
    return set(found.shape.fields)


def _node(release: str, cache: Path) -> set[str]:
    job = json.dumps({"objects": OBJECTS, "requests": {}})
    compiler = derive.package("typescript", derive.TYPESCRIPT, cache) / "lib" / "typescript.js"
    script = [str(ROOT / "tools" / "sdk_node.mjs"), str(derive.package("stripe", release, cache)), str(compiler), job]
    done = subprocess.run(["node", *script], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout)["fields"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder for downloads (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = options.cache or Path(temporary)
        pins = [pin for pin in derive.pins(derive.PINS.read_text()) if pin.version >= SINCE]
        known = fields(pins[0]._replace(releases=pins[0].releases[:1]), cache)
        added: dict[str, str] = {}
        for pin in pins:
            now = fields(pin, cache)
            new = now - known  # also what had been taken away and came back
            # What is below a new field came with it.
            added.update((path, pin.version) for path in new if path.rpartition(".")[0].removesuffix("[]") not in new)
            known = now
    OUT.write_text(json.dumps({"since": SINCE, "fields": dict(sorted(added.items()))}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
