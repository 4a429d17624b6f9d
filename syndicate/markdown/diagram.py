"""Diagrams as pictures, where there are some: by which name they are known, and what is said of them."""

from __future__ import annotations

import hashlib
import re

#: Mermaid's own words for who cannot see it, on one line or in braces.
_SAID = re.compile(r"^\s*acc(Title|Descr)\s*(?::\s*(.+)|\{([^}]*)\})$", re.MULTILINE)


#: How the keys of diagrams among `pictures` begin.
DIAGRAM = "mermaid:"


def diagram_name(content: str) -> str:
    """The key of a diagram's picture among `pictures`."""
    return f"{DIAGRAM}{hashlib.sha256(content.strip().encode()).hexdigest()[:16]}"


def alternative(content: str) -> str:
    """A text in the place of the picture: the diagram's own, else its kind."""
    found = {kind: " ".join((line or lines).split()) for kind, line, lines in _SAID.findall(content)}
    if said := found.get("Descr") or found.get("Title"):
        return re.sub(r"[\[\]\\]", "", said)
    body = re.sub(r"\A---\n.*?\n---\n|^\s*%%.*$", "", content, flags=re.DOTALL | re.MULTILINE)
    kind = re.match(r"\s*([A-Za-z]+)", body)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind[1]).removesuffix("Diagram").strip().lower() if kind else ""
    return f"Diagram: {'flowchart' if name == 'graph' else name.removesuffix(' diagram')}" if name else "Diagram"
