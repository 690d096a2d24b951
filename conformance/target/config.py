"""From what a user says to a target. The command line wins over the environment, the environment over the file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.api_version import ApiVersion
from conformance.errors import ConformanceError, did_you_mean
from conformance.target import config_file
from conformance.target.base import Target
from conformance.target.config_file import ConfigFile, ConfigInvalid
from conformance.target.http import HttpTarget
from conformance.target.settings import (
    DEFAULT_API_VERSION,
    STRIPE_HOST,
    Auth,
    Ready,
    Reset,
    Settings,
    refuse_live_key,
    without_userinfo,
)

PLACEHOLDER_KEY = "sk_test_conformance"  # opens nothing; most mocks want any test key
BUILT_IN = ("reference", "cassettes", "stripe")
_PREFIX = "STRIPE_CONFORMANCE_"


class UnknownTarget(ConformanceError):
    """Neither a built-in target, nor a URL, nor a configured name."""

    code = "unknown-target"


class KeyMissing(ConformanceError):
    """A key was promised in an environment variable that is not set."""

    code = "key-missing"


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller adds. Empty values say nothing. ``root`` is where the search for a file starts.

    ``attached`` is the controller's ``target.attached``, in an xdist worker: the server is up and reset, just connect.
    ``workers`` share the rate limit. ``record`` is a folder for cassettes. ``clock`` and ``seed`` are the reference's.
    """

    api_version: str = ""
    key_env: str = ""
    auth: str = ""
    timeout: float | None = None
    concurrency: int | None = None
    rate_limit: float | None = None
    without: tuple[str, ...] = ()
    config_file: Path | None = None
    root: Path | None = None
    run_id: str = ""
    record: Path | None = None
    cassettes: Path | None = None
    provenance: str = ""
    clock: str = ""
    seed: str = ""
    attached: str | None = None
    workers: int = 1
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)


def load(spec: str = "", options: Options | None = None) -> Target:
    """The target named ``spec``: ``reference``, ``cassettes``, ``stripe``, a URL, or a configured name.

    An empty ``spec`` falls back to ``STRIPE_CONFORMANCE_TARGET``, to ``target`` in the file, to the reference.
    Nothing is started or contacted yet. Raise UnknownTarget, ConfigInvalid, KeyMissing, LiveKeyRefused.
    """
    options = options or Options()
    if not options.run_id:  # with the same idempotency keys, a second run would be answered with the first's replies
        options = replace(options, run_id="recording" if options.record else secrets.token_hex(4))
    given = options.config_file
    file = config_file.read(given) if given else config_file.find(options.root or Path.cwd())
    spec = spec or options.environ.get(f"{_PREFIX}TARGET", "") or file.default or "reference"
    if spec not in BUILT_IN and "://" not in spec and spec not in file.targets:
        known = (*BUILT_IN, *sorted(file.targets))
        hint = did_you_mean(spec, known) or f"Known: {', '.join(known)}, or a URL."
        raise UnknownTarget(f"no target named {spec!r}.", hint=hint)
    table = _Table(spec, file, options)
    if spec == "cassettes":
        return _cassettes(table, options)
    target = _server(spec, table, options)
    if options.record:
        from conformance.target.recording import RecordingTarget

        return RecordingTarget(target, options.record, options.provenance or _provenance(spec))
    return target


def _server(spec: str, table: _Table, options: Options) -> HttpTarget:
    settings = _settings(spec, table, options)
    if spec == "stripe" or settings.host == STRIPE_HOST:
        return _stripe(settings, spec)
    if spec == "reference":
        from conformance.target.reference import ReferenceTarget

        clock = options.clock or (RECORDING_CLOCK if options.record else "")
        return ReferenceTarget(settings, clock=clock, seed=options.seed, worlds=bool(options.record))
    if settings.start:
        from conformance.target.managed import ManagedTarget

        return ManagedTarget(settings, attach=options.attached is not None)
    return HttpTarget(settings, attach=options.attached is not None)


class _Table:
    """The values of one target, by precedence, each with the place it came from."""

    def __init__(self, name: str, file: ConfigFile, options: Options) -> None:
        self.name = name
        self._file = file
        self._options = options
        self._values = file.targets.get(name, {})

    def get(self, key: str, default: Any = None) -> Any:
        given = getattr(self._options, key, None)
        if given not in (None, "", ()):
            return given
        variable = self._options.environ.get(f"{_PREFIX}{key.upper()}", "")
        if variable and key in _FROM_ENVIRONMENT:
            return self.checked(key, lambda: _FROM_ENVIRONMENT[key](variable), f"${_PREFIX}{key.upper()}: ")
        return self._values.get(key, default)

    def folder(self, path: str) -> str:
        """``path`` relative to the configuration file; a start command runs there."""
        base = self._file.path.parent if self._file.path else Path.cwd()
        return str(base / path)

    def checked(self, key: str, make: Callable[[], Any], origin: str = "") -> Any:
        """``make()``; a ValueError becomes a ConfigInvalid at the key's place."""
        try:
            return make()
        except ValueError as problem:
            raise self.invalid(key, f"{origin}{problem}.") from None

    def invalid(self, key: str, message: str, hint: str = "") -> ConfigInvalid:
        place = self._file.place("targets", self.name, key) if key in self._values else None
        return ConfigInvalid(f"target {self.name!r}: {key}: {message}", place=place, hint=hint)


