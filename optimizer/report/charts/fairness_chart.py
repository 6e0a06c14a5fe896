"""A picture of who pays more than alone: what each town pays and causes, as a share of alone."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optimizer.analysis.loyalty.stability import Stability
from optimizer.report.charts.texts import drawable, map_name
from optimizer.report.map.colours import BORDER, GAINS, INK, LOSES
from optimizer.report.page.headings import Writer

__all__ = ["draw_fairness", "fairness_svg"]

MOST_ROWS = 60
MOST_PERCENT = 250.0


def draw_fairness(found: Stability, writer: Writer) -> Figure:
    """Return the picture: a row a town, grouped by area, 100 % is what it would cost alone.

    Of more than 60 towns the areas that somebody would leave are drawn first.

    Parameters
    ----------
    found : Stability
        Who would leave.
    writer : Writer
        Language of the labels.
    """
    words, rows = writer.words, _rows(found)
    figure = Figure(figsize=(6.4, 1.4 + 0.19 * max(len(rows), 5)), facecolor="white")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    y = np.arange(len(rows))[::-1]
    alone = rows["alone_year"].where(np.isfinite(rows["alone_year"]) & (rows["alone_year"] > 0))
    pays = (100.0 * rows["pays_year"] / alone).clip(upper=MOST_PERCENT).to_numpy(dtype=float)
    causes = (100.0 * rows["cost_year"] / alone).clip(upper=MOST_PERCENT).to_numpy(dtype=float)
    for place, a, b in zip(y, causes, pays, strict=True):
        ax.plot((a, b), (place, place), color=BORDER, lw=1.2, zorder=2)
    leaves = rows["leaves"].to_numpy(dtype=bool)
    ax.scatter(causes, y, marker="|", s=70, lw=1.8, color=INK, label=words("causes"), zorder=3)
    for mine, colour, label in ((~leaves, GAINS, "pays"), (leaves, LOSES, "pays, and would leave")):
        if mine.any():
            ax.scatter(pays[mine], y[mine], s=30, color=colour, label=words(label), zorder=4)
    ax.axvline(100.0, color=INK, lw=0.9, ls="--", zorder=1)
    names = [
        drawable(f"{map_name(str(name))}{'' if np.isfinite(x) else ' *'}")
        for name, x in zip(rows["name"], alone, strict=True)
    ]
    ax.set_yticks(y, names)
    labels = rows["service_area"].to_numpy()
    for k in np.flatnonzero(labels[1:] != labels[:-1]):
        ax.axhline(y[k] - 0.5, color=BORDER, lw=0.5, zorder=0)
    ax.set_ylim(-0.7, len(rows) - 0.3)
    ax.set_xlabel(words("% of what the town would cost alone; * cannot stand alone"))
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8, colors=INK)
    ax.xaxis.label.set_fontsize(8.5)
    for text in [*ax.get_yticklabels(), *ax.get_xticklabels()]:
        text.set_parse_math(False)
    ax.legend(fontsize=7.5, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)
    figure.set_layout_engine("constrained")
    return figure


def _rows(found: Stability) -> pd.DataFrame:
    """Return the towns that share an operator, those of troubled areas first."""
    areas = found.areas[found.areas["town_count"] > 1]
    areas = areas.sort_values("leavers_gain_year", ascending=False, kind="stable")
    order = {label: k for k, label in enumerate(areas.index)}
    towns = found.towns[found.towns["service_area"].isin(areas.index)]
    towns = towns.assign(place=towns["service_area"].map(order))
    return towns.sort_values(["place", "gain_alone_year"], ascending=[True, False]).head(MOST_ROWS)


def fairness_svg(found: Stability, writer: Writer) -> str:
    """Return the picture as SVG text that loads nothing; the same data give the same text."""
    figure = draw_fairness(found, writer)
    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fairness"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
