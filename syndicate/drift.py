"""What stands at the platforms now, against what was sent: for `status --online`, and before an update."""

from __future__ import annotations

import difflib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from .adapter import Adapter, Part, Published
from .config import Target
from .errors import Failure, NotEntitled, RateLimited, Unauthorized, UsageError, Waitable, unexpected, word
from .ledger import Row
from .plan import part_of
from .preview import fields, plain
from .report import HANDOFF, Exit, Online, Problem, is_kit, pressing, state_of

if TYPE_CHECKING:
    from .http import Http

    #: Asks each of these targets, side by side.
    Look = Callable[
        [Sequence[Target], Callable[[Target, Http], Awaitable[dict[int, Online]]]], Sequence[dict[int, Online]]
    ]

#: Lines of one difference that are shown.
_LINES = 200
#: Failures in a row that may pass, after which a target is not asked any more.
_TRIES = 3


async def read(adapter: Adapter, part: Part, published: Published, http: Http) -> Part | None:
    """The platform's copy of `part`; `None` when it is gone.

    Raises:
        Failure: it could not be told; what an adapter raises against the contract is a `Bug`.
        UsageError: a secret that no request can carry.
    """
    try:
        copy: Part | None = await getattr(adapter, "read")(part, published, http)  # noqa: B009  an optional ability
    except (Failure, UsageError):
        raise
    except Exception as error:
        raise unexpected(error) from error
    return copy


def difference(one: Part, other: Part, names: tuple[str, str]) -> str:
    """A unified diff of two parts, field by field; of their texts where the fields are the same.

    `names`: what to call the two; their fingerprints stand beside. Holds nothing that a terminal would obey.
    """
    pairs = ((fields(one.payload, ""), fields(other.payload, "")), (one.text.split("\n"), other.text.split("\n")))
    lines: list[str] = []
    for before, after in pairs:
        dates = (one.fingerprint[:12], other.fingerprint[:12])
        lines = lines or list(difflib.unified_diff(_lines(before), _lines(after), *names, *dates, lineterm=""))
    more = len(lines) - _LINES
    return "\n".join([*lines[:_LINES], *([f"… and {more} lines more"] if more > 0 else [])])


def _lines(given: Iterable[str]) -> list[str]:
    return [line for piece in given for line in plain(piece).split("\n")]


# ---------------------------------------------------------------------- status --online


def compared(groups: Sequence[Sequence[Row]], targets: Mapping[str, Target], look: Look) -> list[Online]:
    """What stands there now of each recorded delivery, the targets side by side; one target's one after another.

    Only reads; nothing is written to the ledger.

    Args:
        groups: The rows of each delivery.
        targets: Those of the config.
        look: `Session.look`.
    """
    result: dict[int, Online] = {}
    lanes: dict[str, dict[int, Sequence[Row]]] = {}
    for number, rows in enumerate(groups):
        if why := _unasked(targets.get(rows[0].target), rows):
            result[number] = Online("unasked", why)
        else:
            lanes.setdefault(rows[0].target, {})[number] = rows

    async def ask(target: Target, http: Http) -> dict[int, Online]:
        return await _lane(target, http, lanes[target.name])

    for found in look([targets[name] for name in lanes], ask):
        result |= found
    return [result[number] for number in range(len(groups))]


def exit_of(online: Iterable[Online]) -> Exit:
    """The exit code that follows from what was compared."""
    return pressing(one.problem for one in online)


def _unasked(target: Target | None, rows: Sequence[Row]) -> str:
    """Why it is not asked for; empty when it is."""
    state = state_of(rows)
    if state not in ("published", "waiting"):
        return "it is not recorded as published"
    if target is None or target.adapter.name != rows[0].adapter:
        return f"the config has no target `{rows[0].target}` for {rows[0].adapter} any more"
    if state == "waiting" or is_kit(rows[0].payload):
        able = hasattr(target.adapter, "seen") and state == "waiting"
        return "" if able else f"it is posted by hand, and {target.adapter.title} is not asked about that"
    if not hasattr(target.adapter, "read"):
        return f"{target.adapter.title} cannot be asked what stands there"
    if not all(row.remote_id for row in rows):
        return "the platform's id of this post is not known"
    if lacking := target.missing_secrets():
        return f"secrets are missing: set {', '.join(lacking)}"
    return ""


async def _lane(target: Target, http: Http, groups: dict[int, Sequence[Row]]) -> dict[int, Online]:
    """One target's posts, one after another, for as long as it makes sense to ask."""
    found: dict[int, Online] = {}
    stopped: Problem | None = None
    passing = 0
    for number, rows in groups.items():
        if stopped:
            found[number] = Online("failed", stopped.message, stopped)
            continue
        try:
            found[number] = await _copy(target, http, rows)
            passing = 0
        except Failure as failure:
            problem = Problem.of(failure)
            found[number] = Online("failed", problem.message, problem)
            passing = passing + 1 if isinstance(failure, Waitable) else 0
            if isinstance(failure, Unauthorized | NotEntitled | RateLimited) or passing == _TRIES:
                stopped = problem
        except UsageError as error:
            stopped = Problem(UsageError.__name__, error.message, error.next)
            found[number] = Online("failed", error.message, stopped)
    return found


async def _copy(target: Target, http: Http, rows: Sequence[Row]) -> Online:
    """What became of the parts of one delivery: the first that is not as it was sent decides."""
    if rows[0].state == "waiting":
        return await _seen(target, http, rows[0])
    for row in rows:
        where = f"part {row.part + 1} of {len(rows)} is " if len(rows) > 1 else ""
        part, at = part_of(row), Published(row.remote_id or "", row.remote_url)
        copy = await read(target.adapter, part, at, http)
        if copy is None:
            said = f"{where}gone from {target.adapter.title}"
            return Online("gone", said, Problem("Gone", said, again(row)))
        if copy != part and not await _arrived(target, row, at, http):
            said = f"{where}edited there by hand"
            return Online("edited", said, Problem("Edited", said, ""))
    return Online("as sent")


async def _seen(target: Target, http: Http, row: Row) -> Online:
    """Whether a person has posted what they were given."""
    try:
        found: Published | None = await getattr(target.adapter, "seen")(part_of(row), http)  # noqa: B009
    except (Failure, UsageError):
        raise
    except Exception as error:
        raise unexpected(error) from error
    if found is None:
        return Online("unasked", f"it does not stand on {target.adapter.title} yet, as far as can be seen")
    url = found.url or found.id
    advice = f"`syndicate confirm {word(row.source)} {word(row.target)} {word(url)}`"
    return Online("as sent", f"it is there: {url}", Problem(HANDOFF, f"it is there: {url}", advice))


async def _arrived(target: Target, row: Row, at: Published, http: Http) -> bool:
    """Whether what stands there is what an update sent whose answer was lost."""
    if row.tried is None:
        return False
    sent = tried(row.tried)
    return await read(target.adapter, sent, at, http) == sent


def tried(text: str) -> Part:
    """The version that an update was about to send; see `Row.tried`."""
    return Part(**json.loads(text))


def again(row: Row) -> str:
    """What to do about a post that is gone."""
    if row.parts > 1:
        return "post it there by hand, or leave it"
    return f"`syndicate resolve {word(row.source)} {word(row.target)} --not-published`, then `publish` sends it anew; or leave it"
