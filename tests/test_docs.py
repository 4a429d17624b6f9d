"""The documents say what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer

from syndicate.cli.app import app
from syndicate.registry import ADAPTERS, adapter_class, names
from syndicate.report import _EXITS, Exit

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
if not README.exists():
    pytest.skip("the documents are not beside these tests (a run against the wheel)", allow_module_level=True)

DOCUMENTS = [README, *(ROOT / f"{name}.md" for name in ("ARCHITECTURE", "CONTRIBUTING", "CHANGELOG"))]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each relative link names a file that is there, and a heading in it."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", document.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        file = ROOT / name if name else document
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, target


def test_every_command_is_named_in_the_changelog_and_exists() -> None:
    """The documents name no command that is not there, and the changelog names all."""
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert set(re.findall(r"`syndicate ([a-z]+)", text)) <= COMMANDS
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert all(f"`{command}`" in changelog or f"syndicate {command}`" in changelog for command in COMMANDS)


def test_every_platform_is_in_the_table() -> None:
    """Each adapter has a row in the README."""
    text = README.read_text("utf-8")
    for name in names(ADAPTERS):
        assert f"`{name}`" in text
        assert adapter_class(name).title in text


def test_every_kind_of_problem_is_documented() -> None:
    """The kinds that `error` may have stand in the README, and so do the exit codes."""
    text = README.read_text("utf-8")
    assert all(f"`{kind}`" in text for kind in [*_EXITS, "Bug"])
    assert all(f"| {code.value} |" in text for code in Exit)


def test_the_example_of_the_document_is_one() -> None:
    """The JSON that the README shows has the keys that `--json` has."""
    (block,) = re.findall(r"```json\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (delivery,) = json.loads(block)["deliveries"]
    assert set(delivery) == {
        *("post", "target", "adapter", "action", "state", "url", "remote_id", "parts", "warnings", "error"),
    }
    assert set(delivery["parts"][0]) == {"fingerprint", "payload", "count", "limit"}


def test_make_knows_what_the_documents_ask_of_it() -> None:
    """Every `make TARGET` in the documents is one."""
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        asked = set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE))
        assert asked <= known, document.name


def test_the_table_of_faults_is_of_today() -> None:
    """docs/faults.md names each case of the contract suite and each configuration that it runs on, and none fails."""
    from syndicate.testing import AdapterContract

    from . import test_contract

    text = (ROOT / "docs" / "faults.md").read_text("utf-8")
    cases = [name.removeprefix("test_") for name in dir(AdapterContract) if name.startswith("test_")]
    assert cases
    assert set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == set(cases)
    assert all(f" {name.removeprefix('Test')} |" in text for name in vars(test_contract) if name.startswith("Test"))
    assert "✗" not in text.partition("\n|")[2]
