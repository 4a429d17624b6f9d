"""Facebook: every fault, in both kinds."""

from __future__ import annotations

from typing import ClassVar

from syndicate.registry import adapter_class, standin_class
from syndicate.testing import AdapterContract


class TestFacebook(AdapterContract):
    adapter = adapter_class("facebook")
    standin = standin_class("facebook")


class TestFacebookText(AdapterContract):
    adapter = adapter_class("facebook")
    standin = standin_class("facebook")
    options: ClassVar = {"kind": "text"}
