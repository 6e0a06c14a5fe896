"""How many lines of code there are, now and at a commit: what a clean-up took away.

Comments, docstrings and empty lines do not count, nor do catalogues: constants of a module that
hold nothing but texts (sentences and labels in every language, names, ``__all__``).

    python -m benchmarks.code_lines              # a9b9417 and the files as they are
    python -m benchmarks.code_lines COMMIT ...   # other commits, and the files as they are
"""

from __future__ import annotations

import argparse
import ast
import io
import tempfile
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.revisions import ROOT, revision, unpack

__all__ = ["Count", "code_lines", "counted"]

PARTS = ("optimizer", "benchmarks", "tests")
BEFORE = "a9b9417"
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
SILENT |= {tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Count:
    """Python files of a folder, all their lines, and those of code."""

    files: int
    lines: int
    code: int
    longest: int


def code_lines(source: str) -> int:
    r"""Return the number of lines of code of a module.

    Examples
    --------
    >>> code_lines('"What it does."\n\n# a remark\nNAMES = ("a",\n    "b")\nx = 1  # two lines\n'
    ...            'def f(y):\n    "Twice."\n    return 2 * y\n')
    3
    """
    told: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            told.update(range(token.start[0], token.end[0] + 1))
    tree = ast.parse(source)
    for node in (*_texts(tree), *_catalogues(tree)):
        told.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(told)


def _texts(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield statements that are only a text: docstrings, also those of constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _is_text(node.value):
            yield node


def _catalogues(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield constants of the module that hold nothing but texts."""
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Tuple | ast.List | ast.Dict | ast.Set) and _only_texts(value):
            yield node


def _only_texts(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return all(key is not None and _only_texts(key) for key in value.keys) and all(
            _only_texts(item) for item in value.values
        )
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return all(_only_texts(item) for item in value.elts)
    return _is_text(value)


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def counted(folder: Path) -> Count:
    """Return the count of all Python files below a folder."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.py"))]
    lines = [len(text.splitlines()) for text in texts]
    return Count(
        len(texts), sum(lines), sum(code_lines(text) for text in texts), max(lines, default=0)
    )


def rooms(folder: Path) -> list[Path]:
    """Return a part and the folders in it."""
    inner = [p for p in sorted(folder.iterdir()) if p.is_dir() and any(p.rglob("*.py"))]
    return [folder, *inner] if folder.name == "optimizer" else [folder]


def show(title: str, root: Path) -> None:
    """Print the count of a state of the project."""
    print(f"{title}\n{'':34}{'files':>7}{'lines':>9}{'code':>9}{'longest':>9}")
    for part in PARTS:
        for room in rooms(root / part) if (root / part).is_dir() else ():
            n = counted(room)
            name = str(room.relative_to(root))
            print(f"  {name:32}{n.files:7,}{n.lines:9,}{n.code:9,}{n.longest:9,}")


def main() -> None:
    """Count, and print a table for each state."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.code_lines", description=__doc__)
    parser.add_argument("commits", nargs="*", default=[BEFORE], help=f"default: {BEFORE}")
    for name in parser.parse_args().commits:
        commit, day = revision(name)
        with tempfile.TemporaryDirectory() as home:
            unpack(commit, Path(home), *PARTS)
            show(f"{commit} ({day})", Path(home))
    show("now", ROOT)


if __name__ == "__main__":
    main()
