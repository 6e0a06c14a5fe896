"""A plan as map layers for a desktop GIS: towns, service areas, seats, links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from optimizer.instance.reading.shapes import polygonal, split_at_180

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["area_shapes", "layers_of", "links", "write_layers"]

GEOMETRY = {
    "areas": "MultiPolygon",
    "links": "LineString",
    "towns": "Point",
    "seats": "Point",
}
"""What each layer holds."""

_AROUND_M = 2_000.0
"""Radius drawn around the towns of an area where there are no boundaries."""


def write_layers(plan: Plan, path: Path) -> None:
    """Write the layers of :func:`layers_of` into a GeoPackage.

    Parameters
    ----------
    plan : Plan
        Any plan.
    path : pathlib.Path
        File to make, ending in ``.gpkg``.
    """
    for name, layer in layers_of(plan).items():
        flat = layer.reset_index()
        kind = GEOMETRY[name]
        if name == "links" and not (layer.geom_type == kind).all():
            kind = f"Multi{kind}"  # cut at the 180th meridian
        flat.to_file(path, layer=name, driver="GPKG", engine="pyogrio", geometry_type=kind)


def layers_of(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers ``areas``, ``links``, ``towns`` and ``seats`` of a plan."""
    seats = plan.areas["seat"]
    places = plan.instance.towns[["geometry"]].reindex(list(seats)).set_axis(seats.index)
    where = gpd.GeoDataFrame(plan.areas, geometry=places.geometry)
    towns = plan.towns.join(plan.beside)
    return {"areas": area_shapes(plan), "links": links(plan), "towns": towns, "seats": where}


def area_shapes(plan: Plan) -> gpd.GeoDataFrame:
    """Return the service areas with their territory, WGS84.

    The territory is the union of the towns' boundaries where all of them have one, else the hull
    of the towns with 2 km around it; ``territory_source`` says which. What crosses the 180th
    meridian is cut there.

    Parameters
    ----------
    plan : Plan
        Any plan.
    """
    crs = plan.instance.crs
    area_of = plan.towns["service_area"].to_numpy()
    shapes, source = _territories(plan)
    merged = [shapely.union_all(shapes[area_of == area]) for area in plan.areas.index]
    if source == "hull of the towns":
        merged = [shape.convex_hull.buffer(_AROUND_M) for shape in merged]
    whole = gpd.GeoSeries(merged, index=plan.areas.index, crs=crs).to_crs("EPSG:4326")
    shapes = polygonal(split_at_180(np.asarray(whole.array, dtype=object)))
    table = plan.areas.assign(territory_source=source)
    return gpd.GeoDataFrame(table, geometry=[_many(s) for s in shapes], crs="EPSG:4326")


def _territories(plan: Plan) -> tuple[npt.NDArray[np.object_], str]:
    """Return a shape in metres for each town, and what it is."""
    crs, towns = plan.instance.crs, plan.towns
    boundaries = plan.instance.boundaries
    if boundaries is not None and towns.index.isin(boundaries.index).all():
        own = boundaries.loc[list(towns.index)].to_crs(crs).geometry
        return polygonal(np.asarray(own.array, dtype=object)), "boundaries"
    return np.array(list(towns.geometry.to_crs(crs)), dtype=object), "hull of the towns"


def _many(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the polygons of any shape as one multi-polygon."""
    parts = [p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon)]
    return shapely.MultiPolygon(parts)


def links(plan: Plan) -> gpd.GeoDataFrame:
    """Return a straight line from each seat to each other town that it serves, WGS84.

    A line that crosses the 180th meridian is cut there into two.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``town``; ``service_area``, ``seat``, ``travel_hours``, ``travel_km``,
        ``travel_source``, line.
    """
    away = plan.towns[plan.towns["seat"].to_numpy() != plan.towns.index.to_numpy()]
    here = plan.instance.towns.loc[list(away["seat"])].geometry
    pairs = zip(here, away.geometry, strict=True)
    drawn = [shapely.LineString([seat, town]) for seat, town in pairs]
    lines = list(split_at_180(np.array(drawn, dtype=object)))
    columns = ["service_area", "seat", "travel_hours", "travel_km", "travel_source"]
    return gpd.GeoDataFrame(pd.DataFrame(away[columns]), geometry=lines, crs=plan.towns.crs)
