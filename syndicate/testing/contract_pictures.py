"""The part of the contract suite that is about pictures which only the project has.

Left out for an adapter that takes no uploads; skipped where the drafts of `options` show no picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from ..adapter import Adapter, Draft, Image, Part, Post, Published
from ..audience import for_target
from ..config import Target
from ..http import Http
from ..local import Local, locals_in
from ..standin import StandIn
from .rig import Rig, sample_post

_BESIDE, _COVER = "pictures/a graph.png", "/img/cover.png"


class PictureContract:
    """Uploads of one adapter against its stand-in; a part of `AdapterContract`."""

    adapter: ClassVar[type[Adapter]]
    standin: ClassVar[type[StandIn]]
    options: ClassVar[Mapping[str, Any]] = {}
    post: ClassVar[Post] = sample_post()

    def __init_subclass__(cls) -> None:
        """Leaves the tests out where there is nothing to test."""
        super().__init_subclass__()
        if getattr(cls, "adapter", None) and cls.adapter.uploads is None:
            for name in dir(PictureContract):
                if name.startswith("test_project_pictures"):
                    setattr(cls, name, None)

    def test_project_pictures_are_uploaded(self, tmp_path: Path) -> None:
        """What stands in for a picture in the preview is nowhere in what the platform got; a second run does nothing."""
        post = self._with_pictures()
        with self._rig_of(tmp_path, post) as rig:
            self._draft(rig, post)
            delivery = rig.run()
            assert delivery.error is None, delivery.error
            assert delivery.state == "published"
            writes = rig.writes
            assert "picture.invalid" not in self._all_that_arrived(rig)
            again = rig.run()
            assert again.action == "skip"
            assert rig.writes == writes

    def test_project_pictures_are_previewed(self, tmp_path: Path) -> None:
        """The draft names the file of each picture it will upload, and what is in it; another one is another draft."""
        post = self._with_pictures()
        with self._rig_of(tmp_path, post) as rig:
            named = locals_in(_json(self._draft(rig, post)))
            assert {str(one.path) for one in named} <= {f"static{_COVER}", f"content/{_BESIDE}"}
            drafts = self._draft(rig, post), self._draft(rig, self._with_pictures(b"another"))
            one, other = ([part.fingerprint for part in draft.parts] for draft in drafts)
            assert one != other

    def test_project_pictures_read_as_sent(self, tmp_path: Path) -> None:
        """Read right after it was published, with the platform's own addresses of the pictures, it is as it was sent."""
        import pytest

        with self._rig_of(tmp_path, self._with_pictures()) as rig:
            if not hasattr(rig.adapter(), "read"):
                pytest.skip(f"{self.adapter.name} cannot be read")
            self._draft(rig, rig.post)
            for part, published in rig.publish(_at(rig, rig.post)):
                assert rig.ask(partial(_read, part, published)) == part

    def test_project_pictures_survive_an_update(self, tmp_path: Path) -> None:
        """A changed text with the same pictures is written over the copy, which counts as unedited before that."""
        import pytest

        if not hasattr(self.adapter, "update"):
            pytest.skip(f"{self.adapter.name} updates nothing")
        post = self._with_pictures()
        with self._rig_of(tmp_path, post) as rig:
            self._draft(rig, post)
            if not rig.adapter().updates:
                pytest.skip(f"{self.adapter.name} updates nothing of this kind")
            rig.run()
            rig.post = replace(post, body=post.body.replace("The end.", "The very end."))
            if self._draft(rig, rig.post) == self._draft(rig, post):  # it shows no more than the title
                rig.post = replace(post, title=f"{post.title} again")
            updated = rig.run(update=True)
            assert updated.error is None, updated.error
            assert "picture.invalid" not in self._all_that_arrived(rig)
            assert len(rig.received) == len(updated.parts)

    def _with_pictures(self, content: bytes = b"content") -> Post:
        """The sample post, with a cover and a picture in its text that lie in the project."""
        cover = Local.of(PurePosixPath(f"static{_COVER}"), b"cover" + content).address
        beside = Local.of(PurePosixPath(f"content/{_BESIDE}"), content).address
        return replace(
            self.post,
            body=f"{self.post.body}\n\n![A graph of it](<{_BESIDE}>)\n\nThe end.\n",
            cover=Image(f"https://blog.example.com{_COVER}", alt="The cover", written=_COVER),
            on_disk={_COVER: cover, _BESIDE: beside, _BESIDE.replace(" ", "%20"): beside},
        )

    def _draft(self, rig: Rig, post: Post) -> Draft:
        """The draft; skips the test when it shows no picture of the project."""
        import pytest

        draft = rig.adapter().render(_at(rig, post))
        if not locals_in(_json(draft)):
            pytest.skip("these options show no picture")
        return draft

    def _rig_of(self, folder: Path, post: Post) -> Rig:
        return Rig(folder, self.adapter, self.standin, options=self.options, post=post)

    def _all_that_arrived(self, rig: Rig) -> str:
        posts = [(one.text, one.link, one.extra, one.raw.decode("utf-8", "replace")) for one in rig.received]
        return json.dumps(posts, default=str)


def _at(rig: Rig, post: Post) -> Post:
    """The post as the adapter gets it."""
    return for_target(post, Target("place", rig.adapter()))


async def _read(part: Part, published: Published, adapter: Adapter, http: Http) -> Part | None:
    read: Any = adapter
    copy: Part | None = await read.read(part, published, http)
    return copy


def _json(draft: Draft) -> str:
    return json.dumps([dict(part.payload) for part in draft.parts])
