"""What starts a server that is written for Node."""

from __future__ import annotations

from pathlib import Path

from .servers import folder

_LOOPBACK = Path(__file__).with_name("loopback.cjs")


def node(*words: str | Path) -> list[str | Path]:
    """The words that run a script with the Node that install_node.sh installs, and keep it on this machine."""
    return [folder() / "node" / "bin" / "node", "--require", _LOOPBACK, *words]
