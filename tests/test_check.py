"""`check`: what is wrong with a post, and what each platform would make of it; nothing is sent, written or needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import pytest

from syndicate import registry
from syndicate.adapter import Draft, Image, Post
from syndicate.check import examine, stand_in, verdict
from syndicate.check_language import contradiction
from syndicate.config import Target
from syndicate.errors import Rejected, UsageError
from syndicate.local_disk import Disk
from syndicate.markdown.links import Links
from syndicate.post import load
from syndicate.post.frontmatter import read
from syndicate.registry import ADAPTERS, adapter_class, names
from syndicate.sandbox.picture import PIXEL
from tests.plan_bridge import Place
from tests.support import POST, SITE, Outcome, call, clean_env, mortal, shared, syndicate, tree

#: Nothing is odd about it, for those that take whole texts.
FINE = f"""---
title: A title
canonical_url: {SITE}/posts/fine/
description: A summary.
tags: [python]
lang: en
cover: {{image: "{SITE}/cover.png", alt: A cover}}
---
Text with a [link]({SITE}/about/).
"""
FRENCH = "Il était une fois un petit programme qui ne faisait rien, et il le faisait très bien tous les jours."
RUSSIAN = "Жила-была маленькая программа, которая ничего не делала, и делала она это очень хорошо каждый день."


def checked(folder: Path, text: str | bytes, *words: str, name: str = "post.md") -> dict[str, Any]:
    """What `check` says of one post, by default for one platform that takes Markdown."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    outcome = call("check", name, "--json", *(words or ("--for", "devto")), cwd=folder)
    assert outcome.stderr == ""
    (row,) = outcome.json()["posts"]
    return {**row, "code": outcome.returncode}


def found(row: dict[str, Any], words: str) -> list[tuple[str, int | None]]:
    """Level and line of the findings that hold `words`."""
    return [(one["level"], one["line"]) for one in row["findings"] if words in one["message"]]


def header(**keys: str) -> str:
    """`FINE` with other keys in its header; an empty value takes one out."""
    lines = FINE.split("\n---\n", maxsplit=1)[0].split("\n")[1:]
    kept = [line for line in lines if line.partition(":")[0] not in keys]
    return "\n".join(["---", *kept, *(f"{key}: {value}" for key, value in keys.items() if value), "---", "Text.\n"])


# ------------------------------------------------------------------ findings


def test_a_fine_post_is_fine(tmp_path: Path) -> None:
    """There is nothing to say: no finding, as written, exit 0, also where warnings count."""
    row = checked(tmp_path, FINE, "--for", "devto", "--strict")
    assert row == {
        "post": "post.md",
        "title": "A title",
        "findings": [],
        "platforms": [
            {"adapter": "devto", "target": None, "refused": False, "message": "", "next": "", "warnings": []}
        ],
        "pictures": [],
        "code": 0,
    }
    told = call("check", "post.md", "--for", "devto", cwd=tmp_path)
    assert told.stdout.splitlines()[:2] == ["post.md: A title", "  as written: devto"]
    assert told.stdout.endswith("1 post, 1 platform, 0 refusals, 0 warnings; nothing was sent\n")


