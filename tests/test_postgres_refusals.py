"""A database that cannot be used: exit 2, one message with a next step, no password in it, and nothing sent."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from syndicate.errors import UsageError
from syndicate.ledger import migrate, open_ledger
from syndicate.sandbox import Sandbox

from .ledger_bridge import rows
from .postgres import ROLE, Cluster
from .support import Project, project
from .test_postgres import in_database, sql

pytestmark = pytest.mark.slow

#: What no message may hold, as it is and as a URL writes it.
PASSWORD, QUOTED = "pass@wörd/7", "pass%40w%C3%B6rd%2F7"

COMMANDS = (
    ["publish", "post.md"],
    ["publish", "post.md", "--json"],
    ["publish", "post.md", "--dry-run"],
    ["update", "post.md"],
    ["status"],
    ["log"],
    ["resolve", "post.md", "medium", "--not-published"],
    ["ledger", "check"],
    ["ledger", "migrate"],
)


def _nobody_listens() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


#: How a URL is wrong, made from a good one's server and database; and what the message names.
WRONG: dict[str, tuple[Callable[[Cluster, str], str], str]] = {
    "password": (lambda server, name: server.url(name, password=QUOTED), "password authentication failed"),
    "role": (lambda server, name: server.url(name, role="nobody_known", password=QUOTED), "nobody_known"),
    "database": (lambda server, _: server.url("not_there"), "not_there"),
    "no server": (lambda server, name: server.url(name, password=QUOTED, port=_nobody_listens()), "refused"),
    "port": (lambda _, name: f"postgresql://{ROLE}:{QUOTED}@127.0.0.1:54x32/{name}", "state.url"),
    "percent": (lambda _, name: f"postgresql://{ROLE}:{QUOTED}%zz@127.0.0.1/{name}", "state.url"),
    "option": (lambda server, name: f"{server.url(name, password=QUOTED)}?sslmod=require", "state.url"),
    "value": (lambda server, name: f"{server.url(name, password=QUOTED)}?sslmode=sometimes", "sslmode"),
    "brackets": (lambda _, name: f"postgresql://{ROLE}:{QUOTED}@[::1/{name}", "state.url"),
    "scheme": (lambda _, name: f"mysql://{ROLE}:{QUOTED}@127.0.0.1/{name}", "mysql"),
    "in the query": (
        lambda server, name: f"postgresql://127.0.0.1:{server.port}/{name}?user={ROLE}&password={QUOTED}",
        "password authentication failed",
    ),
}


@pytest.fixture
def it(tmp_path: Path, sandbox: Sandbox) -> Project:
    made = project(tmp_path / "project", sandbox)
    made.post()
    return made


def _told(it: Project, sandbox: Sandbox, secrets: tuple[str, ...], *words: str, commands=COMMANDS) -> None:
    for command in commands:
        outcome = it.call(*command)
        said = outcome.stdout + outcome.stderr
        assert outcome.returncode == 2, (command, outcome)
        assert "next: " in said or '"next"' in said, (command, outcome)
        assert "Traceback" not in said
        for word in words:
            assert word in said, (command, outcome)
        for secret in secrets:
            assert secret not in said, (command, outcome)
    assert sandbox.seen == []


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_addresses(it: Project, sandbox: Sandbox, postgres: Cluster, postgres_url: str, wrong: str) -> None:
    """Each command names what is wrong with the address; a password appears in no form, whoever complains."""
    migrate(postgres_url, Path())
    make, word = WRONG[wrong]
    in_database(it, make(postgres, postgres_url.rpartition("/")[2]))
    _told(it, sandbox, (PASSWORD, QUOTED, "wörd", "w%C3", postgres.password), word)


def test_no_ledger_there(it: Project, sandbox: Sandbox, postgres: Cluster, postgres_url: str) -> None:
    """A database without a ledger is not one in which nothing was sent: it is made by a command of its own, once."""
    in_database(it, postgres_url)
    commands = [command for command in COMMANDS if command != ["ledger", "migrate"]]
    _told(it, sandbox, (postgres.password,), "no ledger", "syndicate ledger migrate", commands=commands)
    assert sql(postgres_url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'syndicate'") == [(0,)]
    for _ in range(2):
        outcome = it.call("ledger", "migrate")
        assert (outcome.returncode, outcome.stderr) == (0, "")
        assert postgres.password not in outcome.stdout
    assert it.call("status").returncode == 0


def test_a_newer_version(it: Project, sandbox: Sandbox, postgres: Cluster, postgres_url: str) -> None:
    """A ledger of a newer version is named and left alone, by `migrate` too."""
    migrate(postgres_url, Path())
    sql(postgres_url, "UPDATE syndicate.schema_version SET version = 99")
    in_database(it, postgres_url)
    _told(it, sandbox, (postgres.password,), "newer version", "99", "update syndicate")
    assert sql(postgres_url, "SELECT version FROM syndicate.schema_version") == [(99,)]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_another_encoding(postgres: Cluster, encoding: str) -> None:
    """A database that cannot hold every text gets no ledger; the message says how to make one that can."""
    url = postgres.database(f"ENCODING '{encoding}' TEMPLATE template0")
    with pytest.raises(UsageError) as caught:
        migrate(url, Path())
    assert encoding in caught.value.message
    assert "UTF8" in caught.value.next
    assert sql(url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'syndicate'") == [(0,)]


@pytest.fixture
def guest(postgres: Cluster, postgres_url: str) -> Iterator[str]:
    """The address of a ledger for another role, which may do nothing there."""
    migrate(postgres_url, Path())
    name = postgres_url.rpartition("/")[2]
    postgres.admin(f"CREATE ROLE guest LOGIN PASSWORD '{postgres.password}'")
    yield postgres.url(name, role="guest")
    postgres.admin("DROP OWNED BY guest", database=name)  # what it was granted, so that it can be dropped
    postgres.admin("DROP ROLE guest")


def test_a_role_without_rights(it: Project, sandbox: Sandbox, postgres: Cluster, guest: str) -> None:
    """A role that may not use the tables is told so, and what it needs."""
    in_database(it, guest)
    commands = [command for command in COMMANDS if command != ["ledger", "migrate"]]
    _told(it, sandbox, (postgres.password,), "permission denied", "grant", commands=commands)


def test_a_role_that_may_only_read(it: Project, sandbox: Sandbox, postgres_url: str, guest: str) -> None:
    """A role that may read sees the ledger; what would write stops before anything is sent."""
    sql(postgres_url, "GRANT USAGE ON SCHEMA syndicate TO guest")
    sql(postgres_url, "GRANT SELECT ON ALL TABLES IN SCHEMA syndicate TO guest")
    in_database(it, guest)
    assert it.call("status").returncode == 0
    assert it.call("publish", "post.md", "--dry-run").returncode == 0
    outcome = it.call("publish", "post.md", "--json")
    assert outcome.returncode == 2
    assert "permission denied" in outcome.stdout + outcome.stderr
    assert sandbox.seen == []


def test_read_only_writes_nothing(postgres_url: str) -> None:
    """A ledger that was opened for reading cannot be written, whatever the role may do."""
    migrate(postgres_url, Path())
    with contextlib.closing(open_ledger(postgres_url, Path(), read_only=True)) as ledger:
        assert ledger.rows() == []
        with pytest.raises(UsageError):
            ledger.claim(rows())
    assert sql(postgres_url, "SELECT count(*) FROM syndicate.parts") == [(0,)]


def test_all_connections_taken(it: Project, sandbox: Sandbox, postgres: Cluster, postgres_url: str) -> None:
    """A server that takes no more connections is named in its own words."""
    migrate(postgres_url, Path())
    postgres.admin(f"ALTER ROLE {ROLE} CONNECTION LIMIT 1")
    try:
        with psycopg.connect(postgres_url):
            _told(in_database(it, postgres_url), sandbox, (postgres.password,), "too many connections")
    finally:
        postgres.admin(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")
