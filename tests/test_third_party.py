"""A stranger's package: installed beside the tool it is found, tested and published through, with no change here.

The package is tests/thirdparty, the one that CONTRIBUTING.md explains; the guide is held against it too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import pytest

from syndicate import errors
from syndicate.testing import sample_post

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "tests" / "thirdparty"
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())

POST = """\
---
title: Notes from a stranger
tags: [python, packaging]
---

The tool has never heard of the place where this is read.
"""

KEYLESS = """\
from syndicate_acme.adapter import Acme, _published, explain
from syndicate_acme.standin import AcmeStandIn
from syndicate.testing import AdapterContract, sample_post, sample_post


class Keyless(Acme):
    async def publish(self, part, attempt, http):
        url = f"{self.base_url}/notes"
        return _published(await http.write("POST", url, part, headers=self._headers(), explain=explain))


class TestKeyless(AdapterContract):
    adapter = Keyless
    standin = AcmeStandIn
"""


def lay_out(target: Path) -> None:
    """What `pip install --target` leaves of the package: its modules, and the metadata with the entry points.

    By hand, since a build needs a backend that the test environment may lack, and tests fetch nothing; the test
    below compares it with a real wheel where there is a backend.
    """
    project = PROJECT["project"]
    for package in PROJECT["tool"]["setuptools"]["packages"]:
        shutil.copytree(PACKAGE / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
    info = target / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project["entry-points"].items()
    lines = [
        line for group, points in groups for line in (f"[{group}]", *(f"{k} = {v}" for k, v in points.items()), "")
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed package."""
    target = tmp_path_factory.mktemp("installed")
    lay_out(target)
    return target


