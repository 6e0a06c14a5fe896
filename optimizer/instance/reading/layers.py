"""Roads and boundaries: map layers, brought to EPSG:4326 and repaired where that is safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from optimizer.instance.reading.findings import Findings, near, number_of
from optimizer.instance.schema.fields import Travel

__all__ = ["clean_boundaries", "clean_roads", "read_boundaries", "read_roads"]

LINES = ("LineString", "MultiLineString")
POLYGONS = ("Polygon", "MultiPolygon")
NEAR_DEGREES = 1.0
"""A layer must come within this of some town, in degrees (about 110 km)."""


def read_roads(
    folder: Path, towns: pd.DataFrame, travel: Travel, found: Findings
) -> gpd.GeoDataFrame | None:
    """Return the roads of a folder, or None where there are none; see :func:`clean_roads`."""
    return _read(folder, "roads", found, lambda g, f: clean_roads(g, f, towns, travel, found))


def read_boundaries(folder: Path, towns: pd.DataFrame, found: Findings) -> gpd.GeoDataFrame | None:
    """Return the boundaries of a folder, or None; see :func:`clean_boundaries`."""
    return _read(folder, "boundaries", found, lambda g, f: clean_boundaries(g, f, towns, found))


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
    layer = _Layer(file, LINES, "lines", found).cleaned(roads, towns)
    if layer is None:
        return None
    names = [str(c) for c in layer.columns if c != "geometry"]
    kept = [c for c in ("speed_km_h", "road_class") if c in names]
    for due in ("speed_km_h", "road_class"):
        close = near(due, [n for n in names if n not in kept])
        if due not in names and close and not kept:
            what = f"has no column {due} and one with a similar name"
            found.problem(file, None, due, what, f"{close}rename it to {due}")
    if not kept:
        how = f"no speed_km_h or road_class; {travel.speed_km_h:g} km/h from [travel]"
        found.note("roads", "speed_km_h", len(layer), how)
    layer = layer[[*kept, "geometry"]].explode(ignore_index=True)
    if "speed_km_h" in kept:
        layer["speed_km_h"] = _speeds(layer["speed_km_h"], file, found)
    if "road_class" in kept:
        layer["road_class"] = (
            layer["road_class"].astype("str").where(layer["road_class"].notna(), "")
        )
        known = layer["road_class"].isin(list(travel.road_speeds_km_h))
        if "speed_km_h" in kept:
            known |= layer["speed_km_h"].notna()
        how = f"road class without a speed in [travel]; {travel.speed_km_h:g} km/h"
        found.note("roads", "road_class", int((~known).sum()), how)
    return layer


def _speeds(column: pd.Series, file: str, found: Findings) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = (numbers.isna() & column.notna()) | (numbers <= 0) | (numbers > 200)
    if wrong.any():
        first = column[wrong].iloc[0]
        what = f"{number_of(int(wrong.sum()), 'line')} without a usable speed, first '{first}'"
        remedy = "give km/h above 0 and up to 200, or leave it empty"
        found.problem(file, None, "speed_km_h", what, remedy)
    return numbers


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
    layer = _Layer(file, POLYGONS, "polygons", found).cleaned(boundaries, towns)
    if layer is None:
        return None
    layer = layer[["town", "geometry"]].assign(town=[_key(t) for t in layer["town"]])
    known = layer["town"].isin(towns["town"])
    if not known.any():
        what = f"no polygon belongs to a town of towns.csv, first {layer['town'].iloc[0]!r}"
        found.problem(file, None, "town", what, "use the keys of towns.csv")
        return None
    found.note("boundaries", "town", int((~known).sum()), "polygons of other towns left out")
    layer = layer[known]
    found.note(
        "boundaries",
        "town",
        int(layer["town"].duplicated().sum()),
        "polygons joined to their town's",
    )
    if layer["town"].duplicated().any():
        layer = layer.dissolve("town").reset_index()
    layer = layer.set_index("town")
    order = pd.Index(towns["town"]).drop_duplicates()
    layer = layer.loc[order[order.isin(layer.index)]]
    layer.index.name = "town"
    found.note("boundaries", "town", len(order) - len(layer), "towns without a polygon")
    return _around_their_towns(layer, file, towns, found)


def _key(value: object) -> str:
    """Return a town key as text; whole numbers lose their decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


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
    found.note("boundaries", "geometry", outside, "towns that lie outside their own polygon")
    return layer


