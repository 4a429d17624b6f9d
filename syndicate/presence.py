"""Before anything is sent: are the pictures of the project there, where a post shows them from its site?

A post that goes out before its site is deployed would stand on other platforms with broken pictures. What would show
one waits; what uploads it does not.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .check_text import absolute
from .local import local
from .plan import Item
from .report import PICTURE_MISSING, Problem

if TYPE_CHECKING:
    from .check_online import Answer

#: Asks for addresses: what became of each.
Ask = Callable[[Iterable[str]], Mapping[str, "Answer"]]
#: What says for certain that nothing is there.
_ABSENT = (404, 410)
#: What `publish` sends, and what `update` does.
_SENT = {False: frozenset({"create", "resolve"}), True: frozenset({"update"})}


def awaited(plan: Sequence[Item], ask: Ask, *, update: bool = False) -> list[Item]:
    """The plan, in which waits what would show a picture of the project that is not on the web yet.

    `ask` is called once, and only when there is something to ask for. `update`: the plan is to update, not to publish.
    """
    shown = {number: urls for number, item in enumerate(plan) if (urls := _shown(item, _SENT[update]))}
    if not shown:
        return list(plan)
    answers = ask(dict.fromkeys(url for urls in shown.values() for url in urls))
    made = list(plan)
    for number, urls in shown.items():
        if absent := [url for url in urls if _is_absent(answers[url])]:
            made[number] = _waiting(plan[number], absent)
        elif unclear := [url for url in urls if answers[url].message]:
            said = f"pictures of which it could not be told whether they are there: {', '.join(unclear)}"
            made[number] = replace(plan[number], notes=(*plan[number].notes, said))
    return made


def _is_absent(answer: Answer) -> bool:
    """Whether the picture is certainly not there: there is nothing, or a page that says so.

    Everything else may be a server that does not like to be asked.
    """
    found = answer.status is not None and 200 <= answer.status < 300
    return answer.status in _ABSENT or (found and bool(answer.message))


def _shown(item: Item, sent: Collection[str]) -> list[str]:
    """The addresses on the web at which the draft shows pictures of the project."""
    post, draft = item.post, item.draft
    if not post.on_disk or draft is None or item.action not in sent or item.for_person or item.target.by_hand:
        return []
    if any(field.metadata.get("folder") and getattr(item.adapter, field.name) for field in fields(item.adapter)):
        return []  # it writes a site on this machine, perhaps that very one: nobody sees it before it is online
    text = "\n".join(json.dumps(part.payload, ensure_ascii=False) for part in draft.parts)
    cover = [post.cover.url] if post.cover and post.cover.written in post.on_disk else []
    urls = (*cover, *(absolute(url, post.base_url) for url in post.on_disk))
    there = [url for url in dict.fromkeys(urls) if url and url.startswith(("http://", "https://")) and not local(url)]
    return [url for url in there if url in text or html.escape(url) in text]


def _waiting(item: Item, absent: Sequence[str]) -> Item:
    names = ", ".join(urlsplit(url).path for url in absent)
    what = "a picture that is" if len(absent) == 1 else f"{len(absent)} pictures that are"
    where = urlsplit(absent[0]).netloc.rpartition("@")[2]
    said = f"it shows {what} not on the web yet: {names} at {where}"
    advice = 'put the site online, then run the same command again; or set `publish.missing_pictures` to "send"'
    problem = Problem(PICTURE_MISSING, said, advice)
    if item.action == "resolve":  # what is there already may be found all the same
        return replace(item, due=False, later=problem)
    return replace(item, action="wait", error=problem)
