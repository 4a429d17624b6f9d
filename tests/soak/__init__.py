"""The soak: many feeds, hundreds of passes, everything that feeds, platforms and kills do; then the count of what is out.

`python -m tests.soak --help`, and docs/soak.md.
"""
