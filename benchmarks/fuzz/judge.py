"""What became of one case: an answer that holds, an error of the project, or neither."""

from __future__ import annotations

import math
import random
import tempfile
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

import optimizer as op
from benchmarks.fuzz.folders import Files
from benchmarks.fuzz.mutate import mutated
from optimizer.analysis.loyalty.election import read_leaving_chances
from optimizer.errors import InstanceError, NoPlanError, OptimizerError
from optimizer.plan.plan import Plan
from optimizer.solving.options import Options

__all__ = ["GOOD", "Verdict", "judged"]

GOOD = ("answer", "infeasible, with reasons", "refused", "out of time, said so")
"""Outcomes that are as they should be; everything else is a finding."""

SECONDS = 5.0
MESSAGE_MOST = 20_000


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Attributes
    ----------
    seed : int
        The case.
    kind : str
        What was mutated.
    outcome : str
        One of ``GOOD``, or what went wrong in a few words.
    detail : str
        The error or the failed check, shortened.
    """

    seed: int
    kind: str
    outcome: str
    detail: str = ""


def judged(seed: int) -> Verdict:
    """Run a case and say what became of it.

    Examples
    --------
    >>> judged(0).outcome in GOOD
    True
    """
    kind, files = mutated(seed)
    with tempfile.TemporaryDirectory() as home, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folder = Path(home) / "case"
        _write(files, folder)
        try:
            found = _run(folder) if kind == "run" else _region(folder, seed, by_path=kind == KIND)
        except OptimizerError as error:
            found = _error(error)
        except Exception as error:  # noqa: BLE001 - what is looked for
            found = "unexpected error", _where(error)
    return Verdict(seed, kind, *found)


KIND = "by path"


def _write(files: Files, folder: Path) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder.mkdir(exist_ok=True)


def _region(folder: Path, seed: int, *, by_path: bool) -> tuple[str, str]:
    """Read, solve or evaluate, and audit a region."""
    rng = random.Random(-seed)  # noqa: S311 - no secret is made
    if by_path:
        return _tables(folder, rng)
    region = op.read(folder)
    if rng.random() < 0.25:
        return _answer(op.evaluate(region, rng.choice(("alone", "together"))))
    method = "compact" if rng.random() < 0.15 else "columns"
    return _answer(op.solve(region, method=method, time_limit=SECONDS, threads=1))


def _tables(folder: Path, rng: random.Random) -> tuple[str, str]:
    """Use one of the tables that are given by path, on the region beside it."""
    for name in ("grouping.csv", "chances.csv", "scenarios.toml"):
        if (folder / name).is_file():
            (folder / name).replace(folder.parent / name)
    region, home = op.read(folder), folder.parent
    choice = rng.randrange(3)
    if choice == 0:
        return _answer(op.evaluate(region, home / "grouping.csv"))
    if choice == 1:
        plan = op.evaluate(region, "together")
        op.election_risk(plan, read_leaving_chances(home / "chances.csv"), draws=5)
        return _answer(plan)
    running = op.Running(options=Options(time_limit=SECONDS))
    found = op.scenarios(region, home / "scenarios.toml", running=running)
    reasons = found.table["reason"].fillna("").astype("str")
    if reasons.str.startswith("unexpected").any():
        return "unexpected error", "; ".join(reasons[reasons != ""])[:300]
    for plan in found.plans.values():
        outcome, detail = _answer(plan)
        if outcome not in GOOD:
            return outcome, detail
    return "answer", ""


def _run(folder: Path) -> tuple[str, str]:
    """Read a run; a plan that was changed must be refused or fail its audit."""
    plan = op.read_plan(folder)
    audit = plan.audit()
    if not audit.sound:
        return "refused", "by the audit"
    return "answer", ""


def _answer(plan: Plan) -> tuple[str, str]:
    """Return whether a plan holds: its audit, finite numbers, a bound that is none above it."""
    if plan.status == "infeasible":
        given = bool(plan.outcome.broken_promises)
        return ("infeasible, with reasons", "") if given else ("infeasible without a reason", "")
    if plan.status == "unconfirmed":
        return "unconfirmed", "; ".join(plan.outcome.broken_promises)[:300]
    audit = plan.audit()
    holds = audit.sound if plan.status == "evaluated" else audit.passed
    if not holds:
        first = audit.failures.iloc[0]
        return "audit fails", f"{plan.status}: {first['rule']}: {first['message']}"[:300]
    if not math.isfinite(plan.objective):
        return "audit passes a plan without a finite objective", str(plan.objective)
    return "answer", plan.status


def _error(error: OptimizerError) -> tuple[str, str]:
    """Return whether an error of the project tells what a planner needs."""
    said = str(error)
    if len(said) > MESSAGE_MOST:
        return "message too long", said[:200]
    if isinstance(error, InstanceError) and not all(
        p.file and p.what and p.remedy for p in error.problems
    ):
        return "message without a place or remedy", said[:300]
    if isinstance(error, NoPlanError):
        return "out of time, said so", said[:200]
    return "refused", type(error).__name__


def _where(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "optimizer" in f.filename]
    last = frames[-1] if frames else None
    place = "" if last is None else f"{Path(last.filename).name}:{last.lineno} {last.name}"
    return f"{type(error).__name__} at {place}: {str(error)[:160]}"
