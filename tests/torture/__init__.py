"""The torture run: many deliveries, several processes, every fault at random; then the count of what is out there.

`python -m tests.torture --help`, and docs/torture.md.
"""
