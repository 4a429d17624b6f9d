"""`syndicate demo`: the main job, in earnest but for the platforms, which are stand-ins on loopback."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from ..errors import UsageError
from ..post import load
from ..registry import adapter_class
from ..report import Delivery, Exit, exit_code
from ..sandbox import Sandbox, a_picture
from ..session import Session
from .commands import fail
from .sandbox import wait

_SITE = "https://blog.example.org"


def run(path: Path | None, *, keep: bool) -> int:
    """Publishes `path`, or an example, to every stand-in, then once more. Leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="syndicate-demo-") as folder, Sandbox() as sandbox:
        try:
            return _run(Path(folder), path, sandbox, keep)
        except UsageError as error:
            return fail(error)


def _run(folder: Path, path: Path | None, sandbox: Sandbox, keep: bool) -> int:
    if path is None:
        path = folder / "content" / "posts" / "hello-world.md"
        path.parent.mkdir(parents=True)
        path.write_text(resources.files(__package__).joinpath("example.md").read_text("utf-8"), "utf-8")
    config = write_config(folder, sandbox)
    hands = [cls.title for cls in map(adapter_class, sandbox.places) if cls.manual]
    able = len(sandbox.places) - len(hands)
    print(f"The sandbox is up at {sandbox.url}: stand-ins of {able} platforms, on this machine only.\n")
    first, _ = _publish(config, path, sandbox)
    print("Published:\n")
    print(_table(first, sandbox))
    again, writes = _publish(config, path, sandbox)
    print(f"\nThe same again: {sum(d.action == 'skip' for d in again)} of {len(again)} had nothing to do,")
    print(f"{writes} requests with an effect, so nothing was posted twice.")
    print(f"\nWhere only a person may post, a kit with text, steps and rules is prepared: {', '.join(hands)}.\n")
    print("Next:  syndicate init                           writes a config to fill in")
    print("       syndicate publish POST --dry-run         shows what would be sent, to the byte")
    print("       syndicate publish POST                   publishes it")
    if keep:
        print(f"\nSee what arrived at {sandbox.url} until Ctrl-C.", flush=True)
        wait()
    elif not any(delivery.error for delivery in first):
        print("       syndicate demo --keep                    the same, and the links above stay up")
    return exit_code(first) or (Exit.FAILED if writes else Exit.DONE)


def write_config(folder: Path, sandbox: Sandbox) -> Path:
    """A config as a user would have it: secrets in files, everything below the temporary folder."""
    # No site is asked whether it has the post's pictures.
    lines = ["[site]", f"url = {json.dumps(_SITE)}", "", "[publish]", 'missing_pictures = "send"', ""]
    for name in sandbox.places:
        if adapter_class(name).manual:
            continue
        lines.append(f"[targets.{name}]")
        for key, value in sandbox.target(name).items():
            if key in sandbox.secrets(name):
                file = folder / f"{name}.{key}"
                file.write_text(value)
                lines.append(f"{key} = {{ file = {json.dumps(file.name)} }}")
            else:
                lines.append(f"{key} = {json.dumps(value)}")
        lines.append("")
    config = folder / "syndicate.toml"
    config.write_text("\n".join(lines))
    return config


def _publish(config: Path, path: Path, sandbox: Sandbox) -> tuple[list[Delivery], int]:
    """One run of `publish`, and how many requests with an effect it made."""
    before = len(sandbox.writes())
    with Session.open(config) as session:
        root = _root(path, config.parent)
        post = load(path, site_url=_SITE, site_language="en", root=root)
        # The post's own choice of targets is for its author's config, not for this one.
        own = session.project.pictures(post, path, root)
        post = replace(post, targets=None, overrides={}, draft=False, group=None, on_disk=own)
        session.pictures = a_picture
        deliveries = session.carry_out(session.plan([post]))
    return deliveries, len(sandbox.writes()) - before


def _root(path: Path, folder: Path) -> Path:
    return folder if path.is_relative_to(folder) else path.absolute().parent


def _table(deliveries: Sequence[Delivery], sandbox: Sandbox) -> str:
    """What arrived where. Links lead to the sandbox, also where a real platform's address does not depend on its API's."""
    width = max(len(d.adapter) for d in deliveries)
    lines: list[str] = []
    for delivery in deliveries:
        posts = sandbox.places[delivery.adapter].standin.posts[: len(delivery.parts)]
        link = f"{sandbox.url}/{delivery.adapter}/posts/{posts[0].id}" if posts else ""
        parts = f" in {len(delivery.parts)} parts" if len(delivery.parts) > 1 else ""
        lines.append(f"  {delivery.adapter:<{width}}  {delivery.state}{parts}  {link}".rstrip())
        lines += [f"  {'':<{width}}    ! {warning}" for warning in delivery.warnings]
        if delivery.error:
            lines.append(f"  {'':<{width}}    ✗ {delivery.error.message}")
    return "\n".join(lines)
