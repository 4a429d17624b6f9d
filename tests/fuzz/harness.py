"""atheris on the reader of front matter, or on the pipeline: `python -m tests.fuzz.harness front CORPUS -runs=1000`.

The last arguments are libFuzzer's. A text that breaks a promise, or takes longer than its `-timeout`, is written below its
`-artifact_prefix`; put it into `seeds/`, where the tests look at it each time, and mend what it shows.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import atheris

with atheris.instrument_imports(include=["syndicate"]):
    import syndicate.check_text
    import syndicate.markdown
    import syndicate.post

    # Most of the pipeline is imported when a text needs it: too late to be seen.
    for package in (syndicate.markdown, syndicate.post):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)

from . import promises


def _broken(text: str) -> None:
    """For the test of the harness itself."""
    assert text != "break", "the harness is tried"


PROMISES = {"front": promises.front, "pipeline": promises.pipeline, "broken": _broken}


def main(arguments: list[str]) -> None:
    """Does not return: libFuzzer ends the process. 0: all went well; 77: something was found."""
    promise = PROMISES[arguments[1]]

    def one(data: bytes) -> None:
        promise(data.decode("utf-8", "replace"))

    atheris.Setup([arguments[0], *arguments[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
