"""Pictures of the project in a self post: uploaded to Reddit, each a block of its own between others.

Reddit takes pictures only in its own form of a text (rich text as JSON), which it makes itself of Markdown that names
uploads. Facts are from PRAW and its recorded answers of 2020 and 2022 (gh:praw-dev/praw @7b69758, `inline_media`): the
endpoints are not in Reddit's documentation. Unconfirmed: how much a caption may have, and that text comes back from that
form with the same words; marks of emphasis and the like may come back as others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from .. import text
from ..adapter import Part, Uploads
from ..errors import Rejected
from ..local import local, locals_in
from ._oauth import Api
from ._reading import same_text, tidy
from ._s3 import store

if TYPE_CHECKING:
    from markdown_it.token import Token

    from ..markdown.parse import Doc

#: 20 MiB of a PNG, and 100 MiB of a GIF, as the policies of recorded uploads say.
PICTURES = Uploads(size=20 * 1024 * 1024, types=("image/png", "image/jpeg", "image/gif"))
_CAPTION = 180
#: How a picture stands in a payload, on a line of its own.
_LINE = re.compile(r"^!\[((?:\\.|[^\]\\\n])*)\]\((https://picture\.invalid/[\w./~%-]+)\)$", re.MULTILINE)
#: Where Reddit shows pictures from, and what it says while it is at work on one.
_THERE = re.compile(r"https://(?:preview|i)\.redd\.it/[\w./?&=%~-]+")
_AT_WORK = re.compile(r"\*Processing (?:img|gif) \w+\.\.\.\*")
#: What the pipeline says of an image without a description.
_NAMELESS = "image"
_TALLY = re.compile(r"(\d+) images? (?:is|are) shown as a link")


def laid_out(body: str, warnings: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A text in which pictures of the project are links, with each of them on a line of its own; and what is lost by it.

    One that stands in a sentence, a list, a quote or a table follows behind that, and leaves its description there.
    """
    if not locals_in(body):
        return body, warnings
    from ..markdown.parse import Doc

    doc = Doc(body)
    edits = doc.edits()
    placed = moved = cut = 0
    for start, end, inlines in _blocks(doc):
        lines: list[str] = []
        alone = len(inlines) == 1 and doc.source[start] in "[<!" and _is_bare(inlines[0])
        for inline in inlines:
            for link, words in _pictures(inline):
                said = _said(link, words)
                lines.append(_line(link, said))
                cut += alone and len(said) > _CAPTION
                if not alone:
                    at = doc.span(inline, link.meta["span"])
                    label = inline.content[link.meta["span"][0] + 1 : link.meta["label_end"]]
                    edits.replace(*at, "" if words == _NAMELESS else label)
        placed += len(lines)
        moved += 0 if alone else len(lines)
        if alone:
            edits.replace(start, end, "\n\n".join(lines))
        elif lines:
            edits.insert(end, "".join(f"\n\n{line}" for line in lines))
    for first, last, _ in doc.env.get("definitions", ()):
        if locals_in(doc.source[slice(*doc.lines(first, last))]):
            edits.replace(*doc.lines(first, last), "")
    return edits.apply(), _told(warnings, placed, moved, cut)


def _told(warnings: tuple[str, ...], placed: int, moved: int, cut: int) -> tuple[str, ...]:
    """The pipeline's warnings, which count all images as links, with those that are none taken out of it."""
    said: list[str] = []
    for warning in warnings:
        if not (found := _TALLY.fullmatch(warning)):
            said.append(warning)
        elif (left := int(found[1]) - placed) > 0:
            said.append(f"{left} {'image is' if left == 1 else 'images are'} shown as a link")
    if moved:
        what = "a picture stands" if moved == 1 else f"{moved} pictures stand"
        said.append(f"{what} behind the paragraph, list, quote or table that shows it: Reddit has none within these")
    if cut:
        what = "a picture's caption is" if cut == 1 else f"the captions of {cut} pictures are"
        said.append(f"{what} cut to {_CAPTION} characters")
    return tuple(said)


def _blocks(doc: Doc) -> Iterator[tuple[int, int, list[Token]]]:
    """Start and end of each block at the top level, and the texts in it."""
    opened: Token | None = None
    inlines: list[Token] = []
    for token in doc.tokens:
        if token.type == "inline":
            inlines.append(token)
        if token.level == 0 and token.nesting >= 0:
            opened, inlines = token, []
        if token.level == 0 and token.nesting <= 0 and opened and opened.map and inlines:
            start, end = doc.lines(*opened.map)
            source = doc.source[start:end]
            yield start + len(source) - len(source.lstrip()), start + len(source.rstrip()), inlines


def _pictures(inline: Token) -> Iterator[tuple[Token, str]]:
    """Links to pictures of the project, and their words."""
    children = inline.children or []
    for at, child in enumerate(children):
        if child.type == "link_open" and local(str(child.attrs.get("href", ""))):
            end = next(n for n in range(at, len(children)) if children[n].type == "link_close")
            yield child, "".join(one.content for one in children[at:end]).strip()


def _is_bare(inline: Token) -> bool:
    """Whether a paragraph is nothing but pictures of the project."""
    inside, any_ = False, False
    for child in inline.children or []:
        if child.type == "link_open" and local(str(child.attrs.get("href", ""))):
            inside = any_ = True
        elif child.type == "link_close":
            inside = False
        elif not inside and (child.type != "softbreak" and child.content.strip()):
            return False
    return any_


