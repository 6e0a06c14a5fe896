"""What stands beside a map: legend, scale bar, north arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from pyproj import Transformer

from optimizer.arrays import Floats
from optimizer.messages.words import Words
from optimizer.report.map.colours import BORDER, INK

if TYPE_CHECKING:
    from optimizer.report.map.scene import Ground

__all__ = ["inches_of", "legend_handles", "north_arrow", "round_below", "scale_bar", "symbol_area"]


_LARGEST, _SMALLEST = 190.0, 12.0
"""Area of the largest and the smallest symbol, in square points."""


def symbol_area(connections: Floats, ground: Ground) -> Floats:
    """Return the area of symbols in square points, proportional to connections.

    The largest town of the ground has 190 square points; none has less than 12.
    """
    most = max(float(ground.towns["connections"].max()), 1.0)
    area: Floats = np.maximum(_LARGEST * connections / most, _SMALLEST)
    return area


def inches_of(ax: Axes) -> tuple[float, float]:
    """Return width and height of axes in inches."""
    box, whole = ax.get_position(), ax.figure.get_window_extent()
    dots = ax.figure.get_dpi()
    return float(whole.width * box.width / dots), float(whole.height * box.height / dots)


def round_below(value: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that does not exceed a value.

    Examples
    --------
    >>> [round_below(v) for v in (1.0, 4.9, 730.0)]
    [1.0, 2.0, 500.0]
    """
    power = 10.0 ** np.floor(np.log10(value))
    return float(
        max(step * power for step in (1.0, 2.0, 5.0) if step * power <= value * (1 + 1e-9))
    )


def scale_bar(ax: Axes, ground: Ground, words: Words) -> None:
    """Draw a bar of a round number of kilometres below the map, at its left."""
    x_least, _, x_most, _ = ground.frame
    km = round_below((x_most - x_least) / 4_000.0)
    along = ax.get_xaxis_transform()
    ends = np.array([x_least, x_least + km * 500.0, x_least + km * 1_000.0])
    y = -0.12 / inches_of(ax)[1]
    for start, colour in zip(ends[:2], (INK, "white"), strict=True):
        ax.plot(
            [start, start + km * 500.0],
            [y, y],
            transform=along,
            clip_on=False,
            color=INK,
            lw=4.0,
            solid_capstyle="butt",
        )
        ax.plot(
            [start, start + km * 500.0],
            [y, y],
            transform=along,
            clip_on=False,
            color=colour,
            lw=2.6,
            solid_capstyle="butt",
        )
    for x, text in zip(
        ends,
        ("0", words.number(km / 2, "g"), f"{words.number(km, 'g')} {words('km')}"),
        strict=True,
    ):
        ax.text(x, y * 1.9, text, transform=along, ha="center", va="top", fontsize=7, color=INK)


def north_arrow(ax: Axes, ground: Ground, words: Words) -> None:
    """Draw an arrow toward true north in the lower part beside the map."""
    x_least, y_least, x_most, y_most = ground.frame
    x, y = (x_least + x_most) / 2.0, (y_least + y_most) / 2.0
    to_degrees = Transformer.from_crs(ground.towns.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    to_metres = Transformer.from_crs("EPSG:4326", ground.towns.crs, always_xy=True)
    x_north, y_north = to_metres.transform(lon, min(lat + 0.01, 90.0))
    along = np.array([x_north - x, y_north - y])
    foot = np.array([30.0, 8.0])
    tip = foot + along / np.hypot(*along) * 26.0
    corner = inches_of(ax)[0] * 72.0
    ax.annotate(
        "",
        xy=(corner + float(tip[0]), float(tip[1])),
        xytext=(corner + float(foot[0]), float(foot[1])),
        xycoords="axes points",
        textcoords="axes points",
        annotation_clip=False,
        arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.4},
    )
    ax.annotate(
        words("N"),
        (1.0, 0.0),
        (float(tip[0]), float(tip[1]) + 2.0),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=9,
        fontweight="bold",
        color=INK,
        annotation_clip=False,
    )


def legend_handles(ax: Axes, ground: Ground, words: Words, *, roads: bool) -> Legend:
    """Return the legend, placed to the right of the map."""
    entries = [
        Line2D(
            [],
            [],
            marker="s",
            ls="",
            mfc=INK,
            mec="white",
            ms=8,
            label=words("seat of an operator"),
        )
    ]
    most = float(ground.towns["connections"].max())
    shown = dict.fromkeys(round_below(max(most * share, 1.0)) for share in (1.0, 0.35, 0.08))
    for connections in shown:
        size = float(np.sqrt(symbol_area(np.array([connections]), ground)[0]))
        text = f"{words('town')}, " + words("{n} connections", n=words.number(connections))
        entries.append(Line2D([], [], marker="o", ls="", mfc="white", mec=INK, ms=size, label=text))
    entries.append(Line2D([], [], color=INK, lw=1.1, label=words("seat and town it serves")))
    if roads:
        entries.append(Line2D([], [], color="#8a7f72", lw=0.7, label=words("road")))
    entries.append(Line2D([], [], color=BORDER, lw=1.3, label=words("border of a service area")))
    territory = (
        "territory of a town (derived: Voronoi cell)"
        if ground.derived
        else "territory of a town (boundary)"
    )
    style = (0, (2, 2)) if ground.derived else "solid"
    entries.append(Line2D([], [], color="#9aa5b1", lw=0.8, ls=style, label=words(territory)))
    return Legend(
        ax,
        entries,
        [str(e.get_label()) for e in entries],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=7,
        borderaxespad=0.4,
        labelspacing=0.8,
        title=words("colours only tell neighbouring areas apart"),
        title_fontsize=7,
        alignment="left",
    )
