"""The same suite, case by case, with the ledger in a PostgreSQL database."""

import pytest

from . import test_contract as contract
from .postgres import Cluster

pytestmark = pytest.mark.slow


class _OnPostgreSQL:
    @pytest.fixture(autouse=True)
    def _server(self, postgres: Cluster) -> None:
        self.cluster = postgres

    def new_ledger(self) -> str:
        return self.cluster.database()


class TestDevTo(_OnPostgreSQL, contract.TestDevTo):
    pass


class TestHashnode(_OnPostgreSQL, contract.TestHashnode):
    pass


class TestMedium(_OnPostgreSQL, contract.TestMedium):
    pass


class TestReddit(_OnPostgreSQL, contract.TestReddit):
    pass


class TestRedditSelf(_OnPostgreSQL, contract.TestRedditSelf):
    pass


class TestTwitter(_OnPostgreSQL, contract.TestTwitter):
    pass


class TestTwitterThread(_OnPostgreSQL, contract.TestTwitterThread):
    pass
