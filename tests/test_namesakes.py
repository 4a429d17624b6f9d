"""Two posts that look alike to a platform's listing are still two."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicate.registry import adapter_class, standin_class
from syndicate.report import Exit, exit_code
from syndicate.testing import Rig, sample_post

pytestmark = pytest.mark.slow


def test_a_namesake_is_not_taken_for_the_lost_post(tmp_path: Path) -> None:
    """A post whose request was lost is not recorded as published where another one with its title stands."""
    with Rig(tmp_path, adapter_class("reddit"), standin_class("reddit"), options={"kind": "self"}) as rig:
        first = rig.run()
        second = sample_post(key="id:second", body="Other words under the same title.\n")
        rig.play("drop_before")
        lost = rig.run(post=second)
        assert (lost.state, exit_code([lost])) == ("unknown", Exit.PERSON)
        assert lost.url != first.url
        writes = rig.writes
        rig.settle()
        again = rig.run(post=second)
        assert (again.state, rig.writes) == ("unknown", writes)
        assert again.error is not None
        assert "another post" in again.error.message


def test_the_lost_post_is_found_beside_its_namesake(tmp_path: Path) -> None:
    """When only the answer was lost, the post itself is found, not its older namesake."""
    with Rig(tmp_path, adapter_class("reddit"), standin_class("reddit"), options={"kind": "self"}) as rig:
        first = rig.run()
        rig.clock.offset += 120
        rig.play("drop_after")
        second = rig.run(post=sample_post(key="id:second", body="Other words under the same title.\n"))
        assert second.state == "published"
        assert second.remote_id != first.remote_id
        assert len(rig.received) == 2