@pytest.mark.parametrize(
    ("text", "words", "level", "line"),
    [
        pytest.param(header(description=""), "no summary", "note", None, id="summary"),
        pytest.param(header(tags=""), "no tags", "note", None, id="tags"),
        pytest.param(header(cover=""), "no cover", "note", None, id="cover"),
        pytest.param(header(cover=f"{SITE}/c.png"), "cover has no alternative", "note", None, id="cover's alt"),
        pytest.param(header(lang=""), "language is not known", "note", None, id="language"),
        pytest.param(header(draft="true"), "marked as a draft", "warning", 8, id="draft"),
        pytest.param(header(canonical_url=""), "no canonical URL is known", "warning", None, id="canonical"),
        pytest.param(header(date="yesterday"), "yesterday", "warning", 8, id="what reading it left"),
        pytest.param(header(lang="zh") + FRENCH, "`zh`, but the text is in Latin letters", "warning", 7, id="script"),
        pytest.param(f"{FINE}\n## One\n\n#### Three\n", "headings that skip a level: “Three”", "warning", 13, id="heading"),
        pytest.param(f"{FINE}\n![]({SITE}/a.png)\n", "without alternative text", "warning", 11, id="alt"),
        pytest.param(f'{FINE}\n<p>\n<img src="{SITE}/a.png"></p>\n', "without alternative text", "warning", 12, id="HTML"),
        pytest.param(f"{FINE}\n> - ![][a]\n\n[a]: {SITE}/a.png\n", "without alternative", "warning", 11, id="reference"),
        pytest.param(f"{FINE}\n![A](a.png)\n", "pictures that are not in the project: a.png", "warning", 11, id="missing"),
        pytest.param(header(cover="{image: c.png, alt: C}"), "not in the project: c.png", "warning", 7, id="its cover"),
        pytest.param(
            f'{FINE}\nText.\n\n{{{{< figure src="f.png" alt="F" >}}}}\n', "project: f.png", "warning", 13, id="shortcode"
        ),
        pytest.param(f"{FINE}\n{{{{< odd >}}}}\n", "shortcodes that mean nothing elsewhere", "warning", 11, id="unknown"),
        pytest.param(f"{FINE}\n```sh\na\n", "a block of code that is never closed: `", "warning", 11, id="fence"),
        pytest.param(f"{FINE}\n> ````\n> ```\n\nText\n", "never closed: `", "warning", 11, id="fence in a quote"),
        pytest.param(f"{FINE}\nSee [it][that].\n", "definition is missing: `[it][that]`", "warning", 11, id="definition"),
        pytest.param(f"{FINE}\nA\nnote[^1].\n", "footnotes that are not there: `[^1]`", "warning", 12, id="footnote"),
        pytest.param(f"{FINE}\n- [it]() is\n", "links without an address: `[it]()`", "warning", 11, id="empty"),
        pytest.param(f"{FINE}\n[`it`](https://a b.c)\n", "a blank in their address: `[`it`](https://a`", "warning", 11, id="blank"),
        pytest.param(f"{FINE}\n##Two\n", "without a blank after the signs: `##Two`", "warning", 11, id="signs"),
        pytest.param(f"{FINE}\n| a | b |\n|---|\n", "second row does not fit the first: `|---|`", "warning", 12, id="table"),
        pytest.param(f"{FINE}\nText\n\n<Odd a='b'>c</Odd>\n", "components were removed", "warning", 13, id="component"),
        pytest.param(f"{FINE}\nText\n\nimport A from './a'\n", "MDX imports and exports", "warning", 13, id="MDX"),
        pytest.param(
            f"{FINE}\nimport A from './a'\n\nText {{2 + 3}}\n", "MDX expressions were kept", "warning", 13, id="expression"
        ),
        pytest.param(header(expiryDate="2020-01-01"), "has passed (2020-01-01)", "warning", 8, id="expired"),
        pytest.param(header(date="9000-01-01"), "`date` lies ahead (9000-01-01)", "warning", 8, id="date"),
        pytest.param(header(publish="false"), "marked as a draft", "warning", 8, id="publish"),
        pytest.param(
            header(canonical_url="") + "\n[a](/about/) and [b](b.md)\n", "links, and the site's address", "warning", 10, id="links"
        ),
    ],
)  # fmt: skip
def test_findings(tmp_path: Path, text: str, words: str, level: str, line: int | None) -> None:
    """Each is told with its level and, where it stands in the file, its line; no platform repeats it."""
    row = checked(tmp_path, text)
    assert set(found(row, words)) == {(level, line)}
    assert row["code"] == 0
    assert not any(words in warning for warning in row["platforms"][0]["warnings"])


