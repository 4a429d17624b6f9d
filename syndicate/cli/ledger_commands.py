"""What `syndicate ledger …` does, without the parser. Each prints, returns an exit code, and raises `UsageError`."""

from __future__ import annotations

import contextlib
import dataclasses
import json as json_
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from .. import config as configuration
from ..errors import UsageError
from ..ledger import Ledger
from ..ledger import migrate as bring_up_to_date
from ..ledger.check import Counts, Finding
from ..ledger.check import check as findings
from ..ledger.portable import Item, dump, load
from ..ledger.transfer import (
    Copied,
    Source,
    at_rest,
    compare,
    contents,
    open_destination,
    open_existing,
    place,
    same_place,
)
from ..ledger.transfer import copy as carry
from .output import say

#: How many conflicts are listed.
_SHOWN = 20
#: What a shell gives for a program that wrote into a closed pipe.
_GONE = 141


def document(value: dict[str, Any]) -> str:
    """One JSON document, in letters that standard output can take."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json_.dumps(value, ensure_ascii=ascii_only, indent=2)


def _configured(config: Path | None) -> tuple[str, Path, float]:
    """The ledger's URL, the folder it is told from, and how long a lost request is waited for."""
    settings = configuration.load(configuration.find(config))
    return settings.state_url, settings.root, settings.deadline + settings.settle


def migrate(config: Path | None) -> int:
    """`syndicate ledger migrate`."""
    url, root, _ = _configured(config)
    before, now = bring_up_to_date(url, root)
    if before == 0:
        done = f"made (schema {now})"
    else:
        done = f"is up to date (schema {now})" if before == now else f"brought from schema {before} to {now}"
    say(f"{place(url, root)}: {done}")
    return 0


def copy(source: str, to: str, config: Path | None) -> int:
    """`syndicate ledger copy`."""
    root = _root(config)
    with _option("--from"):
        place(source, root)
        here = open_existing(source, root)
    with contextlib.closing(here):
        with _option("--to"):
            where = place(to, root)
            if same_place(source, to, root):
                raise UsageError("--from and --to are the same ledger", next="name two different ones")
        at_rest(here, "the source")
        with _option("--to"):
            there = open_destination(to, root)
        done = _carried(lambda: contents(here), there)
    with contextlib.closing(open_existing(source, root)) as again:
        code = _verified(done, lambda: contents(again), open_existing(to, root))
    if code == 0:
        say(f"next: set `state.url` to {where} wherever syndicate runs; no run may use the old ledger any more,")
        say("      since it does not learn what is sent from now on")
    return code


def _carried(source: Source, there: Ledger) -> Copied:
    with contextlib.closing(there):
        at_rest(there, "the destination")
        return carry(source, there)


def _verified(done: Copied, source: Source, again: Ledger) -> int:
    """Reads both sides once more and tells how they compare."""
    with contextlib.closing(again):
        read = compare(source, lambda: contents(again))
    say(f"{_deliveries(done.written)} copied, {done.equal} there already")
    if read.here.noted:
        say(f"of the watch (feeds, entries, queue): {done.noted_written} copied, {done.noted_equal} there already")
    if read.extra:
        say(f"{_deliveries(read.extra)} only in the destination, left as they are")
    if read.noted_extra:
        say(f"of the watch: {read.noted_extra} only in the destination, left as they are")
    for what, why in done.refused[:_SHOWN]:
        print(f"syndicate: {what}: {why}; not changed", file=sys.stderr)
    if len(done.refused) > _SHOWN:
        print(f"syndicate: … and {len(done.refused) - _SHOWN} more", file=sys.stderr)
    if read.differing + read.noted_differing == 0:
        say(f"verified, both read again: {read.here}; sha256 {read.here.sha256}")
        return 0
    if read.differing:
        print(f"syndicate: {_deliveries(read.differing)} of {read.here.deliveries} differ", file=sys.stderr)
    if read.noted_differing:
        print(f"syndicate: of the watch: {read.noted_differing} of {read.here.noted} differ", file=sys.stderr)
    advice = "`syndicate status` on both shows which is right; go on with one of the two ledgers, not with both"
    if len(done.refused) < read.differing + read.noted_differing:
        advice = "a run has changed one of them meanwhile: let none run, then the same command again"
    print(f"  next: {advice}", file=sys.stderr)
    return 1


def _deliveries(number: int) -> str:
    return f"{number} {'delivery' if number == 1 else 'deliveries'}"


def _root(config: Path | None) -> Path:
    """Where relative paths start: at the config, which need not be there."""
    try:
        return configuration.find(config).parent
    except UsageError:
        if config is not None or os.environ.get("SYNDICATE_CONFIG"):
            raise
        return Path.cwd()


