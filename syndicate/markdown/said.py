"""What stands in the arguments of a tag or a component and is meant for readers: titles, texts, pictures, links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .callouts import label
from .place import within

#: Arguments that hold a heading, in the order in which they are looked for.
_TITLES = ("title", "heading", "header", "label", "summary", "question")
#: Arguments that hold text.
_TEXTS = (
    "subtitle", "text", "content", "body", "message", "description", "desc", "caption", "answer", "quote", "alt",
)  # fmt: skip
_FROM = ("author", "by", "cite", "attribution", "source")
_LINKS = ("href", "url", "link", "to", "relref")
_SOURCES = ("src", "image", "img", "path", "url", "image_path", "file", "filename", "source", "sources", "srclight")
#: Arguments of several words that no reader sees.
_SETTINGS = frozenset(
    (  # noqa: SIM905
        "class classname style id rel target sizes srcset loading when query filter where sort allow sandbox font d points "
        "viewbox transform path"
    ).split()
)
_MANAGERS = ("npm", "pnpm", "yarn", "bun", "deno", "npx", "pip", "brew", "cargo")
#: A file that is played.
MEDIA = re.compile(r"\S+\.(?:mp3|m4a|ogg|oga|wav|flac|mp4|m4v|webm|mov)(?:[?#]\S*)?", re.IGNORECASE)
_PICTURE = re.compile(r"figure|img|images?|asset_img|imgproc|picture|photo|themedimage|\w*(?:image|img|figure)")
_DRAWN = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)(?:[?#]\S*)?$", re.IGNORECASE)
_QUOTES = frozenset({"quote", "blockquote", "epigraph", "pullquote", "cite"})
#: What is no text though it stands where one could.
_NOTHING = re.compile(r"true|false|none|null|undefined|auto|#?[\da-f]{3,8}|[\W\d_]*", re.IGNORECASE)


def destination(url: str) -> str:
    """`url` for the parentheses of a link."""
    return f"<{url}>" if re.search(r"[\s()]", url) else url


def title(args: Mapping[str, str]) -> str:
    return _first(args, _TITLES)


def link(args: Mapping[str, str]) -> str:
    """The address that a button or a card leads to."""
    found = next((args[name] for name in _LINKS if args.get(name)), "")
    return found if re.match(r"[\w.]*[/:#.?]|\w[\w/-]*$", found) else ""


def as_html(text: str) -> str:
    """One line of Markdown within an HTML tag."""
    if not re.search(r"[*_`<&\[\\]", text):
        return text
    from . import to_html

    return to_html(text).strip().removeprefix("<p>").removesuffix("</p>")


def is_quote(name: str) -> bool:
    return name.lower() in _QUOTES


def source(args: Mapping[str, str]) -> str:
    """Whose words a quote holds, on a line of its own; empty if it does not say."""
    said = [args[name] for name in _FROM if args.get(name) and not args[name].startswith(("http:", "https:"))]
    url = next((args[n] for n in ("url", "href", "link", "cite", "source") if args.get(n, "").startswith("http")), "")
    text = ", ".join(dict.fromkeys([*said, *([args["title"]] if args.get("title") else [])]))
    if url:
        text = f"[{text}]({destination(url)})" if text else f"<{url}>"
    return f"— {text}" if text else ""


def picture(name: str, args: Mapping[str, str], words: Iterable[str] = ()) -> str:
    """A figure as an image with its title, caption and source below; empty if the tag shows no picture."""
    words = list(words)
    found = [w for w in words if re.search(r"[./]", w) and " " not in w]
    src = next((args[s] for s in _SOURCES if args.get(s)), "") or (found[0] if found else "")
    if not src or not (_PICTURE.fullmatch(name.lower()) or _DRAWN.search(src)):
        return ""
    head, alt = _first(args, ("title",)), args.get("alt", "")
    text = _first(args, ("caption", "description", "desc", "text", "content"))
    if not alt and name == "asset_img":
        alt = " ".join(w for w in words if w != src)
    by = args.get("attr", "")
    if by and args.get("attrlink"):
        by = f"[{by}]({destination(args['attrlink'])})"
    if head and not text and alt:
        text, head = ("", "") if head == alt else (head, "")
    elif head == text:
        head = ""
    below = " ".join(filter(None, (f"**{head}**" if head and (text or by) else "", _slanted(text), by)))
    flat = re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`]|\[|\]", r"\1", alt or text or head)
    image = f"![{flat}]({destination(src)})"
    if to := args.get("link") or args.get("href") or args.get("target", ""):
        image = f"[{image}]({destination(to)})" if re.search(r"[/.#]", to) else image
    return f"{image}\n\n{below}" if below and below.strip("*") != alt else image


def alone(name: str, args: Mapping[str, str], words: Iterable[str] = ()) -> str:
    """The text of a tag that encloses nothing, as Markdown blocks; empty if it says nothing."""
    texts = [args[n] for n in _TEXTS if _says(args.get(n, ""))] or [w for w in words if _says(w) and " " in w.strip()]
    code = _commands(args)
    known = {*_TITLES, *_TEXTS, *_FROM, *_LINKS, *_SOURCES, *_SETTINGS}
    known |= {"command", "cmd", "shell", *_MANAGERS} if code else set()
    code = _commands(args)
    more = [_told(key, value) for key, value in args.items() if key not in known and is_prose(value)]
    head, to = title(args), link(args)
    if head in texts:
        head = ""
    if is_quote(name) and (texts := texts + more):
        lines = "\n\n".join(filter(None, (*texts, source(args))))
        return "> " + within("> ", lines)
    if (
        texts
        and not to
        and not more
        and (said := label(name, head, args.get("type") or args.get("variant") or args.get("kind", "")))
    ):
        return f"> **{said}**\n>\n> " + within("> ", "\n\n".join(texts))
    texts += more + ([code] if code else [])
    if to and (head or texts):
        head = f"[{head or texts.pop(0)}]({destination(to)})"
        if len(texts) == 1 and "\n" not in texts[0]:
            return f"{head}: {texts[0]}"
    elif head:
        head = f"**{head}**"
    return "\n\n".join(filter(None, (head, *texts)))


def _told(name: str, value: str) -> str:
    """An argument of another name whose value is text: a question in bold."""
    value = re.sub(r"<!--.*?-->", "", value, flags=re.DOTALL).replace("****", "").strip()
    return f"**{value}**" if re.fullmatch(r"q\d+", name) and "**" not in value else value


def _commands(args: Mapping[str, str]) -> str:
    """What is to be typed, as a block of code: a command, or one for each package manager."""
    lines = [args[name] for name in ("command", "cmd", "shell") if is_prose(args.get(name, ""))]
    for name in _MANAGERS:
        if value := args.get(name, ""):
            lines += [value if value.startswith(name) else f"{name} {value}"] if " " in value else []
    return "```sh\n" + "\n".join(lines) + "\n```" if lines and not any("```" in line for line in lines) else ""


def played(file: str, args: Mapping[str, str]) -> str:
    """A link to a file with sound or moving pictures."""
    name = title(args) or args.get("caption", "")
    stem = file.rpartition("/")[2]
    if not name and re.match(r"https?:", file) and not re.fullmatch(r"(?=[\w.-]*[A-Za-z]{4})[\w.-]{1,40}", stem):
        return f"<{file}>"
    return f"[{name or stem}]({destination(file)})"


def on_one_line(text: str, then: str = "") -> str:
    """Blocks that `alone` made, within a paragraph; before `then`, a single one stays in bold."""
    pieces = [piece.removeprefix("> ").strip() for piece in re.split(r"\n(?:> ?)*\n", text)]
    pieces = [re.sub(r"```\w*\n(.*?)\n```", r"`\1`", piece, flags=re.DOTALL) for piece in pieces if piece]
    return (
        ": ".join(pieces) + then if then or len(pieces) > 1 else "".join(pieces).removeprefix("**").removesuffix("**")
    )


def is_prose(value: str) -> bool:
    """Whether an argument of any name reads as words of a language, not as a setting."""
    words = len(re.findall(r"[^\W\d_]{2,}", value)) > 1 and " " in value.strip()
    return (words or bool(re.search(r"[\u3040-\u9fff\uac00-\ud7af]{2}", value))) and "{" not in value


def _first(args: Mapping[str, str], names: Iterable[str]) -> str:
    return next((args[name].strip() for name in names if _says(args.get(name, ""))), "")


def _says(value: str) -> bool:
    return bool(value) and not _NOTHING.fullmatch(value.strip())


def _slanted(text: str) -> str:
    """A caption in italics, unless its own marks would end them."""
    if not text or "\n" in text:
        return text
    return text if re.search(r"(?<!\*)\*(?!\*)|_", text) else f"*{text}*"
