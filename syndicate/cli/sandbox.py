"""`syndicate sandbox`: the stand-ins on loopback until Ctrl-C."""

from __future__ import annotations

import json
import signal
import threading

from ..errors import UsageError
from ..report import Exit
from ..sandbox import Sandbox
from .commands import fail


def serve(port: int) -> int:
    """Runs the sandbox in the foreground and prints a config for it."""
    try:
        sandbox = Sandbox(port)
    except OSError as error:
        return fail(UsageError(f"port {port}: {error.strerror}", next="`--port 0` takes any that is free"))
    with sandbox:
        print(f"The sandbox is at {sandbox.url} until Ctrl-C. Targets for a config:\n", flush=True)
        for name in sandbox.places:
            print(config_table(name, sandbox), flush=True)
        wait()
    return Exit.DONE


def config_table(name: str, sandbox: Sandbox) -> str:
    """The `[targets.*]` table of a stand-in. Its secrets are made up, so they may stand in the config."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in sandbox.target(name).items()]
    return "\n".join([f"[targets.{name}]", *lines, ""])


def wait() -> None:
    """Until Ctrl-C, or whoever stops services: both leave through the same door, past the temporary folder."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
