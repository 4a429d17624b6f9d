"""What the adapters share whose addresses are secrets: webhooks, and an API with the token in its path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Failure
from ..secrets import redactor

if TYPE_CHECKING:
    from ..http import Answer, Explain


def hiding(explain: Callable[[Answer, bool], Failure | None], *secrets: str, effect: bool) -> Explain:
    """`explain`, and what the status says otherwise, told of an answer in which none of `secrets` is left.

    The core takes out the whole secret, as it was given; a redirect or a page of an error holds a piece of it: the
    path. `effect`: of a `write`, where what is unclear may have happened.
    """
    redact = redactor(secrets)

    def judge(answer: Answer) -> Failure | None:
        headers = {name: redact(value) for name, value in answer.headers.items()}
        told = replace(answer, content=redact(answer.text).encode(), headers=headers)
        failure = explain(told, effect)
        return failure if failure or told.ok else told.failure(effect=effect)

    return judge


def utf16(value: str) -> int:
    """Length in UTF-16 code units, as JavaScript and Telegram count: never less than in characters."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2
