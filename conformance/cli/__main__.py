"""``python -m conformance.cli``: the command where the console script is not on the PATH."""

import sys

from conformance.cli import main

sys.exit(main())
