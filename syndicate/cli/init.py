"""`syndicate init`: a commented config, generated from the adapters' own data."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from ..adapter import Adapter
from ..errors import UsageError
from ..registry import ADAPTERS, adapter_class, names
from ..report import Exit
from .commands import fail

_HEAD = """\
# Configuration of syndicate. Paths are relative to this file.
# Found by --config, then $SYNDICATE_CONFIG, then here and in the folders above, then in
# ~/.config/syndicate/. Try it: `syndicate publish post.md --dry-run` sends nothing and needs no secret.

[site]
url = "https://blog.example.org"       # base of canonical URLs and of relative links
language = "en"                        # of posts that do not say which they are in
# variables = { title = "My blog" }    # what `{{ site.title }}` in a post (Jekyll) or `{{< param "title" >}}` (Hugo) is

[state]
url = "sqlite:///.syndicate/ledger.db" # the record of what was published; keep it, do not copy it while in use

[publish]
deadline = "30s"                       # one request, all in all
settle = "10m"                         # how long after its deadline a lost request could still arrive
patience = "20s"                       # how long a run may wait to try again; longer waits are left to the next run
# budget = 0.50                        # US dollars that one run may cost: what would exceed it waits for you
# kits = ".syndicate/kits"             # where what you post by hand is prepared
# mermaid = "mmdc"                     # draws diagrams where pictures are uploaded, if it is installed; "" for never
# missing_pictures = "wait"            # what would show a picture that your site does not have yet: or "send" it

# [author]                             # for places that show who wrote it, and for pitches to editors
# name = "Li Na"
# bio = "Maintains an open-source template engine."
# email = "li.na@example.org"

# A target is one place to publish to: an adapter and an account. Two targets may share an adapter.
# Every target may have:
#   languages = ["en"]    posts in other languages are not sent there; with several, of a post that has versions
#                         (post.en.md, post.zh.md) the first one goes there, and only that
#   utm = true            links to your site tell it where readers come from; or a pattern such as
#                         "utm_source={target}&utm_campaign={slug}"; never on canonical URLs
#   by_hand = true        you post there yourself: text, page and steps are prepared, nothing is sent
#   upload_pictures = false   pictures of the project are shown from your site, not uploaded, where that is possible
#   window = { zone = "America/New_York", days = "Tue-Thu", hours = "08-11" }
#                         new posts go out in these hours, by that place's clock; also: days = "Mon,Wed", "Fri-Mon",
#                         "daily" and hours = "8:30-11,14-16", "22-02"; what is left out means all
#   every = "6h"          not sooner than this after the post before
# A secret is { env = "NAME" }, { file = "PATH" } or { credential = "NAME" } (systemd's); one that is absent
# here is read from SYNDICATE_<TARGET>_<FIELD> in capitals.
# In a post's front matter, `syndicate:` may hold `id`, `targets: [...]`, and per target `title`, `tags`, `text`
# (another text for this target) or `skip: true`.
"""

_FEEDS = """
# A feed whose new entries go to targets: `syndicate watch` makes one pass, for cron; `syndicate watch --every 15m`
# keeps going. The first pass takes what is there as seen. Only `url` and `targets` are needed.
{mark}[watch]
# max_new = 3            # new entries of a feed that one pass takes; more at once wait for you; 0: all wait
# timeout = "30s"        # one fetch, all in all
# max_bytes = "10MiB"    # of one feed, unpacked
# connections = 100      # fetches at once
# per_host = 4           # of them, to one host
# hosts = []             # private hosts that what stands in a feed may lead to: ["wiki.internal"]

{mark}[feeds.blog]
{mark}url = "https://blog.example.org/index.xml"   # or { env = "BLOG_FEED" }, where the address is a secret
{mark}targets = ["{target}"]
# tags = ["python"]      # only entries with one of these tags
# categories = ["news"]  # only entries in one of these categories
# languages = ["en"]     # only entries in one of these languages
# since = 2026-01-01     # only entries from then on, but these also at the first pass
# full_text = true       # false: announces the entry with its link
# review = false         # true: new entries wait for `syndicate approve`
# update = true          # false: an edit of an entry is not sent
# max_new = 3            # instead of that of [watch]
"""


def text(*, active: bool = False) -> str:
    """The config. One target that is free and needs no more than a key is switched on, with `active` all is."""
    classes = [adapter_class(name) for name in names(ADAPTERS)]
    first = next((cls for cls in classes if cls.price == "free" and not cls.required), classes[0])
    feeds = _FEEDS.replace("{mark}", "" if active else "# ").replace("{target}", first.name)
    return _HEAD + "".join("\n" + _target(cls, active=active or cls is first) for cls in classes) + feeds


def _target(cls: type[Adapter], *, active: bool) -> str:
    about = [f"# {cls.title}: {cls.homepage}", f"# Costs: {cls.price}."]
    if cls.policy:
        about.append(f"# {cls.policy}")
    mark = "" if active else "# "
    lines = [f"{mark}[targets.{cls.name}]", f"{mark}adapter = {json.dumps(cls.name)}"]
    preferred = set(cls.credentials[0]) if cls.credentials else set()
    for field in dataclasses.fields(cls):
        help = field.metadata.get("help", "")
        note = f"   # {help}" if help else ""
        if field.metadata.get("secret"):
            variable = f"{cls.name}_{field.name}".upper()
            value = f'{{ env = "{variable}" }}'
            shown = mark if field.name in preferred else "# "
        elif field.name in cls.required:
            value, shown = ('"https://…"' if field.name == "base_url" else '"…"'), mark
        else:
            value, shown = _toml(field.default, str(field.type)), "# "
        lines.append(f"{shown}{field.name} = {value}{note}")
    return "\n".join([*about, *lines]) + "\n"


def _toml(value: Any, hint: str) -> str:
    """`value` as TOML; what stands in the place of nothing shows the type."""
    if value is None or value is dataclasses.MISSING:
        return "0" if "int" in hint else '""'
    return json.dumps(value, ensure_ascii=False)


def write(path: Path) -> int:
    """Writes the config to `path`; refuses when something is there."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text())
    except FileExistsError:
        return fail(UsageError(f"{path}: exists already; it was not touched", next="name another file"))
    except OSError as error:
        return fail(UsageError(f"{path}: cannot be written: {error.strerror}", next="check the folder"))
    print(f"{path} written. Next: set `site.url` and a target, then `syndicate publish POST --dry-run`.")
    return Exit.DONE
