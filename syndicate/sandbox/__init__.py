"""The sandbox: stand-ins of the platforms on loopback, a page that shows what arrived, faults on demand."""

from __future__ import annotations

from .faults import FAULTS, Fault
from .picture import a_picture
from .server import Sandbox

__all__ = ["FAULTS", "Fault", "Sandbox", "a_picture"]
