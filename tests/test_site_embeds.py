"""Videos and posts that stand alone, and links within the page, on one's own WordPress and Ghost."""

from __future__ import annotations

import json
import re

import pytest

from syndicate.adapter import Post
from syndicate.registry import adapter_class

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def post(body: str) -> Post:
    there = "https://blog.example.org/posts/one/"
    return Post(key=f"url:{there}", source="one.md", title="One", body=body, canonical_url=there, base_url=there)


def wordpress(body: str) -> tuple[str, tuple[str, ...]]:
    adapter = adapter_class("wordpress")(base_url="https://blog.example.org", username="me")
    draft = adapter.render(post(body))
    return draft.parts[0].text, draft.warnings


def ghost(body: str, **options: object) -> tuple[str, tuple[str, ...]]:
    draft = adapter_class("ghost")(base_url="https://blog.example.org", **options).render(post(body))
    return draft.parts[0].text, draft.warnings


@pytest.mark.parametrize(
    ("body", "url", "provider"),
    [
        (f"<{VIDEO}>", VIDEO, "youtube"),
        (f"{VIDEO}&t=10", f"{VIDEO}&t=10", "youtube"),
        ("https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ", "youtube"),
        ("{{< youtube dQw4w9WgXcQ >}}", VIDEO, "youtube"),
        ('<div>\n<iframe width="1" src="//www.youtube.com/embed/dQw4w9WgXcQ?a=1"></iframe>\n</div>', VIDEO, "youtube"),
        ("<https://vimeo.com/12>", "https://vimeo.com/12", "vimeo"),
        ("<https://x.com/jack/status/20>", "https://twitter.com/jack/status/20", "twitter"),
        ("{% twitter 20 %}", "https://twitter.com/i/status/20", "twitter"),
        ("<https://bsky.app/profile/a.b/post/3k>", "https://bsky.app/profile/a.b/post/3k", "bluesky"),
        ("<https://codepen.io/u/pen/a--b>", None, ""),
        ("<https://codepen.io/u-u/pen/ab>", "https://codepen.io/u-u/pen/ab", "codepen"),
    ],
)
def test_wordpress_embeds_what_stands_alone(body: str, url: str | None, provider: str) -> None:
    """It is the block that pasting the address makes, in the address that WordPress knows; nobody is warned."""
    html, warnings = wordpress(body)
    found = re.match(r"<!-- wp:embed (\{.*?\}) -->\n(<figure.*?</figure>)\n<!-- /wp:embed -->", html, re.DOTALL)
    if url is None:
        assert not found
        return
    assert found
    said = json.loads(found[1])
    assert (said["url"], said["providerNameSlug"], said["responsive"]) == (url, provider, True)
    assert f"is-provider-{provider}" in found[2]
    assert f'<div class="wp-block-embed__wrapper">\n{url.replace("&", "&amp;")}\n</div>' in found[2]
    assert "&" not in found[1]
    assert warnings == ()


@pytest.mark.parametrize(
    "body",
    [
        f"See <{VIDEO}> there.",
        f"[a video]({VIDEO})",
        f"- <{VIDEO}>",
        f"> <{VIDEO}>",
        "<https://gist.github.com/a/1>",
        "<https://youtube.com/@channel>",
        "<https://x.com/jack>",
        f"`{VIDEO}`",
        '<iframe src="https://example.org/demo"></iframe>',
        '<p>Text <iframe src="https://player.vimeo.com/video/1"></iframe></p>',
    ],
)
def test_other_links_stay(body: str) -> None:
    """Within text, with words of their own, in lists and quotes, and of providers that are not known."""
    assert "wp:embed" not in wordpress(body)[0]
    assert "kg-embed" not in ghost(body)[0]


def test_ghost_embeds_frames() -> None:
    """Where the frame is known it is an embed card, for a post of X too; a gist stays a link, and that is said."""
    html, warnings = ghost(f"<{VIDEO}&t=10>\n\n<https://x.com/jack/status/20>\n\n{{{{< vimeo 12 >}}}}")
    assert html.count('<figure class="kg-card kg-embed-card">') == 3
    assert 'src="https://www.youtube.com/embed/dQw4w9WgXcQ?start=10"' in html
    assert 'src="https://player.vimeo.com/video/12"' in html
    assert '<blockquote class="twitter-tweet"><a href="https://twitter.com/jack/status/20">' in html
    assert warnings == ()
    html, warnings = ghost("{{< gist a 1 >}}")
    assert html == '<p><a href="https://gist.github.com/a/1">https://gist.github.com/a/1</a></p>'
    assert warnings == ("1 embed is shown as a plain link",)


def test_links_lead_to_headings() -> None:
    """Whatever the script, and by a name that the author gave; Ghost's own names for them differ from WordPress's."""
    body = (
        "[a](#my-id) [b](#नमस्ते-जी) [c](#x--y) [d](#gone)\n\n## Own name {#my-id}\n\n## नमस्ते जी\n\n## X & y\n\n## สวัสดี"
    )
    html, _ = wordpress(body)
    ids = re.findall(r'<h2 [^>]*id="([^"]*)"', html)
    assert ids == ["own-name", "नमस्ते-जी", "x--y", "สวัสดี"]
    for name in ("own-name", "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87-%E0%A4%9C%E0%A5%80", "x--y"):
        assert f'href="#{name}"' in html
    assert 'href="https://blog.example.org/posts/one/#gone"' in html
    html, _ = ghost(body)
    assert re.findall(r'href="#([^"]*)"', html) == [
        "own-name",
        "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87-%E0%A4%9C%E0%A5%80",
        "x-y",
    ]


def test_bare_addresses_are_links() -> None:
    """GitHub and Hugo show them as such; an editor of HTML does not. Not in code, not within a link."""
    body = (
        "See https://e.org/a_b_(c). 见https://x.org/y。好 [https://l.org](https://m.org) `https://c.org` "
        '<a href="https://h.org">https://i.org</a>'
    )
    for html, _ in (wordpress(body), ghost(body)):
        assert '<a href="https://e.org/a_b_(c)">https://e.org/a_b_(c)</a>. 见' in html
        assert '<a href="https://x.org/y">https://x.org/y</a>。好' in html
        assert html.count('<a href="https://m.org">https://l.org</a>') == 1
        assert "<code>https://c.org</code>" in html
        assert '<a href="https://h.org">https://i.org</a>' in html
