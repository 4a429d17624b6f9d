"""The config: how secrets are referred to, that all mistakes are told at once, and the example that ships."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from syndicate.cli import init
from syndicate.config import load
from syndicate.errors import UsageError
from syndicate.registry import ADAPTERS, adapter_class, names

_ROOT = Path(__file__).resolve().parents[1]


def _config(folder: Path, text: str) -> Path:
    path = folder / "syndicate.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        load(_config(folder, text))
    first, *lines = caught.value.message.splitlines()
    assert str(folder / "syndicate.toml") in first
    return [line.strip() for line in lines]


# ---------------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    ("target", "field", "variable"),
    [
        ("dev", "api_key", "SYNDICATE_DEV_API_KEY"),
        ("my-dev", "api_key", "SYNDICATE_MY_DEV_API_KEY"),
        ('"dev.to"', "api_key", "SYNDICATE_DEV_TO_API_KEY"),
    ],
)
def test_secret_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, field: str, variable: str
) -> None:
    """A secret that the file does not name is read from `SYNDICATE_<TARGET>_<FIELD>`."""
    config = load(_config(tmp_path, f'[targets.{target}]\nadapter = "devto"\n'))
    (only,) = config.targets.values()
    assert only.missing_secrets() == [f"the environment variable {variable}"]
    monkeypatch.setenv(variable, "the-key")
    assert only.missing_secrets() == []
    assert vars(only.adapter)[field].reveal() == "the-key"


def test_secret_with_blanks_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line's end that `$(cat key)` or an editor leaves is not part of a secret, wherever it stands."""
    (tmp_path / "key").write_text("the-key\r\n\n")
    for value in ('{ env = "KEY" }', '{ file = "key" }', '" the-key "'):
        monkeypatch.setenv("KEY", "the-key\n")
        config = load(_config(tmp_path, f'[targets.dev]\nadapter = "devto"\napi_key = {value}\n'))
        assert vars(config.targets["dev"].adapter)["api_key"].reveal() == "the-key"


def test_secret_files_count_from_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative file stands beside the config, `~` is the user's home, and an absolute one is taken as it is."""
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "key").write_text("at home")
    (tmp_path / "key").write_text("beside")
    for name, value in (("key", "beside"), ("~/key", "at home"), (str(tmp_path / "key"), "beside")):
        config = load(_config(tmp_path, f'[targets.dev]\nadapter = "devto"\napi_key = {{ file = "{name}" }}\n'))
        assert vars(config.targets["dev"].adapter)["api_key"].reveal() == value


def test_secret_in_the_config_is_remarked_on(tmp_path: Path) -> None:
    """A secret in the file works, and the note about it names the key and not the value."""
    config = load(_config(tmp_path, '[targets.dev]\nadapter = "devto"\napi_key = "s3cret-value"\n'))
    (note,) = config.notes
    assert "targets.dev.api_key" in note
    assert "s3cret-value" not in note + repr(config)


@pytest.mark.parametrize(
    "value", ["5", "{ env = 5 }", '{ enf = "X" }', '{ env = "X", file = "y" }', "{}", "[]", "true"]
)
def test_secret_that_is_none(tmp_path: Path, value: str) -> None:
    """A reference of a wrong shape is a mistake that shows the right ones."""
    (mistake,) = _mistakes(tmp_path, f'[targets.dev]\nadapter = "devto"\napi_key = {value}\n')
    assert mistake.startswith("targets.dev.api_key: ")
    assert "env" in mistake


def test_secrets_are_read_late(tmp_path: Path) -> None:
    """Loading reads no secret: a dry run needs none."""
    config = load(_config(tmp_path, '[targets.dev]\nadapter = "devto"\napi_key = { file = "not/there" }\n'))
    assert config.targets["dev"].missing_secrets() == ["the file not/there (targets.dev.api_key)"]


