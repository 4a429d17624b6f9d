"""Deliveries that a person makes: a kit is prepared in a folder, once, and the place is looked at before and after."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from .adapter import Part, Published
from .errors import Failure, UsageError, unexpected
from .ledger import Busy, Claim
from .plan import Item
from .report import BUSY, HANDOFF, Delivery, Handed, Problem
from .send import Means, outcome, part_of


def kit_folder(kits: Path, post_key: str, source: str, target: str) -> Path:
    """Where the kit of a post for a target lies: the same for each run."""
    path = PurePosixPath(source)
    name = path.parent.name if path.stem in ("index", "_index") else path.stem
    mark = hashlib.sha256(post_key.encode()).hexdigest()[:8]
    return kits / f"{_safe(name) or 'post'}-{mark}" / _safe(target)


async def hand_off(means: Means, item: Item) -> Delivery:
    """Prepares what a person needs, unless that was done before; or finds that it has been posted meanwhile."""
    assert item.draft is not None
    ledger = means.ledger
    wanted = list(item.rows) if item.prepared else item.wanted_rows()
    try:
        claim = ledger.claim(wanted)
    except Busy:
        return replace(item.delivery(), action="wait", error=BUSY)
    part = part_of(claim.rows[0]) if item.prepared else item.draft.parts[0]
    folder = kit_folder(means.kits, item.post.key, item.post.source, item.target.name)
    notes: tuple[str, ...] = ()
    try:
        found, notes = await _seen(means, item, part)
        if found is not None:
            _published(means, claim, found)
            return replace(outcome(item, ledger.rows(claim.post_key, claim.target), None), warnings=_found(item, found))
        if not item.prepared or not folder.exists():  # what was thrown away is made anew, as it was
            write(folder, part.payload["files"])
        if not item.prepared:
            ledger.record(claim, 0, "waiting", means.now().timestamp(), because=f"prepared in {folder}")
    finally:
        with contextlib.suppress(UsageError):  # what went wrong before matters more
            ledger.release(claim)
    delivery = outcome(item, ledger.rows(claim.post_key, claim.target), asked(item, folder))
    return replace(delivery, handed=handed(folder, part.payload), warnings=(*notes, *delivery.warnings))


def asked(item: Item, folder: Path) -> Problem:
    """What a person is asked to do."""
    before = "was prepared before" if item.prepared else "is prepared"
    said = f"{item.adapter.title} takes this from a person; it {before} in {folder}"
    return Problem(HANDOFF, said, f"post it there, then `syndicate confirm {item.post.source} {item.target.name} URL`")


def handed(folder: Path, payload: Mapping[str, Any]) -> Handed:
    return Handed(str(folder), str(payload["open"]), str(payload["copy"]), tuple(map(str, payload["steps"])))


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes a kit, whole or not at all; what another version left there goes. Raises `UsageError`."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, content in files.items():
            if PurePosixPath(name).name != name or name.startswith("."):
                raise UsageError(f"a kit cannot have a file `{name}`", next="report this, with the adapter's name")
            (draft / name).write_text(content, encoding="utf-8", newline="")
        draft.chmod(0o755)
        old = folder.with_name(f"{draft.name}.old")
        with contextlib.suppress(FileNotFoundError):
            os.replace(folder, old)
        os.replace(draft, folder)
        _remove(old)
    except OSError as error:
        raise UsageError(
            f"{folder}: the kit cannot be written ({error.strerror})",
            next="make that folder writable, or set `publish.kits`",
        ) from None


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
    )


def _remove(folder: Path) -> None:
    """A kit is flat."""
    if folder.is_dir():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60]
