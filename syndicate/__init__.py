"""Carry one Markdown post to the places where developers abroad read."""

__version__ = "0.1.0"
#: What every request says of who asks.
USER_AGENT = f"syndicate/{__version__} (cross-posting tool; one post, many platforms)"
