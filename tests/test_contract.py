"""Every built-in adapter through the contract suite."""

from typing import ClassVar

from syndicate.adapters.slack_standin import SlackWebhookStandIn

from syndicate.registry import adapter_class, standin_class
from syndicate.testing import AdapterContract, sample_post


class TestDevTo(AdapterContract):
    adapter = adapter_class("devto")
    standin = standin_class("devto")


class TestHashnode(AdapterContract):
    adapter = adapter_class("hashnode")
    standin = standin_class("hashnode")


class TestMedium(AdapterContract):
    adapter = adapter_class("medium")
    standin = standin_class("medium")


class TestReddit(AdapterContract):
    adapter = adapter_class("reddit")
    standin = standin_class("reddit")


class TestRedditSelf(AdapterContract):
    adapter = adapter_class("reddit")
    standin = standin_class("reddit")
    options: ClassVar = {"kind": "self"}


class TestTwitter(AdapterContract):
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")


class TestTwitterThread(AdapterContract):
    """Several parts: each of them once, in order, each an answer to the one before."""

    post = sample_post(body="\n\n".join(f"Paragraph {n} has some words to say. " * 5 for n in range(5)))
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")
    options: ClassVar = {"mode": "thread"}


class TestTwitterThreadPictures(AdapterContract):
    """The pictures of a text go with the part in which they stand."""

    post = sample_post(body="One.\n\n![A](https://blog.example.com/a.png)\n\n<!-- part -->\n\nTwo.\n\n![B](b.jpg)\n")
    adapter = adapter_class("twitter")
    standin = standin_class("twitter")
    options: ClassVar = {"mode": "thread", "numbering": True}


class TestBluesky(AdapterContract):
    adapter = adapter_class("bluesky")
    standin = standin_class("bluesky")


class TestBlueskyPicture(AdapterContract):
    """A picture in the place of the card."""

    adapter = adapter_class("bluesky")
    standin = standin_class("bluesky")
    options: ClassVar = {"pictures": "always"}


class TestDiscord(AdapterContract):
    """A webhook, which cannot be asked what it posted."""

    adapter = adapter_class("discord")
    standin = standin_class("discord")


class TestDiscordText(AdapterContract):
    adapter = adapter_class("discord")
    standin = standin_class("discord")
    options: ClassVar = {"mode": "text", "thread_id": "200000000000000009"}


class TestFacebook(AdapterContract):
    adapter = adapter_class("facebook")
    standin = standin_class("facebook")


class TestFacebookText(AdapterContract):
    adapter = adapter_class("facebook")
    standin = standin_class("facebook")
    options: ClassVar = {"kind": "text"}


class TestFolder(AdapterContract):
    adapter = adapter_class("folder")
    standin = standin_class("folder")


class TestFolderFeed(AdapterContract):
    """Two parts: the page, and its entry in a feed that is a file."""

    adapter = adapter_class("folder")
    standin = standin_class("folder")
    options: ClassVar = {"feed": "static/feed.xml"}


class TestGhost(AdapterContract):
    adapter = adapter_class("ghost")
    standin = standin_class("ghost")


class TestGitHub(AdapterContract):
    adapter = adapter_class("github")
    standin = standin_class("github")


class TestGitHubLink(AdapterContract):
    adapter = adapter_class("github")
    standin = standin_class("github")
    options: ClassVar = {"kind": "link"}


class TestLinkedIn(AdapterContract):
    """A member, whose posts cannot be looked up: what is unclear stays so."""

    adapter = adapter_class("linkedin")
    standin = standin_class("linkedin")


class TestLinkedInPage(AdapterContract):
    """An organization, whose posts can be listed."""

    adapter = adapter_class("linkedin")
    standin = standin_class("linkedin")
    options: ClassVar = {"author": "urn:li:organization:2414183"}


class TestLinkedInPicture(AdapterContract):
    """A picture in the place of the card."""

    adapter = adapter_class("linkedin")
    standin = standin_class("linkedin")
    options: ClassVar = {"author": "urn:li:organization:2414183", "pictures": "always"}


class TestMastodon(AdapterContract):
    adapter = adapter_class("mastodon")
    standin = standin_class("mastodon")


class TestMastodonPicture(AdapterContract):
    """A picture in the place of the card: uploaded first, and anew for each try."""

    adapter = adapter_class("mastodon")
    standin = standin_class("mastodon")
    options: ClassVar = {"pictures": "always"}


class TestSlack(AdapterContract):
    adapter = adapter_class("slack")
    standin = standin_class("slack")


class TestSlackFull(AdapterContract):
    adapter = adapter_class("slack")
    standin = standin_class("slack")
    options: ClassVar = {"mode": "full"}


class TestSlackWebhook(AdapterContract):
    """The second way in, which cannot be asked."""

    adapter = adapter_class("slack")
    standin = SlackWebhookStandIn


class TestTelegram(AdapterContract):
    adapter = adapter_class("telegram")
    standin = standin_class("telegram")


class TestWordPress(AdapterContract):
    adapter = adapter_class("wordpress")
    standin = standin_class("wordpress")
