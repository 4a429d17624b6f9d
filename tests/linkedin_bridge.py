"""The LinkedIn adapter and its stand-in, ready to use, for the tests of both."""

from __future__ import annotations

from typing import Any

from syndicate.adapters.linkedin import LinkedIn
from syndicate.adapters.linkedin_standin import LinkedInStandIn

from syndicate.adapter import Secret
from syndicate.standin import Response

from .adapter_bridge import Place

MEMBER, TOKEN = LinkedInStandIn.options["author"], LinkedInStandIn.options["token"]
ORGANIZATION = LinkedInStandIn.organization
#: Where the stand-in says that it is: pictures are uploaded there.
BASE = "http://sandbox/linkedin/api"
APP = {"client_id": Secret.of(LinkedInStandIn.client_id), "client_secret": Secret.of(LinkedInStandIn.client_secret)}


def place(author: str = MEMBER, **options: Any) -> Place:
    """LinkedIn, which takes the adapter's token."""
    given = {"base_url": BASE, "author": author, "token": Secret.of(TOKEN)}
    return Place(LinkedIn(**given | options), LinkedInStandIn)


def duplicate(urn: str, status: int = 422) -> Response:
    """As LinkedIn says it (Arisamiga/Linkedin-RSS#5)."""
    words = f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {urn}"
    error = {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
    said = {"errorDetailType": "com.linkedin.common.error.BadRequest", "message": words, "status": status}
    return Response(status, {**said, "errorDetails": {"inputErrors": [error]}})
