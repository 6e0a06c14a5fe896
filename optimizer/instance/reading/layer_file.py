"""Files of map layers: found, opened, and every feature named that cannot be drawn."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.errors import ShapelyError

from optimizer.instance.reading.findings import Findings

__all__ = ["lines_with_flag", "read_layer"]

FEATURES_SHOWN_MOST = 5
WORDS = (
    ("closed linestring", "has a ring that is not closed"),
    ("points in LinearRing", "has a ring of too few points"),
    ("point array", "has a line of one point"),
)
"""What the geometry library says of a shape, and what a planner is told."""


def read_layer(folder: Path, stem: str, found: Findings) -> tuple[gpd.GeoDataFrame, Path] | None:
    """Return the layer of ``stem.gpkg`` or ``stem.geojson`` and its file, or None.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the instance.
    stem : str
        Name of the file and of its layer.
    found : Findings
        Receives the problems of a file that cannot be used.
    """
    files = [f for f in (folder / f"{stem}.gpkg", folder / f"{stem}.geojson") if f.is_file()]
    if not files:
        return None
    if len(files) > 1:
        what = f"stands beside {files[0].name}"
        found.problem(files[1].name, None, "", what, "keep one of the two")
        return None
    file = files[0]
    try:
        layers = pyogrio.list_layers(file)
        drawn = [str(name) for name, kind in layers if kind is not None]
        chosen = stem if stem in drawn else drawn[0] if len(drawn) == 1 else None
        if chosen is None:
            what = f"has {len(drawn)} map layers: {', '.join(drawn)}"
            found.problem(file.name, None, "", what, f"keep one layer, named {stem}")
            return None
        return _opened(file, chosen, found), file
    except _UndrawnError:
        return None
    except (RuntimeError, ValueError, OverflowError, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        what = f"cannot be read as a map layer ({reason})"
        remedy = "save it again from a GIS as GeoPackage or GeoJSON"
        found.problem(file.name, None, "", what, remedy)
        return None


class _UndrawnError(Exception):
    """Features of a layer cannot be drawn; they have been told."""


def _opened(file: Path, layer: str, found: Findings) -> gpd.GeoDataFrame:
    """Return a layer; tell the features that are no shapes."""
    wrong: dict[int, str] = {}
    with warnings.catch_warnings(record=True) as heard, np.errstate(invalid="ignore"):
        warnings.simplefilter("always")
        try:
            read = gpd.read_file(file, layer=layer)
        except ShapelyError:
            read = None
            for number, shape in enumerate(pyogrio.raw.read(file, layer=layer)[2], start=1):
                try:
                    shapely.from_wkb(shape)
                except ShapelyError as error:
                    wrong[number] = _in_words(error)
    lost = [str(w.message) for w in heard if issubclass(w.category, RuntimeWarning)]
    if read is not None and lost and "geometry" in read:
        empty = np.flatnonzero(read.geometry.isna())
        wrong = {int(at) + 1: f"cannot be read ({lost[0][:80].strip()})" for at in empty}
    for number in list(wrong)[:FEATURES_SHOWN_MOST]:
        what = f"feature {number} {wrong[number]}"
        found.problem(file.name, None, "geometry", what, "draw it anew, or delete it")
    if len(wrong) > FEATURES_SHOWN_MOST:
        what = f"{len(wrong) - FEATURES_SHOWN_MOST:,} more features cannot be drawn"
        found.problem(file.name, None, "geometry", what, "correct them likewise")
    if wrong or read is None:
        raise _UndrawnError
    return read


def _in_words(error: ShapelyError) -> str:
    text = str(error)
    return next((told for own, told in WORDS if own in text), f"is no shape ({text[:80].strip()})")


def lines_with_flag(file: Path, column: str) -> list[int]:
    """Return the lines of a GeoJSON file on which a column is true or false.

    The reader turns them into 1 and 0 where other features have numbers.
    """
    if file.suffix != ".geojson":
        return []
    text = file.read_bytes()
    places = re.finditer(rb'"' + column.encode() + rb'"\s*:\s*(?:true|false)\b', text)
    return [text.count(b"\n", 0, place.start()) + 1 for place in places]
