"""The house rules that no type checker sees: who is registered, who imports whom, who is named where."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from syndicate.registry import ADAPTERS, STANDINS, adapter_class, names, standin_class

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DECLARED = PROJECT["project"]["entry-points"]
BUILT_IN = sorted(DECLARED[ADAPTERS])
CORE = sorted((ROOT / "syndicate").rglob("*.py"))
PLATFORM_FILES = sorted(p for p in (ROOT / "adapters").glob("*.py") if p.name != "__init__.py")

#: What an adapter and its helpers may import of the core, and what a stand-in may.
CONTRACT_SIDE = {
    *(
        "adapter",
        "errors",
        "handoff",
        "http",
        "kit",
        "local",
        "markdown",
        "secrets",
        "standin",
        "text",
        "tokens",
        "__version__",
    )
}
#: Where a text may say whose syntax or whose way of counting this is.
SYNTAX = ("syndicate/markdown/", "syndicate/post/", "syndicate/text.py")
#: Where names of platforms are syntax: tags that posts hold, such as `{% twitter … %}`, and what sites make of footnotes.
TAGS = ("syndicate/markdown/embeds.py", "syndicate/feed/notes_html.py", "syndicate/feed/prepare.py")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ------------------------------------------------------------------ who is registered


def test_every_file_of_the_adapters_is_registered():
    """A file in adapters/ without an underscore is an adapter or a stand-in, and pyproject.toml says so."""
    registered = {value.partition(":")[0] for group in (ADAPTERS, STANDINS) for value in DECLARED[group].values()}
    there = {f"syndicate.adapters.{path.stem}" for path in PLATFORM_FILES if not path.name.startswith("_")}
    assert registered == there


def test_the_adapters_folder_is_flat():
    """Only files of Python lie in adapters/: what a sub-folder holds would not reach the wheel."""
    strays = {p.name for p in (ROOT / "adapters").iterdir() if p.suffix != ".py" and p.name != "__pycache__"}
    assert strays == set()


@pytest.mark.parametrize("group", [ADAPTERS, STANDINS])
def test_what_is_declared_is_installed(group):
    """The installed metadata has every entry point of pyproject.toml, and the registry finds the same ones."""
    installed = {point.name: point.value for point in entry_points(group=group)}
    assert {name: installed.get(name) for name in BUILT_IN} == DECLARED[group]
    assert {name: names(group).get(name) for name in BUILT_IN} == DECLARED[group]


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_adapter_and_its_stand_in_go_by_one_name(name):
    """The entry points' name is the classes' own; an adapter without a stand-in cannot be tested or tried."""
    assert (adapter_class(name).name, standin_class(name).name) == (name, name)


# ------------------------------------------------------------------ who imports whom


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """What a file imports, dotted (`..http.Http`), and whether that happens when the file itself is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late: set[int] = set()
    for node in ast.walk(tree):
        typing_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if typing_only or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            late |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) not in late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level + (f"{node.module}." if node.module else "")
            yield from ((dots + alias.name, id(node) not in late) for alias in node.names)


@pytest.mark.parametrize("path", PLATFORM_FILES, ids=lambda path: path.stem)
def test_an_adapter_imports_only_the_contract_side(path):
    """Of the core, only the contract; of its neighbours, only helpers; never a sibling adapter, never httpx."""
    for module, _ in imports(path):
        if module.startswith(".."):
            assert module.lstrip(".").partition(".")[0] in CONTRACT_SIDE, module
        elif module.startswith("."):
            assert module[1] == "_", f"{module}: a helper that adapters share begins with an underscore"
        else:
            assert module.partition(".")[0] not in ("syndicate", "httpx"), module


@pytest.mark.parametrize("path", PLATFORM_FILES, ids=lambda path: path.stem)
def test_an_adapter_imports_nothing_heavy_at_the_top(path):
    """At import time an adapter loads the standard library and the contract: rendering never loads httpx."""
    for module, at_import in imports(path):
        if at_import and not module.startswith("."):
            assert module.partition(".")[0] in sys.stdlib_module_names, module
        if at_import:
            assert not module.startswith("..http"), module


