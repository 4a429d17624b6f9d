"""The one place where an HTTP answer becomes a value or one of the named failures.

Adapters call three verbs, which differ in what an unclear end means:

``get``    only reads: tried again, then `Unavailable`.
``post``   changes nothing a reader sees (an upload, a token): not tried again, `Unavailable`.
``write``  has a visible effect: unclear is `OutcomeUnknown`. Right before it leaves, the core records the intent.

Beside them, ``picture`` gives what is to be uploaded.

No request follows a redirect: a custom header such as `api-key` would travel to the other origin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from . import USER_AGENT
from .adapter import Part
from .answer import Answer, Explain
from .clock import elapsed
from .errors import Bug, Failure, OutcomeUnknown, Rejected, Unavailable, UsageError
from .local import LARGEST, locals_in
from .retry import TRIES, retrying
from .secrets import redactor
from .tokens import TokenStore

if TYPE_CHECKING:
    from .pictures import Picture

__all__ = ["USER_AGENT", "Answer", "Explain", "Http", "make_client"]


_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNUSABLE = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError)


#: How often a platform is asked for what it is at work on, and for how many times the patience of another read.
_WORK_TRIES, _WORK_PATIENCE = 20, 6


class _TooLateError(Exception):
    """The deadline passed before the request left."""


class Http:
    """What an adapter reaches its platform through: bound to one target and one attempt.

    Args:
        client: The run's one client.
        deadline: Seconds that one request may take, all in all.
        before_write: Called right before a `write` leaves: records the intent, raises when it may not.
        tokens: Keeps access tokens that were renewed.
        redact: Takes secrets out of a text.
        blame: Where the secret comes from that a header's value holds.
        patience: Seconds that the repeats of one read may take.
        pictures: Gives the picture of a URL, of at most so many bytes.
        uploads: Whether pictures of the project are uploaded: then no write names one as the preview does.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        deadline: float,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        before_write: Callable[[], None],
        tokens: TokenStore,
        redact: Callable[[str], str],
        blame: Callable[[str], str] = lambda _value: "a secret of this target",
        patience: float = 10.0,
        pictures: Callable[[str, int], Awaitable[Picture]] | None = None,
        uploads: bool = False,
    ) -> None:
        self._client = client
        self._deadline = deadline
        self._now = now
        self._sleep = sleep
        self._before_write = before_write
        self._redact = redact
        self._blame = blame
        self._patience = patience
        self._pictures = pictures
        self._uploads = uploads
        self._in_doubt = False
        self.tokens = tokens

    @property
    def in_doubt(self) -> bool:
        """Whether a `write` has left that did not certainly do nothing."""
        return self._in_doubt

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        explain: Explain | None = None,
        at_work: bool = False,
    ) -> Answer:
        """Reads. Repeats what may help within the run's patience. Raises a `Failure` for all but 2xx.

        `at_work`: of what the platform is still making of an upload; asked for longer, as giving up means to upload anew.
        """
        request = self._request("GET", url, headers, params=params)
        patience, tries = (self._patience * _WORK_PATIENCE, _WORK_TRIES) if at_work else (self._patience, TRIES)
        controller = retrying(patience=patience, now=self._now, sleep=self._sleep, tries=tries)
        return await controller(self._send, request, explain, False)

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        explain: Explain | None = None,
        method: str = "POST",
    ) -> Answer:
        """Sends what has no visible effect: a query, an upload, a renewal of a token. Not repeated.

        `method`: some platforms take uploads by ``PUT``.
        """
        request = self._request(method, url, headers, json=json, data=form, content=content, files=files)
        if auth:
            request = next(httpx.BasicAuth(*auth).auth_flow(request))
        return await self._send(request, explain, False)

    async def picture(self, url: str, *, limit: int, types: Collection[str] = ()) -> Picture:
        """The picture at `url`, on the web or in the project, to be uploaded: `content`, `media_type`, `name`.

        Args:
            url: http or https; `syndicate.local` for one of the project.
            limit: Bytes that it may have. A larger one, up to 32 MiB, is made smaller.
            types: Media types that are taken, of which PNG or JPEG is one; any, if none is named.

        Raises:
            Rejected: there is none, it cannot be made to fit, it is no picture, or its host is not public.
            Unavailable: it cannot be had now.
        """
        if self._pictures is None:
            raise Rejected("pictures cannot be fetched here", field="cover")
        found = await self._pictures(url, max(limit, LARGEST))
        if len(found.content) <= limit and (not types or found.media_type in types):
            return found
        from .picture_size import fitted

        return await asyncio.to_thread(fitted, found, limit=limit, types=types)

    async def write(
        self,
        method: str,
        url: str,
        part: Part | None = None,
        *,
        previous: str | None = None,
        headers: Mapping[str, str] | None = None,
        explain: Explain | None = None,
    ) -> Answer:
        """Sends `part`, byte for byte as previewed. The only call with a visible effect; one per attempt.

        A second call is refused unless the first certainly did nothing (an expired token, say).

        Raises:
            OutcomeUnknown: for a lost answer, a time-out, a 5xx, a redirect, an unexpected status.
            Failure: what else `explain` or the status says.
        """
        if self._in_doubt:
            raise RuntimeError("an adapter may make one call with a visible effect per attempt")
        if self._uploads and part is not None and (left := locals_in(str(part.payload))):
            raise Bug(f"{left[0].path} would have been named without being uploaded; nothing was sent")
        sent = dict(headers or {})
        if part is not None:
            sent.setdefault("Content-Type", part.content_type)
        content = part.body(previous) if part is not None else None
        request = self._request(method, url, sent, content=content)
        # What was committed says that nothing can arrive later than `deadline` and `settle` from here.
        began = elapsed()
        self._before_write()
        self._in_doubt = True
        try:
            return await self._send(request, explain, True, began)
        except OutcomeUnknown:
            raise
        except Failure:
            self._in_doubt = False
            raise

    def _request(self, method: str, url: str, headers: Mapping[str, str] | None, **body: Any) -> httpx.Request:
        """Built and checked before anything is recorded: a key that was pasted with its line's end, say."""
        for name, value in (headers or {}).items():
            if not (value.isascii() and value.isprintable()):
                raise UsageError(
                    f"{self._blame(value)} holds a character that no header can carry (here `{name}`)",
                    next="was it pasted with more than itself? nothing was sent",
                )
        return self._client.build_request(method, url, headers=headers, **body)

    async def _send(
        self, request: httpx.Request, explain: Explain | None, effect: bool, began: float | None = None
    ) -> Answer:
        """One request under one deadline, which runs from `began`, before the intent was committed.

        `str(httpx error)` and URLs can hold secrets: neither is passed on.
        """
        host = request.url.host
        end = (elapsed() if began is None else began) + self._deadline

        async def in_time(event: str, _info: Mapping[str, Any]) -> None:
            """Right before the bytes leave: this process may have been stopped, or the machine asleep, since then."""
            if elapsed() > end and event.endswith("send_request_headers.started"):
                raise _TooLateError
            if elapsed() > end and event.endswith("send_request_body.started"):
                raise TimeoutError  # the rest is held back, but something has left

        request.extensions["trace"] = in_time
        try:
            if elapsed() > end:
                raise _TooLateError
            async with asyncio.timeout(end - elapsed()):
                response = await self._client.send(request, follow_redirects=False)
        except _TooLateError:
            raise Unavailable(f"{host}: too late; nothing was sent", next="run the same command again") from None
        except _NEVER_SENT as error:
            raise Unavailable(f"{host}: no connection ({type(error).__name__})") from None
        except _UNUSABLE as error:
            raise Rejected(
                f"{host}: not a usable address ({type(error).__name__})", next="check `base_url` in the config"
            ) from None
        except (TimeoutError, httpx.HTTPError) as error:
            lost = f"{host}: the answer was lost ({type(error).__name__})"
            raise (OutcomeUnknown(lost) if effect else Unavailable(lost)) from None
        headers = {k.lower(): v for k, v in response.headers.items()}
        answer = Answer(response.status_code, headers, response.content, self._now())
        if _failure(answer, explain, effect) is None:
            return answer

        # Told anew from an answer without secrets: what cuts a text short could cut one in half.
        def redact(text: str) -> str:
            return redactor(_credentials(request))(self._redact(text))

        failure = _failure(replace(answer, content=redact(answer.text).encode()), explain, effect)
        failure = failure or answer.failure(effect=effect)
        failure.message, failure.next = redact(failure.message), redact(failure.next)
        raise failure


