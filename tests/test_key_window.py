"""An idempotency key is used again only while the platform still knows it, however long the way to the request is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from syndicate.adapter import Attempt, Dedupe, Part, Published
from syndicate.http import Http
from syndicate.testing import Rig

from .torture import platforms

pytestmark = pytest.mark.slow

WINDOW = 86400.0


@dataclass
class _Clock:
    """What an upload takes, on the clock of the rig that is running."""

    rig: Rig | None = None
    seconds: list[float] = field(default_factory=list)

    def upload(self) -> None:
        if self.rig is not None and self.seconds:
            self.rig.clock.offset += self.seconds.pop(0)


UPLOADS = _Clock()


class Uploading(platforms.Key):
    """Sends something without a visible effect first, which may take long."""

    dedupe = Dedupe(kind="key", window=WINDOW)

    async def publish(self, part: Part, attempt: Attempt, http: Http) -> Published:
        UPLOADS.upload()
        return await super().publish(part, attempt, http)


@pytest.mark.parametrize(("upload", "writes"), [(60.0, 2), (WINDOW, 1)])
def test_the_key_is_looked_at_when_the_request_leaves(tmp_path: Path, upload: float, writes: int) -> None:
    """Sent once more with its key after a short upload; after one that outlived the key a person is asked."""
    with Rig(tmp_path, Uploading, platforms.KeyPlatform) as rig:
        UPLOADS.rig, UPLOADS.seconds = rig, [0.0, upload]
        rig.play("error_before")
        assert rig.run().state == "unknown"
        rig.settle()
        delivery = rig.run()
        assert rig.writes == writes
        assert delivery.state == ("published" if writes == 2 else "unknown")
        assert len(rig.received) == writes - 1
        if writes == 1:
            assert delivery.error is not None
            assert "expired" in delivery.error.message
