"""`syndicate.toml` → frozen dataclasses. Secrets are held by reference; all mistakes are reported at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .config_target import Target, TargetReader
from .config_values import duration, is_address
from .config_watch import FeedConfig, Watch, read_feeds, read_watch
from .errors import UsageError
from .secrets import Secret

__all__ = ["FILE", "Config", "FeedConfig", "Target", "Watch", "duration", "find", "load"]

FILE = "syndicate.toml"
_SAFER = "{ env = … } or { file = … } is safer"
_SECTIONS = {
    "site": ["url", "language", "variables"],
    "state": ["url"],
    "publish": ["deadline", "settle", "patience", "budget", "kits", "missing_pictures", "mermaid"],
    "author": ["name", "bio", "email"],
    "targets": None,
    "watch": None,
    "feeds": None,
}


@dataclass(frozen=True)
class Config:
    """A whole configuration. Durations are in seconds; `root` is the folder that relative paths start from."""

    path: Path
    site_url: str | None = None
    site_language: str | None = None
    #: What the site's templates call by these names (`site.…`).
    site_variables: Mapping[str, str] = field(default_factory=dict)
    state: str | Secret = "sqlite:///.syndicate/ledger.db"
    deadline: float = 30.0
    settle: float = 600.0
    patience: float = 20.0
    #: US dollars that one run may cost; `None`: any. `kits`: folder for what a person posts by hand.
    budget: float | None = None
    kits: str = ".syndicate/kits"
    #: Whether what would show a picture that is not on the web yet waits for it.
    awaits_pictures: bool = True
    #: The command that draws diagrams, if it is installed.
    mermaid: str = "mmdc"
    targets: Mapping[str, Target] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    watch: Watch = field(default_factory=Watch)
    feeds: Mapping[str, FeedConfig] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.path.parent

    @property
    def kits_path(self) -> Path:
        return self.root / os.path.expanduser(self.kits)

    @property
    def state_url(self) -> str:
        """Where the ledger is. May hold a password. Raises `UsageError` when it is a secret that is missing."""
        return self.state.reveal() if isinstance(self.state, Secret) else self.state


def find(given: Path | None) -> Path:
    """The config to use: `given`, `$SYNDICATE_CONFIG`, here and above, the user's config folder.

    Raises `UsageError` when there is none, or the one that was named does not exist.
    """
    named = given or (Path(os.environ["SYNDICATE_CONFIG"]) if os.environ.get("SYNDICATE_CONFIG") else None)
    if named is not None:
        if not os.path.isfile(named):  # as pathlib does, but for names that the system refuses
            raise UsageError(f"{named}: there is no such config file", next="check the path, or run `syndicate init`")
        return named.absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if os.path.isfile(folder / FILE):
            return folder / FILE
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    user = Path(base) / "syndicate" / FILE
    if os.path.isfile(user):
        return user
    raise UsageError(
        f"there is no {FILE} here, above, or in {user.parent}",
        next="`syndicate init` writes one; `syndicate demo` needs none",
    )


def load(path: Path) -> Config:
    """Reads and checks a config. Raises `UsageError` that lists every mistake with its key."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start})", next="save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}", next="mend the line it names") from None
    except RecursionError:
        raise UsageError(f"{path}: nested too deep", next="no table here needs that") from None
    reader = _Reader(path)
    config = reader.config(data)
    if reader.mistakes:
        lines = "\n  ".join(reader.mistakes)
        raise UsageError(f"{path}: {len(reader.mistakes)} mistake(s)\n  {lines}", next="nothing was sent; mend them")
    return config


class _Reader(TargetReader):
    """Reads a whole config, collecting mistakes instead of stopping at the first."""

    def config(self, data: dict[str, Any]) -> Config:
        self.unknown("", data, list(_SECTIONS))
        sections: dict[str, dict[str, Any]] = {}
        for section, keys in _SECTIONS.items():
            table = data.get(section, {})
            if not isinstance(table, dict):
                self.mistakes.append(f"[{section}] must be a table")
                table = {}
            if keys is not None:
                self.unknown(f"{section}.", table, keys)
            sections[section] = table
        site, publish = sections["site"], sections["publish"]
        values: dict[str, Any] = {}
        for key, default in (("deadline", 30.0), ("settle", 600.0), ("patience", 20.0)):
            seconds = duration(publish.get(key, default))
            if seconds is None or (key == "deadline" and seconds == 0):
                self.mistakes.append(f'publish.{key}: a duration such as "30s" or "10m", not {publish[key]!r}')
            values[key] = seconds or 0.0
        budget = publish.get("budget")
        if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int | float) or budget < 0):
            self.mistakes.append(f"publish.budget: US dollars such as 0.5, not {budget!r}")
            budget = None
        missing = publish.get("missing_pictures", "wait")
        if missing not in ("wait", "send"):
            self.mistakes.append(f'publish.missing_pictures: "wait" or "send", not {missing!r}')
        self.author = {
            f"author_{key}": text
            for key in _SECTIONS["author"] or ()
            if (text := self.string(f"author.{key}", sections["author"].get(key)))
        }
        url = self.string("site.url", site.get("url"))
        if url and not is_address(url):
            self.mistakes.append(f"site.url: an address with https://, not {url!r}")
        state = self.address("state.url", sections["state"].get("url"), "", "")
        targets: dict[str, Target] = {}
        for name, table in sections["targets"].items():
            target = self.target(name, table)
            if target:
                targets[name] = target
        watch = read_watch(self, sections["watch"])
        return Config(
            path=self.path,
            site_url=url or None,
            site_language=self.string("site.language", site.get("language")) or None,
            site_variables=self.names("site.variables", site.get("variables")),
            state=state or Config.state,
            budget=budget,
            awaits_pictures=missing != "send",
            mermaid=self.command("publish.mermaid", publish.get("mermaid"), Config.mermaid),
            kits=self.string("publish.kits", publish.get("kits")) or Config.kits,
            targets=targets,
            watch=watch,
            feeds=read_feeds(self, sections["feeds"], targets=sections["targets"], watch=watch),
            notes=(f"secrets stand in the config itself: {', '.join(self.plain)}; {_SAFER}",) if self.plain else (),
            **values,
        )
