"""Retries: only around what certainly did nothing (`Waitable`), and never longer than a run may wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_any,
    stop_before_delay,
    wait_random_exponential,
)

from .errors import Waitable

#: Tries of one request within a run, the first one included.
TRIES = 4


def retrying(
    *, patience: float, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]], tries: int = TRIES
) -> AsyncRetrying:
    """A tenacity controller that repeats on `Waitable`.

    It waits as long as the server asked, at least with growing random pauses, and gives up before `patience`
    seconds (all tries together) would be exceeded: a `Retry-After: 900` means one request and no sleep.
    """
    backoff = wait_random_exponential(multiplier=0.25, max=4)

    def wait(state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        until = failure.until if isinstance(failure, Waitable) else None
        asked = (until - now()).total_seconds() if until else 0.0
        return max(asked, backoff(state))

    return AsyncRetrying(
        retry=retry_if_exception_type(Waitable),
        wait=wait,
        stop=stop_any(stop_after_attempt(tries), stop_before_delay(patience)),
        sleep=sleep,
        reraise=True,
    )
