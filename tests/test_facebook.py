"""Facebook Pages: what is sent, and what the account may do."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from syndicate.adapter import Published
from syndicate.errors import Rejected, Unauthorized
from syndicate.standin import Request, Response

from .adapter_bridge import NOW, Place, attempt, check_golden, collect, make_post, run, sample_post, shared
from .facebook_bridge import PAGE, TOKEN, place, with_


@pytest.fixture
def site() -> Place:
    return place()


@pytest.mark.parametrize("kind", ["link", "text"])
@pytest.mark.parametrize("name", ["release", "plain"])
def test_golden(site, name, kind):
    """What is sent for a sample post, field by field."""
    check_golden("facebook", f"{name}-{kind}", with_(site, kind=kind).adapter.render(sample_post(name, "facebook")))


def test_golden_chinese(site):
    """Chinese is counted by character, and its tags become hashtags."""
    post = make_post(
        title="原子写入", body="先写到旁边的文件，再改名。这样读者永远看不到半个文件。\n", tags=("编程", "linux")
    )
    check_golden("facebook", "chinese", site.adapter.render(post))


def test_a_link_post_leads_to_the_post_by_its_card_alone(site):
    """The link stands in its field, with what counts readers, and not in the text."""
    post = make_post(link="https://blog.example.org/posts/atomic-writes/?utm_source=facebook", summary="How to.")
    published = site.publish(post)
    (shown,) = site.standin.posts
    assert (shown.text, shown.link) == ("Atomic writes\n\nHow to.\n\n#python #linux", post.link)
    assert published == Published(shown.id, site.standin.post_url(shown.id))
    assert shown.id.startswith(f"{PAGE}_")


def test_a_text_post_holds_the_link(site):
    """`kind = "text"`: the link is the last line, and no card is asked for."""
    part = with_(site, kind="text").part(make_post())
    assert part.payload["message"].endswith("\n\nhttps://blog.example.org/posts/atomic-writes/")
    assert set(part.payload) == {"message"}


def test_a_link_post_without_an_address_is_refused(site):
    """It says what to set; a text post needs none."""
    with pytest.raises(Rejected) as caught:
        site.part(make_post(canonical_url=None))
    assert caught.value.field == "link"
    assert with_(site, kind="text").part(make_post(canonical_url=None)).payload["message"]


def test_the_token_is_in_the_header_and_nowhere_else(site):
    """No URL, body or draft holds it, on any way: Facebook's own examples put it into the URL."""
    published = site.publish(make_post())
    seen = list(site.requests)
    for n in range(150):
        site.publish(make_post(title=f"Post {n}"))
    site.find(make_post(title="Not there"))
    seen += site.requests
    run(site.adapter.check(site.http()))
    seen += site.requests
    run(site.adapter.metrics(published, site.http()))
    seen += site.requests
    assert len(seen) > 5
    for request in seen:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert TOKEN not in f"{request.path}{request.query}{request.body.decode()}"


def test_one_request_with_the_previewed_bytes(site):
    """Exactly one request leaves, and it asks for the address of what it makes."""
    site.publish(make_post())
    (request,) = site.requests
    assert (request.method, request.path) == ("POST", f"/{PAGE}/feed")
    assert request.query == {"fields": "id,permalink_url"}
    assert request.body == site.part(make_post()).body()


@pytest.mark.parametrize("kind", ["link", "text"])
@pytest.mark.parametrize("draft", [False, True])
def test_parameters_are_facebooks_own(site, kind, draft):
    """What is sent, for a new post and for an update, are parameters of the SDK's specification, of its types."""
    types = {"message": str, "link": str, "published": bool, "unpublished_content_type": str}
    types |= {"scheduled_publish_time": int}
    page = json.loads(shared("contracts", "facebook", "Page.json").read_text())
    feed = next(api for api in page["apis"] if (api["method"], api.get("endpoint")) == ("POST", "feed"))
    known = {parameter["name"] for parameter in feed["params"]}
    with_(site, kind=kind, schedule=True)
    part = site.part(make_post(draft=draft, date=NOW + timedelta(days=1)))
    assert set(part.payload) <= known
    assert all(type(value) is types[name] for name, value in part.payload.items())
    enums = json.loads(shared("contracts", "facebook", "enum_types.json").read_text())
    kinds = next(enum["values"] for enum in enums if enum["name"] == "pagefeed_unpublished_content_type_enum_param")
    assert part.payload.get("unpublished_content_type", "DRAFT") in kinds
    published = run(site.adapter.publish(part, attempt(), site.http()))
    run(site.adapter.update(part, published, site.http()))
    change = json.loads(shared("contracts", "facebook", "PagePost.json").read_text())
    update = next(api for api in change["apis"] if api.get("name") == "#update")
    assert set(site.requests[-1].json()) <= {parameter["name"] for parameter in update["params"]}


