"""Posts × targets × ledger → what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.plan import make_plan
from syndicate.report import Exit

from .plan_bridge import NOW, Blind, Broken, Closed, Editable, Place, a_post, a_target, plan, recorded

# ---------------------------------------------------------------------- actions


def test_create() -> None:
    """A post that is new is published: the draft's parts, its warnings and its cost."""
    item = plan(a_post(warnings=("guessed",)))
    delivery = item.delivery()
    assert (delivery.action, delivery.state, delivery.error) == ("create", "planned", None)
    assert [part.text for part in delivery.parts] == ["T: words ()"]
    assert delivery.warnings == ("guessed", "something was lost")
    assert delivery.cost == 0.5
    assert (delivery.post, delivery.target, delivery.adapter) == ("a.md", "here", "place")


@pytest.mark.parametrize("state", ["planned", "failed"])
def test_create_again(state: str) -> None:
    """What was put off or refused is tried again, as the post is now."""
    post = a_post()
    item = plan(replace(post, body="better words"), rows=recorded(post, state))
    assert item.action == "create"
    assert item.wanted_rows()[0].payload == {"text": "T: better words ()"}


def test_create_goes_on() -> None:
    """A thread of which a part is published goes on as it was begun; the preview shows those parts."""
    post = a_post(body="one\ntwo")
    item = plan(replace(post, body="other"), rows=recorded(post, "published", "planned"))
    assert item.action == "create"
    assert [part.text for part in item.delivery().parts] == ["T: one ()", "T: two ()"]


def test_unchanged() -> None:
    """Published and the same: nothing to do, and no warnings about what was lost then."""
    post = a_post()
    item = plan(post, rows=recorded(post, "published"))
    delivery = item.delivery()
    assert (delivery.action, delivery.state, delivery.error, delivery.warnings) == ("skip", "published", None, ())
    assert (delivery.url, delivery.remote_id, delivery.cost) == ("https://place.example/0", "0", 0.0)


def test_changed_and_editable() -> None:
    """Published and changed since: said, with the command, and the draft is what `update` would send."""
    post = a_post()
    target = a_target(Editable)
    item = plan(replace(post, body="new"), target, recorded(post, "published"))
    delivery = item.delivery()
    assert (delivery.action, delivery.state, delivery.cost) == ("update", "published", 0.0)
    assert "changed since" in delivery.warnings[0]
    assert "syndicate update" in delivery.warnings[0]
    assert [part.text for part in delivery.parts] == ["T: new ()"]


@pytest.mark.parametrize("what", ["no update", "another number of parts"])
def test_changed_and_not_editable(what: str) -> None:
    """Where the copy cannot be changed, one is told where to edit it; nothing is done."""
    post = a_post()
    target = a_target() if what == "no update" else a_target(Editable)
    body = "new" if what == "no update" else "new\nand more"
    delivery = plan(replace(post, body=body), target, recorded(post, "published")).delivery()
    assert (delivery.action, delivery.error) == ("skip", None)
    assert "https://place.example/0" in delivery.warnings[0]


def test_changed_into_what_is_refused() -> None:
    """A published post that the platform would not take any more stays published."""
    post = a_post()
    delivery = plan(replace(post, body="bad"), rows=recorded(post, "published")).delivery()
    assert (delivery.action, delivery.state, delivery.error) == ("skip", "published", None)
    assert "does not take this" in delivery.warnings[0]


@pytest.mark.parametrize(
    ("mine", "languages", "taken"),
    [
        ("en", ("en",), True),
        ("en-us", ("en",), True),
        ("en", ("en-us",), False),
        ("en-us", ("en-us", "de"), True),
        ("zh", ("en", "de"), False),
        ("zh-hant", ("zh-hans",), False),
        (None, ("en",), False),
        (None, None, True),
        ("zh", None, True),
    ],
)
def test_language(mine: str | None, languages: tuple[str, ...] | None, *, taken: bool) -> None:
    """A target with languages takes posts in them, never one whose language is not known; the reason is told."""
    delivery = plan(a_post(language=mine), a_target(languages=languages)).delivery()
    assert delivery.action == ("create" if taken else "skip")
    if not taken:
        assert (f"`{mine}`" if mine else "not known") in delivery.warnings[0]
        assert (delivery.state, delivery.error) == ("skipped", None)


