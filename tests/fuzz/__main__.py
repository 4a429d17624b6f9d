"""`make fuzz`: atheris on the reader of front matter, then on the pipeline, then hypothesis for longer than the suite does.

`--only hostile` measures every text of `hostile` at the largest size that is taken, which takes some minutes.
1: something was found. What libFuzzer has learnt and found lies below build/fuzz, and it goes on from there.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from . import scraps

ROOT = Path(__file__).resolve().parents[2]
#: What atheris looks at, and the words that it puts in.
WORDS = {"front": scraps.HEADERS, "pipeline": scraps.BODIES}
#: The tests that look at more when they are told to, and how many texts hypothesis makes in a second or so.
_TESTS = {"hypothesis": "tests/test_fuzz.py", "hostile": "tests/test_hostile.py"}
_A_SECOND = 5
#: Texts of the project's own to begin with.
_OWN = ("tests/posts/*.md", "tests/fuzz/seeds/{name}/*")


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    chosen = options.only or (*WORDS, "hypothesis")
    found = [name for name in chosen if not _run(name, options.seconds, options.folder)]
    print(f"fuzz: {', '.join(found)} found something, see above" if found else "fuzz: nothing found")
    return int(bool(found))


def _run(name: str, seconds: int, folder: Path) -> bool:
    """Whether nothing was found."""
    if name in _TESTS:
        command = [sys.executable, "-m", "pytest", "-q", _TESTS[name]]
        more = {"FUZZ_EXAMPLES": str(_A_SECOND * seconds)}
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **more}, check=False).returncode == 0
    if importlib.util.find_spec("atheris") is None:
        print(f"fuzz: {name} is left out: atheris has no wheel for this Python here")
        return True
    return atheris(name, folder / name, f"-max_total_time={seconds}").returncode == 0


def atheris(name: str, corpus: Path, *arguments: str, quiet: bool = False) -> subprocess.CompletedProcess[bytes]:
    """Runs the harness.

    Args:
        name: What of it; see `harness.PROMISES`.
        corpus: Its folder, made where it is not there. What is found is written beside it.
        arguments: More for libFuzzer.
        quiet: Keep what it says.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    for pattern in _OWN:
        for file in sorted(ROOT.glob(pattern.format(name=name))):
            (corpus / f"own-{file.name}").write_bytes(file.read_bytes())
    words = corpus.parent / f"{name}.dict"
    words.write_text(scraps.dictionary(WORDS.get(name, ("break",))), encoding="ascii")
    command = [sys.executable, "-m", "tests.fuzz.harness", name, str(corpus), f"-dict={words}", "-timeout=10"]
    command += ["-max_len=1024", f"-artifact_prefix={corpus.parent}/{name}-", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=quiet)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each of them (60)")
    parser.add_argument("--only", nargs="+", choices=[*WORDS, *_TESTS], help="not all of them")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "fuzz", help="in the place of build/fuzz")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
