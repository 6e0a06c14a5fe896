"""A file of any kind to its sheets."""

from __future__ import annotations

from pathlib import Path

from optimizer.importing.reading.layer_file import read_layers, read_parquet
from optimizer.importing.reading.sheet import Sheet
from optimizer.importing.reading.text_file import read_text_file
from optimizer.importing.reading.workbook_file import read_workbook, unpacked_problem
from optimizer.instance.reading.findings import Findings

__all__ = ["KINDS", "read_sheets"]

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
LAYERS = frozenset({".gpkg", ".shp", ".geojson", ".json", ".fgb", ".kml"})
PARQUET = frozenset({".parquet", ".geoparquet", ".pq"})
TEXTS = frozenset({".csv", ".tsv", ".txt", ".gz", ".tab"})
KINDS = WORKBOOKS | LAYERS | PARQUET | TEXTS
BYTES_MOST = 1_000_000_000


def read_sheets(path: Path, found: Findings) -> list[Sheet]:
    """Return the sheets of a file; none, and a problem, where it cannot be read.

    Parameters
    ----------
    path : pathlib.Path
        CSV and other text tables, workbooks, map layers, Parquet.
    found : Findings
        Receives problems and notes.
    """
    kind = path.suffix.lower()
    if path.name.lower().endswith((".geojson.gz", ".json.gz")):
        kind = ".geojson"
    if not _may_be_read(path, kind, found):
        return []
    if kind in WORKBOOKS:
        return read_workbook(path, found)
    if kind in LAYERS:
        return read_layers(path, found)
    if kind in PARQUET:
        return read_parquet(path, found)
    sheet = read_text_file(path, found)
    return [] if sheet is None else [sheet]


def _may_be_read(path: Path, kind: str, found: Findings) -> bool:
    """Return whether a file is there, not too large and not packed; say so if not."""
    problem = ""
    remedy = "give the path of a table or a map layer"
    if not path.is_file():
        problem = "is not a file" if path.exists() else "is not there"
        found.problem(str(path), None, "", problem, remedy)
    elif path.stat().st_size > BYTES_MOST:
        problem, remedy = "is too large to be read", "keep the rows and columns that are needed"
        found.problem(path.name, None, "", problem, remedy)
    elif kind == ".zip":
        problem = unpacked_problem(path) or "is a packed folder"
        found.problem(path.name, None, "", problem, "unpack it, and give the files in it")
    return not problem
