"""GitHub Discussions: the hidden mark, the ids that only GitHub can say, and its refusals."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from syndicate.adapter import Published
from syndicate.errors import NotEntitled, OutcomeUnknown, RateLimited, Rejected, Unauthorized, Unavailable
from syndicate.registry import adapter_class, standin_class
from syndicate.standin import Response
from syndicate.testing.rig import make_adapter
from tests.adapter_bridge import NOW, Place, check_golden, collect, make_post, run, sample_post

BASE = "http://sandbox/github"


def place(**options: Any) -> Place:
    cls, standin = adapter_class("github"), standin_class("github")
    return Place(make_adapter(cls, {**standin.options, **options}, BASE), standin)


def data(**content: Any) -> Response:
    return Response(200, {"data": content})


def error(type: str, said: str = "no") -> Response:
    return Response(200, {"data": None, "errors": [{"type": type, "message": said}]})


@pytest.mark.parametrize("kind", ["full", "link"])
def test_golden(kind: str) -> None:
    """The whole mutation, with names for what only GitHub can say."""
    check_golden("github", f"release-{kind}", place(kind=kind).adapter.render(sample_post("release", "github")))


def test_the_ids_are_filled_in_when_it_is_sent() -> None:
    """Repository and category go by their ids; all else is as it was previewed."""
    mine = place(category="general")
    mine.publish(make_post())
    sent = json.loads(mine.requests[-1].body)["variables"]["input"]
    shown = mine.part(make_post()).payload["variables"]["input"]
    assert (sent["repositoryId"], sent["categoryId"]) == ("R_1", "DIC_1")
    assert (shown["repositoryId"], shown["categoryId"]) == ("{repository}", "{category}")
    assert sent["body"] == shown["body"]


def test_a_category_that_is_not_there() -> None:
    """Nothing is sent; those that are there are named."""
    mine = place(category="News")
    with pytest.raises(Rejected, match="News") as caught:
        mine.publish(make_post())
    assert "Announcements, General" in caught.value.next
    assert mine.standin.posts == []


def test_the_mark_is_what_is_looked_for() -> None:
    """A discussion that was edited since is still ours; another post's, and one from before the first try, are not."""
    mine = place()
    made = mine.publish(make_post())
    mine.standin.edit(made.id, "by hand\n" + mine.standin.posts[0].text)
    assert mine.find(make_post(title="Another title")) == made
    assert mine.find(make_post(key="url:https://blog.example.org/other")) is None
    assert mine.find(make_post(), at=NOW + timedelta(hours=1)) is None


def test_the_list_is_followed_to_its_end() -> None:
    """One among many is found on a later page."""
    mine = place()
    made = mine.publish(make_post())
    for number in range(60):
        mine.clock.pass_(1)
        mine.publish(make_post(key=f"id:{number}", title=f"Post {number}"))
    assert mine.find(make_post()) == made
    assert len(collect(mine.adapter.recent(mine.http()))) == 61  # type: ignore[attr-defined]


def test_a_list_that_never_ends() -> None:
    """It is no proof that something is not there."""
    page = {"pageInfo": {"hasNextPage": True, "endCursor": "x"}, "nodes": []}
    with pytest.raises(Unavailable):
        place().find(make_post(), http=place().answering(data(repository={"discussions": page})))


def test_recent_tells_titles_and_where_they_came_from() -> None:
    """For `adopt`: title and the canonical URL of the line at the end."""
    mine = place()
    mine.publish(make_post())
    (one,) = collect(mine.adapter.recent(mine.http()))  # type: ignore[attr-defined]
    assert (one.title, one.canonical_url) == ("Atomic writes", "https://blog.example.org/posts/atomic-writes/")


