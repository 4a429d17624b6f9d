"""Failures, named by what to do next.

===================  =====================================  ==========================================
error                means                                  what the core does
===================  =====================================  ==========================================
`Rejected`           the platform refused this content      stops this delivery
`Duplicate`          refused as a copy; maybe our own       looks for it, adopts it, else `Rejected`
`Unauthorized`       the credentials are not accepted       stops this target
`NotEntitled`        plan, quota or approval is missing     stops this target
`RateLimited`        certainly nothing happened: too often  retries if soon, else stores `not_before`
`Unavailable`        certainly nothing happened: no answer  retries if soon, else stores `not_before`
`OutcomeUnknown`     the request may have had its effect    never sends again before looking
`Bug`                an adapter broke the contract          stops this delivery; what is in doubt is unknown
`UsageError`         the input or the configuration is off  sends nothing, exit code 2
===================  =====================================  ==========================================
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .adapter import Published


class Failure(Exception):
    """Something went wrong at a platform. Subclasses say what has to happen next.

    Args:
        message: What happened, in the platform's own words where it gave some. No secrets.
        next: What the person should do now; empty when there is nothing to do.
    """

    #: What `next` says when the place that raised it said nothing.
    advice = ""

    def __init__(self, message: str, *, next: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next = next or self.advice

    @property
    def kind(self) -> str:
        """The name that the ledger and `--json` carry."""
        return type(self).__name__


class Rejected(Failure):
    """The platform refused this content. `field` names what it objected to, where it said so."""

    advice = "change the post or its settings for this target, then publish again"

    def __init__(self, message: str, *, field: str | None = None, next: str = "") -> None:
        super().__init__(message, next=next)
        self.field = field


class Duplicate(Rejected):
    """Refused as a copy of something. It may be our own earlier success, so the core looks first.

    `existing`: what it is a copy of, where the platform said so: then nobody has to look.
    """

    advice = "the platform already has this; record it with `syndicate resolve POST TARGET --published URL`"

    def __init__(
        self, message: str, *, field: str | None = None, next: str = "", existing: Published | None = None
    ) -> None:
        super().__init__(message, field=field, next=next)
        self.existing = existing


class Unauthorized(Failure):
    """The credentials are not accepted."""

    advice = "renew the credentials of this target, then publish again"


class NotEntitled(Failure):
    """The account is fine, but a plan, a quota or an approval is missing."""

    advice = "get the plan or approval that the platform asks for, then publish again"


class Waitable(Failure):
    """Certainly nothing happened, and trying again later may help.

    `until` is the moment (aware, UTC) before which the platform does not want to be asked; `None` if it
    named none.
    """

    advice = "nothing was sent; run the same command again later"

    def __init__(self, message: str, *, until: datetime | None = None, next: str = "") -> None:
        super().__init__(message, next=next)
        self.until = until


class RateLimited(Waitable):
    """Refused for now, before anything happened, because of a rate limit."""


class Unavailable(Waitable):
    """The platform could not be reached, or a request without a visible effect got no usable answer."""


class OutcomeUnknown(Failure):
    """The request may have had its effect. Nothing is sent again before somebody has looked."""

    advice = "look at the platform, then `syndicate resolve POST TARGET --published URL | --not-published`"


class Bug(Failure):
    """An adapter failed in a way that the contract does not know."""

    advice = "report this, with the adapter's name and version; `syndicate status` shows what was recorded"


class UsageError(Exception):
    """The input, the configuration or the ledger is off. Nothing was sent. Exit code 2.

    Args:
        message: What is wrong and where (file, line, key).
        next: What to do about it.
    """

    def __init__(self, message: str, *, next: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next = next


def word(text: str) -> str:
    """`text` as one word of a command that a person copies into a shell: a post's name may hold anything."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text):
        return text
    quoted = text.replace("'", "'\"'\"'")
    return f"'{quoted}'"


def unexpected(error: Exception) -> Bug:
    """A failure that the contract does not know. Names the error and its place, not its text: that may hold anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno})" if trace else ""
    return Bug(f"unexpected {type(error).__name__}{where}")
