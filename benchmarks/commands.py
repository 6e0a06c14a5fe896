"""CPU seconds of the commands that compute nothing: ``python -m benchmarks.commands``.

Help of every command, a typo, the version, wrong paths, names and settings. CPU seconds are those
of the whole process; a machine that does other things takes up to twice as many.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.tables import versions
from optimizer.cli.app import GROUPS

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "results" / "commands.md"
LIMIT = 0.4
NAMES = [
    command.__name__.strip("_").replace("_", "-")
    for commands in GROUPS.values()
    for command in commands
]
WORDS = (
    "--help",
    "--version",
    *(f"{name} --help" for name in NAMES),
    "sovle",
    "solve --tme-limit 3",
    "solve san_martin --time-limit -1",
    "check instances/nowhere",
    "solve san_martn",
    "evaluate nowhere alone",
    "audit results/nowhere",
    "report results/nowhere",
    "compare results/nowhere results/none",
    "stability results/nowhere",
    "frontier nowhere --over reach_hours --values 1,2",
)


def cpu_seconds(words: str) -> float:
    """Return the CPU seconds of one command line, of the Python that runs it too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "optimizer", *words.split()]
    subprocess.run(line, cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure every command some times and write the page; fail where one takes too long."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=5, help="How often each is run.")
    times = asked.parse_args().times
    cpu_seconds("--help")  # compiles what is not compiled yet
    rows, late = [], []
    for words in WORDS:
        spent = [cpu_seconds(words) for _ in range(times)]
        rows.append(f"| `optimizer {words}` | {statistics.median(spent):.2f} | {max(spent):.2f} |")
        late += [words] * (max(spent) >= LIMIT)
        print(rows[-1], flush=True)
    head = [
        "# CPU seconds of commands that compute nothing",
        "",
        f"Of {times} runs each, by `python -m benchmarks.commands`; {versions()}. The aim is less",
        f"than {LIMIT} for each; {len(late)} of {len(WORDS)} miss it.",
        "",
        "| command | median | most |",
        "|---|--:|--:|",
    ]
    PAGE.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")
    sys.exit(f"{LIMIT} s or more: {', '.join(late)}" if late else 0)


if __name__ == "__main__":
    main()
