"""The same suite, case by case, with the ledger in a PostgreSQL database: for each way to prevent a second post."""

import pytest

from . import test_contract as contract
from .postgres import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def _database(postgres: Cluster) -> str:
    """One database for all of them: to make one takes longer than what is tested in it."""
    return postgres.database()


class _OnPostgreSQL:
    @pytest.fixture(autouse=True)
    def _server(self, postgres: Cluster, _database: str) -> None:
        self.cluster = postgres
        self.url = _database

    def new_ledger(self) -> str:
        """Its schema is gone, so the ledger is made anew."""
        self.cluster.admin("DROP SCHEMA IF EXISTS syndicate CASCADE", database=self.url.rpartition("/")[2])
        return self.url


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


class TestBluesky(_OnPostgreSQL, contract.TestBluesky):
    pass


class TestFolderFeed(_OnPostgreSQL, contract.TestFolderFeed):
    pass


class TestSlackWebhook(_OnPostgreSQL, contract.TestSlackWebhook):
    pass
