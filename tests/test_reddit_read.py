"""Reddit: the copy that is there now, against what was sent."""

from __future__ import annotations

from typing import Any

import pytest
from syndicate.adapters.reddit import Reddit

from syndicate.adapter import Part, Post, Published
from syndicate.errors import Failure, NotEntitled, Unavailable
from syndicate.standin import Request, Response

from .adapter_bridge import make_http, run
from .reddit_bridge import BASE, adapter, post, publish, standin


def read(place: Any, which: Reddit, what: Post, published: Published) -> Part | None:
    http, requests = make_http(place, BASE)
    copy = run(which.read(which.render(what).parts[0], published, http))
    assert not [r for r in requests if r.method == "POST" and "access_token" not in r.path]
    return copy


def answering(place: Any, answer: Response) -> Any:
    """The same Reddit, but for what it says of one submission."""
    return lambda request: answer if request.path == "/api/info" else place.handle(request)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("link", {}),
        ("link", {"text": "Why I wrote it: 1 < 2 & 3 > 2."}),
        ("self", {"body": "Code: `a < b && c > d`, &amp; an entity.\n\n    x\n"}),
    ],
)
def test_it_is_as_it_was_sent(kind: str, changes: dict[str, Any]):
    """Link posts with and without a text, and self posts with what Reddit escapes."""
    place, which, what = standin(), adapter(kind=kind), post(**changes)
    published = publish(place, which, what)
    assert read(place, which, what, published) == which.render(what).parts[0]


@pytest.mark.parametrize("tidied", ["{}\n\n", "\n{}", "{}  \r\n"])
def test_what_reddit_tidies_is_no_change(tidied: str):
    """Line ends, and white space around the text."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, post())
    place.edit(place.posts[0].id, tidied.format(place.posts[0].text))
    assert read(place, which, post(), published) == which.render(post()).parts[0]


def test_another_text_is_told():
    """The text alone differs; title and subreddit stay in what a reader sees."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, post())
    place.edit(place.posts[0].id, "Corrected & shortened.")
    copy = read(place, which, post(), published)
    sent = which.render(post()).parts[0]
    assert copy.payload == {**sent.payload, "text": "Corrected & shortened."}
    assert copy.text == "r/sandbox: A release\n\nCorrected & shortened."
    assert (copy.count, copy.limit, copy.encoding) == (22, 40_000, "form")


def test_a_text_that_a_link_post_was_given_is_told():
    """It had none, and nothing else about it can be changed."""
    place, which = standin(), adapter()
    published = publish(place, which, post())
    place.edit(place.posts[0].id, "Why I wrote it.")
    copy = read(place, which, post(), published)
    assert copy.payload["text"] == "Why I wrote it."
    assert copy.text.endswith("Why I wrote it.")


@pytest.mark.parametrize("kind", ["link", "self"])
@pytest.mark.parametrize("by", ["moderator", "deleted", "automod_filtered", "reddit"])
def test_what_readers_do_not_see_is_gone(kind: str, by: str):
    """Removed by a moderator, by Reddit, held back by a filter, or deleted by its author."""
    place, which = standin(), adapter(kind=kind)
    published = publish(place, which, post())
    place.posts[0].extra["removed"] = by
    assert read(place, which, post(), published) is None


@pytest.mark.parametrize(
    "there", [{"author": "[deleted]"}, {"selftext": "[removed]"}, {"selftext": "[deleted]"}, {"children": []}]
)
def test_each_sign_of_its_end_is_enough(there: dict[str, Any]):
    """Reddit does not always say who took it out."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, post())

    def answer(request: Request) -> Response:
        said = place.handle(request)
        if request.path == "/api/info":
            (child,) = said.body["data"]["children"]
            child["data"] |= there | {"removed_by_category": None}
            said.body["data"]["children"] = there.get("children", [child])
        return said

    assert read(answer, which, post(), published) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(200, "<html>"), Unavailable),
        (Response(200, {"data": {}}), Unavailable),
        (Response(200, []), Unavailable),
        (Response(403, {"message": "Forbidden"}), NotEntitled),
        (Response(404, {"message": "Not Found"}), Failure),
        (Response(503), Unavailable),
    ],
)
def test_a_refusal_does_not_tell_that_it_is_gone(answer: Response, kind: type[Failure]):
    """Nothing was said about the post."""
    place, which = standin(), adapter()
    published = publish(place, which, post())
    with pytest.raises(kind):
        read(answering(place, answer), which, post(), published)


def test_after_an_update_it_is_as_it_was_sent():
    """What `update` sends is what `read` compares with afterwards."""
    place, which = standin(), adapter(kind="self")
    published = publish(place, which, post())
    changed = post(body="Corrected.")
    assert read(place, which, changed, published) != which.render(changed).parts[0]
    http, _ = make_http(place, BASE)
    run(which.update(which.render(changed).parts[0], published, http))
    assert read(place, which, changed, published) == which.render(changed).parts[0]
