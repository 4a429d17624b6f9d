"""Reddit's pictures in the sandbox: leases, its store, its own form of a text, and what it shows of that as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..standin import Request, Response
from ._pictures_standin import file_of, kind_of

_POLICY = "c2FuZGJveA=="
_NAMED = re.compile(r'!\[(img|gif)\]\((\w+)(?: "([^"]*)")?\)')
_SHOWN = re.compile(
    r"\[(?:\\.|[^\]\\\n])*\]\(https://preview\.redd\.it/(\w+)\.\w+\?[^)\s]*\)|https://preview\.redd\.it/(\w+)\.\w+\?\S*"
)
#: Seconds that Reddit is at work on a picture; and bytes that one may have.
_WORK, _LARGEST = 10, {"image/png": 20 << 20, "image/jpeg": 20 << 20, "image/gif": 100 << 20}


class Media:
    """`leases`: what kind of picture each id is for; `uploaded`: the bytes that came."""

    def __init__(self) -> None:
        self.leases: dict[str, str] = {}
        self.uploaded: dict[str, bytes] = {}

    def lease(self, form: Mapping[str, str], root: str) -> Response:
        kind = form.get("mimetype", "")
        if kind not in _LARGEST or not form.get("filepath"):
            return Response(200, {"json": {"errors": [["BAD_MIMETYPE", "that is not a picture", "mimetype"]]}})
        id = f"sandbox{len(self.leases) + 1:06}"
        self.leases[id] = kind
        fields = {"acl": "public-read", "key": f"rte_images/{id}", "content-type": kind, "policy": _POLICY}
        listed = [{"name": name, "value": value} for name, value in fields.items()]
        asset = {"asset_id": id, "processing_state": "incomplete", "payload": {"filepath": form["filepath"]}}
        args = {"action": f"{root.partition(':')[2]}/api/store", "fields": listed}
        return Response(200, {"args": args, "asset": asset})

    def stored(self, request: Request) -> Response:
        """S3: takes what it is given a form for, and no other credentials."""
        fields, _, content = file_of(request)
        id = fields.get("key", "").removeprefix("rte_images/")
        kind = self.leases.get(id)
        if "authorization" in request.headers:
            return _refused(400, "InvalidArgument")
        if kind is None or fields.get("content-type") != kind or fields.get("policy") != _POLICY:
            return _refused(403, "AccessDenied")
        if content is None or len(content) > _LARGEST[kind]:
            return _refused(400, "EntityTooLarge")
        if kind_of(content) != kind:
            return _refused(400, "InvalidRequest")
        self.uploaded[id] = content
        return Response(201, f"<PostResponse><Key>rte_images/{id}</Key></PostResponse>")

    def converted(self, form: Mapping[str, str]) -> Response:
        """Markdown, block by block. A real one takes blocks further apart; here they are paragraphs as they are written."""
        document: list[dict[str, Any]] = []
        for block in re.split(r"\n{2,}", form.get("markdown_text", "").strip("\n")):
            named = _NAMED.fullmatch(block.strip())
            if named and named[2] in self.uploaded:
                document.append({"e": named[1], "id": named[2], "c": named[3] or ""})
            else:
                document.append({"e": "par", "c": [{"e": "text", "t": block}]})
        return Response(200, {"output": {"document": document}, "output_mode": form.get("output_mode"), "assets": []})

    def text_of(self, form: Mapping[str, str]) -> str | None:
        """The text of a submission as Markdown, however it was sent; `None` for what is no rich text of this account."""
        if "richtext_json" not in form:
            return form.get("text", "")
        try:
            blocks = json.loads(form["richtext_json"])["document"]
            return "\n\n".join(self._block(block) for block in blocks)
        except (ValueError, LookupError, TypeError):
            return None

    def _block(self, block: Mapping[str, Any]) -> str:
        if block["e"] == "par":
            return "".join(str(piece["t"]) for piece in block["c"])
        id, kind = block["id"], self.leases[block["id"]].removeprefix("image/")
        if id not in self.uploaded:
            raise KeyError(id)
        address = f"https://preview.redd.it/{id}.{kind}?width=128&format={kind}&auto=webp&s=0"
        caption = re.sub(r"([\\\[\]])", r"\\\1", str(block.get("c") or ""))
        return f"[{caption}]({address})" if caption else address

    def shown(self, text: str, *, age: float) -> str:
        """A text as it is told: for a while there is a word that Reddit is at work, where a picture is."""
        return _SHOWN.sub(r"*Processing img \1\2...*", text) if age < _WORK else text


def _refused(status: int, code: str) -> Response:
    return Response(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>")
