"""The typer application. Importing it costs more than all else together: see `syndicate.__main__`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import __version__
from .app_check import looks
from .app_watch import unattended
from .ledger import ledger
from .options import EXITS, ConfigFile, DryRun, Json, Posts, To

app = typer.Typer(
    name="syndicate",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Carry one Markdown post to the places where developers abroad read, and never twice.",
    epilog="First steps: `syndicate demo` needs no account; `syndicate init` writes a config.",
)

app.add_typer(ledger, name="ledger")
app.add_typer(unattended)
app.add_typer(looks)


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
    "`syndicate watch`.  " + EXITS
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
    again: Annotated[bool, typer.Option("--again", help="Prepare anew what you post by hand.")] = False,
    open_pages: Annotated[
        bool, typer.Option("--open", help="Open the pages on which you post by hand, and copy the texts.")
    ] = False,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Publish posts where they have not been published yet; with --at, once that time has come."""
    from . import commands

    raise typer.Exit(
        commands.publish(
            posts,
            to=to or (),
            dry_run=dry_run,
            draft=draft,
            at=at,
            again=again,
            open_pages=open_pages,
            json=json,
            config=config,
        )
    )


@app.command(epilog="Example:  syndicate update post.md --to dev.  " + EXITS)
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


@app.command(epilog="Example:  syndicate confirm post.md hn https://news.example/item?id=1")
def confirm(
    post: Annotated[str, typer.Argument(metavar="POST", help="A file, or a post as `status` names it.")],
    target: Annotated[str, typer.Argument(metavar="TARGET")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it stands.")],
    config: ConfigFile = None,
) -> None:
    """Say where a post stands that you posted by hand."""
    from . import commands

    raise typer.Exit(commands.confirm(post, target, url=url, config=config))


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
    "nothing is recorded but with --yes (exit code 3). A dry run reads the accounts, and records nothing.  " + EXITS
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
    epilog="Examples:  syndicate doctor  |  syndicate doctor --to dev --json.  Only reads; some platforms charge for "
    "that.  " + EXITS
)
def doctor(to: To = None, json: Json = False, config: ConfigFile = None) -> None:
    """Ask every target: are the credentials accepted, whose are they, when do they end, which rules hold now."""
    from .doctor import doctor as run

    raise typer.Exit(run(to=to or (), json=json, config=config))


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
