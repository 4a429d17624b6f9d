"""The right to make a pass of the watch on a shared ledger: a lease, as no session is ours for longer than a transaction."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from ..errors import UsageError
from .record import Busy
from .sql import SQLLedger

#: Seconds for which a pass holds off another one without a sign of life.
LEASE = 300.0

_UNTIL = "lease_until = clock_timestamp() + make_interval(secs => :lease)"
# Whoever took it and did not hear of it takes it once more.
_BEGIN = (
    f"UPDATE syndicate.pass SET owner = :own, {_UNTIL}"
    " WHERE owner = :own OR (lease_until > clock_timestamp()) IS NOT TRUE"
)
_RENEW = f"UPDATE syndicate.pass SET {_UNTIL} WHERE owner = :own"
_END = "UPDATE syndicate.pass SET owner = NULL, lease_until = NULL WHERE owner = :own"


class Pass:
    """This process's hold on it; see `Agenda.alone`."""

    def __init__(self, ledger: SQLLedger) -> None:
        self._ledger = ledger
        self._token = ""

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        token = os.urandom(12).hex()
        if not self._took(token):
            yield False
            return
        self._token = token
        try:
            yield True
        finally:
            self._token = ""
            with contextlib.suppress(Busy, UsageError):  # the lease runs out by itself
                self._run(_END, token)

    def _took(self, token: str) -> bool:
        try:
            return self._run(_BEGIN, token) == 1
        except Busy:
            return False

    def _run(self, sql: str, token: str) -> int:
        values = {"own": token, "lease": LEASE}
        return self._ledger.durably(lambda: self._ledger.write(sql, values), "pass", "")

    def show_life(self) -> None:
        """Renews it, within a transaction. Whoever was overtaken changes nothing."""
        if self._token:
            self._ledger.write(_RENEW, {"own": self._token, "lease": LEASE})
