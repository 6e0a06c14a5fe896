"""The map of the page: paths and places in the units of an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Floats
from optimizer.report.charts.texts import map_name, text_size
from optimizer.report.map.colours import AreaStyle, area_styles
from optimizer.report.map.margin import round_below
from optimizer.report.map.placing import place_labels
from optimizer.report.map.scene import Ground, PlanLayers, layers_of

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["MapBase", "MapPlan", "map_base", "map_plan"]


_LONGEST = 900.0
_LARGEST, _SMALLEST = 12.0, 3.5
_MANY, _SMALLEST_OF_MANY = 200, 1.8
"""From so many towns on, symbols and links are drawn finer."""
_FONTS = (("wide", 13.0, 11.5, True), ("small", 27.0, 24.0, False))
"""Label layers: name, size for seats, size for towns, whether every seat must be named."""
_SEATS_NAMED = 60
"""With more seats than this only those are named that find room."""


@dataclass(frozen=True)
class TownMark:
    """A town: its number, place, radius and territory."""

    number: int
    x: float
    y: float
    radius: float
    territory: str


@dataclass(frozen=True)
class Label:
    """A name on the map: layer, lower left corner of its line, font size, whether of a seat."""

    layer: str
    text: str
    x: float
    y: float
    size: float
    seat: bool
    leader: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class MapBase:
    """What every plan's map shares, in SVG units (y downward)."""

    width: float
    height: float
    towns: tuple[TownMark, ...]
    roads: str
    bar: float
    bar_km: float
    derived: bool
    ground: Ground
    scale: float

    @property
    def many(self) -> bool:
        """Whether there are so many towns that symbols and links are drawn finer."""
        return len(self.towns) >= _MANY


@dataclass(frozen=True)
class MapPlan:
    """What one plan adds: area outlines, styles, links, seats, labels."""

    outlines: tuple[str, ...]
    styles: tuple[AreaStyle, ...]
    area_of: tuple[int, ...]
    links: str
    seats: tuple[int, ...]
    labels: tuple[Label, ...]

    @property
    def fills(self) -> tuple[str, ...]:
        """CSS class of each area."""
        return tuple(f"f{s.fill}" + (f" h{s.hatch}" if s.hatch else "") for s in self.styles)


def map_base(ground: Ground) -> MapBase:
    """Return the shared part of the map.

    Parameters
    ----------
    ground : Ground
        Towns, territories and roads in metres.
    """
    x_least, y_least, x_most, y_most = ground.frame
    scale = _LONGEST / max(x_most - x_least, y_most - y_least)
    xy = _to_svg(np.column_stack([ground.towns.geometry.x, ground.towns.geometry.y]), ground, scale)
    size = ground.towns["connections"].to_numpy(dtype=float)
    smallest = _SMALLEST if len(size) < _MANY else _SMALLEST_OF_MANY
    radii = np.maximum(_LARGEST * np.sqrt(size / max(float(size.max()), 1.0)), smallest)
    towns = tuple(
        TownMark(k, float(x), float(y), round(float(r), 1), _outline(shape, ground, scale))
        for k, (x, y, r, shape) in enumerate(
            zip(xy[:, 0], xy[:, 1], radii, ground.territories.geometry, strict=True)
        )
    )
    km = round_below((x_most - x_least) / 4_000.0)
    roads = "".join(
        _line(part, ground, scale) for line in ground.roads for part in shapely.get_parts(line)
    )
    return MapBase(
        width=(x_most - x_least) * scale,
        height=(y_most - y_least) * scale,
        towns=towns,
        roads=roads,
        bar=km * 1_000.0 * scale,
        bar_km=km,
        derived=ground.derived,
        ground=ground,
        scale=scale,
    )


def _to_svg(xy: Floats, ground: Ground, scale: float) -> Floats:
    """Return metres as SVG units; y points downward."""
    x_least, _, _, y_most = ground.frame
    return np.column_stack([(xy[:, 0] - x_least) * scale, (y_most - xy[:, 1]) * scale])


