"""Reading posts from disk, and every way in which that is refused."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.adapter import Image, Post
from syndicate.errors import UsageError
from syndicate.post import load, parse

GOOD = "---\ntitle: Hello\n---\nText.\n"


def read(path: Path, root: Path, *, site_url: str | None = "https://blog.example.org") -> Post:
    return load(path, site_url=site_url, site_language="en", root=root)


def of(text: str, *, site_url: str | None = "https://blog.example.org") -> Post:
    path = PurePosixPath("posts/hello.md")
    return parse(text, source="hello.md", site_url=site_url, site_language="en", root_relative=path)


def post_or_error(text: str, *, site_url: str | None) -> Post | UsageError:
    try:
        return of(text, site_url=site_url)
    except UsageError as error:
        return error


def test_a_whole_post(tmp_path: Path) -> None:
    """Everything that a post can say arrives in the right field, and nothing is guessed or warned about."""
    file = tmp_path / "posts" / "hello.md"
    file.parent.mkdir()
    file.write_text(
        "---\ntitle: Hello &amp; welcome\ndescription: What it is about\ntags: [go, Testing]\ndate: 2024-05-06\n"
        "cover_image: /img/a.png\nlang: de\nseries: Tour\ncanonical_url: https://example.com/hello/\n"
        "syndicate:\n  id: hello-1\n  targets: [devto, x]\n  x:\n    text: Short\n---\n\n# Hi\n\nText.\n",
    )
    expected = Post(
        key="url:https://example.com/hello",
        source="posts/hello.md",
        path="posts/hello.md",
        title="Hello & welcome",
        body="# Hi\n\nText.",
        canonical_url="https://example.com/hello/",
        summary="What it is about",
        tags=("go", "Testing"),
        date=datetime(2024, 5, 6, tzinfo=UTC),
        cover=Image("https://blog.example.org/img/a.png"),
        language="de",
        group="path:posts/hello",
        series="Tour",
        base_url="https://example.com/hello/",
        targets=("devto", "x"),
        overrides={"x": {"text": "Short"}},
    )
    assert expected == read(file, tmp_path)


def test_a_folder_is_its_index(tmp_path: Path) -> None:
    """A Hugo page bundle is read through its folder and known by its `index.md`."""
    bundle = tmp_path / "content" / "posts" / "hello"
    bundle.mkdir(parents=True)
    (bundle / "index.md").write_text(GOOD)
    post = read(bundle, tmp_path)
    assert post.source == "content/posts/hello/index.md"
    assert post.canonical_url == "https://blog.example.org/posts/hello/"


def test_bom_blank_lines_and_crlf(tmp_path: Path) -> None:
    """What Windows editors leave does not hide the front matter, and lines end in LF."""
    file = tmp_path / "a.md"
    file.write_bytes(b"\xef\xbb\xbf\r\n\r\n---\r\ntitle: Hello\r\n---\r\n\r\nOne\r\nTwo\r\n")
    post = read(file, tmp_path)
    assert (post.title, post.body) == ("Hello", "One\nTwo")


def test_outside_the_project(tmp_path: Path) -> None:
    """Folders above the project never reach the post; bundles keep one name so that they stay apart."""
    outside = tmp_path / "private"
    (outside / "bundle").mkdir(parents=True)
    (outside / "hello.md").write_text(GOOD)
    (outside / "bundle" / "index.md").write_text(GOOD)
    root = tmp_path / "project"
    one = read(outside / "hello.md", root, site_url=None)
    two = read(outside / "bundle", root, site_url=None)
    assert (one.source, one.key) == ("hello.md", "path:hello.md")
    assert (two.source, two.key) == ("bundle/index.md", "path:bundle/index.md")
    assert "private" not in repr(one) + repr(two)
    assert any("outside the project" in warning for warning in one.warnings)


def test_dots_and_links_lead_into_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post is the same however its path was typed: relative, through `..`, through a linked project folder."""
    root = tmp_path / "project"
    (root / "posts").mkdir(parents=True)
    (root / "posts" / "a.md").write_text(GOOD)
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(root / "posts")
    typed = [Path("a.md"), Path("../posts/a.md"), root / "posts/a.md", tmp_path / "link/posts/a.md"]
    assert {"posts/a.md"} == {read(path, root).source for path in typed}


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    """A file name in another encoding gives a key and a URL that can be stored and sent."""
    file = tmp_path / os.fsdecode(b"caf\xe9.md")
    try:
        file.write_text(GOOD)
    except OSError:
        pytest.skip("the file system takes only UTF-8 names")
    post = read(file, tmp_path, site_url=None)
    assert post.key.encode() == b"path:caf\\udce9.md"


def test_a_missing_file(tmp_path: Path) -> None:
    """A path that leads nowhere is named as it was given."""
    with pytest.raises(UsageError, match=r"nowhere\.md: there is no such file") as caught:
        read(tmp_path / "nowhere.md", tmp_path)
    assert caught.value.next


