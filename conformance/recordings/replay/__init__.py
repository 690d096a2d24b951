"""Replay of captures against a target: `run` goes through files, `conversation` through one recording, `compare`
through one answer; `counts` adds up.
"""

from conformance.recordings.replay.run import Replay

__all__ = ["Replay"]
