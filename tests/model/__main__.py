"""`python -m tests.model [--long] [--write]`: searches, prints the table, and writes it into `docs/model.md`.

`--long` searches also what takes a minute; `--write` implies it.
"""

from __future__ import annotations

import sys

from .report import DOCUMENT, fair_table, results, table, written
from .variants import VARIANTS

write, all_of_it = "--write" in sys.argv, "--long" in sys.argv or "--write" in sys.argv
chosen = [variant for variant in VARIANTS if all_of_it or variant.size != "long"]
found = results(chosen)
print(table(found))
print()
print(fair_table())
wrong = [variant.name for variant in chosen if found[variant.name].verdict != variant.expected]
for name in wrong:
    print(f"\nNOT AS EXPECTED: {name}: {found[name].verdict}", *found[name].trace, sep="\n  ")
if write and not wrong:
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8"), found), "utf-8")
sys.exit(bool(wrong))
