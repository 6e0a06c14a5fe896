"""Read an instance folder; every problem in it is told at once."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.errors import InstanceError
from optimizer.instance.beside import FILE as BESIDE
from optimizer.instance.beside import read_beside
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.check.table_checks import Tables
from optimizer.instance.instance import Instance
from optimizer.instance.reading.assemble import Parts, assemble
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.reading.groupings import grouping_of_file
from optimizer.instance.reading.layers import read_boundaries, read_roads
from optimizer.instance.reading.table_file import table_of
from optimizer.instance.reading.text import read_text
from optimizer.instance.reading.toml_lines import TomlLines
from optimizer.instance.reading.toml_read import TOML_BYTES_MOST
from optimizer.instance.schema.fields import (
    AdjacentPair,
    Customer,
    HouseholdGroup,
    Operator,
    OperatorModel,
    Town,
    TravelPair,
)
from optimizer.instance.schema.settings import FILE, Settings, settings_from_toml
from optimizer.instance.schema.year_fields import Investment, Target
from optimizer.instance.spreadsheet import SPREADSHEETS
from optimizer.record import Row

__all__ = ["FILES", "read"]

FILES = (
    FILE,
    "towns.csv",
    "households.csv",
    "customers.csv",
    "travel.csv",
    "adjacency.csv",
    "targets.csv",
    "investments.csv",
    "operators.csv",
    BESIDE,
    "roads.gpkg",
    "roads.geojson",
    "boundaries.gpkg",
    "boundaries.geojson",
)
"""Files that an instance folder may hold, besides ``groupings/*.csv``."""


DATA_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".ods", ".gpkg", ".geojson", ".json", ".shp")


def read(folder: str | Path) -> Instance:
    """Return the instance in a folder, complete and checked.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with ``instance.toml``, ``towns.csv`` and the optional files that
        ``instances/README.md`` describes. Its name becomes the name of the instance.

    Returns
    -------
    Instance
        Every optional datum filled; ``derived`` says from what.

    Raises
    ------
    InstanceError
        With every problem found: file, line, column, what is wrong, what to do.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from optimizer.instance.writing.templates import new_instance
    >>> folder = new_instance(pathlib.Path(tempfile.mkdtemp()) / "valley", "Valley")
    >>> read(folder).towns["connections"].tolist()
    [2000.0, 1500.0, 800.0]
    """
    path = Path(folder)
    found = Findings()
    if not path.is_dir():
        remedy = "give the path of an instance folder"
        found.problem(str(folder), None, "", "is not a folder", remedy)
        raise InstanceError(found.problems)
    name = path.resolve().name
    _misnamed(path, found)
    settings, place = _settings(path, found, name=name)
    towns = _table(path / "towns.csv", Town, found)
    if not (path / "towns.csv").is_file():
        found.problem("towns.csv", None, "", "is missing", _looked_for(path, "towns.csv"))
    years = (
        _table(path / "targets.csv", Target, found),
        _table(path / "investments.csv", Investment, found),
    )
    operators = _table(path / "operators.csv", Operator, found)
    if settings is None or towns is None:
        _other_tables(path, found)
        _groupings(path / "groupings", found)
        raise InstanceError(found.problems)
    tables = Tables(
        towns,
        _operator_models(settings, place),
        *_other_tables(path, found),
        groupings=_groupings(path / "groupings", found),
        targets=years[0],
        investments=years[1],
        operators=operators,
    )
    parts = Parts(
        settings,
        place,
        tables,
        roads=read_roads(path, towns.frame, settings.travel, found),
        boundaries=read_boundaries(path, towns.frame, found),
        beside=read_beside(path / BESIDE, towns.frame, found),
    )
    return assemble(parts, found, name=name)


def _settings(path: Path, found: Findings, *, name: str) -> tuple[Settings | None, Place]:
    file = path / FILE
    if not file.is_file():
        found.problem(FILE, None, "", "is missing", _looked_for(path, FILE))
        return None, Place(FILE)
    text = read_text(file, FILE, found, bytes_most=TOML_BYTES_MOST)
    if text is None:
        return None, Place(FILE)
    return settings_from_toml(text, found, name=name), Place(FILE, TomlLines(text).of)


def _looked_for(path: Path, file: str) -> str:
    """Return advice on a missing file, with the nearest file that is there."""
    return near(file, sorted(p.name for p in path.iterdir())) + f"add {file} to the folder"


def _misnamed(path: Path, found: Findings) -> None:
    """Report what would be ignored: slips in names, and what is no file of that name."""
    for name in (*FILES, "groupings"):
        place = path / name
        fits = place.is_dir() if name == "groupings" else place.is_file()
        if os.path.lexists(place) and not fits:
            what = "is a link to nothing" if place.is_symlink() and not place.exists() else ""
            due = "folder" if name == "groupings" else "file"
            remedy = f"put the {due} there, or remove it"
            found.problem(name, None, "", what or f"is not a {due}", remedy)
    there = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(".")]
    stems = {Path(file).stem for file in FILES} | {"groupings"}
    absent = stems - {"instance", "towns"} - {entry.stem for entry in there if _known(entry)}
    for entry in there:
        if entry.name not in (*FILES, "groupings") and (
            entry.is_dir() or entry.suffix.lower() in DATA_SUFFIXES
        ):
            hint = near(entry.stem, sorted(absent))
            if hint:
                remedy = f"{hint}rename it (files are {', '.join(FILES[1:])}, groupings/*.csv)"
                found.problem(entry.name, None, "", "would be ignored", remedy)


def _known(entry: Path) -> bool:
    return entry.name in FILES or (entry.name == "groupings" and entry.is_dir())


def _table(path: Path, record: type[Row], found: Findings, *, file: str = "") -> Table | None:
    """Return the typed rows of a file, or None where it is absent or has no usable header."""
    return table_of(path, record, found, file=file) if path.is_file() else None


def _other_tables(
    path: Path, found: Findings
) -> tuple[Table | None, Table | None, Table | None, Table | None]:
    return (
        _table(path / "households.csv", HouseholdGroup, found),
        _table(path / "customers.csv", Customer, found),
        _table(path / "travel.csv", TravelPair, found),
        _table(path / "adjacency.csv", AdjacentPair, found),
    )


def _groupings(folder: Path, found: Findings) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    if not folder.is_dir():
        return tables
    for path in sorted(folder.iterdir()):
        if path.suffix != ".csv" and path.suffix.lower() not in SPREADSHEETS:
            if path.suffix.lower() in DATA_SUFFIXES:
                what, remedy = "would be ignored", "save it as CSV, with the ending .csv"
                found.problem(f"groupings/{path.name}", None, "", what, remedy)
            continue
        if not path.is_file():
            remedy = "put a CSV file there, or remove it"
            found.problem(f"groupings/{path.name}", None, "", "is not a file", remedy)
            continue
        if path.stem in tables:
            what = f"{path.stem!r} names another grouping already"
            found.problem(f"groupings/{path.name}", None, "", what, "give one another name")
        table = grouping_of_file(path, found, file=f"groupings/{path.name}")
        if table is not None:
            tables[path.stem] = table
    return tables


def _operator_models(settings: Settings, place: Place) -> Table:
    """Return the operator models as a table; each row has the line of its section."""
    frame = pd.DataFrame(
        [model.model_dump() for model in settings.operator_models],
        columns=list(OperatorModel.model_fields),
    )
    lines = [place.line("operator_models", at) or 0 for at in range(len(frame))]
    return Table(FILE, frame, np.asarray(lines, dtype=np.int64))
