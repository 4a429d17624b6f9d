"""The config: where it is found, what it may say, and that all its mistakes are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.config import duration, find, load
from syndicate.errors import UsageError

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


# ---------------------------------------------------------------------- where it is found


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A config in every place that is searched, in the order of search."""
    home, here = tmp_path / "home", tmp_path / "work" / "blog" / "posts"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    found = {
        "given": _config(tmp_path / "given", ""),
        "variable": _config(tmp_path / "variable", ""),
        "here": _config(here, ""),
        "above": _config(tmp_path / "work", ""),
        "user": _config(home / ".config" / "syndicate", ""),
    }
    monkeypatch.setenv("SYNDICATE_CONFIG", str(found["variable"]))
    return found


def test_search_order(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """`--config`, then the variable, then here, then above, then the user's folder; then one is told what to do."""
    assert find(places["given"]) == places["given"]
    assert find(None) == places["variable"]
    monkeypatch.delenv("SYNDICATE_CONFIG")
    for place in ("here", "above", "user"):
        assert find(None) == places[place]
        places[place].unlink()
    with pytest.raises(UsageError, match=r"syndicate\.toml") as caught:
        find(None)
    assert "syndicate init" in caught.value.next


def test_empty_variable_counts_as_unset(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """`SYNDICATE_CONFIG=` means none."""
    monkeypatch.setenv("SYNDICATE_CONFIG", "")
    assert find(None) == places["here"]


def test_xdg_folder(places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`$XDG_CONFIG_HOME` takes the place of `~/.config`."""
    monkeypatch.delenv("SYNDICATE_CONFIG")
    places["here"].unlink()
    places["above"].unlink()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    other = _config(tmp_path / "xdg" / "syndicate", "")
    assert find(None) == other


def test_no_home(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home (a container's uid) is told that there is no config, and no more."""

    def nobody(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("SYNDICATE_CONFIG")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(Path, "home", nobody)
    monkeypatch.setattr("pwd.getpwuid", lambda _: (_ for _ in ()).throw(KeyError("uid")))
    for place in ("here", "above"):
        places[place].unlink()
    with pytest.raises(UsageError):
        find(None)


def test_relative_config_is_found_from_anywhere(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative `--config` is made absolute, so that what stands in it counts from its own folder."""
    found = find(Path("../../../given/syndicate.toml"))
    assert found.is_absolute()
    assert load(found).root.resolve() == places["given"].parent


# ---------------------------------------------------------------------- what it may say

_WHOLE = """
[site]
url = "https://blog.example.org"
language = "en"

[state]
url = "sqlite:///somewhere/ledger.db"

[publish]
deadline = "45s"
settle = "1h30m"
patience = 7

[targets.dev]
adapter = "devto"
base_url = "https://forem.example.org/api/"
api_key = { env = "A_KEY" }
organization_id = 42
languages = ["en", "pt-BR"]

[targets.nodes]
adapter = "hashnode"
token = { file = "token" }
publication_id = "abc"

[targets.stories]
adapter = "medium"
token = { credential = "medium" }
publication_id = "pub"

[targets.golang]
adapter = "reddit"
client_id = "id"
client_secret = { env = "B" }
username = { env = "C" }
password = { env = "D" }
subreddit = "golang"
kind = "self"
flair = "show & tell"

[targets.x]
adapter = "twitter"
access_token = { env = "E" }
client_id = { env = "F" }
refresh_token = { env = "G" }
mode = "thread"
"""


def test_every_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that the documentation names is read and reaches the adapter."""
    monkeypatch.setenv("A_KEY", "a-key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "medium").write_text("medium-token\n")
    (tmp_path / "token").write_text(" hashnode-token\n")
    config = load(_config(tmp_path, _WHOLE))
    assert (config.site_url, config.site_language) == ("https://blog.example.org", "en")
    assert config.state_url == "sqlite:///somewhere/ledger.db"
    assert (config.deadline, config.settle, config.patience) == (45.0, 5400.0, 7.0)
    assert list(config.targets) == ["dev", "nodes", "stories", "golang", "x"]
    adapters = {name: target.adapter for name, target in config.targets.items()}
    assert [adapter.name for adapter in adapters.values()] == ["devto", "hashnode", "medium", "reddit", "twitter"]
    dev, nodes, stories, golang, x = (vars(adapter) for adapter in adapters.values())
    assert dev["base_url"] == "https://forem.example.org/api"
    assert dev["organization_id"] == 42
    assert dev["api_key"].reveal() == "a-key"
    assert config.targets["dev"].languages == ("en", "pt-br")
    assert nodes["token"].reveal() == "hashnode-token"
    assert nodes["publication_id"] == "abc"
    assert stories["token"].reveal() == "medium-token"
    assert (golang["subreddit"], golang["kind"], golang["flair"]) == ("golang", "self", "show & tell")
    assert golang["client_id"].reveal() == "id"
    assert x["mode"] == "thread"
    assert config.targets["dev"].missing_secrets() == []
    assert "B" in " ".join(config.targets["golang"].missing_secrets())


def test_defaults(tmp_path: Path) -> None:
    """A target and its adapter are enough."""
    config = load(_config(tmp_path, '[targets.dev]\nadapter = "devto"\n'))
    assert (config.site_url, config.site_language) == (None, None)
    assert config.state_url == "sqlite:///.syndicate/ledger.db"
    assert (config.deadline, config.settle) == (30.0, 600.0)
    assert config.root == tmp_path
    assert vars(config.targets["dev"].adapter)["base_url"] == "https://dev.to/api"


def test_byte_order_mark(tmp_path: Path) -> None:
    """A config saved by Windows' editor is read."""
    assert load(_config(tmp_path, '\ufeff[targets.dev]\nadapter = "devto"\n')).targets


def test_two_targets_share_an_adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two uses of one adapter keep their options and their secrets apart."""
    text = "".join(f'[targets.{n}]\nadapter = "reddit"\nsubreddit = "{n}"\n' for n in ("golang", "python"))
    config = load(_config(tmp_path, text))
    monkeypatch.setenv("SYNDICATE_GOLANG_CLIENT_ID", "one")
    golang, python = (vars(config.targets[n].adapter) for n in ("golang", "python"))
    assert (golang["subreddit"], python["subreddit"]) == ("golang", "python")
    assert golang["client_id"].reveal() == "one"
    assert not python["client_id"].present


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30s", 30.0),
        ("10m", 600.0),
        ("1h30m", 5400.0),
        ("500ms", 0.5),
        ("1.5h", 5400.0),
        ("2d", 172800.0),
        (" 1 h 5 s ", 3605.0),
        ("0s", 0.0),
        (12, 12.0),
        (0.25, 0.25),
        ("", None),
        ("10", None),
        ("ten minutes", None),
        ("10 minutes", None),
        ("-5s", None),
        ("5s!", None),
        ("1m-1s", None),
        (-1, None),
        (True, None),
        (None, None),
        ([], None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ("9" * 400 + "s", None),
        ("99999999999d", None),
    ],
)
def test_durations(value: object, seconds: float | None) -> None:
    """A number with a unit, or several; what is endless, or longer than a clock can hold, is none."""
    assert duration(value) == seconds
