"""Real posts of ten public sites: every one is read, and what is read is right."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from syndicate.adapter import Image, Post
from syndicate.errors import UsageError
from syndicate.post import load

SHARED = Path(os.environ.get("SYNDICATE_SHARED", Path(__file__).resolve().parents[1].parent / "shared"))
POSTS = SHARED / "corpus" / "posts"

pytestmark = pytest.mark.skipif(not POSTS.is_dir(), reason="the collection of real posts is not here")


def read(source: str, path: str) -> Post:
    root = POSTS / source
    return load(root / path, site_url="https://blog.example.org", site_language="en", root=root)


def everything() -> list[tuple[str, str]]:
    """Site and path of every Markdown file."""
    files = [file for file in POSTS.glob("*/**/*") if file.suffix in (".md", ".mdx")]
    return sorted((file.relative_to(POSTS).parts[0], file.relative_to(POSTS / file.relative_to(POSTS).parts[0]).as_posix())
                  for file in files)  # fmt: skip


# Partials, lists and stubs of translations; the two archetypes are templates that no YAML parser reads.
NO_TITLE = {
    "docs/_getting-started-windows-android.md",
    "docs/_markdown-new-architecture-warning.mdx",
    "content/fa/docs/client-options.md",
    "content/fa/docs/faq.md",
    "content/fa/docs/glossary.md",
    "content/fa/privacy.md",
    "content/fa/trademarks.md",
    "content/ko/docs/a-warm-welcome-to-asn1-and-der.md",
}
NO_TEXT = {
    "src/content/docs/404.md",
    "archive/non-publishable/content/en/engineering/posts/argo-cd.md",
    "content/en/travel.md",
    "content/zh/archives.md",
    "content/zh/articles/_index.md",
    "content/en/post/_index.md",
    "content/fa/docs/oids.md",
    "content/he/docs/profiles.md",
    "blog/content/edition-2/posts/_index.pt-BR.md",
    "blog/content/edition-2/posts/_index.ru.md",
}
TEMPLATES = {"archetypes/ai-project.md", "archetypes/default.md"}


def test_every_real_post_is_read() -> None:
    """Only files that truly lack a title or a text are refused; two files of a site never share a key."""
    refused: dict[str, set[str]] = {"title": set(), "text": set(), "YAML": set()}
    keys: dict[tuple[str, str], str] = {}
    for source, path in everything():
        try:
            post = read(source, path)
        except UsageError as error:
            reason = next(reason for reason in refused if reason in error.message.rpartition(f"{path}:")[2])
            refused[reason].add(path)
        else:
            assert keys.setdefault((source, post.key), path) == path
            assert post.source == path
            lines = post.body.split("\n")
            written = (POSTS / source / path).read_text("utf-8").rstrip().split("\n")[-len(lines) :]
            # What the header says of the page stands in the place of `{{ page.… }}`.
            assert [
                line for line, there in zip(written, lines, strict=True) if line != there and "{{" not in line
            ] == []
    assert refused == {"title": NO_TITLE, "text": NO_TEXT, "YAML": TEMPLATES}
    assert len(keys) > 300


EAST = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        (
            "hugo-seed",
            "open-source-going-global.md",
            {
                "title": "Reflection on Open Source Commercialization & Learning and Summary of Global Traffic Conference"
                " (GTC)",
                "tags": ("blog",),
                "date": datetime(2023, 9, 17, 9, 51, 54, tzinfo=EAST),
                "language": "en",
                "canonical_url": "https://blog.example.org/open-source-going-global/",
                "draft": False,
            },
        ),
        (
            "hugo-cubxxw",
            "content/en/growth/posts/2026-07-26-competence-trap.md",
            {
                "series": "Reckoning with Reality",
                "cover": Image(
                    "https://blog.example.org/images/covers/growth/2026/reconcile-with-reality/03-competence-trap.jpeg",
                    alt="A precise machine keeps polishing a stone while a bridge waits outside",
                ),
                "language": "en",
                "canonical_url": "https://blog.example.org/growth/posts/2026-07-26-competence-trap/",
            },
        ),
        (
            "hugo-cubxxw",
            "content/zh/ai-agent/posts/langgraph.md",
            {
                "title": "2026 LangGraph 架构指南：StateGraph、持久化与故障恢复",
                "tags": ("AI", "LLM", "Python", "Open Source", "Project Learning"),
                "date": datetime(2025, 4, 19, 15, 19, 20, tzinfo=EAST),
                "language": "zh",
                "canonical_url": "https://blog.example.org/zh/projects/langgraph/",
            },
        ),
        (
            "jekyll-bitcoinops",
            "_posts/zh/newsletters/2024-07-05-newsletter.md",
            {
                "title": "Bitcoin Optech Newsletter #310",
                "tags": (),
                "date": datetime(2024, 7, 5, tzinfo=UTC),
                "language": "zh",
                "canonical_url": "https://blog.example.org/zh/newsletters/2024/07/05/",
                "key": "url:https://blog.example.org/zh/newsletters/2024/07/05",
                "warnings": (),
            },
        ),
        (
            "docusaurus-react-native",
            "website/blog/2015-11-23-making-react-native-apps-accessible.md",
            {
                "title": "Making React Native apps accessible",
                "tags": ("engineering",),
                "date": datetime(2015, 11, 23, tzinfo=UTC),
                "canonical_url": "https://blog.example.org/blog/2015/11/23/making-react-native-apps-accessible/",
                "cover": Image("https://blog.example.org/blog/assets/blue-hero.png"),
            },
        ),
        (
            "zola-rust-blog",
            "content/Rust-2018-dev-tools.md",
            {
                "title": "Tools in the 2018 edition",
                "date": datetime(2018, 12, 17, tzinfo=UTC),
                "canonical_url": "https://blog.example.org/2018/12/17/Rust-2018-dev-tools/",
                "warnings": (),
            },
        ),
        (
            "zola-blog-os",
            "blog/content/edition-2/posts/04-testing/index.fr.md",
            {
                "title": "Tests",
                "date": datetime(2019, 4, 27, tzinfo=UTC),
                "language": "fr",
                "canonical_url": "https://blog.example.org/fr/testing/",
            },
        ),
        (
            "astro-biome",
            "src/content/docs/blog/announcing-biome.mdx",
            {
                "date": datetime(2023, 8, 29, tzinfo=UTC),
                "summary": "Biome continues Rome's legacy; in this blog post, we explain why the fork, with some context"
                " and history.",
                "canonical_url": "https://blog.example.org/blog/announcing-biome/",
                "cover": None,
            },
        ),
        (
            "eleventy-eslint",
            "src/content/blog/2014-05-17-eslint-0.6.1-released.md",
            {
                "title": "ESLint 0.6.1 released",
                "summary": "We just pushed ESLint 0.6.1, which is bug fix release.",
                "date": datetime(2014, 5, 17, tzinfo=UTC),
            },
        ),
    ],
)
def test_what_real_posts_say(source: str, path: str, expected: dict[str, object]) -> None:
    """Fields of posts from nine sites, checked by eye against their files."""
    post = read(source, path)
    assert expected == {name: getattr(post, name) for name in expected}
