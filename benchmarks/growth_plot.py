"""How seconds and memory grow with towns and with reach, as a picture beside the table."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["plot_growth"]

DONE, OPEN = "#1b6ca8", "#c8553d"


def plot_growth(table: pd.DataFrame, path: Path) -> None:
    """Draw solve seconds and peak memory against towns and against the mean neighbourhood.

    Parameters
    ----------
    table : DataFrame
        Rows of the section ``growth``.
    path : Path
        SVG file to write.
    """
    by_towns = table[table["instance"].str.endswith(", 2 h")].drop_duplicates("towns")
    by_reach = table[table["instance"].str.startswith("100 towns")]
    with mpl.rc_context({"font.size": 9, "svg.hashsalt": "growth"}):
        figure = Figure(figsize=(10.5, 5.5), layout="constrained")
        axes = figure.subplots(2, 2)
        for column, (rows, x, label) in enumerate(
            (
                (by_towns, "towns", "towns, reach 2 h"),
                (by_reach, "reach_mean", "mean towns within reach, 100 towns, 1 to 4 h"),
            )
        ):
            _line(axes[0, column], rows.sort_values(x), x, "solve_s", "seconds to solve")
            _line(axes[1, column], rows.sort_values(x), x, "memory_MB", "peak memory, MB")
            axes[1, column].set_xlabel(label)
        figure.savefig(path, metadata={"Date": None})


def _line(axis: Axes, rows: pd.DataFrame, x: str, y: str, label: str) -> None:
    """Draw one quantity; runs stopped unproven are open marks with their gap beside them."""
    proven = rows["status"] == "optimal"
    axis.plot(rows[x], rows[y], color="0.75", zorder=1)
    axis.scatter(rows[x][proven], rows[y][proven], color=DONE, label="proven optimal", zorder=2)
    axis.scatter(
        rows[x][~proven],
        rows[y][~proven],
        facecolors="white",
        edgecolors=OPEN,
        label="stopped by the time limit, gap beside it",
        zorder=2,
    )
    seconds = y == "solve_s"
    for nth, (_, row) in enumerate(rows[~proven & seconds].iterrows()):
        axis.annotate(
            f"{row['gap_percent']:.2g} %",
            (row[x], row[y]),
            xytext=(0, -13 if nth % 2 else 7),
            textcoords="offset points",
            ha="center",
            color=OPEN,
        )
    axis.set(xscale="log", yscale="log" if seconds else "linear", ylabel=label)
    axis.set_xticks(rows[x].tolist(), [f"{v:g}" for v in rows[x]])
    axis.minorticks_off()
    axis.margins(0.12, 0.25)
    if seconds:
        axis.yaxis.set_major_formatter("{x:g}")
    if seconds and x == "reach_mean":
        axis.legend(loc="lower right", frameon=False, fontsize=8)
    if not seconds:
        axis.set_ylim(bottom=0)
