"""The command that looks at posts before anything is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Json, Posts

looks = typer.Typer()


@looks.command(
    epilog="Examples:  syndicate check post.md  |  syndicate check posts/*.md --online --site https://blog.example.org.  "
    "Exit codes: 0 nothing stands in the way, 1 a platform would refuse a post, or with --strict something is lost or "
    "off, 2 a file is no post, or usage; the first of 2, 1, 0 that applies."
)
def check(
    posts: Posts,
    only: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="ADAPTER", help="Only this platform or target; may be repeated."),
    ] = None,
    online: Annotated[bool, typer.Option("--online", help="Ask for each picture: which do not answer?")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count: exit code 1.")] = False,
    json: Json = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="The config, if not one that is found; none is needed."),
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="URL", help="The address of the site on which the posts stand.")
    ] = None,
) -> None:
    """Look at posts: mistakes, and what each platform would lose, change or refuse.

    With a config: its targets; without one: all platforms that are installed. Sends and writes nothing.
    """
    from .check import check as run

    raise typer.Exit(run(posts, only=only or (), online=online, strict=strict, json=json, config=config, site=site))
