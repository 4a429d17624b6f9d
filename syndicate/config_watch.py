"""`[watch]` and `[feeds.NAME]` → frozen dataclasses."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from .config_values import Values, duration, size
from .errors import UsageError
from .registry import suggestion
from .secrets import Secret

_ADDRESS = r"(?i:https?)://[^/\s?#]+\S*\Z"
_FEED = [
    *("url", "targets", "tags", "categories", "language", "languages", "since"),
    *("full_text", "review", "update", "max_new"),
]


@dataclass(frozen=True)
class Watch:
    """How feeds are watched.

    `max_new`: new entries of one feed that a pass takes without asking; 0 asks always. `timeout`: seconds for one
    fetch, all in all. `max_bytes`: of one feed, unpacked. `connections`, `per_host`: fetches at once. `hosts`: private
    hosts, lower-case, that what stands in a feed may lead to.
    """

    max_new: int = 3
    timeout: float = 30.0
    max_bytes: int = 10 * 2**20
    connections: int = 100
    per_host: int = 4
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One feed that is watched.

    An entry passes when it has one of `tags`, one of `categories`, one of `languages` (all compared without case;
    empty: all pass) and is not older than `since` (UTC). `full_text`: post the whole text, else announce it with a
    link. `review`: new entries wait for a person. `update`: an edited entry is an update. `max_new`: as in `Watch`.
    """

    name: str
    url: str | Secret
    targets: tuple[str, ...]
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    full_text: bool = True
    review: bool = False
    update: bool = True
    max_new: int = Watch.max_new

    @property
    def address(self) -> str:
        """Where it is; may hold a secret. Raises `UsageError` when that is missing or is no address."""
        if isinstance(self.url, str):
            return self.url
        url = self.url.reveal()
        if not re.match(_ADDRESS, url):
            raise UsageError(
                f"feeds.{self.name}.url: what stands in {self.url.where} is no address with https://",
                next=f"put the feed's address into {self.url.where}",
            )
        return url

    def secrets(self) -> list[str]:
        """The address, if it is held as a secret and is there; for the redactor only."""
        return [self.url.reveal()] if isinstance(self.url, Secret) and self.url.present else []


def read_watch(values: Values, table: Mapping[str, Any]) -> Watch:
    """The section `[watch]`."""
    values.unknown("watch.", table, list(Watch.__dataclass_fields__))
    timeout = duration(table.get("timeout", Watch.timeout))
    if not timeout:
        values.mistakes.append(f'watch.timeout: a duration such as "30s", not {table.get("timeout")!r}')
    max_bytes = size(table.get("max_bytes", Watch.max_bytes))
    if not max_bytes:
        values.mistakes.append(f'watch.max_bytes: a size such as "10MiB", not {table.get("max_bytes")!r}')
    hosts = values.texts("watch.hosts", table.get("hosts"), '["wiki.internal"]')
    for host in hosts:
        if not re.fullmatch(r"[^\s/@:?#\[\]]+|\[?[\da-fA-F]*:[\da-fA-F:.]+\]?", host):
            values.mistakes.append(f'watch.hosts: the name of a host such as "wiki.internal", not {host!r}')
    return Watch(
        max_new=values.count("watch.max_new", table.get("max_new"), Watch.max_new),
        timeout=timeout or Watch.timeout,
        max_bytes=max_bytes or Watch.max_bytes,
        connections=values.count("watch.connections", table.get("connections"), Watch.connections, least=1),
        per_host=values.count("watch.per_host", table.get("per_host"), Watch.per_host, least=1),
        hosts=tuple(host.strip("[]").rstrip(".").lower() for host in hosts),
    )


def read_feeds(
    values: Values, tables: Mapping[str, Any], *, targets: Collection[str], watch: Watch
) -> dict[str, FeedConfig]:
    """The sections `[feeds.NAME]`. `targets`: the names that the config has."""
    found: dict[str, FeedConfig] = {}
    known: dict[str, str] = {}
    for name, table in tables.items():
        where = f"feeds.{name}"
        if not isinstance(table, dict):
            values.mistakes.append(f"{where}: a table with `url` and `targets`, not {table!r}")
            continue
        if table.get("url"):
            first = known.setdefault(_same(table["url"]), name)
            if first != name:
                values.mistakes.append(
                    f"{where}.url: the same as that of feeds.{first}; one feed may have many targets"
                )
        found[name] = _feed(values, name, table, targets, watch)
    return found


def _feed(values: Values, name: str, table: dict[str, Any], targets: Collection[str], watch: Watch) -> FeedConfig:
    where = f"feeds.{name}"
    values.unknown(f"{where}.", table, _FEED)
    if "url" not in table or table["url"] == "":
        values.mistakes.append(f"{where}.url: missing; the feed's address")
    chosen = values.texts(f"{where}.targets", table.get("targets", ["?"]), '["dev"]')
    if "targets" not in table or table["targets"] == []:
        values.mistakes.append(
            f"{where}.targets: missing; where its entries go: {', '.join(targets) or '(no targets)'}"
        )
    else:
        strays = [target for target in chosen if target not in targets]
        values.mistakes += [
            f"{where}.targets: there is no target `{target}`; {suggestion(target, list(targets))}" for target in strays
        ]
    if "language" in table and "languages" in table:
        values.mistakes.append(f"{where}.language: stands beside `languages`; one of them is enough")
    key = "language" if "language" in table else "languages"

    def words(key: str, example: str, *, one: bool = False) -> tuple[str, ...]:
        found = values.texts(f"{where}.{key}", table.get(key), example, one=one)
        return tuple(dict.fromkeys(word.casefold() for word in found))

    return FeedConfig(
        name=name,
        url=values.address(f"{where}.url", table.get("url"), _ADDRESS, "https://"),
        targets=chosen,
        tags=words("tags", '["python"]'),
        categories=words("categories", '["news"]'),
        languages=words(key, '["en"]', one=True),
        since=_since(values, f"{where}.since", table.get("since")),
        full_text=values.flag(f"{where}.full_text", table.get("full_text"), default=True),
        review=values.flag(f"{where}.review", table.get("review"), default=False),
        update=values.flag(f"{where}.update", table.get("update"), default=True),
        max_new=values.count(f"{where}.max_new", table.get("max_new"), watch.max_new),
    )


def _same(url: object) -> str:
    """What two spellings of one address have in common."""
    if not isinstance(url, str):
        return repr(url)
    base, slashes, rest = url.strip().partition("#")[0].partition("://")
    host, slash, path = rest.partition("/")
    return base.lower() + slashes + host.lower() + slash + path


def _since(values: Values, where: str, value: object) -> datetime | None:
    """An instant in UTC; what names no offset is in UTC, and a date means its midnight."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, datetime):
        with contextlib.suppress(OverflowError):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if value is not None:
        values.mistakes.append(f"{where}: a date such as 2026-12-01, not {value!r}")
    return None
