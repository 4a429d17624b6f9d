"""One piece in several languages: each target gets the version that it wants, once."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from syndicate.post import parse
from syndicate.post.language import script, without
from syndicate.routing import siblings, versions_of
from syndicate.sandbox import Sandbox
from tests.support import SITE, Project, project

ENGLISH = "The words of this text are English, and there are some more of them here."
CHINESE = "这是一篇中文的文章，讲的是我们的开源项目怎样走向世界。"


def text(name: str, body: str, *lines: str) -> str:
    """A post in one language."""
    head = [f"title: {name}", f"canonical_url: {SITE}/{name}/", *lines]
    return "---\n" + "\n".join(head) + f"\n---\n{body}\n"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox) -> Project:
    """A project with a target for English, one for Chinese first, and one that says nothing."""
    made = project(
        tmp_path,
        sandbox,
        ("devto", "hashnode", "medium"),
        options={"devto": {"languages": ["en"]}, "hashnode": {"languages": ["zh", "en"]}},
    )
    made.post(text("hello", ENGLISH), "posts/hello.en.md")
    made.post(text("nihao", CHINESE), "posts/hello.zh.md")
    return made


def actions(place: Project, *args: str) -> dict[str, dict[str, str]]:
    """What is done, by target and post."""
    done: dict[str, dict[str, str]] = {}
    for delivery in place.call("publish", *args, "--json").json()["deliveries"]:
        done.setdefault(delivery["target"], {})[delivery["post"].rpartition("/")[2]] = delivery["action"]
    return done


def test_one_name_means_all_versions(place: Project) -> None:
    """`post.md` stands for its versions, and each target gets the one that it wants most; the site's without a wish."""
    assert actions(place, "posts/hello.md") == {
        "devto": {"hello.en.md": "create", "hello.zh.md": "skip"},
        "hashnode": {"hello.en.md": "skip", "hello.zh.md": "create"},
        "medium": {"hello.en.md": "create", "hello.zh.md": "skip"},
    }


def test_a_second_version_is_no_second_post(place: Project) -> None:
    """What went out in one language does not go to the same target in another, in a later run either."""
    assert place.call("publish", "posts/hello.en.md", "--to", "medium").returncode == 0
    (place.folder / "posts" / "hello.en.md").write_text(text("hello", ENGLISH, "draft: true"))
    again = place.call("publish", "posts/hello.zh.md", "--to", "medium", "--json").deliveries()["medium"]
    assert again["action"] == "skip"
    assert "`en` version of this post went there" in again["warnings"][0]


def test_a_version_that_is_wanted_less_waits_for_the_other(place: Project) -> None:
    """The better version is on disk: the other is not sent in its place, and the reason names the file."""
    told = place.call("publish", "posts/hello.en.md", "--to", "hashnode", "--json").deliveries()["hashnode"]
    assert told["action"] == "skip"
    assert "posts/hello.zh.md" in told["warnings"][0]


def test_the_only_version_goes_where_it_is_taken(place: Project) -> None:
    """Without a Chinese version, a target that takes both gets the English one."""
    (place.folder / "posts" / "hello.zh.md").unlink()
    assert actions(place, "posts/hello.md")["hashnode"] == {"hello.en.md": "create"}


def test_translation_keys(place: Project) -> None:
    """Hugo's `translationKey` makes one piece of two files, wherever they lie."""
    place.post(text("one", ENGLISH, "translationKey: same"), "a/one.en.md")
    place.post(text("two", CHINESE, "translationKey: same"), "b/two.zh.md")
    done = actions(place, "a/one.en.md", "b/two.zh.md")
    assert done["medium"] == {"one.en.md": "create", "two.zh.md": "skip"}


def test_never_the_wrong_language(place: Project) -> None:
    """A Chinese text whose file says nothing does not reach an English target, though the site's language is English."""
    place.post(text("quiet", CHINESE), "posts/quiet.md")
    done = place.call("publish", "posts/quiet.md", "--json").deliveries()
    assert (done["devto"]["action"], done["hashnode"]["action"]) == ("skip", "create")
    assert any("not in the site's language" in warning for warning in done["hashnode"]["warnings"])


def test_preview_is_what_is_done(place: Project) -> None:
    """A dry run chooses the same versions."""
    dry = place.call("publish", "posts/hello.md", "--dry-run", "--json").json()["deliveries"]
    done = place.call("publish", "posts/hello.md", "--json").json()["deliveries"]
    assert [(d["post"], d["target"], d["action"]) for d in dry] == [(d["post"], d["target"], d["action"]) for d in done]


