"""What a post is known by: its canonical URL, an id, or its path; and how that URL is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from .fields import Fields, short, word
from .location import page_path

#: Folded in `Fields`, so that `canonicalUrl`, `canonicalURL` and `canonical-url` are read too.
_CANONICAL = ("canonical_url", "canonicalLink", "canonical")
_PERMALINK = ("permalink", "url", "path")
#: Jekyll's names of permalink styles.
_STYLES = frozenset(("date", "pretty", "ordinal", "weekdate", "none", "true", "false"))
_TEMPLATE = re.compile(r"[{}<>\s]|:[A-Za-z_]")

_FULL = "write the whole URL, like https://example.com/posts/hello/"
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class Canonical:
    """The post's own URL. `certain`: the author wrote it; otherwise it was guessed from the file's path."""

    url: str | None
    certain: bool


def canonical(
    fields: Fields, *, site_url: str | None, path: PurePosixPath | None, site_language: str | None
) -> Canonical:
    """The URL that the front matter names, else the one at which the site most likely shows the post.

    Raises:
        UsageError: a canonical key holds something that is no http(s) URL.
    """
    for key, value in fields.find(*_CANONICAL):
        return Canonical(_explicit(fields, key, value, site_url), certain=True)
    if not site_url:
        fields.warn("no canonical URL is known; set `canonical_url`, or the site's URL in the configuration")
        return Canonical(None, certain=False)
    base = site_url.rstrip("/")
    for key, value in fields.find(*_PERMALINK):
        if found := _permalink(fields, key, value, base):
            return Canonical(found, certain=True)
    slug = _slug(fields)
    if path is None and slug is None:
        fields.warn("no canonical URL is known; set `canonical_url`")
        return Canonical(None, certain=False)
    guess = base + page_path(path or PurePosixPath("index.md"), slug=slug, site_language=site_language)
    fields.warn(f"canonical URL guessed from the path: {guess}; set `canonical_url` if it is another")
    return Canonical(guess, certain=False)


def is_explicit(fields: Fields) -> bool:
    """Whether the front matter itself says the canonical URL, whatever the site's address is."""
    return any(re.match(r"(https?:)?//", value) for _, value in fields.find(*_CANONICAL) if isinstance(value, str))


def _explicit(fields: Fields, key: str, value: Any, site_url: str | None) -> str:
    text = (value if isinstance(value, str) else "").strip()
    if not text:
        raise fields.error(f"must be a URL, not {short(value)}", key, next=_FULL)
    if bad := re.search(r"[\s{}<>\"\\^`|\x00-\x1f\x7f\ud800-\udfff]", text):
        raise fields.error(f"holds a character that no URL may hold: {bad[0]!a}", key, next=_FULL)
    if text.startswith("//"):
        text = f"https:{text}"
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        # `example.com/x` without its scheme would become a path of the site.
        first = text.partition("/")[0]
        if re.search(r"[^.]\.[a-z]{2,}$", first, re.IGNORECASE) and not re.search(r"\.(html?|php)$", first):
            raise fields.error(f"lacks its https://: {short(text)}", key, next=_FULL)
        if not site_url:
            raise fields.error(
                f"is relative ({short(text)}) and no site is configured",
                key,
                next=f"{_FULL}, or set the site's URL in the configuration",
            )
        text = _joined(f"{site_url.rstrip('/')}/", text)
    try:
        parts = urlsplit(text)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
        private = parts.username is not None or parts.password is not None
    except ValueError:
        good = private = False
    if private:
        raise fields.error("holds a user name or a password", key, next="take them out; the URL is sent to platforms")
    if not good:
        raise fields.error(f"is not an http or https URL: {short(text)}", key, next=_FULL)
    return text


def _joined(base: str, text: str) -> str:
    try:
        return urljoin(base, text)
    except ValueError:
        return text


def _permalink(fields: Fields, key: str, value: Any, base: str) -> str | None:
    """The URL of a permalink. Patterns (`/:year/:title/`), styles (`pretty`) and `false` say nothing here."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or text.lower() in _STYLES or text.startswith((".", "@")) or text.lower().endswith((".md", ".mdx")):
        return None
    if re.match(r"https?://", text, re.IGNORECASE):
        own = f"{normalise_url(text)}/".startswith(f"{normalise_url(base)}/")
        if not own:
            fields.warn(f"`{key}: {short(normalise_url(text))}` is not on {base} and was ignored")
            return None
        pattern = _TEMPLATE.search(text.split("/", 3)[-1])
        return None if pattern else _explicit(fields, key, text, base)
    if _TEMPLATE.search(text) or re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE):
        return None
    text = re.sub(r"(?:^|(?<=/))index\.html?$", "", text)
    path = quote(text.lstrip("/"), safe="/%:@!$&'()*+,;=~", errors="replace")
    # Zola writes `path` without its slashes and serves a folder.
    slash = "/" if key.lower() == "path" and path and not path.endswith("/") else ""
    return f"{base}/{path}{slash}"


def _slug(fields: Fields) -> str | None:
    for _, value in fields.find("slug"):
        text = (word(value) or "").strip().strip("/")
        if text and not _TEMPLATE.search(text.replace(" ", "-")):
            return text
    return None


def identity(found: Canonical, explicit: str | None, path: PurePosixPath | None) -> str | None:
    """The key under which the ledger knows the post; `None`: there is nothing to know it by.

    A URL that was guessed from the path changes when the file moves, so an id beats it.
    """
    if found.url and found.certain:
        return f"url:{normalise_url(found.url)}"
    if explicit:
        return f"id:{explicit}"
    if found.url:
        return f"url:{normalise_url(found.url)}"
    return f"path:{path}" if path is not None else None


def normalise_url(url: str) -> str:
    """One spelling for all URLs of one page; what is no http(s) URL comes back without its outer blanks.

    Scheme and host in lower case, `http` as `https`; without ports 80 and 443, user, fragment, `utm_*` parameters,
    trailing slashes and `index.html`; percent-encoding as RFC 3986 section 6.2.2 has it. Made for comparing, not
    for requests.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        return url
    host = (host or "").rstrip(".")
    if scheme not in ("http", "https") or not host:
        return url
    host = f"[{host}]" if ":" in host else _ascii_host(host)
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    path = _escapes(parts.path).rstrip("/")
    while path.lower().endswith(("/index.html", "/index.htm")):
        path = path[: path.rindex("/")].rstrip("/")
    kept = [pair for pair in parts.query.split("&") if pair and not pair.lower().startswith("utm_")]
    query = f"?{_escapes('&'.join(kept))}" if kept else ""
    return f"https://{host}{path}{query}"


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(host, errors="replace").lower()


def _escapes(text: str) -> str:
    """Percent-encoding in one form: capitals, nothing encoded that need not be, nothing bare that must be."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    text = quote(text, safe="/%:@!$&'()*+,;=~?", errors="replace")

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if _UNRESERVED.fullmatch(char) else match[0].upper()

    return re.sub(r"%([0-9A-Fa-f]{2})", one, text)
