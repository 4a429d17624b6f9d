"""GitHub's GraphQL: the queries, and what its answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Failure, NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized

if TYPE_CHECKING:
    from ..http import Answer

PLACE = """query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {
 id hasDiscussionsEnabled viewerPermission discussionCategories(first: 100) { nodes { id name slug } } } }"""
LIST = """query($owner: String!, $name: String!, $after: String) { repository(owner: $owner, name: $name) {
 discussions(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
 pageInfo { hasNextPage endCursor } nodes { id url title body createdAt viewerDidAuthor } } } }"""
ONE = """query($id: ID!) { node(id: $id) { ... on Discussion {
 id url title body upvoteCount comments { totalCount } } } }"""
CREATE = """mutation($input: CreateDiscussionInput!) { createDiscussion(input: $input) { discussion { id url } } }"""
UPDATE = """mutation($input: UpdateDiscussionInput!) { updateDiscussion(input: $input) { discussion { id url } } }"""
DELETE = """mutation($input: DeleteDiscussionInput!) { deleteDiscussion(input: $input) { discussion { id } } }"""
VIEWER = "query { viewer { login } }"

_TOKENS = "https://github.com/settings/tokens"


def explain(answer: Answer) -> Failure | None:
    """What a refusal means; GraphQL's stand in an answer with status 200."""
    said = f"GitHub: {answer.words()}"
    body = answer.json_or_none()
    errors = body.get("errors") if isinstance(body, dict) else None
    if answer.status == 401:
        return Unauthorized(said, next=f"make a new token at {_TOKENS}")
    if answer.status in (403, 429):
        if "rate limit" in said.lower() or answer.retry_at or answer.headers.get("x-ratelimit-remaining") == "0":
            return RateLimited(said, until=answer.retry_at or _reset(answer))
        return NotEntitled(said, next="give the token the permission to write discussions")
    if not errors:
        return None
    first: dict[str, Any] = errors[0] if isinstance(errors[0], dict) else {}
    said = f"GitHub: {str(first.get('message') or first)[:400]}"
    match first.get("type"):
        case "FORBIDDEN" | "INSUFFICIENT_SCOPES":
            return NotEntitled(said, next="give the token `repo` or `public_repo`, or discussions: write")
        case "NOT_FOUND":
            return Rejected(said, field="id", next="check `repository`; a token sees only what it was given")
        case "RATE_LIMITED":
            return RateLimited(said, until=answer.retry_at or _reset(answer))
        case (
            "UNPROCESSABLE" | "INVALID" | "undefinedField" | "argumentLiteralsIncompatible" | "missingRequiredArguments"
        ):
            return Rejected(said, field="title" if "title" in said.lower() else "body")
    return OutcomeUnknown(said)


def _reset(answer: Answer) -> Any:
    """`x-ratelimit-reset` is in seconds since the epoch."""
    value = answer.headers.get("x-ratelimit-reset", "")
    return answer.after(max(0.0, float(value) - answer.at.timestamp())) if value.isdigit() else None


def made(answer: Answer, mutation: str) -> dict[str, Any]:
    """The discussion in the answer to a mutation. Raises `OutcomeUnknown` when there is none."""
    body = answer.json_or_none()
    try:
        found: dict[str, Any] = body["data"][mutation]["discussion"]
        return {"id": str(found["id"]), "url": found.get("url")}
    except (KeyError, TypeError):
        raise OutcomeUnknown(f"GitHub answered {answer.status} without a discussion") from None
