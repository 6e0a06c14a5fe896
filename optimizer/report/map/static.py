"""A plan as a static map: areas, seats, towns, roads, territories, scale bar, legend."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from shapely import Polygon, get_coordinates, get_parts

from optimizer.messages.words import STATUS, Words, words_of
from optimizer.plan.assessment.pieces import pieces_of
from optimizer.report.charts.texts import drawable
from optimizer.report.map.colours import BORDER, HATCHES, INK, AreaStyle, area_styles
from optimizer.report.map.labels import write_labels
from optimizer.report.map.margin import (
    inches_of,
    legend_handles,
    north_arrow,
    scale_bar,
    symbol_area,
)
from optimizer.report.map.scene import Ground, PlanLayers, ground_of, layers_of

if TYPE_CHECKING:
    from shapely import Geometry

    from optimizer.plan.plan import Plan

__all__ = ["draw_plan", "plan_map"]

_RIGHT, _TOP, _BOTTOM = 2.6, 0.5, 0.95
"""Inches beside, above and below the map for legend, title and source."""


def plan_map(
    plan: Plan,
    path: str | Path,
    *,
    language: str = "en",
    longest_inches: float = 8.0,
    dpi: int = 200,
) -> Path:
    """Write a map of a plan as a picture.

    Areas have colours (from a palette for colour-blind readers) that differ between neighbours;
    towns and seats grow with their connections; seats are squares, joined by lines to the towns
    they serve. Territories are the boundaries of the instance, or Voronoi cells, which the legend
    then calls derived.

    Parameters
    ----------
    plan : Plan
        Any plan; one without areas shows the towns only.
    path : str or pathlib.Path
        File to make; its suffix (``.png``, ``.svg``, ``.pdf``) says the kind.
    language : {"en", "es", "pt"}
        Language of legend and title.
    longest_inches : float
        Longer side of the map itself.
    dpi : int
        Dots per inch of a PNG.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptimizerError
        If the language is unknown.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), "together")
    >>> plan_map(plan, pathlib.Path(tempfile.mkdtemp()) / "pair.png").name
    'pair.png'
    """
    ground = ground_of(plan.instance)
    x_least, y_least, x_most, y_most = ground.frame
    scale = longest_inches / max(x_most - x_least, y_most - y_least)
    width, height = (x_most - x_least) * scale, (y_most - y_least) * scale
    page = (width + _RIGHT + 0.2, max(height, 3.6) + _TOP + _BOTTOM)
    figure = Figure(figsize=page, facecolor="white")
    FigureCanvasAgg(figure)
    bottom = page[1] - _TOP - height
    ax = figure.add_axes((0.15 / page[0], bottom / page[1], width / page[0], height / page[1]))
    draw_plan(plan, ax, language=language, ground=ground)
    target = Path(path)
    with mpl.rc_context({"svg.hashsalt": "plan", "svg.fonttype": "path"}):
        figure.savefig(target, dpi=dpi, metadata=_metadata(target))
    return target


def _metadata(path: Path) -> dict[str, None]:
    """Return metadata that keep the date out, so that one plan gives one file."""
    known = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    return dict(known.get(path.suffix.lower(), {}))


def draw_plan(plan: Plan, ax: Axes, *, language: str = "en", ground: Ground | None = None) -> Axes:
    """Draw a map of a plan into axes, with title, legend, scale bar and north arrow.

    Parameters
    ----------
    plan : Plan
        Any plan.
    ax : matplotlib.axes.Axes
        Empty axes; their limits are set, in metres of the instance's coordinate system. The legend
        stands to their right, scale bar and credit below.
    language : {"en", "es", "pt"}
        Language of the words.
    ground : Ground, optional
        The ground of the plan's instance, where it is known already.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    words = words_of(language)
    base = ground_of(plan.instance) if ground is None else ground
    layers = layers_of(plan, base)
    _set_frame(ax, base)
    _draw_areas(ax, base, layers)
    _draw_lines(ax, base, layers)
    _draw_towns(ax, plan, base)
    hidden = write_labels(ax, base, layers)
    _title(ax, plan, words)
    scale_bar(ax, base, words)
    north_arrow(ax, base, words)
    notes = legend_handles(ax, base, words, roads=not base.roads.empty)
    _credit(ax, plan, words, hidden=hidden)
    ax.add_artist(notes)
    return ax


def _set_frame(ax: Axes, ground: Ground) -> None:
    x_least, y_least, x_most, y_most = ground.frame
    ax.set_xlim(x_least, x_most)
    ax.set_ylim(y_least, y_most)
    ax.set_aspect("equal")
    ax.apply_aspect()  # so that the place of the axes is known before labels are put
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_color("#9aa5b1")