def test_update_delete_and_metrics() -> None:
    """An update changes the one that is there; what is deleted is gone."""
    mine: Any = place()
    made = mine.publish(make_post())
    run(mine.adapter.update(mine.part(make_post(body="New.")), made, mine.http()))
    assert mine.standin.posts[0].text.startswith("New.")
    assert run(mine.adapter.metrics(made, mine.http())).comments == 0
    run(mine.adapter.delete(made, mine.http()))
    assert run(mine.adapter.read(mine.part(make_post()), made, mine.http())) is None
    with pytest.raises(Rejected):
        run(mine.adapter.metrics(made, mine.http()))


def test_check() -> None:
    """Who the token is, what it may do, and a category that is lacking as a warning."""
    mine: Any = place()
    account = run(mine.adapter.check(mine.http()))
    assert (account.name, account.warnings) == ("sandbox", ())
    assert "admin access" in account.detail
    mine = place(category="News")
    assert "News" in run(mine.adapter.check(mine.http())).warnings[0]


@pytest.mark.parametrize("length", [65_537, 65_500])
def test_a_text_that_is_too_long(length: int) -> None:
    """With what is put below it or without: a link to the post is the way out."""
    with pytest.raises(Rejected, match="65536") as caught:
        place().adapter.render(make_post(body="x" * length))
    assert (caught.value.field, caught.value.next) == ("body", 'set `kind = "link"` for this target')


@pytest.mark.parametrize("repository", ["project", "a/b/c"])
def test_a_repository_that_is_none(repository: str) -> None:
    """A name without its owner is refused before anything is asked."""
    with pytest.raises(Rejected, match="repository"):
        place(repository=repository).adapter.render(make_post())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(401, {"message": "Bad credentials"}), Unauthorized),
        (Response(403, {"message": "You have exceeded a secondary rate limit."}), RateLimited),
        (Response(403, {"message": "API rate limit exceeded"}, {"x-ratelimit-reset": "1900000000"}), RateLimited),
        (Response(403, {"message": "Resource protected by organization SAML"}), NotEntitled),
        (error("FORBIDDEN"), NotEntitled),
        (error("INSUFFICIENT_SCOPES"), NotEntitled),
        (error("NOT_FOUND"), Rejected),
        (error("RATE_LIMITED"), RateLimited),
        (error("UNPROCESSABLE", "Title is too long"), Rejected),
        (error("SOMETHING_ELSE"), OutcomeUnknown),
        (Response(200, {"data": {"createDiscussion": None}}), OutcomeUnknown),
        (Response(502, "<html>"), OutcomeUnknown),
    ],
)
def test_refusals(answer: Response, kind: type[Exception]) -> None:
    """Each answer to a write is named by what has to happen next; GraphQL's own come with status 200."""
    mine = place()

    def handle(request: Any) -> Response:
        return answer if b"mutation(" in request.body else mine.standin.handle(request)

    with pytest.raises(kind) as caught:
        mine.publish(make_post(), mine.answering(handle))
    assert caught.value.next  # type: ignore[attr-defined]
    assert "sandbox-github-token" not in str(caught.value)


def test_what_is_unclear_on_reading_had_no_effect() -> None:
    """An error that nobody knows makes a look fail, not an outcome unknown."""
    mine = place()
    with pytest.raises(Unavailable):
        mine.find(make_post(), http=mine.answering(error("SOMETHING_ELSE")))


def test_discussions_are_off() -> None:
    """A repository without discussions is a matter of its settings."""
    off = {"id": "R_1", "hasDiscussionsEnabled": False, "discussionCategories": {"nodes": []}}
    mine: Any = place()
    with pytest.raises(NotEntitled, match="no discussions"):
        run(mine.adapter.check(mine.answering(data(repository=off, viewer={"login": "x"}))))


def test_gone_for_good() -> None:
    """A node that GitHub does not know is gone; one that it cannot tell of is not."""
    mine: Any = place()
    part, gone = mine.part(make_post()), Published("D_9")
    assert run(mine.adapter.read(part, gone, mine.http())) is None
    with pytest.raises(Unavailable):
        run(mine.adapter.read(part, gone, mine.answering(Response(200, "garbage"))))