def test_skip_in_the_front_matter() -> None:
    """`skip: true` leaves this target out, and no other."""
    post = a_post(overrides={"here": {"skip": True}})
    items = make_plan([post], [a_target(), a_target(name="there")], (), now=NOW)
    assert [item.action for item in items] == ["skip", "create"]
    assert "front matter" in items[0].delivery().warnings[0]


def test_leaving_out_does_not_undo() -> None:
    """A post that is published stays so when its front matter leaves the target out afterwards."""
    post = a_post()
    rows = recorded(post, "published")
    for later in (replace(post, overrides={"here": {"skip": True}}), replace(post, draft=True)):
        delivery = plan(later, rows=rows).delivery()
        assert (delivery.action, delivery.state) == ("skip", "published")


def test_targets_in_the_front_matter() -> None:
    """`targets` in the front matter is the choice; without it all targets are."""
    targets = [a_target(), a_target(name="there")]
    chosen = make_plan([a_post(targets=("there",))], targets, (), now=NOW)
    assert [item.target.name for item in chosen] == ["there"]
    assert make_plan([a_post(targets=())], targets, (), now=NOW) == []
    assert len(make_plan([a_post(), a_post(key="id:b")], targets, (), now=NOW)) == 4


def test_overrides() -> None:
    """Title, tags and text of the front matter hold for their target alone."""
    post = a_post(overrides={"here": {"title": "Other", "tags": ["x"], "text": "other words"}})
    here, there = make_plan([post], [a_target(), a_target(name="there")], (), now=NOW)
    assert here.delivery().parts[0].text == "Other: other words ('x',)"
    assert there.delivery().parts[0].text == "T: words ()"


@pytest.mark.parametrize("state", ["planned", "sending", "published"])
def test_wait_for_another_run(state: str) -> None:
    """What a live process holds is left to it: exit 75, and nothing is looked at twice."""
    post = a_post()
    item = plan(post, rows=recorded(post, state, live=True))
    assert item.action == "wait"
    assert item.error is not None
    assert (item.error.kind, item.error.exit) == ("Busy", Exit.LATER)


def test_wait_for_the_platform() -> None:
    """A platform that asked not to be called before a moment is not, and the moment is named."""
    post = a_post()
    early = plan(post, rows=recorded(post, "planned", not_before=NOW + 60))
    assert (early.action, early.error and early.error.exit) == ("wait", Exit.LATER)
    assert early.error
    assert "2026-11-02T" in early.error.message
    assert plan(post, rows=recorded(post, "planned", not_before=NOW - 1)).action == "create"


@pytest.mark.parametrize("state", ["unknown", "sending"])
@pytest.mark.parametrize("cls", [Place, Blind])
def test_resolve(state: str, cls: type[Place]) -> None:
    """What may or may not have arrived is settled before anything else; the state shown is `unknown`."""
    post = a_post()
    target = a_target(cls)
    delivery = plan(post, target, recorded(post, state, target=target)).delivery()
    assert (delivery.action, delivery.state) == ("resolve", "unknown")
    assert delivery.error is not None
    assert (delivery.error.kind, delivery.error.exit) == ("OutcomeUnknown", Exit.PERSON)
    assert delivery.error.next


def test_resolve_what_would_be_refused_now() -> None:
    """An unknown outcome of a post that has changed into one the platform refuses waits for a person."""
    post = a_post()
    delivery = plan(replace(post, body="bad"), rows=recorded(post, "unknown")).delivery()
    assert (delivery.action, delivery.state) == ("resolve", "unknown")
    assert delivery.error
    assert delivery.error.exit is Exit.PERSON


def test_handoff() -> None:
    """Where newcomers get no credentials and there are none, a person gets what they need to post it."""
    delivery = plan(a_post(), a_target(Closed, token="")).delivery()
    assert (delivery.action, delivery.state, delivery.error) == ("handoff", "planned", None)
    assert delivery.parts[0].payload["open"] == "https://place.example/new?title=T"
    assert plan(a_post(), a_target(Closed)).action == "create"


