"""The picture of a calibration: cost against size, and cost per connection against size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from optimizer.errors import PolicyError
from optimizer.messages.words import Words, words_of
from optimizer.report.charts.texts import drawable
from optimizer.report.map.colours import FILLS, INK

if TYPE_CHECKING:
    from optimizer.instance.calibrate.result import Calibration
    from optimizer.instance.calibrate.service import ServiceFit

__all__ = ["draw_calibration", "write_plot"]

_MOST_SERVICES = 3
_SUBSCRIPTS = (1.0, 2.0, 5.0)


def draw_calibration(found: Calibration, *, language: str = "en") -> Figure:
    """Return one row of two panels per service: yearly cost, and cost per connection, by size.

    Points are providers, the line is the fit at the median volume per connection, the band its
    interval, diamonds the median of each size class. Both axes are logarithmic, with one range of
    sizes for all panels. At most three services are drawn, the written one first.
    """
    words = words_of(language)
    names = sorted(found.fits, key=lambda name: name != found.service)[:_MOST_SERVICES]
    figure = Figure(figsize=(10.0, 0.7 + 3.4 * len(names)), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(names), 2, squeeze=False, sharex=True)
    for row, name in enumerate(names):
        _panel(axes[row, 0], found, name, words, per_connection=False)
        _panel(axes[row, 1], found, name, words, per_connection=True)
    for ax in axes[-1]:
        ax.set_xlabel(words("connections"), fontsize=9, color=INK)
    figure.suptitle(
        words(
            "{source}: operating cost of providers, money of the table",
            source=drawable(found.source, most=60),
        ),
        fontsize=10,
        color=INK,
        parse_math=False,
    )
    figure.set_layout_engine("constrained")
    return figure


def write_plot(found: Calibration, path: str | Path, *, language: str = "en") -> Path:
    """Write the picture; see :meth:`optimizer.instance.calibrate.Calibration.plot`.

    Raises
    ------
    PolicyError
        If the file's ending is neither ``.png`` nor ``.svg``.
    OptimizerError
        If the language is unknown.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in (".png", ".svg"):
        message = f"{target.name}: a picture is written as .png or .svg"
        raise PolicyError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if kind == ".svg" else None
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "calibration"}):
        draw_calibration(found, language=language).savefig(target, dpi=150, metadata=metadata)
    return target


def _panel(ax: Axes, found: Calibration, name: str, words: Words, *, per_connection: bool) -> None:
    fit = found.fits[name]
    rows, curve = fit.rows, fit.curve
    size = rows["connections"].to_numpy()
    scale = 1.0 / size if per_connection else np.ones(len(size))
    cost = rows["operating_cost_year"].to_numpy() * scale
    ax.scatter(size, cost, s=9, color="#8a8f98", alpha=0.45, linewidths=0, label=words("provider"))
    at = curve.index.to_numpy(dtype=np.float64)
    level = np.ones(len(at)) if per_connection else at
    low, line, high = (curve[c].to_numpy() * level for c in ("low", "fitted", "high"))
    band = words("{share} % of bootstrap draws", share=words.number(100 * found.options.level))
    ax.fill_between(at, low, high, color=FILLS[0], alpha=0.35, linewidth=0, label=band)
    ax.plot(at, line, color=INK, linewidth=1.6, label=words("fit"))
    _medians(ax, fit, found, name, words, per_connection=per_connection)
    ax.set_xscale("log")
    ax.set_yscale("log")
    bottom, top = np.quantile(cost, [0.005, 0.995])
    ax.set_ylim(0.7 * bottom, 1.5 * top)
    counted = words.count(len(rows), "{n} provider", "{n} providers")
    title = f"{drawable(name, most=40)}, {counted}" if name else counted
    what = words("cost per connection and year") if per_connection else words("cost per year")
    ax.set_title(f"{title}: {what}", fontsize=9, loc="left", color=INK, parse_math=False)
    _dress(ax, words)
    if not per_connection:
        ax.legend(fontsize=7.5, frameon=False, loc="upper left")


def _medians(
    ax: Axes,
    fit: ServiceFit,
    found: Calibration,
    name: str,
    words: Words,
    *,
    per_connection: bool,
) -> None:
    """Draw the median cost of each size class at its median size."""
    size = fit.rows["connections"].to_numpy()
    classes = np.digitize(size, found.size_edges)
    middle = np.array([np.median(size[classes == k]) for k in np.unique(classes)])
    each = found.sizes.loc[name]["unit_cost_median"].to_numpy()
    shown = each if per_connection else each * middle
    ax.plot(
        middle,
        shown,
        linestyle="none",
        marker="D",
        markersize=6,
        markerfacecolor="white",
        markeredgecolor=INK,
        label=words("median of a size class"),
    )


def _dress(ax: Axes, words: Words) -> None:
    """Give both axes plain numbers at 1, 2 and 5, and a light grid."""
    plain = FuncFormatter(lambda value, _: _number(value, words))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(base=10.0, subs=_SUBSCRIPTS))
        axis.set_major_formatter(plain)
        axis.set_minor_locator(LogLocator(base=10.0, subs=[]))
    ax.grid(color="#e3e5e8", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=8, colors=INK, labelbottom=True)


def _number(value: float, words: Words) -> str:
    """Return a number as an axis shows it.

    Examples
    --------
    >>> english, portuguese = words_of("en"), words_of("pt")
    >>> _number(2_000_000, english), _number(500.0, english), _number(20_000.0, portuguese)
    ('2 M', '500', '20.000')
    """
    if value >= 1e6:
        return words.number(value / 1e6, ",g") + " M"
    return words.number(value) if value >= 1.0 else words.number(value, "g")