def _said(link: Token, words: str) -> str:
    """What a picture says: its description, its title, or both."""
    title = str(link.attrs.get("title") or "")
    words = "" if words == _NAMELESS else words
    return " ".join((f"{words} ({title})" if words and title and title != words else words or title).split())


def _line(link: Token, said: str) -> str:
    caption = re.sub(r"[\\\[\]]", r"\\\g<0>", text.fit(said, _CAPTION))
    return f"![{caption}]({link.attrs['href']})"


@dataclass(frozen=True, slots=True)
class Studio:
    """What makes Reddit's own form of a text with pictures, for one attempt."""

    api: Api

    async def filled(self, part: Part) -> Part:
        """`part` as it is sent: with pictures, its text as Reddit's rich text.

        Raises:
            Failure: a picture cannot be had, made to fit, or taken, or not now.
        """
        body = str(part.payload.get("text", ""))
        lines = [(found, own) for found in _LINE.finditer(body) if (own := local(found[2]))]
        if not lines:
            return part
        there: dict[str, tuple[str, str]] = {}
        for _, own in lines:
            if own.digest not in there:
                there[own.digest] = await self._upload(own.address)
        ids = [there[own.digest] for _, own in lines]
        captions = [re.sub(r"\\(.)", r"\1", found[1]) for found, _ in lines]
        named, end = "", 0
        for (found, _), (id, kind) in zip(lines, ids, strict=True):
            named += f'{body[end : found.start()]}![{kind}]({id} "")'
            end = found.end()
        document = await self._converted(named + body[end:])
        _caption(document, [id for id, _ in ids], captions)
        rich = json.dumps({"document": document}, ensure_ascii=False, separators=(",", ":"))
        return replace(part, payload={**_without(part.payload, "text"), "richtext_json": rich})

    async def _upload(self, address: str) -> tuple[str, str]:
        """The id of what was uploaded, and what a text calls it."""
        file = await self.api.http.picture(address, limit=PICTURES.size, types=PICTURES.types)
        asked = {"api_type": "json", "filepath": file.name, "mimetype": file.media_type}
        action, fields, id = await self.api.post("/api/media/asset.json?raw_json=1", _lease, asked)
        url = f"{urlsplit(self.api.base_url).scheme}:{action}"
        await store(self.api.http, self.api.base_url, url, fields, (file.name, file.content, file.media_type))
        return id, "gif" if file.media_type == "image/gif" else "img"

    async def _converted(self, markdown: str) -> list[dict[str, Any]]:
        asked = {"api_type": "json", "output_mode": "rtjson", "markdown_text": markdown}
        path = "/api/convert_rte_body_format?raw_json=1"
        return await self.api.post(path, lambda body: list(body["output"]["document"]), asked)


def _lease(body: Any) -> tuple[str, dict[str, str], str]:
    """Where an upload goes (without scheme), its form, and the id that it has then."""
    fields = {str(field["name"]): str(field["value"]) for field in body["args"]["fields"]}
    return str(body["args"]["action"]), fields, str(body["asset"]["asset_id"])


def _caption(document: list[dict[str, Any]], ids: list[str], captions: list[str]) -> None:
    """Writes captions to the pictures in `document`. They are not in the Markdown: a quotation mark would end one there."""
    pictures = [block for block in document if block.get("e") in ("img", "gif")]
    if [block.get("id") for block in pictures] != ids:
        said = "Reddit did not place the pictures in the text as they were named to it"
        raise Rejected(said, field="images", next="set `upload_pictures = false` for this target")
    for block, caption in zip(pictures, captions, strict=True):
        block.pop("c", None)
        if caption:
            block["c"] = caption


def _without(payload: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key != name}


def same_words(sent: str | None, there: str) -> bool:
    """Whether a text is what was sent. One with pictures may have other marks: its words, code and links count."""
    if not sent or not _LINE.search(sent):
        return same_text(there, sent)
    return _flat(sent) == _flat(there)


def _flat(markdown: str) -> tuple[list[str], list[str]]:
    """Words and pictures in order; addresses in order."""
    from markdown_it import MarkdownIt

    source = _LINE.sub("<https://i.redd.it/>", tidy(markdown))
    source = _AT_WORK.sub("<https://i.redd.it/>", source)
    words: list[str] = []
    links: list[str] = []
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    for token in tokens:
        within = False
        for child in token.children or [token]:
            if child.type == "link_open":
                address = str(child.attrs["href"])
                within = _is_there(address)
                (words if within else links).append("<picture>" if within else address)
            elif child.type == "link_close":
                within = False
            elif child.type == "image":
                words.append("<picture>" if "://" not in str(child.attrs["src"]) else child.content)
            elif not within:
                for word in child.content.split():
                    if _is_there(word):
                        words.append("<picture>")
                    elif "://" in word:
                        links.append(word)
                    else:
                        words.append(word)
    plain = [unquote(link).rstrip("/") for link in links]
    return words, [link for at, link in enumerate(plain) if not at or link != plain[at - 1]]


def _is_there(address: str) -> bool:
    return bool(address == "https://i.redd.it/" or _THERE.fullmatch(address))
