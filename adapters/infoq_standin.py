"""InfoQ in the sandbox: a form that a person fills in."""

from __future__ import annotations

from ._handoff_standin import HandoffStandIn


class InfoQStandIn(HandoffStandIn):
    name = "infoq"
