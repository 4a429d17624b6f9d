"""LinkedIn: every fault, for an organization, whose posts can be listed, and for a member, whose cannot."""

from __future__ import annotations

from typing import ClassVar

from syndicate.registry import adapter_class, standin_class
from syndicate.testing import AdapterContract


class TestLinkedInOrganization(AdapterContract):
    adapter = adapter_class("linkedin")
    standin = standin_class("linkedin")
    options: ClassVar = {"author": "urn:li:organization:2414183"}


class TestLinkedInMember(AdapterContract):
    """Nothing can be looked up, so what is unclear stays so."""

    adapter = adapter_class("linkedin")
    standin = standin_class("linkedin")
