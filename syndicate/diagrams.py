"""Diagrams written as text (Mermaid), drawn as pictures by a program of the user's own, for what takes uploads.

Without such a program, or where nothing is uploaded, a diagram stays the code that it is. What was drawn is kept, by
what it was drawn of: the preview and what is sent show the same picture.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

#: Below the project's folder.
FOLDER = Path(".syndicate") / "diagrams"
#: Seconds for one diagram: it starts a browser.
_PATIENCE = 60.0

#: Draws the diagram in the first file into the second one; says whether it did. Raises `TimeoutError`.
Draw = Callable[[Path, Path], bool]


def program(command: str) -> Draw | None:
    """What draws on this machine; `None`: it is not installed.

    `command`: that of Mermaid's own command-line interface, with what it needs here, as a shell would read it.
    """
    import shlex

    words = shlex.split(command)
    found = shutil.which(words[0]) if words else None
    if found is None:
        return None

    def draw(source: Path, picture: Path) -> bool:
        command = [found, *words[1:], "--quiet", "--scale", "2", "--backgroundColor", "white"]
        try:
            running = subprocess.Popen(  # noqa: S603  the user's own program, no shell
                [*command, "--input", str(source), "--output", str(picture)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return False
        try:
            return running.wait(_PATIENCE) == 0 and picture.is_file()
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        finally:
            if running.poll() is None:  # with the browser that it started
                with contextlib.suppress(OSError):
                    os.killpg(running.pid, signal.SIGKILL)
                running.wait()

    return draw


def drawn(body: str, root: Path, draw: Draw) -> dict[str, Path]:
    """The diagrams of a text as pictures below `root`: `diagram_name` → file. What cannot be drawn is left out."""
    from .markdown.diagram import diagram_name
    from .markdown.parse import Doc

    found: dict[str, Path] = {}
    for token in Doc(body).tokens:
        if token.type == "fence" and token.info.split()[:1] == ["mermaid"]:
            file = root / FOLDER / f"{hashlib.sha256(token.content.encode()).hexdigest()[:24]}.png"
            try:
                if file.is_file() or _made(token.content, file, draw):
                    found[diagram_name(token.content)] = file
            except TimeoutError:
                break  # the next one would take as long
    return found


def _made(source: str, file: Path, draw: Draw) -> bool:
    """Draws into `file`, which is there as a whole or not at all."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            written, picture = Path(folder) / "diagram.mmd", Path(folder) / "diagram.png"
            written.write_text(source, encoding="utf-8")
            if not draw(written, picture):
                return False
            os.replace(picture, file)
    except TimeoutError:
        raise
    except OSError:
        return False
    return True