def _read(
    folder: Path,
    stem: str,
    found: Findings,
    clean: Callable[[gpd.GeoDataFrame, str], gpd.GeoDataFrame | None],
) -> gpd.GeoDataFrame | None:
    """Return the cleaned layer of ``stem.gpkg`` or ``stem.geojson``."""
    files = [f for f in (folder / f"{stem}.gpkg", folder / f"{stem}.geojson") if f.is_file()]
    if not files:
        return None
    if len(files) > 1:
        what = f"stands beside {files[0].name}"
        found.problem(files[1].name, None, "", what, "keep one of the two")
        return None
    file = files[0].name
    try:
        layers = pyogrio.list_layers(files[0])
        drawn = [str(name) for name, kind in layers if kind is not None]
        chosen = stem if stem in drawn else drawn[0] if len(drawn) == 1 else None
        if chosen is None:
            what = f"has {len(drawn)} map layers: {', '.join(drawn)}"
            found.problem(file, None, "", what, f"keep one layer, named {stem}")
            return None
        layer = gpd.read_file(files[0], layer=chosen)
    except (DataSourceError, DataLayerError, ValueError, RuntimeError) as error:
        what = f"cannot be read as a map layer ({str(error).splitlines()[0][:120]})"
        found.problem(file, None, "", what, "save it again from a GIS as GeoPackage or GeoJSON")
        return None
    return clean(layer, file)


@dataclass(frozen=True)
class _Layer:
    """Cleans the geometry of a layer."""

    file: str
    kinds: tuple[str, str]
    noun: str
    found: Findings

    def cleaned(self, layer: gpd.GeoDataFrame, towns: pd.DataFrame) -> gpd.GeoDataFrame | None:
        """Return valid two-dimensional geometry of the right kind in EPSG:4326."""
        named = layer if layer.geometry.name == "geometry" else layer.rename_geometry("geometry")
        degrees = self._in_degrees(named)
        if degrees is None:
            return None
        shapes = shapely.force_2d(np.asarray(degrees.geometry.array, dtype=object))
        empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        table = self.file.split(".")[0]
        self.found.note(table, "geometry", int(empty.sum()), "rows without geometry left out")
        degrees, shapes = degrees[~empty], shapes[~empty]
        broken = ~shapely.is_valid(shapes)
        shapes[broken] = [self._repaired(shape) for shape in shapes[broken]]
        self.found.note(table, "geometry", int(broken.sum()), "broken geometry repaired")
        single = shapely.get_num_geometries(shapes) == 1
        shapes[single] = shapely.get_geometry(shapes[single], 0)
        right = np.array([s is not None and s.geom_type in self.kinds for s in shapes], dtype=bool)
        self.found.note(
            table, "geometry", int((~right).sum()), f"rows that are not {self.noun} left out"
        )
        if not right.any():
            remedy = f"give {self.noun}, or remove the file"
            self.found.problem(self.file, None, "geometry", f"has no {self.noun}", remedy)
            return None
        clean = degrees[right].set_geometry(list(shapes[right]), crs="EPSG:4326")
        return clean.reset_index(drop=True) if self._near(clean, towns) else None

    def _in_degrees(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
        remedy = "set the layer's coordinate system in a GIS and save it again"
        if layer.crs is None:
            self.found.problem(self.file, None, "crs", "has no coordinate system", remedy)
            return None
        if layer.crs.is_geographic and len(layer) and np.abs(layer.total_bounds).max() > 360:
            what = "coordinates are not degrees, though its coordinate system is"
            self.found.problem(self.file, None, "crs", what, remedy)
            return None
        degrees = layer.to_crs("EPSG:4326")
        if len(degrees) and np.isinf(degrees.total_bounds).any():
            what = f"has coordinates that {layer.crs.name} cannot have"
            self.found.problem(self.file, None, "crs", what, remedy)
            return None
        return degrees

    def _repaired(self, shape: shapely.Geometry) -> shapely.Geometry | None:
        """Return the parts of the right kind of a repaired geometry."""
        valid = shapely.make_valid(shape)
        parts = [p for p in shapely.get_parts(valid) if p.geom_type in self.kinds]
        flat = [p for part in parts for p in shapely.get_parts(part)]
        if len(flat) < 2:
            return flat[0] if flat else None
        return (
            shapely.MultiPolygon(flat) if self.noun == "polygons" else shapely.MultiLineString(flat)
        )

    def _near(self, layer: gpd.GeoDataFrame, towns: pd.DataFrame) -> bool:
        """Return whether the layer comes near some town; say so if not."""
        west, south, east, north = layer.total_bounds
        beyond = NEAR_DEGREES
        lon, lat = towns["lon"], towns["lat"]
        close = lon.between(west - beyond, east + beyond)
        close &= lat.between(south - beyond, north + beyond)
        if close.any() or lon.isna().all():
            return True
        what = f"lies far from every town: longitude {west:.2f} to {east:.2f}, "
        what += f"latitude {south:.2f} to {north:.2f}"
        remedy = "check its coordinate system and the order of its coordinates"
        self.found.problem(self.file, None, "crs", what, remedy)
        return False
