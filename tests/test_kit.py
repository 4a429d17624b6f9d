"""Kits: what is made of a place's tables and a post. The place here exists in the tests alone."""

from __future__ import annotations

import email
import json
from dataclasses import dataclass
from email.policy import default
from pathlib import PurePosixPath
from typing import Any, ClassVar

import pytest

from syndicate.adapter import Adapter, Dialect, Draft, Image, Limits, Part, Post, option
from syndicate.checklist import Facts
from syndicate.errors import NotEntitled, Rejected
from syndicate.handoff import Pitch, Place, Rule
from syndicate.kit import Handoff, kit, substance
from syndicate.local import Local

from .adapter_bridge import attempt, make_http, make_post, run

STEPS = ("Paste `post.md`.", "Add `bio.txt`.", "Add `tags.txt`.", "It was first at {url}.", "Look at `checklist.md`.")


@dataclass(frozen=True, kw_only=True)
class Gazette(Handoff):
    """A place that exists here alone."""

    name: ClassVar[str] = "gazette"
    title: ClassVar[str] = "The Gazette"
    homepage: ClassVar[str] = "https://gazette.example"
    limits: ClassVar[Limits] = Limits(text=400, title=40, tags=2)
    dialect: ClassVar[Dialect] = Dialect()
    place: ClassVar[Place | None] = None

    base_url: str = option("https://gazette.example", "the place's address")


def gazette(options: dict[str, Any] | None = None, **place: Any) -> Adapter:
    """The place with these tables."""
    tables = {"form": "article", "page": "/new?title={title}&from={url}&note={summary}", "steps": STEPS, **place}
    cls: type[Adapter] = type("Gazette", (Gazette,), {"place": Place(**tables)})
    return cls(**(options or {}))


def payload(adapter: Adapter, post: Post) -> Any:
    return kit(adapter, post).parts[0].payload


# ------------------------------------------------------------------ the payload


def test_article() -> None:
    """Title, tags, cover and text within the limits; the page filled in; what was changed is told."""
    post = make_post(title="A title that goes on for rather longer than forty", cover=Image("https://e.org/c.png", "C"))
    draft = kit(gazette(), post)
    (part,) = draft.parts
    files = part.payload["files"]
    assert files["post.md"] == "Write to a file beside it, then rename.\n"
    assert part.payload["copy"] == files["post.md"].rstrip()
    assert (files["title.txt"], files["tags.txt"]) == ("A title that goes on for rather longer…\n", "python, linux\n")
    assert files["cover.txt"] == "https://e.org/c.png\nC\n"
    assert part.text == "A title that goes on for rather longer…\n\nWrite to a file beside it, then rename."
    assert (part.count, part.limit) == (len(part.payload["copy"]), 400)
    assert any("the title is cut" in warning for warning in draft.warnings)


def test_what_is_not_there_is_not_shown() -> None:
    """A step whose file or value is missing, an empty file, an empty parameter: left out."""
    whole = payload(gazette({"author_bio": "I write."}), make_post())
    assert whole["steps"] == [
        *("Paste `post.md`.", "Add `bio.txt`.", "Add `tags.txt`."),
        *("It was first at https://blog.example.org/posts/atomic-writes/.", "Look at `checklist.md`."),
    ]
    bare = payload(gazette(), make_post(tags=(), canonical_url=None))
    assert bare["steps"] == ["Paste `post.md`.", "Look at `checklist.md`."]
    assert set(bare["files"]) == {"post.md", "title.txt", "summary.txt", "checklist.md", "steps.md"}
    assert bare["open"] == (
        "https://gazette.example/new?title=Atomic%20writes&note=Write%20to%20a%20file%20beside%20it%2C%20then%20rename."
    )


def test_values_cannot_break_the_address() -> None:
    """What a title or an address holds stays within its own parameter; braces in it are no template."""
    post = make_post(title="50% & more? {url} #1 /x", canonical_url="https://e.org/a?b=1&c=2")
    page = payload(gazette(page="https://e.org/{title}?u={url}"), post)["open"]
    assert (
        page
        == "https://e.org/50%25%20%26%20more%3F%20%7Burl%7D%20%231%20%2Fx?u=https%3A%2F%2Fe.org%2Fa%3Fb%3D1%26c%3D2"
    )


def test_a_name_that_is_none() -> None:
    """A template with a name that nothing gives is a mistake of the tables, not text for a person."""
    with pytest.raises(KeyError, match="titel"):
        kit(gazette(page="/new?t={titel}"), make_post())