@contextlib.contextmanager
def _option(name: str) -> Iterator[None]:
    """Messages about the configured ledger name the option instead."""
    try:
        yield
    except UsageError as error:
        words = [said.replace("`state.url`", name).replace("state.url", name) for said in (error.message, error.next)]
        migrated = words[1].replace("`syndicate ledger migrate`", "set `state.url` to it, `syndicate ledger migrate`")
        raise UsageError(words[0], next=migrated) from None


def export(file: str, config: Path | None) -> int:
    """`syndicate ledger export`."""
    url, root, _ = _configured(config)
    if file != "-" and os.path.lexists(file):
        raise UsageError(f"{file}: it is there already", next="name another file, or remove that one")
    with contextlib.closing(open_existing(url, root)) as here:
        at_rest(here, "the ledger")
        return _to_output(here) if file == "-" else _to_file(here, Path(file))


def _to_output(here: Ledger) -> int:
    raw = getattr(sys.stdout, "buffer", None)
    try:
        tally = dump(contents(here), raw.write if raw else lambda line: sys.stdout.write(line.decode()))
        sys.stdout.flush()
    except OSError as error:
        _gone(error)
    print(f"syndicate: {tally}; sha256 {tally.sha256}", file=sys.stderr)
    return 0


def _gone(error: OSError) -> NoReturn:
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  the interpreter flushes it once more when it ends
    if isinstance(error, BrokenPipeError):
        raise SystemExit(_GONE)
    raise UsageError(f"cannot write to standard output ({error.strerror})", next="what it got is no whole ledger")


def _to_file(here: Ledger, path: Path) -> int:
    """The file gets its name when it is whole and on disk."""
    draft = path.with_name(f"{path.name}.{os.urandom(6).hex()}.new")
    try:
        with draft.open("xb") as file:
            tally = dump(contents(here), file.write)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        raise UsageError(f"{path}: it is there already", next="name another file") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})", next="name another file") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    say(f"{path}: {tally}; sha256 {tally.sha256}")
    return 0


def import_(file: str, config: Path | None) -> int:
    """`syndicate ledger import`."""
    url, root, _ = _configured(config)
    with _opened(file) as data:

        def source() -> Iterator[Item]:
            return load(data, file)

        for _item in source():
            pass
        done = _carried(source, open_destination(url, root))
        return _verified(done, source, open_existing(url, root))


@contextlib.contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    """The file, or what comes through a pipe in a file of its own: it is read more than once."""
    try:
        with contextlib.ExitStack() as stack:
            data: IO[bytes] = sys.stdin.buffer if file == "-" else stack.enter_context(open(file, "rb"))
            if file == "-" or not data.seekable():
                spool = stack.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(data, spool)
                data = spool
            yield data
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})", next="check the path") from None


def check(config: Path | None, *, json: bool) -> int:
    """`syndicate ledger check`."""
    url, root, settle = _configured(config)
    found: list[Finding] = []
    counts = Counts()
    unreadable: UsageError | None = None
    with contextlib.closing(open_existing(url, root)) as here:
        try:
            for finding in findings(here, counts, settle=settle):
                found.append(finding)  # noqa: PERF402  those before an error count
        except UsageError as error:
            if not found:
                raise
            unreadable = error
    faults = [finding for finding in found if finding.fault]
    notes = [finding for finding in found if not finding.fault]
    _tell_findings(place(url, root), counts, faults, notes, json=json)
    if unreadable is not None:
        raise unreadable
    return 1 if faults else 0


def _tell_findings(
    where: str, counts: Counts, faults: Sequence[Finding], notes: Sequence[Finding], *, json: bool
) -> None:
    if json:
        looked_at = dataclasses.asdict(counts)
        told = {"faults": [it.as_json() for it in faults], "notes": [it.as_json() for it in notes]}
        say(document({"ledger": where, **looked_at, **told}))
        return
    for finding in (*faults, *notes):
        about = f"{finding.post} → {finding.target}" if finding.post else where
        about += f", part {finding.part}" if finding.part is not None else ""
        say(f"{'fault' if finding.fault else 'note'}: {about}: {finding.what}\n  next: {finding.repair}")
    verdict = "sound" if not faults else f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
    watched = ""
    if counts.feeds + counts.entries + counts.queued:
        watched = f", {counts.feeds} feeds, {counts.entries} entries, {counts.queued} in the queue"
    say(f"{where}: {_deliveries(counts.deliveries)}, {counts.parts} parts{watched} looked at: {verdict}")
