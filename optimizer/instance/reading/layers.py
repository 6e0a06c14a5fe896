"""Roads and boundaries: map layers, brought to EPSG:4326 and repaired where that is safe."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.reading.layer_file import lines_with_flag, read_layer
from optimizer.instance.reading.layer_shapes import LINES, POLYGONS, Layer
from optimizer.instance.reading.road_speeds import with_speeds
from optimizer.instance.reading.tables import as_text
from optimizer.instance.schema.fields import Travel
from optimizer.messages.message import Message

__all__ = ["clean_boundaries", "clean_roads", "read_boundaries", "read_roads"]


def read_roads(
    folder: Path, towns: pd.DataFrame, travel: Travel, found: Findings
) -> gpd.GeoDataFrame | None:
    """Return the roads of a folder, or None where there are none; see :func:`clean_roads`."""
    read = read_layer(folder, "roads", found)
    if read is None:
        return None
    layer, file = read
    for line in lines_with_flag(file, "speed_km_h")[:1]:
        what, remedy = "is true or false", "give km/h above 0 and up to 200, or leave it empty"
        found.problem(file.name, line, "speed_km_h", what, remedy)
    return clean_roads(layer, file.name, towns, travel, found)


def read_boundaries(folder: Path, towns: pd.DataFrame, found: Findings) -> gpd.GeoDataFrame | None:
    """Return the boundaries of a folder, or None; see :func:`clean_boundaries`."""
    read = read_layer(folder, "boundaries", found)
    return None if read is None else clean_boundaries(read[0], read[1].name, towns, found)


def clean_roads(
    roads: gpd.GeoDataFrame, file: str, towns: pd.DataFrame, travel: Travel, found: Findings
) -> gpd.GeoDataFrame | None:
    """Return single lines in EPSG:4326 with the columns that say their speed.

    Parameters
    ----------
    roads : geopandas.GeoDataFrame
        Lines in any coordinate system.
    file : str
        Name in messages.
    towns : pandas.DataFrame
        Columns ``lon`` and ``lat``; the roads must come near them.
    travel : Travel
        Speeds by road class.
    found : Findings
        Receives problems and notes.
    """
    layer = Layer(file, LINES, "lines", found).cleaned(roads, towns)
    if layer is None:
        return None
    single = layer.explode(ignore_index=True)
    return with_speeds(single, file, travel, found)


def clean_boundaries(
    boundaries: gpd.GeoDataFrame, file: str, towns: pd.DataFrame, found: Findings
) -> gpd.GeoDataFrame | None:
    """Return one polygon for each town that has one, in EPSG:4326, index ``town``.

    Parameters
    ----------
    boundaries : geopandas.GeoDataFrame
        Polygons in any coordinate system, with the column (or index) ``town``.
    file : str
        Name in messages.
    towns : pandas.DataFrame
        Columns ``town``, ``lon`` and ``lat``.
    found : Findings
        Receives problems and notes.
    """
    if boundaries.index.name == "town":
        boundaries = boundaries.reset_index()
    if "town" not in boundaries.columns:
        remedy = near("town", [str(c) for c in boundaries.columns if c != "geometry"])
        remedy += "give each polygon the key of its town in a column named town"
        found.problem(file, None, "town", "column is missing", remedy)
        return None
    layer = Layer(file, POLYGONS, "polygons", found).cleaned(boundaries, towns)
    if layer is None:
        return None
    layer = layer[["town", "geometry"]].assign(town=[_key(t) for t in layer["town"]])
    known = layer["town"].isin(towns["town"])
    if not known.any():
        what = f"no polygon belongs to a town of towns.csv, first {layer['town'].iloc[0]!r}"
        found.problem(file, None, "town", what, "use the keys of towns.csv")
        return None
    found.note(
        "boundaries", "town", int((~known).sum()), Message("polygons of other towns left out")
    )
    layer = layer[known]
    found.note(
        "boundaries",
        "town",
        int(layer["town"].duplicated().sum()),
        Message("polygons joined to their town's"),
    )
    if layer["town"].duplicated().any():
        layer = layer.dissolve("town").reset_index()
    layer = layer.set_index("town")
    order = pd.Index(towns["town"]).drop_duplicates()
    layer = layer.loc[order[order.isin(layer.index)]]
    layer.index.name = "town"
    found.note("boundaries", "town", len(order) - len(layer), Message("towns without a polygon"))
    return _around_their_towns(layer, file, towns, found)


def _key(value: object) -> str:
    """Return a town key as text, empty where there is none; whole numbers lose their decimals."""
    text = as_text(value)
    return "" if text is None else str(text)


def _around_their_towns(
    layer: gpd.GeoDataFrame, file: str, towns: pd.DataFrame, found: Findings
) -> gpd.GeoDataFrame | None:
    """Return the layer; say how many towns lie outside their polygon, stop if all do."""
    places = towns.drop_duplicates("town").set_index("town").loc[layer.index]
    points = shapely.points(places["lon"].to_numpy(), places["lat"].to_numpy())
    polygons = np.asarray(layer.geometry.array, dtype=object)
    outside = int((~shapely.intersects(polygons, points)).sum())
    if outside == len(layer) and outside > 2:
        what = "no town lies in its own polygon"
        found.problem(file, None, "geometry", what, "check the town keys and the coordinate system")
        return None
    found.note(
        "boundaries", "geometry", outside, Message("towns that lie outside their own polygon")
    )
    return layer
