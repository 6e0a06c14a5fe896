"""Map layers and Parquet: columns and shapes."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from optimizer.importing.reading.sheet import Sheet, clean_text
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.tables import is_missing

__all__ = ["read_layers", "read_parquet"]

SHAPEFILE_PARTS = {".shx": "where each shape begins", ".dbf": "the columns"}


def read_layers(path: Path, found: Findings) -> list[Sheet]:
    """Return the layers of a file that a GIS writes.

    Parameters
    ----------
    path : pathlib.Path
        GeoPackage, Shapefile, GeoJSON, FlatGeobuf or KML.
    found : Findings
        Receives problems and notes.
    """
    if path.suffix.lower() == ".shp" and not _is_whole(path, found):
        return []
    source = f"/vsigzip/{path.resolve()}" if path.suffix.lower() == ".gz" else str(path)
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(source)]
        frames = [(layer, _opened(source, layer)) for layer in layers]
    except Exception as error:  # noqa: BLE001 - the library's drivers raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        what = f"cannot be read as a map layer ({reason})"
        remedy = "save it again from a GIS as GeoPackage or GeoJSON"
        found.problem(path.name, None, "", what, remedy)
        return []
    many = len(frames) > 1
    return [_sheet(path.name, name if many else "", frame) for name, frame in frames]


def _opened(path: str, layer: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gpd.read_file(path, layer=layer, on_invalid="ignore")


def _is_whole(path: Path, found: Findings) -> bool:
    """Return whether the parts of a Shapefile that cannot be done without are there."""
    there = {other.suffix.lower() for other in path.parent.glob(f"{_literal(path.stem)}.*")}
    missing = [part for part in SHAPEFILE_PARTS if part not in there]
    for part in missing:
        what = f"its part {path.stem}{part} is missing ({SHAPEFILE_PARTS[part]})"
        remedy = "copy all parts of the Shapefile together, or save it as GeoPackage"
        found.problem(path.name, None, "", what, remedy)
    return not missing


def _literal(stem: str) -> str:
    return re.sub(r"([\[\]?*])", r"[\1]", stem)


def read_parquet(path: Path, found: Findings) -> list[Sheet]:
    """Return the table of a Parquet or GeoParquet file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    found : Findings
        Receives problems.
    """
    try:
        try:
            frame: pd.DataFrame = gpd.read_parquet(path)
        except ValueError:  # no shapes in it
            frame = pd.read_parquet(path)
    except ImportError:
        remedy = 'python -m pip install "town-water-optimizer[parquet]", or save it as CSV'
        found.problem(path.name, None, "", "cannot be read without pyarrow", remedy)
        return []
    except Exception as error:  # noqa: BLE001 - a broken file raises anything
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        remedy = "write it again, or save it as CSV"
        found.problem(path.name, None, "", f"cannot be read as Parquet ({reason})", remedy)
        return []
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    return [_sheet(path.name, "", frame)]


def _sheet(file: str, name: str, frame: pd.DataFrame) -> Sheet:
    shapes = None
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        shapes = gpd.GeoSeries(frame.geometry.reset_index(drop=True))
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    header: list[object] = [clean_text(str(column)) for column in frame.columns]
    rows = [[_cell(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]
    return Sheet(file, name, [header, *rows], list(range(len(rows) + 1)), named=True, shapes=shapes)


def _cell(cell: object) -> object:
    if isinstance(cell, str):
        return clean_text(cell) or None
    if isinstance(cell, list | dict | tuple):
        return str(cell)
    if is_missing(cell):
        return None
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return cell
