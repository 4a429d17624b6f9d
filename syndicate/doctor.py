"""Is every target ready: credentials there and accepted, whose they are, when they end, what the place asks for now.

Only reads. What a platform charges for reading is its own; see `syndicate platforms`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from .adapter import Account
from .config import Target
from .errors import Failure, Unauthorized, UsageError, unexpected
from .preview import plain
from .report import Problem
from .session import Session

if TYPE_CHECKING:
    from .http import Http

#: How long before their end credentials are worth a warning.
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is known of one target. `rules`: live limits and rules of the place, named as the place names them."""

    target: str
    adapter: str
    state: Literal["ready", "by hand", "unasked", "failed"]
    account: str | None = None
    detail: str = ""
    expires_at: datetime | None = None
    rules: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None

    def as_json(self) -> dict[str, Any]:
        wrong = self.problem
        return {
            "target": self.target,
            "adapter": self.adapter,
            "state": self.state,
            "account": self.account,
            "detail": self.detail,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "rules": dict(self.rules) if self.rules is not None else None,
            "warnings": list(self.warnings),
            "error": {"kind": wrong.kind, "message": wrong.message, "next": wrong.next} if wrong else None,
        }


def examine(session: Session, targets: Sequence[Target]) -> list[Finding]:
    """Asks all `targets`, side by side. Raises nothing: what went wrong stands in the findings."""
    found = {target.name: _offline(target) for target in targets}
    asked = [target for target in targets if found[target.name].state == "ready"]
    now = datetime.fromtimestamp(session.ledger.now(), UTC)

    async def ask(target: Target, http: Http) -> Finding:
        return await _online(target, http, found[target.name], now)

    found |= {finding.target: finding for finding in session.look(asked, ask)}
    return [found[target.name] for target in targets]


def _offline(target: Target) -> Finding:
    """What the config alone tells; `ready` means that it is worth asking."""
    adapter = target.adapter
    finding = Finding(target=target.name, adapter=adapter.name, state="ready")
    host = urlsplit(adapter.base_url).hostname or ""
    if (since := adapter.retired.get(host)) is not None:
        said = f"{host} does not answer any more: {since}"
        return _wrong(finding, Problem(UsageError.__name__, said, f"take `base_url` out of [targets.{target.name}]"))
    if target.by_hand:
        place = adapter.place
        looked = f"; its rules were looked at in {place.checked}" if place and place.checked else ""
        return replace(finding, state="by hand", detail=f"a person posts there{looked}")
    if lacking := target.missing_secrets():
        said = f"secrets are missing: {', '.join(lacking)}"
        return _wrong(finding, Problem(UsageError.__name__, said, _where(target, lacking)))
    if not hasattr(adapter, "check") and not hasattr(adapter, "requirements"):
        return replace(finding, state="unasked", detail="nothing can be asked without posting")
    return finding


def _where(target: Target, lacking: Sequence[str]) -> str:
    """Where a person gets what is missing."""
    fields = type(target.adapter).__dataclass_fields__
    wanted = [name for name in fields if getattr(getattr(target.adapter, name), "where", None) in lacking]
    told = [f"{name}: {fields[name].metadata.get('help', '')}" for name in wanted]
    return f"set {', '.join(lacking)}" + (f" ({'; '.join(told)})" if told else "")


async def _online(target: Target, http: Http, finding: Finding, now: datetime) -> Finding:
    adapter = target.adapter
    try:
        if (check := getattr(adapter, "check", None)) is not None:
            finding = _with(finding, await check(http), now)
        if finding.problem is None and (ask := getattr(adapter, "requirements", None)) is not None:
            finding = replace(finding, rules=await ask(http))
    except UsageError as error:
        return _wrong(finding, Problem(UsageError.__name__, error.message, error.next))
    except Exception as error:  # noqa: BLE001  an adapter may break in any way; the others are asked all the same
        return _wrong(finding, Problem.of(error if isinstance(error, Failure) else unexpected(error)))
    return finding


def _with(finding: Finding, account: Account, now: datetime) -> Finding:
    ends = account.expires_at
    warnings = account.warnings
    if ends is not None and now < ends <= now + SOON:
        warnings = (*warnings, f"the credentials end in {_days(ends - now)}, on {ends:%Y-%m-%d}: renew them before")
    finding = replace(
        finding, account=account.name, detail=account.detail, expires_at=account.expires_at, warnings=warnings
    )
    if ends is not None and ends <= now:
        return _wrong(
            finding, Problem(Unauthorized.__name__, f"the credentials ended on {ends:%Y-%m-%d}", Unauthorized.advice)
        )
    return finding


def _days(time: timedelta) -> str:
    return f"{time.days} day{'' if time.days == 1 else 's'}" if time.days else "less than a day"


def _wrong(finding: Finding, problem: Problem) -> Finding:
    return replace(finding, state="failed", problem=problem)


def lines(finding: Finding) -> list[str]:
    """A finding for people to read."""
    what = {"ready": "ready", "by hand": "by hand", "unasked": "not asked", "failed": "not ready"}[finding.state]
    who = f", as {plain(finding.account)}" if finding.account else ""
    told = [f"{finding.target} ({finding.adapter}): {what}{who}"]
    if finding.detail:
        told.append(f"  {plain(finding.detail)}")
    if finding.expires_at is not None:
        told.append(f"  credentials end on {finding.expires_at:%Y-%m-%d}")
    for name, value in (finding.rules or {}).items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        told.append(f"  rule {plain(name)}: {plain(shown)}")
    told += [f"  ! {plain(warning)}" for warning in finding.warnings]
    if finding.problem is not None:
        told.append(f"  ✗ {plain(finding.problem.message)}")
        if finding.problem.next:
            told.append(f"    next: {plain(finding.problem.next)}")
    return told
