"""`status` and a plan (a dry run) over a large ledger, against the same over an empty one: whole processes.

`make bench-scale`, or `python benchmarks/scale.py [POSTS]`: by default 100,000 posts at 10 targets each. The budget
is 200 ms more than on the empty ledger. Making the ledger takes about a minute and 1 GB in the temporary folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from syndicate.adapter import Part
from syndicate.ledger import Row, migrate
from syndicate.ledger.sql import _GIVEN, _QUOTED, _columns

TARGETS = [f"target{number}" for number in range(10)]
ROUNDS = 7
PART = Part(payload={"article": {"title": "A title", "body_markdown": "words " * 40}}, text="words", count=5, limit=9)


def rows(posts: int) -> Iterator[dict[str, Any]]:
    first = Row(
        post_key="",
        target="",
        part=0,
        parts=1,
        adapter="devto",
        source="",
        state="published",
        payload=PART.payload,
        fingerprint=PART.fingerprint,
        idem_key="0" * 32,
        fence=1,
        attempts=1,
        first_sent_at=1.0,
        settle_until=2.0,
    )
    for post in range(posts):
        path = f"content/posts/{post:06}.md"
        key = f"url:https://blog.example.org/posts/{post:06}"
        for number, target in enumerate(TARGETS):
            made = replace(
                first,
                post_key=key,
                target=target,
                source=path,
                path=path,
                title=f"Post {post}",
                remote_id=f"{post}-{number}",
                remote_url=f"https://example.org/{post}/{number}",
                updated_at=1.7e9 + post,
            )
            yield _columns(made)


def make(folder: Path, posts: int) -> Path:
    ledger = folder / ".syndicate" / "ledger.db"
    migrate(f"sqlite:///{ledger}", folder)
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.executemany(f"INSERT INTO parts ({_QUOTED}) VALUES ({_GIVEN})", rows(posts))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    lines = ["[site]", 'url = "https://blog.example.org"']
    for target in TARGETS:
        lines += [f"[targets.{target}]", 'adapter = "devto"', f"api_key = {json.dumps('k' * 20)}"]
    (folder / "syndicate.toml").write_text("\n".join(lines))
    post = folder / "content" / "posts" / "new.md"
    post.parent.mkdir(parents=True)
    post.write_text("---\ntitle: A new post\n---\nSome words.\n")
    return folder


def seconds(folder: Path, *arguments: str) -> float:
    start = time.perf_counter()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = [sys.executable, "-m", "syndicate", *arguments]
    subprocess.run(command, cwd=folder, check=True, env=environment, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Prints a table."""
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    cases = {
        "status": ("status",),
        "status --json": ("status", "--json"),
        "status of a post": ("status", "content/posts/new.md"),
        "plan (dry run of a new post)": ("publish", "content/posts/new.md", "--dry-run"),
    }
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder, "full"), Path(folder, "empty")
        for place, count in ((full, posts), (empty, 0)):
            place.mkdir()
            make(place, count)
        for name, arguments in cases.items():
            best = {full: float("inf"), empty: float("inf")}
            for _ in range(ROUNDS):
                for place, so_far in best.items():
                    best[place] = min(so_far, seconds(place, *arguments))
            more = (best[full] - best[empty]) * 1000
            print(f"{name:30} empty {best[empty] * 1000:6.0f} ms, {posts} posts: {more:+6.0f} ms (budget +200)")


if __name__ == "__main__":
    main()