def test_the_control_of_the_findings(tmp_path: Path) -> None:
    """None of them is made up: code, places in the page, templates and whole addresses are no trouble."""
    text = (
        f'{FINE}\n```\n# x\n![](a.png)\n[a](/b)\n```\n\n`![](a.png)` [up](#top) [ref]({{{{< ref "a" >}}}})'
        f' <img src="{SITE}/b.png" alt=""> <mailto:a@b.example>\n\n## A\n\n### B\n\n## C\n\n```\n```\n\n~~~\n\n~~~\n'
        "`[a][b]` a[0][1] \\[a][b] [a][c] [c] [c][] x[^n] \\##No\n#tag `##x`\n\n    ##x\n\n[c]: https://c.example\n[^n]: N\n\n"
        "| a | b |\n|---|---|\n\n- [ ] b\n- [x] (or so)\n"
    )  # fmt: skip
    row = checked(tmp_path, text)
    assert [one["message"] for one in row["findings"] if "worked out" not in one["message"]] == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"date": "2024-05-06"}, []),
        ({"date": "2024-05-07"}, ["`date` lies ahead"]),
        ({"date": "2024-05-07", "publishDate": "2024-05-05"}, []),
        ({"publishdate": "2024-05-07", "date": "2024-05-05"}, ["`publishdate` lies ahead"]),
        ({"expiryDate": "2024-05-07"}, []),
        ({"expiryDate": "2024-05-06"}, ["`expiryDate` has passed"]),
        ({"expiryDate": "soon"}, []),
    ],
)
def test_what_the_site_shows(tmp_path: Path, keys: dict[str, str], said: list[str]) -> None:
    """A post whose day has not come, or is over, is no page to lead to."""
    (tmp_path / "a.md").write_text(header(**keys))
    post = load(tmp_path / "a.md", site_url=SITE, site_language="en", root=tmp_path)
    front = read(header(**keys), source="a.md")
    result = examine(post, front, [], on_disk=lambda _: None, now=datetime(2024, 5, 6, 12, tzinfo=UTC))
    told = [one.message.partition(" (")[0] for one in result.findings if "the site" in one.message]
    assert told == said


def test_tags_that_are_too_many_are_one_line(tmp_path: Path) -> None:
    """For people; programs get them one by one."""
    row = checked(tmp_path, header(tags="[a, b, c, d, e, f]"))
    assert [w for w in row["platforms"][0]["warnings"] if "left out" in w] == [
        "tag “e” was left out: 4 are allowed",
        "tag “f” was left out: 4 are allowed",
    ]
    told = call("check", "post.md", "--for", "devto", cwd=tmp_path)
    assert "    ! devto: tags “e”, “f” were left out: 4 are allowed\n" in told.stdout


def test_without_a_config_the_current_folder_is_the_project(tmp_path: Path) -> None:
    """The language in a post's path is seen, and the pictures that the site serves are found."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.png").write_bytes(b"")
    row = checked(tmp_path, header(lang="") + "\n![A](/a.png) ![B](/b.png)\n", name="content/fr/a.md")
    assert found(row, "language is not known") == []
    assert [one["message"] for one in row["findings"] if "not in the project" in one["message"]] == [
        "pictures that are not in the project: /b.png"
    ]


def test_a_guessed_address(tmp_path: Path) -> None:
    """With a site the address of the post is guessed, and said to be so; links and pictures count from there."""
    row = checked(tmp_path, header(canonical_url="") + "\n[a](/about/)\n", "--for", "devto", "--site", SITE)
    assert [message for message, _ in found(row, f"guessed from the path: {SITE}/post/")] == ["warning"]
    assert found(row, "links, and the site's") == []


def test_pictures_on_disk(tmp_path: Path) -> None:
    """What is there is uploaded, or has to be on the web, and where is said; without a site nobody knows where."""
    (tmp_path / ".git").mkdir()
    for path in ("posts/a b.png", "static/img/b.png"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(PIXEL)
    body = "\n![A](a%20b.png)\n\n![B](/img/b.png)\n\n![C](/img/c.png)\n"
    row = checked(tmp_path, FINE + body, name="posts/post.md")
    said = "pictures on disk: uploaded to platforms that take pictures; whatever else shows them waits until the site has them: "
    told = [one["message"].removeprefix(said) for one in row["findings"] if said in one["message"]]
    assert told == [f"a%20b.png at {SITE}/posts/fine/a%20b.png", f"/img/b.png at {SITE}/img/b.png"]
    assert found(row, "not in the project: /img/c.png") == [("warning", 15)]
    alone = checked(tmp_path, header(canonical_url="") + body, name="posts/post.md")
    assert found(alone, "uploaded to platforms that take pictures, and missing elsewhere: a%20b.png") == [
        ("warning", 10)
    ]


def test_pictures_of_a_post_of_hexo(tmp_path: Path) -> None:
    """They lie in a folder beside it that has its name."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "source/_posts/post").mkdir(parents=True)
    (tmp_path / "source/_posts/post/a.png").write_bytes(PIXEL)
    row = checked(tmp_path, FINE + "\n![A](a.png)\n\n![B](b.png)\n", name="source/_posts/post.md")
    assert found(row, "not in the project") == [("warning", 13)]