def _line(shape: shapely.Geometry, ground: Ground, scale: float) -> str:
    """Return a line or ring as SVG path text, with one decimal."""
    points = _to_svg(shapely.get_coordinates(shape), ground, scale)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if len(points) else ""


def _outline(shape: shapely.Geometry, ground: Ground, scale: float) -> str:
    """Return polygons as SVG path text, simplified to half a unit."""
    fine = shapely.simplify(shape, 0.4 / scale)
    parts = [p for p in shapely.get_parts(fine) if isinstance(p, shapely.Polygon)]
    rings = [ring for p in parts for ring in (p.exterior, *p.interiors)]
    return "".join(_line(ring, ground, scale) + "Z" for ring in rings)


def map_plan(plan: Plan, base: MapBase) -> MapPlan:
    """Return one plan's part of the map.

    Parameters
    ----------
    plan : Plan
        A plan of the region of the base.
    base : MapBase
        The shared part.
    """
    layers = layers_of(plan, base.ground)
    points = layers.areas.geometry.representative_point()
    styles = area_styles(np.column_stack([points.x, points.y]), layers.neighbours)
    keys = base.ground.towns.index
    at = plan.areas.index.get_indexer(pd.Index(plan.towns["service_area"].reindex(keys)))
    return MapPlan(
        outlines=tuple(_outline(s, base.ground, base.scale) for s in layers.areas.geometry),
        styles=tuple(styles),
        area_of=tuple(int(k) for k in at),
        links="".join(_line(line, base.ground, base.scale) for line in layers.links.geometry),
        seats=tuple(int(k) for k in keys.get_indexer(pd.Index(plan.areas["seat"]))),
        labels=tuple(label for font in _FONTS for label in _labels(base, layers, font)),
    )


def _labels(base: MapBase, layers: PlanLayers, font: tuple[str, float, float, bool]) -> list[Label]:
    """Return the labels of one layer; seats first, then by size of the town."""
    layer, seat_size, town_size, must = font
    towns = base.ground.towns
    seat = towns.index.isin(layers.areas["seat"])
    must = must and int(seat.sum()) <= _SEATS_NAMED
    if base.many:
        seat_size, town_size = 0.8 * seat_size, 0.8 * town_size
    order = np.lexsort((-towns["connections"].to_numpy(dtype=float), ~seat))
    names = [map_name(str(name)) for name in towns["name"].iloc[order]]
    sizes = np.where(seat[order], seat_size, town_size)
    boxes = [
        text_size(n, float(s), bold=bool(b))
        for n, s, b in zip(names, sizes, seat[order], strict=True)
    ]
    up = np.array([[t.x, base.height - t.y] for t in base.towns]).reshape(-1, 2)[order]
    radii = np.array([t.radius for t in base.towns])[order]
    on_links = shapely.segmentize(
        np.asarray(layers.links.geometry.array, dtype=object), 5.0 / base.scale
    )
    lines = _to_svg(shapely.get_coordinates(on_links), base.ground, base.scale)
    lines[:, 1] = base.height - lines[:, 1]
    frame = (2.0, 2.0, base.width - 2.0, base.height - 2.0)
    musts: Sequence[bool] = [bool(b) and must for b in seat[order]]
    spots = place_labels(up, radii, np.array(boxes).reshape(-1, 2), musts, frame=frame, lines=lines)
    labels = []
    for k, (name, spot) in enumerate(zip(names, spots, strict=True)):
        if spot is None:
            continue
        x, y = spot.x, base.height - spot.y - 0.22 * float(sizes[k])
        leader = None
        if spot.leader:
            near_x = float(np.clip(up[k, 0], spot.x, spot.x + boxes[k][0]))
            near_y = float(np.clip(up[k, 1], spot.y, spot.y + boxes[k][1]))
            leader = (float(up[k, 0]), base.height - float(up[k, 1]), near_x, base.height - near_y)
        labels.append(
            Label(
                layer, name, round(x, 1), round(y, 1), float(sizes[k]), bool(seat[order][k]), leader
            )
        )
    return labels
