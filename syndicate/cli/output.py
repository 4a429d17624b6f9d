"""Printing that cannot spoil a run: what was to be done is done when it is told."""

from __future__ import annotations

import os
import sys

#: What a shell gives for a program that wrote into a closed pipe.
_GONE = 141


def say(text: str) -> None:
    """Prints to standard output. Ends quietly when whoever read it has gone; says so when its disk is full."""
    try:
        print(text, flush=True)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(
                f"syndicate: cannot print ({error.strerror}); `syndicate status` shows what was done", file=sys.stderr
            )
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  the interpreter flushes it once more when it ends
        raise SystemExit(_GONE) from None