def test_again_there_is_nothing_to_do(place: Project) -> None:
    """The second run sends nothing; a version that changed meanwhile is noticed."""
    place.call("publish", "posts/hello.md")
    assert place.call("publish", "posts/hello.md").returncode == 0
    place.post(text("hello", ENGLISH + " More."), "posts/hello.en.md")
    assert actions(place, "posts/hello.md")["devto"]["hello.en.md"] == "update"


def skipped(place: Project, *args: str) -> dict[str, dict[str, str]]:
    """Why a version does not go, by target and post."""
    told: dict[str, dict[str, str]] = {}
    for delivery in place.call("publish", *args, "--json").json()["deliveries"]:
        if delivery["action"] == "skip":
            told.setdefault(delivery["target"], {})[delivery["post"].rpartition("/")[2]] = delivery["warnings"][0]
    return told


@pytest.mark.parametrize(
    "line", ["draft: true", "syndicate: {hashnode: {skip: true}}", "syndicate: {targets: [devto]}"]
)
@pytest.mark.parametrize("given", ["posts/hello.md", "posts/hello.en.md"], ids=["together", "alone"])
def test_a_version_that_does_not_go_there_is_in_nobodys_way(place: Project, given: str, line: str) -> None:
    """The better version is a draft, or not for this target: the other one goes, so that the piece is not lost."""
    place.post(text("nihao", CHINESE, line), "posts/hello.zh.md")
    assert actions(place, given, "--to", "hashnode")["hashnode"]["hello.en.md"] == (
        "skip" if "targets" in line and given.endswith("hello.md") else "create"
    )


def test_two_that_are_wanted_alike(place: Project, sandbox: Sandbox) -> None:
    """Where a target wants neither more, one goes, the same in each run and in each order."""
    place.post(text("de", ENGLISH, "lang: de"), "posts/hello.de.md")
    place.post(text("fr", ENGLISH, "lang: fr"), "posts/hello.fr.md")
    (place.folder / "posts" / "hello.en.md").unlink()
    (place.folder / "posts" / "hello.zh.md").unlink()
    assert actions(place, "posts/hello.fr.md", "--to", "medium") == {"medium": {"hello.fr.md": "skip"}}
    done = actions(place, "posts/hello.fr.md", "posts/hello.de.md", "--to", "medium")
    assert done == {"medium": {"hello.fr.md": "skip", "hello.de.md": "create"}}
    assert len(sandbox.writes("medium")) == 1


@pytest.mark.parametrize("apart", [False, True], ids=["in one run", "in two runs"])
def test_one_key_for_two_pieces(place: Project, sandbox: Sandbox, apart: bool) -> None:
    """Two posts in one language with one `translationKey`: the second does not go, and why, and what to do, is told."""
    place.post(text("one", ENGLISH, "translationKey: same"), "a/one.md")
    place.post(text("two", ENGLISH + " Others.", "translationKey: same"), "b/two.md")
    if apart:
        place.call("publish", "a/one.md", "--to", "medium")
        told = skipped(place, "b/two.md", "--to", "medium")["medium"]
    else:
        told = skipped(place, "b/two.md", "a/one.md", "--to", "medium")["medium"]
    assert list(told) == ["two.md"]
    assert "one `translationKey` and one language: if they are two posts" in told["two.md"]
    assert len(sandbox.writes("medium")) == 1


def test_translation_keys_in_two_runs(place: Project, sandbox: Sandbox) -> None:
    """A version that lies elsewhere is known by its key in a later run, too."""
    place.post(text("one", ENGLISH, "translationKey: same"), "a/one.en.md")
    place.post(text("two", CHINESE, "translation_key: same"), "b/two.zh.md")
    place.call("publish", "a/one.en.md", "--to", "medium")
    assert (
        "`en` version of this post went there" in skipped(place, "b/two.zh.md", "--to", "medium")["medium"]["two.zh.md"]
    )
    assert len(sandbox.writes("medium")) == 1


def test_files_that_say_they_are_two_pieces(place: Project) -> None:
    """Keys of their own make two posts of files with one name."""
    place.post(text("hello", ENGLISH, "translationKey: a"), "posts/hello.en.md")
    place.post(text("nihao", CHINESE, "translationKey: b"), "posts/hello.zh.md")
    assert actions(place, "posts/hello.zh.md", "--to", "medium") == {"medium": {"hello.zh.md": "create"}}
    assert actions(place, "posts/hello.en.md", "--to", "medium") == {"medium": {"hello.en.md": "create"}}


