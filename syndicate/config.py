"""`syndicate.toml` → frozen dataclasses. Secrets are held by reference; all mistakes are reported at once."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from .adapter import Adapter
from .config_values import Values, duration
from .config_watch import FeedConfig, Watch, read_feeds, read_watch
from .errors import UsageError
from .registry import ADAPTERS, adapter_class, names
from .schedule import Timing, parse_window
from .secrets import Secret

__all__ = ["FILE", "Config", "FeedConfig", "Target", "Watch", "duration", "find", "load"]

FILE = "syndicate.toml"
_SAFER = "{ env = … } or { file = … } is safer"
_SECTIONS = {
    "site": ["url", "language"],
    "state": ["url"],
    "publish": ["deadline", "settle", "patience"],
    "targets": None,
    "watch": None,
    "feeds": None,
}
#: What a target may have besides its adapter's own options.
_EVERY_TARGET = ["adapter", "languages", "window", "every"]


@dataclass(frozen=True, slots=True)
class Target:
    """One configured use of an adapter. `languages`: those it takes, `None` for all. `timing`: when it takes posts."""

    name: str
    adapter: Adapter
    languages: tuple[str, ...] | None = None
    timing: Timing = field(default_factory=Timing)

    def missing_secrets(self) -> list[str]:
        """Where the secrets are expected that are not there; empty when one full set is present."""
        sets = self.adapter.credentials
        lacking = [[n for n in names if not getattr(self.adapter, n).present] for names in sets]
        if not lacking or any(not missing for missing in lacking):
            return []
        return [getattr(self.adapter, name).where for name in min(lacking, key=len)]

    def secrets(self) -> list[str]:
        """The values of every secret of this target, for the redactor only."""
        return [secret.reveal() for secret in self._held()]

    def blame(self, text: str) -> str:
        """Where the secret comes from that `text` holds, in words."""
        places = [secret.where for secret in self._held() if secret.reveal() in text]
        return places[0] if places else f"a secret of target `{self.name}`"

    def _held(self) -> list[Secret]:
        values = (getattr(self.adapter, f.name) for f in dataclasses.fields(self.adapter))
        return [value for value in values if isinstance(value, Secret) and value.present]


@dataclass(frozen=True)
class Config:
    """A whole configuration. Durations are in seconds; `root` is the folder that relative paths start from."""

    path: Path
    site_url: str | None = None
    site_language: str | None = None
    state: str | Secret = "sqlite:///.syndicate/ledger.db"
    deadline: float = 30.0
    settle: float = 600.0
    patience: float = 20.0
    targets: Mapping[str, Target] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    watch: Watch = field(default_factory=Watch)
    feeds: Mapping[str, FeedConfig] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.path.parent

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


class _Reader(Values):
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
        url = self.string("site.url", site.get("url"))
        if url and not re.match(r"https?://[^/\s]+", url):
            self.mistakes.append(f"site.url: an address with https://, not {url!r}")
        state = self.address("state.url", sections["state"].get("url"), "", "")
        targets: dict[str, Target] = {}
        for name, table in sections["targets"].items():
            target = self._target(name, table)
            if target:
                targets[name] = target
        watch = read_watch(self, sections["watch"])
        return Config(
            path=self.path,
            site_url=url or None,
            site_language=self.string("site.language", site.get("language")) or None,
            state=state or Config.state,
            targets=targets,
            watch=watch,
            feeds=read_feeds(self, sections["feeds"], targets=sections["targets"], watch=watch),
            notes=(f"secrets stand in the config itself: {', '.join(self.plain)}; {_SAFER}",) if self.plain else (),
            **values,
        )

    def _target(self, name: str, table: object) -> Target | None:
        where = f"targets.{name}"
        if not isinstance(table, dict) or not isinstance(table.get("adapter"), str):
            self.mistakes.append(f"{where}.adapter: missing; one of {', '.join(names(ADAPTERS))}")
            return None
        try:
            cls = adapter_class(table["adapter"])
        except UsageError as error:
            self.mistakes.append(f"{where}.adapter: {error.message}; {error.next}")
            return None
        fields = {f.name: f for f in dataclasses.fields(cls)}
        self.unknown(f"{where}.", table, [*_EVERY_TARGET, *fields])
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for key, spec in fields.items():
            if spec.metadata.get("secret"):
                values[key] = self._secret(name, key, table.get(key))
            elif key in table:
                values[key] = self._option(f"{where}.{key}", table[key], hints[key], spec.metadata)
        self.mistakes += [f"{where}.{key}: missing" for key in cls.required if not values.get(key)]
        base_url = values.get("base_url")
        if base_url is not None and not re.match(r"https?://[^/\s]+", str(base_url)):
            self.mistakes.append(f"{where}.base_url: an address with https://, not {base_url!r}")
        elif base_url:
            values["base_url"] = base_url.rstrip("/")
        timing = self._timing(where, table)
        languages = table.get("languages")
        if languages is not None and not (
            isinstance(languages, list) and all(isinstance(item, str) for item in languages)
        ):
            self.mistakes.append(f'{where}.languages: a list such as ["en"]')
            languages = None
        try:
            adapter = cls(**values)
        except (TypeError, ValueError) as error:
            self.mistakes.append(f"{where}: {error}")
            return None
        return Target(name, adapter, tuple(item.lower() for item in languages) if languages else None, timing)

    def _option(self, where: str, value: Any, hint: Any, about: Mapping[str, Any]) -> Any:
        """The value of an option as the adapter gets it."""
        if getattr(hint, "__origin__", None) is tuple:
            if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
                return tuple(item.strip() for item in value)
            self.mistakes.append(f'{where}: a list such as ["news"], not {value!r}')
            return ()
        self._check(where, value, hint)
        if about.get("folder") and isinstance(value, str) and value:
            return os.path.normpath(self.path.parent / os.path.expanduser(value))
        return value

    def _timing(self, where: str, table: dict[str, Any]) -> Timing:
        window, every = None, None
        if "window" in table:
            try:
                window = parse_window(table["window"])
            except ValueError as error:
                self.mistakes += [f"{where}.{line}" for line in str(error).splitlines()]
        if "every" in table and not (every := duration(table["every"])):
            self.mistakes.append(f'{where}.every: a duration such as "6h", not {table["every"]!r}')
        return Timing(window, every or None)

    def _secret(self, target: str, key: str, value: object) -> Secret:
        where = f"targets.{target}.{key}"
        if value is None:
            variable = re.sub(r"\W", "_", f"SYNDICATE_{target}_{key}".upper(), flags=re.ASCII)
            return self.variable(variable)
        if isinstance(value, str):
            self.plain.append(where)
            return Secret(lambda: value.strip(), where)
        return self.reference(where, value)

    def _check(self, where: str, value: object, hint: Any) -> None:
        """Types of options are few: str, int, bool, float, literals, and each of them or nothing."""
        options = getattr(hint, "__args__", None)
        if options is not None and getattr(hint, "__origin__", None) is not None and "Literal" in str(hint):
            if value not in options:
                self.mistakes.append(f"{where}: one of {', '.join(map(repr, options))}, not {value!r}")
            return
        allowed = tuple(t for t in (options or (hint,)) if isinstance(t, type))
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            expected = " or ".join(t.__name__ for t in allowed if t is not type(None))
            self.mistakes.append(f"{where}: {expected} expected, not {value!r}")
