"""The README's Python snippets run, in order, as a reader would run them."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def test_readme_snippets_run() -> None:
    snippets = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) >= 4
    names: dict[str, object] = {}
    for snippet in snippets:
        exec(compile(snippet, str(README), "exec"), names)  # noqa: S102 - our own README


def test_readme_begins_with_the_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    first = text.index("python3 -m pip install -e . && python3 -m optimizer demo")
    assert first < text.index('python3 -m pip install -e ".[test]" && python3 -m pytest') < 2000
