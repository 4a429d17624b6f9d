"""The project's own run skips these tests: tests/test_third_party.py installs the package and runs them."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("syndicate_acme") else ["tests"]
