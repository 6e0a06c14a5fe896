"""A tariff path as a picture: bills by year against what is affordable, and where money goes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from optimizer.messages.words import Words, words_of
from optimizer.plan.area_names import area_names
from optimizer.report.charts.texts import drawable, local_ticks, map_name
from optimizer.report.map.colours import BORDER, FILLS, INK, LOSES
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.path.path import TariffPath

__all__ = ["draw_path", "path_svg", "plot_path", "write_path_picture"]

_MOST_LINES = 8
_LINES = (0, 2, 3, 6, 8, 5, 9, 7)
_MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")
_IN = {
    "revenue_year": ("paid by bills", 0),
    "operating_subsidy_year": ("operating subsidy", 2),
    "grants_year": ("grants", 1),
    "loan_year": ("new loans", 6),
    "bridging": ("bridging", 4),
}
_OUT = {
    "operating_cost_year": ("operation", 9),
    "replacement_year": ("replacement", 3),
    "fee_and_margin_year": ("fee and margin", 7),
    "investment_year": ("works", 8),
    "debt_service_year": ("debt service", 5),
    "bridging_repaid_year": ("bridging repaid", 4),
}


def plot_path(path: TariffPath, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw the bills of a path into axes, or bills and cash flow into a new figure.

    No pyplot state is touched: in a notebook, show ``plot_path(path).figure``.

    Parameters
    ----------
    path : TariffPath
        Any path.
    ax : matplotlib.axes.Axes, optional
        Where to draw the bills; a new figure with bills and cash flow where left out.
    language : {"en", "es", "pt"}
        Language of the words.

    Examples
    --------
    >>> import optimizer as op
    >>> path = op.tariff_path(op.solve(op.read("instances/growing")))
    >>> len(plot_path(path).figure.axes)
    2
    """
    if ax is None:
        return draw_path(path, language=language).axes[0]
    _bills(path, ax, _writer(path, language))
    return ax


def draw_path(path: TariffPath, *, language: str = "en") -> Figure:
    """Return a figure with the mean bills of the largest areas, and the cash flow of all.

    Examples
    --------
    >>> import optimizer as op
    >>> path = op.tariff_path(op.solve(op.read("instances/growing")))
    >>> len(draw_path(path).axes)
    2
    """
    figure = Figure(figsize=(7.6, 7.0), facecolor="white")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, gridspec_kw={"height_ratios": (1.0, 1.25)})
    writer = _writer(path, language)
    _bills(path, above, writer)
    _cash_flow(path, below, writer)
    figure.set_layout_engine("constrained")
    return figure


def path_svg(path: TariffPath, *, language: str = "en") -> str:
    """Return the figure as SVG text that loads nothing; the same path gives the same text."""
    figure = draw_path(path, language=language)
    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "path"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def write_path_picture(path: TariffPath, file: Path, *, language: str = "en") -> Path:
    """Write the figure to a file whose ending says the format (png, svg, pdf)."""
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "path"}):
        draw_path(path, language=language).savefig(file, dpi=150)
    return file


def _writer(path: TariffPath, language: str) -> Writer:
    return Writer(words_of(language), drawable(path.plan.instance.currency))


def _finish(ax: Axes, words: Words) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=7.5, colors=INK)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    ax.yaxis.label.set_fontsize(8)
    local_ticks(ax, words)


def _bills(path: TariffPath, ax: Axes, writer: Writer) -> None:
    """Draw the mean household bill of the largest areas, from today's on."""
    words, start = writer.words, path.plan.instance.price_year
    names = area_names(path.plan)
    shown = [str(area) for area in path.worth.index[:_MOST_LINES]]
    for k, area in enumerate(shown):
        bills = path.years["bill_month"].xs(area, level="service_area")
        years = [start, *bills.index.tolist()]
        today = float(path.worth["bill_today_month"].to_dict()[area])
        label = words("whole region") if area not in names.index else map_name(str(names[area]))
        colour = FILLS[_LINES[k]]
        values = [today, *bills.tolist()]
        ax.plot(years, values, color=colour, marker=_MARKERS[k], ms=4.5, lw=1.8, label=label)
    one = len(path.worth) == 1
    if one:
        level = float(path.years["level"].iloc[-1])
        plan_bill = float(path.years["bill_month"].iloc[-1]) / level if level else np.nan
        text = words("bill of the plan's own schedule")
        ax.axhline(plan_bill, color=BORDER, lw=0.9, ls="--", label=text, zorder=1)
    ax.set_ylim(bottom=0.0)
    ax.set_xlim(start - 0.5, start + path.horizon.years + 0.5)
    ax.set_ylabel(f"{words('mean household bill')}, {writer.unit('money/month')}")
    ax.legend(fontsize=6.5, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4)
    _finish(ax, words)


def _cash_flow(path: TariffPath, ax: Axes, writer: Writer) -> None:
    """Draw for each year what comes in (left bar) and what goes out (right bar), and the cash."""
    words = writer.words
    flows = path.years.groupby(level="year").sum() / 1_000.0
    years = flows.index.to_numpy(dtype=float)
    for side, parts in ((-0.21, _IN), (0.21, _OUT)):
        base = np.zeros(len(years))
        for column, (label, fill) in parts.items():
            values = flows[column].to_numpy(dtype=float)
            if values.max() < 5e-4:
                continue
            hatch = "////" if column == "bridging_repaid_year" else None
            ax.bar(
                years + side,
                values,
                0.38,
                base,
                label=words(label),
                hatch=hatch,
                color=FILLS[fill],
                edgecolor="white",
                lw=0.4,
            )
            base = base + values
    cash = flows["cash"]
    ax.plot(years, cash, color=INK, marker="_", ms=9, lw=1.2, label=words("cash at the year's end"))
    _debt_line(ax, years, flows["debt"], words("loans owed"))
    ax.set_xlim(years[0] - 1.5, years[-1] + 0.5)
    ax.set_ylim(bottom=min(0.0, float(cash.min())))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
    ax.set_ylabel(words("thousand {currency} a year", currency=writer.currency))
    ax.set_xlabel(words("left: money in; right: money out; all areas, real money"), fontsize=8)
    ax.legend(fontsize=6.5, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4)
    _finish(ax, words)


def _debt_line(ax: Axes, years: Sequence[float] | np.ndarray, debt: pd.Series, label: str) -> None:
    if float(debt.max()) > 5e-4:
        ax.plot(years, debt, color=LOSES, ls=":", lw=1.4, label=label)
