"""Deliveries that a person makes: a kit is prepared in a folder, once, and the place is looked at before and after."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from .adapter import Part, Published
from .doubt import half_there, in_doubt
from .errors import Failure, UsageError, unexpected, word
from .ledger import Busy, Claim, ClaimLost, Row
from .plan import Item, part_of
from .report import BUSY, HANDOFF, Delivery, Handed, Problem, is_kit
from .send import Means, outcome

#: What an earlier try by a program, or with another config, may have left in a row.
_CLEARED = dict.fromkeys(("error_kind", "error_message", "error_next", "not_before"))


def kit_folder(kits: Path, post_key: str, source: str, target: str) -> Path:
    """Where the kit of a post for a target lies: the same for each run."""
    path = PurePosixPath(source)
    name = path.parent.name if path.stem in ("index", "_index") else path.stem
    mark = hashlib.sha256(post_key.encode()).hexdigest()[:8]
    return kits / f"{_safe(name) or 'post'}-{mark}" / _own(target)


async def hand_off(means: Means, item: Item) -> Delivery:
    """Prepares what a person needs, unless that was done before; or finds that it has been posted meanwhile."""
    assert item.draft is not None
    ledger = means.ledger
    # What a person has in hand stays recorded until something else lies in its place.
    wanted = list(item.rows) if _given(item) else item.wanted_rows()
    try:
        claim = ledger.claim(wanted)
    except Busy:
        return replace(item.delivery(), action="wait", error=BUSY)
    try:
        return await _prepared(means, item, claim)
    except (Busy, ClaimLost):
        return outcome(replace(item, action="wait"), ledger.rows(claim.post_key, claim.target), BUSY)
    finally:
        with contextlib.suppress(UsageError):  # what went wrong before matters more
            ledger.release(claim)


async def _prepared(means: Means, item: Item, claim: Claim) -> Delivery:
    """What became of a delivery under its claim. Raises `ClaimLost`."""
    ledger, row = means.ledger, claim.rows[0]
    if (told := _overtaken(item, claim.rows)) is not None:
        return told
    # Another run may have prepared it since the plan was made.
    before = row.state == "waiting" and (item.prepared or not _given(item))
    part = item.draft.parts[0] if _given(item) and not before and item.draft is not None else part_of(row)
    item = replace(item, prepared=before)
    if not is_kit(part.payload):
        return outcome(item, claim.rows, _lacking(item))
    folder = kit_folder(means.kits, row.post_key, row.source, item.target.name)
    found, notes = await _seen(means, item, part)
    if found is not None:
        _published(means, claim, found)
        return replace(outcome(item, ledger.rows(claim.post_key, claim.target), None), warnings=_found(item, found))
    try:
        if not before or not _is_there(folder):  # what was thrown away is made anew, as it was
            write(folder, part.payload["files"])
    except UsageError as error:  # that folder's trouble is no other target's
        return outcome(item, claim.rows, Problem(UsageError.__name__, error.message, error.next))
    if not before:
        because, at = f"prepared in {folder}", means.now().timestamp()
        kit = {name: getattr(part, name) for name in ("payload", "fingerprint", "text", "count", "limit", "encoding")}
        ledger.record(claim, 0, "waiting", at, because=because, **_CLEARED, **kit)
    delivery = outcome(item, ledger.rows(claim.post_key, claim.target), asked(item, folder))
    return replace(delivery, handed=handed(folder, part.payload), warnings=(*notes, *delivery.warnings))


def _given(item: Item) -> bool:
    """Whether a person was given it when the plan was made."""
    return any(row.state == "waiting" for row in item.rows)


def _overtaken(item: Item, rows: Sequence[Row]) -> Delivery | None:
    """What is told of a delivery that another run, or a person, has brought further since it was planned."""
    if all(row.state == "published" for row in rows):
        return outcome(replace(item, action="skip", notes=()), rows, None)
    if any(row.state == "published" for row in rows):
        return outcome(replace(item, action="resolve"), rows, half_there(rows, item.adapter))
    if any(row.state in ("unknown", "sending") for row in rows):
        return outcome(replace(item, action="resolve"), rows, in_doubt(item.adapter))
    return None


def _lacking(item: Item) -> Problem:
    """What was begun was a request, and the file is gone of which a kit could be made."""
    said = f"{item.adapter.title} takes this from a person, but its file is not here, so nothing can be prepared"
    advice = f"`syndicate publish` where the file is, or `syndicate cancel {word(item.post.source)} {word(item.target.name)}`"
    return Problem(HANDOFF, said, advice)


def asked(item: Item, folder: Path) -> Problem:
    """What a person is asked to do."""
    before = "was prepared before" if item.prepared else "is prepared"
    said = f"{item.adapter.title} takes this from a person; it {before} in {folder}"
    return Problem(
        HANDOFF, said, f"post it there, then `syndicate confirm {word(item.post.source)} {word(item.target.name)} URL`"
    )


def handed(folder: Path, payload: Mapping[str, Any]) -> Handed:
    return Handed(str(folder), str(payload["open"]), str(payload["copy"]), tuple(map(str, payload["steps"])))


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes a kit, whole or not at all; what another version left there goes. Raises `UsageError`."""
    for name in files:
        if PurePosixPath(name).name != name or name.startswith("."):
            raise UsageError(f"a kit cannot have a file `{name}`", next="report this, with the adapter's name")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        old = folder.with_name(f"{draft.name}.old")
        try:
            for name, content in files.items():
                (draft / name).write_text(content, encoding="utf-8", newline="")
            draft.chmod(0o755)
            with contextlib.suppress(FileNotFoundError):
                os.replace(folder, old)
            os.replace(draft, folder)
        finally:  # what a person put beside a kit goes with it
            for left in (draft, old):
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"{folder}: the kit cannot be written ({error.strerror})",
            next="make that folder writable, or set `publish.kits`",
        ) from None


def _is_there(folder: Path) -> bool:
    return os.path.isdir(folder)  # noqa: PTH112  pathlib's own raises where a folder above may not be read


async def _seen(means: Means, item: Item, part: Part) -> tuple[Published | None, tuple[str, ...]]:
    """Whether the place shows the post already; else a note where it could not be told."""
    look = getattr(item.adapter, "seen", None)
    if look is None:
        return None, ()

    def refuse() -> None:
        raise RuntimeError("`seen` only reads")

    try:
        found: Published | None = await look(part, means.connect(item.target.name, refuse))
    except Exception as error:  # noqa: BLE001  whatever went wrong while looking, a person can look
        trouble = error if isinstance(error, Failure) else unexpected(error)
        return None, (f"whether it is there already could not be looked up: {trouble.message}",)
    return found, ()


def _found(item: Item, found: Published) -> tuple[str, ...]:
    return (*item.notes, f"it is there already: {found.url or found.id}; nothing has to be posted")


def _published(means: Means, claim: Claim, found: Published) -> None:
    means.ledger.record(
        claim,
        0,
        "published",
        means.now().timestamp(),
        because=f"looked for and found: {found.url or found.id}",
        remote_id=found.id,
        remote_url=found.url,
        **_CLEARED,
    )


def _own(target: str) -> str:
    """A name for a target's folder that no other target has."""
    safe = _safe(target)
    return safe if safe and safe == target else f"{safe or 'target'}-{hashlib.sha256(target.encode()).hexdigest()[:8]}"


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60]
