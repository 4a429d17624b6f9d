"""A subreddit's rules for submissions, as its own moderators set them, against a submission. Pure.

Facts: reddit.com/dev/api, `GET /api/v1/{subreddit}/post_requirements` and `link_flair_v2` (the latter's shape unconfirmed).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

_BODY = {"required": "the subreddit wants a text", "notAllowed": "the subreddit takes no text"}


def flairs(answer: Any) -> dict[str, str]:
    """Ids and texts of a subreddit's flairs."""
    return {str(one["id"]): str(one.get("text") or "") for one in answer}


def objections(sent: Mapping[str, str], rules: Mapping[str, Any]) -> list[str]:
    """Why the subreddit would refuse what is to be sent; a sentence each."""
    said = [*_texts("title", sent["title"], rules), *_flair(sent, rules)]
    body, link = sent.get("text", ""), sent.get("url", "")
    policy = str(rules.get("body_restriction_policy") or "none")
    if (policy == "required" and not body and sent["kind"] == "self") or (policy == "notAllowed" and body):
        said.append(_BODY[policy])
    if body:
        said += _texts("body", body, rules)
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    forbidden, allowed = (rules.get(name) or () for name in ("domain_blacklist", "domain_whitelist"))
    if host and any(_below(host, domain) for domain in forbidden):
        said.append(f"links to {host} are not taken there")
    if host and rules.get("link_restriction_policy") == "whitelist" and not any(_below(host, one) for one in allowed):
        said.append(f"only links to {', '.join(map(str, allowed))} are taken there, not to {host}")
    return said


def _texts(what: str, text: str, rules: Mapping[str, Any]) -> list[str]:
    """Lengths, words that must or must not be there, and patterns, of the title or the body."""
    said: list[str] = []
    least, most = rules.get(f"{what}_text_min_length"), rules.get(f"{what}_text_max_length")
    if least and len(text) < least:
        said.append(f"the {what} has {len(text)} characters; the subreddit wants {least} at least")
    if most and len(text) > most:
        said.append(f"the {what} has {len(text)} characters; the subreddit takes {most}")
    low = text.casefold()
    required: Sequence[str] = rules.get(f"{what}_required_strings") or ()
    if required and not any(word.casefold() in low for word in required):
        said.append(f"the {what} has to hold one of {', '.join(map(repr, required))}")
    found = [word for word in rules.get(f"{what}_blacklisted_strings") or () if word.casefold() in low]
    if found:
        said.append(f"the {what} holds {', '.join(map(repr, found))}, which the subreddit does not take")
    patterns = [pattern for pattern in rules.get(f"{what}_regexes") or () if _usable(pattern)]
    if patterns and not any(re.search(pattern, text) for pattern in patterns):
        said.append(f"the {what} does not have the form that the subreddit wants: {', '.join(patterns)}")
    return said


def _flair(sent: Mapping[str, str], rules: Mapping[str, Any]) -> list[str]:
    given, known = sent.get("flair_id") or sent.get("flair_text"), rules.get("flairs") or {}
    which = f": {', '.join(f'{text} ({id})' for id, text in known.items())}" if known else ""
    if not given and rules.get("is_flair_required"):
        return [f"the subreddit wants a flair; set `flair` for this target{which}"]
    if sent.get("flair_id") and known and sent["flair_id"] not in known:
        return [f"the subreddit has no flair {sent['flair_id']}{which}"]
    return []


def _below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _usable(pattern: str) -> bool:
    """Reddit's patterns are Python's; one that is none says nothing."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
