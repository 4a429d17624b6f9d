"""The typer application. Importing it costs more than all else together: see `syndicate.__main__`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import __version__
from .ledger import ledger

app = typer.Typer(
    name="syndicate",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Carry one Markdown post to the places where developers abroad read, and never twice.",
    epilog="First steps: `syndicate demo` needs no account; `syndicate init` writes a config.",
)

app.add_typer(ledger, name="ledger")

Posts = Annotated[list[Path], typer.Argument(metavar="POST...", help="Markdown files, or page bundles.")]
To = Annotated[list[str] | None, typer.Option("--to", metavar="TARGET", help="Only this target; may be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, to the byte; send nothing.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The config; else $SYNDICATE_CONFIG, then syndicate.toml above."),
]

_EXITS = (
    "Exit codes: 0 done or nothing to do, 1 failed for good, 2 usage or configuration, 3 a person must act, "
    "75 run again later; the first of 2, 3, 1, 75, 0 that applies."
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"syndicate {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(
    epilog="Examples:  syndicate publish post.md --dry-run  |  syndicate publish post.md --to dev --to golang  |  "
    'syndicate publish post.md --at "2026-12-01 09:00 America/New_York".  What waits for its time goes out with '
    "`syndicate watch`.  " + _EXITS
)
def publish(
    posts: Posts,
    to: To = None,
    dry_run: DryRun = False,
    draft: Annotated[bool, typer.Option("--draft", help="Send what only you can see, where there is such.")] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help='When, as in "2026-12-01 09:00 America/New_York"; `now` goes before all.'),
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Publish posts where they have not been published yet; with --at, once that time has come."""
    from . import commands

    raise typer.Exit(
        commands.publish(posts, to=to or (), dry_run=dry_run, draft=draft, at=at, json=json, config=config)
    )


