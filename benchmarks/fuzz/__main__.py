"""``python -m benchmarks.fuzz``: thousands of cases under caps of time and memory; resumable.

A case is a seed; its verdict is kept in a file of rows, so that a run that was stopped goes on
where it was. ``--retry`` runs the findings once more, after something was mended.
"""

from __future__ import annotations

import argparse
import csv
import resource
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fuzz.folders import KINDS, TURNS
from benchmarks.fuzz.judge import GOOD, Verdict, judged
from benchmarks.tables import versions

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[2]
CPU_SECONDS, WALL_SECONDS, MEMORY = 60, 600, 4_000_000_000
COLUMNS = ("seed", "kind", "outcome", "detail")


def main() -> None:
    """Run the cases that the file of rows does not hold yet, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--rows", type=Path, default=ROOT / "benchmarks/results/fuzz.csv")
    parser.add_argument("--table", type=Path, default=ROOT / "benchmarks/results/fuzz.md")
    parser.add_argument("--worker", action="store_true", help="Judge the seeds of standard input.")
    parser.add_argument("--retry", action="store_true", help="Run the findings once more.")
    parser.add_argument("--only-table", action="store_true")
    given = parser.parse_args()
    if given.worker:
        _work()
        return
    given.rows.parent.mkdir(parents=True, exist_ok=True)
    done = _rows(given.rows)
    if given.retry:
        done = {seed: v for seed, v in done.items() if v.outcome in GOOD}
    wanted = [s for s in range(given.first, given.first + given.cases) if s not in done]
    if wanted and not given.only_table:
        with given.rows.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for verdict in _verdicts(wanted):
                writer.writerow(astuple(verdict))
                file.flush()
                done[verdict.seed] = verdict
                if verdict.outcome not in GOOD:
                    print(*astuple(verdict), flush=True)
    given.table.write_text(_page(done), encoding="utf-8")


def _rows(path: Path) -> dict[int, Verdict]:
    """Return the verdicts that a file holds, by seed."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == len(COLUMNS)]
    return {int(row[0]): Verdict(int(row[0]), *row[1:]) for row in rows}


def _verdicts(seeds: list[int]) -> Iterator[Verdict]:
    """Yield the verdict of every seed; a worker that dies or hangs is replaced."""
    left = list(seeds)
    while left:
        command = [sys.executable, "-m", "benchmarks.fuzz", "--worker"]
        with subprocess.Popen(  # noqa: S603 - this very program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            while left:
                worker.stdin.write(f"{left[0]}\n".encode())
                worker.stdin.flush()
                ready, _, _ = select.select([worker.stdout], [], [], WALL_SECONDS)
                line = worker.stdout.readline() if ready else b""
                seed = left.pop(0)
                if not line:
                    worker.kill()
                    yield _lost(seed, worker.wait(), hung=not ready)
                    break
                yield Verdict(seed, *next(csv.reader([line.decode().rstrip("\n")]))[1:])
            worker.stdin.close()


def _lost(seed: int, code: int, *, hung: bool) -> Verdict:
    """Return the verdict of a case that ended its worker."""
    kind = TURNS[seed % len(TURNS)]
    if hung:
        return Verdict(seed, kind, "hangs", f"more than {WALL_SECONDS} s of wall time")
    if code == -24:  # SIGXCPU
        return Verdict(seed, kind, "too slow", f"more than {CPU_SECONDS} s of CPU")
    return Verdict(seed, kind, "worker died", f"exit code {code}")


def _work() -> None:
    """Judge the seeds of standard input, one line each; nothing else goes to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    out = sys.stdout
    sys.stdout = sys.stderr
    writer = csv.writer(out, lineterminator="\n")
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        verdict = judged(int(line))
        row = [str(value).replace("\n", " ").replace("\r", " ") for value in astuple(verdict)]
        writer.writerow(row)
        out.flush()


def _page(done: dict[int, Verdict]) -> str:
    """Return the table of outcomes, and every case that is a finding."""
    verdicts = [done[seed] for seed in sorted(done)]
    outcomes = [*GOOD, *sorted({v.outcome for v in verdicts} - set(GOOD))]
    counts = Counter((v.kind, v.outcome) for v in verdicts)
    when = datetime.now(tz=UTC).strftime("%Y-%m-%d")
    lines = [
        "# Mutated input",
        "",
        "Made by `python -m benchmarks.fuzz`; never edited by hand. "
        f"{len(verdicts):,} cases so far, written {when}, {versions()}; a row each in `fuzz.csv`.",
        "",
        f"Caps: {CPU_SECONDS} s of CPU a case, {MEMORY / 1e9:g} GB of address space, "
        f"{WALL_SECONDS} s of wall time. Whatever a case holds, it must end in an answer that "
        "passes the audit, infeasible with reasons, or an error of the project that names a place "
        "and a remedy; anything else is a finding and listed below.",
        "",
        "| mutated | " + " | ".join(outcomes) + " |",
        "|---|" + "---:|" * len(outcomes),
    ]
    for kind in KINDS:
        cells = [f"{counts[kind, outcome]:,}" for outcome in outcomes]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    findings = [v for v in verdicts if v.outcome not in GOOD]
    lines += ["", f"Findings: {len(findings)}.", ""]
    lines += [f"- {v.seed} ({v.kind}): {v.outcome}. {v.detail}" for v in findings]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
