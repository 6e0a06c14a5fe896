"""Finished plans in a folder: what a run of many plans finds again after an interrupt."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.errors import AuditError, StoreError
from optimizer.plan.folder import RUN_FILE
from optimizer.plan.plan import Plan
from optimizer.plan.run_audit import read_sound
from optimizer.plan.store import write_plan
from optimizer.solving.options import Options

if TYPE_CHECKING:
    from optimizer.analysis.many.runner import Job

__all__ = ["folder_of", "read_finished", "write_finished"]


def folder_of(folder: Path, name: str) -> Path:
    """Return the folder of a plan: its name where that is a plain word, else with a short digest.

    Examples
    --------
    >>> folder_of(Path("runs"), "costs up").name
    'costs_up-a49c8f'
    """
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("._")[:60]
    if plain == name:
        return folder / name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return folder / f"{plain or 'plan'}-{digest}"


def read_finished(folder: Path, job: Job, options: Options) -> Plan | None:
    """Return the finished plan of a job, ``None`` where there is none for the same question.

    The same question is the same data and promises, the same grouping to evaluate and the same
    options; anything else in the folder, a plan that fails its audit or whose files were changed,
    and a region said to have no plan, which no audit can confirm, is computed again.
    """
    place = folder_of(folder, job.name)
    try:
        told = json.loads((place / RUN_FILE).read_text(encoding="utf-8"))
        if told["options"] != json.loads(json.dumps(_question(job, options))):
            return None
        plan = read_sound(place)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        RecursionError,
        AuditError,
        StoreError,
    ):
        return None
    return plan if plan.instance.fingerprint() == job.instance.fingerprint() else None


def write_finished(folder: Path, job: Job, options: Options, plan: Plan) -> str:
    """Write a plan and return an empty text, or why it must not be kept (it fails its audit)."""
    try:
        write_plan(
            plan,
            folder_of(folder, job.name),
            options=_question(job, options),
            allow_failed=plan.status == "infeasible",
            overwrite=True,
        )
    except AuditError as error:
        return str(error)
    return ""


def _question(job: Job, options: Options) -> dict[str, object]:
    """Return what makes two computations of one instance the same."""
    grouping = job.grouping
    if isinstance(grouping, Mapping):
        pairs = json.dumps(sorted((str(k), str(v)) for k, v in grouping.items()))
        grouping = hashlib.sha256(pairs.encode()).hexdigest()
    return asdict(options) | {"log_file": "", "grouping": grouping or ""}
