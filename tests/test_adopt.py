"""`adopt`: what the accounts posted before this ledger knew of it is matched with the local posts and recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox

from .adoption_bridge import LISTED, OTHER, log, published, told
from .support import POST, SITE, Project, project, refused


def test_what_is_there_is_never_posted_again(it: Project, sandbox: Sandbox) -> None:
    """After a ledger was lost, adopting finds each post by its canonical URL, and `publish` sends nothing."""
    published(it)
    writes = len(sandbox.writes())
    outcome = it.call("adopt", "post.md", "--yes")
    assert outcome.returncode == 0, outcome
    assert "recorded 4 as published" in outcome.stdout
    assert "Medium has no list" in outcome.stdout
    assert it.states() == {name: ["published"] for name in LISTED}
    for row in it.rows():
        (post,) = sandbox.places[row.target].standin.posts
        assert row.remote_id in (post.id, f"t3_{post.id}")
    again = it.call("publish", "post.md", *(w for name in LISTED for w in ("--to", name)), "--json")
    assert again.returncode == 0
    assert {(d["action"], d["state"]) for d in again.deliveries().values()} == {("skip", "published")}
    assert len(sandbox.writes()) == writes


def test_the_evidence_is_in_the_log(it: Project) -> None:
    """The log says what decided."""
    published(it, "devto")
    it.call("adopt", "post.md", "--target", "devto", "--yes")
    (event,) = log(it)
    (row,) = it.rows()
    assert event.what == "published"
    assert event.detail == f"adopted: found in the account's own posts by its canonical URL: {row.remote_url}"


def test_nothing_is_recorded_without_a_word(it: Project) -> None:
    """Without a terminal and without --yes the matches are shown and 3 says that a person has to confirm them."""
    published(it, "devto")
    for words in ((), ("--json",)):
        outcome = it.call("adopt", "post.md", "--target", "devto", *words)
        assert outcome.returncode == 3
        assert "--yes" in outcome.stdout
        assert "devto/posts/" in outcome.stdout
        assert it.rows() == []


def test_a_dry_run_writes_nothing(it: Project) -> None:
    """A dry run shows the matches, with and without --yes, and makes no ledger."""
    published(it, "devto")
    outcome = it.call("adopt", "post.md", "--target", "devto", "--dry-run", "--yes")
    assert outcome.returncode == 0
    assert "by its canonical URL" in outcome.stdout
    assert not it.ledger.exists()


def test_by_title(it: Project, sandbox: Sandbox) -> None:
    """An article without a canonical URL is known by its title, whatever its case and its white space."""
    published(it, "devto")
    (there,) = sandbox.places["devto"].standin.posts
    there.link, there.title = None, "  HELLO,   world "
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 0
    match = told(outcome)["post.md", "devto"]
    assert (match["state"], match["by"], match["there"][0]["remote_id"]) == ("adopted", "title", there.id)
    assert "by its title" in log(it)[-1].detail


def test_only_the_title_is_the_same(it: Project, sandbox: Sandbox) -> None:
    """A namesake that has another canonical URL than the author gave this one is not taken for it."""
    published(it, "devto")
    sandbox.places["devto"].standin.posts[0].link = "https://elsewhere.example/hello"
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes")
    assert outcome.returncode == 3
    assert "ambiguous" in outcome.stdout
    assert "https://elsewhere.example/hello" in outcome.stdout
    assert it.rows() == []


def test_a_guessed_address_does_not_speak_against_the_title(it: Project) -> None:
    """A post whose own URL is only guessed from its path is matched by title; the other URL is shown."""
    published(it, "devto")
    (it.folder / "post.md").unlink()
    it.post(POST.replace(f"canonical_url: {SITE}/posts/hello/\n", ""), "moved.md")
    outcome = it.call("adopt", "moved.md", "--target", "devto", "--yes")
    assert outcome.returncode == 0, outcome
    assert "by its title" in outcome.stdout
    assert f"its canonical URL there is {SITE}/posts/hello/" in outcome.stdout
    assert it.states() == {"devto": ["published"]}


@pytest.mark.parametrize("where", ["two here", "two there", "two there by address"])
def test_never_guesses(it: Project, sandbox: Sandbox, where: str) -> None:
    """What fits two posts, here or there, is reported and not adopted."""
    published(it, "devto")
    standin = sandbox.places["devto"].standin
    if where == "two here":
        standin.posts[0].link = None
        it.post(POST.replace("/hello/", "/hello-again/"), "again.md")
    else:
        published(it, "devto", text=OTHER)
        for post in standin.posts:
            post.title, post.link = "Hello, world", f"{SITE}/posts/hello/" if "address" in where else None
        it.post()
    outcome = it.call("adopt", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 3
    found = told(outcome)
    assert {match["state"] for match in found.values()} == {"ambiguous"}
    assert len(found) == (2 if where == "two here" else 1)
    assert found["post.md", "devto"]["message"].startswith("2 posts")
    assert it.rows() == []


def test_rules_of_routing_do_not_count(it: Project) -> None:
    """That a rule would not send it does not change that it is there: drafts, skipped and routed posts."""
    published(it, "devto")
    header = "draft: true\nsyndicate:\n  targets: [hashnode]\n  devto:\n    skip: true\n"
    it.post(POST.replace("tags:", f"{header}tags:"))
    assert it.call("adopt", "post.md", "--target", "devto", "--yes").returncode == 0
    (row,) = it.rows()
    assert (row.state, row.draft, row.payload["article"]["published"]) == ("published", False, True)
    delivery = it.call("publish", "post.md", "--to", "devto", "--json").deliveries()["devto"]
    assert (delivery["action"], delivery["warnings"]) == ("skip", [])


def test_one_that_cannot_be_sent_as_it_is(it: Project) -> None:
    """A post that the adapter refuses to render is said to be and left out."""
    published(it, "devto")
    it.post(POST + "字" * 300_000)
    outcome = it.call("adopt", "post.md", "--target", "devto", "--yes", "--json")
    match = told(outcome)["post.md", "devto"]
    assert (match["state"], it.rows()) == ("refused", [])
    assert "cannot be sent there as it is" in match["message"]


def test_a_thread(tmp_path: Path, sandbox: Sandbox) -> None:
    """Of a thread the list does not tell which parts are there, so it is left to a person."""
    it = project(tmp_path, sandbox, ["twitter"])
    published(it, "twitter")
    it.config.write_text(it.config.read_text() + 'mode = "thread"\n')
    it.post(POST + "\n\nA sentence that goes on and on.\n" * 40)
    outcome = it.call("adopt", "post.md", "--yes", "--json")
    match = told(outcome)["post.md", "twitter"]
    assert (outcome.returncode, match["state"], it.rows()) == (3, "ambiguous", [])
    assert "several parts" in match["message"]


def test_the_posts_below_the_config(it: Project) -> None:
    """Without a name all posts of the project are looked at; what is none is counted and does not stop anything."""
    published(it, "devto")
    for name in (".hidden/a.md", "node_modules/b.md", "site/themes/c.md", "public/d.md"):
        it.post(OTHER, name)
    it.post("no title, no end", "notes.md")
    it.post("---\ntitle: [\n---\n", "broken.md")
    it.post(OTHER, "posts/one.md")
    it.post(OTHER, "posts/two.mdx")
    outcome = it.call("adopt", "--target", "devto", "--yes", "--json")
    assert outcome.returncode == 0, outcome
    said = outcome.json()
    assert said["posts"] == 1
    (same, none) = said["notes"]
    assert same.startswith("posts/one.md and posts/two.mdx are the same post")
    assert none.startswith("2 Markdown files are no posts")
    assert list(told(outcome)) == [("post.md", "devto")]
    assert it.states() == {"devto": ["published"]}


def test_no_post_at_all(it: Project, sandbox: Sandbox) -> None:
    """A project without posts is told, before anybody is asked."""
    (it.folder / "post.md").unlink()
    refused(it.call("adopt"), sandbox, "there is no post below", "syndicate adopt POST...")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target", "devtoo"], "did you mean `devto`?"),
        (["none.md"], "there is no such file"),
        (["--config", "none.toml"], "there is no such config file"),
    ],
)
def test_wrong_input(it: Project, sandbox: Sandbox, words: list[str], said: str) -> None:
    """A call that means nothing ends with 2 and says what to do."""
    refused(it.call("adopt", *words), sandbox, said)


@pytest.mark.parametrize("utm", [True, "ref={target}"])
@pytest.mark.parametrize("name", ["bluesky", "mastodon", "twitter", "github"])
def test_links_that_count_readers(tmp_path: Path, sandbox: Sandbox, name: str, utm: object) -> None:
    """A post whose link carries parameters is known by its address, and then there is nothing to do."""
    made = project(tmp_path / "p", sandbox, (name,), options={name: {"utm": utm}})
    published(made, name)
    outcome = made.call("adopt", "post.md", "--yes", "--json")
    assert outcome.returncode == 0, outcome
    assert (told(outcome)["post.md", name]["state"], told(outcome)["post.md", name]["by"]) == (
        "adopted",
        "canonical URL",
    )
    again = made.call("publish", "post.md", "--json").deliveries()[name]
    assert (again["action"], again["warnings"]) == ("skip", [])
    assert len(sandbox.writes(name)) == 1


def test_by_hand(tmp_path: Path, sandbox: Sandbox) -> None:
    """What is adopted where a person posts now is what a person would be given: nothing has changed since."""
    made = project(tmp_path / "p", sandbox, ("twitter",))
    published(made, "twitter")
    made.config.write_text(made.config.read_text() + "by_hand = true\n")
    assert made.call("adopt", "post.md", "--yes").returncode == 0
    again = made.call("publish", "post.md", "--json").deliveries()["twitter"]
    assert (again["action"], again["warnings"]) == ("skip", [])
