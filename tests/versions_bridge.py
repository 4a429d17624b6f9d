"""A post that has changed here and there since it was published: what the tests of `update` share."""

from __future__ import annotations

import contextlib

from syndicate.ledger import Event, Row, open_ledger
from syndicate.sandbox import Sandbox
from syndicate.standin import Received

from .support import POST, Outcome, Project

HERE = "Written here."
THERE = "Written there."
NEWER = POST + f"\n{HERE}\n"
TO = ("--to", "devto")


def there(sandbox: Sandbox, name: str = "devto") -> Received:
    (post,) = sandbox.places[name].standin.posts
    return post


def edit(sandbox: Sandbox, name: str = "devto", text: str = THERE) -> None:
    """A person adds a line to the post at a platform."""
    post = there(sandbox, name)
    sandbox.places[name].standin.edit(post.id, f"{post.text}\n\n{text}")


def changed(it: Project, sandbox: Sandbox, *, there_too: bool = True) -> None:
    """A post that was published to DEV, and has changed here, and there, since."""
    assert it.call("publish", "post.md", *TO).returncode == 0
    if there_too:
        edit(sandbox)
    it.post(NEWER)


def row(it: Project) -> Row:
    (found,) = [row for row in it.rows() if row.target == "devto"]
    return found


def log(it: Project) -> list[Event]:
    with contextlib.closing(open_ledger(f"sqlite:///{it.ledger}", it.folder, read_only=True)) as ledger:
        return ledger.log()


def delivery(outcome: Outcome) -> dict[str, object]:
    """The one delivery of `--json`."""
    (found,) = outcome.json()["deliveries"]
    return dict(found)
