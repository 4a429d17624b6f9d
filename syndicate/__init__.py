"""Carry one Markdown post to the places where developers abroad read."""

__version__ = "0.1.0"