def test_what_hashnode_writes_behind_an_address_is_no_slip(tmp_path: Path) -> None:
    """`![](… align="center")` is read, on every platform."""
    row = checked(tmp_path, f'{FINE}\n![A]({SITE}/{"a" * 70}.png align="left")\n')
    assert found(row, "not closed") == []


def test_uploads_are_reckoned_with(tmp_path: Path) -> None:
    """A platform that takes uploads loses no picture of the project; a drawing is uploaded nowhere."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.png").write_bytes(PIXEL)
    (tmp_path / "b.svg").write_text("<svg/>")
    row = checked(tmp_path, header(canonical_url="") + "\n![A](a.png)\n\n![B](b.svg)\n", "--for", "mastodon")
    assert not [said for one in row["platforms"] for said in one["warnings"] if "a.png" in said]
    assert found(row, "not uploaded, and missing elsewhere: b.svg") == [("warning", 12)]


def test_what_only_has_a_pictures_name(tmp_path: Path) -> None:
    """A text that is called `a.png`, as a pointer of Git LFS is, is uploaded nowhere, and not told to be."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    row = checked(tmp_path, header(canonical_url="") + "\n![A](a.png)\n")
    assert found(row, "not uploaded, and missing elsewhere: a.png") == [("warning", 10)]


def test_nothing_outside_the_project_is_looked_at(tmp_path: Path) -> None:
    """A picture outside, or a link that leads out, is neither there nor missing: it is not looked at."""
    root = tmp_path / "project"
    (root / "static").mkdir(parents=True)
    (tmp_path / "secret.png").touch()
    (root / "static" / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "here.png").touch()
    disk = Disk(root / "post.md", root)
    assert disk.find("../secret.png") is False
    assert disk.find("/../../secret.png") is None
    assert disk.find("/link.png") is None
    assert disk.find("here.png?x=1#y") == root / "here.png"
    assert disk.find("no.png") is None
    assert disk.find("x" * 5000) is None
    assert disk.find("a\0b") is None
    assert Disk(tmp_path / "secret.md", tmp_path).find("/a.png") is False


@pytest.mark.parametrize(
    ("language", "body", "wrong"),
    [
        ("en", RUSSIAN, "Cyrillic letters"),
        ("ru", RUSSIAN, ""),
        ("ru", FRENCH, "Latin letters"),
        ("uk", f"{FRENCH} {FRENCH} {RUSSIAN}", ""),
        ("fr-ca", FRENCH, ""),
        ("en", "这是一个小程序，什么也不做，但是做得很好。" * 4, "Chinese characters"),
        ("zh-cn", "这是一个小程序，什么也不做，但是做得很好。" * 4, ""),
        ("zh", "カタカナとひらがなの文章です。これはとても長い文章です。" * 4, "Japanese"),
        ("zh", f"{FRENCH} 这是一个小程序。", ""),
        ("ko", "한국어 글입니다.", ""),
        ("xx", FRENCH, ""),
        ("zh", "```\n" + FRENCH + "\n```\n`code`", ""),
        ("ja", "Short.", ""),
    ],
)
def test_language_against_script(language: str, body: str, wrong: str) -> None:
    """Only what cannot be is told: many Latin words are usual everywhere, code is no language."""
    assert contradiction(language, body) == wrong


# ------------------------------------------------------------------ platforms


def target(name: str, warnings: tuple[str, ...] = (), refused: str = "", title: int | None = None) -> Target:
    """A place that says what it is told to say."""

    @dataclass(frozen=True, kw_only=True)
    class Saying(Place):
        limits: ClassVar[Any] = type("Limits", (), {"title": title})

        def render(self, post: Post) -> Draft:
            if refused:
                raise Rejected(refused, next="do something")
            assert not post.draft
            return Draft((), warnings)

    Saying.name = name
    return Target(name, Saying())


