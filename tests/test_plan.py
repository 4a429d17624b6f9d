"""Posts × targets × ledger → what to do; and which exit code follows from what became of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from syndicate.adapter import (
    Adapter,
    Attempt,
    Dedupe,
    Dialect,
    Draft,
    Limits,
    Part,
    Post,
    Published,
    Secret,
    option,
    secret,
)
from syndicate.config import Target
from syndicate.errors import Rejected
from syndicate.http import Http
from syndicate.ledger import Row
from syndicate.plan import Item, make_plan
from syndicate.report import Delivery, Exit, Problem, exit_code

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC).timestamp()


@dataclass(frozen=True, kw_only=True)
class Place(Adapter):
    """A platform that takes one line a part; it refuses the word `bad`."""

    name: ClassVar[str] = "place"
    title: ClassVar[str] = "The Place"
    homepage: ClassVar[str] = "https://place.example"
    limits: ClassVar[Limits] = Limits(text=100, parts=9)
    dialect: ClassVar[Dialect] = Dialect()
    dedupe: ClassVar[Dedupe] = Dedupe(kind="lookup")
    credentials: ClassVar[tuple[tuple[str, ...], ...]] = (("token",),)
    drafts: ClassVar[bool] = True

    base_url: str = option("https://place.example/api", "root")
    token: Secret = secret("from the place")  # noqa: RUF009

    def render(self, post: Post) -> Draft:
        text = post.text or post.body
        if "bad" in text:
            raise Rejected("the place does not take this")
        lines = [f"{post.title}{' (draft)' if post.draft else ''}: {line} {post.tags}" for line in text.splitlines()]
        parts = tuple(Part(payload={"text": line}, text=line, count=len(line), limit=100) for line in lines)
        return Draft(parts, ("something was lost",), 0.5)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        raise NotImplementedError

    async def find(self, part: Part, attempt: Attempt, http: Http) -> Published | None:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Editable(Place):
    """The same, and it can be edited."""

    async def update(self, part: Part, published: Published, http: Http) -> Published:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Blind(Place):
    """The same, and it cannot be asked; nor has it drafts."""

    dedupe: ClassVar[Dedupe] = Dedupe(kind="none")
    drafts: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Closed(Place):
    """The same, and newcomers get no credentials."""

    closed: ClassVar[bool] = True

    def handoff(self, post: Post) -> str:
        return f"https://place.example/new?title={post.title}"


@dataclass(frozen=True, kw_only=True)
class Broken(Place):
    """Breaks on every post."""

    def render(self, post: Post) -> Draft:
        raise KeyError("no-such-key-9f2")


def a_target(cls: type[Place] = Place, *, name: str = "here", languages: Any = None, token: str = "t0ken") -> Target:
    """A target with or without its credentials."""
    return Target(name, cls(token=Secret.of(token) if token else Secret(None, "the variable TOKEN")), languages)


def a_post(**changes: Any) -> Post:
    return Post(**{"key": "id:a", "source": "a.md", "title": "T", "body": "words", "language": "en", **changes})


def plan(post: Post, target: Target | None = None, rows: tuple[Row, ...] = (), *, as_draft: bool = False) -> Item:
    (item,) = make_plan([post], [target or a_target()], rows, now=NOW, as_draft=as_draft)
    return item


def recorded(post: Post, *states: str, target: Target | None = None, **changes: Any) -> tuple[Row, ...]:
    """The rows of a delivery of `post` that was begun, in these states."""
    rows = plan(post, target).wanted_rows()
    return tuple(
        replace(row, state=state, remote_id=f"{number}", remote_url=f"https://place.example/{number}", **changes)
        for number, (row, state) in enumerate(zip(rows, states, strict=True))
    )


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
        (None, ("en",), True),
        ("zh", None, True),
    ],
)
def test_language(mine: str | None, languages: tuple[str, ...] | None, *, taken: bool) -> None:
    """A target with languages takes posts in them, and those that say nothing; the reason is told."""
    delivery = plan(a_post(language=mine), a_target(languages=languages)).delivery()
    assert delivery.action == ("create" if taken else "skip")
    if not taken:
        assert f"`{mine}`" in delivery.warnings[0]
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
    """Where newcomers get no credentials and there are none, a person gets the page and the next step."""
    delivery = plan(a_post(), a_target(Closed, token="")).delivery()
    assert delivery.action == "handoff"
    assert delivery.error
    assert delivery.error.exit is Exit.PERSON
    assert "https://place.example/new?title=T" in delivery.error.message
    assert "resolve" in delivery.error.next
    assert [part.text for part in delivery.parts] == ["T: words ()"]
    assert plan(a_post(), a_target(Closed)).action == "create"


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


# ---------------------------------------------------------------------- exit codes


def _with(kind: str | None) -> Delivery:
    error = Problem(kind, "said", "next") if kind else None
    return Delivery(post="a.md", target="t", adapter="a", action="create", state="planned", error=error)


_KINDS = {
    None: 0,
    "Rejected": 1,
    "Duplicate": 1,
    "Bug": 1,
    "UsageError": 2,
    "OutcomeUnknown": 3,
    "Unauthorized": 3,
    "NotEntitled": 3,
    "Handoff": 3,
    "RateLimited": 75,
    "Unavailable": 75,
    "Busy": 75,
}


@pytest.mark.parametrize(("kind", "code"), _KINDS.items())
def test_exit_code_of_one(kind: str | None, code: int) -> None:
    """Each kind of problem has its exit code."""
    assert exit_code([_with(kind)]) == code


def test_exit_code_of_several() -> None:
    """Of several the first of 2, 3, 1, 75, 0 counts, in whatever order they came; nothing at all is 0."""
    for some in itertools.permutations(["UsageError", "OutcomeUnknown", "Rejected", "RateLimited", None]):
        deliveries = [_with(kind) for kind in some]
        for number in range(len(deliveries) + 1):
            codes = [_KINDS[kind] for kind in some[:number]]
            expected = next((code for code in (2, 3, 1, 75) if code in codes), 0)
            assert exit_code(deliveries[:number]) == expected


def test_a_kind_of_a_third_party() -> None:
    """A failure of a name that nobody knows counts as failed, never as done."""
    assert exit_code([_with("Strange")]) == 1