def _credentials(request: httpx.Request) -> list[str]:
    """What the request's own headers carry, `Basic` pairs included: a server or a proxy may repeat them."""
    values = [request.headers.get(name, "") for name in ("authorization", "api-key", "x-api-key")]
    return [word for value in values for word in {value, value.rpartition(" ")[2]} if word]


def _failure(answer: Answer, explain: Explain | None, effect: bool) -> Failure | None:
    """What the adapter, else the status, makes of an answer; `None` when it is one to go on with."""
    failure = explain(answer) if explain else None
    return answer.failure(effect=effect) if failure is None and not answer.ok else failure


def make_client(deadline: float) -> httpx.AsyncClient:
    """The run's one client: no redirects, no cookies kept, a user agent that names the tool."""
    from .disk import Disk

    # What runs on this machine is not asked for through a proxy elsewhere: the sandbox above all.
    mounts: dict[str, httpx.AsyncBaseTransport | None] = dict.fromkeys(
        ("all://127.0.0.1", "all://localhost", "all://[::1]")
    )
    mounts["file://localhost"] = Disk()
    return httpx.AsyncClient(
        headers={"User-Agent": USER_AGENT},
        timeout=httpx.Timeout(deadline, connect=min(10.0, deadline)),
        follow_redirects=False,
        mounts=mounts,
    )