def examined(targets: Sequence[Target], **changes: Any) -> Any:
    values = {"title": "T", "body": "Text.", "summary": "s", "tags": ("a",), "language": "en", "base_url": SITE}
    post = Post(key="k", source="p.md", cover=Image(f"{SITE}/c.png", "C"), **(values | changes))
    return examine(post, read(post.body, source="p.md"), targets, on_disk=lambda _: False)


def test_what_all_platforms_say_is_told_once() -> None:
    """It becomes a finding of the post; what only some say stays with them; refusals do not count as silence."""
    result = examined([target("a", ("x", "y")), target("b", ("x",)), target("c", refused="too long")])
    assert [(one.level, one.message) for one in result.findings] == [("warning", "x")]
    assert [(one.adapter, one.refused, one.warnings) for one in result.platforms] == [
        ("a", False, ("y",)),
        ("b", False, ()),
        ("c", True, ()),
    ]
    assert (result.platforms[2].message, result.platforms[2].next) == ("too long", "do something")
    (alone,) = examined([target("a", ("x",))]).platforms
    assert alone.warnings == ("x",)


def test_a_title_that_is_too_long_for_most() -> None:
    """Said once, with who takes how much, if it is more than half of those who have a limit."""
    targets = [target("a", title=10), target("b", title=20), target("c", title=30), target("d")]
    assert [one.message for one in examined(targets, title="t" * 21).findings] == [
        "the title has 21 characters; most take fewer: a 10, b 20"
    ]
    assert examined(targets, title="t" * 20).findings == ()


def test_a_draft_is_looked_at_as_if_it_were_ready() -> None:
    """Being a draft is a finding, no refusal."""
    result = examined([target("a")], draft=True)
    assert ["draft" in one.message for one in result.findings] == [True]
    assert result.platforms[0].message == ""


def test_what_the_pipeline_says_of_relative_links_is_known() -> None:
    """Platforms' own word on them is left out by how it begins: told with lines above, it would come twice."""
    row = examined([stand_in(adapter_class("devto"))], body="[a](/b)", base_url=None)
    assert [one.message for one in row.findings if "relative" in one.message] == [
        "relative links, and the site's address is not known (set `canonical_url`, or give --site): /b"
    ]
    assert row.platforms[0].warnings == ()
    assert "relative links lead nowhere" in Links._relative.__code__.co_consts[1]


@pytest.mark.parametrize("name", names(ADAPTERS))
def test_every_platform_is_tried_without_a_config(name: str) -> None:
    """What has to be set is made up and not seen in what is said; what is taken elsewhere is rendered."""
    post = Post(
        key="k", source="p.md", title="A title", body="A text. " * 500, canonical_url=f"{SITE}/p", base_url=SITE
    )
    one = verdict(post, stand_in(adapter_class(name)), configured=False)
    said = " ".join((one.message, *one.warnings, *one.to_judge))
    assert "example/example" not in said
    assert "place.example" not in said
    assert not one.refused or (one.message and one.next)


def test_refusals(tmp_path: Path) -> None:
    """Why, what to do, and exit 1; the same reason is told once for all who give it."""
    text = header(canonical_url="")
    row = checked(tmp_path, text, "--for", "hackernews", "--for", "medium", "--for", "devto")
    told = {one["adapter"]: one for one in row["platforms"]}
    assert row["code"] == 1
    assert (told["hackernews"]["refused"], told["medium"]["refused"], told["devto"]["refused"]) == (True, True, False)
    assert "canonical_url" in told["medium"]["next"]
    shown = call("check", "post.md", "--for", "medium", cwd=tmp_path).stdout
    assert "  refused\n    ✗ medium: " in shown
    assert "\n      next: set `canonical_url`" in shown


