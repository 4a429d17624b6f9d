"""The commands for what goes on unattended: the watch, the queue, what waits for a person."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import EXITS, ConfigFile, DryRun, Json

unattended = typer.Typer()


@unattended.command(
    epilog="Examples:  syndicate watch  |  syndicate watch --every 15m  |  syndicate watch --dry-run.  Two passes at once "
    "do no harm: the second says so and exits 0.  " + EXITS
)
def watch(
    every: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Go on, with a pass each DURATION, as in 15m.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask the feeds and show what would be done; record and send nothing.")
    ] = False,
    backfill: Annotated[
        int, typer.Option(metavar="N", min=0, help="Post the newest N entries of each feed, though they are not new.")
    ] = 0,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Make one pass: poll the feeds, publish what is new and what is due, settle what is unknown.

    The first pass over a feed posts nothing: what is there counts as seen.
    """
    from .watch import watch as run

    raise typer.Exit(run(every=every, dry_run=dry_run, backfill=backfill, json=json, config=config))


@unattended.command(epilog="Examples:  syndicate queue  |  syndicate queue --all --json")
def queue(
    everything: Annotated[bool, typer.Option("--all", help="Also what was taken back.")] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """List what waits for its time, and what waits for you. Reads only the ledger."""
    from .queue import queue as run

    raise typer.Exit(run(everything=everything, json=json, config=config))


@unattended.command(epilog="Example:  syndicate cancel post.md golang")
def cancel(
    post: Annotated[str, typer.Argument(metavar="POST", help="A file, or a post as `queue` names it.")],
    target: Annotated[str, typer.Argument(metavar="TARGET")],
    config: ConfigFile = None,
) -> None:
    """Take back a delivery that has not been sent. `publish --at now` sends it after all."""
    from .queue import cancel as run

    raise typer.Exit(run(post, target, config=config))


@unattended.command(epilog="Examples:  syndicate approve  |  syndicate approve https://blog.example.org/new/ --dry-run")
def approve(
    posts: Annotated[
        list[str] | None, typer.Argument(metavar="[POST...]", help="Entries by link, id or title; none lists them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    feed: Annotated[str | None, typer.Option(metavar="NAME", help="Only entries of this feed.")] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Turn them down: they are not posted.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Let entries of feeds go that wait for you: for `review = true`, or because the brake stopped them."""
    from .queue import approve as run

    raise typer.Exit(
        run(posts or [], everything=everything, feed=feed, reject=reject, dry_run=dry_run, json=json, config=config)
    )
