"""The command. Start-up is felt on every cron run: what needs no parser is answered before one is imported."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from .cli.output import say


def main() -> None:
    """Runs the command line; the process's exit code follows `syndicate.report.Exit`."""
    _usable_streams()
    # Most of a short run is imports, which make much that lives to the end: collecting it again and again is lost.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)  # nor is all of it looked through once more at the end
    try:
        sys.exit(_run(sys.argv[1:]))
    except KeyboardInterrupt:
        print("syndicate: interrupted; the same command goes on where this one ended", file=sys.stderr)
        sys.exit(130)


def _usable_streams() -> None:
    """Under cron a stream may be closed and the locale know no arrows: neither may end a run that has published."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  for the life of the process
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        from . import __version__

        say(f"syndicate {__version__}")
        return 0
    from .cli.noop import recall

    if (remembered := recall(arguments)) is not None:
        if arguments[0] != "watch":
            say(remembered)
            return 0
        from .cli.still import unchanged

        if unchanged(remembered):
            return 0
    from .cli.quick import run

    code = run(arguments)
    if code is None:
        from .cli.app import app

        app(prog_name="syndicate")
        return 0
    return code


if __name__ == "__main__":
    main()
