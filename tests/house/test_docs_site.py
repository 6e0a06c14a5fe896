"""What the site adds to the pages: commands and names from the program, links that stay inside."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import typer

import optimizer as op
from optimizer.cli.app import app
from optimizer.model.formulation import formulation

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    """The file that MkDocs loads; what is tested here needs no MkDocs."""
    spec = spec_from_file_location("hooks", ROOT / "docs" / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_and_option_is_in_the_reference(hooks: ModuleType) -> None:
    text = hooks.command_reference()
    commands = dict(vars(typer.main.get_command(app))["commands"])
    sections = dict(re.findall(r"^## `optimizer ([\w-]+)`$(.*?)(?=^## |\Z)", text, re.M | re.S))
    assert set(sections) == {name for name, command in commands.items() if not command.hidden}
    for name, section in sections.items():
        options = [o for p in commands[name].params for o in p.opts if o.startswith("--")]
        assert [o for o in options if o not in section] == []


def test_every_public_name_has_one_entry(hooks: ModuleType) -> None:
    entries = re.findall(r"^::: (\S+)$", "\n".join(hooks.api_pages().values()), re.M)
    assert sorted(entries) == sorted(hooks.path_of(name) for name in op.__all__)
    assert all(f"[`op.{name}`]" in hooks.api_index() for name in op.__all__)


def test_links_that_leave_the_folder_take_their_files_along(hooks: ModuleType) -> None:
    along = hooks.taken_along()
    assert {"instances/README.md", "optimizer/model/formulation.md", "LICENSE"} <= set(along)
    text = "[a](../../instances/README.md#x) [b](years.md) [c](../../benchmarks/nothing) [d](#here)"
    inside = hooks.relinked(text, "docs/how_to/own_region.md")
    assert inside == "[a](../project/instances/README.md#x) [b](years.md) c [d](#here)"


def test_the_formula_page_is_the_program_s(hooks: ModuleType) -> None:
    assert hooks.text_of("optimizer/model/formulation.md") == formulation("en")
    assert hooks.text_of("optimizer/model/formulation.es.md") == formulation("es")


@pytest.mark.parametrize(
    ("tag", "refused"),
    [
        ('<script src="https://x.org/a.js">', True),
        ('<link rel="stylesheet" href="//x.org/a.css">', True),
        ('<a href="https://x.org">', False),
        ('<script src="assets/a.js">', False),
    ],
)
def test_what_a_page_may_load(hooks: ModuleType, tag: str, *, refused: bool) -> None:
    assert bool(hooks.FROM_ELSEWHERE.search(tag)) == refused
