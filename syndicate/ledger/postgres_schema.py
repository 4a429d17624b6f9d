"""The tables in PostgreSQL, their migrations, and what is wrong with a database that should hold them."""

from __future__ import annotations

from typing import Any

import psycopg

from ..errors import UsageError

# The collation is SQLite's: by bytes, the same on every server.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE SCHEMA IF NOT EXISTS syndicate",
        "CREATE TABLE syndicate.schema_version (version INTEGER NOT NULL)",
        "INSERT INTO syndicate.schema_version VALUES (0)",
        """
        CREATE TABLE syndicate.parts (
            post_key TEXT COLLATE "C" NOT NULL, target TEXT COLLATE "C" NOT NULL, part INTEGER NOT NULL,
            parts INTEGER NOT NULL, adapter TEXT NOT NULL, source TEXT COLLATE "C" NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'unknown', 'published', 'failed', 'waiting')),
            payload TEXT NOT NULL, encoding TEXT NOT NULL, text TEXT NOT NULL,
            "count" INTEGER NOT NULL, "limit" INTEGER NOT NULL, fingerprint TEXT NOT NULL,
            idem_key TEXT NOT NULL, draft INTEGER NOT NULL,
            title TEXT COLLATE "C" NOT NULL, path TEXT COLLATE "C", certain INTEGER NOT NULL,
            fence BIGINT NOT NULL, owner TEXT, lease_until TIMESTAMPTZ, attempts INTEGER NOT NULL,
            first_sent_at DOUBLE PRECISION, settle_until DOUBLE PRECISION, not_before DOUBLE PRECISION,
            remote_id TEXT, remote_url TEXT,
            error_kind TEXT, error_message TEXT, error_next TEXT, kept TEXT,
            updated_at DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (post_key, target, part)
        )
        """,
        """
        CREATE TABLE syndicate.log (
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at DOUBLE PRECISION NOT NULL,
            post_key TEXT COLLATE "C" NOT NULL, target TEXT COLLATE "C" NOT NULL, part INTEGER NOT NULL,
            fence BIGINT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, who TEXT NOT NULL
        )
        """,
        "CREATE INDEX log_of_post ON syndicate.log (post_key)",
        # Hashes: a title may be longer than what a B-tree takes (a third of a page).
        "CREATE INDEX parts_by_path ON syndicate.parts USING hash (path)",
        "CREATE INDEX parts_by_title ON syndicate.parts USING hash (title)",
        "CREATE INDEX parts_by_source ON syndicate.parts USING hash (source)",
        "CREATE INDEX parts_by_remote_id ON syndicate.parts USING hash (remote_id)",
        "CREATE INDEX parts_by_change ON syndicate.parts (updated_at)",
        "CREATE INDEX parts_unfinished ON syndicate.parts (post_key) WHERE state <> 'published'",
    ),
    (
        "ALTER TABLE syndicate.parts ADD COLUMN tried TEXT",
        """
        CREATE TABLE syndicate.feeds (
            name TEXT COLLATE "C" PRIMARY KEY, url TEXT NOT NULL, moved_to TEXT, etag TEXT, last_modified TEXT,
            not_before DOUBLE PRECISION, gone INTEGER NOT NULL, begun INTEGER NOT NULL, ttl DOUBLE PRECISION,
            checked_at DOUBLE PRECISION, error TEXT
        )
        """,
        # An id is as long as a feed makes it, and a B-tree takes a third of a page: (feed, id), and (post_key, target)
        # below, have one row each because all who write them hold one lock.
        """
        CREATE TABLE syndicate.entries (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            feed TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, link TEXT COLLATE "C", title TEXT NOT NULL,
            digest TEXT NOT NULL, words TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('seen', 'filtered', 'review', 'held', 'accepted', 'edited')),
            post_key TEXT COLLATE "C", post TEXT, published DOUBLE PRECISION, reason TEXT, same_as TEXT,
            noted_at DOUBLE PRECISION NOT NULL
        )
        """,
        "CREATE INDEX entries_of_feed ON syndicate.entries (feed)",
        "CREATE INDEX entries_by_id ON syndicate.entries USING hash (id)",
        "CREATE INDEX entries_by_link ON syndicate.entries USING hash (link)",
        "CREATE INDEX entries_by_post ON syndicate.entries USING hash (post_key)",
        "CREATE INDEX entries_by_state ON syndicate.entries (state)",
        """
        CREATE TABLE syndicate.queue (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            post_key TEXT COLLATE "C" NOT NULL, target TEXT COLLATE "C" NOT NULL,
            source TEXT NOT NULL, title TEXT NOT NULL, post TEXT NOT NULL, path TEXT, feed TEXT, draft INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'cancelled', 'refused')),
            at DOUBLE PRECISION, chosen INTEGER NOT NULL, added_at DOUBLE PRECISION NOT NULL,
            retry_at DOUBLE PRECISION, tries INTEGER NOT NULL, reason TEXT
        )
        """,
        "CREATE INDEX queue_by_post ON syndicate.queue USING hash (post_key)",
        # Who makes a pass of the watch; one row.
        "CREATE TABLE syndicate.pass (owner TEXT, lease_until TIMESTAMPTZ)",
        "INSERT INTO syndicate.pass VALUES (NULL, NULL)",
        "CREATE INDEX parts_by_first_sent ON syndicate.parts (target, first_sent_at) WHERE part = 0",
    ),
)
VERSION = len(MIGRATIONS)

_AGAIN = "`syndicate ledger migrate`"


def version(db: psycopg.Connection[dict[str, Any]]) -> int:
    """The schema's version; 0 when there is none."""
    found = db.execute("SELECT to_regclass('syndicate.schema_version') IS NOT NULL AS there").fetchone()
    if found is None or not found["there"]:
        return 0
    found = db.execute("SELECT version FROM syndicate.schema_version").fetchone()
    return int(found["version"]) if found else 0


def outdated(db: psycopg.Connection[dict[str, Any]]) -> tuple[str, str] | None:
    """Why this database cannot be used as it is, and what to do; `None` when it can.

    No ledger is made by the way: a mistyped address would be one in which nothing has ever been sent.
    """
    known = version(db)
    if known == 0:
        return "there is no ledger in this database", f"is `state.url` the right one? then {_AGAIN} makes it"
    if known < VERSION:
        return f"the ledger's schema is {known}, this version writes {VERSION}", f"{_AGAIN}, then update all machines"
    return _newer(known) if known > VERSION else None


def _newer(known: int) -> tuple[str, str]:
    said = f"written by a newer version (schema {known}, this one knows {VERSION})"
    return said, "update syndicate; the ledger was not touched"


def bring_up_to_date(db: psycopg.Connection[dict[str, Any]]) -> tuple[int, int]:
    """Runs the migrations that are missing, in one transaction. Returns the version before and now."""
    encoding = db.execute("SHOW server_encoding").fetchone()
    if encoding is None or encoding["server_encoding"] != "UTF8":
        raise UsageError(
            f"the database's encoding is {encoding and encoding['server_encoding']}; posts need UTF8",
            next="CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
        )
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(hashtextextended('syndicate', 0))")  # two machines at once
        before = version(db)
        if before > VERSION:
            said, advice = _newer(before)
            raise UsageError(said, next=advice)
        for step in MIGRATIONS[before:]:
            for statement in step:
                db.execute(statement.encode())
        db.execute("UPDATE syndicate.schema_version SET version = %s", (VERSION,))
    return before, VERSION