def test_all_that_is_installed(tmp_path: Path) -> None:
    """Without a config every platform is told of but for those that take answers only; these when they are named."""
    row = checked(tmp_path, POST, "--strict")
    assert {one["adapter"] for one in row["platforms"]} == set(names(ADAPTERS)) - {"stackoverflow"}
    assert {one["target"] for one in row["platforms"]} == {None}
    named = checked(tmp_path, POST, "--for", "stackoverflow")
    assert [one["refused"] for one in named["platforms"]] == [True]
    meant = POST.replace("tags:", 'syndicate: {stackoverflow: {text: "How?\\n\\n---\\n\\nSo."}}\ntags:')
    assert "stackoverflow" in {one["adapter"] for one in checked(tmp_path, meant, "--site", SITE)["platforms"]}


def test_what_a_person_has_to_judge(tmp_path: Path) -> None:
    """Counted where many platforms are told of, shown with one; it is no loss, so it does not count when strict."""
    row = checked(tmp_path, FINE, "--for", "hackernews", "--strict")
    assert row["code"] == 0
    assert any("yours to judge" in warning for warning in row["platforms"][0]["warnings"])
    assert "· hackernews: yours to judge" in call("check", "post.md", "--for", "hackernews", cwd=tmp_path).stdout
    assert "yours to judge, shown with --for: " in call("check", "post.md", cwd=tmp_path).stdout


def test_strict(tmp_path: Path) -> None:
    """A warning of the post, or a loss on one platform, is exit 1 then; a note is none."""
    assert checked(tmp_path, header(tags=""), "--for", "devto", "--strict")["code"] == 0
    assert checked(tmp_path, header(draft="true"), "--for", "devto", "--strict")["code"] == 1
    lost = FINE.replace("[python]", "[a, b, c, d, e]")
    assert checked(tmp_path, lost, "--for", "devto")["code"] == 0
    assert checked(tmp_path, lost, "--for", "devto", "--strict")["code"] == 1


# ------------------------------------------------------------------ with a config

CONFIG = f"""[site]
url = "{SITE}"
language = "en"

[targets.dev]
adapter = "devto"
[targets.deutsch]
adapter = "mastodon"
base_url = "https://social.example"
languages = ["de"]
[targets.news]
adapter = "hackernews"
"""


def configured(folder: Path, text: str, *words: str) -> dict[str, Any]:
    (folder / "syndicate.toml").write_text(CONFIG)
    return checked(folder, text, *words)


def test_a_config_gives_site_and_targets(tmp_path: Path) -> None:
    """Its targets, by their names; what does not go there is neither refused nor as written. No secret is there."""
    row = configured(tmp_path, header(lang="", canonical_url=""), "--strict")
    assert [(one["target"], one["adapter"], one["refused"]) for one in row["platforms"]] == [
        ("dev", "devto", False),
        ("deutsch", "mastodon", False),
        ("news", "hackernews", False),
    ]
    assert "takes de" in row["platforms"][1]["message"]
    assert found(row, f"guessed from the path: {SITE}/post/")
    shown = call("check", "post.md", cwd=tmp_path).stdout
    assert "does not go there\n    · deutsch: the post is in `en`" in shown
    assert "as written: dev, news" in shown


def test_front_matter_and_the_config(tmp_path: Path) -> None:
    """The post's own choice and words count, and a target that does not exist is a mistake with its line."""
    fine = header(syndicate="{targets: [dev], dev: {title: Another}}")
    assert [one["target"] for one in configured(tmp_path, fine, "--strict")["platforms"]] == ["dev"]
    row = configured(tmp_path, header(syndicate="{targets: [dve]}"), "--strict")
    assert (row["code"], found(row, "a target `dve` that does not exist")) == (2, [("error", 8)])
    assert next(one["next"] for one in row["findings"] if one["level"] == "error") == "did you mean `dev`?"


def test_for_with_a_config(tmp_path: Path) -> None:
    """A target, all targets of a platform, or a platform that no target has."""
    for words, targets in (("news", ["news"]), ("devto", ["dev"]), ("ghost", [None])):
        assert [one["target"] for one in configured(tmp_path, POST, "--for", words)["platforms"]] == targets


