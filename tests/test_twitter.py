"""What the X adapter sends: against its stand-in and X's own schema."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator
from syndicate.adapters.twitter import Twitter

from syndicate.adapter import Published
from syndicate.errors import (
    Rejected,
)

from .adapter_bridge import attempt, check_golden, make_http, make_post, run, sample_post, shared
from .twitter_bridge import BASE, URL, adapter, publish, publish_all, renewing, standin


def test_draft_needs_and_holds_no_secret():
    """Rendering works without credentials and gives the same bytes as with them."""
    for mode in ("post", "thread"):
        bare, full = Twitter(mode=mode).render(make_post()), renewing(mode=mode).render(make_post())
        assert [part.body() for part in bare.parts] == [part.body() for part in full.parts]


def test_rendering_loads_no_network_code():
    """A dry run pays for neither httpx nor oauthlib nor asyncio."""
    code = (
        "import sys; from syndicate.adapter import Post; from syndicate.adapters.twitter import Twitter;"
        "Twitter(mode='thread').render(Post(key='k', source='s', title='T', body='B'));"
        "print([m for m in ('httpx', 'oauthlib', 'asyncio') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    )


def test_requests_are_what_x_s_schema_takes():
    """First parts and answers validate against the request schema of X's OpenAPI, which allows no other keys."""
    document = json.loads(shared("contracts", "x", "openapi.json").read_text())
    schema = {"$ref": "#/components/schemas/CreatePostsRequest", "components": document["components"]}
    validator = Draft202012Validator(schema)
    bodies = [json.loads(adapter().render(make_post()).parts[0].body())]
    thread = adapter(mode="thread").render(make_post(body="One.\n\n<!-- part -->\n\nTwo."))
    bodies += [json.loads(part.body("1980000000000000001")) for part in thread.parts]
    assert len(bodies) == 3
    for body in bodies:
        validator.validate(body)
    assert not validator.is_valid(bodies[0] | {"made_up": 1})
    assert not validator.is_valid(json.loads(thread.parts[1].body()))  # an id is wanted, not its placeholder


@pytest.mark.parametrize("name", ["release", "plain"])
@pytest.mark.parametrize("mode", ["post", "thread"])
def test_golden(name: str, mode: str):
    """The draft of a real post is, to the byte, what is kept beside the tests."""
    check_golden("twitter", f"{name}-{mode}", adapter(mode=mode).render(sample_post(name, "twitter")))


def test_post_arrives_and_is_named():
    """The stand-in has the text; what is returned names it by id and address."""
    place = standin()
    published = publish(place, adapter(), make_post())
    (kept,) = place.posts
    assert kept.text == adapter().render(make_post()).parts[0].text
    assert (kept.link, kept.reply_to) == (URL, None)
    assert published == Published(kept.id, f"https://x.com/i/web/status/{kept.id}")


def test_thread_is_a_chain_of_answers():
    """Each part answers the one before it; the bytes are those of the preview with that id in place."""
    place, which = standin(), adapter(mode="thread")
    what = make_post(body="One.\n\n<!-- part -->\n\nTwo.\n\n<!-- part -->\n\nThree.")
    done = publish_all(place, which, what)
    parts = which.render(what).parts
    assert [post.reply_to for post in place.posts] == [None, done[0].id, done[1].id]
    assert [post.raw for post in place.posts] == [
        part.body(before) for part, before in zip(parts, [None, done[0].id, done[1].id])
    ]


def test_part_of_a_thread_without_the_one_before_is_not_sent():
    """Without the id that it answers, a part would begin a thread of its own: nothing leaves."""
    http, requests = make_http(standin(), BASE)
    which = adapter(mode="thread")
    part = which.render(make_post(body="One.\n\n<!-- part -->\n\nTwo.")).parts[1]
    with pytest.raises(Rejected):
        run(which.publish(part, attempt(), http))
    assert requests == []


def test_first_part_ignores_what_went_before():
    """A part that answers nothing is sent as it is, whatever the attempt knows."""
    place = standin()
    http, _ = make_http(place, BASE)
    run(adapter().publish(adapter().render(make_post()).parts[0], attempt(previous=Published("7")), http))
    assert place.posts[0].reply_to is None