@app.command(epilog="Example:  syndicate update post.md --to dev.  " + _EXITS)
def update(
    posts: Posts,
    to: To = None,
    dry_run: DryRun = False,
    ours: Annotated[bool, typer.Option("--ours", help="Send it also over what was edited there by hand.")] = False,
    theirs: Annotated[bool, typer.Option("--theirs", help="Leave what was edited there by hand as it is.")] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Bring what was published before up to date, where the platform can.

    What was edited there by hand is shown and not overwritten: you are asked, or say --ours or --theirs.
    """
    from . import commands

    raise typer.Exit(
        commands.update(posts, to=to or (), dry_run=dry_run, ours=ours, theirs=theirs, json=json, config=config)
    )


@app.command(
    epilog="Examples:  syndicate status post.md --json  |  syndicate status --online.  Without --online "
    "the exit code is 0. With it: 0 all is as sent or cannot be asked, 1 something cannot be read, 2 usage or "
    "configuration, 3 something is gone or was edited there or a person must act, 75 something cannot be read now; the "
    "first of 2, 3, 1, 75, 0 that applies."
)
def status(
    posts: Annotated[list[Path] | None, typer.Argument(metavar="[POST...]", help="Only these posts.")] = None,
    all_posts: Annotated[bool, typer.Option("--all", help="All posts, not only unfinished and late ones.")] = False,
    online: Annotated[
        bool, typer.Option("--online", help="Compare with what stands there now. Only reads; some platforms charge.")
    ] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Show what was published where, and what is in doubt. Reads only the ledger, unless --online."""
    from . import commands

    raise typer.Exit(commands.status(posts or [], everything=all_posts, online=online, json=json, config=config))


@app.command(
    epilog="Examples:  syndicate resolve post.md mine --published https://example.com/p/1  |  "
    "syndicate resolve post.md mine --not-published"
)
def resolve(
    post: Annotated[str, typer.Argument(metavar="POST", help="A file, or a post as `status` names it.")],
    target: Annotated[str, typer.Argument(metavar="TARGET")],
    published: Annotated[str | None, typer.Option("--published", metavar="URL", help="It stands there.")] = None,
    not_published: Annotated[bool, typer.Option("--not-published", help="It is not there; send it again.")] = False,
    config: ConfigFile = None,
) -> None:
    """Say what became of a delivery whose outcome is unknown."""
    from ..errors import UsageError
    from . import commands

    if (published is None) != not_published:
        error = UsageError("say one of --published URL and --not-published", next="look at the platform first")
        raise typer.Exit(commands.fail(error))
    raise typer.Exit(commands.resolve(post, target, url=published, config=config))


@app.command(epilog="Examples:  syndicate log post.md  |  syndicate log --json")
def log(
    post: Annotated[
        str | None, typer.Argument(metavar="[POST]", help="A file, or a post as `status` names it.")
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Show every attempt: when, what became of it, and what decided that. Reads only the ledger."""
    from . import commands

    raise typer.Exit(commands.log(post, json=json, config=config))


@app.command(
    epilog="Examples:  syndicate adopt --dry-run  |  syndicate adopt post.md --target dev --yes.  Without a terminal "
    "nothing is recorded but with --yes (exit code 3). A dry run reads the accounts, and records nothing.  " + _EXITS
)
def adopt(
    posts: Annotated[list[Path] | None, typer.Argument(metavar="[POST...]", help="Only these posts.")] = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "--to", metavar="TARGET", help="Only this target; may be repeated."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Record the matches without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the matches; record nothing.")] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Record what your accounts posted before: their own posts, matched with the local ones by URL or title.

    Without POST: all Markdown posts below the config's folder, but for hidden folders, node_modules, themes, public.
    """
    from .adopt import adopt as run

    raise typer.Exit(run(posts or [], to=target or (), yes=yes, dry_run=dry_run, json=json, config=config))


@app.command(
    epilog="Examples:  syndicate watch  |  syndicate watch --every 15m  |  syndicate watch --dry-run.  Two passes at once "
    "do no harm: the second says so and exits 0.  " + _EXITS
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


@app.command(epilog="Examples:  syndicate queue  |  syndicate queue --all --json")
def queue(
    everything: Annotated[bool, typer.Option("--all", help="Also what was taken back.")] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """List what waits for its time, and what waits for you. Reads only the ledger."""
    from .queue import queue as run

    raise typer.Exit(run(everything=everything, json=json, config=config))


@app.command(epilog="Example:  syndicate cancel post.md golang")
def cancel(
    post: Annotated[str, typer.Argument(metavar="POST", help="A file, or a post as `queue` names it.")],
    target: Annotated[str, typer.Argument(metavar="TARGET")],
    config: ConfigFile = None,
) -> None:
    """Take back a delivery that has not been sent. `publish --at now` sends it after all."""
    from .queue import cancel as run

    raise typer.Exit(run(post, target, config=config))


@app.command(epilog="Examples:  syndicate approve  |  syndicate approve https://blog.example.org/new/ --dry-run")
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


@app.command(epilog="Example:  syndicate platforms --json")
def platforms(json: Json = False) -> None:
    """List the platforms: limits, what they need, what they cost, which rules matter."""
    from .platforms import show

    raise typer.Exit(show(as_json=json))


@app.command(epilog="Example:  syndicate init && $EDITOR syndicate.toml")
def init(
    path: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where to write it.")] = Path("syndicate.toml"),
) -> None:
    """Write a commented config to start from. Never overwrites one."""
    from .init import write

    raise typer.Exit(write(path))


@app.command(epilog="Example:  syndicate demo my-post.md --keep")
def demo(
    post: Annotated[Path | None, typer.Argument(metavar="[POST]", help="A post of yours; else an example.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sandbox page up until Ctrl-C.")] = False,
) -> None:
    """Publish a post to stand-ins of all platforms on this machine, twice; needs no account."""
    from .demo import run

    raise typer.Exit(run(post, keep=keep))


@app.command(epilog="Example:  syndicate sandbox --port 8025")
def sandbox(port: Annotated[int, typer.Option("--port", min=0, max=65535, help="TCP port; 0: any.")] = 8025) -> None:
    """Run the stand-ins of the platforms on this machine until Ctrl-C."""
    from .sandbox import serve

    raise typer.Exit(serve(port))
