"""`syndicate ledger …`: the record of deliveries, made, moved and looked through. Only the parser is here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError

ledger = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make, move and check the record of deliveries.",
    epilog="Example:  syndicate ledger check.  Exit codes: 0 done, 1 a fault or a conflict, 2 usage or configuration.",
)

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The config; else $SYNDICATE_CONFIG, then syndicate.toml above."),
]


def _answered(command: Callable[[], int]) -> typer.Exit:
    """The command's exit code; a usage error is told."""
    from .commands import fail

    try:
        return typer.Exit(command())
    except UsageError as error:
        return typer.Exit(fail(error))


@ledger.command(epilog="Example:  syndicate ledger migrate")
def migrate(config: ConfigFile = None) -> None:
    """Make the configured ledger, or bring its tables up to date."""
    from . import ledger_commands

    raise _answered(lambda: ledger_commands.migrate(config))


@ledger.command(
    epilog="Example:  syndicate ledger copy --from sqlite:///.syndicate/ledger.db --to postgresql://me@host/syndicate"
)
def copy(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="The ledger that is read.")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The ledger that is written; made when missing.")],
    config: ConfigFile = None,
) -> None:
    """Copy a ledger that no run uses to another place or engine, and compare the two. Run it again to go on."""
    from . import ledger_commands

    raise _answered(lambda: ledger_commands.copy(source, to, config))


@ledger.command(epilog="Example:  syndicate ledger export ledger.jsonl")
def export(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to; `-` is standard output.")] = "-",
    config: ConfigFile = None,
) -> None:
    """Write the whole ledger as lines of JSON. Never overwrites a file."""
    from . import ledger_commands

    raise _answered(lambda: ledger_commands.export(file, config))


@ledger.command("import", epilog="Example:  syndicate ledger import ledger.jsonl")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="What `export` wrote; `-` is standard input.")],
    config: ConfigFile = None,
) -> None:
    """Read what `export` wrote into the configured ledger. The whole file is checked before anything is written."""
    from . import ledger_commands

    raise _answered(lambda: ledger_commands.import_(file, config))


@ledger.command(epilog="Example:  syndicate ledger check --json")
def check(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")] = False,
    config: ConfigFile = None,
) -> None:
    """Look for damage and for what cannot be, and say how to repair it. Changes nothing."""
    from . import ledger_commands

    raise _answered(lambda: ledger_commands.check(config, json=json))