def test_a_folder_without_an_index(tmp_path: Path) -> None:
    """A folder is a post only with an index.md."""
    with pytest.raises(UsageError, match=r"a folder without an index\.md") as caught:
        read(tmp_path, tmp_path)
    assert caught.value.next


@pytest.mark.parametrize("name", ["loop.md", "a\0b.md"])
def test_a_path_that_cannot_be_followed(tmp_path: Path, name: str) -> None:
    """A link to itself and a name that no file can have are wrong input, not a crash."""
    (tmp_path / "loop.md").symlink_to("loop.md")
    with pytest.raises(UsageError, match=r"cannot be read|no such file"):
        read(tmp_path / name, tmp_path)


def test_a_file_that_one_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the operating system refuses is told in its words, with what to do."""
    file = tmp_path / "b.md"
    file.write_text(GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"b\.md: cannot be read: Permission denied") as caught:
        read(file, tmp_path)
    assert caught.value.next


def test_not_utf8(tmp_path: Path) -> None:
    """The line and the offset of the first bad byte are named."""
    file = tmp_path / "a.md"
    file.write_bytes(b"---\ntitle: caf\xe9\n---\nText\n")
    with pytest.raises(UsageError, match=r"a\.md:2: not UTF-8: byte 0xe9 at offset 14") as caught:
        read(file, tmp_path)
    assert caught.value.next == "save the file as UTF-8"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntags: a\n---\nText", "hello.md:2: the post has no title"),
        ("Text without any heading", "hello.md:1: the post has no title"),
        ("---\ntitle: ''\n---\n## Two\n", "the post has no title"),
        ("", "hello.md:1: the post has no title"),
        ("---\ntitle: T\n---\n\n  \n", "hello.md:4: the post has no text"),
        ("---\ntitle: T\n---", "hello.md:3: the post has no text"),
        ("Title: T", "hello.md:1: the post has no text"),
        ('{"title": "T"}', "hello.md:1: the post has no text"),
        ("# Only a heading\n", "hello.md:1: the post has no text"),
    ],
)
def test_no_title_no_text(text: str, message: str) -> None:
    """A post without a title or without a text is refused, with what to write where."""
    with pytest.raises(UsageError) as caught:
        of(text)
    assert message in caught.value.message
    assert caught.value.next


def test_nothing_to_know_it_by() -> None:
    """A text without a path, a URL or an id could be posted twice, so it is refused."""
    with pytest.raises(UsageError, match="nothing to know this post by"):
        parse(GOOD, source="<stdin>", site_url=None, site_language=None, root_relative=None)
    identified = GOOD.replace("---\nText", "syndicate: {id: a}\n---\nText")
    post = parse(identified, source="<stdin>", site_url=None, site_language=None, root_relative=None)
    assert (post.key, post.source) == ("id:a", "<stdin>")


LINES = st.sampled_from(
    [
        *("---", "+++", ";;;", "```ic-metadata", "```", "{", "}", "...", "", "\ufeff", "# Head", "Text", "Title: x"),
        *("title: x", "title = 'x'", '"title": "x",', "date: 2024-13-45", "date = 2024-05-06T07:08:09Z"),
        *("tags: [a,\tb, {c: d}]", "tags: &t [*t]", "<<: *t", "cover: {image: [x, {src: '//['}]}", "image: 'http://['"),
        *(
            "canonical_url: 'http://[::1'",
            "canonical: //",
            "permalink: /:year/",
            "url: 'https://[x'",
            "slug: '\u2028/..'",
        ),
        *("syndicate:", "  id: 1", "  targets: [a, b]", "  x:", "    tags: a b", "    skip: maybe", "syndicate: []"),
        *(
            "published: 2024",
            "draft: {}",
            "series: [{name: 1}]",
            "lang: [x]",
            "? [a]",
            "- b",
            "[x]: <http://e> 'y",
            "\x00",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(LINES, st.text(max_size=12)), max_size=14).map("\n".join)))
def test_any_text_is_a_post_or_a_usage_error(text: str) -> None:
    """No text, however odd, ends in anything but a post that can be encoded, or a UsageError."""
    for site in ("https://blog.example.org/x", None):
        found = post_or_error(text, site_url=site)
        if isinstance(found, UsageError):
            assert found.message.startswith("hello.md:")
            assert found.next
        else:
            assert found.title.strip()
            assert found.body.strip()
            assert "\\ud8" not in repr(found.title)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.text() | st.none() | st.booleans() | st.integers(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
            max_leaves=8,
        ),
    ),
    st.sampled_from(["title", "tags", "date", "cover", "image", "lang", "series", "draft", "slug", "canonical", "id"]),
)
def test_any_value_under_any_key(values: dict[str, object], key: str) -> None:
    """A value of any shape under a key that means something is used, warned about, or a UsageError."""
    header = json.dumps({"title": "T", **values, key: next(iter(values.values()), None)})
    found = post_or_error(f";;;\n{header}\n;;;\nText", site_url=None)
    assert found.next if isinstance(found, UsageError) else found.body == "Text"