def test_versions_and_twins(tmp_path: Path) -> None:
    """A name means its versions, as it does for `publish`; two files that are one post are a mistake."""
    for name in ("a.en.md", "a.de.md"):
        (tmp_path / name).write_text(header(canonical_url=f"{SITE}/{name}"))
    rows = call("check", "a.md", "a.en.md", "--for", "devto", "--json", cwd=tmp_path).json()["posts"]
    assert [row["post"] for row in rows] == ["a.de.md", "a.en.md"]
    for name in ("b.md", "c.md"):
        (tmp_path / name).write_text(FINE)
    outcome = call("check", "b.md", "c.md", "--for", "devto", "--json", cwd=tmp_path)
    assert outcome.returncode == 2
    assert found(outcome.json()["posts"][1], "the same post as b.md")


# ------------------------------------------------------------------ wrong input


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\xff\xd8", [(1, "not UTF-8")], id="a picture"),
        pytest.param("---\ntitle: x\n---\nText\n".encode("utf-16"), [(1, "not UTF-8")], id="UTF-16"),
        pytest.param(b"", [(1, "no title"), (1, "no text")], id="empty"),
        pytest.param(b"---\ntitle: x\nText\n", [(1, "never closed")], id="open"),
        pytest.param(b"---\ntitle: a: b\n---\nText\n", [(2, "YAML")], id="YAML"),
        pytest.param(b"+++\ntitle = x\n+++\nText\n", [(2, "TOML")], id="TOML"),
        pytest.param(
            b"---\ncanonical_url: no such thing\nsyndicate:\n  dev: {titel: x, skip: perhaps}\n  targets: {a: b}\n  wat: 1\n---\n",
            [
                (2, "no title"),
                (2, "canonical_url"),
                (4, "titel"),
                (4, "skip"),
                (5, "targets"),
                (6, "wat"),
                (8, "no text"),
            ],
            id="everything",
        ),
    ],
)
def test_all_mistakes_at_once(tmp_path: Path, content: bytes, messages: list[tuple[int, str]]) -> None:
    """Each mistake with its line, in the order of the file; exit 2, and no platform is told of."""
    row = checked(tmp_path, content)
    assert (row["code"], row["platforms"], row["title"]) == (2, [], None)
    assert {one["level"] for one in row["findings"]} == {"error"}
    assert all(one["next"] for one in row["findings"])
    told = [(one["line"], one["message"]) for one in row["findings"]]
    assert len(told) == len(messages), told
    for (line, message), (expected, words) in zip(told, messages, strict=True):
        assert line == expected, message
        assert words in message
        assert "post.md" not in message


@pytest.mark.parametrize("name", ["nothing.md", "folder", "x" * 300 + ".md", "-.md", "https://blog.example.org/post"])
def test_no_such_post(tmp_path: Path, name: str) -> None:
    """It is told beside the posts that can be read; exit 2."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "post.md").write_text(FINE)
    outcome = call("check", "--for", "devto", "--json", "post.md", "--", name, cwd=tmp_path)
    assert outcome.returncode == 2
    good, bad = outcome.json()["posts"]
    assert good["platforms"]
    assert [one["level"] for one in bad["findings"]] == ["error"]
    shown = call("check", "--for", "devto", "--", name, cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (2, "")
    assert "  ✗ " in shown.stdout
    assert "    next: " in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--for", "dveto"], "did you mean `devto`?"),
        (["--for", ""], "there is no platform"),
        (["--site", "blog.example.org"], "https://"),
        (["--config", "none.toml"], "none.toml"),
        (["--config", "broken.toml"], "TOML"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_wrong_words(tmp_path: Path, words: list[str], said: str) -> None:
    """One message on standard error, exit 2, nothing else."""
    (tmp_path / "post.md").write_text(FINE)
    (tmp_path / "broken.toml").write_text("[")
    outcome = call("check", "post.md", *words, cwd=tmp_path)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert said in outcome.stderr


def test_a_config_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    """Named in the environment too; only what was not named may be absent."""
    (tmp_path / "post.md").write_text(FINE)
    assert call("check", "post.md", cwd=tmp_path, env={"SYNDICATE_CONFIG": "none.toml"}).returncode == 2


@pytest.mark.slow
def test_an_unreadable_post(tmp_path: Path) -> None:
    """Named like any other mistake; skipped where root cannot give its powers up."""
    (tmp_path / "post.md").write_text(FINE)
    (tmp_path / "post.md").chmod(0)
    done = syndicate("check", "post.md", "--for", "devto", cwd=tmp_path, before=mortal())
    assert done.returncode == 2
    assert "post.md" in done.stdout + done.stderr


def test_a_platform_that_breaks_does_not_take_others_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot even be loaded is named on standard error; the rest is checked."""
    monkeypatch.setattr(registry, "names", lambda group: {"devto": names(group)["devto"], "odd": "no.such.module:X"})
    monkeypatch.setattr("syndicate.cli.check.names", registry.names)
    (tmp_path / "post.md").write_text(FINE)
    outcome = call("check", "post.md", "--json", cwd=tmp_path)
    assert "`odd` cannot be used: ModuleNotFoundError" in outcome.stderr
    assert [one["adapter"] for one in outcome.json()["posts"][0]["platforms"]] == ["devto"]


