"""Acme Notes through the contract suite, and what is its own: the key, the listing, the bytes that are sent."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from syndicate_acme.adapter import Acme
from syndicate_acme.standin import AcmeStandIn

from syndicate.adapter import Published
from syndicate.errors import Unavailable
from syndicate.http import Http
from syndicate.report import Exit, exit_code
from syndicate.standin import Received, Request, Response
from syndicate.testing import AdapterContract, Rig, sample_post
from syndicate.testing.rig import DEADLINE, SETTLE


class TestAcme(AdapterContract):
    adapter = Acme
    standin = AcmeStandIn


def test_a_second_try_has_the_same_key(tmp_path: Path) -> None:
    """What is sent again after an unknown outcome has the key and the bytes of the first try."""
    with Rig(tmp_path, Acme, AcmeStandIn) as rig:
        rig.play("error_before")
        rig.run()
        rig.settle()
        assert rig.run().state == "published"
        first, second = (seen.request for seen in rig.sandbox.writes())
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
        assert first.body == second.body


def test_an_expired_key_is_not_used_again(tmp_path: Path) -> None:
    """A note that is not there when its key has expired is left to a person: nothing is sent."""
    with Rig(tmp_path, Acme, AcmeStandIn) as rig:
        rig.play("error_before")
        rig.run()
        rig.clock.offset += Acme.dedupe.window
        late = rig.run()
        assert (late.state, exit_code([late]), rig.writes) == ("unknown", Exit.PERSON, 1)


@pytest.mark.parametrize("refusal", ["rate", "refuse"])
def test_a_refused_second_try_says_nothing_of_the_first(refusal: str, tmp_path: Path) -> None:
    """When the second try is refused, the first one is still in doubt: it is not sent anew once its key is dead."""
    with Rig(tmp_path, Acme, AcmeStandIn) as rig:
        rig.play("late", seconds=DEADLINE * 2)
        assert rig.run().state == "unknown"
        rig.wait_for(lambda: len(rig.received) == 1)
        rig.settle()
        rig.play(refusal, retry_after="900")
        assert rig.run().error is not None
        rig.clock.offset += Acme.dedupe.window
        rig.run()
        assert len(rig.received) == 1


def test_a_key_is_not_used_shortly_before_its_end(tmp_path: Path) -> None:
    """A second try that is under way for as long as `settle` allows would arrive when the key is dead: none is made."""
    with Rig(tmp_path, Acme, AcmeStandIn) as rig:
        rig.play("error_before")
        rig.run()
        rig.clock.offset += Acme.dedupe.window - SETTLE
        assert (rig.run().state, rig.writes) == ("unknown", 1)


def test_a_note_is_found_beyond_the_first_page(tmp_path: Path) -> None:
    """A note whose answer was lost is found although the account has made a page of others since."""
    with Rig(tmp_path, Acme, AcmeStandIn) as rig:
        rig.play("drop_after")
        rig.play("error_before", reads=True, times=9)
        assert rig.run().state == "unknown"
        account = rig.sandbox.places["acme"]
        account.faults.clear()
        others = [Received(id=f"other{n}", title="Other", text="", at=rig.clock.time()) for n in range(25)]
        account.standin.posts.extend(others)
        found = rig.run()
        assert (found.state, found.remote_id, rig.writes) == ("published", "n1", 1)


def test_a_list_without_an_end_is_a_failure(tmp_path: Path) -> None:
    """A page that is named twice would be read for ever; and "not there" would be said after half of the list."""

    class Endless(AcmeStandIn):
        def handle(self, request: Request) -> Response:
            return Response(200, {"notes": [], "next": 1})

    async def listed(adapter: Acme, http: Http) -> list[Published]:
        return [note async for note in adapter.recent(http)]

    with Rig(tmp_path, Acme, Endless) as rig, pytest.raises(Unavailable):
        rig.ask(listed)


def test_golden_note() -> None:
    """What is sent for the sample post, field by field; SYNDICATE_UPDATE_GOLDEN=1 writes the file anew."""
    (part,) = Acme().render(sample_post()).parts
    path = Path(__file__).parent / "golden" / "note.json"
    if os.environ.get("SYNDICATE_UPDATE_GOLDEN"):
        path.write_text(json.dumps(part.payload, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert part.payload == json.loads(path.read_text(encoding="utf-8"))
