"""What every test can rely on."""

from __future__ import annotations

import signal

# A job started in the background by a shell script ignores Ctrl-C, and hands that on to the servers its tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
