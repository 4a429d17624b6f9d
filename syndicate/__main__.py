"""The command. Start-up is felt on every cron run: what needs no parser is answered before one is imported."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command line; the process's exit code follows `syndicate.report.Exit`."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from . import __version__

        print(f"syndicate {__version__}")
        return
    try:
        sys.exit(_run(arguments))
    except KeyboardInterrupt:
        print("syndicate: interrupted; the same command goes on where this one ended", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone; what was to be done is done. Keep the interpreter's exit quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _run(arguments: list[str]) -> int:
    from .cli.noop import recall

    remembered = recall(arguments)
    if remembered is not None:
        print(remembered)
        sys.stdout.flush()
        return 0
    from .cli.quick import run

    code = run(arguments)
    if code is None:
        from .cli.app import app

        app(prog_name="syndicate")
        code = 0
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    main()