def test_own_values() -> None:
    """An adapter may give templates more values."""
    cls = type("Own", (Gazette,), {"place": Place(form="link", page="/{room}", steps=("Go to {room}.",))})
    cls.page_values = lambda _: {"room": "r d"}  # type: ignore[attr-defined]
    made = payload(cls(), make_post())
    assert (made["open"], made["steps"]) == ("https://gazette.example/r%20d", ["Go to r d."])


@pytest.mark.parametrize(
    ("dialect", "name", "line"),
    [
        (Dialect(), "post.md", "*First at <https://blog.example.org/posts/atomic-writes/>.*"),
        (
            Dialect(format="html"),
            "post.html",
            '<p><em>First at <a href="https://blog.example.org/posts/atomic-writes/">',
        ),
        (Dialect(format="plain"), "post.txt", "First at https://blog.example.org/posts/atomic-writes/."),
    ],
)
def test_the_line_about_the_original(dialect: Dialect, name: str, line: str) -> None:
    """It stands at the end, in the editor's markup; once, and not where there is no original."""
    adapter = gazette(dialect=dialect, original="*First at <{url}>.*", steps=("Paste.",))
    made = payload(adapter, make_post())["files"][name]
    assert made.rstrip().splitlines()[-1].startswith(line)
    named = make_post(body="It was at <https://blog.example.org/posts/atomic-writes/> first.\n")
    assert payload(adapter, named)["files"][name].count(">https:") <= 1
    assert "First at" not in payload(adapter, named)["files"][name]
    assert "First at" not in payload(adapter, make_post(canonical_url=None))["files"][name]
    pictured = make_post(body="![p](p.png) and [below](#below)\n")
    assert "First at" in payload(adapter, pictured)["files"][name]


@pytest.mark.parametrize(
    "title",
    [
        "How AI news pipelines work: automation limits and human judgment, measured",
        "Fish & chips 👩‍💻 “quoted” über viele Zeilen, die kein Ende nehmen wollen",
        "Kubernetes 的 CNI，CRI，CSI 详解与实践，以及它们在云原生环境中的重要性和应用场景 介绍",
        "مُدوّنة السلوك الخاصة بمشروعك المفتوح المصدر",
        "A" * 70,
    ],
)
def test_a_long_subject_arrives(title: str) -> None:
    """No blank is lost between two encoded words, none is put before the first one, and no word is empty."""
    eml = payload(gazette(form="pitch", pitch=PITCH, page="/"), make_post(title=title))["files"]["pitch.eml"]
    assert email.message_from_string(eml, policy=default)["Subject"] == f"Idea: {title}"
    assert "??=" not in eml
    assert max(map(len, eml.partition("\r\n\r\n")[0].split("\r\n"))) <= 78


def test_a_page_to_copy_from() -> None:
    """HTML is a page of its own for a browser; the clipboard gets it without a head."""
    made = payload(gazette(dialect=Dialect(format="html"), steps=("Paste.",)), make_post(title="A < B", body="é *x*\n"))
    assert made["files"]["post.html"].startswith('<!doctype html>\n<meta charset="utf-8">\n<title>A &lt; B</title>\n')
    assert made["copy"].strip() == "<p>é <em>x</em></p>"


def test_link() -> None:
    """The address to which readers are led; the author's own text is a first comment. A title is never cut."""
    adapter = gazette(form="link", page="/s?u={url}", steps=("Submit.", "Comment with `comment.txt`."))
    post = make_post(link="https://blog.example.org/x?utm_source=g")
    made = payload(adapter, post)
    assert made["open"].endswith("u=https%3A%2F%2Fblog.example.org%2Fx%3Futm_source%3Dg")
    assert (made["copy"], made["steps"]) == ("https://blog.example.org/x?utm_source=g", ["Submit."])
    own = payload(adapter, make_post(text="I made this."))
    assert (own["copy"], own["files"]["comment.txt"], len(own["steps"])) == ("I made this.", "I made this.\n", 2)
    with pytest.raises(Rejected, match="46 characters") as caught:
        kit(adapter, make_post(title="A title that goes on for longer than that, too"))
    assert (caught.value.field, "shorter" in caught.value.next) == ("title", True)
    with pytest.raises(Rejected, match="address") as caught:
        kit(adapter, make_post(canonical_url=None))
    assert caught.value.field == "url"


@dataclass(frozen=True, kw_only=True)
class Thread(Gazette):
    """One that sends two parts."""

    place: ClassVar[Place | None] = Place(form="sent", page="/p?t={text}", steps=("Post.", "Answer with `text-2.md`."))

    def render(self, post: Post) -> Draft:
        texts = [post.title, post.body]
        parts = tuple(Part(payload={"text": one}, text=one, count=len(one), limit=99) for one in texts)
        return Draft(parts, ("changed",), 0.5)


