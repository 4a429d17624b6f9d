"""Uploads to a store of a platform's own at Amazon (S3): a form that says all that it asks for, with the file behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import Failure, Rejected, Unavailable

if TYPE_CHECKING:
    from ..http import Answer, Http


async def store(http: Http, base_url: str, url: str, fields: Mapping[str, str], file: tuple[str, bytes, str]) -> None:
    """Puts `file` where the form with `fields` goes. The platform's token stays with the platform.

    Args:
        http: The attempt's.
        base_url: Of the platform's API.
        url: https, or at the API's own host.
        fields: Of the form, in order; S3 takes none behind the file.
        file: Name, bytes and media type of what is to be uploaded.

    Raises:
        Rejected: the store does not take it.
        Unavailable: not now, or that is no place for it.
    """
    if not url.startswith("https://") and not (
        urlsplit(url).netloc and urlsplit(url).netloc == urlsplit(base_url).netloc
    ):
        raise Unavailable(f"the place for a picture is not secure: {urlsplit(url).netloc or 'there is none'}")
    await http.post(url, form=fields, files={"file": file}, explain=_explain)


def _explain(answer: Answer) -> Failure | None:
    """What S3 has against an upload: `<Error><Code>…`."""
    if answer.status not in (400, 403, 413):
        return None
    code = re.search(r"<Code>(\w+)</Code>", answer.text)
    said = f"the picture was not taken: {code[1] if code else 'no reason given'} (HTTP {answer.status})"
    if answer.status == 403:  # a form is good for minutes only
        return Unavailable(said)
    return Rejected(said, field="images", next="use another picture, or set `upload_pictures = false` for this target")
