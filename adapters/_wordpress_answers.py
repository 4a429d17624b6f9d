"""How WordPress's answers are read: its refusals, which post is ours, and what was changed there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from ..adapter import Part, Published
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized
from ._reading import same_line, same_names
from ._site import is_marked, is_sibling
from ._site_compare import same_html

if TYPE_CHECKING:
    from ..http import Answer

_RENEW = (
    "make an application password at /wp-admin/profile.php of the site; if it is a right one, the web server may take "
    "away the header `Authorization`"
)
_API = "see whether `base_url` is the site's address; without pretty permalinks set `plain_permalinks = true`"
_WALL = "a firewall or a security plugin of the site refuses this: allow its REST API for this account"
_PICTURE = "use another picture, JPEG or PNG; a site whose PHP has neither GD nor Imagick takes none: set `upload_images = false`"
#: Parameters of the API, and what they are in a post's front matter or a target's options.
_FIELDS = {"content": "body", "excerpt": "summary", "date_gmt": "date", "featured_media": "cover"}


def explain(answer: Answer) -> Failure | None:
    """What a refusal means; `None` for what its status says well enough. Refusals are `{code, message, data}`."""
    if answer.ok:
        return None
    body = answer.json_or_none()
    problem = body if isinstance(body, dict) else {}
    code, data = str(problem.get("code") or ""), problem.get("data")
    data = data if isinstance(data, dict) else {}
    said = f"WordPress: {_words(problem) or answer.words()}"
    match answer.status:
        case 400 if code == "term_exists" and data.get("term_id"):
            return Duplicate(said, field="tags", existing=Published(str(data["term_id"])))
        case 400 if "rest_forbidden_status" in str(data.get("details")):
            # Wrong credentials count as none, and nobody in particular may ask for drafts.
            return Unauthorized(said, next=_RENEW)
        case 400 if code.startswith("rest_upload_"):
            return Rejected(said, field="cover", next=_PICTURE)
        case 400:
            named = next(iter(data.get("params") or ()), None) if isinstance(data.get("params"), dict) else None
            return Rejected(said, field=_FIELDS.get(str(named), named))
        case 401:
            return Unauthorized(said, next=_RENEW)
        case 403 if not code:
            return NotEntitled(said, next=_WALL)
        case 403:
            return NotEntitled(
                said, next="give the account the role that this takes: Author, or Editor for others' posts"
            )
        case 404 if not code or code == "rest_no_route":
            return Rejected(said, field="base_url", next=_API)
        case 404 | 410:
            return Rejected(said, field="id", next="the post is not there any more, or belongs to another site")
        case 500 if code.startswith("rest_upload_"):
            return Rejected(said, field="cover", next=_PICTURE)
    return None


def _words(problem: Mapping[str, Any]) -> str:
    """The message, which may hold HTML, with what each parameter lacks."""
    data = problem.get("data")
    params = data.get("params") if isinstance(data, dict) else None
    more = "; ".join(str(value) for value in params.values()) if isinstance(params, dict) else ""
    said = unescape(re.sub(r"<[^>]+>", "", str(problem.get("message") or "")))
    return ": ".join(word for word in (said, more) if word)[:500]


def published_from(answer: Answer) -> Published:
    """The post in the answer to a write. Raises `OutcomeUnknown` when there is none."""
    body = answer.json_or_none()
    if not isinstance(body, dict) or not body.get("id"):
        raise OutcomeUnknown(f"WordPress answered {answer.status} without a post")
    return Published(str(body["id"]), body.get("link"))


def is_ours(item: Mapping[str, Any], sent: Mapping[str, Any], since: datetime | None = None) -> bool:
    """Whether a post of the site is what was sent: by its marker, else by its title.

    One without a marker was made by hand (or somebody took the marker away): it is taken for ours with our slug, the
    same title, and not before `since`; not a draft, if what was sent is none.
    """
    marked = is_marked(raw(item, "content"), sent["content"])
    if marked is not None:
        return marked
    if not is_sibling(str(item.get("slug")), sent["slug"]) or not same_line(
        plain(raw(item, "title")), plain(sent["title"])
    ):
        return False
    if sent["status"] != "draft" and item.get("status") not in ("publish", "future"):
        return False
    return since is None or datetime.fromisoformat(f"{item['date_gmt']}+00:00") >= since


def as_it_is(part: Part, item: Mapping[str, Any]) -> Part:
    """`part` with what is different in `item`; see `WordPress.read`."""
    sent = part.payload
    changed: dict[str, Any] = {}
    for name in ("title", "excerpt"):
        there = raw(item, name)
        if name in sent and not same_line(plain(there), plain(sent[name])):
            changed[name] = there
    content = raw(item, "content")
    if not same_html(sent["content"], content):
        changed["content"] = content
    names = [name.removeprefix("{tag:").removesuffix("}") for name in sent.get("tags", ())]
    tags = _tags(item)
    if tags is not None and not same_names(names, tags):
        changed["tags"] = [f"{{tag:{name}}}" for name in tags]
    if not changed:
        return part
    text = changed.get("content", part.text)
    return replace(part, payload={**sent, **changed}, text=text, count=len(text.encode()))


def raw(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value.get("raw") or "") if isinstance(value, dict) else ""


def plain(text: str) -> str:
    """For an account without `unfiltered_html` WordPress writes signs as entities."""
    return unescape(text)


def _tags(item: Mapping[str, Any]) -> list[str] | None:
    """The names of a post's tags, which come along when asked for (`_embed`)."""
    embedded = item.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    if not isinstance(groups, list):
        return None
    terms = [term for group in groups if isinstance(group, list) for term in group if isinstance(term, dict)]
    return [unescape(str(term.get("name"))) for term in terms if term.get("taxonomy") == "post_tag"]