def test_sent() -> None:
    """What would be sent, part by part; by hand it costs nothing."""
    draft = kit(Thread(), make_post())
    (part,) = draft.parts
    assert (draft.cost, draft.warnings) == (0, ("changed",))
    assert part.payload["open"] == "https://gazette.example/p?t=Atomic%20writes"
    assert (part.payload["files"]["text-1.md"], part.payload["files"]["text-2.md"]) == (
        "Atomic writes\n",
        "Write to a file beside it, then rename.\n",
    )
    assert (part.count, part.limit, len(part.payload["steps"])) == (40, 99, 2)


# ------------------------------------------------------------------ letters

LETTER = "Dear all,\n\n{title}: {summary}\n\nMore: {url}\n\nI am {bio}\n\n{author}"
PITCH = Pitch(to="editors@gazette.example", subject="Idea: {title}", body=LETTER)


def test_pitch() -> None:
    """A draft for a mail program with the same text as beside it, whatever letters it holds; the post is not in it."""
    author = {"author_name": "Zoë, née Ångström", "author_email": "zoe@example.org", "author_bio": "工具 maker"}
    post = make_post(title="Tëst\r\nBcc: x@y.example", summary="Müller said: “é”. " * 3)
    part = kit(gazette(author, form="pitch", pitch=PITCH, steps=("Send `pitch.eml`.",)), post).parts[0]
    files = part.payload["files"]
    mail = email.message_from_string(files["pitch.eml"], policy=default)
    assert files["pitch.eml"].isascii()
    assert mail["X-Unsent"] == "1"
    assert mail["To"] == "editors@gazette.example"
    assert mail["Subject"] == "Idea: Tëst Bcc: x@y.example"
    assert mail["From"] == '"Zoë, née Ångström" <zoe@example.org>'
    assert {"Date", "Message-ID", "Bcc"}.isdisjoint(mail.keys())
    assert mail.get_content().replace("\r\n", "\n") == files["pitch.txt"]  # type: ignore[attr-defined]
    assert part.payload["copy"] + "\n" == files["pitch.txt"]
    assert "I am 工具 maker\n\nZoë, née Ångström" in files["pitch.txt"]
    assert post.body.strip() not in files["pitch.txt"]


def test_a_pitch_without_gaps() -> None:
    """Lines about what is not known are left out; without an address there is no sender."""
    made = payload(gazette({"author_email": "not one"}, form="pitch", pitch=PITCH), make_post(canonical_url=None))
    assert made["copy"] == "Dear all,\n\nAtomic writes: Write to a file beside it, then rename."
    assert "From:" not in made["files"]["pitch.eml"]
    own = payload(gazette(form="pitch", pitch=PITCH), make_post(text="Hello."))
    assert own["copy"] == "Hello."
    with pytest.raises(Rejected, match="500 characters"):
        kit(gazette(form="pitch", pitch=PITCH), make_post(text="x" * 500))


# ------------------------------------------------------------------ answers

ASK = {
    "form": "answer",
    "page": "/ask",
    "search": "https://gazette.example/search?q={query}",
    "original": "Disclosure: I wrote <{url}>.",
    "steps": ("Ask `question.md`.",),
}


@pytest.mark.parametrize(
    "own",
    [
        "Why?\n\n---\n\nSo.",
        "Why?\r\n\r\n---\r\n\r\nSo.",
        "Why?\n---\nSo.",
        "Why?\n\n-----  \nSo.",
        "\nWhy?\n\n---\nSo.\n\n",
    ],
)
def test_question_and_answer(own: str) -> None:
    """The author's own text, divided; the answer says whose post it draws on."""
    made = payload(gazette(**ASK), make_post(text=own))
    assert made["files"]["question.md"] == "Why?\n"
    assert made["files"]["answer.md"] == (
        "So.\n\nDisclosure: I wrote <https://blog.example.org/posts/atomic-writes/>.\n"
    )
    assert made["copy"].strip() == "Why?"


def test_the_line_that_divides() -> None:
    """A line in code divides nothing, nor does one below a heading where another stands apart."""
    own = "Head\n---\n\n```yaml\n\n---\na: 1\n```\n\n---\n\nSo. Disclosed: mine."
    made = payload(gazette(**ASK), make_post(text=own))
    assert made["files"]["question.md"].endswith("a: 1\n```\n")
    assert made["files"]["answer.md"] == "So. Disclosed: mine.\n"


