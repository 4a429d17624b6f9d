"""Every built-in adapter through the contract suite."""

from syndicate.registry import adapter_class, standin_class
from syndicate.testing import AdapterContract


class TestDevTo(AdapterContract):
    adapter = adapter_class("devto")
    standin = standin_class("devto")


class TestHashnode(AdapterContract):
    adapter = adapter_class("hashnode")
    standin = standin_class("hashnode")


class TestMedium(AdapterContract):
    adapter = adapter_class("medium")
    standin = standin_class("medium")


class TestReddit(AdapterContract):
    adapter = adapter_class("reddit")
    standin = standin_class("reddit")


class TestRedditSelf(AdapterContract):
    adapter = adapter_class("reddit")
    standin = standin_class("reddit")
    options = {"kind": "self"}  # noqa: RUF012


class TestTwitter(AdapterContract):
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")


class TestTwitterThread(AdapterContract):
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")
    options = {"mode": "thread"}  # noqa: RUF012
