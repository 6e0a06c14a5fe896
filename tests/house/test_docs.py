"""The documentation's Python snippets run, its output is the real one, its links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.paths import ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
TOP = [page for page in sorted(ROOT.glob("*.md")) if page.name != "CHANGELOG.md"]
SNIPPET = re.compile(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def with_snippets() -> list[Path]:
    return [page for page in PAGES if SNIPPET.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", with_snippets(), ids=name_of)
def test_snippets_run_and_print_what_stands_below_them(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code, printed in SNIPPET.findall(page.read_text(encoding="utf-8")):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, str(page), "exec"), names)  # noqa: S102 - our own pages
        if printed:
            assert said.getvalue().strip() == printed.strip()


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