@pytest.mark.parametrize(
    "own", [None, "Only one half.", "---\nNo question.", "No answer.\n\n---\n", "```\n\n---\n\n```"]
)
def test_no_article_for_a_place_of_questions(own: str | None) -> None:
    """An article is refused, with the search for questions that it may answer."""
    with pytest.raises(Rejected, match="never an article") as caught:
        kit(gazette(**ASK), make_post(text=own, title="C++ & more", tags=("Linux kernel", "x")))
    assert caught.value.field == "text"
    assert "https://gazette.example/search?q=%5BLinux-kernel%5D%20C%2B%2B%20%26%20more " in caught.value.next
    assert "`---`" in caught.value.next


# ------------------------------------------------------------------ rules


def verdict(rule: Rule, post: Post, **options: str) -> str:
    """The mark of a rule in the checklist; `refused` where no kit is made."""
    try:
        made = payload(gazette(dict(options), rules=(rule,)), post)
    except Rejected:
        return "refused"
    return str(made["files"]["checklist.md"].partition("\n- ")[2][:1])


WORDS = "one two three four five\n\n```\ncode code code code\n```\n"
LINKS = "[a](https://blog.example.org/a) [b](/b) [c](https://other.example/) [d](#here) one two three\n"


@pytest.mark.parametrize(
    ("check", "value", "met", "unmet"),
    [
        ("title_min", 5, {"title": "Five!"}, {"title": "Four"}),
        ("title_max", 5, {"title": "Five!"}, {"title": "Longer"}),
        ("title_without", "[!]", {"title": "Calm"}, {"title": "Loud!"}),
        ("title_without_site", None, {"title": "An example | B"}, {"title": "Atomic | Example"}),
        ("title_without_site", None, {"title": "Atomic"}, {"title": "Atomic at blog.example.org today"}),
        ("words_min", 5, {"body": WORDS}, {"body": "one two three four\n"}),
        ("words_min", 5, {"body": "中文三個字\n"}, {"body": "中文三個\n"}),
        ("words_max", 3, {"body": "திறந்த மூல திட்டம்\n"}, {"body": "திறந்த மூல திட்டம் ஒன்று\n"}),
        ("words_max", 2, {"body": "a\\_b snake_case\n"}, {"body": "a b c\n"}),
        ("words_max", 5, {"body": WORDS}, {"body": "one two three four five's six-seven\n"}),
        ("words_per_link", 3, {"body": LINKS}, {"body": "[a](/a) one\n"}),
        ("words_per_link", 3, {"body": "one\n"}, {"body": "[a](https://sub.blog.example.org/a) two\n"}),
        ("links_max", 3, {"body": LINKS}, {"body": LINKS + "[e](https://e.example)\n"}),
        ("links_max", 0, {"body": "`[a](https://e.example)`\n"}, {"body": "<https://e.example>\n"}),
        ("tags_min", 1, {}, {"tags": ()}),
        ("tags_max", 1, {"tags": ("a",)}, {}),
        ("language", "en", {"language": "en-gb"}, {"language": "enx"}),
        ("needs_cover", None, {"cover": Image("https://e.org/c.png")}, {}),
        ("needs_canonical", None, {}, {"canonical_url": None}),
        ("unpublished", None, None, {}),
    ],
)
def test_checks(check: Any, value: Any, met: dict[str, Any] | None, unmet: dict[str, Any]) -> None:
    """Each check tells what is met from what is not; its weight says what becomes of that."""
    for weight, mark in (("warn", "✗"), ("ask", "?"), ("refuse", "refused")):
        rule = Rule(says="A rule", check=check, value=value, weight=weight)  # type: ignore[arg-type]
        assert verdict(rule, make_post(**unmet)) == mark
        if met is not None:
            assert verdict(rule, make_post(**met)) == "✓"


def test_checks_of_the_author() -> None:
    """What the config says of the author is there or not."""
    for check, field in (("needs_author", "author_name"), ("needs_bio", "author_bio")):
        rule = Rule(says="A rule", check=check)  # type: ignore[arg-type]
        assert verdict(rule, make_post()) == "✗"
        assert verdict(rule, make_post(), **{field: "Zoë"}) == "✓"


@pytest.mark.parametrize(
    ("check", "value"),
    [("person", None), ("title_without_site", None), ("words_per_link", 5), ("language", "en"), ("unpublished", None)],
)
def test_what_cannot_be_told_is_asked(check: Any, value: Any) -> None:
    """Without a site, a language or an address there is no verdict: a person is asked, nothing is refused."""
    post = make_post(canonical_url=None, base_url=None)
    for weight in ("warn", "ask", "refuse"):
        assert verdict(Rule(says="A rule", check=check, value=value, weight=weight), post) == "?"  # type: ignore[arg-type]