# ---------------------------------------------------------------------- mistakes


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """Every mistake is told, with its key, in one go."""
    text = """
    speed = 3
    [site]
    url = "example.org"
    lnaguage = "en"
    [state]
    url = 5
    [publish]
    deadline = "soon"
    settle = -1
    [targets.dev]
    adapter = "devto"
    organization_id = "x"
    base_url = "dev.to"
    languages = "en"
    api_kye = { env = "X" }
    [targets.what]
    adapter = "twiter"
    [targets.none]
    [targets.sub]
    adapter = "reddit"
    kind = "links"
    """
    mistakes = _mistakes(tmp_path, text)
    keys = {mistake.partition(":")[0] for mistake in mistakes}
    assert keys == {
        *("speed", "site.url", "site.lnaguage", "state.url", "publish.deadline", "publish.settle"),
        *("targets.dev.organization_id", "targets.dev.base_url", "targets.dev.languages", "targets.dev.api_kye"),
        *("targets.what.adapter", "targets.none.adapter", "targets.sub.kind", "targets.sub.subreddit"),
    }
    said = "\n".join(mistakes)
    for hint in ("`language`", "`api_key`", "`twitter`", "'link'"):
        assert hint in said


@pytest.mark.parametrize("text", ["site = 3", "targets = []", "publish = 'x'", "[targets]\ndev = 'devto'", "state = 1"])
def test_wrong_shapes(tmp_path: Path, text: str) -> None:
    """A value in a table's place is a mistake."""
    assert _mistakes(tmp_path, text)


@pytest.mark.parametrize(
    "line",
    [
        "organization_id = true",
        "organization_id = 1.5",
        "base_url = 7",
        'base_url = "http://["',
        'base_url = "http://[::1"',
        'base_url = "http://127.0.0.1:99999"',
        'base_url = "https://exa mple.org"',
        'base_url = ""',
        'languages = ["en", 5]',
        "adapter = 7",
    ],
)
def test_wrong_types(tmp_path: Path, line: str) -> None:
    """A value of another type is a mistake that names its key."""
    text = f"[targets.dev]\n{line}\n" + ("" if line.startswith("adapter") else 'adapter = "devto"\n')
    assert any(mistake.startswith(f"targets.dev.{line.split(maxsplit=1)[0]}:") for mistake in _mistakes(tmp_path, text))


def test_toml_mistakes_name_the_line(tmp_path: Path) -> None:
    """What is not TOML is told with its line."""
    with pytest.raises(UsageError, match="line 2"):
        load(_config(tmp_path, "[site]\nurl = \n"))


# ---------------------------------------------------------------------- the example


def test_the_example_is_what_init_writes(tmp_path: Path) -> None:
    """`config.example.toml` and `syndicate init` are the same text."""
    assert (_ROOT / "config.example.toml").read_text(encoding="utf-8") == init.text()


def test_the_example_loads(tmp_path: Path) -> None:
    """As it stands it has a target that works, and with all its targets switched on it has no mistake either."""
    assert load(_config(tmp_path, init.text())).targets
    whole = load(_config(tmp_path, init.text(active=True)))
    assert sorted(target.adapter.name for target in whole.targets.values()) == sorted(names(ADAPTERS))
    assert whole.site_url
    assert (whole.deadline, whole.settle) == (30.0, 600.0)


@pytest.mark.parametrize("name", ["devto", "hashnode", "medium", "reddit", "twitter"])
def test_every_line_of_the_example_may_be_switched_on(tmp_path: Path, name: str) -> None:
    """Each option that stands there as a comment, taken out of its comment, is a key that is known and well-typed."""
    section = init.text(active=True).partition(f"[targets.{name}]")[2].partition("\n\n")[0]
    lines = [line.removeprefix("# ") for line in section.splitlines() if re.match(r"(# )?\w+ = ", line)]
    assert len(lines) > 2
    load(_config(tmp_path, "\n".join([f"[targets.{name}]", *lines])))


def test_the_example_explains_every_section(tmp_path: Path) -> None:
    """What the config may hold stands in the example: every key of every section, every adapter's every option."""
    text = init.text()
    for key in ("[site]", "language", "[state]", "deadline", "settle", "patience", "languages", "SYNDICATE_<TARGET>"):
        assert key in text
    for name in names(ADAPTERS):
        section = text.partition(f"[targets.{name}]")[2].partition("\n\n")[0]
        for field in dataclasses.fields(adapter_class(name)):
            assert re.search(rf"^(# )?{field.name} = ", section, re.MULTILINE), (name, field.name)
