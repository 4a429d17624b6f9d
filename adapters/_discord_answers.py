"""What Discord answers: messages of a webhook, and refusals, whose codes are those of the developer documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..adapter import Part
from ..errors import Failure, NotEntitled, RateLimited, Rejected, Unauthorized, Unavailable
from ._announcement import joined
from ._reading import same_text

if TYPE_CHECKING:
    from ..http import Answer

_NO_HOOK = {10015, 50027}
_NO_CHANNEL, _NO_MESSAGE, _INVALID, _SLOW = 10003, 10008, 50035, 40062
_NEW = "make a new webhook (the channel's settings, Integrations), then publish again"
_NEXT = {
    220001: "the channel is a forum: set `forum = true` or `thread_id` for this target",
    220002: "set either `forum` or `thread_id`, not both",
    220003: "the channel is no forum: take `forum` out of this target",
    40067: "the forum wants a tag: set `forum_tags` to the tags' ids",
}


def explain(answer: Answer, effect: bool) -> Failure | None:  # noqa: ARG001  as `hiding` calls it
    """A refusal by its code, else by its status."""
    body = answer.json_or_none()
    if answer.ok or answer.status >= 500 or not isinstance(body, dict):
        return None
    code = body.get("code")
    said = f"Discord: {body.get('message') or answer.words()}" + (f" ({code})" if code else "")
    if answer.status == 429 or code == _SLOW:
        wait = body.get("retry_after")
        until = answer.after(max(0.0, float(wait))) if isinstance(wait, int | float) else None
        return RateLimited(said, until=until or answer.retry_at)
    if answer.status == 401 or code in _NO_HOOK:
        return Unauthorized(said, next=_NEW)
    if code == _NO_MESSAGE:
        return Rejected(said, field="id", next="the message is not there any more")
    if code == _NO_CHANNEL:
        return Rejected(said, field="thread_id", next="the channel or thread is not there any more")
    if code == _INVALID:
        wrong = list(_errors(body.get("errors"), ""))
        told = "; ".join(f"{path}: {words}" for path, words in wrong[:5])
        return Rejected(f"{said}: {told}" if told else said, field=wrong[0][0] if wrong else None)
    if code in _NEXT:
        return Rejected(said, next=_NEXT[code])
    if answer.status == 403:
        return NotEntitled(said, next="ask a moderator of the server, then publish again")
    return Rejected(said) if answer.status in (400, 404) else None


def _errors(tree: Any, path: str) -> Iterator[tuple[str, str]]:
    """`(embeds.0.title, words)` for each leaf of Discord's nested errors."""
    if not isinstance(tree, Mapping):
        return
    for one in tree.get("_errors") or []:
        yield path or "body", str(one.get("message") if isinstance(one, Mapping) else one)
    for name, below in tree.items():
        if name != "_errors":
            yield from _errors(below, f"{path}.{name}" if path else str(name))


def message(answer: Answer) -> dict[str, Any]:
    """The message of a read. Raises `Unavailable` for anything else."""
    body = answer.json_or_none()
    if not isinstance(body, dict) or not body.get("id") or "content" not in body:
        raise Unavailable("Discord answered with something other than a message")
    return body


def shown(content: str | None, card: Mapping[str, Any]) -> str:
    """What a reader sees of a message."""
    return joined(content or "", *(str(card.get(name) or "") for name in ("title", "description", "url")))


def as_it_is(part: Part, there: Mapping[str, Any]) -> Part:
    """`part` with what the message shows; as it was sent where only line ends differ.

    Compared are the text, and of a card the title, the description and the address: the picture's is Discord's own.
    Cards that Discord made of links are not ours.
    """
    payload, card = dict(part.payload), {}
    if not same_text(there.get("content"), payload.get("content")):
        payload["content"] = there.get("content") or ""
    if payload.get("embeds"):
        sent = payload["embeds"][0]
        cards = [one for one in there.get("embeds") or [] if isinstance(one, dict)]
        card = next((one for one in cards if same_text(one.get("title"), sent.get("title"))), (cards or [{}])[0])
        fields = ("title", "description", "url")
        changed = {name: card.get(name) for name in fields if not same_text(card.get(name), sent.get(name))}
        payload |= {"embeds": [{**sent, **changed}]} if changed else {}
    if payload == part.payload:
        return part
    return replace(part, payload=payload, text=shown(there.get("content"), card))
