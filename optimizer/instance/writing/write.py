"""Write an instance to a folder: whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

from optimizer.errors import StoreError
from optimizer.instance.beside import FILE as BESIDE
from optimizer.instance.csv_cells import number_text
from optimizer.instance.incumbents import LOCKS, OWN_COLUMNS
from optimizer.instance.instance import Instance
from optimizer.instance.reading.separators import COUNTS, LARGE_MONEY, one_reading
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import (
    AdjacentPair,
    Customer,
    GroupingRow,
    HouseholdGroup,
    Operator,
    Town,
    TravelPair,
)
from optimizer.instance.schema.head_fields import FORMAT
from optimizer.instance.schema.own_columns import with_own_columns
from optimizer.instance.schema.uncertainty_fields import Uncertainty
from optimizer.instance.schema.year_fields import Investment, Target
from optimizer.instance.writing.toml_text import toml_text
from optimizer.messages.stored import parts_of
from optimizer.record import Row, unit_of

__all__ = ["write"]

PLAIN_NAME = re.compile(r"\w[\w .-]*")


def write(instance: Instance, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write every table and setting of an instance, so that reading gives the same again.

    Numbers are written in full. The files are made in a folder beside the target, which is then
    renamed: the target is there whole or not at all.

    Parameters
    ----------
    instance : Instance
        What to write. Its name is not written: the folder's name is the name.
    folder : str or pathlib.Path
        Folder to make; its parent is made where absent.
    overwrite : bool
        Whether an instance that is there already may be replaced, with all files in its folder.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    StoreError
        If the folder exists and may not be replaced, holds something else than an instance, or
        cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from optimizer.instance.reading.read import read
    >>> from optimizer.instance.writing.templates import new_instance
    >>> home = Path(tempfile.mkdtemp())
    >>> valley = read(new_instance(home / "valley", "Valley"))
    >>> read(write(valley, home / "copy")).fingerprint() == valley.fingerprint()
    True
    """
    target = Path(folder)
    if target.exists():
        _may_replace(target, overwrite=overwrite)
    for name in instance.groupings:
        if not PLAIN_NAME.fullmatch(name):
            raise StoreError(f"grouping {name!r}: the name cannot be the name of a file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            fresh.chmod(0o755)
            _files(instance, fresh)
            _into_place(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror})") from error
    return target


def _may_replace(target: Path, *, overwrite: bool) -> None:
    if not overwrite:
        raise StoreError(f"{target}: exists already; pass overwrite=True or another folder")
    if not target.is_dir() or (any(target.iterdir()) and not (target / "instance.toml").is_file()):
        raise StoreError(f"{target}: is not an instance folder, so it is not replaced")


def _into_place(fresh: Path, target: Path) -> None:
    """Rename the fresh folder to the target; an old one is put back if that fails."""
    if not target.exists():
        fresh.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    target.rename(old / "was")
    try:
        fresh.rename(target)
    except OSError:
        (old / "was").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _files(instance: Instance, folder: Path) -> None:
    (folder / "instance.toml").write_text(_settings(instance), encoding="utf-8", newline="\n")
    towns = pd.DataFrame(instance.towns.drop(columns="geometry")).reset_index()
    towns["seat_allowed"] = towns["seat_allowed"].map({True: "yes", False: "no"})
    _csv(towns, folder / "towns.csv", Town)
    households = instance.households.drop(columns="connections").reset_index()
    _csv(households, folder / "households.csv", HouseholdGroup)
    if len(instance.customers):
        _csv(instance.customers.reset_index(), folder / "customers.csv", Customer)
    if instance.travel_table is not None:
        _csv(instance.travel_table.reset_index(), folder / "travel.csv", TravelPair)
    if instance.adjacency_table is not None:
        _csv(instance.adjacency_table, folder / "adjacency.csv", AdjacentPair)
    if instance.targets is not None:
        _csv(instance.targets.reset_index(), folder / "targets.csv", Target)
    if instance.investments is not None:
        _csv(instance.investments, folder / "investments.csv", Investment)
    exist = instance.operator_models
    if "seat" in exist and (exist["seat"] != "").any():
        rows = exist[exist["seat"] != ""].reset_index()
        words = {lock: rows[lock].map({True: "yes", False: "no"}) for lock in LOCKS}
        _csv(rows.assign(**words), folder / "operators.csv", Operator)
    if instance.beside is not None:
        path = folder / BESIDE
        instance.beside.reset_index().to_csv(path, index=False, lineterminator="\n")
    if instance.roads is not None:
        _layer(instance.roads, folder / "roads.gpkg")
    if instance.boundaries is not None:
        _layer(instance.boundaries.reset_index(), folder / "boundaries.gpkg")
    for name, labels in instance.groupings.items():
        (folder / "groupings").mkdir(exist_ok=True)
        frame = labels.rename("operator").rename_axis("town").reset_index()
        _csv(frame, folder / "groupings" / f"{name}.csv", GroupingRow)


def _csv(frame: pd.DataFrame, path: Path, record: type[Row]) -> None:
    """Write a table; a number that could be taken for one with thousands gets one more zero."""
    record = with_own_columns(record, frame.columns)
    doubtful = [
        name
        for name in frame.select_dtypes("float").columns
        if unit_of(record, name) in COUNTS | LARGE_MONEY
    ]
    shown = frame.copy()
    for name in frame.select_dtypes("float").columns:
        texts = [None if pd.isna(value) else number_text(value) for value in frame[name]]
        shown[name] = [one_reading(t) if t and name in doubtful else t for t in texts]
    shown.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    layer.to_file(path, driver="GPKG", layer=path.stem, engine="pyogrio")


def _settings(instance: Instance) -> str:
    head = {
        "format": FORMAT,
        "title": instance.title,
        "currency": instance.currency,
        "price_year": instance.price_year,
        "crs": instance.crs,
        "assumptions": instance.assumptions,
    }
    tariff = _given(instance.tariff)
    tariff.pop("categories", None)
    sections = {
        "policy": _given(instance.policy),
        "tariff": tariff,
        "travel": _given(instance.travel),
    }
    if instance.demand != Demand():
        sections["demand"] = _given(instance.demand)
    if instance.horizon is not None:
        sections["horizon"] = _given(instance.horizon)
    if instance.uncertainty != Uncertainty():
        data = {f"uncertainty.data.{k}": _given(v) for k, v in instance.uncertainty.data.items()}
        sections["uncertainty"] = instance.uncertainty.model_dump(exclude={"data"})
        sections |= data
    kinds = instance.operator_models
    if "seat" in kinds:
        kinds = kinds[kinds["seat"] == ""].drop(columns=list(OWN_COLUMNS))
    models = kinds.reset_index().to_dict("records")
    lists = {
        "tariff.categories": [_given(category) for category in instance.tariff.categories],
        "operator_models": [{str(k): v for k, v in model.items()} for model in models],
        "sources": [_given(source) for source in instance.sources],
        "derived": [
            {
                "table": d.table,
                "column": d.column,
                "count": d.count,
                "how": str(d.how),
                "parts": parts_of(d.how),
            }
            for d in instance.derived
        ],
    }
    return toml_text(head, sections, lists)


def _given(record: Row) -> dict[str, object]:
    """Return the keys of a record that have a value."""
    return record.model_dump(exclude_none=True)
