"""What is searched: the protocol in its settings, and variants that leave out one step each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .search import Verdict
from .state import Platform, Protocol

_PLATFORMS: tuple[Platform, ...] = ("lookup", "rejects", "key", "none")
_LOCK = Protocol(mode="lock")
_LEASE = Protocol(mode="lease")
_UNHURRIED = replace(_LOCK, send_check=False, restarts=True)


@dataclass(frozen=True, slots=True)
class Variant:
    """One search. `note`: which step is left out, or what else is special. `size`: `slow` takes seconds, `long` a minute."""

    protocol: Protocol
    expected: Verdict
    note: str = ""
    workers: int = 2
    size: Literal["fast", "slow", "long"] = "fast"

    @property
    def name(self) -> str:
        """Unique among the variants."""
        said = f"{self.protocol.mode}, {self.protocol.platform}, {self.workers} workers"
        said += ", thread of 2" if self.protocol.parts == 2 else ""
        return f"{said}: {self.note}" if self.note else said


def _safe() -> list[Variant]:
    found = []
    for base in (_LOCK, _LEASE):
        for platform in _PLATFORMS:
            protocol = replace(base, platform=platform)
            big = "slow" if base is _LEASE else "fast"
            found += [
                Variant(protocol, "safe"),
                Variant(protocol, "safe", workers=3, size=big),
                Variant(replace(protocol, parts=2), "safe", size="long" if (big, platform) == ("slow", "key") else big),
            ]
    short = replace(_LOCK, send_check=False, prompt=True)
    return [
        *found,
        Variant(_UNHURRIED, "safe", "no last check; settling counts from when the doubt is noticed"),
        Variant(short, "safe", "no last check, if no process is ever suspended"),
        Variant(
            replace(_LOCK, platform="key", key_recheck=False, prompt=True),
            "safe",
            "the key's age is not looked at again at the intent, if no process is ever suspended",
        ),
        Variant(replace(_LOCK, busy=False), "safe", "`Busy` ignored: fence and last check are enough"),
    ]


def _failing() -> list[Variant]:
    far = replace(_LEASE, fence_on_intent=False, send_check=False)
    key = replace(_LOCK, platform="key")
    parked = replace(_LOCK, platform="none", parks=False)
    return [
        Variant(replace(_LOCK, intent=False), "duplicate", "no intent before sending"),
        Variant(replace(_LOCK, settles=False), "duplicate", "no settling: absence counts at once"),
        Variant(replace(_LOCK, waits_for_lag=False), "duplicate", "the lookup's lag is not waited for"),
        Variant(replace(_LOCK, lookup_misses=True), "duplicate", "a lookup that may miss a post decides"),
        Variant(parked, "duplicate", "no lookup, and it is sent again all the same"),
        Variant(replace(_LOCK, resends=True), "duplicate", "a retry library around the write"),
        Variant(replace(_LOCK, clear_5xx=True), "duplicate", "a 5xx counts as nothing happened"),
        Variant(replace(key, key_window=False), "duplicate", "the key is used again after its window"),
        Variant(replace(key, key_recheck=False), "duplicate", "the key's age is not looked at again at the intent"),
        Variant(replace(_LOCK, send_check=False), "duplicate", "no last check, and a process is suspended"),
        Variant(
            replace(_UNHURRIED, busy=False),
            "duplicate",
            "`Busy` ignored, no last check; settling counts from when the doubt is noticed",
        ),
        Variant(replace(_LEASE, reruns=True), "duplicate", "a task queue with leases: what expired runs again"),
        Variant(far, "duplicate", "a check far from the send: the claim is compared at the start only"),
        Variant(replace(_LEASE, fence_on_intent=False), "duplicate", "no fence compare at the intent"),
        Variant(replace(_LEASE, send_check=False), "duplicate", "no last check before the bytes leave"),
        Variant(replace(_LEASE, short_pause=False), "duplicate", "a pause without limit after the last check"),
        Variant(replace(_LEASE, fence_on_lookup=False), "duplicate", "no fence compare on a lookup's result"),
        Variant(replace(_LEASE, fence_on_outcome=False), "duplicate", "no fence compare on an outcome"),
        Variant(replace(_LOCK, records_first=True), "loss", "`published` is recorded before the post"),
        Variant(replace(_LOCK, takeover=False), "stuck", "what a dead owner was sending stays `sending`"),
    ]


SAFE = _safe()
FAILING = _failing()
VARIANTS = [*SAFE, *FAILING]
