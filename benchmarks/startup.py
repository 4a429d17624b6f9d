"""Start-up of the command, as ratios to a bare interpreter in the same run; machines differ, ratios less so.

Run it with the interpreter of the environment the tool is installed in: `make bench`. Whole processes, interleaved,
the fastest of many runs each. Budgets: `--version` 1.3, a run with nothing to do 2.5, a dry run of one post 9.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from syndicate.cli.demo import write_config
from syndicate.sandbox import Sandbox

ROUNDS = 25


def main() -> None:
    """Prints a table."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        root = Path(folder)
        write_config(root, sandbox)
        post = root / "content" / "posts" / "hello.md"
        post.parent.mkdir(parents=True)
        post.write_text((Path(__file__).parent / "post.md").read_text())
        one = root / "content" / "posts" / "other.md"
        one.write_text(post.read_text().replace("One post", "Another post"))
        tool = str(Path(sys.executable).with_name("syndicate"))
        subprocess.run([tool, "publish", str(post)], cwd=root, check=True, env=_environment(root), capture_output=True)
        # The first run with nothing to do is remembered, once the ledger's file is old enough for that.
        time.sleep(2.5)
        subprocess.run([tool, "publish", str(post)], cwd=root, check=True, env=_environment(root), capture_output=True)
        cases = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "--version": [tool, "--version"],
            "publish, nothing to do (5 targets)": [tool, "publish", str(post)],
            "dry run of one post (1 target)": [tool, "publish", str(one), "--dry-run", "--to", "devto"],
            "dry run of one post (5 targets)": [tool, "publish", str(one), "--dry-run"],
            "--help": [tool, "--help"],
        }
        best = dict.fromkeys(cases, float("inf"))
        for _ in range(ROUNDS):
            for name, command in cases.items():
                best[name] = min(best[name], _seconds(command, root))
    bare = best["python -c pass"]
    for name, seconds in best.items():
        print(f"{name:36} {seconds * 1000:7.1f} ms  x {seconds / bare:5.2f}")


def _seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=_environment(folder))
    return time.perf_counter() - start


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder)}


if __name__ == "__main__":
    main()