def test_no_terminal_is_obeyed(tmp_path: Path) -> None:
    """What a file holds cannot move the cursor."""
    (tmp_path / "post.md").write_text(header(title='"a\\e[2Jb"') + "\n## A\n\n#### B\x1b[2J\n\n![](a\x1b.png)\n")
    assert "\x1b" not in call("check", "post.md", cwd=tmp_path).stdout


# ------------------------------------------------------------------ no effect, no cost


def test_nothing_is_written(tmp_path: Path) -> None:
    """Neither a ledger nor a kit, with a config or without."""
    configured(tmp_path, FINE, "--strict")
    before = tree(tmp_path)
    for words in ([], ["--json"], ["--for", "medium"]):
        assert call("check", "post.md", *words, cwd=tmp_path).returncode == 0
    assert tree(tmp_path) == before
    assert not (tmp_path / ".syndicate").exists()


@pytest.mark.slow
def test_only_who_asks_pays(tmp_path: Path) -> None:
    """Without `--online` no HTTP client is loaded; other commands load nothing of this one."""
    configured(tmp_path, FINE, "--strict")
    code = (
        "import sys; from syndicate.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as exit: assert not exit.code, exit.code\n"
        "print(sorted(m for m in sys.modules if m == 'httpx' or m.startswith('syndicate.check_')), file=sys.stderr)"
    )

    def loaded(*words: str) -> str:
        command = [sys.executable, "-c", code, *words]
        env = clean_env(tmp_path)
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stderr

    assert "httpx" not in loaded("check", "post.md")
    assert loaded("publish", "post.md", "--dry-run") == "[]\n"


# ------------------------------------------------------------------ real posts


@pytest.mark.slow
def test_real_posts() -> None:
    """Every post of the corpus is examined without a crash, every line is one of its file; a sample for all platforms."""
    corpus = shared("corpus", "posts")
    everywhere = [stand_in(adapter_class(name)) for name in names(ADAPTERS)]
    one = [stand_in(adapter_class("devto"))]
    count = 0
    for source in sorted(path for path in corpus.iterdir() if path.is_dir()):
        for path in sorted([*source.rglob("*.md"), *source.rglob("*.mdx")]):
            try:
                post = load(path, site_url=SITE if count % 2 else None, site_language=None, root=source)
            except UsageError:
                continue
            count += 1
            text = path.read_text(encoding="utf-8")
            targets = everywhere if count % 16 == 0 else one
            made_up = {target.name for target in targets}
            result = examine(
                post, read(text, source="p"), targets, on_disk=Disk(path, source).find, made_up=made_up
            )  # fmt: skip
            lines = text.count("\n") + 1
            assert all(1 <= f.line <= lines for f in result.findings if f.line is not None), post.source
            assert all(v.message and v.next for v in result.platforms if v.refused)
            assert all(picture.url.startswith("http") for picture in result.pictures)
    assert count >= 320


@pytest.mark.slow
def test_real_posts_as_a_command() -> None:
    """A dozen of them in one call: one document, one entry each."""
    corpus = shared("corpus", "posts")
    paths = list(islice(sorted(corpus.rglob("*.md")), 5, 340, 28))
    outcome: Outcome = call("check", *paths, "--json", cwd=corpus)
    assert [row["post"] for row in outcome.json()["posts"]] == [str(path) for path in paths]
