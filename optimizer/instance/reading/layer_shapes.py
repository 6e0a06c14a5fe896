"""Geometry of a map layer: brought to EPSG:4326, repaired where that is safe, else refused."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from optimizer.instance.reading.findings import Findings, number_of
from optimizer.instance.reading.shapes import polygonal, split_at_180
from optimizer.messages.message import Message

__all__ = ["LINES", "POLYGONS", "Layer"]

LINES = ("LineString", "MultiLineString")
POLYGONS = ("Polygon", "MultiPolygon")
NEAR_DEGREES = 1.0
"""A layer must come within this of some town, in degrees (about 110 km)."""
NORTH_MOST = 90.0 + 1e-6


def _extremes(layer: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Return the corner of each shape farthest from the origin, NaN or infinite where one is."""
    shapes = np.asarray(layer.geometry.array, dtype=object)
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    most = np.zeros((len(shapes), 2))
    np.maximum.at(most, row, np.abs(xy))
    return most


@dataclass(frozen=True)
class Layer:
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
        self.found.note(
            table, "geometry", int(empty.sum()), Message("rows without geometry left out")
        )
        degrees, shapes = degrees[~empty], shapes[~empty]
        broken = ~shapely.is_valid(shapes)
        shapes[broken] = [self._repaired(shape) for shape in shapes[broken]]
        self.found.note(table, "geometry", int(broken.sum()), Message("broken geometry repaired"))
        shapes = split_at_180(shapes)
        single = shapely.get_num_geometries(shapes) == 1
        shapes[single] = shapely.get_geometry(shapes[single], 0)
        right = np.array([s is not None and s.geom_type in self.kinds for s in shapes], dtype=bool)
        how = Message(
            "rows that are not lines left out"
            if self.noun == "lines"
            else "rows that are not polygons left out"
        )
        self.found.note(table, "geometry", int((~right).sum()), how)
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
        given = _extremes(layer)
        if self._told(np.isnan(given), "geometry", "coordinates that are no numbers"):
            return None
        if layer.crs.is_geographic and len(layer) and np.abs(layer.total_bounds).max() > 360:
            what = "coordinates are not degrees, though its coordinate system is"
            self.found.problem(self.file, None, "crs", what, remedy)
            return None
        degrees = layer.to_crs("EPSG:4326")
        lost = _extremes(degrees)
        if self._told(~np.isfinite(lost), "crs", f"coordinates that {layer.crs.name} cannot have"):
            return None
        beyond = np.abs(lost[:, 1]) > NORTH_MOST
        if self._told(beyond[:, None], "crs", "latitudes beyond 90 degrees"):
            return None
        return degrees

    def _told(self, wrong: npt.NDArray[np.bool_], column: str, what: str) -> bool:
        """Tell the first feature with something wrong; return whether there is one."""
        rows = np.flatnonzero(wrong.any(axis=1))
        if not rows.size:
            return False
        more = f" ({number_of(len(rows), 'feature')} in all)" if len(rows) > 1 else ""
        remedy = "draw it anew or delete it, or set the layer's coordinate system in a GIS"
        self.found.problem(
            self.file, None, column, f"feature {rows[0] + 1} has {what}{more}", remedy
        )
        return True

    def _repaired(self, shape: shapely.Geometry) -> shapely.Geometry | None:
        """Return the parts of the right kind of a repaired geometry."""
        if self.noun == "polygons":
            whole = polygonal(np.array([shape], dtype=object))[0]
            return None if whole.is_empty else whole
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
        lines = [p for p in parts if p.geom_type in self.kinds]
        return shapely.MultiLineString(lines) if lines else None

    def _near(self, layer: gpd.GeoDataFrame, towns: pd.DataFrame) -> bool:
        """Return whether the layer comes near some town; say so if not."""
        west, south, east, north = layer.total_bounds
        beyond = NEAR_DEGREES
        lon, lat = towns["lon"], towns["lat"]
        eastward = (lon - west + beyond) % 360.0  # towns and layer may lie on either side of 180
        close = (eastward <= east - west + 2 * beyond) & lat.between(south - beyond, north + beyond)
        if close.any() or lon.isna().all():
            return True
        what = f"lies far from every town: longitude {west:.2f} to {east:.2f}, "
        what += f"latitude {south:.2f} to {north:.2f}"
        remedy = "check its coordinate system and the order of its coordinates"
        self.found.problem(self.file, None, "crs", what, remedy)
        return False
