"""`syndicate doctor`: is every target ready to publish. No effect anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from ..report import pressing
from ..session import Session
from .commands import fail, notes_of
from .output import say


def doctor(*, to: Sequence[str] = (), json: bool = False, config: Path | None = None) -> int:
    """Examines the targets. The exit code is that of the most pressing problem."""
    from ..doctor import examine, lines
    from ..preview import document

    try:
        with Session.open(config, read_only=True) as session:
            notes_of(session)
            findings = examine(session, session.targets(to))
    except UsageError as error:
        return fail(error)
    if json:
        say(document({"targets": [finding.as_json() for finding in findings]}))
    else:
        for finding in findings:
            for line in lines(finding):
                say(line)
        ready = sum(finding.problem is None for finding in findings)
        say(f"{ready} of {len(findings)} targets are ready; nothing was sent")
    return pressing(finding.problem for finding in findings)
