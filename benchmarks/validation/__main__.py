"""The field against the engine: ``python -m benchmarks.validation --data FOLDER``.

Each part is a file with a function ``section(data)`` that returns its part of
``benchmarks/results/validation.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.tables import versions
from benchmarks.validation import costs

RESULTS = Path(__file__).parents[1] / "results" / "validation.md"
SECTIONS: tuple[Callable[[Path], str], ...] = (costs.section,)


def main() -> None:
    """Write the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    words.add_argument("--data", type=Path, required=True, help="folder of the public tables")
    words.add_argument("--page", type=Path, default=RESULTS, help="page to write")
    asked = words.parse_args()
    parts = [section(asked.data) for section in SECTIONS]
    head = "# The field against the engine\n\nMade by `python -m benchmarks.validation`"
    asked.page.write_text("\n".join([f"{head}, {versions()}.\n", *parts]), encoding="utf-8")
    print(asked.page)


if __name__ == "__main__":
    main()
