"""The tables, their migrations, and what can be told of a file before SQLite opens it."""

from __future__ import annotations

from pathlib import Path

from .wal import covers, cut

#: "synd" as a number: SQLite's mark of whose file this is.
APPLICATION_ID = 0x73796E64

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE parts (
            post_key TEXT NOT NULL, target TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL,
            adapter TEXT NOT NULL, source TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'unknown', 'published', 'failed', 'waiting')),
            payload TEXT NOT NULL, encoding TEXT NOT NULL, text TEXT NOT NULL,
            "count" INTEGER NOT NULL, "limit" INTEGER NOT NULL, fingerprint TEXT NOT NULL,
            idem_key TEXT NOT NULL, draft INTEGER NOT NULL,
            title TEXT NOT NULL, path TEXT, certain INTEGER NOT NULL,
            fence INTEGER NOT NULL, owner TEXT, attempts INTEGER NOT NULL,
            first_sent_at REAL, settle_until REAL, not_before REAL,
            remote_id TEXT, remote_url TEXT,
            error_kind TEXT, error_message TEXT, error_next TEXT,
            updated_at REAL NOT NULL,
            PRIMARY KEY (post_key, target, part)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE log (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, post_key TEXT NOT NULL, target TEXT NOT NULL,
            part INTEGER NOT NULL, fence INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL
        )
        """,
        "CREATE INDEX log_of_post ON log (post_key)",
        "CREATE INDEX parts_by_path ON parts (path)",
        "CREATE INDEX parts_by_title ON parts (title)",
    ),
    (
        "ALTER TABLE parts ADD COLUMN kept TEXT",
        # When no request can still arrive, by the clock of the machine's run `boot` (see `clock`).
        "ALTER TABLE parts ADD COLUMN boot TEXT",
        "ALTER TABLE parts ADD COLUMN settle_steady REAL",
        "ALTER TABLE parts ADD COLUMN first_steady REAL",
        "ALTER TABLE log ADD COLUMN who TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX parts_by_source ON parts (source)",
        "CREATE INDEX parts_by_remote_id ON parts (target, remote_id)",
        "CREATE INDEX parts_by_change ON parts (updated_at)",
        "CREATE INDEX parts_unfinished ON parts (post_key) WHERE state <> 'published'",
    ),
    (
        "ALTER TABLE parts ADD COLUMN tried TEXT",
        """
        CREATE TABLE feeds (
            name TEXT NOT NULL PRIMARY KEY, url TEXT NOT NULL, moved_to TEXT, etag TEXT, last_modified TEXT,
            not_before REAL, gone INTEGER NOT NULL, begun INTEGER NOT NULL, ttl REAL,
            checked_at REAL, error TEXT
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE entries (
            number INTEGER PRIMARY KEY, feed TEXT NOT NULL, id TEXT NOT NULL, link TEXT, title TEXT NOT NULL,
            digest TEXT NOT NULL, words TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('seen', 'filtered', 'review', 'held', 'accepted', 'edited')),
            post_key TEXT, post TEXT, published REAL, reason TEXT, same_as TEXT, noted_at REAL NOT NULL,
            UNIQUE (feed, id)
        )
        """,
        "CREATE INDEX entries_by_id ON entries (id)",
        "CREATE INDEX entries_by_link ON entries (link)",
        "CREATE INDEX entries_by_post ON entries (post_key)",
        "CREATE INDEX entries_by_state ON entries (state)",
        """
        CREATE TABLE queue (
            number INTEGER PRIMARY KEY, post_key TEXT NOT NULL, target TEXT NOT NULL,
            source TEXT NOT NULL, title TEXT NOT NULL, post TEXT NOT NULL, path TEXT, feed TEXT, draft INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'cancelled', 'refused')),
            at REAL, chosen INTEGER NOT NULL, added_at REAL NOT NULL, retry_at REAL, tries INTEGER NOT NULL, reason TEXT,
            UNIQUE (post_key, target)
        )
        """,
        # All that `last_sent` asks for: the rows themselves are long.
        "CREATE INDEX parts_by_first_sent ON parts (target, state, boot, first_steady, first_sent_at) WHERE part = 0",
    ),
)
VERSION = len(MIGRATIONS)

#: The columns of `parts` that a `Row` carries, as they are named in both.
COLUMNS = (
    *("post_key", "target", "part", "parts", "adapter", "source", "state", "payload", "encoding", "text"),
    *("count", "limit", "fingerprint", "idem_key", "draft", "title", "path", "certain", "fence", "attempts"),
    *("first_sent_at", "settle_until", "not_before", "remote_id", "remote_url"),
    *("error_kind", "error_message", "error_next", "kept", "tried", "updated_at"),
)

#: The columns that a new rendering of a part that was never sent replaces.
REPLANNED = (
    *("parts", "adapter", "source", "payload", "encoding", "text", "count", "limit", "fingerprint", "draft"),
    *("title", "path", "certain"),
)

_HEADER = 100


def damage(path: Path) -> tuple[str, str] | None:
    """What is wrong with the file at first sight and what to do, or `None`.

    Told from the header (sqlite.org/fileformat2.html, 1.3) before SQLite opens the file, which would take an empty
    one for a new ledger and put files of its own beside another program's. While a write-ahead log lies beside it
    the file may rightly be shorter than its header says.
    """
    restore = "restore it from a backup; it was not touched"
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if size == 0:
        return "the ledger is empty: cut, or never written", restore
    if len(header) < _HEADER or not header.startswith(b"SQLite format 3\x00"):
        return "not a SQLite file", restore
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        return "not a ledger of syndicate", "check `state.url`; it was not touched"
    version = int.from_bytes(header[60:64], "big")
    if version > VERSION:
        said = f"written by a newer version (schema {version}, this one knows {VERSION})"
        return said, "update syndicate; the ledger was not touched"
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    if size < page * pages and not covers(path, page, pages):
        return f"cut short: {size} bytes of {page * pages}", restore
    if cut(path):
        return f"the write-ahead log beside it, {path.name}-wal, is cut short", restore
    return None