def _outline(shape: Geometry) -> Outline:
    """Return polygons, holes included, as one matplotlib path."""
    rings = [
        Outline(get_coordinates(ring), closed=True)
        for part in get_parts(shape)
        if isinstance(part, Polygon) and not part.is_empty
        for ring in (part.exterior, *part.interiors)
    ]
    return Outline.make_compound_path(*rings) if rings else Outline(np.empty((0, 2)))


def styles_of(layers: PlanLayers) -> list[AreaStyle]:
    """Return the style of each area of a plan, in their order."""
    points = layers.areas.geometry.representative_point()
    return area_styles(np.column_stack([points.x, points.y]), layers.neighbours)


def _draw_areas(ax: Axes, ground: Ground, layers: PlanLayers) -> None:
    cells = [PathPatch(_outline(shape)) for shape in ground.territories.geometry]
    for shape, style in zip(layers.areas.geometry, styles_of(layers), strict=True):
        ax.add_patch(
            PathPatch(
                _outline(shape),
                facecolor=style.colour,
                edgecolor="#ffffff",
                hatch=HATCHES[style.hatch] or None,
                linewidth=0.0,
                alpha=0.7,
                zorder=1,
            )
        )
    inner = (0, (2, 2)) if ground.derived else "solid"
    ax.add_collection(
        PatchCollection(
            cells, facecolor="none", edgecolor="#ffffff", linewidth=0.8, linestyle=inner, zorder=2
        )
    )
    for shape in layers.areas.geometry:
        ax.add_patch(
            PathPatch(_outline(shape), facecolor="none", edgecolor=BORDER, linewidth=1.3, zorder=3)
        )


def _draw_lines(ax: Axes, ground: Ground, layers: PlanLayers) -> None:
    parts = [get_coordinates(part) for line in ground.roads for part in get_parts(line)]
    ax.add_collection(LineCollection(parts, colors="#8a7f72", linewidths=0.7, zorder=4))
    links = [get_coordinates(line) for line in layers.links.geometry]
    ax.add_collection(LineCollection(links, colors="white", linewidths=2.6, alpha=0.7, zorder=5))
    ax.add_collection(LineCollection(links, colors=INK, linewidths=1.1, zorder=6))


def _draw_towns(ax: Axes, plan: Plan, ground: Ground) -> None:
    seats = ground.towns.index.isin(plan.areas["seat"])
    sizes = symbol_area(ground.towns["connections"].to_numpy(dtype=float), ground)
    x, y = ground.towns.geometry.x.to_numpy(), ground.towns.geometry.y.to_numpy()
    looks = ((~seats, "o", "white", INK), (seats, "s", INK, "white"))
    for chosen, marker, face, edge in looks:
        ax.scatter(
            x[chosen],
            y[chosen],
            s=sizes[chosen],
            marker=marker,
            c=face,
            edgecolors=edge,
            linewidths=0.9,
            zorder=7,
        )


def _title(ax: Axes, plan: Plan, words: Words) -> None:
    """Write the region's title and, below it, what the plan is."""
    towns = words.count(len(plan.instance.towns), "{n} town", "{n} towns")
    if plan.areas.empty:
        what = words("no plan keeps every promise")
    else:
        one, many = "{n} service area of {towns}", "{n} service areas of {towns}"
        what = words(
            one if len(plan.areas) == 1 else many, n=words.number(len(plan.areas)), towns=towns
        )
        apart = int((pieces_of(plan) > 1).sum())
        if apart:
            what += words(", {n} in pieces", n=words.number(apart))
    status = words(STATUS[plan.status])
    for text, up, size, weight in (
        (drawable(plan.instance.title, most=80), 17.0, 11.0, "bold"),
        (f"{what}; {status}", 4.0, 8.0, "normal"),
    ):
        ax.annotate(
            text,
            (0.0, 1.0),
            (0.0, up),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=INK,
            annotation_clip=False,
            parse_math=False,
        )


def _credit(ax: Axes, plan: Plan, words: Words, *, hidden: int) -> None:
    """Write below the map what it is drawn from."""
    publishers = dict.fromkeys(s.publisher or s.title for s in plan.instance.sources)
    lines = [words("Projected in {crs}; symbols grow with connections.", crs=plan.instance.crs)]
    if hidden:
        one, many = "{n} small town without a label", "{n} small towns without a label"
        lines[0] += " " + words.count(hidden, one, many) + "."
    if publishers:
        sources = drawable("; ".join(publishers), most=400)
        width = inches_of(ax)[0]
        text = words("Sources: {sources}", sources=sources)
        lines += textwrap.wrap(text, int((width + 2.0) * 20.0))[:3]
    ax.annotate(
        "\n".join(lines),
        (0.0, 0.0),
        (0.0, -30.0),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=6.5,
        color="#52606d",
        annotation_clip=False,
        parse_math=False,
    )
