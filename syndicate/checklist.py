"""A place's rules, checked against a post as far as a program can tell. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any, Literal
from unicodedata import category
from urllib.parse import urlsplit

from .adapter import Post
from .errors import Rejected
from .handoff import Place, Rule
from .markdown import Dialect, render

#: Markup of the text that is only counted.
_COUNTED = Dialect(format="html", tables=True, footnotes=True, strikethrough=True, html=None, anchors=True)
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = rf"[{_CJK}]|(?:(?![{_CJK}_])\w)+(?:(?:['’.-]|_+)(?:(?![{_CJK}_])\w)+)*"  # 4 ms to compile
_SIGNS = frozenset(("Mn", "Mc", "Cf"))
_SHORTER_TITLE = "give it another `title` for this target in the front matter"
#: What a rule objects to, and what helps, by its check.
_ADVICE = {
    "title": ("title", _SHORTER_TITLE),
    "words": ("body", "write another `text` for this target in the front matter, or leave the target out"),
    "links": ("body", "write another `text` for this target in the front matter, or leave the target out"),
    "tags": ("tags", "set `tags` for this target in the front matter"),
    "language": ("language", "set `languages` for this target, so that posts in others are not sent there"),
    "cover": ("cover", "set `cover` in the front matter"),
    "unpublished": ("url", "leave this target out"),
    "canonical": ("url", "set `canonical_url` in the front matter, or `site.url` in the config"),
    "author": ("author", "set `name` under `[author]` in the config"),
    "bio": ("author", "set `bio` under `[author]` in the config"),
}


@dataclass(frozen=True)
class Facts:
    """What the rules are about: the post as it is handed over."""

    post: Post
    title: str
    tags: tuple[str, ...] = ()
    author: str = ""
    bio: str = ""

    @cached_property
    def _html(self) -> str:
        return render(
            self.post.text or self.post.body, _COUNTED, base_url=self.post.base_url, title=self.post.title
        ).text

    @cached_property
    def words(self) -> int:
        """How many words the text has; code does not count, each Chinese or Japanese character does."""
        prose = re.sub(r"<pre\b.*?</pre>", " ", self._html, flags=re.DOTALL)
        text = unescape(re.sub(r"<[^>]*>", " ", prose))
        # Vowel signs of Indian scripts and joiners are no letters to `re`; they end no word.
        return len(re.findall(_WORD, text if text.isascii() else "".join(c for c in text if category(c) not in _SIGNS)))

    @cached_property
    def links(self) -> list[str]:
        """Addresses that the text links to, each as often as it does; the post's own sections are none."""
        found = map(unescape, re.findall(r'<a\b[^>]*?href="(https?://[^"]*)"', self._html))
        return [url for url in found if not url.startswith(f"{self.post.base_url}#")]

    @cached_property
    def site(self) -> str:
        """The host on which the post stands; empty when that is not known."""
        return _host(self.post.canonical_url or self.post.base_url or "")

    @property
    def own_links(self) -> int:
        return sum(host == self.site or host.endswith(f".{self.site}") for host in map(_host, self.links))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule: `✓` is met, `✗` is not, `?` is for a person. `found` says what was counted."""

    rule: Rule
    mark: Literal["✓", "✗", "?"]
    found: str = ""

    @property
    def line(self) -> str:
        return self.rule.says + (f": {self.found}" if self.found else "")


def judged(place: Place, facts: Facts) -> list[Verdict]:
    """Every rule that is for this post.

    Raises:
        Rejected: the place would turn the post down.
    """
    verdicts = [_verdict(rule, facts) for rule in place.rules if not rule.when or re.search(rule.when, facts.title)]
    for verdict in verdicts:
        if verdict.mark == "✗" and verdict.rule.weight == "refuse":
            about = next((name for name in _ADVICE if name in verdict.rule.check), "")
            field, advice = _ADVICE.get(about, (None, ""))
            raise Rejected(f"not met: {verdict.line}", field=field, next=verdict.rule.next or advice)
    return verdicts


def warnings(verdicts: Iterable[Verdict]) -> list[str]:
    """What a person has to hear before: what is not met, then what only they can tell."""
    told = list(verdicts)
    unmet = [
        f"not met: {one.line}" + (f"; {one.rule.next}" if one.rule.next else "") for one in told if one.mark == "✗"
    ]
    return [*unmet, *(f"yours to judge: {one.line}" for one in told if one.mark == "?")]


def text(title: str, place: Place, verdicts: Iterable[Verdict]) -> str:
    """The checklist as Markdown. `title`: the place's name."""
    lines = [f"# {title}: its rules, and this post", ""]
    if place.note:
        lines += [place.note, ""]
    when = f" The rules are those of {place.checked}." if place.checked else ""
    lines += [f"✓ is met, ✗ is not, ? is yours to judge.{when}", ""]
    for one in verdicts:
        lines.append(f"- {one.mark} {one.line}")
        if one.mark == "✗" and one.rule.next:
            lines.append(f"  - {one.rule.next}")
    return "\n".join(lines) + "\n"


