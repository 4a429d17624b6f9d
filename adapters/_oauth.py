"""What the adapters with OAuth share: authorised requests, and access tokens that end and are renewed.

oauthlib writes the bodies and signatures and reads the answers (RFC 5849, RFC 6749), `http` carries them,
`http.tokens` keeps what came back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from ..errors import Failure, OutcomeUnknown, Unauthorized, Unavailable

if TYPE_CHECKING:
    from ..adapter import Part
    from ..http import Answer, Explain, Http
    from ..tokens import Token

T = TypeVar("T")

#: Makes one request with the given headers.
Send = Callable[[Mapping[str, str]], Awaitable["Answer"]]
#: Gets a new token for an old one.
Renew = Callable[["Http", "Token"], Awaitable["Token"]]
#: Makes the request (method, URL, how to send it) with credentials that the platform takes.
Authorize = Callable[["Http", str, str, Send], Awaitable["Answer"]]


@dataclass(frozen=True, slots=True)
class Api:
    """A platform's JSON API, one attempt long. `at_work`: see `Http.get`."""

    http: Http
    base_url: str
    authorize: Authorize
    explain: Explain
    headers: Mapping[str, str] = field(default_factory=dict)
    at_work: bool = False

    async def get(self, path: str, read: Callable[[Any], T], **query: str | int) -> T:
        """What `read` takes from the answer. `Unavailable` when it is not there."""
        url = f"{self.base_url}{path}" + (f"?{urlencode(query)}" if query else "")

        async def send(headers: Mapping[str, str]) -> Answer:
            sent = {**self.headers, **headers}
            return await self.http.get(url, headers=sent, explain=self.explain, at_work=self.at_work)

        answer = await self.authorize(self.http, "GET", url, send)
        try:
            return read(answer.json())
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Unavailable(f"the answer could not be read (HTTP {answer.status})") from None

    async def post(self, path: str, read: Callable[[Any], T], form: Mapping[str, str]) -> T:
        """The same for a form whose sending no reader sees."""
        url = f"{self.base_url}{path}"

        async def send(headers: Mapping[str, str]) -> Answer:
            return await self.http.post(url, form=form, headers={**self.headers, **headers}, explain=self.explain)

        answer = await self.authorize(self.http, "POST", url, send)
        try:
            return read(answer.json())
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Unavailable(f"the answer could not be read (HTTP {answer.status})") from None

    async def write(
        self, method: str, path: str, read: Callable[[Any], T], part: Part | None = None, previous: str | None = None
    ) -> T:
        """The same for the call with a visible effect. `OutcomeUnknown` when the answer cannot be read."""
        url = f"{self.base_url}{path}"

        async def send(headers: Mapping[str, str]) -> Answer:
            sent = {**self.headers, **headers}
            return await self.http.write(method, url, part, previous=previous, headers=sent, explain=self.explain)

        answer = await self.authorize(self.http, method, url, send)
        try:
            return read(answer.json() if answer.content else None)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise OutcomeUnknown(f"the answer could not be read (HTTP {answer.status})") from None


def bearer(seed: Token, renew: Renew | None) -> Authorize:
    """OAuth 2: an access token in the header; one that has ended or is refused is renewed, once.

    `Unauthorized` means that nothing happened, so even a `write` may be made a second time.
    `renew` is `None` when the config gives nothing to renew with: the seed is used as it is.
    """

    async def authorize(http: Http, _method: str, _url: str, send: Send) -> Answer:
        if renew is None:
            return await send({"Authorization": f"Bearer {seed.access}"})

        async def fresh(old: Token) -> Token:
            return await renew(http, old)

        token = await http.tokens.current(seed, fresh)
        try:
            return await send({"Authorization": f"Bearer {token.access}"})
        except Unauthorized:
            token = await http.tokens.current(seed, fresh, refused=token.access)
            return await send({"Authorization": f"Bearer {token.access}"})

    return authorize


def signed(key: str, key_secret: str, token: str, token_secret: str) -> Authorize:
    """OAuth 1.0a: HMAC-SHA1 over method and URL. A JSON body is not part of the signature (RFC 5849, 3.4.1.3)."""

    async def authorize(_http: Http, method: str, url: str, send: Send) -> Answer:
        from oauthlib.oauth1 import Client

        client = Client(key, client_secret=key_secret, resource_owner_key=token, resource_owner_secret=token_secret)
        _, headers, _ = client.sign(url, http_method=method)
        return await send(headers)

    return authorize


async def request_token(
    http: Http,
    url: str,
    grant: Mapping[str, str],
    *,
    auth: tuple[str, str] | None,
    headers: Mapping[str, str] | None = None,
    refresh: str | None = None,
) -> Token:
    """Asks the token endpoint for an access token.

    Args:
        http: The attempt's.
        url: The token endpoint.
        grant: `grant_type` and what belongs to it.
        auth: Client id and secret, sent as HTTP Basic; `None` for a public client, whose id is in `grant`.
        headers: Sent along.
        refresh: The refresh token to keep when the answer brings no new one.

    Raises:
        Unauthorized: the grant or the client is not accepted; a person has to authorise again.
        Unavailable: no usable answer.
    """
    from oauthlib.oauth2 import OAuth2Error
    from oauthlib.oauth2.rfc6749.parameters import parse_token_response, prepare_token_request

    from ..tokens import Token

    body = prepare_token_request(**grant)
    sent = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
    answer = await http.post(url, content=body.encode(), headers=sent, auth=auth, explain=_explain)
    try:
        said = parse_token_response(answer.text)
    except (OAuth2Error, ValueError, TypeError, AttributeError):
        raise Unavailable(f"the token endpoint gave no token (HTTP {answer.status})") from None
    life = said.get("expires_in")
    return Token(
        access=said["access_token"],
        refresh=said.get("refresh_token") or refresh,
        expires_at=answer.after(float(life)).timestamp() if life else None,
    )


def _explain(answer: Answer) -> Failure | None:
    """Refusals have an `error` (RFC 6749, 5.2); Reddit sends it with status 200 for a wrong password."""
    body = answer.json_or_none()
    said = body if isinstance(body, dict) else {}
    if answer.status in (400, 401, 403) or (answer.ok and said.get("error")):
        words = [said[key] for key in ("error", "error_description", "message") if isinstance(said.get(key), str)]
        return Unauthorized(
            f"no access token (HTTP {answer.status}): {': '.join(words) or answer.words()}"[:300],
            next="authorise the tool again and put the new credentials where this target reads them",
        )
    return None
