"""Hashnode's operations, how its answers are read, and what was changed there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..adapter import Part, Published
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from ._article import same_address
from ._hashnode_pictures import same_markdown
from ._reading import same_line, same_names

if TYPE_CHECKING:
    from ..http import Answer

PUBLISH = "mutation Publish($input: PublishPostInput!) { publishPost(input: $input) { post { id slug url } } }"
UPDATE = "mutation Update($input: UpdatePostInput!) { updatePost(input: $input) { post { id slug url } } }"
DRAFT = "mutation Draft($input: CreateDraftInput!) { createDraft(input: $input) { draft { id slug } } }"
UPDATE_DRAFT = "mutation UpdateDraft($input: UpdateDraftInput!) { updateDraft(input: $input) { draft { id slug } } }"
_POST = "id url title canonicalUrl publishedAt"
BY_SLUG = (
    f"query BySlug($id: ObjectId!, $slug: String!) {{ publication(id: $id) {{ post(slug: $slug) {{ {_POST} }} }} }}"
)
POSTS = (
    "query Posts($id: ObjectId!, $after: String) { publication(id: $id) { posts(first: 50, after: $after) { "
    f"edges {{ node {{ {_POST} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
)
DRAFTS = (
    "query Drafts($id: ObjectId!, $after: String) { publication(id: $id) { drafts(first: 50, after: $after) { "
    "edges { node { id title canonicalUrl updatedAt } } pageInfo { hasNextPage endCursor } } } }"
)
_CONTENT = (
    "id title subtitle canonicalUrl content { markdown } tags { slug name } coverImage { url } seo { description }"
)
READ = f"query Read($id: ID!) {{ post(id: $id) {{ {_CONTENT} }} }}"
READ_DRAFT = f"query ReadDraft($id: ObjectId!) {{ draft(id: $id) {{ {_CONTENT} }} }}"
METRICS = "query Metrics($id: ID!) { post(id: $id) { views reactionCount responseCount } }"
CHECK = "query Check($id: ObjectId!) { me { username name } publication(id: $id) { title url } }"


def explain(answer: Answer, *, effect: bool) -> Failure | None:
    """What `errors` means, whatever the status. `effect`: of a mutation."""
    body = answer.json_or_none()
    errors = body.get("errors") if isinstance(body, dict) else None
    if not errors:
        return None
    said = "Hashnode: " + "; ".join(str(error.get("message")) for error in errors)
    match (errors[0].get("extensions") or {}).get("code"):
        case "UNAUTHENTICATED":
            return Unauthorized(said, next="make a new token at https://hashnode.com/settings/developer")
        case "FORBIDDEN" if "Pro plan" in said:
            return NotEntitled(said, next="upgrade the publication to Hashnode Pro in its dashboard, under Billing")
        case "FORBIDDEN":
            return NotEntitled(said, next="use the token of a member who may publish in this publication")
        case "BAD_USER_INPUT" if re.search(r"already|taken", said):  # of a slug (unconfirmed)
            return Duplicate(said)
        case "NOT_FOUND":
            advice = "it may be deleted, or a draft that was published by hand: see the dashboard"
            return Rejected(said, field=None if effect else "id", next=advice)
        case "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED" | "GRAPHQL_PARSE_FAILED":
            return Rejected(said)
    return OutcomeUnknown(said) if effect else Unavailable(said)


def is_ours(node: Mapping[str, Any], sent: Mapping[str, Any], since: datetime) -> bool:
    """Whether a post or draft is what was sent, not before `since`; see `Hashnode.find`."""
    if sent.get("originalArticleURL"):
        return same_address(node["canonicalUrl"], sent["originalArticleURL"])
    moment: datetime = datetime.fromisoformat(node.get("publishedAt") or node["updatedAt"])
    return str(node["title"]).split() == sent["title"].split() and moment >= since


def published_from(node: Mapping[str, Any]) -> Published:
    """A post, or a draft: the API gives no address for one, so it is where drafts are edited (unconfirmed)."""
    return Published(node["id"], node.get("url") or f"https://hashnode.com/draft/{node['id']}")


def as_it_is(part: Part, node: Mapping[str, Any]) -> Part:
    """`part` with what is different in `node`, a post or draft as Hashnode shows it; see `Hashnode.read`."""
    variables = part.payload["variables"]
    sent = variables["input"]
    changed: dict[str, Any] = {}
    for name in ("title", "subtitle"):
        if name in sent and not same_line(sent[name], node[name]):
            changed[name] = node[name]
    body = (node["content"] or {}).get("markdown") or ""
    if not same_markdown(sent["contentMarkdown"], body):
        changed["contentMarkdown"] = body
    tags = node["tags"] or []
    if not same_names((tag["slug"] for tag in sent["tags"]), (tag["slug"] for tag in tags)):
        changed["tags"] = [{"slug": tag["slug"], "name": tag["name"]} for tag in tags]
    if "originalArticleURL" in sent and not same_address(sent["originalArticleURL"], node["canonicalUrl"]):
        changed["originalArticleURL"] = node["canonicalUrl"]
    changed |= _cover(sent, (node["coverImage"] or {}).get("url"))
    changed |= _description(sent, (node["seo"] or {}).get("description"))
    if not changed:
        return part
    now = replace(part, payload={**part.payload, "variables": {**variables, "input": {**sent, **changed}}})
    return replace(now, text=changed.get("contentMarkdown", part.text), count=len(now.body()))


def _cover(sent: Mapping[str, Any], there: str | None) -> dict[str, Any]:
    """Hashnode may keep a copy of its own (unconfirmed), so an address on its own server says nothing."""
    options = sent.get("coverImageOptions") or {}
    here = sent.get("coverImage") or options.get("coverImageURL")
    kept = there and (there == here or urlsplit(there).netloc == "cdn.hashnode.com")
    if not here or kept:
        return {}
    return {"coverImageOptions": {**options, "coverImageURL": there}} if options else {"coverImage": there}


def _description(sent: Mapping[str, Any], there: str | None) -> dict[str, Any]:
    """Readers do not see it; that none is shown says nothing."""
    meta = sent.get("metaTags") or {}
    here = sent.get("metaDescription") or meta.get("description")
    if not here or not there or same_line(here, there):
        return {}
    return {"metaTags": {**meta, "description": there}} if meta else {"metaDescription": there}