def test_a_bundle_with_its_versions(place: Project) -> None:
    """A folder means its `index.md` and the versions beside it."""
    place.post(text("bundle", ENGLISH), "posts/b/index.md")
    place.post(text("bao", CHINESE), "posts/b/index.zh.md")
    done = actions(place, "posts/b")
    assert done["hashnode"] == {"index.md": "skip", "index.zh.md": "create"}
    assert done["devto"] == {"index.md": "create", "index.zh.md": "skip"}
    assert place.call("status", "posts/b", "--json").json()["deliveries"]
    assert place.call("publish", "posts/b").returncode == 0


def test_status_of_all_versions(place: Project) -> None:
    """What `publish` takes for a name, `status` does."""
    place.call("publish", "posts/hello.md")
    told = place.call("status", "posts/hello.md", "--json").json()["deliveries"]
    assert {one["post"] for one in told} == {"posts/hello.en.md", "posts/hello.zh.md"}


def test_folders_above_the_project_name_no_language(tmp_path: Path, sandbox: Sandbox) -> None:
    """Two sites in folders called `en` and `fr` are two sites."""
    (tmp_path / "en").mkdir()
    (tmp_path / "fr" / "posts").mkdir(parents=True)
    made = project(tmp_path / "en" / "site", sandbox, ("medium",))
    made.post(text("hello", ENGLISH), "posts/a.md")
    other = tmp_path / "fr" / "site" / "posts" / "a.md"
    other.parent.mkdir(parents=True)
    other.write_text(text("bonjour", ENGLISH))
    assert siblings(made.folder / "posts" / "a.md", made.folder) == []
    assert siblings(made.folder / "posts" / "a.md") == [other]
    assert actions(made, "posts/a.md") == {"medium": {"a.md": "create"}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("posts/a.en.md", "posts/a.zh.md"),
        ("posts/a.md", "posts/a.zh-cn.md"),
        ("content/en/posts/a.md", "content/zh/posts/a.md"),
        ("posts/a/index.en.md", "posts/a/index.zh.md"),
    ],
)
def test_what_versions_have_in_common(one: str, other: str) -> None:
    """Suffixes and folders that name a language count for nothing."""
    assert without(PurePosixPath(one)) in (without(PurePosixPath(other)), "posts/a")
    if "content" in one:
        assert without(PurePosixPath(one)) == without(PurePosixPath(other)) == "content/*/posts/a"


def test_siblings_and_versions(tmp_path: Path) -> None:
    """Versions are found beside a file, in folders named after languages, and in a bundle."""
    names = ("en/p/a.md", "zh/p/a.md", "de/p/b.md", "b/index.en.md", "b/index.zh.md", "c.md", "c.zh.md", "c.txt")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert siblings(tmp_path / "en/p/a.md") == [tmp_path / "zh/p/a.md"]
    assert siblings(tmp_path / "c.md") == [tmp_path / "c.zh.md"]
    assert siblings(tmp_path / "de/p/b.md") == []
    assert versions_of(tmp_path / "b") == [tmp_path / "b/index.en.md", tmp_path / "b/index.zh.md"]
    assert versions_of(tmp_path / "c.md") == []
    assert versions_of(tmp_path / "nothing.md") == []


@pytest.mark.parametrize(
    ("body", "language"),
    [
        (CHINESE, "zh"),
        ("これは日本語の文章です。オープンソースについて書きました。", "ja"),
        ("이것은 한국어 글입니다. 오픈 소스에 대해 썼습니다.", "ko"),
        (ENGLISH, None),
        (f"{ENGLISH} 你好", None),
        ("```\n中文中文中文中文\n```\nsome words", None),
        ("", None),
    ],
)
def test_script(body: str, language: str | None) -> None:
    """Most of the letters decide; code, links and tags do not count."""
    assert script(body) == language


def test_a_latin_text_on_a_chinese_site() -> None:
    """It is in some language that nobody named: not Chinese, and not known."""
    post = parse(
        text("x", ENGLISH), source="x.md", site_url=SITE, site_language="zh-cn", root_relative=PurePosixPath("x.md")
    )
    assert post.language is None
    assert any("set `lang`" in warning for warning in post.warnings)
