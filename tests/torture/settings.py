"""What a run is made of. Times are real seconds: the protocol of the tool with small constants, nothing simulated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: One request, all in all; how long after it a lost one may still take effect; what repeats of a read may take.
DEADLINE = 0.4
SETTLE = 3.0
PATIENCE = 1.0
#: Seconds after which the platform `list` shows a post in its list at the latest, and what its adapter allows for.
SHOWN_AFTER = 0.3
LAG = 0.5
#: A request that is late takes effect this many seconds after it arrived: when the client has given up, and at
#: least a second before the end of `SETTLE`, since the machine that all of it runs on may be slow.
LATE = (0.8, 2.2)
#: Seconds for which the platform `key` honours a key. None ends within a run, whatever the clocks say.
KEY_LIFE = 8 * 3600.0
#: Seconds for which a claim holds on PostgreSQL without a sign of life.
LEASE = 1.0
#: Seconds for which a worker is stopped: from less than a lease to well over `DEADLINE` + `SETTLE`.
STOP = (0.3, 4.5)
#: Seconds by which the clocks of the workers are off, at most: an adapter's `find` looks back a day further.
CLOCK_RANGE = 36000.0
#: Deliveries between two kills, stops, and restarts of the database.
KILL_EVERY = (5, 13)
STOP_EVERY = (60, 140)
RESTART_EVERY = (300, 700)

CLASSES = ("key", "rejects", "slug", "list", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One run. `ledger` is the URL of the ledger; `folder` is empty at the start and keeps all that the run makes."""

    folder: Path
    ledger: str
    deliveries: int = 300
    workers: int = 4
    seed: int = 1
    control: bool = False
    clock_steps: bool = True
    disk_full: bool = True
    #: Seconds after which the faults end, whatever is still open.
    limit: float = 3600.0

    @property
    def posts(self) -> int:
        """Each post goes to one platform of every class."""
        return -(-self.deliveries // len(CLASSES))

    @property
    def config(self) -> Path:
        return self.folder / "syndicate.toml"

    def post(self, number: int) -> Path:
        return self.folder / "posts" / f"post-{number:05}.md"


def title(number: int) -> str:
    """The title of a post, by which the platforms and the judge know it."""
    return f"Post {number:05}"