def environment(installed: Path) -> dict[str, str]:
    paths = [str(installed), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def python(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in `folder` with the package installed."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(installed), capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def sandbox(installed: Path, folder: Path) -> Iterator[dict[str, str]]:
    """`syndicate sandbox` in a process of its own; yields the `[targets.*]` tables that it prints, by name."""
    command = [sys.executable, "-m", "syndicate", "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(installed), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        tables: dict[str, str] = {}
        name = ""
        try:
            for line in process.stdout:
                if found := re.match(r"\[targets\.(\w+)\]", line):
                    name = found[1]
                if name:
                    tables[name] = tables.get(name, "") + line
                if "acme" in tables and not line.strip():
                    break
            yield tables
        finally:
            process.terminate()


# ------------------------------------------------------------------ the package


@pytest.mark.slow
def test_it_passes_its_own_tests(installed, tmp_path):
    """The contract suite and the package's own tests pass from outside the project."""
    shutil.copytree(PACKAGE / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PACKAGE / "pyproject.toml", tmp_path)
    done = python(installed, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 20, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.slow
def test_the_suite_catches_a_missing_key(installed, tmp_path):
    """An adapter that declares a key and does not send it posts twice when a request comes late: the suite says so."""
    (tmp_path / "test_keyless.py").write_text(KEYLESS)
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "request_late or published_once")
    done = python(installed, tmp_path, *arguments)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "FAILED test_keyless.py::TestKeyless::test_request_late" in done.stdout


@pytest.mark.slow
def test_the_tool_lists_it(installed, tmp_path):
    """`platforms` and `init` know the platform from its own data."""
    listed = json.loads(python(installed, tmp_path, "-m", "syndicate", "platforms", "--json").stdout)
    (acme,) = [platform for platform in listed["platforms"] if platform["name"] == "acme"]
    assert (acme["title"], acme["dedupe"]["kind"], acme["needs"]) == ("Acme Notes", "key", [["token"]])
    assert python(installed, tmp_path, "-m", "syndicate", "init", "new.toml").returncode == 0
    assert 'adapter = "acme"' in (tmp_path / "new.toml").read_text()


@pytest.mark.slow
def test_the_tool_publishes_there_once(installed, tmp_path):
    """A target of the adapter gets the post, in the sandbox, and a second run has nothing to do."""
    (tmp_path / "post.md").write_text(POST)
    publish = ("-m", "syndicate", "publish", "post.md", "--json")
    with sandbox(installed, tmp_path) as tables:
        site = '[site]\nurl = "https://blog.example.org"\n\n'
        (tmp_path / "syndicate.toml").write_text(site + tables["acme"].replace("[targets.acme]", "[targets.notes]"))
        first = python(installed, tmp_path, *publish)
        assert first.returncode == 0, first.stdout + first.stderr
        again = python(installed, tmp_path, *publish)
        (sent,), (skipped,) = (json.loads(run.stdout)["deliveries"] for run in (first, again))
        with urllib.request.urlopen(sent["url"]) as page:
            shown = page.read().decode()
    assert (sent["target"], sent["adapter"], sent["state"], sent["remote_id"]) == ("notes", "acme", "published", "n1")
    assert sent["parts"][0]["payload"]["labels"] == ["python", "packaging"]
    assert "Notes from a stranger" in shown
    assert (skipped["action"], skipped["state"], again.returncode) == ("skip", "published", 0)


def major_version(distribution: str) -> int:
    try:
        return int(version(distribution).partition(".")[0])
    except PackageNotFoundError:
        return 0


@pytest.mark.slow
@pytest.mark.skipif(major_version("setuptools") < 77, reason="setuptools >= 77 is not here, and tests fetch nothing")
def test_it_builds(installed, tmp_path):
    """The wheel that setuptools builds holds the files and entry points that the other tests run with."""
    source = tmp_path / "source"
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__"))
    code = "import setuptools.build_meta as backend, sys; backend.build_wheel(sys.argv[1])"
    done = python(installed, source, "-c", code, str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        built = {name: archive.read(name).decode().split() for name in archive.namelist()}
    laid = [p for p in installed.rglob("*") if p.suffix in (".py", ".txt")]
    wanted = {p.relative_to(installed).as_posix(): p.read_text().split() for p in laid}
    assert {name: built.get(name) for name in wanted} == wanted


# ------------------------------------------------------------------ the guide

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: Fenced blocks whose first line names a file of the package.
QUOTED = re.findall(r"^```\w+\n# (\S+\.(?:py|toml))\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "code"), QUOTED, ids=[f"{n}-{name}" for n, (name, _) in enumerate(QUOTED)])
def test_the_guide_quotes_the_package(name, code):
    """What the guide shows as a piece of the package stands there, character for character."""
    assert code.strip("\n") in (PACKAGE / name).read_text(encoding="utf-8")


def test_the_guide_shows_every_file():
    """The guide explains each file that a stranger writes, and quotes all Python that it shows."""
    written = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py")} | {"pyproject.toml"}
    assert {name for name, _ in QUOTED} == written - {"syndicate_acme/__init__.py", "conftest.py"}
    assert GUIDE.count("```python") == sum(name.endswith(".py") for name, _ in QUOTED) + 1  # the table, see below


def test_the_table_of_the_guide_is_an_adapter():
    """The place without an API that the guide shows makes a kit, and turns down what it says it does."""
    (code,) = re.findall(r"^```python\n# adapters/gazette.py[^\n]*\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    start = (
        "from dataclasses import dataclass\nfrom syndicate.adapter import Dialect, Limits, option\n"
        "from syndicate.kit import Handoff, Place, Rule\n"
    )
    module = sys.modules["gazette"] = ModuleType("gazette")
    exec(start + code, module.__dict__)
    long = sample_post(body="Words and more. " * 300)
    payload = module.Gazette().render(long).parts[0].payload
    assert payload["open"].startswith("https://gazette.example/new?title=A%20post")
    assert {"post.html", "tags.txt", "checklist.md"} <= set(payload["files"])
    assert "Originally published at" in payload["files"]["post.html"]
    with pytest.raises(errors.Rejected, match="500 words"):
        module.Gazette().render(sample_post())


def test_the_guide_names_what_exists():
    """Every file, make target and failure that the guide names is there; no failure is left out."""
    paths = set(re.findall(r"`((?:adapters|syndicate|tests)/[\w./]*\w)/?`", GUIDE))
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    makefile = (ROOT / "Makefile").read_text()
    wanted = set(re.findall(r"(?:^|`|: )make ([a-z-]+)", GUIDE, re.MULTILINE))
    assert {target for target in wanted if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()
    failures = {name for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, errors.Failure)}
    failures -= {"Failure", "Waitable", "Bug"}  # bases, and what the core says of an adapter
    table = set(re.findall(r"^\|.*\| `(\w+)", GUIDE, re.MULTILINE))
    assert failures - table == set()
