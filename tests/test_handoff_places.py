"""The places themselves: what each one's rules make of a post, and what a person gets for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syndicate.adapter import Adapter, Draft, Post
from syndicate.errors import Rejected
from syndicate.kit import kit
from syndicate.registry import adapter_class
from syndicate.testing import sample_post as contract_post

from .adapter_bridge import check_golden, make_post, sample_post

AUTHOR = {"author_name": "Zoë Ängström", "author_bio": "Zoë writes about tools.", "author_email": "zoe@example.org"}


def place(name: str, **options: str) -> Adapter:
    return adapter_class(name)(**options)


def made(name: str, post: Post, **options: str) -> Draft:
    return kit(place(name, **options), post)


def files(draft: Draft) -> dict[str, str]:
    return dict(draft.parts[0].payload["files"])


def unmet(draft: Draft) -> list[str]:
    return [warning for warning in draft.warnings if warning.startswith("not met")]


def long_post(words: int, **changes: Any) -> Post:
    """So many words, eight of them a paragraph."""
    body = "\n\n".join(["One two three four five six seven eight."] * (words // 8))
    return contract_post(body=f"{body}\n\n{'word ' * (words % 8)}\n", **changes)


# ------------------------------------------------------------------ a link


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Quarry 2.0 is out!", "exclamation"),
        ("テンプレート！", "exclamation"),
        ("QUARRY IS OUT", "capitals"),
        ("Quarry REALLY RENDERS fast", "capitals"),
        ("10 ways to render a template", "bait"),
        ("7 simple tricks for templates", "bait"),
        ("The ultimate guide to templates", "bait"),
        ("Templates in one pass | Example", "site's name"),
        ("Templates in one pass (blog.example.org)", "site's name"),
        ("Ask HN: how do you render templates?", "Ask HN"),
    ],
)
def test_titles_that_hacker_news_edits(title: str, rule: str) -> None:
    """Each of them is told to the person, and nothing is refused for it."""
    (told,) = unmet(made("hackernews", make_post(title=title, language="en")))
    assert rule in told


@pytest.mark.parametrize(
    "title",
    [
        "Quarry 2.0: templates in one pass",
        "2 billion rows in SQLite",
        "HTTP/2 in C++",
        "POSIX ACLs and NFS",
        "SQLite at 20",
        "Best practices for templates",
        "SIMD 해제하기",
    ],
)
def test_titles_that_hacker_news_takes(title: str) -> None:
    """A number that means something, an abbreviation, a version are no bait."""
    assert unmet(made("hackernews", make_post(title=title, language="en"))) == []


def test_show_hn() -> None:
    """The rule for Show HN is asked where the title says so, and nowhere else."""
    shown = made("hackernews", make_post(title="Show HN: Quarry, a template engine", language="en"))
    assert any("a blog post is none" in warning for warning in shown.warnings)
    assert not any("blog post" in warning for warning in made("hackernews", make_post()).warnings)


def test_hacker_news_refuses() -> None:
    """A title of 81 characters, or a post without an address."""
    assert made("hackernews", make_post(title="x" * 80)).parts[0].count == 80
    with pytest.raises(Rejected, match="81 characters") as caught:
        made("hackernews", make_post(title="x" * 81))
    assert caught.value.field == "title"
    with pytest.raises(Rejected, match="address"):
        made("hackernews", make_post(canonical_url=None))


# ------------------------------------------------------------------ a question


def test_stack_overflow_takes_no_article() -> None:
    """The person gets the search for questions that the post may answer: first tag, title."""
    with pytest.raises(Rejected) as caught:
        made("stackoverflow", make_post(tags=("C++", "x")))
    assert "https://stackoverflow.com/search?q=%5Bc%2B%2B%5D%20Atomic%20writes " in caught.value.next
    with pytest.raises(Rejected, match="never an article"):
        made("stackoverflow", make_post(text="A whole article for you."))


def test_a_question_with_its_answer() -> None:
    """Both in the author's words; the answer ends by saying whose post it draws on."""
    own = "How do I replace a file at once?\n\n---\n\nWrite beside it, then `os.replace`."
    draft = made("stackoverflow", make_post(text=own, title="How do I replace a file at once?"))
    assert files(draft)["question.md"] == "How do I replace a file at once?\n"
    assert files(draft)["answer.md"].splitlines()[-1] == (
        "*Disclosure: I wrote the post that this answer draws on, <https://blog.example.org/posts/atomic-writes/>.*"
    )
    assert any("generated" in warning for warning in draft.warnings)
    with pytest.raises(Rejected, match="takes 30000"):
        made("stackoverflow", make_post(text="Why?\n\n---\n\n" + "word " * 6001))


# ------------------------------------------------------------------ whole articles


def test_dzone_has_a_least_length() -> None:
    """800 words pass, 799 do not; that no AI wrote it only the person can say."""
    with pytest.raises(Rejected, match="799 words") as caught:
        made("dzone", long_post(799))
    assert caught.value.field == "body"
    draft = made("dzone", long_post(800))
    assert any("AI" in warning and warning.startswith("yours to judge") for warning in draft.warnings)
    assert "Originally published at" in files(draft)["post.html"]