def test_asked_fields_are_facebooks_own(site):
    """Every field that is read of a post, and of the Page, is in the SDK's specification: one unknown fails a request."""
    published = site.publish(make_post())
    run(site.adapter.read(site.part(make_post()), published, site.http()))
    fields = site.requests[-1].query["fields"].replace("{unshimmed_url}", "").split(",")
    spec = json.loads(shared("contracts", "facebook", "PagePost.json").read_text())
    edges = {api.get("endpoint") for api in spec["apis"]}
    assert set(fields) <= {field["name"] for field in spec["fields"]} | edges
    run(site.adapter.check(site.http()))
    (asked,) = [r.query["fields"].split(",") for r in site.requests if r.path == f"/{PAGE}"]
    page = json.loads(shared("contracts", "facebook", "Page.json").read_text())
    assert set(asked) <= {field["name"] for field in page["fields"]}


def test_a_draft_is_not_shown_to_readers(site):
    """It is sent unpublished, whatever its date."""
    with_(site, schedule=True).publish(make_post(draft=True, date=NOW + timedelta(days=2)))
    assert site.requests[0].json()["published"] is False
    assert "scheduled_publish_time" not in site.requests[0].json()
    site.clock.pass_(3 * 86400)
    assert collect(site.adapter.recent(site.http())) == []


def test_a_scheduled_post_appears_in_its_time(site):
    """The front matter's date is sent only with `schedule`; then Facebook shows the post from then on."""
    later = NOW + timedelta(days=2)
    assert "scheduled_publish_time" not in site.part(make_post(date=later)).payload
    published = with_(site, schedule=True).publish(make_post(date=later))
    assert site.requests[0].json()["scheduled_publish_time"] == int(later.timestamp())
    assert collect(site.adapter.recent(site.http())) == []
    site.clock.pass_(2 * 86400)
    assert [one.id for one in collect(site.adapter.recent(site.http()))] == [published.id]


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=31), -timedelta(days=1)])
def test_a_date_that_is_too_near_or_too_far_is_facebooks_to_refuse(site, ahead):
    """Rendering knows no clock; the refusal names the date."""
    with pytest.raises(Rejected) as caught:
        with_(site, schedule=True).publish(make_post(date=NOW + ahead))
    assert (caught.value.field, "30 days" in caught.value.next) == ("date", True)


def test_the_authors_own_text_is_sent_as_it_is(site):
    """Its link stays in it, and the card leads to the post."""
    part = site.part(make_post(text="Read this: https://other.example/ now."))
    assert part.payload["message"] == "Read this: https://other.example/ now."
    with pytest.raises(Rejected):
        site.part(make_post(text="x" * 63_207))


def test_check_says_whose_token_it_is_and_what_it_lacks(site):
    """No effect; each permission that is lacking is named."""
    account = run(site.adapter.check(site.http()))
    assert (account.name, account.warnings) == ("Sandbox Page", ())
    assert {request.method for request in site.requests} == {"GET"}
    site.standin.granted.clear()
    lacking = " ".join(run(site.adapter.check(site.http())).warnings)
    assert "pages_manage_posts" in lacking
    assert "pages_read_engagement" in lacking


def test_a_persons_token_is_not_the_pages(site):
    """It is told before anything is posted under the wrong name."""
    with pytest.raises(Unauthorized, match="not the Page's") as caught:
        run(with_(site, page_id="42").adapter.check(site.http()))
    assert "/me/accounts" in caught.value.next


def test_a_page_that_nobody_sees_is_told(site):
    """An unpublished Page takes posts all the same."""

    def unpublished(request: Request) -> Response:
        said = site.standin.handle(request)
        said.body.update({"is_published": False} if request.path == f"/{PAGE}" else {})
        return said

    assert "not public" in run(site.adapter.check(site.answering(unpublished))).warnings[0]


@pytest.mark.parametrize(
    ("url", "id"),
    [
        (f"https://www.facebook.com/{PAGE}_122/", f"{PAGE}_122"),
        ("https://www.facebook.com/some.page/posts/122/", f"{PAGE}_122"),
        ("https://www.facebook.com/some.page/posts/a-title/122?ref=x", f"{PAGE}_122"),
        ("https://www.facebook.com/permalink.php?story_fbid=122&id=77", "77_122"),
        ("https://www.facebook.com/story.php?story_fbid=122", f"{PAGE}_122"),
        ("https://www.facebook.com/some.page/posts/pfbid02AbC", None),
        ("https://www.facebook.com/some.page", None),
    ],
)
def test_the_id_in_an_address(site, url, id):
    """Where it holds numbers; the newer addresses hold none that the API takes."""
    assert site.adapter.id_of(url) == id
