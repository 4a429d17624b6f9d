"""The commands: parse, call, print, exit code. Nothing is decided here."""
