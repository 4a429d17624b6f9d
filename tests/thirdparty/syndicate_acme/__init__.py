"""Acme Notes for syndicate: an adapter and its stand-in, found through entry points."""
