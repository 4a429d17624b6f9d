"""A publish to five local platforms that take 200 ms each: the run against its slowest call. Budget: 1.25.

`make bench` prints it. The platforms run in this process, the tool in others: once timed from inside (a plan
carried out, with what Python loads late behind it), once as a whole process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from syndicate.cli.demo import write_config
from syndicate.sandbox import Fault, Sandbox

SLOW = 0.2
ROUNDS = 5

INSIDE = """
import sys, time
from pathlib import Path
from syndicate.session import Session
with Session.open() as session:
    for path in sys.argv[1:]:  # the first one loads what is loaded late: that is felt in the whole process
        plan = session.plan(session.posts([Path(path)]))
        start = time.perf_counter()
        done = session.carry_out(plan)
        seconds = time.perf_counter() - start
        assert all(delivery.state == "published" for delivery in done), done
print(seconds)
"""


def main() -> None:
    """Prints two ratios."""
    best = {"carried out": float("inf"), "whole process": float("inf")}
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        root = Path(folder)
        write_config(root, sandbox)
        text = (Path(__file__).parent / "post.md").read_text()
        for number in range(ROUNDS * 2):
            posts = [root / f"post{number}.md", root / f"more{number}.md"]
            for post in posts:
                post.write_text(text.replace("One post", f"Post {post.stem}"))
            for name in sandbox.places:
                sandbox.play(name, Fault("slow", times=2, seconds=SLOW))
            environment = {"PATH": os.environ["PATH"], "HOME": folder}
            inside = number % 2 == 0
            words = ["-c", INSIDE, *map(str, posts)] if inside else ["-m", "syndicate", "publish", str(posts[0])]
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, *words], cwd=root, check=True, env=environment, capture_output=True, text=True
            )
            seconds = float(done.stdout) if inside else time.perf_counter() - start
            name = "carried out" if inside else "whole process"
            best[name] = min(best[name], seconds)
            for place in sandbox.places.values():
                place.faults.clear()
    for name, seconds in best.items():
        print(f"publish to 5, {name:14} {seconds * 1000:7.1f} ms  x {seconds / SLOW:5.2f} the slowest call")


if __name__ == "__main__":
    main()
