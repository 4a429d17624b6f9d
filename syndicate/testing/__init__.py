"""The adapter contract suite, for built-in and third-party adapters alike.

A package with an adapter and a stand-in tests both with one short class::

    from syndicate.testing import AdapterContract


    class TestAcme(AdapterContract):
        adapter = Acme
        standin = AcmeStandIn

Needs pytest to run, not to import.
"""

from __future__ import annotations

from .contract import AdapterContract
from .rig import DEADLINE, SETTLE, Clock, Rig, sample_post

__all__ = ["DEADLINE", "SETTLE", "AdapterContract", "Clock", "Rig", "sample_post"]