def _verdict(rule: Rule, facts: Facts) -> Verdict:
    if rule.check == "person":
        return Verdict(rule, "?")
    met, found = _CHECKS[rule.check](facts, rule.value)
    if met:
        return Verdict(rule, "✓", found)
    return Verdict(rule, "?" if met is None or rule.weight == "ask" else "✗", found)


#: Whether a rule is met (`None`: it cannot be told), and what was found.
_Found = tuple[bool | None, str]


def _title_without(facts: Facts, pattern: str) -> _Found:
    found = re.search(pattern, facts.title)
    return found is None, f"“{found[0].strip()}”" if found else ""


def _title_without_site(facts: Facts, _: object) -> _Found:
    if not facts.site:
        return None, "the post's site is not known"
    name = max(facts.site.split("."), key=len)
    return _title_without(facts, rf"(?i)\b{re.escape(facts.site)}\b|\s[|·:–—-]\s*{re.escape(name)}\s*$")


def _words_per_link(facts: Facts, words: int) -> _Found:
    if not facts.site:
        return None, "the post's site is not known"
    links = facts.own_links
    return links * words <= facts.words, f"{_many(links, 'link')} to {facts.site} in {_many(facts.words, 'word')}"


def _language(facts: Facts, wanted: str) -> _Found:
    mine = facts.post.language
    return (mine == wanted or mine.startswith(f"{wanted}-"), mine) if mine else (None, "the post names none")


def _unpublished(facts: Facts, _: object) -> _Found:
    url = facts.post.canonical_url
    return (False, f"it is published at {url}") if url else (None, "the post has no canonical URL")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # what an author wrote as a link
        return ""


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


_CHECKS: dict[str, Callable[[Facts, Any], _Found]] = {
    "title_min": lambda facts, least: (len(facts.title) >= least, _many(len(facts.title), "character")),
    "title_max": lambda facts, most: (len(facts.title) <= most, _many(len(facts.title), "character")),
    "title_without": _title_without,
    "title_without_site": _title_without_site,
    "words_min": lambda facts, least: (facts.words >= least, _many(facts.words, "word")),
    "words_max": lambda facts, most: (facts.words <= most, _many(facts.words, "word")),
    "words_per_link": _words_per_link,
    "links_max": lambda facts, most: (len(facts.links) <= most, _many(len(facts.links), "link")),
    "tags_min": lambda facts, least: (len(facts.tags) >= least, _many(len(facts.tags), "tag")),
    "tags_max": lambda facts, most: (len(facts.tags) <= most, _many(len(facts.tags), "tag")),
    "language": _language,
    "needs_cover": lambda facts, _: (facts.post.cover is not None, ""),
    "needs_canonical": lambda facts, _: (bool(facts.post.canonical_url), ""),
    "needs_author": lambda facts, _: (bool(facts.author), ""),
    "needs_bio": lambda facts, _: (bool(facts.bio), ""),
    "unpublished": _unpublished,
}