def test_handoff_that_was_prepared() -> None:
    """What a person was given is not prepared twice, unless it is asked for; an edit since then is told."""
    post, target = a_post(), a_target(Closed, token="")
    rows = recorded(post, "waiting", target=target)
    item = plan(post, target, rows)
    assert (item.action, item.prepared, item.notes) == ("handoff", True, ())
    changed = plan(replace(post, body="other words"), target, rows)
    assert changed.prepared
    assert "--again" in changed.notes[0]
    (again,) = make_plan([post], [target], rows, now=NOW, again=True)
    assert not again.prepared


def test_posted_by_hand_and_changed_since() -> None:
    """It is not updated by a program, also when there are credentials by now."""
    post, target = a_post(), a_target(Closed, token="")
    rows = recorded(post, "published", target=target)
    assert plan(post, target, rows).notes == ()
    for later in (target, a_target(Closed)):
        item = plan(replace(post, body="other words"), later, rows)
        assert item.action == "skip"
        assert "by hand" in item.notes[0]


def test_no_handoff_elsewhere() -> None:
    """A missing credential of an ordinary platform is a mistake to be told, not a job for a person."""
    assert plan(a_post(), a_target(token="")).action == "create"


def test_handed_off_and_credentials_since() -> None:
    """Asked of a person once, it is not sent on top when credentials turn up: they say first whether they did it."""
    post = a_post()
    item = plan(post, a_target(Closed), recorded(post, "waiting"))
    assert (item.action, item.error and item.error.exit) == ("resolve", Exit.PERSON)


def test_refuse() -> None:
    """What the platform cannot take is refused before anything is sent, with the reason: exit 1."""
    delivery = plan(a_post(body="bad")).delivery()
    assert (delivery.action, delivery.state) == ("refuse", "failed")
    assert delivery.error
    assert (delivery.error.kind, delivery.error.exit) == ("Rejected", Exit.FAILED)
    assert "does not take this" in delivery.error.message


def test_an_adapter_that_breaks() -> None:
    """An adapter that breaks while rendering fails its own delivery, without its words, and leaves the others whole."""
    broken, fine = make_plan([a_post()], [a_target(Broken), a_target(name="there")], (), now=NOW)
    delivery = broken.delivery()
    assert (delivery.action, fine.action) == ("refuse", "create")
    assert delivery.error
    assert "KeyError" in delivery.error.message
    assert "no-such-key-9f2" not in delivery.error.message


# ---------------------------------------------------------------------- drafts


def test_marked_as_draft() -> None:
    """A post marked as a draft is sent nowhere without `--draft`."""
    delivery = plan(a_post(draft=True)).delivery()
    assert (delivery.action, delivery.state) == ("skip", "skipped")
    assert "--draft" in delivery.warnings[0]


@pytest.mark.parametrize("marked", [False, True])
def test_as_draft(*, marked: bool) -> None:
    """`--draft` sends what only the account's owner sees, whatever the post is marked as."""
    item = plan(a_post(draft=marked), as_draft=True)
    assert (item.action, item.delivery().parts[0].text) == ("create", "T (draft): words ()")
    assert item.wanted_rows()[0].draft


def test_as_draft_where_there_is_none() -> None:
    """A platform without drafts is left out of `--draft`: nothing becomes public by mistake."""
    delivery = plan(a_post(), a_target(Blind), as_draft=True).delivery()
    assert (delivery.action, delivery.state) == ("skip", "skipped")
    assert "The Place" in delivery.warnings[0]


def test_sent_as_draft_before() -> None:
    """What went out as a draft stays one for the tool: said, not published a second time; nor the other way round."""
    post = a_post()
    rows = tuple(replace(row, state="published") for row in plan(post, as_draft=True).wanted_rows())
    delivery = plan(post, rows=rows).delivery()
    assert (delivery.action, delivery.state) == ("skip", "published")
    assert "draft" in delivery.warnings[0]
    delivery = plan(post, rows=recorded(post, "published"), as_draft=True).delivery()
    assert (delivery.action, delivery.state, delivery.warnings) == ("skip", "published", ())


def test_planned_as_draft_before() -> None:
    """A draft that never left may be published as a whole post."""
    post = a_post()
    rows = tuple(plan(post, as_draft=True).wanted_rows())
    item = plan(post, rows=rows)
    assert item.action == "create"
    assert not item.wanted_rows()[0].draft