def test_a_refusal_says_what_helps() -> None:
    """It names the field, what was found and what to do: the rule's own advice where there is one."""
    rule = Rule(says="It has 99 words", check="words_min", value=99, weight="refuse")
    with pytest.raises(Rejected, match=r"It has 99 words: 8 words") as caught:
        kit(gazette(rules=(rule,)), make_post())
    assert (caught.value.field, "`text`" in caught.value.next) == ("body", True)
    own = Rule(says="No", check="unpublished", weight="refuse", next="write another one")
    with pytest.raises(Rejected) as caught:
        kit(gazette(rules=(own,)), make_post())
    assert caught.value.next == "write another one"


def test_rules_in_words() -> None:
    """The checklist shows every rule that is for this post; what is open is a warning too, what is not met first."""
    rules = (
        Rule(says="Is it good?"),
        Rule(says="No capitals", check="title_without", value="[A-Z]", next="use small letters"),
        Rule(says="Short", check="title_max", value=40),
        Rule(says="Only for shows", when="^Show"),
    )
    draft = kit(gazette(rules=rules, note="Closed on Sundays.", checked="2026-11"), make_post())
    assert draft.parts[0].payload["files"]["checklist.md"] == (
        "# The Gazette: its rules, and this post\n\nClosed on Sundays.\n\n"
        "✓ is met, ✗ is not, ? is yours to judge. The rules are those of 2026-11.\n\n"
        "- ? Is it good?\n- ✗ No capitals: “A”\n  - use small letters\n- ✓ Short: 13 characters\n"
    )
    assert draft.warnings == (
        *("Closed on Sundays.", "not met: No capitals: “A”; use small letters", "yours to judge: Is it good?"),
    )
    shown = kit(gazette(rules=rules), make_post(title="Show it"))
    assert "yours to judge: Only for shows" in shown.warnings


def test_links_that_are_none() -> None:
    """A broken address in a text is no link of one's own, and breaks nothing."""
    facts = Facts(make_post(body="[a](http://[broken/) [b](https://blog.example.org/)\n"), "T")
    assert facts.own_links == 1


# ------------------------------------------------------------------ as a whole


def test_what_reaches_the_place() -> None:
    """Two kits that differ only in rules and steps hand over the same."""
    one, two = (payload(gazette(steps=(step,), rules=(Rule(says=step),)), make_post()) for step in ("Go.", "Come."))
    assert one != two
    assert substance(one) == substance(two)
    assert substance(one) != substance(payload(gazette(), make_post(body="Other.\n")))
    json.dumps(substance(one))


def test_a_place_takes_nothing_from_a_program() -> None:
    """`render` gives the kit; publishing is refused without a request, and there is nothing to be found."""
    adapter = gazette()
    part = adapter.render(make_post()).parts[0]
    assert part == kit(adapter, make_post()).parts[0]
    http, requests = make_http(lambda _: AssertionError("a request"), adapter.base_url)
    with pytest.raises(NotEntitled) as caught:
        run(adapter.publish(part, attempt(), http))
    assert caught.value.next
    assert run(adapter.find(part, attempt(), http)) is None
    assert (requests, adapter.credentials, adapter.manual) == ([], (), True)


def test_the_id_in_an_address() -> None:
    """The group of the pattern that an address of the place matches; none for another address."""
    cls = type(
        "Known", (Gazette,), {"place": Place(form="link", page="/", steps=(), address=r"https://g\.example/(\d+)")}
    )
    assert cls().id_of("https://g.example/42") == "42"  # type: ignore[attr-defined]
    assert cls().id_of("https://g.example/x") is None  # type: ignore[attr-defined]


def test_no_place_no_kit() -> None:
    """An adapter without a place cannot be posted to by hand, nor can a post without a title."""
    with pytest.raises(Rejected, match="by hand"):
        kit(Gazette(), make_post())
    with pytest.raises(Rejected, match="title"):
        kit(gazette(), make_post(title=" "))
    with pytest.raises(Rejected, match="takes 400"):
        kit(gazette(), make_post(body="word " * 100))


def test_where_the_pictures_are_from() -> None:
    """The file of the cover is called that: it stands nowhere in the text."""
    there = {name: Local.of(PurePosixPath(f"posts/{name}"), name.encode()).address for name in ("c.png", "d.png")}
    post = make_post(body="One.\n\n![D](d.png)\n", cover=Image("https://e.org/c.png"), on_disk=there)
    said = payload(gazette(), post)["files"]["pictures.txt"]
    assert said == "posts/c.png: the cover\nposts/d.png: in the text as d.png\n"
