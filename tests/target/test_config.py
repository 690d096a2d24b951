from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from conformance.paths import data
from conformance.target.config import KeyMissing, Options, UnknownTarget, load
from conformance.target.config_file import ConfigInvalid
from conformance.target.settings import Auth, LiveKeyRefused

FULL = """
target = "local"

[targets.local]
url = "http://127.0.0.1:8420"
key = "sk_test_123"
auth = "basic"
api_version = "2020-08-27"
without = ["credit_notes"]
timeout = 5
concurrency = 4
rate_limit = 10
patience = 2
headers = {X-World = "{run}"}
reset = {method = "DELETE", path = "/_config/data"}

[targets.managed]
start = ["mock", "--port", "{port}"]
cwd = "mock"
env = {PORT = "{port}"}

[targets.managed.ready]
path = "/health"
status = 200
within = 3
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def configured(root: Path, text: str, name: str = "conformance.toml") -> Path:
    path = root / name
    path.write_text(text)
    return path


def options(root: Path, environ: dict[str, str] | None = None, **more: object) -> Options:
    return Options(root=root, environ=environ or {}, **more)  # type: ignore[arg-type]


def test_a_named_target_is_all_that_its_table_says(root):
    configured(root, FULL)
    target = load("local", options(root, run_id="r1"))
    settings = target.settings
    assert (settings.url, settings.key, settings.auth, str(settings.api_version)) == (
        "http://127.0.0.1:8420",
        "sk_test_123",
        Auth.BASIC,
        "2020-08-27",
    )
    assert (settings.timeout, settings.concurrency, settings.rate_limit, settings.headers) == (
        5,
        4,
        10,
        {"X-World": "r1"},
    )
    assert target.patience == settings.patience == 2
    assert (settings.reset.method, settings.reset.path) == ("DELETE", "/_config/data")
    assert not target.offers("credit_notes.void")
    assert target.offers("invoices.search")


def test_a_managed_target_gets_a_port_of_its_own(root):
    configured(root, FULL)
    one, two = (load("managed", options(root)) for _ in range(2))
    assert one.per_worker
    assert one.attached is None
    assert one.settings.url != two.settings.url
    assert one.settings.start[-1] == one.settings.url.rpartition(":")[2] == one.settings.env["PORT"]
    assert one.settings.cwd == str(root / "mock")
    assert (one.settings.ready.path, one.settings.ready.status, one.settings.ready.within) == ("/health", 200, 3)


def test_the_file_is_searched_upward_and_pyproject_serves_as_well(root):
    below = root / "a" / "b"
    below.mkdir(parents=True)
    configured(
        root,
        "[project]\nname = 'x'\n[tool.stripe-conformance.targets.mock]\nurl = 'http://127.0.0.1:1'\n",
        "pyproject.toml",
    )
    assert load("mock", options(below)).name == "mock"
    configured(root / "a", "[project]\nname = 'y'\n", "pyproject.toml")
    assert load("mock", options(below)).name == "mock"
    configured(root / "a", "[targets.other]\nurl = 'http://127.0.0.1:1'\n")
    with pytest.raises(UnknownTarget, match="other"):
        load("mock", options(below))


@pytest.mark.parametrize(
    ("spec", "environ", "name"),
    [
        ("", {}, "local"),
        ("", {"STRIPE_CONFORMANCE_TARGET": "managed"}, "managed"),
        ("reference", {"STRIPE_CONFORMANCE_TARGET": "managed"}, "reference"),
    ],
)
def test_the_command_line_wins_over_the_environment_and_that_over_the_file(root, spec, environ, name):
    configured(root, FULL)
    assert load(spec, options(root, environ)).name == name


def test_single_values_have_the_same_precedence(root):
    configured(root, FULL)
    environ = {"STRIPE_CONFORMANCE_TIMEOUT": "7", "STRIPE_CONFORMANCE_WITHOUT": "invoices.search,plans"}
    assert load("local", options(root)).settings.timeout == 5
    assert load("local", options(root, environ)).settings.timeout == 7
    assert load("local", options(root, environ, timeout=9.0)).settings.timeout == 9
    assert load("local", options(root, environ)).settings.without == {"invoices.search", "plans"}


def test_workers_share_the_rate_limit(root):
    configured(root, FULL)
    assert load("local", options(root, workers=4)).settings.rate_limit == 2.5


def test_without_a_file_or_a_name_it_is_the_reference(root):
    assert load("", options(root)).name == "reference"


def test_two_runs_never_share_idempotency_keys(root):
    assert load("reference", options(root)).settings.run_id != load("reference", options(root)).settings.run_id


def test_a_url_is_a_target(root):
    target = load("http://sk_test_abc123@localhost:12111/v1", options(root))
    assert target.settings.key == "sk_test_abc123"
    assert target.name == "http://localhost:12111/v1"
    assert "abc123" not in repr(target.settings) + str(target.describe())


def test_an_unknown_name_comes_with_a_suggestion_or_the_list(root):
    configured(root, FULL)
    with pytest.raises(UnknownTarget, match="Did you mean 'local'"):
        load("locale", options(root))
    with pytest.raises(UnknownTarget, match="reference, cassettes, stripe, local, managed, or a URL"):
        load("zzz", options(root))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "[targets.m]\nurl = 'http://h'\nautth = 'none'\n",
            3,
            "unknown key 'autth'. [config-invalid] Did you mean 'auth'?",
        ),
        ("[targets.m]\nurl = 'http://h'\n\ntimeout = 0\n", 4, "targets.m.timeout"),
        ("[targets.m]\nurl = 'http://h'\nauth = 'digest'\n", 3, "targets.m.auth: 'digest' is not one of"),
        ("[targets.m]\nurl = 'h'\n", 2, "targets.m.url"),
        ("target = 3\n", 1, "target is the name"),
        ("[target.m]\nurl = 'http://h'\n", 1, "[targets.NAME]"),
        ("[targets.m]\nurl = 'http://h'\n[targets.m.ready]\nwithn = 3\n", 4, "Did you mean 'within'?"),
        ("[targets.m]\nurl = 'http://h'\n[targets.n]\nurl = 'http://h'\nstart = []\n", 5, "targets.n.start"),
        ("[targets.m]\nreset = {method = 'POST'}\n", 2, "targets.m.reset"),
        ("[targets.m\n", 1, "not TOML"),
        ("[targets.m]\nurl = 'http://h:99999'\n", 2, "out of range"),
        ("[targets.m]\ntimeout = 3\n", None, "url: is missing"),
        ("[targets.m]\nurl = 'http://h'\nkey = 'two words'\n", 3, "is not a key"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_on_one_line_with_its_place(root, text, line, said):
    path = configured(root, text)
    with pytest.raises(ConfigInvalid) as refused:
        load("m", options(root))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    if line is not None:
        assert (refused.value.place.file, refused.value.place.line) == (str(path), line)


def test_a_file_that_is_not_there_is_said(root):
    with pytest.raises(ConfigInvalid, match="No such file"):
        load("m", options(root, config_file=root / "nowhere.toml"))


def test_a_key_that_was_promised_must_be_there(root):
    configured(root, "[targets.m]\nurl = 'http://h'\nkey_env = 'MOCK_KEY'\n")
    with pytest.raises(KeyMissing, match=r"\$MOCK_KEY"):
        load("m", options(root))
    assert load("m", options(root, {"MOCK_KEY": "sk_test_fromenv"})).settings.key == "sk_test_fromenv"


@pytest.mark.parametrize("live", ["sk_live_c4n4ry12345", "rk_live_c4n4ry12345"])
@pytest.mark.parametrize("way", ["file", "environment", "url", "variable"])
def test_a_live_key_is_refused_from_wherever_it_comes_and_not_shown(root, live, way):
    line = f"key = '{live}'" if way == "file" else "key_env = 'K'"
    configured(root, f"[targets.m]\nurl = 'http://h'\n{line}\n")
    environ = {"K": live} if way == "environment" else {"STRIPE_CONFORMANCE_KEY": live} if way == "variable" else {}
    spec = {"url": f"http://{live}@h", "variable": "http://h"}.get(way, "m")
    with pytest.raises(LiveKeyRefused) as refused:
        load(spec, options(root, environ))
    assert "c4n4ry" not in str(refused.value) + repr(refused.value)
    assert refused.value.ends_the_run


def test_a_bad_value_in_the_environment_names_the_variable(root):
    with pytest.raises(ConfigInvalid, match=r"\$STRIPE_CONFORMANCE_TIMEOUT"):
        load("http://h", options(root, {"STRIPE_CONFORMANCE_TIMEOUT": "soon"}))
    with pytest.raises(ConfigInvalid, match="not an API version"):
        load("http://h", options(root, api_version="latest"))
    with pytest.raises(ConfigInvalid, match="auth"):
        load("http://h", options(root, auth="digest"))


def test_the_published_schema_is_one_and_explains_every_key():
    schema = json.loads((data("schemas") / "targets.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    shared = schema["$defs"]
    for name, rule in shared["target"]["properties"].items():
        described = rule.get("description") or shared.get(rule.get("$ref", "").rpartition("/")[2], {}).get(
            "description"
        )
        assert described, name
