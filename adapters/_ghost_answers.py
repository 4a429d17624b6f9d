"""How Ghost's answers are read: its refusals, which post is ours, and what was changed there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..adapter import Part, Published
from ..errors import Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from ._article import same_address
from ._reading import same_line, same_names
from ._site import NAMED, is_marked, is_sibling
from ._site_compare import same_html

if TYPE_CHECKING:
    from ..http import Answer

KEY = "copy the Admin API key of a custom integration: Ghost Admin, Settings, Integrations"
#: Properties of a post, and what they are in a post's front matter.
_FIELDS = {
    "html": "body",
    "custom_excerpt": "summary",
    "published_at": "date",
    "feature_image": "cover",
    "feature_image_alt": "cover",
}
#: What Ghost's own form of a text (Lexical) keeps of its elements; emphasis is nested as Ghost likes.
_KEPT = {
    name: name for name in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "a", "img", "hr", "table")
}
_MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "del": "s", "strike": "s", "code": "code"}


def explain(answer: Answer) -> Failure | None:
    """What a refusal means; `None` for what its status says well enough. Refusals are `{errors: [{type, code, …}]}`."""
    if answer.ok:
        return None
    body = answer.json_or_none()
    errors = body.get("errors") if isinstance(body, dict) else None
    error = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    words = [str(error[name]) for name in ("message", "context") if error.get(name)]
    said = f"Ghost: {': '.join(words)[:500] or answer.words()}"
    kind, code = error.get("type"), error.get("code")
    match answer.status:
        case 401:
            return Unauthorized(said, next=KEY)
        case 400 | 403 if code == "INVALID_JWT" or "Authorization failed" in said:
            return Unauthorized(said, next=f"{KEY}; the machine's clock must be right, too")
        case 403 if kind == "NoPermissionError" or not error:
            return NotEntitled(
                said, next="use the Admin API key of a custom integration; see the site's plan and firewall"
            )
        case 403:
            return NotEntitled(said, next="see the limits of the site's plan")
        case 404 if not error:
            return Rejected(
                said, field="base_url", next="there is no Ghost API: see whether `base_url` is the site's address"
            )
        case 404:
            return Rejected(said, field="id", next="the post is not there any more, or belongs to another site")
        case 409 if code == "UPDATE_COLLISION":
            said += " (somebody saved this post at the same moment; nothing was changed)"
            return Rejected(said, next="run `syndicate update` again: it looks first at what was saved there")
        case 400 | 413 | 415 | 422:
            field = error.get("property")
            return Rejected(said, field=_FIELDS.get(str(field), field))
    return None


def post_in(answer: Answer) -> dict[str, Any] | None:
    """The post in an answer that is about one."""
    body = answer.json_or_none()
    posts = body.get("posts") if isinstance(body, dict) else None
    post = posts[0] if isinstance(posts, list) and posts else None
    return post if isinstance(post, dict) and post.get("id") else None


def published_from(answer: Answer) -> Published:
    """The post in the answer to a write. Raises `OutcomeUnknown` when there is none."""
    post = post_in(answer)
    if post is None:
        raise OutcomeUnknown(f"Ghost answered {answer.status} without a post")
    return Published(str(post["id"]), post.get("url"))


def posts_in(answer: Answer) -> tuple[list[dict[str, Any]], int | None]:
    """A page of a list, and the number of the next one. Raises `Unavailable` when it is something else."""
    body = answer.json_or_none()
    posts = body.get("posts") if isinstance(body, dict) else None
    if not isinstance(posts, list):
        raise Unavailable("Ghost answered with something other than a list of posts")
    return posts, ((body.get("meta") or {}).get("pagination") or {}).get("next")


def is_ours(item: Mapping[str, Any], sent: Mapping[str, Any], since: datetime | None = None) -> bool:
    """Whether a post of the site is what was sent: by its marker, else by its title or canonical URL.

    One without a marker was made by hand (or somebody took the marker away): it is taken for ours with our slug, the
    same title or canonical URL, and not before `since`; not a draft, if what was sent is none.
    """
    if not is_sibling(str(item.get("slug")), sent["slug"]):
        return False
    marked = is_marked(item.get("codeinjection_foot"), sent["codeinjection_foot"])
    if marked is not None:
        return marked
    same = same_line(item.get("title"), sent["title"]) or same_address(
        item.get("canonical_url"), sent.get("canonical_url")
    )
    if not same or (sent["status"] != "draft" and item.get("status") == "draft"):
        return False
    return since is None or datetime.fromisoformat(str(item["created_at"])) >= since


def as_it_is(part: Part, item: Mapping[str, Any]) -> Part:
    """`part` with what is different in `item`; see `Ghost.read`."""
    (sent,) = part.payload["posts"]
    changed: dict[str, Any] = {}
    for name in ("title", "custom_excerpt", "feature_image_alt"):
        if name in sent and not same_line(item.get(name), sent[name]):
            changed[name] = item.get(name)
    if "canonical_url" in sent and not same_address(item.get("canonical_url"), sent["canonical_url"]):
        changed["canonical_url"] = item.get("canonical_url")
    if "feature_image" in sent and not _same_picture(sent["feature_image"], item.get("feature_image")):
        changed["feature_image"] = item.get("feature_image")
    html = str(item.get("html") or "")
    if "lexical" in sent and not same_html(card_in(sent["lexical"]), html):
        changed["lexical"] = card(html)
    if "html" in sent and not same_html(sent["html"], html, _KEPT, _MARKS):
        changed["html"] = html
    tags = [str(tag["name"]) for tag in item.get("tags") or () if isinstance(tag, dict)]
    if not same_names((tag_in(name) for name in sent["tags"]), tags):
        changed["tags"] = [f"{{tag:{name}}}" for name in tags]
    if not changed:
        return part
    text = html if changed.keys() & {"html", "lexical"} else part.text
    return replace(part, payload={"posts": [{**sent, **changed}]}, text=text, count=len(text.encode()))


def in_ascii(url: str | None) -> str:
    """Ghost refuses addresses that hold other signs than a URI may."""
    return quote(url or "", safe="%/:?#[]@!$&'()*+,;=~")


def tag_in(name: str) -> str:
    """The tag that a name in a payload stands for."""
    return name.removeprefix("{tag:").removesuffix("}")


def card(html: str) -> str:
    """A post that is one HTML card, in Ghost's own form (Lexical): kept byte for byte."""
    node = {"type": "html", "version": 1, "html": html}
    root = {"children": [node], "direction": None, "format": "", "indent": 0, "type": "root", "version": 1}
    return json.dumps({"root": root}, ensure_ascii=False, separators=(",", ":"))


def card_in(lexical: str) -> str:
    return str(json.loads(lexical)["root"]["children"][0]["html"])


def _same_picture(sent: str, there: Any) -> bool:
    return bool(there) if NAMED.fullmatch(sent) else same_address(sent, there)
