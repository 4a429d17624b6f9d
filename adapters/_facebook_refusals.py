"""What the Graph API refuses, by code and subcode.

Codes are from doc: graph-api/guides/error-handling; subcodes beyond it from gh:gitroomhq/postiz-app
`facebook.provider.ts` (unconfirmed). A refusal is believed only when it is no 5xx: Facebook has answered 500, code 2,
seven times while it posted each time (arsduo/koala#699, 2025-08).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import (
    Duplicate,
    Failure,
    NotEntitled,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)

if TYPE_CHECKING:
    from ..http import Answer

#: What of a post is asked for.
FIELDS = (
    "id,message,created_time,permalink_url,is_published,is_hidden,scheduled_publish_time,attachments{unshimmed_url}"
)

_RENEW = "get a new Page token (GET /me/accounts with a long-lived user token)"
#: Subcodes of 190 and 102: why a token is not accepted, and what to do.
_SESSIONS = {
    458: "the app was removed: authorise it again",
    459: "log in at facebook.com and pass its security check",
    460: f"the password was changed: {_RENEW}",
    463: f"it has expired: {_RENEW}",
    464: "log in at facebook.com and confirm the account",
    467: f"it was revoked: {_RENEW}",
    492: "its user has no role on the Page any more: ask an admin of the Page for one, then get a new token",
}
_RATES = {4, 17, 32, 341, 613, 80001}
_PERMISSION = re.compile(r"\b(?:pages_\w+|read_insights|publish_to_groups|publish_video)\b")
#: Codes, or subcodes, of a link that Facebook does not take.
_LINKS = {1500, 1609005, 1609008, 2061006}


def explain(answer: Answer) -> Failure | None:
    """What a refusal of a read means; `None` for what has no `error` in it."""
    error = _error(answer)
    return None if error is None else _Refusal(answer, error).failure(effect=False)


def explain_write(answer: Answer) -> Failure | None:
    """The same of a write: "an unknown error", a passing one, and every 5xx may have had the effect."""
    error = _error(answer)
    return None if error is None else _Refusal(answer, error).failure(effect=True)


def _error(answer: Answer) -> Mapping[str, Any] | None:
    body = answer.json_or_none()
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else None


class _Refusal:
    """One `error`: `{message, type, code, error_subcode, error_user_msg, error_data, is_transient, fbtrace_id}`."""

    def __init__(self, answer: Answer, error: Mapping[str, Any]) -> None:
        self._answer = answer
        self._error = error
        self._code, self._sub = _number(error.get("code")), _number(error.get("error_subcode"))
        self._words = str(error.get("error_user_msg") or error.get("message") or "(no text)")[:400]
        code = f"{self._code}/{self._sub}" if self._sub else str(self._code)
        self._said = f"Facebook: {self._words} (code {code}, HTTP {answer.status})"

    def failure(self, *, effect: bool) -> Failure | None:
        if self._answer.status >= 500 or self._code in (1, 2):
            return OutcomeUnknown(self._said) if effect else Unavailable(self._said)
        if found := self._by_subcode() or self._by_code():
            return found
        if self._error.get("is_transient"):
            return OutcomeUnknown(self._said) if effect else Unavailable(self._said)
        return Rejected(self._said)

    def _by_subcode(self) -> Failure | None:
        match self._sub:
            case 1390008:
                return RateLimited(self._said, until=_regained(self._answer))
            case 1366051:
                return Duplicate(self._said)
            case 1346003 | 1404102:
                return Rejected(self._said, next="Facebook takes this for abuse: change the text or the link")
            case 1404078 | 4854002:
                return NotEntitled(self._said, next="confirm in the Facebook app that you may publish as this Page")
        return None

    def _by_code(self) -> Failure | None:
        said, lower = self._said, str(self._error.get("message")).lower()
        match self._code:
            case 190 | 102 if "impersonating" in lower or _PERMISSION.search(lower):
                return self._lacking()
            case 190 | 102:
                return Unauthorized(said, next=_SESSIONS.get(self._sub, _RENEW))
            case 3 | 10 | 283 | 294:
                return self._lacking()
            case code if 200 <= code < 300:
                return self._lacking()
            case code if code in _RATES:
                return RateLimited(said, until=_regained(self._answer))
            case 506:
                return Duplicate(said, field="text")
            case 368 if "already" in lower or "duplicate" in lower:
                return Duplicate(said, field="text")
            case 368:
                return NotEntitled(said, next="the Page is blocked for now: see its support inbox on Facebook")
            case 2635:
                return NotEntitled(said, next="this version of the API has ended: put a newer one into `base_url`")
            case code if code in _LINKS or self._sub in _LINKS:
                return Rejected(said, field="link", next="see that Facebook can fetch the link and takes it")
            case 100 if self._sub == 33:
                return Rejected(said, field="id", next="it is not there any more, or the token may not see it")
            case 100:
                return self._invalid()
        return None

    def _lacking(self) -> NotEntitled:
        names = dict.fromkeys(_PERMISSION.findall(self._words)) or dict.fromkeys(
            ("pages_manage_posts", "pages_read_engagement")
        )
        return NotEntitled(
            self._said,
            next=f"grant the app {', '.join(names)}, see that its user may create content on the Page, get a new token",
        )

    def _invalid(self) -> Rejected:
        """`error_data` names the parameter at times (`blame_field_specs`), the words at others."""
        lower = f"{self._error.get('error_data') or ''} {self._error.get('message')} {self._words}".lower()
        if re.search(r"scheduled[ _]publish", lower):
            return Rejected(self._said, field="date", next="give the post a date 10 minutes to 30 days ahead")
        if re.search(r"\b(link|url)\b", lower):
            return Rejected(self._said, field="link", next="see that Facebook can fetch the link and takes it")
        return Rejected(self._said, field="text" if re.search(r"\bmessage\b", lower) else None)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _regained(answer: Answer) -> datetime | None:
    """`Retry-After`, else the longest wait (minutes) in `X-Business-Use-Case-Usage`."""
    if answer.retry_at:
        return answer.retry_at
    try:
        usage = json.loads(answer.headers.get("x-business-use-case-usage", "{}"))
        waits = [float(one.get("estimated_time_to_regain_access") or 0) for group in usage.values() for one in group]
    except (ValueError, TypeError, AttributeError):
        return None
    longest = max(waits, default=0.0)
    return answer.after(longest * 60) if longest else None
