"""A YAML header as plain data: mappings, lists, texts, booleans and `None`; nothing else.

Scalars other than `true`, `false` and null stay the text that the author typed, so that the tag `1.10`, the title
`No` and the date `2024-13-45` arrive unharmed. The parser's events are read one by one instead of being composed
into a tree: composing recurses, and libyaml's composer ends the process on deeply nested brackets.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import UsageError

#: Nesting beyond this is a mistake or an attack.
MAX_DEPTH = 64
#: Values in all, what aliases stand for counted each time: a few lines of aliases of aliases are millions.
MAX_VALUES = 5_000

ADVICE = "correct that line; a value that holds `: ` or begins with one of @ ` % & * ! { [ must stand in quotes"

_NOTHING = object()


class Broken(UsageError):
    """A header that its own format's parser refuses."""

    def __init__(self, source: str, line: int, format: str, problem: str, *, next: str = ADVICE) -> None:
        problem = " ".join(problem.split())
        super().__init__(f"{source}:{line}: the front matter is not valid {format}: {problem}", next=next)


def load_yaml(text: str, *, source: str, line: int, warnings: list[str]) -> Any:
    """Reads one YAML document; `line` is the number of its first line in the file.

    Reads with libyaml where PyYAML was built with it: that takes tabs in flow lists, which real posts hold.

    Raises:
        UsageError: the parser's words with file and line.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(source, line, warnings)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        found = error.character if isinstance(error.character, str) else chr(error.character)
        at = line + text.count("\n", 0, max(text.find(found), 0))
        raise Broken(source, at, "YAML", f"it holds the control character U+{ord(found):04X}") from None
    except yaml.MarkedYAMLError as error:
        # An open quote is reported at the end of the text; the line where it was opened helps more.
        quoted = "quoted scalar" in (error.context or "")
        mark = (error.context_mark if quoted else error.problem_mark) or error.context_mark
        at = mark.line if mark else 0
        problem = "a quote is opened here and never closed" if quoted and "end of" in str(error.problem) else ""
        if "flow" in (error.context or "") and (opened := _opened(text.split("\n")[: at + 1])) is not None:
            at, problem = opened, "a bracket is opened here and never closed"
        raise Broken(source, line + at, "YAML", problem or str(error.problem)) from None
    except UnicodeEncodeError:
        raise Broken(source, line, "YAML", "it holds half of a surrogate pair") from None
    return None if builder.root is _NOTHING else builder.root


def _opened(lines: list[str]) -> int | None:
    """The last of the lines that opens more brackets than it closes, if it is not the one with the mistake alone."""
    for at in range(len(lines) - 1, -1, -1):
        words = re.sub(r"\"[^\"]*\"|'[^']*'|\s#.*", "", lines[at])
        balance = len(re.findall(r"[\[{]", words)) - len(re.findall(r"[\]}]", words))
        if balance:
            return at if balance > 0 else None
    return None


class _Builder:
    """Builds the data from the events, with a stack of its own."""

    def __init__(self, source: str, line: int, warnings: list[str]) -> None:
        self.root: Any = _NOTHING
        self._source, self._line, self._warnings = source, line, warnings
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[Any] = []
        self._anchors: dict[str, Any] = {}
        #: How many values there are so far; how many there were at the begin of each that is open, with its anchor; and
        #: how many each anchor stands for that is complete.
        self._held = 0
        self._begun: list[tuple[str | None, int]] = []
        self._sizes: dict[str | None, int] = {}

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._count(event, 1)
            self._put(_scalar(event), event)
            self._sizes[event.anchor] = 1
        elif kind == "AliasEvent":
            if event.anchor not in self._anchors:
                raise self._broken(event, f"the alias *{event.anchor} has no anchor")
            if event.anchor not in self._sizes:
                raise self._broken(event, f"the alias *{event.anchor} stands within what it names")
            self._count(event, self._sizes[event.anchor])
            self._put(self._anchors[event.anchor], event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            value: dict[str, Any] | list[Any] = {} if kind == "MappingStartEvent" else []
            self._sizes.pop(event.anchor, None)
            self._begun.append((event.anchor, self._held))
            self._count(event, 1)
            self._put(value, event)
            self._open.append(value)
            self._keys.append(_NOTHING)
            if len(self._open) > MAX_DEPTH:
                raise self._broken(event, f"it is nested more than {MAX_DEPTH} deep")
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._keys.pop()
            _merge(self._open.pop())
            anchor, before = self._begun.pop()
            self._sizes[anchor] = self._held - before

    def _count(self, event: Any, more: int) -> None:
        self._held += more
        if self._held > MAX_VALUES:
            raise self._broken(event, f"it holds more than {MAX_VALUES:,} values, what aliases stand for included")

    def _put(self, value: Any, event: Any) -> None:
        if getattr(event, "anchor", None) and type(event).__name__ != "AliasEvent":
            self._anchors[event.anchor] = value
        if not self._open:
            if self.root is not _NOTHING:
                raise self._broken(event, "it holds a second document")
            self.root = value
            return
        holder = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif self._keys[-1] is _NOTHING:
            if isinstance(value, dict | list):
                raise self._broken(event, "a key has to be a word; is this an unquoted {{ … }} of a template?")
            key = value if isinstance(value, str) else str(value).lower()
            if key in holder and key != "<<":
                self._warnings.append(f"line {self._at(event)}: `{key}` stands there twice; the last one counts")
            self._keys[-1] = key
        else:
            holder[self._keys[-1]] = value
            self._keys[-1] = _NOTHING

    def _at(self, event: Any) -> int:
        return self._line + int(event.start_mark.line)

    def _broken(self, event: Any, problem: str) -> Broken:
        return Broken(self._source, self._at(event), "YAML", problem)


def _scalar(event: Any) -> str | bool | None:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    lower = text.lower()
    return lower == "true" if lower in ("true", "false") else text


def _merge(holder: dict[str, Any] | list[Any]) -> None:
    """Carries out the merge key `<<`; the mapping's own keys win."""
    if not isinstance(holder, dict) or "<<" not in holder:
        return
    merged = holder.pop("<<")
    for other in merged if isinstance(merged, list) else [merged]:
        if isinstance(other, dict):
            for key, value in list(other.items()):
                holder.setdefault(key, value)
