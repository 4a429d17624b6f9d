"""`publish --open`: the pages on which a person posts, one after another, each with its text on the clipboard."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence

from ..preview import plain
from ..report import Delivery


def open_all(deliveries: Sequence[Delivery]) -> None:
    """Opens the pages. On a terminal it waits between two, as there is one clipboard. Says what it could not do."""
    wanted = [delivery for delivery in deliveries if delivery.handed]
    for number, delivery in enumerate(wanted):
        assert delivery.handed is not None
        page = delivery.handed.open
        if not page.startswith(("https://", "http://")):  # a ledger may come from anywhere, and a browser opens files
            _say(f"{delivery.target}: this is no page on the web, so it is not opened: {plain(page)}")
            continue
        copied = _copied(delivery.handed.copy)
        if not webbrowser.open(page):
            _say(f"{delivery.target}: there is no browser here; open {plain(page)}")
        elif copied:
            _say(f"{delivery.target}: the page is open, and the text is on the clipboard")
        else:
            _say(
                f"{delivery.target}: the page is open; there is no clipboard here: the text is in {delivery.handed.folder}"
            )
        if number + 1 < len(wanted) and sys.stdin.isatty():
            try:
                input("Enter goes on with the next one. ")
            except EOFError:
                return


def _copied(text: str) -> bool:
    import pyperclip

    try:
        pyperclip.copy(text)
    except pyperclip.PyperclipException:
        return False
    return True


def _say(text: str) -> None:
    print(f"syndicate: {text}", file=sys.stderr)
