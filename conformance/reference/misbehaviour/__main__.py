"""``python -m conformance.reference.misbehaviour``: one server after the other, each wrong in the way named on standard
input; an empty line ends the one that runs. Each is forked from here, with everything imported: it is there at once.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from conformance.reference import __main__ as reference
from conformance.reference import misbehaviour


def _end(child: int) -> None:
    if child:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def main() -> int:
    """Each server prints the line that the reference prints when it listens."""
    assert misbehaviour.MISBEHAVIOURS  # imported before the first fork
    child = 0
    for line in sys.stdin:
        _end(child)
        name, child = line.strip(), 0
        if name:
            child = os.fork()
            if not child:
                os._exit(reference.main(["--port", "0", "--quiet", "--misbehave", name]))
    _end(child)
    return 0


if __name__ == "__main__":
    sys.exit(main())