@pytest.mark.slow
def test_an_adapter_loads_no_parser_before_it_renders():
    """A run that has nothing to render pays for no parser of Markdown, whichever platforms its config names."""
    code = (
        "import sys; from syndicate.registry import ADAPTERS, adapter_class, names;"
        "[adapter_class(name) for name in names(ADAPTERS)];"
        "print({'markdown_it', 'PIL', 'asyncio', 'regex', 'subprocess'} & sys.modules.keys() or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "none\n", done.stdout + done.stderr


@pytest.mark.slow
def test_rendering_loads_no_http_client():
    """Every adapter renders without httpx: it costs a dry run more than all else together."""
    code = """if True:
        import sys
        from syndicate.adapter import Post
        from syndicate.errors import Rejected
        from syndicate.registry import ADAPTERS, adapter_class, names
        post = Post(key="k", source="p.md", title="A title", body="A text.", canonical_url="https://example.org/p")
        for name in names(ADAPTERS):
            cls = adapter_class(name)
            try:
                print(name, len(cls(**dict.fromkeys(cls.required, "https://x.example/y")).render(post).parts))
            except Rejected as refused:
                print(name, refused)
        assert "httpx" not in sys.modules
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {line.split()[0] for line in done.stdout.splitlines()} >= set(BUILT_IN)


@pytest.mark.parametrize("path", CORE, ids=relative)
def test_the_core_imports_no_adapter(path):
    """The core reaches adapters through the registry alone."""
    for module, _ in imports(path):
        assert "adapters" not in module.split("."), module


@pytest.mark.slow
def test_the_import_contracts_hold(tmp_path):
    """import-linter keeps every contract of pyproject.toml.

    It looks for sub-packages as folders and knows nothing of `package-dir`, so it reads a tree of links in which
    adapters/ stands at its import name.
    """
    pytest.importorskip("importlinter", reason="import-linter, of the extra `test`, is not installed")
    (tmp_path / "syndicate").mkdir()
    for path in (ROOT / "syndicate").iterdir():
        (tmp_path / "syndicate" / path.name).symlink_to(path)
    (tmp_path / "syndicate" / "adapters").symlink_to(ROOT / "adapters")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


# ------------------------------------------------------------------ who is named where

#: Names that are ordinary words, in a house that deals with files.
_WORDS = ("folder",)
_CASELESS = "|".join(re.escape(name) for name in BUILT_IN if name not in _WORDS)
_TITLES = "|".join(re.escape(adapter_class(name).title) for name in BUILT_IN)
#: A platform's name in any case, or its title as it is written; `X-Content-Type-Options` and `\X` name nobody.
PLATFORM = re.compile(rf"(?<![\w\\])(?:(?i:{_CASELESS})|{_TITLES})\b(?!-)")


def named(path: Path) -> Iterator[tuple[str, str]]:
    """Platforms that a file of Python names: `("code" or "prose", "line: name")`. Prose: comments and docstrings."""
    source = path.read_text(encoding="utf-8")
    docstrings = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        prose = token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.start[0] in docstrings)
        for found in PLATFORM.finditer(token.string):
            line = token.start[0] + token.string.count("\n", 0, found.start())
            yield "prose" if prose else "code", f"{relative(path)}:{line}: {found[0]}"


def test_the_core_names_no_platform():
    """No code, message or help of the core knows a platform: what it shows comes from the installed adapters.

    Two exceptions, both about syntax: names of embed tags that posts hold, and prose that says whose syntax or
    whose way of counting a function reads.
    """
    found = [(kind, where) for path in CORE for kind, where in named(path)]
    leaks = [
        where for kind, where in found if not (where.startswith(TAGS) or (kind == "prose" and where.startswith(SYNTAX)))
    ]
    assert not leaks, "\n".join(leaks)
    assert found, "the search finds nothing at all: is it still looking?"


def test_the_config_of_the_core_names_no_platform():
    """The example post may name the places where people read; no other data of the core does."""
    data = [
        p for p in (ROOT / "syndicate").rglob("*") if p.suffix in (".toml", ".md", ".json") and p.name != "example.md"
    ]
    leaks = [relative(path) for path in data if PLATFORM.search(path.read_text(encoding="utf-8"))]
    assert not leaks, "\n".join(leaks)


def test_no_file_knows_this_machine():
    """No path of the machine that the project is worked on is in it: neither this checkout nor one's home."""
    # A checkout at the root has no telling parent, and the home of root is the same everywhere.
    private = [ROOT, *(p for p in (ROOT.parent, Path.home()) if len(p.parts) > 1 and p != Path("/root"))]
    here = "|".join(re.escape(str(path)) for path in private)
    machine = re.compile(rf"(?<![\w.:/~-])(?:{here})/[\w.]")
    made = re.compile(r"\.(git|venv.*|\w+_cache|hypothesis|syndicate)|build|dist|__pycache__|.+\.egg-info")
    leaks = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not made.fullmatch(name)]
        for path in (Path(folder, name) for name in files):
            text = path.read_bytes().decode("utf-8", "replace")
            leaks += [f"{relative(path)}: {found[0]}" for found in machine.finditer(text)]
    assert not leaks, "\n".join(leaks)
