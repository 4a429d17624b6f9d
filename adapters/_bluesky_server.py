"""An account's server on the AT Protocol: sessions that are kept and renewed, and what is asked of it (XRPC)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from ..adapter import Secret
from ..errors import Rejected, Unauthorized, Unavailable
from ._bluesky_answers import COLLECTION, Me, explain
from ._bluesky_embed import PICTURES
from ._oauth import Api, bearer
from ._reading import is_missing

if TYPE_CHECKING:
    from ..http import Answer, Http
    from ..tokens import Token

T = TypeVar("T")

#: Seconds; a server whose access tokens end sooner says so, and they are renewed then.
_ACCESS_LIFE = 7200.0


@dataclass(frozen=True, slots=True)
class Server:
    """One attempt long."""

    http: Http
    base_url: str
    identifier: str
    password: Secret

    @property
    def api(self) -> Api:
        from ..tokens import Token

        # Not a token of the server's: it only tells whose session is kept.
        whose = sha256(f"{self.identifier}\n{self.password.reveal()}".encode()).hexdigest()
        return Api(self.http, f"{self.base_url}/xrpc/", bearer(Token("", whose), self._renew), explain)

    async def me(self) -> Me:
        return await self.api.get("com.atproto.server.getSession", Me.of)

    async def record(self, repo: str, key: str) -> Mapping[str, Any] | None:
        """What stands under `key`; `None` when nothing does."""
        query = {"repo": repo, "collection": COLLECTION, "rkey": key}
        try:
            return await self.api.get("com.atproto.repo.getRecord", _record, **query)
        except Rejected as refused:
            if is_missing(refused):
                return None
            raise

    async def did(self, handle: str) -> str | None:
        """Of an account; `None` when there is none of that name."""
        try:
            return await self.api.get(
                "com.atproto.identity.resolveHandle", lambda body: str(body["did"]), handle=handle
            )
        except Rejected:
            return None

    async def upload(self, url: str, limit: int, without: str) -> tuple[Mapping[str, Any], tuple[int, int] | None]:
        """The picture at `url` as a blob, and its width and height. `without`: the option that leaves it out."""
        try:
            picture = await self.http.picture(url, limit=limit, types=PICTURES.types)
        except Rejected as refused:
            advice = f"{refused.next}; or set {without} for this target"
            raise Rejected(refused.message, field="cover", next=advice) from None
        where = f"{self.base_url}/xrpc/com.atproto.repo.uploadBlob"

        async def send(headers: Mapping[str, str]) -> Answer:
            sent = {**headers, "Content-Type": picture.media_type}
            return await self.http.post(where, content=picture.content, headers=sent, explain=explain)

        return _read(await self.api.authorize(self.http, "POST", where, send), _blob), picture.dimensions

    async def _renew(self, http: Http, old: Token) -> Token:
        """The session goes on; one that has ended or was revoked is begun anew."""
        if old.access:
            with contextlib.suppress(Unauthorized):
                return await self._session(http, "refreshSession", {"Authorization": f"Bearer {old.refresh}"}, None)
        body = {"identifier": self.identifier.removeprefix("@"), "password": self.password.reveal()}
        return await self._session(http, "createSession", {}, body)

    async def _session(
        self, http: Http, method: str, headers: Mapping[str, str], body: Mapping[str, str] | None
    ) -> Token:
        from ..tokens import Token

        url = f"{self.base_url}/xrpc/com.atproto.server.{method}"
        answer = await http.post(url, json=body, headers=headers, explain=explain)
        access, refresh = _read(answer, lambda said: (str(said["accessJwt"]), str(said["refreshJwt"])))
        return Token(access, refresh, answer.after(_ACCESS_LIFE).timestamp())


def _record(body: Any) -> Mapping[str, Any]:
    return {**body["value"]}


def _blob(body: Any) -> Mapping[str, Any]:
    return {**body["blob"]}


def _read(answer: Answer, read: Callable[[Any], T]) -> T:
    """What comes before a write and cannot be read: nothing has happened."""
    try:
        return read(answer.json())
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Unavailable(f"Bluesky's answer could not be read (HTTP {answer.status})") from None
