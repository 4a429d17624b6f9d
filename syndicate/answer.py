"""An HTTP answer, and what its status means where a platform's adapter says nothing about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from .errors import Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable

#: Reads an answer as the platform means it: a failure, or `None` for "judge it by its status". It sees 2xx too
#: (some platforms refuse with 200); whatever else it raises while a `write` is judged makes the outcome unknown.
Explain = Callable[["Answer"], Failure | None]

_LONGEST_WAIT = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end. Header names are lower case; `at` is when it arrived (aware, UTC)."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    at: datetime

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises `ValueError` when it is something else."""
        return json.loads(self.content)

    def json_or_none(self) -> Any:
        """The body as JSON, or `None`: for reading the words of a refusal."""
        try:
            return self.json()
        except ValueError:
            return None

    def after(self, seconds: float) -> datetime:
        """The moment `seconds` after this answer arrived; a wait of more than 30 days is taken for a mistake."""
        return self.at + timedelta(seconds=min(seconds, _LONGEST_WAIT))

    @property
    def retry_at(self) -> datetime | None:
        """`Retry-After`, in seconds or as a date (RFC 9110, 10.2.3), as an aware moment."""
        value = self.headers.get("retry-after", "").strip()
        try:
            return self.after(max(0.0, float(value)))
        except (ValueError, OverflowError):
            pass
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        return min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), self.after(_LONGEST_WAIT))

    def words(self) -> str:
        """The platform's own words, short enough for one line."""
        body = self.json_or_none()
        if isinstance(body, dict):
            said = [body[key] for key in ("error", "detail", "message", "error_description", "errors") if body.get(key)]
            words = [word for word in said if isinstance(word, str)]
            if said:
                return (words[0] if words else json.dumps(said[0], ensure_ascii=False))[:500]
        text = " ".join(self.text.split())
        return "(an HTML page)" if text[:1] == "<" else text[:200] or "(no text)"

    def failure(self, *, effect: bool) -> Failure:
        """What a status means that the platform's adapter said nothing about. `effect`: of a `write`."""
        said = f"HTTP {self.status}: {self.words()}"
        match self.status:
            case 401 | 403:
                return Unauthorized(said)
            case 402:
                return NotEntitled(said)
            case 429:
                return RateLimited(said, until=self.retry_at)
            case 400 | 404 | 405 | 406 | 410 | 411 | 413 | 414 | 415 | 422:
                return Rejected(said)
        if 300 <= self.status < 400:
            place = urlsplit(self.headers.get("location", ""))  # without its query, which may hold a token
            said = f"HTTP {self.status}: moved to {place.netloc}{place.path or ' elsewhere'}; check `base_url`"
        return OutcomeUnknown(said) if effect else Unavailable(said, until=self.retry_at)
