"""What a run is made of. Two kinds of seconds: real ones, of requests; simulated ones, of everything that is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# ------------------------------------------------------------------ real seconds

#: One request to a platform, and one fetch of a feed, all in all; what repeats may take.
DEADLINE = 0.5
TIMEOUT = 0.8
PATIENCE = 0.4
#: A request that is late takes effect so long after it arrived. The clock is not moved on before.
LATE = (0.6, 0.9)

# ------------------------------------------------------------------ simulated seconds

#: Where the run begins: two days before New York's clocks go back.
START = datetime.fromisoformat("2026-10-30T05:00:00-04:00").timestamp()
#: Between two passes; and in the quiet phase.
STEP = (15 * 60.0, 60 * 60.0)
QUIET_STEP = (1.5 * 3600.0, 3.5 * 3600.0)
#: What `publish.settle` says: less than a step, so that each pass can settle what the one before left.
SETTLE = 300.0
#: After which the platform `list` shows a post, and what its adapter allows for.
SHOWN_AFTER = 90.0
LAG = 120.0
#: For which the platform `key` honours a key: it does not end within a run.
KEY_LIFE = 60 * 86400.0
#: By how much what the platforms note may differ from what was decided: a request takes its time, a late one more.
SLACK = 5.0

#: New entries, and edits, that the watch takes from a feed without asking.
MAX_NEW = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A target. `kind`: which platform. `window`: zone, days of the week, hours; `every`: seconds."""

    kind: str
    window: tuple[str, str, tuple[tuple[int, int], ...]] | None = None
    every: float | None = None

    @property
    def updates(self) -> bool:
        return self.kind != "key"


PLACES = {
    "board": Place("list"),
    "keyed": Place("key"),
    "daily": Place("slug", window=("America/New_York", "Mon-Sun", ((1, 3), (8, 10), (12, 14), (16, 18), (20, 22)))),
    "paced": Place("slug", every=3 * 3600.0),
    "office": Place("list", window=("Europe/Berlin", "Mon-Sat", ((6, 22),)), every=2 * 3600.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One run. `folder` is empty at the start and keeps all that the run makes."""

    folder: Path
    feeds: int = 12
    passes: int = 40
    seed: int = 1

    @property
    def config(self) -> Path:
        return self.folder / "syndicate.toml"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"
