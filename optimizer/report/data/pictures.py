"""Pictures of a region's data: the map, and the distribution of every measure."""

from __future__ import annotations

import io
import re
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from optimizer.geography.adjacency import adjacency_of
from optimizer.geography.roads import road_towns
from optimizer.instance.instance import Instance
from optimizer.plausible.measures import Measured
from optimizer.plausible.ranges import RANGES

__all__ = ["distribution_svg", "map_svg"]

INK, SOFT, ROAD, ASKED, LINK = "#1f2d3d", "#8794a1", "#8a7f72", "#b3280d", "#9db4c8"
NAMED_MOST = 12
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "data",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
}


def map_svg(instance: Instance, asked: set[str]) -> str:
    """Return the map: towns by population, roads, ways to the road, neighbours.

    Parameters
    ----------
    instance : Instance
        The region.
    asked : set of str
        Towns to be marked.
    """
    towns = instance.towns.to_crs(instance.crs)
    x, y = towns.geometry.x.to_numpy() / 1000, towns.geometry.y.to_numpy() / 1000
    with mpl.rc_context(STYLE):
        tall = np.clip(8.4 * np.ptp(y) / max(np.ptp(x), 1.0), 3.5, 11.0) if len(x) > 1 else 6.6
        figure = Figure(figsize=(8.4, float(tall)), layout="constrained")
        axes: Axes = figure.subplots()
        if instance.boundaries is not None:
            edges = instance.boundaries.to_crs(instance.crs).geometry.boundary
            axes.add_collection(_lines(edges, "#d9dfe5", 0.7))
        pairs, source = adjacency_of(instance)
        links = [((x[a], y[a]), (x[b], y[b])) for a, b in pairs]
        axes.add_collection(LineCollection(links, colors=LINK, linewidths=0.6, linestyles="dotted"))
        if instance.roads is not None:
            axes.add_collection(_lines(instance.roads.to_crs(instance.crs).geometry, ROAD, 0.8))
            _snaps(instance, axes, x, y)
        flagged = np.array([str(key) in asked for key in towns.index])
        size = 6.0 + 60.0 * np.sqrt(towns["population"] / towns["population"].max()).to_numpy()
        axes.scatter(
            x, y, s=size, c=np.where(flagged, ASKED, "#ffffff"), edgecolors=INK, linewidths=0.8,
            zorder=4,
        )  # fmt: skip
        first = np.argsort(-towns["population"].to_numpy())[:NAMED_MOST]
        for at in dict.fromkeys([*np.flatnonzero(flagged)[:NAMED_MOST], *first]):
            axes.annotate(
                str(towns["name"].iloc[at]), (x[at], y[at]), xytext=(4, 3),
                textcoords="offset points", fontsize=8, color=ASKED if flagged[at] else INK,
            )  # fmt: skip
        pad = 0.05 * max(np.ptp(x), np.ptp(y), 1.0)
        axes.set(xlim=(x.min() - pad, x.max() + pad), ylim=(y.min() - pad, y.max() + pad))
        axes.set_aspect("equal")
        axes.set_xlabel("km"), axes.set_ylabel("km")
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(f"dotted: neighbours ({source})", fontsize=8, color=SOFT, loc="left")
    return _svg(figure)


def _lines(shapes: gpd.GeoSeries, colour: str, width: float) -> LineCollection:
    parts = shapely.get_parts(shapely.get_parts(np.asarray(shapes.array, dtype=object)))
    kept = [shapely.get_coordinates(part) / 1000 for part in parts if not part.is_empty]
    return LineCollection(kept, colors=colour, linewidths=width)


def _snaps(instance: Instance, axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw the way of every town to its place on the road, and mark towns that reach none."""
    on = road_towns(instance)
    if on is None:
        return
    snapped = on.snaps["snapped"].to_numpy()
    places = on.roads.xy[on.roads.stops] / 1000
    rows = np.flatnonzero(snapped)
    ways = [((x[at], y[at]), tuple(place)) for at, place in zip(rows, places, strict=True)]
    axes.add_collection(LineCollection(ways, colors=ASKED, linewidths=0.9, zorder=3))
    lost = np.flatnonzero(~snapped)
    axes.scatter(x[lost], y[lost], marker="x", c=ASKED, s=50, zorder=5)


def distribution_svg(given: Measured) -> str:
    """Return the distribution of a measure with its usual range; rows outside are named.

    Parameters
    ----------
    given : Measured
        One measure of a column.
    """
    usual = RANGES[given.measure]
    known = np.isfinite(given.values) & (given.values > 0)
    scale = np.sqrt(given.scale_low * given.scale_high)
    values = given.values[known] / scale
    keys = [key for key, there in zip(given.keys, known, strict=True) if there]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 1.15), layout="constrained")
        axes: Axes = figure.subplots()
        low, high = max(usual.low, 1e-9), min(usual.high, 1e9)
        axes.axvspan(low, high, color="#e8eef3", zorder=0)
        spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(values))
        outside = (values < usual.low) | (values > usual.high)
        colours = np.where(outside, ASKED, "#00629b")
        axes.scatter(values, spread, s=12, c=colours, alpha=0.6, linewidths=0, zorder=2)
        axes.axvline(float(np.median(values)), color=INK, linewidth=1.2, zorder=3)
        far = np.argsort(-np.abs(np.log(values / np.median(values))))
        for at in [row for row in far if outside[row]][:3]:
            axes.annotate(keys[at], (values[at], spread[at]), xytext=(0, 6), fontsize=7,
                          textcoords="offset points", ha="center", color=ASKED)  # fmt: skip
        axes.set_xscale("log")
        axes.set_ylim(-0.8, 0.9)
        axes.set_yticks([])
        axes.set_xlabel(usual.unit, fontsize=8)
        axes.spines[["top", "right", "left"]].set_visible(False)
    return _svg(figure)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    drawn = text.getvalue()
    return METADATA.sub("", drawn[drawn.index("<svg") :])
