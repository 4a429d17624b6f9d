"""The canonical URL of a post, what it is known by, and when two URLs are one."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.adapter import Post
from syndicate.errors import UsageError
from syndicate.post import normalise_url, parse

SITE = "https://b.org"


def of(header: str, *, path: str = "posts/a.md", site_url: str | None = SITE, language: str | None = "en") -> Post:
    return parse(
        f"---\ntitle: T\n{header}\n---\nText",
        source="a.md",
        site_url=site_url,
        site_language=language,
        root_relative=PurePosixPath(path),
    )


@pytest.mark.parametrize("key", ["canonical_url", "canonicalUrl", "canonicalURL", "canonicalLink", "canonical"])
def test_canonical_keys(key: str) -> None:
    """Every key that names the canonical URL is read, as written; an empty one is absent."""
    post = of(f"{key}: HTTPS://Example.com/A?b=1\npermalink: /x/")
    assert post.canonical_url == "HTTPS://Example.com/A?b=1"
    assert post.base_url == post.canonical_url
    assert post.warnings == ()
    assert of(f"{key}: ''\npermalink: /x/").canonical_url == "https://b.org/x/"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/x/", "https://b.org/x/"),
        ("x.html", "https://b.org/blog/x.html"),
        ("//c.org/x", "https://c.org/x"),
    ],
)
def test_a_relative_canonical_url(value: str, expected: str) -> None:
    """A canonical URL without a host is the site's."""
    assert expected == of(f"canonical_url: {value}", site_url="https://b.org/blog/").canonical_url


@pytest.mark.parametrize(
    ("value", "site", "message"),
    [
        ("ftp://e.org/x", SITE, "is not an http or https URL: ftp://e.org/x"),
        ("'https:///x'", SITE, "is not an http or https URL"),
        ("'http://[::1'", SITE, "is not an http or https URL"),
        ("https://e.org:99999/", SITE, "is not an http or https URL"),
        ("example.com/x", SITE, "lacks its https://: example.com/x"),
        ("https://e.org/a b", SITE, "holds a character that no URL may hold: ' '"),
        ("'{{ site.url }}/x'", SITE, "holds a character that no URL may hold: '{'"),
        ("https://me:pass@e.org/", SITE, "holds a user name or a password"),
        ("true", SITE, "must be a URL, not true"),
        ("[https://e.org]", SITE, "must be a URL, not list"),
        ("/x/", None, "is relative (/x/) and no site is configured"),
    ],
)
def test_a_canonical_url_that_is_none(value: str, site: str | None, message: str) -> None:
    """A wrong canonical URL would send readers and search engines astray, so it stops the post."""
    with pytest.raises(UsageError) as caught:
        of(f"canonical_url: {value}", site_url=site)
    assert caught.value.message.startswith(f"a.md:3: `canonical_url` {message}")
    assert "me:pass" not in caught.value.message
    assert caught.value.next


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("permalink: /posts/x/", "https://b.org/posts/x/"),
        ("url: posts/x.html", "https://b.org/posts/x.html"),
        ("permalink: /x/index.html", "https://b.org/x/"),
        ("path: 2024/02/19/Survey-1.0", "https://b.org/2024/02/19/Survey-1.0/"),
        ("url: /世界/", "https://b.org/%E4%B8%96%E7%95%8C/"),
        ("url: https://b.org/x/", "https://b.org/x/"),
    ],
)
def test_permalinks(header: str, expected: str) -> None:
    """A path that the author gave is joined to the site, without a warning."""
    post = of(header)
    assert expected == post.canonical_url
    assert post.warnings == ()


@pytest.mark.parametrize(
    "header",
    ["permalink: /:year/:title/", "permalink: pretty", "permalink: false", "url: '{{ page.x }}'", "path: ./x.md",
     "permalink: 'mailto:x'", "url: [x]", "slug: ':slug'"],
)  # fmt: skip
def test_what_is_no_permalink(header: str) -> None:
    """Patterns, styles and templates say nothing: the URL is guessed, and a warning says so."""
    post = of(header)
    assert post.canonical_url == "https://b.org/posts/a/"
    assert post.warnings == (
        "canonical URL guessed from the path: https://b.org/posts/a/; set `canonical_url` if it is another",
    )


