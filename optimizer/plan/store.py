"""Plans in folders: write one, read it again, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd

from optimizer.errors import InstanceError, StoreError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read as read_instance
from optimizer.instance.schema.draws_table import DRAWS
from optimizer.instance.schema.plan_tables import TABLES
from optimizer.plan.csv_tables import read_table
from optimizer.plan.folder import RUN_FILE, write_plan
from optimizer.plan.format_1 import fingerprint_of_format_1
from optimizer.plan.plan import Outcome, Plan
from optimizer.plan.run_record import FORMAT, outcome_fields

__all__ = ["read_plan", "write_plan"]


def read_plan(folder: str | Path) -> Plan:
    """Return the plan that :func:`write_plan` wrote, with its instance.

    Runs of older formats are read, too. Every number is the same double again. The plan is not
    audited here; ``plan.audit()`` does it.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder of a run.

    Returns
    -------
    Plan
        The stored plan.

    Raises
    ------
    StoreError
        If the folder holds no whole run, or its instance was changed after the run.
    """
    path = Path(folder)
    record = _record(path)
    instance = _instance(path, record)
    tables = {name: read_table(table, path / f"{name}.csv") for name, table in TABLES.items()}
    try:
        outcome = Outcome(**outcome_fields(record))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{path / RUN_FILE}: outcome is incomplete ({error})") from error
    return Plan(
        instance=instance,
        areas=tables["areas"],
        towns=gpd.GeoDataFrame(tables["towns"]),
        tariffs=tables["tariffs"],
        bills=tables["bills"],
        finances=tables["finances"],
        outcome=outcome,
        draws=read_table(DRAWS, path / "draws.csv") if (path / "draws.csv").exists() else None,
    )


def _record(path: Path) -> dict[str, Any]:
    """Return what ``run.json`` says."""
    file = path / RUN_FILE
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path}: is not a run; there is no {RUN_FILE} in it") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{file}: cannot be read ({error})") from error
    told = record.get("format") if isinstance(record, dict) else None
    if type(told) is not int or told < 1:
        raise StoreError(f"{file}: is not the record of a run; it has no format number")
    if told > FORMAT:
        words = f"is of format {told}, written by a newer version; this one reads up to {FORMAT}"
        raise StoreError(f"{file}: {words}")
    return dict(record)


def _instance(path: Path, record: dict[str, Any]) -> Instance:
    """Return the stored instance after making sure that it is the one of the run."""
    try:
        instance = read_instance(path / "instance")
    except InstanceError as error:
        raise StoreError(f"{path / 'instance'}: {error}") from error
    told = record.get("instance", {})
    name_of = Instance.fingerprint if record["format"] == FORMAT else fingerprint_of_format_1
    if not isinstance(told, dict) or name_of(instance) != told.get("fingerprint"):
        raise StoreError(f"{path / 'instance'}: was changed after the run; its fingerprint differs")
    name = told.get("name")
    if not isinstance(name, str) or not name:
        raise StoreError(f"{path / RUN_FILE}: does not name the instance of the run")
    return instance.replace(name=name)
