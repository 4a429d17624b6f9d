"""Feeds, entries and places as a pass of the watch makes them, and the agendas of both engines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from syndicate.ledger import Ledger, migrate, open_ledger
from syndicate.ledger.agenda import FeedState, KnownEntry, Queued

ENGINES = ("sqlite", "postgresql")
KEY, TARGET = "url:https://blog.example.org/a", "dev"


def feed(name: str = "blog", **changes: Any) -> FeedState:
    return FeedState(
        **{"name": name, "url": f"https://{name}.example/feed", "begun": True, "checked_at": 1.5, **changes}
    )


def entry(id: str = "a", **changes: Any) -> KnownEntry:
    given = {
        "feed": "blog",
        "link": f"https://blog.example.org/{id}",
        "title": f"About {id}",
        "digest": "d",
        "words": "w",
    }
    return KnownEntry(**{"id": id, "state": "seen", "noted_at": 10.0, **given, **changes})


def place(post_key: str = KEY, target: str = TARGET, **changes: Any) -> Queued:
    given = {"source": "https://blog.example.org/a", "title": "About a", "post": '{"body": "one"}', "added_at": 5.0}
    return Queued(**{"post_key": post_key, "target": target, **given, **changes})


def url_of(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a new ledger, which is made."""
    url = f"sqlite:///{folder}/ledger.db" if engine == "sqlite" else str(request.getfixturevalue("postgres_url"))
    migrate(url, folder)
    return url


@contextmanager
def opener(url: str) -> Iterator[Callable[[], Ledger]]:
    """Opens ledgers at `url`, each as another process would; closes them in the end."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_ledger(url, Path())))


def process(code: str, *words: str) -> subprocess.Popen[str]:
    """Another process, with pipes to it."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code, *words], stdin=pipe, stdout=pipe, text=True)
