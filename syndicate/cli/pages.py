"""`publish --open`: the pages on which a person posts, one after another, each with its text on the clipboard."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence

from ..report import Delivery


def open_all(deliveries: Sequence[Delivery]) -> None:
    """Opens the pages. On a terminal it waits between two, as there is one clipboard. Says what it could not do."""
    wanted = [delivery for delivery in deliveries if delivery.handed]
    for number, delivery in enumerate(wanted):
        assert delivery.handed is not None
        copied = _copied(delivery.handed.copy)
        if not webbrowser.open(delivery.handed.open):
            _say(f"{delivery.target}: there is no browser here; open {delivery.handed.open}")
        elif copied:
            _say(f"{delivery.target}: the page is open, and the text is on the clipboard")
        else:
            _say(
                f"{delivery.target}: the page is open; there is no clipboard here: the text is in {delivery.handed.folder}"
            )
        if number + 1 < len(wanted) and sys.stdin.isatty():
            input("Enter goes on with the next one. ")


def _copied(text: str) -> bool:
    import pyperclip

    try:
        pyperclip.copy(text)
    except pyperclip.PyperclipException:
        return False
    return True


def _say(text: str) -> None:
    print(f"syndicate: {text}", file=sys.stderr)
