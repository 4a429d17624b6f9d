"""Every place where a person posts: the kit is whole and within limits, it is made once, and nothing is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from ..adapter import Adapter, Draft, Post
from ..byhand import kit_folder
from ..errors import Rejected
from ..kit import kit, substance
from ..report import Exit, exit_code
from ..standin import StandIn
from .rig import Rig, make_adapter, sample_post

_PARAGRAPH = "A sentence of some words, and one more with a [source](https://elsewhere.example/paper)."


class HandoffContract:
    """Subclass it with `adapter`, which has a `place`, and `standin`.

    `options` are fields of the adapter besides those the stand-in names; `post` is one that the place takes.
    """

    adapter: ClassVar[type[Adapter]]
    standin: ClassVar[type[StandIn]]
    options: ClassVar[Mapping[str, Any]] = {}
    post: ClassVar[Post] = sample_post(body="\n\n".join([_PARAGRAPH] * 80))

    # ------------------------------------------------------------------ the kit

    def test_kit_is_pure(self) -> None:
        """The same post gives the same bytes, whatever was made before, and no secret is in them."""
        one, two = self._kit(), self._kit()
        assert one == two
        sent = one.parts[0].body().decode()
        assert sent == two.parts[0].body().decode()
        fields = self.adapter.__dataclass_fields__
        for key, value in {**self.standin.options, **self.options}.items():
            assert not (fields[key].metadata.get("secret") and str(value) in sent)

    def test_kit_is_complete(self) -> None:
        """One part: a page to open, a text to copy, steps, and each file that they name; within the limits."""
        draft = self._kit()
        (part,) = draft.parts
        assert set(part.payload) == {"open", "copy", "steps", "files"}
        assert re.fullmatch(r"https://[^\s{}]+", part.payload["open"])
        assert part.payload["copy"].strip()
        assert part.text.strip()
        assert 0 < part.count <= part.limit
        assert draft.cost == 0
        steps, files = part.payload["steps"], part.payload["files"]
        assert steps
        assert all(step.strip() and not re.search(r"\{\w+\}", step) for step in steps)
        assert {"checklist.md", "steps.md"} <= set(files)
        assert {name for step in steps for name in re.findall(r"`([\w-]+\.\w+)`", step)} <= set(files)
        for name, content in files.items():
            assert re.fullmatch(r"[\w-]+\.(md|html|txt|eml)", name)
            assert content.strip()
            assert content.endswith("\n")
        assert all(step in files["steps.md"] for step in steps)
        assert part.payload["open"] in files["steps.md"]
        if self.adapter.limits.title and "title.txt" in files:
            assert len(files["title.txt"].strip()) <= self.adapter.limits.title

    def test_every_rule_is_shown(self) -> None:
        """The checklist has a line for each rule; what is not met, and what a person has to judge, is a warning too."""
        draft, place = self._kit(), self.adapter.place
        assert place is not None
        lines = re.findall(r"^- ([✓✗?]) (.*)", draft.parts[0].payload["files"]["checklist.md"], re.MULTILINE)
        for rule in place.rules:
            assert rule.when or [line for _, line in lines if line.startswith(rule.says)]
        for mark, line in lines:
            told = any(line in warning for warning in draft.warnings)
            assert told == (mark != "✓")

    def test_limits_hold(self) -> None:
        """A long post with a long title and many tags keeps every limit, or is refused with a reason."""
        long = replace(
            self.post,
            title="Words " * 200,
            body="\n\n".join(["A sentence of some words, and one more. 中文也要算。 🎉"] * 300),
            summary="A summary. " * 200,
            tags=tuple(f"tag number {n}" for n in range(40)),
        )
        self._taken_or_refused(long)

    def test_a_bare_post(self) -> None:
        """A post with nothing but a title and a few words gives a kit without gaps, or is refused with a reason."""
        bare = Post(key="path:bare.md", source="bare.md", title="Bare", body="A few words.\n")
        self._taken_or_refused(bare)

    def test_the_data_is_sound(self) -> None:
        """Patterns compile, numbers are numbers, and it is told when rules and page were looked at."""
        place = self.adapter.place
        assert place is not None
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", place.checked)
        re.compile(place.address)
        for rule in place.rules:
            re.compile(rule.when)
            numeric = rule.check.endswith(("_min", "_max", "_per_link"))
            assert isinstance(rule.value, int) == numeric
            if rule.check in ("title_without", "language"):
                re.compile(str(rule.value))

    # ------------------------------------------------------------------ the delivery

    def test_waits_for_a_person(self, tmp_path: Path) -> None:
        """A run writes the kit, asks for a person, and sends nothing; the next one makes it no second time."""
        by_hand = type(self.adapter.__name__, (self.adapter,), {"manual": True})
        with Rig(tmp_path, by_hand, self.standin, options=self.options, post=self.post) as rig:
            first = rig.run()
            assert (first.action, first.state, exit_code([first])) == ("handoff", "waiting", Exit.PERSON)
            assert first.error is not None
            assert "syndicate confirm" in first.error.next
            folder = kit_folder(tmp_path / "kits", self.post.key, self.post.source, "place")
            payload = kit(rig.adapter(), self.post).parts[0].payload
            assert {file.name: file.read_bytes().decode() for file in folder.iterdir()} == payload["files"]
            for file in folder.iterdir():
                file.write_text("edited by hand\n", encoding="utf-8")
            again = rig.run()
            assert (again.action, again.state, exit_code([again])) == ("handoff", "waiting", Exit.PERSON)
            assert {file.read_text(encoding="utf-8") for file in folder.iterdir()} == {"edited by hand\n"}
            assert rig.received == []
            assert all(seen.request.method == "GET" for seen in rig.sandbox.seen)

    # ------------------------------------------------------------------ helpers

    def _adapter(self) -> Adapter:
        """At its own address."""
        options = {**self.standin.options, **self.options}
        return make_adapter(self.adapter, options, str(self.adapter.__dataclass_fields__["base_url"].default))

    def _kit(self, post: Post | None = None) -> Draft:
        return kit(self._adapter(), post or self.post)

    def _taken_or_refused(self, post: Post) -> None:
        try:
            draft = self._kit(post)
        except Rejected as refused:
            assert refused.message  # noqa: PT017  both outcomes are right
            assert refused.next  # noqa: PT017
            assert refused.field  # noqa: PT017
        else:
            (part,) = draft.parts
            assert part.count <= part.limit
            json.dumps(substance(part.payload))
            assert not [step for step in part.payload["steps"] if re.search(r"\{\w+\}|: ?$| \.$|“”", step)]
            title = part.payload["files"].get("title.txt", "").strip()
            assert len(title) <= (self.adapter.limits.title or len(title))
