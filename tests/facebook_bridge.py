"""The Facebook adapter and its stand-in, ready to use, for the tests of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from syndicate.adapters.facebook import Facebook
from syndicate.adapters.facebook_standin import FacebookStandIn

from syndicate.adapter import Secret

from .adapter_bridge import Place

PAGE, TOKEN = FacebookStandIn.options["page_id"], FacebookStandIn.options["token"]


def place(**options: Any) -> Place:
    """A Page that takes the adapter's token."""
    given = {"base_url": "http://sandbox/facebook/v26.0", "page_id": PAGE, "token": Secret.of(TOKEN)}
    return Place(Facebook(**given | options), FacebookStandIn)


def with_(site: Place, **changes: Any) -> Place:
    """The same Page, with other options of the target."""
    site.adapter = replace(site.adapter, **changes)
    return site