@pytest.mark.parametrize("url", ["https://other.org/x", "https://b.org.evil.org/x"])
def test_a_permalink_on_another_site(url: str) -> None:
    """`url` often holds what a post is about; another site's page is not the post's."""
    post = of(f"url: {url}")
    assert post.canonical_url == "https://b.org/posts/a/"
    assert any("is not on https://b.org" in warning for warning in post.warnings)


@pytest.mark.parametrize(
    ("path", "header", "expected"),
    [
        ("content/posts/My Post.md", "", "/posts/my-post/"),
        ("content/posts/hello/index.md", "", "/posts/hello/"),
        ("content/posts/_index.md", "", "/posts/"),
        ("content/posts/hello.zh.md", "", "/zh/posts/hello/"),
        ("content/posts/hello.en.md", "", "/posts/hello/"),
        ("content/posts/hello/index.pt-BR.md", "", "/pt-br/posts/hello/"),
        ("content/en/posts/hello.md", "", "/posts/hello/"),
        ("content/zh/posts/hello.md", "", "/zh/posts/hello/"),
        ("blog/content/hello.md", "", "/hello/"),
        ("content/posts/What's new?.md", "", "/posts/whats-new/"),
        ("content/posts/世界.md", "", "/posts/%E4%B8%96%E7%95%8C/"),
        ("content/posts/hello.md", "slug: Other One", "/posts/other-one/"),
        ("content/posts/hello/index.md", "slug: /other", "/posts/other/"),
        ("content/posts/2024-05-06-hello.md", "", "/posts/2024-05-06-hello/"),
        ("src/content/blog/hello.mdx", "", "/blog/hello/"),
        ("src/content/docs/guides/hello.mdx", "", "/guides/hello/"),
        ("src/pages/hello.md", "", "/hello/"),
        ("src/posts/hello.md", "", "/posts/hello/"),
        ("_posts/2024-05-06-Hello.md", "", "/2024/05/06/Hello.html"),
        ("_posts/2024-5-6-hello.md", "slug: x", "/2024/05/06/x.html"),
        ("_posts/en/news/2024-05-06-hello.md", "", "/2024/05/06/hello.html"),
        ("_posts/zh/news/2024-05-06-hello.md", "", "/zh/2024/05/06/hello.html"),
        ("_drafts/hello.md", "", "/hello/"),
        ("_articles/hello.md", "", "/articles/hello/"),
        ("blog/2024-05-06-hello.md", "", "/blog/2024/05/06/hello/"),
        ("website/blog/2024-05-06-hello/index.md", "", "/blog/2024/05/06/hello/"),
        ("blog/2024-05-06-hello.md", "slug: x", "/blog/x/"),
        ("blog/hello.md", "", "/blog/hello/"),
        ("index.md", "", "/"),
        ("/home/me/hello.md", "", "/hello/"),
    ],
)
def test_the_guess(path: str, header: str, expected: str) -> None:
    """The page is where the generators' defaults put it, and the guess is told."""
    post = of(header, path=path)
    assert f"{SITE}{expected}" == post.canonical_url
    assert any(warning.startswith("canonical URL guessed from the path: ") for warning in post.warnings)


def test_a_permalink_with_a_password() -> None:
    """A URL with a password in it goes nowhere, under whichever key it stands."""
    with pytest.raises(UsageError, match="`url` holds a user name or a password"):
        of("url: https://me:pass@b.org/x")


def test_no_site() -> None:
    """Without a site and a canonical URL there is none, which is told; relative links have no base."""
    post = of("permalink: /x/", site_url=None)
    assert (post.canonical_url, post.base_url) == (None, None)
    assert post.warnings == ("no canonical URL is known; set `canonical_url`, or the site's URL in the configuration",)