def test_hacker_noon_counts_links_to_oneself() -> None:
    """One per 500 words; fewer than 500 words are refused, fewer than 800 asked about."""
    linked = long_post(1000)
    own = "[a](https://blog.example.org/a) "
    assert unmet(made("hackernoon", replace(linked, body=linked.body + own * 2))) == []
    (told,) = unmet(made("hackernoon", replace(linked, body=linked.body + own * 3)))
    assert "3 links to blog.example.org in 1003 words" in told
    with pytest.raises(Rejected, match="499 words"):
        made("hackernoon", long_post(499))
    short = made("hackernoon", long_post(600))
    assert any("800 words" in warning for warning in short.warnings)
    assert "Originally" not in files(short)["post.html"]
    assert "https://blog.example.org/posts/contract/" in files(short)["steps.md"]


def test_what_became_of_opensource_com() -> None:
    """The kit is for opensource.net, says so first, and names the other heirs; a wrong length is told."""
    draft = made("opensource", long_post(700))
    assert all(name in draft.warnings[0] for name in ("June 2023", "opensource.net", "All Things Open", "Both.org"))
    assert draft.parts[0].payload["open"].startswith("https://opensource.net/")
    assert "post.md" in files(draft)
    told = [unmet(made("opensource", long_post(words), **AUTHOR)) for words in (499, 500, 1300, 1301)]
    assert [len(lines) for lines in told] == [1, 0, 0, 1]


# ------------------------------------------------------------------ pitches


@pytest.mark.parametrize("name", ["infoq", "techcrunch"])
def test_a_pitch_reads_well(name: str) -> None:
    """A title that ends in a mark of its own is not followed by a second one."""
    pitch = files(made(name, make_post(title="One pass, or two?"), **AUTHOR))["pitch.txt"]
    assert "?." not in pitch
    assert "One pass, or two?" in pitch


@pytest.mark.parametrize("name", ["dzone", "hackernoon"])
def test_what_is_on_the_clipboard(name: str) -> None:
    """An editor of rich text shows HTML as it is, so that is copied from the page; the title is at hand."""
    payload = made(name, long_post(900)).parts[0].payload
    assert payload["copy"] == payload["files"]["title.txt"].strip()


def test_infoq_gets_no_copy() -> None:
    """What was published is pitched, not handed in: no file holds the text, and the person hears why."""
    post = long_post(900)
    draft = made("infoq", post, **AUTHOR)
    (told,) = unmet(draft)
    assert "exclusive" in told
    assert "propose a new article" in told
    assert {"pitch.eml", "pitch.txt", "bio.txt"} <= set(files(draft))
    assert not any("seven eight" in content and len(content) > 3000 for content in files(draft).values())
    assert not unmet(made("infoq", replace(post, canonical_url=None), **AUTHOR))


def test_techcrunch_gets_a_tip() -> None:
    """It takes no guest posts, which is said first."""
    draft = made("techcrunch", make_post(), **AUTHOR)
    assert "no guest posts since 2017" in draft.warnings[0]
    assert "To: tips@techcrunch.com" in files(draft)["pitch.eml"]


# ------------------------------------------------------------------ all of them

PLACES = ["dzone", "hackernews", "hackernoon", "infoq", "opensource", "stackoverflow", "techcrunch"]
ANSWER = "Why does a template fail without a line number?\n\n---\n\nIt was compiled before. 用單次渲染。"


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("sample", ["release", "plain"])
def test_golden(name: str, sample: str) -> None:
    """The whole kit, file by file; what is refused for its length alone is made longer."""
    post = sample_post(sample, name)
    if name in ("dzone", "hackernoon"):
        post = replace(post, body=f"{post.body}\n\n" + "\n\n".join(["模板引擎在一次渲染中完成。" * 10] * 7))
    if name == "stackoverflow":
        post = replace(post, text=ANSWER)
    check_golden(name, sample, made(name, post, **AUTHOR))


@pytest.mark.parametrize(
    ("name", "url", "id"),
    [
        ("hackernews", "https://news.ycombinator.com/item?id=8863", "8863"),
        ("stackoverflow", "https://stackoverflow.com/questions/11227809/why-is-it-faster", "11227809"),
        ("stackoverflow", "https://stackoverflow.com/a/11227902", "11227902"),
        ("hackernoon", "https://hackernoon.com/quarry-20-templates", "quarry-20-templates"),
        ("dzone", "https://dzone.com/articles/quarry-20", "quarry-20"),
        ("infoq", "https://www.infoq.com/articles/quarry-templates/", "quarry-templates"),
        ("techcrunch", "https://techcrunch.com/2026/11/03/quarry/", "2026/11/03/quarry"),
        ("opensource", "https://opensource.net/quarry-templates/", "quarry-templates"),
    ],
)
def test_addresses_of_posts(name: str, url: str, id: str) -> None:
    """The address of a post there is known as one, with its id; the form's own address is none."""
    adapter = place(name)
    assert adapter.id_of(url) == id  # type: ignore[attr-defined]
    assert adapter.id_of("https://elsewhere.example/1") is None  # type: ignore[attr-defined]
    assert adapter.id_of(adapter.base_url) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PLACES)
def test_places_need_english(name: str) -> None:
    """A post in another language is told; one that names none is asked about."""
    extra = {"text": ANSWER} if name == "stackoverflow" else {}
    told = [
        made(name, long_post(1000, language=language, **extra), **AUTHOR).warnings for language in ("zh", "en", None)
    ]
    kinds = [[line.partition(":")[0] for line in lines if "English" in line] for lines in told]
    assert kinds == [["not met"], [], ["yours to judge"]]
