"""The audit of a stored run: its tables by the audit, and every file that restates them.

Summary, list of failures, record and map layers say nothing that the audited tables do not say:
what they must say is made from those and compared. They are looked at where the tables are sound.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from optimizer.audit import RULES, Audit, audit
from optimizer.audit.ledger import Ledger
from optimizer.audit.result import audit_of
from optimizer.errors import AuditError, StoreError
from optimizer.instance.schema.path_tables import PATH_TABLES
from optimizer.messages.message import Message
from optimizer.plan.csv_tables import read_table
from optimizer.plan.folder import RUN_FILE, audit_cells, summary_text
from optimizer.plan.format_1 import figures, record_of_format_1
from optimizer.plan.layers import layers_of
from optimizer.plan.path.build import path_of_tables
from optimizer.plan.path.path import path_summary_text
from optimizer.plan.plan import Plan
from optimizer.plan.run_record import FORMAT, run_text
from optimizer.plan.store import read_plan

__all__ = ["audit_run", "read_sound"]

_FREE = ("versions", "bound_proof")
"""Parts of the record that no table repeats."""

_SHAPE = 1e-6
"""Share of a territory by which two drawings of it may differ."""


def audit_run(folder: str | Path) -> Audit:
    """Audit a stored run: the plan, and whether all its files say the same.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder of a run.

    Returns
    -------
    Audit
        As of :func:`optimizer.audit.audit`, with the rule ``files``.

    Raises
    ------
    StoreError
        If the folder holds no whole run, or its instance was changed after the run.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import optimizer as op
    >>> run = op.solve(op.read("instances/pair")).write(pathlib.Path(tempfile.mkdtemp()) / "run")
    >>> audit_run(run).passed
    True
    >>> text = (run / "summary.txt").read_text(encoding="utf-8")
    >>> _ = (run / "summary.txt").write_text(text.replace("153,000", "135,000"), encoding="utf-8")
    >>> audit_run(run).failures["rule"].tolist()
    ['files']
    """
    path = Path(folder)
    return _audited(read_plan(path), path)


def read_sound(folder: str | Path) -> Plan:
    """Return a stored plan whose arithmetic holds; promises may be broken, as the plan then says.

    Raises
    ------
    StoreError
        As :func:`audit_run`.
    AuditError
        If tables or files contradict the instance or each other.
    """
    path = Path(folder)
    plan = read_plan(path)
    found = _audited(plan, path)
    try:
        found.raise_for_failures(arithmetic_only=plan.status == "evaluated")
    except AuditError as error:
        raise AuditError(f"{path}: {error}") from None
    return plan


def _audited(plan: Plan, folder: Path) -> Audit:
    found = audit(plan)
    if not found.sound:
        return found
    ledger = Ledger(RULES)
    for problem in _problems(plan, found, folder):
        ledger.fail("files", Message("{text}", text=problem))
    ledger.count("files", sum(1 for file in folder.iterdir() if file.is_file()))
    return found.with_more(audit_of(ledger))


def _problems(plan: Plan, found: Audit, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the files of a run whose tables are sound."""
    told: dict[str, Any] = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    older = told["format"] != FORMAT
    yield from _record(plan, found, told)
    yield from _failures(found, folder)
    yield from _text(folder / "summary.txt", summary_text(plan, found), older=older)
    yield from _layers(plan, folder)
    yield from _years(plan, folder, older=older)


