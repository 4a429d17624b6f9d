"""The `syndicate:` mapping of the front matter."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from syndicate.adapter import Post
from syndicate.errors import UsageError
from syndicate.post import parse


def of(header: str) -> Post:
    path = PurePosixPath("posts/a.md")
    text = f"---\ntitle: T\n{header}\n---\nText"
    return parse(text, source="a.md", site_url="https://b.org", site_language="en", root_relative=path)


def test_directives() -> None:
    """Targets and overrides, in the shapes that people write."""
    post = of(
        "syndicate:\n  Targets: devto, x,x\n  devto: {title: 'A &amp; B', tags: a b, skip: no}\n  x: {text: ''}\n  y:\n    text: |\n      One\n      two\n"
    )
    assert post.targets == ("devto", "x")
    assert post.overrides == {
        "devto": {"title": "A & B", "tags": ("a", "b"), "skip": False},
        "x": {},
        "y": {"text": "One\ntwo"},
    }


def test_no_directives() -> None:
    """Nothing said is not the same as no target."""
    assert of("syndicate:").targets is None
    assert of("syndicate: {targets: [], devto: }").targets == ()
    assert of("syndicate: {targets: }").targets is None


NEITHER = "is neither a key that is known nor a mapping of overrides"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("syndicate: true", "a.md:3: `syndicate` must be a mapping, not true"),
        ("syndicate:\n  target: [a]", f"a.md:4: `syndicate.target` {NEITHER}; did you mean `targets`?"),
        ("syndicate: {target: [a]}\ntarget: b", f"a.md:3: `syndicate.target` {NEITHER}; did you mean `targets`?"),
        ("syndicate:\n  zzz: a", f"a.md:4: `syndicate.zzz` {NEITHER}"),
        ("syndicate:\n  targets: {a: b}", "a.md:4: `syndicate.targets` must be a list of names, not dict"),
        ("syndicate:\n  targets: [a, [b]]", "a.md:4: `syndicate.targets` must hold only names, not list"),
        ("syndicate:\n  targets: a,,b", "a.md:4: `syndicate.targets` must hold only names, not str"),
        ("syndicate:\n  id: [a]", "a.md:4: `syndicate.id` must be a text, not list"),
        ("title: T\nsyndicate:\n  devto:\n    titel: a",
         "a.md:6: `syndicate.devto.titel` is not an override; did you mean `title`?"),
        ("syndicate:\n  devto: {tags: {a: b}}", "a.md:4: `syndicate.devto.tags` has the wrong shape (dict)"),
        ("syndicate:\n  devto: {skip: perhaps}", "a.md:4: `syndicate.devto.skip` has the wrong shape (perhaps)"),
        ("syndicate:\n  devto: {title: [a]}", "a.md:4: `syndicate.devto.title` has the wrong shape (list)"),
    ],
)  # fmt: skip
def test_directives_of_the_wrong_shape(header: str, message: str) -> None:
    """The line, the key, what is wrong with it, and what to write."""
    with pytest.raises(UsageError) as caught:
        of(header)
    assert message == caught.value.message
    assert caught.value.next


def test_the_line_in_toml() -> None:
    """A key in a TOML table is found below its table's name."""
    text = "+++\ntitle = 'T'\n\n[syndicate.devto]\ntags = ['a']\nslug = 'x'\n+++\nText"
    with pytest.raises(UsageError, match=r"a\.md:6: `syndicate\.devto\.slug` is not an override"):
        parse(text, source="a.md", site_url=None, site_language=None, root_relative=PurePosixPath("a.md"))
