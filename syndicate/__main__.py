"""The command. Start-up is felt on every cron run: what needs no parser is answered before one is imported."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command line; the process's exit code follows `syndicate.report.Exit`."""
    arguments = sys.argv[1:]
    _usable_streams()
    try:
        if arguments == ["--version"]:
            from . import __version__

            print(f"syndicate {__version__}", flush=True)
            return
        sys.exit(_run(arguments))
    except KeyboardInterrupt:
        print("syndicate: interrupted; the same command goes on where this one ended", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        # Only printing gets here: whoever read our output has gone, or its disk is full.
        if not isinstance(error, BrokenPipeError):
            print(
                f"syndicate: cannot print ({error.strerror}); `syndicate status` shows what was done", file=sys.stderr
            )
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _usable_streams() -> None:
    """Under cron a stream may be closed and the locale know no arrows: neither may end a run that has published."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  for the life of the process
        else:
            stream.reconfigure(errors="backslashreplace")


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