def _record(plan: Plan, found: Audit, told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what ``run.json`` says otherwise than the tables, the instance and their audit."""
    options = told.get("options")
    if not isinstance(options, dict):
        yield f"{RUN_FILE}: options are missing"
        options = {}
    due: dict[str, Any] = json.loads(run_text(plan, found, options))
    if told["format"] != FORMAT:
        due = record_of_format_1(told, due, plan.instance)
    for name in sorted({*told, *due} - set(_FREE)):
        if told.get(name) != due.get(name):
            yield from (f"{RUN_FILE}: {line}" for line in _differences(name, told, due))
    yield from (f"{RUN_FILE}: {line}" for line in _options(plan, options))


def _differences(name: str, told: Mapping[str, Any], due: Mapping[str, Any]) -> Iterator[str]:
    """Yield each value that differs, by its place in the record."""
    a, b = told.get(name), due.get(name)
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted({*a, *b}):
            if a.get(key) != b.get(key):
                yield from (f"{name}.{line}" for line in _differences(key, a, b))
    elif name not in due:
        yield f"{name} is no part of a run's record"
    elif name not in told:
        yield f"{name} is missing, it should be {b!r}"
    else:
        yield f"{name} is {a!r}, it should be {b!r}"


def _options(plan: Plan, options: Mapping[str, Any]) -> Iterator[str]:
    """Yield options that cannot have led to the outcome."""
    outcome = plan.outcome
    known = ("method", "gap", "time_limit", "threads", "seed", "log_file", "grouping")
    yield from (f"options.{name} is no option" for name in options if name not in known)
    method, gap = options.get("method", "auto"), options.get("gap")
    given = outcome.status == "evaluated"
    if method not in {"auto", outcome.method} and not given:
        yield f"options.method is {method!r}, the plan was made by {outcome.method!r}"
    if gap is not None and not (_is_number(gap) and 0 <= gap <= 1):
        yield f"options.gap is {gap!r}, not a share"
    elif outcome.status == "within_gap" and gap is not None and outcome.gap > gap + 1e-9:
        yield f"options.gap is {gap!r}, within_gap is claimed with a gap of {outcome.gap:.4g}"
    if outcome.status == "time_limit" and "time_limit" in options:
        limit = options["time_limit"]
        if not (_is_number(limit) and limit > 0):
            yield f"options.time_limit is {limit!r}, the status is time_limit"
    if "grouping" in options and bool(options["grouping"]) != given:
        yield f"options.grouping is {options['grouping']!r}, the status is {outcome.status}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value is not True


def _failures(found: Audit, folder: Path) -> Iterator[str]:
    file = folder / "audit.csv"
    try:
        with file.open(encoding="utf-8", newline="") as open_file:
            names, *rows = list(csv.reader(open_file, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        yield f"audit.csv: cannot be read ({error})"
        return
    if names != list(found.failures.columns) or rows != audit_cells(found):
        yield f"audit.csv: lists {len(rows)} failures, not the {len(found.failures)} that there are"


def _text(file: Path, due: str, *, older: bool) -> Iterator[str]:
    """Yield the first line of a text that is not what it should be."""
    try:
        told = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        yield f"{file.name}: cannot be read ({error})"
        return
    if told == due or (older and figures(told) == figures(due)):
        return
    pairs = zip([*told.splitlines(), ""], [*due.splitlines(), ""], strict=False)
    a, b = next(((a, b) for a, b in pairs if a != b), ("other line ends", ""))
    yield f"{file.name}: says {a.strip()!r}, the tables say {b.strip()!r}"


def _layers(plan: Plan, folder: Path) -> Iterator[str]:
    """Yield what the map layers say otherwise than the tables."""
    file = folder / "plan.gpkg"
    due = layers_of(plan)
    try:
        names = sorted(str(name) for name, _ in pyogrio.list_layers(file))
        told = {name: gpd.read_file(file, layer=name, engine="pyogrio") for name in names}
    except (OSError, ValueError, pyogrio.errors.DataSourceError) as error:
        yield f"plan.gpkg: cannot be read ({error})"
        return
    if names != sorted(due):
        yield f"plan.gpkg: the layers are {', '.join(names)}, they should be {', '.join(due)}"
        return
    for name, layer in due.items():
        yield from (f"plan.gpkg: {name}: {line}" for line in _layer(told[name], layer))


def _layer(told: gpd.GeoDataFrame, due: gpd.GeoDataFrame) -> Iterator[str]:
    key = str(due.index.name)
    if key not in told.columns or told[key].tolist() != due.index.tolist():
        yield f"the {key}s are not those of the tables"
        return
    here = told.set_index(key)
    if sorted(here.columns) != sorted(due.columns) or here.crs != due.crs:
        yield "columns or coordinate system are not those of the tables"
        return
    for column in due.columns.drop([due.geometry.name]):
        for at in due.index[~_equal(here[column], due[column])]:
            a, b = here.loc[at, column], due.loc[at, column]
            yield f"{column} of {at} is {a!r}, in the tables {b!r}"
    wrong = [not _same_shape(a, b) for a, b in zip(here.geometry, due.geometry, strict=True)]
    yield from (f"{at} is drawn elsewhere than the tables put it" for at in due.index[wrong])


def _equal(a: pd.Series, b: pd.Series) -> npt.NDArray[np.bool_]:
    """Return where two columns agree; an empty cell agrees with an empty cell."""
    if pd.api.types.is_numeric_dtype(b) and pd.api.types.is_numeric_dtype(a):
        left, right = a.to_numpy(dtype=float), b.to_numpy(dtype=float)
        close = np.isclose(left, right, rtol=1e-12, atol=0.0, equal_nan=True)
        return np.asarray(close, dtype=np.bool_)
    return np.asarray(a.astype(str) == b.astype(str), dtype=np.bool_)


def _same_shape(a: shapely.Geometry | None, b: shapely.Geometry) -> bool:
    if a is None or shapely.get_type_id(a) != shapely.get_type_id(b) or not shapely.is_valid(a):
        return False
    size = float(shapely.area(b))
    if size > 0:
        return float(shapely.area(shapely.symmetric_difference(a, b))) <= _SHAPE * size
    return bool(shapely.equals_exact(a, b, 1e-9))


def _years(plan: Plan, folder: Path, *, older: bool) -> Iterator[str]:
    """Yield what is wrong with the tables of the years, where the region has a horizon."""
    there = [name for name in PATH_TABLES if (folder / f"{name}.csv").exists()]
    if plan.instance.horizon is None or not there:
        return
    try:
        tables = {name: read_table(t, folder / f"{name}.csv") for name, t in PATH_TABLES.items()}
    except StoreError as error:
        yield str(error)
        return
    path = path_of_tables(plan, tables)
    found = path.audit()
    yield from (f"path: {line}" for line in found.failures["message"] if not found.sound)
    if found.sound:
        yield from _text(folder / "path_summary.txt", path_summary_text(path, found), older=older)
