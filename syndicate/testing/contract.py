"""Every adapter against every fault: the platform ends with exactly one post, or the ledger says `unknown`."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ..errors import Rejected
from ..report import Delivery, Exit, exit_code
from .contract_pictures import PictureContract
from .contract_reads import ReadContract
from .contract_verdicts import Verdicts
from .rig import DEADLINE, Rig


class AdapterContract(ReadContract, PictureContract, Verdicts):
    """Subclass it with `adapter` and `standin`; see `syndicate.testing`.

    `options` are fields of the adapter besides those the stand-in names; `post` is what is published. What only
    reads, `read` and `recent`, has its tests in `ReadContract`; pictures have theirs in `PictureContract`, what is
    asserted of a delivery stands in `Verdicts`.
    """

    # ------------------------------------------------------------------ rendering

    def test_render_is_pure(self, tmp_path: Path) -> None:
        """The same post gives the same bytes, and no secret is in them."""
        with self._rig(tmp_path) as rig:
            one, two = rig.adapter().render(self.post), rig.adapter().render(self.post)
            assert [part.body() for part in one.parts] == [part.body() for part in two.parts]
            sent = b"".join(part.body() for part in one.parts).decode()
            for value in self._secrets():
                assert value not in sent
            json.dumps([part.payload for part in one.parts])

    def test_limits_hold(self, tmp_path: Path) -> None:
        """A long post with a long title and many tags keeps every limit, or is refused with a reason."""
        long = replace(
            self.post,
            title="Words " * 200,
            body="\n\n".join(["A sentence of some words, and one more. 中文也要算。 🎉"] * 300),
            summary="A summary. " * 200,
            tags=tuple(f"tag number {n}" for n in range(40)),
        )
        with self._rig(tmp_path) as rig:
            try:
                draft = rig.adapter().render(long)
            except Rejected as refused:
                assert refused.message  # noqa: PT017  both outcomes are right
                assert refused.next  # noqa: PT017
            else:
                assert all(part.count <= part.limit for part in draft.parts)
                assert len(draft.parts) <= self.adapter.limits.parts
                assert draft.warnings

    # ------------------------------------------------------------------ the usual

    def test_published_once(self, tmp_path: Path) -> None:
        """Published, recorded with the previewed fingerprint; the same run again sends nothing."""
        with self._rig(tmp_path) as rig:
            previewed = [part.fingerprint for part in rig.adapter().render(self.post).parts]
            first = rig.run()
            self._assert_published(rig, first)
            assert [part.fingerprint for part in first.parts] == previewed
            assert first.remote_id
            writes = rig.writes
            again = rig.run()
            assert (again.action, again.state, exit_code([again])) == ("skip", "published", Exit.DONE)
            assert rig.writes == writes

    def test_update(self, tmp_path: Path) -> None:
        """A changed post is not published again; an update, where there is one, changes the one that is there."""
        with self._rig(tmp_path) as rig:
            rig.run()
            writes = rig.writes
            changed = replace(self.post, title="A new title", body=self.post.body + "\nAnd one more sentence.\n")
            told = rig.run(post=changed)
            assert told.state == "published"
            assert told.action in ("update", "skip")
            assert rig.writes == writes
            if told.action == "update":
                updated = rig.run(post=changed, update=True)
                if updated.error is None:
                    assert rig.run(post=changed).action == "skip"
                else:
                    assert updated.error.next
            assert len(rig.received) == len(told.parts)

    # ------------------------------------------------------------------ refusals

    def test_refused(self, tmp_path: Path) -> None:
        """Refused content stops with the platform's words; once it is accepted there is one post."""
        with self._rig(tmp_path) as rig:
            rig.play("refuse")
            self._assert_stopped(rig, rig.run(), Exit.FAILED, "failed")
            self._assert_published(rig, rig.run())

    def test_bad_credentials(self, tmp_path: Path) -> None:
        """Credentials that are not accepted stop the target, ask for a person, and show no secret."""
        with self._rig(tmp_path) as rig:
            rig.play("auth", times=2)
            self._assert_stopped(rig, rig.run(), Exit.PERSON, "planned")
            rig.sandbox.places[self.adapter.name].faults.clear()
            self._assert_published(rig, rig.run())

    def test_not_entitled(self, tmp_path: Path) -> None:
        """A missing plan or approval asks for a person."""
        with self._rig(tmp_path) as rig:
            rig.play("entitlement")
            self._assert_stopped(rig, rig.run(), Exit.PERSON, "planned")
            self._assert_published(rig, rig.run())

    def test_rate_limited_briefly(self, tmp_path: Path) -> None:
        """A short wait, in seconds or as a date, is waited for within the run."""
        for after in ("2", "date"):
            folder = tmp_path / after
            folder.mkdir()
            with self._rig(folder) as rig:
                rig.play("rate", retry_after=after, seconds=3)
                self._assert_published(rig, rig.run())

    def test_rate_limited_for_long(self, tmp_path: Path) -> None:
        """A long wait is left to a later run: nothing more is sent until then."""
        with self._rig(tmp_path) as rig:
            rig.play("rate", retry_after="900")
            delivery = rig.run()
            self._assert_stopped(rig, delivery, Exit.LATER, "planned")
            assert rig.writes == 1
            early = rig.run()
            assert (early.action, exit_code([early])) == ("wait", Exit.LATER)
            assert rig.writes == 1
            rig.clock.offset += 901
            self._assert_published(rig, rig.run())

    def test_connection_refused(self, tmp_path: Path) -> None:
        """A platform that cannot be reached got nothing: tried again, then left to a later run."""
        with self._rig(tmp_path) as rig, _closed_port() as port:
            delivery = rig.run(base_url=rig.base_url.replace(rig.sandbox.url, f"http://127.0.0.1:{port}"))
            self._assert_stopped(rig, delivery, Exit.LATER, "planned")
            self._assert_published(rig, rig.run())

    # ------------------------------------------------------------------ unclear outcomes

    def test_server_error_before_the_effect(self, tmp_path: Path) -> None:
        """A 5xx may have had its effect: nothing is sent again before that is settled."""
        self._unclear(tmp_path, "error_before", happened=False)

    def test_server_error_after_the_effect(self, tmp_path: Path) -> None:
        """A 5xx after the effect does not lead to a second post."""
        self._unclear(tmp_path, "error_after", happened=True)

    def test_request_lost(self, tmp_path: Path) -> None:
        """A connection that breaks before the effect is settled by looking, not by sending again."""
        self._unclear(tmp_path, "drop_before", happened=False)

    def test_answer_lost(self, tmp_path: Path) -> None:
        """A connection that breaks after the effect does not lead to a second post."""
        self._unclear(tmp_path, "drop_after", happened=True)

    def test_answer_unreadable(self, tmp_path: Path) -> None:
        """A 2xx that cannot be read is an unknown outcome."""
        self._unclear(tmp_path, "garbage", happened=True)

    def test_answer_late(self, tmp_path: Path) -> None:
        """An answer that comes after the deadline is a lost answer."""
        with self._rig(tmp_path) as rig:
            held = rig.hold("after", given_up=True)
            delivery = rig.run()
            assert held.arrived.is_set()
            held.let_go()
            self._assert_doubted(rig, delivery, happened=True)

    def test_request_late(self, tmp_path: Path) -> None:
        """A request that takes effect after we gave it up is still found, and not sent again."""
        with self._rig(tmp_path) as rig:
            held = rig.hold("before", given_up=True)
            self._assert_unknown(rig, rig.run())
            assert rig.received == []
            held.let_go()
            rig.wait_for(lambda: len(rig.received) >= 1)
            self._assert_settles(rig)

    # ------------------------------------------------------------------ death and company

    def test_killed_before_the_effect(self, tmp_path: Path) -> None:
        """Killed while the request is on its way, which arrives after the death."""
        self._killed(tmp_path, "before")

    def test_killed_after_the_effect(self, tmp_path: Path) -> None:
        """Killed between the effect and the record of it."""
        self._killed(tmp_path, "after")

    def test_two_runs_at_once(self, tmp_path: Path) -> None:
        """Of two runs at once one sends; the other says so, or finds it done."""
        with self._rig(tmp_path) as rig:
            held, over = rig.hold("after"), threading.Event()
            told: list[Delivery] = []

            def run() -> None:
                try:
                    told.append(rig.run())
                finally:
                    over.set()

            threads = [threading.Thread(target=run) for _ in range(2)]
            for thread in threads:
                thread.start()
            over.wait(DEADLINE / 3)  # the first stays within its deadline, however slow the other is
            held.let_go()
            for thread in threads:
                thread.join()
            states = {delivery.state for delivery in told}
            assert len(told) == 2
            assert states <= {"published", "sending", "planned"}
            assert "published" in states
            self._assert_published(rig, rig.run(), action="skip")

    # ------------------------------------------------------------------ helpers

    def _unclear(self, folder: Path, fault: str, *, happened: bool) -> None:
        with self._rig(folder) as rig:
            rig.play(fault)
            self._assert_doubted(rig, rig.run(), happened=happened)

    def _assert_doubted(self, rig: Rig, delivery: Delivery, *, happened: bool) -> None:
        """The run that heard nothing clear says so, and what it left is settled."""
        if happened and rig.adapter().prevention.kind != "none":
            # The look right after finds it, unless the platform's listings lag.
            assert delivery.state in ("published", "unknown")
        else:
            self._assert_unknown(rig, delivery)
        if happened:
            assert len(rig.received) >= 1
        self._assert_settles(rig)

    def _killed(self, folder: Path, when: Literal["before", "after"]) -> None:
        with self._rig(folder) as rig:
            held = rig.hold(when)
            process = rig.start()
            rig.wait_for(held.arrived.is_set, process=process)
            assert rig.writes == 1
            assert len(rig.received) == (when == "after")
            rig.bury(process)
            delivery = rig.run()
            assert delivery.state in ("unknown", "published")
            assert rig.writes in (1, len(delivery.parts))
            held.let_go()
            rig.wait_for(lambda: len(rig.received) >= 1)
            self._assert_settles(rig)


@contextmanager
def _closed_port() -> Iterator[int]:
    """A port that nobody listens on: bound, so that nobody else takes it, and not listening."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]
