"""What the contract suite asserts of a delivery and of the platform after it: published once, stopped, or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..adapter import Adapter
from ..report import Delivery, Exit, exit_code
from ..standin import StandIn
from .rig import Rig


class Verdicts:
    """A part of `AdapterContract`."""

    adapter: ClassVar[type[Adapter]]
    standin: ClassVar[type[StandIn]]
    options: ClassVar[Mapping[str, Any]] = {}

    def _secrets(self) -> list[str]:
        fields = self.adapter.__dataclass_fields__
        given = {**self.standin.options, **self.options}
        return [str(value) for key, value in given.items() if fields[key].metadata.get("secret")]

    def _assert_published(self, rig: Rig, delivery: Delivery, action: str | None = None) -> None:
        """Every part is on the platform exactly once."""
        assert delivery.error is None
        assert delivery.state == "published"
        if action:
            assert delivery.action == action
        assert len(rig.received) == len(delivery.parts)
        assert len({post.id for post in rig.received}) == len(delivery.parts)

    def _assert_stopped(self, rig: Rig, delivery: Delivery, code: Exit, state: str) -> None:
        """Nothing is on the platform, and the person is told what happened and what to do."""
        assert rig.received == []
        assert delivery.error is not None
        assert (exit_code([delivery]), delivery.state) == (code, state), delivery.error
        assert delivery.error.message
        assert delivery.error.next
        for value in self._secrets():
            assert value not in delivery.error.message + delivery.error.next

    def _assert_unknown(self, rig: Rig, delivery: Delivery) -> None:
        """The ledger says `unknown`, a person is asked, and running again at once sends nothing."""
        assert (delivery.state, exit_code([delivery])) == ("unknown", Exit.PERSON)
        writes = rig.writes
        again = rig.run()
        assert again.state in ("unknown", "published")
        assert rig.writes == writes

    def _assert_settles(self, rig: Rig) -> None:
        """After the settling time: one post, or still `unknown` with nothing sent."""
        writes = rig.writes
        rig.settle()
        delivery = rig.run()
        if rig.adapter().prevention.kind == "none":
            assert (delivery.state, exit_code([delivery]), rig.writes) == ("unknown", Exit.PERSON, writes)
            assert len(rig.received) <= 1
        else:
            rig.settle()
            self._assert_published(rig, rig.run(), action="skip")