_FROM_ENVIRONMENT: dict[str, Callable[[str], Any]] = {
    "api_version": str,
    "auth": str,
    "key_env": str,
    "timeout": float,
    "rate_limit": float,
    "patience": float,
    "concurrency": int,
    "without": lambda text: tuple(text.replace(",", " ").split()),
}


def _settings(spec: str, table: _Table, options: Options) -> Settings:
    url = str(spec if "://" in spec else table.get("url", _URLS.get(spec, "")))
    url = url.replace("{run}", options.run_id)
    start = tuple(table.get("start", ()))
    if not url and not start:
        raise table.invalid("url", "is missing.", hint="A target needs a url, or a start command with {port} in it.")
    url = url or "http://127.0.0.1:{port}"
    _check_url(table, url)
    capabilities = table.get("capabilities")
    return Settings(
        name=without_userinfo(spec) if "://" in spec else spec,
        url=without_userinfo(url),
        api_version=table.checked("api_version", lambda: _version(table)),
        key=_key(spec, url, table, options.environ),
        auth=table.checked("auth", lambda: Auth(str(table.get("auth", "bearer")).lower())),
        headers={name: str(value).replace("{run}", options.run_id) for name, value in table.get("headers", {}).items()},
        capabilities=None if capabilities is None else frozenset(capabilities),
        without=frozenset(table.get("without", ())),
        timeout=table.get("timeout", 30.0),
        concurrency=table.get("concurrency", 1),
        patience=table.get("patience"),
        rate_limit=table.get("rate_limit", 20.0 if spec == "stripe" else 0.0) / max(options.workers, 1),
        max_bytes=table.get("max_bytes", 5_000_000),
        probe=table.get("probe", "/v1/customers?limit=1"),
        livemode=table.get("livemode", "refuse"),
        start=start,
        ready=Ready(**{"path": table.get("probe", Ready().path), **table.get("ready", {})}),
        reset=_reset(table.get("reset")),
        cwd=table.folder(table.get("cwd", "")),
        env=table.get("env", {}),
        run_id=options.run_id,
    )


_URLS = {"reference": "http://127.0.0.1:0", "stripe": f"https://{STRIPE_HOST}"}
RECORDING_CLOCK = "2026-11-20T12:00:00Z"  # recorded bodies must not change from one recording to the next
_STRIPE_KEY_ENV = "STRIPE_TEST_SECRET_KEY"


def _check_url(table: _Table, url: str) -> None:
    parts = urlsplit(url.replace("{port}", "1"))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise table.invalid(
            "url", f"{without_userinfo(url)!r} is not an http(s) URL.", hint="Like http://127.0.0.1:8420."
        )
    table.checked("url", lambda: parts.port)


def _version(table: _Table) -> ApiVersion:
    text = table.get("api_version", "")
    return ApiVersion.parse(text) if text else DEFAULT_API_VERSION


def _key(spec: str, url: str, table: _Table, environ: Mapping[str, str]) -> str:
    """The key, from where it was promised; never a live one. A URL's user name counts as one (http://sk_test_1@host)."""
    variable = table.get("key_env", _STRIPE_KEY_ENV if spec == "stripe" else "")
    if not variable:
        key = table.get("key") or unquote(urlsplit(url).username or "")
        key = key or environ.get(f"{_PREFIX}KEY", "") or ("" if _is_stripe(url) else PLACEHOLDER_KEY)
    elif not (key := environ.get(variable, "").strip()):
        raise KeyMissing(
            f"target {spec!r} takes its key from ${variable}, which is not set.",
            hint="Set it to a test key (sk_test_…).",
        )
    refuse_live_key(key, f"target {without_userinfo(spec)!r}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise table.invalid("key", "is not a key (it holds a blank, or what no header can carry).")
    return key


def _reset(table: Mapping[str, Any] | None) -> Reset | None:
    return Reset(table.get("method", ""), table.get("path", ""), tuple(table.get("command", ()))) if table else None


def _provenance(spec: str) -> str:
    """The folder that says where a recording comes from: the target's name, or the host of its URL."""
    return (urlsplit(spec).hostname or "url") if "://" in spec else spec


def _is_stripe(url: str) -> bool:
    return (urlsplit(url).hostname or "").lower() == STRIPE_HOST


def _stripe(settings: Settings, spec: str) -> HttpTarget:
    from conformance.target.stripe_test_mode import StripeTestMode

    return StripeTestMode(settings, asked_for=spec)


def _cassettes(table: _Table, options: Options) -> Target:
    from conformance.paths import data
    from conformance.target.cassette import CassetteTarget

    folder = options.cassettes or data("cassettes")
    version = table.checked("api_version", lambda: _version(table))
    return CassetteTarget(folder, version, provenance=options.provenance, without=frozenset(table.get("without", ())))
