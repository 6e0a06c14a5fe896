"""CPU seconds of the commands that compute nothing: ``python -m benchmarks.commands``."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.tables import versions

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "results" / "commands.md"
WORDS = (
    "--help",
    "--version",
    "solve --help",
    "frontier --help",
    "report --help",
    "sovle",
    "check instances/nowhere",
    "audit results/nowhere",
)
TIMES = 5


def cpu_seconds(words: str) -> float:
    """Return the CPU seconds of one command line, of the Python that runs it too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "optimizer", *words.split()]
    subprocess.run(line, cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure every command some times and write the page."""
    rows = []
    for words in WORDS:
        spent = [cpu_seconds(words) for _ in range(TIMES)]
        rows.append(f"| `optimizer {words}` | {statistics.median(spent):.2f} | {max(spent):.2f} |")
        print(rows[-1])
    head = [
        "# CPU seconds of commands that compute nothing",
        "",
        f"Of {TIMES} runs each, by `python -m benchmarks.commands`; {versions()}.",
        "",
        "| command | median | most |",
        "|---|--:|--:|",
    ]
    PAGE.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
