"""Hashnode's operations, and how its answers are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..adapter import Published
from ..errors import Duplicate, Failure, NotEntitled, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from ._article import same_address

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
            return Rejected(said, next="it may be deleted, or a draft that was published by hand: see the dashboard")
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
