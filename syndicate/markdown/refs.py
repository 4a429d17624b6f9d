"""Addresses of a site's other pages, as its generator would work them out from the names of their files."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from urllib.parse import urljoin

from markdown_it.common.utils import normalizeReference

from .edits import Report
from .tags import Tag

_DATED = re.compile(r"(.*?/)(\d{4})/(\d{2})/(\d{2})/[^/]+?(\.html|/)?$")
_PLAIN = re.compile(r"(https?://[^/]+/(?:[^/]+/)*?)[^/]+?(\.html|/)?$")
_POST = re.compile(r"(?:.*/)?(\d{4})-(\d{2})-(\d{2})-(.+)")
_PELICAN = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|](.*)")
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_\]\\!])\[(?!\^)([^\[\]]{1,300})\]\[([^\[\]]{0,200})\](?![\[(:])")
_DEFINITION = re.compile(r"^[ >]{0,3}\[([^\]\n]+)\]:[ \t]*\S", re.MULTILINE)
_SUFFIX = re.compile(r"(?:/?_?index)?(?:\.\w{2})?\.(?:md|markdown|mdx|html)$")


def reference(tag: Tag, base_url: str | None, report: Report) -> str | None:
    """The address for `ref`, `relref`, `link` and `post_url`; `None` where the tag says something else, or too little."""
    name, target = tag.name, tag.arg("path", at=0)
    if not target or target.startswith(("http://", "https://")):
        return None
    if name == "post_url":
        return _post(target, base_url, report)
    path, _, anchor = target.partition("#")
    fragment = f"#{anchor}" if anchor else ""
    if name == "link":  # Jekyll: a file of the site; only files that are copied keep their path
        if re.search(r"(?:^|/)_posts/", path):
            url = _post(re.sub(r"\.(?:md|markdown|html)$", "", path), base_url, report)
            return url and url + fragment
        page = re.search(r"\.(md|markdown|html?)$", path) or path.startswith("_")
        return None if page or "." not in path else "/" + path.lstrip("/")
    if not path:
        return fragment
    return _page(_SUFFIX.sub("", path), base_url, report) + fragment


def defined(text: str, known: Iterable[str]) -> frozenset[str]:
    """Labels of definitions, those too that stand right below a line which a generator takes away."""
    return frozenset((*known, *(normalizeReference(label) for label in _DEFINITION.findall(text))))


def dangling(text: str, known: Container[str]) -> Iterator[re.Match[str]]:
    """Links by reference, ``[text][label]`` and ``[text][]``, whose definition is not among the `known` ones."""
    for match in _REFERENCE.finditer(text) if "][" in text else ():
        if normalizeReference(match[2] or match[1]) not in known:
            yield match


def pelican(url: str, base_url: str, report: Report) -> str | None:
    """Pelican: ``{static}/a.png``, ``{filename}other.md``, ``{tag}x``, in older posts with bars for braces."""
    found = _PELICAN.match(url)
    if not found:
        return None
    kind, path = found[1], found[2]
    if kind == "attach":
        return path.rpartition("/")[2]
    if kind == "static" or (kind == "filename" and not re.search(r"\.(?:md|rst|markdown|html?)(?:#|$)", path)):
        return path
    report.add("links in Pelican's braces were worked out from the file names: check them")
    if kind == "index":
        return "/"
    if kind != "filename":
        return f"/{kind}/{path.lower().replace(' ', '-')}.html"
    name = re.sub(r"\.\w+(?=#|$)", "", path.rpartition("/")[2])
    name, hash, anchor = name.partition("#")
    return (f"../{name}/" if base_url.endswith("/") else f"{name}.html") + hash + anchor


def _page(path: str, base_url: str | None, report: Report) -> str:
    """Hugo: from the site's root, or beside this page, or from the folder that a page's own bundle is."""
    report.add("links written with `ref` or `relref` were worked out from the file names: check them")
    if not path.startswith("/"):
        up = "../" if base_url and base_url.endswith("/") else ""
        if base_url and path.startswith("../"):
            path = urljoin(base_url, path)
        elif base_url and ("/" not in path or path.startswith("./")):
            path = urljoin(base_url, up + path)
        else:
            path = "/" + path
    return path.rstrip("/") + "/"


def _post(target: str, base_url: str | None, report: Report) -> str | None:
    """Jekyll: as this post's own address is made of its date and name."""
    post = _POST.fullmatch(target)
    if not post or not base_url:
        return None
    if dated := _DATED.match(base_url):
        url = f"{dated[1]}{post[1]}/{post[2]}/{post[3]}/{post[4]}{dated[5] or ''}"
    elif (plain := _PLAIN.match(base_url)) and not re.search(r"/\d{4}(?:/|-)", base_url):
        url = f"{plain[1]}{post[4]}{plain[2] or ''}"
    else:
        return None
    report.add("links written with `post_url` were worked out from this post's own address: check them")
    return url
