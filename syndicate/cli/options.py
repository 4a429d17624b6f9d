"""What the commands' arguments have in common, for typer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Posts = Annotated[list[Path], typer.Argument(metavar="POST...", help="Markdown files, or page bundles.")]
To = Annotated[list[str] | None, typer.Option("--to", metavar="TARGET", help="Only this target; may be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, to the byte; send nothing.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The config; else $SYNDICATE_CONFIG, then syndicate.toml above."),
]

EXITS = (
    "Exit codes: 0 done or nothing to do, 1 failed for good, 2 usage or configuration, 3 a person must act, "
    "75 run again later; the first of 2, 3, 1, 75, 0 that applies."
)
