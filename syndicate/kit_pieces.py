"""Text work for kits: templates, a question and its answer in one text, letters to editors. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"\{(\w+)\}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def filled(template: str, values: Mapping[str, str]) -> str:
    """`template` with `values` in the place of their names. Raises `KeyError` for a name that is none."""
    return _NAME.sub(lambda name: values[name[1]], template)


def wanted(line: str, values: Mapping[str, str]) -> bool:
    """Whether `line` has something to say: its names, if it has some, are not all empty."""
    names = _NAME.findall(line)
    return not names or any(values[name] for name in names)


def escaped(plain: str) -> str:
    """Plain text for HTML."""
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def halves(own: str) -> tuple[str, str] | None:
    """What stands before and after the line `---`: one with a blank line above it, else the only one; none in code."""
    lines, fence, cuts = own.replace("\r\n", "\n").split("\n"), "", []
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        elif not fence and re.fullmatch(r"---+\s*", line):
            cuts.append(number)
    apart = [cut for cut in cuts if cut and not lines[cut - 1].strip()] or (cuts if len(cuts) == 1 else [])
    halves = [("\n".join(lines[:cut]).strip(), "\n".join(lines[cut + 1 :]).strip()) for cut in apart]
    return next(((asked, told) for asked, told in halves if asked and told), None)


def letter(template: str, values: Mapping[str, str]) -> str:
    """`template` without the lines whose names are all empty, and without the gaps that those leave."""
    kept = [filled(line, values).rstrip() for line in template.split("\n") if wanted(line, values)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def mail(to: str, subject: str, body: str, author: str, address: str) -> str:
    """A message that mail programs open as a draft (`X-Unsent`). The same bytes each time: no date, no id."""
    from email.header import Header
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import formataddr

    # `EmailMessage` loses blanks between encoded words, and folds a long subject before its first word.
    said = Header(subject, "us-ascii" if subject.isascii() else "utf-8", header_name="Subject")
    head = {"X-Unsent": "1", "To": to, "Subject": said.encode(linesep="\r\n")}
    if _ADDRESS.fullmatch(address):
        head["From"] = formataddr((author, address))
    mail = EmailMessage(policy=SMTP)
    mail.set_content(body + "\n", cte="quoted-printable")
    return "".join(f"{name}: {value}\r\n" for name, value in head.items()) + mail.as_bytes().decode("ascii")
