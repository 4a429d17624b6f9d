"""The adapter contract suite, for built-in and third-party adapters alike.

A package with an adapter and a stand-in tests both with one short class::

    from syndicate.testing import AdapterContract


    class TestAcme(AdapterContract):
        adapter = Acme
        standin = AcmeStandIn

A place where a person posts has `HandoffContract` in its place. Needs pytest to run, not to import.
"""

from __future__ import annotations

from .clock import Clock
from .contract import AdapterContract
from .handoff_contract import HandoffContract
from .rig import DEADLINE, SETTLE, Rig, sample_post

__all__ = ["DEADLINE", "SETTLE", "AdapterContract", "Clock", "HandoffContract", "Rig", "sample_post"]
