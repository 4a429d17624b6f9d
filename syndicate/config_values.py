"""Single values of a config: durations, sizes, texts, references to secrets. Mistakes are collected, not raised."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .registry import suggestion
from .secrets import Secret

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_LONGEST = 366 * 86400.0
#: What makes a secret of an address: a password before the host, or a parameter that is called like one.
_TELLING = r"(?i)[^:]+://[^/@]*:[^/@]+@|.*(?:[?&]\w*(?:token|key|secret|auth)|password)="


def duration(value: object) -> float | None:
    """Seconds of `"30s"`, `"10m"`, `"1h30m"`, `"500ms"` or a number; `None` for anything else, or over a year."""
    if isinstance(value, str) and re.fullmatch(r"(\s*\d{1,9}(\.\d+)?\s*(ms|s|m|h|d))+\s*", value):
        value = sum(float(n) * _SECONDS[unit] for n, _, unit in re.findall(r"(\d+(\.\d+)?)\s*(ms|s|m|h|d)", value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LONGEST else None


def size(value: object) -> int | None:
    """Bytes of `"10MiB"`, `"500 kB"` or a whole number; `None` for anything else, for nothing, or over a tebibyte."""
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*([kmg]i?)?b\s*", value.lower())):
        value = int(float(match[1]) * _BYTES[f"{match[2] or ''}b"])
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value <= 2**40 else None


def is_address(text: str) -> bool:
    """Whether `text` is an http or https address that a request can go to."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets without an address in them, a port that is none
        return False
    return named and bool(re.fullmatch(r"https?://[^/\s]+(?:/\S*)?", text))


class Values:
    """Reads values one by one. What is wrong is added to `mistakes`, a line each that begins with the key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mistakes: list[str] = []
        #: Keys whose secret stands in the file itself.
        self.plain: list[str] = []

    def unknown(self, prefix: str, table: Mapping[str, Any], known: list[str]) -> None:
        """Notes each key of a table that nobody reads."""
        for key in table:
            if key not in known:
                self.mistakes.append(f"{prefix}{key}: unknown key; {suggestion(key, known)}")

    def string(self, where: str, value: object) -> str:
        """A text without blanks around it; empty when there is none."""
        if value is not None and not isinstance(value, str):
            self.mistakes.append(f"{where}: a text expected, not {value!r}")
            return ""
        return value.strip() if isinstance(value, str) else ""

    def command(self, where: str, value: object, default: str) -> str:
        """A command as a shell would read it; empty for none."""
        if value is None:
            return default
        import shlex

        text = self.string(where, value)
        try:
            shlex.split(text)
        except ValueError as error:
            self.mistakes.append(f"{where}: a command such as {default!r}, not {text!r} ({error})")
            return ""
        return text

    def flag(self, where: str, value: object, default: bool) -> bool:
        """`true` or `false`."""
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.mistakes.append(f"{where}: true or false, not {value!r}")
        return default

    def count(self, where: str, value: object, default: int, *, least: int = 0) -> int:
        """A whole number, at least `least`."""
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.mistakes.append(f"{where}: a whole number, {least} or more, not {value!r}")
            return default
        return value

    def texts(self, where: str, value: object, example: str, *, one: bool = False) -> tuple[str, ...]:
        """A list of texts that say something, each once; also a single one if `one`."""
        items = [value] if one and isinstance(value, str) else [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
            self.mistakes.append(f"{where}: a list such as {example}, not {value!r}")
            return ()
        return tuple(dict.fromkeys(item.strip() for item in items))

    def names(self, where: str, value: object, prefix: str = "") -> dict[str, str]:
        """A table of texts and numbers as texts; those of tables within by names with dots."""
        found: dict[str, str] = {}
        for key, one in value.items() if isinstance(value, dict) else ():
            if isinstance(one, dict):
                found |= self.names(f"{where}.{key}", one, f"{prefix}{key}.")
            elif isinstance(one, str | int | float) and not isinstance(one, bool):
                found[prefix + key] = str(one)
            else:
                self.mistakes.append(f"{where}.{key}: a text expected, not {one!r}")
        if value is not None and not isinstance(value, dict):
            self.mistakes.append(f'{where}: a table such as {{ title = "…" }}, not {value!r}')
        return found

    def address(self, where: str, value: object, shape: str, example: str) -> str | Secret:
        """An address, which may hold a password and so stand elsewhere, as every secret; empty when there is none."""
        if isinstance(value, dict):
            return self.reference(where, value)
        url = self.string(where, value)
        telling = re.match(_TELLING, url)
        if url and not re.match(shape, url):
            self.mistakes.append(
                f"{where}: an address with {example}, not {'what stands there' if telling else repr(url)}"
            )
        if telling:
            self.plain.append(where)
        return url

    def reference(self, where: str, value: object) -> Secret:
        """A secret by where it is: read when it is needed, so a missing one is no mistake yet."""
        if isinstance(value, dict) and len(value) == 1:
            (kind, name), *_ = value.items()
            if kind == "env" and isinstance(name, str):
                return self.variable(name)
            if kind == "file" and isinstance(name, str):
                file = self.path.parent / os.path.expanduser(name)
                return Secret(lambda: _read(file), f"the file {name} ({where})")
            if kind == "credential" and isinstance(name, str):
                folder = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/credentials"))
                return Secret(lambda: _read(folder / name), f"the systemd credential {name}")
        self.mistakes.append(f'{where}: {{ env = "NAME" }}, {{ file = "PATH" }} or {{ credential = "NAME" }}')
        return Secret()

    def variable(self, name: str) -> Secret:
        """A secret in the environment, without the line's end that `docker --env-file` and the like leave on it."""
        return Secret(lambda: os.environ.get(name, "").strip() or None, f"the environment variable {name}")


def _read(file: Path) -> str | None:
    try:
        return file.read_text("utf-8").strip() or None
    except (OSError, ValueError):
        return None
