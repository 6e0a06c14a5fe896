"""The documentation's Python snippets run, its output is the real one, its links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
import typer

from optimizer.cli.app import app
from tests.paths import ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
TOP = [page for page in sorted(ROOT.glob("*.md")) if page.name != "CHANGELOG.md"]
TRANSLATED = {page for page in PAGES if re.search(r"\.\w\w$", page.stem)}
FILE = re.compile(r"`(\w+\.toml)`[^`]*```toml\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SNIPPET = re.compile(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def with_snippets() -> list[Path]:
    pages = [page for page in PAGES if page not in TRANSLATED]
    return [page for page in pages if SNIPPET.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", with_snippets(), ids=name_of)
def test_snippets_run_and_print_what_stands_below_them(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for name, content in FILE.findall(page.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    for code, printed in SNIPPET.findall(page.read_text(encoding="utf-8")):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, str(page), "exec"), names)  # noqa: S102 - our own pages
        if printed:
            assert said.getvalue().strip() == printed.strip()


@pytest.mark.parametrize("page", sorted(TRANSLATED), ids=name_of)
def test_a_translated_page_shows_the_same_code_and_output(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    original = page.with_name(f"{page.name.split('.')[0]}.md").read_text(encoding="utf-8")
    assert SNIPPET.findall(text) == SNIPPET.findall(original)
    shown = [block.replace(" --lang es", "") for block in COMMANDS.findall(text)]
    assert shown == COMMANDS.findall(original)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_shown_are_ones_that_the_program_understands(page: Path) -> None:
    """Every argument and option is parsed; nothing is computed."""
    commands = dict(vars(typer.main.get_command(app))["commands"])
    for block in COMMANDS.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["optimizer"] and words[1] != "--version":
                commands[words[1]].make_context(words[1], words[2:])


def test_a_wrong_command_would_be_noticed() -> None:
    commands = dict(vars(typer.main.get_command(app))["commands"])
    with pytest.raises(Exception, match="No such option"):
        commands["solve"].make_context("solve", ["REGION", "--gapp", "0.1"])


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("docs/how_to/own_grouping.md", "optimizer evaluate REGION mine.csv"),
        ("docs/concepts.md", "| lambda, `public_money_price` |"),
        ("docs/how_to/loyalty.md", "op.stability"),
        ("docs/cite.md", "optimizer --version"),
    ],
)
def test_what_is_asked_most_is_at_most_two_clicks_from_the_readme(page: str, answer: str) -> None:
    reached = {README}
    for _ in range(2):
        reached |= {
            (near.parent / link).resolve()
            for near in reached
            for link in re.findall(r"\]\(([^)#]+\.md)", near.read_text(encoding="utf-8"))
        }
    assert ROOT / page in reached
    assert answer in (ROOT / page).read_text(encoding="utf-8")


def test_files_that_the_docs_show_are_the_real_ones() -> None:
    """A snippet that begins with the path of a file is part of that file."""
    shown = []
    for page in with_snippets():
        for code, _ in SNIPPET.findall(page.read_text(encoding="utf-8")):
            named = re.match(r"# (\w[\w/]*\.py)\n", code)
            if named:
                shown.append(named[1])
                real = (ROOT / named[1]).read_text(encoding="utf-8")
                assert code.removeprefix(named[0]).strip() in real, (page, named[1])
    assert len(shown) >= 3


def test_readme_shows_code_with_its_output() -> None:
    snippets = SNIPPET.findall(README.read_text(encoding="utf-8"))
    assert any(printed for _, printed in snippets)
    assert len(with_snippets()) >= 8


@pytest.mark.parametrize("page", [*TOP, *PAGES[1:]], ids=name_of)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    assert not any(link.startswith("http") for link in links), "no address is needed here"
    missing = [link for link in links if not (page.parent / link.split("#")[0]).exists()]
    assert missing == []


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    links = re.findall(r"\]\(([^)#]+)\)", index.read_text(encoding="utf-8"))
    linked = {(index.parent / link).resolve() for link in links}
    assert set(PAGES[1:]) - {index} <= linked


def test_readme_is_short_and_begins_with_the_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    first = text.index("python3 -m pip install -e . && python3 -m optimizer demo")
    assert first < text.index('python3 -m pip install -e ".[test]" && python3 -m pytest') < 2000
    assert len(text.splitlines()) <= 150
