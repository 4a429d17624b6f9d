"""x"""

from syndicate.registry import adapter_class, standin_class
from syndicate.testing import AdapterContract


class TestContract(AdapterContract):
    """The contract suite."""

    adapter = adapter_class("ghost")
    standin = standin_class("ghost")
