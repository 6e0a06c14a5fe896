"""The names on a map: seats first, then the larger towns, none over another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from optimizer.report.charts.texts import map_name, text_size
from optimizer.report.map.colours import INK
from optimizer.report.map.margin import inches_of, symbol_area
from optimizer.report.map.placing import place_labels

if TYPE_CHECKING:
    from optimizer.report.map.scene import Ground, PlanLayers

__all__ = ["write_labels"]

_SEAT_POINTS, _TOWN_POINTS = 7.5, 6.5


def write_labels(ax: Axes, ground: Ground, layers: PlanLayers) -> int:
    """Write the names of the towns; return how many found no room.

    Seats are always named, in bold, with a line to their symbol where they stand away from it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes whose limits are the frame of the ground.
    ground, layers
        What is drawn.
    """
    towns = ground.towns
    seat = towns.index.isin(layers.areas["seat"])
    order = np.lexsort((-towns["connections"].to_numpy(dtype=float), ~seat))
    names = [map_name(str(name)) for name in towns["name"].iloc[order]]
    bold = seat[order]
    heights = np.where(bold, _SEAT_POINTS, _TOWN_POINTS)
    sizes = np.array(
        [text_size(n, float(h), bold=bool(b)) for n, h, b in zip(names, heights, bold, strict=True)]
    ).reshape(-1, 2)
    points, lines, frame = _in_points(ax, ground, layers)
    radii = np.sqrt(symbol_area(towns["connections"].to_numpy(dtype=float), ground)[order]) / 2.0
    spots = place_labels(points[order], radii, sizes, list(bold), frame=frame, lines=lines)
    halo = [withStroke(linewidth=1.6, foreground="white", alpha=0.85)]
    for k, (name, spot) in enumerate(zip(names, spots, strict=True)):
        if spot is None:
            continue
        at = points[order[k]]
        if spot.leader:
            _leader(ax, at, (spot.x, spot.y, float(sizes[k, 0]), float(sizes[k, 1])))
        ax.annotate(
            name,
            (0.0, 0.0),
            (spot.x, spot.y + 0.2 * heights[k]),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="left",
            va="baseline",
            fontsize=float(heights[k]),
            fontweight="bold" if bold[k] else "normal",
            color=INK,
            path_effects=halo,
            zorder=9,
            parse_math=False,
        )
    return sum(spot is None for spot in spots)


def _in_points(
    ax: Axes, ground: Ground, layers: PlanLayers
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float, float]]:
    """Return towns, samples of the links, and the frame in points from the axes' lower left."""
    size = np.array(inches_of(ax)) * 72.0
    low, high = np.array(ground.frame[:2]), np.array(ground.frame[2:])
    scale = float((size / (high - low)).min())
    xy = np.column_stack([ground.towns.geometry.x, ground.towns.geometry.y])
    samples = shapely.segmentize(np.asarray(layers.links.geometry.array, dtype=object), 4.0 / scale)
    on_lines = (shapely.get_coordinates(samples) - low) * scale
    top = (high - low) * scale
    return (xy - low) * scale, on_lines, (2.0, 2.0, float(top[0]) - 2.0, float(top[1]) - 2.0)


def _leader(ax: Axes, point: np.ndarray, box: tuple[float, float, float, float]) -> None:
    """Draw a thin line from a point to the nearest place of its label's box."""
    x, y, width, height = box
    end = (float(np.clip(point[0], x, x + width)), float(np.clip(point[1], y, y + height)))
    ax.annotate(
        "",
        xy=(float(point[0]), float(point[1])),
        xytext=end,
        xycoords="axes points",
        textcoords="axes points",
        arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.6, "shrinkA": 0, "shrinkB": 0},
        zorder=6.5,
    )
