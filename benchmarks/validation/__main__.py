"""The field against the engine: ``python -m benchmarks.validation [--data FOLDER]``.

Tariff figures are written into ``docs/validation.md``. With the folder of the public tables also
``benchmarks/results/validation.md``: each part of it is a file with a function ``section(data)``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.tables import versions
from benchmarks.validation import costs, operators, tariffs

RESULTS = Path(__file__).parents[1] / "results" / "validation.md"
SECTIONS: tuple[Callable[[Path], str], ...] = (costs.section, operators.section)


def main() -> None:
    """Write the page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    words.add_argument("--data", type=Path, help="folder of the public tables")
    words.add_argument("--page", type=Path, default=RESULTS, help="page to write")
    asked = words.parse_args()
    tariffs.main()
    if asked.data is None:
        return
    parts = [section(asked.data) for section in SECTIONS]
    head = "# The field against the engine\n\nMade by `python -m benchmarks.validation`"
    asked.page.write_text("\n".join([f"{head}, {versions()}.\n", *parts]), encoding="utf-8")
    print(asked.page)


if __name__ == "__main__":
    main()
