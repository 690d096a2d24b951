"""What holds for every body of an API version: schemas, invariants, the lifecycle. Knows nothing of HTTP clients or
scenarios.
"""

from conformance.contract import lifecycle, versions
from conformance.contract.contract import Contract, for_version
from conformance.contract.violation import Violation

__all__ = ["Contract", "Violation", "for_version", "lifecycle", "versions"]
