"""Access tokens that were renewed: kept in files of mode 0600 beside the ledger, one a target, never in it.

A platform may hand out a new refresh token each time and void the old one, so two processes must not renew at
once (a lock on the file's neighbour) and the new one is on disk before it is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import UsageError

#: Seconds between two tries to take the lock.
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; what renews it; when it ends (seconds since the epoch, `None`: unknown)."""

    access: str
    refresh: str | None = None
    expires_at: float | None = None

    def __repr__(self) -> str:
        return "Token(…)"


class TokenStore:
    """The tokens of one target.

    Args:
        path: File to keep them in, `None` to keep them in memory only.
        now: Seconds since the epoch.
    """

    #: Seconds before its end at which a token counts as expired.
    MARGIN = 60.0

    def __init__(self, path: Path | None, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._memory: tuple[str, Token] | None = None
        self._turn = asyncio.Lock()

    def values(self) -> list[str]:
        """Every secret that is kept here, for the redactor."""
        kept = self._memory or self._read()
        return [v for v in (kept[1].access, kept[1].refresh) if v] if kept else []

    async def current(
        self, seed: Token, renew: Callable[[Token], Awaitable[Token]], *, refused: str | None = None
    ) -> Token:
        """A token that should be accepted.

        Args:
            seed: What the config gives. When it changes, what was kept for the old one is dropped.
            renew: Gets a new token for an old one; called under the lock.
            refused: An access token that the platform has just refused: it is renewed whatever its date says.
        """
        origin = hashlib.sha256(f"{seed.refresh or seed.access}".encode()).hexdigest()
        async with self._turn:
            if (token := self._usable(origin, seed, refused)) is not None:
                return token
            async with self._locked():
                self._memory = None
                if (token := self._usable(origin, seed, refused)) is not None:
                    return token
                kept = self._read()
                fresh = await renew(kept[1] if kept and kept[0] == origin else seed)
                self._write(origin, fresh)
                return fresh

    def _usable(self, origin: str, seed: Token, refused: str | None) -> Token | None:
        kept = self._memory or self._read()
        token = kept[1] if kept and kept[0] == origin else seed
        if not token.access or token.access == refused:
            return None
        if token.expires_at is not None and token.expires_at - self.MARGIN <= self._now():
            return None
        return token

    def _read(self) -> tuple[str, Token] | None:
        if self._path is None:
            return self._memory
        try:
            data = json.loads(self._path.read_text())
            return data["origin"], Token(**data["token"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, origin: str, token: Token) -> None:
        self._memory = (origin, token)
        if self._path is None:
            return
        part = self._path.with_suffix(".new")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"origin": origin, "token": asdict(token)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._path)

    @contextlib.asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """Held by the kernel, so a killed process leaves nothing behind."""
        if self._path is None:
            yield
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(self._path.with_suffix(".lock"), "w") as file:  # noqa: ASYNC230  a small local file
                while not _taken(file.fileno()):  # noqa: ASYNC110  the event is in another process
                    await asyncio.sleep(_PAUSE)  # another process renews; the other targets go on
                yield
        except OSError as error:
            raise UsageError(
                f"{self._path}: the renewed access token cannot be kept ({error.strerror})",
                next="make that folder writable; nothing was published",
            ) from None


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
