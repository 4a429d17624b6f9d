"""Every built-in adapter through the contract suite."""

from typing import ClassVar

from syndicate.registry import adapter_class, standin_class
from syndicate.testing import AdapterContract, sample_post


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
    options: ClassVar = {"kind": "self"}


class TestTwitter(AdapterContract):
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")


class TestTwitterThread(AdapterContract):
    """Several parts: each of them once, in order, each an answer to the one before."""

    post = sample_post(body="\n\n".join(f"Paragraph {n} has some words to say. " * 5 for n in range(5)))
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")
    options: ClassVar = {"mode": "thread"}
