"""Every check of the project, each a session: ``nox -l`` lists them; ``.ci/run`` is the gate."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "typing", "layers", "scenarios", "tests"]

ROOT = Path(__file__).parent
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
LOCALSTRIPE = "localstripe==1.15.10"
STRIPE_MOCK = "github.com/stripe/stripe-mock@v0.203.0"


@nox.session(tags=["style"])
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    session.install("ruff>=0.12")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(tags=["style"])
def typing(session: nox.Session) -> None:
    """mypy --strict over the package."""
    session.install("-e", ".[lint]")
    session.run("mypy")


@nox.session(tags=["style"])
def layers(session: nox.Session) -> None:
    """Top may import below, never the reverse (ARCHITECTURE.md)."""
    session.install("-e", ".[lint]")
    session.run("lint-imports")


@nox.session
def scenarios(session: nox.Session) -> None:
    """Lint the library, run it against the reference and the committed cassettes, in one process and in two."""
    session.install("-e", ".")
    session.run("stripe-conformance", "lint")
    for target in ("reference", "cassettes"):
        for workers in ("0", "2"):
            session.run("stripe-conformance", "run", "--target", target, "-n", workers)
    for recorded in sorted((ROOT / "cassettes" / "reference").iterdir()):
        session.run("stripe-conformance", "run", "--target", "cassettes", "--api-version", recorded.name)


@nox.session(python=PYTHONS)
@nox.parametrize("pytest", ["8", "9"])
def tests(session: nox.Session, pytest: str) -> None:
    """The project's own tests."""
    session.install("-e", ".[test]", f"pytest~={pytest}.0")
    session.run("pytest", "-n", "2", *session.posargs)


@nox.session(tags=["targets"])
def targets(session: nox.Session) -> None:
    """The suite against localstripe and stripe-mock, really installed and started."""
    session.install("-e", ".[test]")
    mocks = Path(session.create_tmp())
    session.run("python", "-m", "venv", str(mocks / "localstripe"))
    session.run(str(mocks / "localstripe" / "bin" / "pip"), "install", "-q", LOCALSTRIPE, external=True)
    environment = {"LOCALSTRIPE": str(mocks / "localstripe" / "bin" / "localstripe")}
    if shutil.which("go"):
        session.run("go", "install", STRIPE_MOCK, external=True, env={"GOBIN": str(mocks)})
        environment["STRIPE_MOCK"] = str(mocks / "stripe-mock")
    session.run("pytest", "tests/third_party", *session.posargs, env=environment)


@nox.session(tags=["targets"])
def sdks(session: nox.Session) -> None:
    """stripe-python of each era and stripe-node against ``serve``, each in a folder of its own."""
    session.install("-e", ".[test]")
    files = ("tests/reference/test_sdk.py", "tests/reference/test_sdk_node.py")
    session.run("pytest", *files, *session.posargs, env={"STRIPE_SDKS": session.create_tmp()})


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel, look inside, install it into an empty environment and run it outside the repository."""
    session.install("-e", ".[test]")
    session.run("pytest", "tests/test_wheel.py", env={"TEST_WHEEL": "1"})


@nox.session
def schemas(session: nox.Session) -> None:
    """Derive the contract again from the published SDKs and compare it with what is committed."""
    session.install("-e", ".[test]")
    session.run("python", "tools/derive.py", "--check", *session.posargs)
    session.run("pytest", "tests/contract/test_derivation.py", env={"STRIPE_CONFORMANCE_REGISTRIES": "1"})


@nox.session
def mutate(session: nox.Session) -> None:
    """Plant every fault, in recorded answers and in the reference, and say who noticed."""
    session.install("-e", ".")
    session.run("stripe-conformance", "mutate", *session.posargs)


@nox.session(tags=["perf"])
def benchmark(session: nox.Session) -> None:
    """The suite beside a raw client doing the same requests (benchmarks/README.md)."""
    session.install("-e", ".")
    session.run("python", "benchmarks/compare.py", *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """Write the committed cassettes again from the reference: the newest API version and one of each era."""
    session.install("-e", ".")
    session.run("python", "tools/record.py", *session.posargs)
