"""One run in a process of its own, for the tests that kill it. Takes its job, pickled, as its argument."""

from __future__ import annotations

import base64
import pickle
import sys

from .clock import Clock
from .rig import make_adapter, run_once


def main() -> None:
    cls, options, base_url, ledger, post, tokens = pickle.loads(base64.b64decode(sys.argv[1]))  # noqa: S301  from our parent
    run_once(ledger, make_adapter(cls, options, base_url), post, clock=Clock(), tokens=tokens)


if __name__ == "__main__":
    main()