@pytest.mark.parametrize(
    ("header", "site", "expected"),
    [
        ("canonical_url: http://E.org/x/\nsyndicate: {id: i}", SITE, "url:https://e.org/x"),
        ("permalink: /x/\nsyndicate: {id: i}", SITE, "url:https://b.org/x"),
        ("syndicate: {id: i}", SITE, "id:i"),
        ("syndicate: {id: i}", None, "id:i"),
        ("id: i", SITE, "url:https://b.org/posts/a"),
        ("", None, "path:posts/a.md"),
    ],
)
def test_what_a_post_is_known_by(header: str, site: str | None, expected: str) -> None:
    """A URL that was written, else an id, else a URL that was guessed, else the path."""
    assert expected == of(header, site_url=site).key


def test_a_moved_or_edited_post_is_the_same() -> None:
    """Neither another folder, title nor text changes the key of a post with a canonical URL or an id."""
    for header in ("canonical_url: https://b.org/x", "syndicate: {id: i}"):
        assert of(header).key == of(f"{header}\nname: New", path="archive/2020/b.md").key


def test_translations_are_different_posts() -> None:
    """Files that differ only in their language never share a key."""
    paths = ["content/en/a.md", "content/zh/a.md", "content/a.fr.md", "_posts/en/2024-05-06-a.md",
             "_posts/zh/2024-05-06-a.md", "_posts/2024-05-06-a.fr.md"]  # fmt: skip
    assert len(paths) == len({of("", path=path).key for path in paths})


def test_no_absolute_folder_in_a_key() -> None:
    """A path that is not within the project gives its name only."""
    assert of("", path="/home/me/secret/a.md", site_url=None).key == "path:a.md"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80/A/", "https://example.com/A"),
        ("https://example.com:443", "https://example.com"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("https://example.com./x/index.html#top", "https://example.com/x"),
        ("https://example.com/index.htm", "https://example.com"),
        ("https://example.com/myindex.html", "https://example.com/myindex.html"),
        ("https://e.org/x?utm_source=a&b=1&UTM_medium=c", "https://e.org/x?b=1"),
        ("https://e.org/x?utm_source=a", "https://e.org/x"),
        ("https://me:pw@e.org/x", "https://e.org/x"),
        ("https://e.org/%7euser/%e4%b8%96", "https://e.org/~user/%E4%B8%96"),
        ("https://e.org/世?q=界", "https://e.org/%E4%B8%96?q=%E7%95%8C"),
        ("https://e.org/a%2Fb", "https://e.org/a%2Fb"),
        ("https://e.org/100%", "https://e.org/100%25"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("http://[::1]:80/x", "https://[::1]/x"),
        (" tag:e.org,2024:x ", "tag:e.org,2024:x"),
        ("https://[x", "https://[x"),
        ("https://./x", "https://./x"),
    ],
)
def test_normalise_url(url: str, expected: str) -> None:
    """Spellings of one page's URL become one; what is no URL of a page stays."""
    assert expected == normalise_url(url)


@settings(deadline=None)
@given(
    st.one_of(st.text(), st.text(alphabet="aZ/.:%?&=#@[]-utm_index.html é", max_size=40).map("https://e.org/{}".format))
)
def test_normalise_url_is_stable(url: str) -> None:
    """Normalising takes any text, and twice is as good as once."""
    once = normalise_url(url)
    assert once == normalise_url(once)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_a_guess_is_a_url(name: str) -> None:
    """Whatever a file is called, the guessed URL holds only characters that a URL may hold."""
    post = of("", path=f"content/{name.replace('/', '-').strip('.') or 'x'}.md")
    assert post.canonical_url is not None
    assert post.canonical_url.isascii()
    assert not set(post.canonical_url) & set(' "<>\\^`{|}\n#?')
