"""Charts of a plan for a page or a paper: tariffs, burden, money, cross-subsidy, winners."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optimizer.messages.words import words_of
from optimizer.plan.area_names import area_name, area_names
from optimizer.plan.statistics import affordable_limits
from optimizer.report.charts.texts import drawable, local_ticks, map_name
from optimizer.report.map.colours import BORDER, FILLS, GAINS, INK, LOSES
from optimizer.report.page.headings import Writer, block_words, group_words

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["CHARTS", "chart_svg", "draw_chart", "write_charts"]

_MOST_ROWS = 60
_MARKERS = ("o", "s", "D", "^", "v")
_LIMITS = (0.03, 0.04, 0.05)
"""Shares of income that are usual limits: water, both, water and sewerage."""


def draw_chart(plan: Plan, name: str, *, language: str = "en") -> Figure:
    """Return one chart of a plan.

    Parameters
    ----------
    plan : Plan
        A plan with areas.
    name : {"tariffs", "burden", "finances", "cross_subsidy", "winners"}
        Which chart.
    language : {"en", "es", "pt"}
        Language of the labels.

    Returns
    -------
    matplotlib.figure.Figure
        With an Agg canvas; no pyplot state is touched.

    Raises
    ------
    KeyError
        If there is no such chart.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), "together")
    >>> len(draw_chart(plan, "burden").axes)
    1
    """
    draw, rows_of = CHARTS[name]
    rows = min(rows_of(plan), _MOST_ROWS)
    figure = Figure(figsize=(7.2, 1.3 + 0.17 * max(rows, 6)), facecolor="white")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    words = words_of(language)
    draw(plan, ax, Writer(words, drawable(plan.instance.currency)))
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=7.5, colors=INK)
    local_ticks(ax, words)
    ax.xaxis.label.set_fontsize(8)
    ax.yaxis.label.set_fontsize(8)
    for text in [*ax.get_yticklabels(), *ax.get_xticklabels()]:
        text.set_parse_math(False)
    figure.set_layout_engine("constrained")
    return figure


def chart_svg(plan: Plan, name: str, *, language: str = "en") -> str:
    """Return one chart as SVG text that loads nothing; the same plan gives the same text."""
    figure = draw_chart(plan, name, language=language)
    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def write_charts(plan: Plan, folder: str | Path, *, language: str = "en") -> list[Path]:
    """Write every chart as SVG and PNG, for a paper.

    Parameters
    ----------
    plan : Plan
        A plan with areas.
    folder : str or pathlib.Path
        Folder; made where absent.
    language : {"en", "es", "pt"}
        Language of the labels.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name in CHARTS:
        figure = draw_chart(plan, name, language=language)
        with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": name}):
            figure.savefig(target / f"{name}.svg", metadata={"Date": None})
        figure.savefig(target / f"{name}.png", dpi=200)
        files += [target / f"{name}.svg", target / f"{name}.png"]
    return files


def _legend(ax: Axes) -> None:
    """Put the legend above the axes, where it covers nothing."""
    ax.legend(fontsize=6.5, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=6)


def _tariffs(plan: Plan, ax: Axes, writer: Writer) -> None:
    """Draw the ladder of household prices: a dot for the price of each block, a row a schedule."""
    words = writer.words
    component = plan.tariffs.index.get_level_values("component").astype(str)
    blocks = plan.tariffs[component.str.startswith("block ")]
    domestic = blocks[blocks.index.get_level_values("category") == "domestic"]
    ladders = [
        (_schedule_name(plan, str(area), str(town)), prices)
        for (area, town), prices in domestic.groupby(level=["service_area", "town"], sort=False)
    ][:_MOST_ROWS][::-1]
    rows = np.arange(len(ladders))
    steps = list(dict.fromkeys(step for _, prices in ladders for step in _steps(prices, writer)))
    for row, (_, prices) in zip(rows, ladders, strict=True):
        ends = prices["price"].min(), prices["price"].max()
        ax.plot(ends, (row, row), color=BORDER, lw=1.0, zorder=2)
    for k, step in enumerate(steps):
        found = [
            (price, row)
            for row, (_, prices) in zip(rows, ladders, strict=True)
            for own, price in zip(_steps(prices, writer), prices["price"], strict=True)
            if own == step
        ]
        x, y = zip(*found, strict=True)
        marker = _MARKERS[k % len(_MARKERS)]
        ax.scatter(
            x,
            y,
            s=(70, 34, 22, 14)[k % 4],
            marker=marker,
            color=FILLS[(0, 2, 3, 6)[k % 4]],
            label=step,
            zorder=3 + k,
        )
    ax.set_yticks(rows, [name for name, _ in ladders])
    ax.set_ylim(-0.7, len(ladders) - 0.3)
    ax.set_xlim(left=0.0)
    ax.set_xlabel(f"{words('price')}, {writer.unit('money/m3')}")
    _legend(ax)


def _schedule_keys(plan: Plan) -> list[tuple[str, str]]:
    """Return area and town of each schedule."""
    levels = [plan.tariffs.index.get_level_values(name) for name in ("service_area", "town")]
    return list(dict.fromkeys((str(a), str(t)) for a, t in zip(*levels, strict=True)))


def _steps(prices: pd.DataFrame, writer: Writer) -> list[str]:
    """Return the blocks of a schedule in words."""
    limits = zip(prices["from_m3"], prices["to_m3"], strict=True)
    return [block_words(float(a), float(b), writer) for a, b in limits]


def _schedule_name(plan: Plan, area: str, town: str) -> str:
    """Return whose schedule it is: the town's, where each has its own, else the seat's."""
    return map_name(str(plan.towns["name"][town] if town else area_name(plan, area)))


def _by_town(order: pd.Series) -> list[str]:
    """Return the towns with the largest absolute values, the largest value last (on top)."""
    kept = order.abs().sort_values(ascending=False, kind="stable").index[:_MOST_ROWS]
    return [str(key) for key in order.loc[kept].sort_values(kind="stable").index]


def _town_names(plan: Plan, keys: list[str]) -> list[str]:
    return [map_name(str(name)) for name in plan.towns["name"].loc[keys]]


def _burden(plan: Plan, ax: Axes, writer: Writer) -> None:
    """Draw each household group's burden as a dot, by town, against the usual limits."""
    words = writer.words
    keys = _by_town(plan.bills["burden"].groupby(level="town").max())
    groups = list(dict.fromkeys(str(g) for g in plan.bills.index.get_level_values("group")))
    shades = mpl.colormaps["cividis"](np.linspace(0.0, 0.9, len(groups)))
    for k, group in enumerate(groups):
        ax.scatter(
            100.0 * _of_group(plan, group, keys),
            range(len(keys)),
            s=16,
            color=shades[k],
            label=drawable(group_words(group, words)),
            zorder=3,
        )
    for limit in _LIMITS:
        ax.axvline(100.0 * limit, color=BORDER, lw=0.8, ls="--", zorder=1)
    for k, own in enumerate(sorted(set(affordable_limits(plan)))):
        name = "_nolegend_" if k else words("affordability limit")
        ax.axvline(100.0 * own, color=LOSES, lw=1.2, zorder=1, label=name)
    ax.set_yticks(range(len(keys)), _town_names(plan, keys))
    ax.set_ylim(-0.7, len(keys) - 0.3)
    ax.set_xlim(left=0.0)
    ax.set_xlabel(words("bill paid, % of household income; dashed: 3, 4 and 5 %"))
    _legend(ax)


def _of_group(plan: Plan, group: str, keys: list[str]) -> pd.Series:
    """Return the burden of one household group in the given towns; NaN where it is not there."""
    found = plan.bills["burden"][plan.bills.index.get_level_values("group") == group]
    return found.droplevel("group").reindex(keys)


def _finances(plan: Plan, ax: Axes, writer: Writer) -> None:
    """Draw for each area the parts of its requirement, and what bills pay of it."""
    words, money = writer.words, plan.finances.iloc[::-1].tail(_MOST_ROWS) / 1_000.0
    parts = (
        "overhead_year",
        "operation_year",
        "replacement_year",
        "travel_year",
        "transition_year",
    )
    names = {
        "overhead_year": "overhead",
        "operation_year": "operation",
        "replacement_year": "replacement",
    }
    names |= {"travel_year": "travel", "transition_year": "transition"}
    left = np.zeros(len(money))
    y = np.arange(len(money))
    fee = money["board_fee_year"] + money["margin_year"]
    columns = [(words(names[p]), money[p]) for p in parts] + [(words("fee and margin"), fee)]
    for k, (label, values) in enumerate(columns):
        ax.barh(y, values, left=left, color=FILLS[k], label=label, height=0.7)
        left = left + values.to_numpy(dtype=float)
    ax.scatter(
        money["revenue_year"],
        y,
        marker="|",
        s=90,
        color=INK,
        lw=1.8,
        label=words("paid by bills"),
        zorder=4,
    )
    ax.set_yticks(y, [map_name(str(n)) for n in area_names(plan).loc[money.index]])
    ax.set_ylim(-0.7, len(money) - 0.3)
    ax.set_xlabel(words("thousand {currency} a year", currency=writer.currency))
    _legend(ax)


def _signed_bars(ax: Axes, plan: Plan, values: pd.Series) -> None:
    keys = _by_town(values)
    shown = values.loc[keys].to_numpy(dtype=float)
    colours = np.where(shown < 0, GAINS, LOSES).tolist()
    ax.barh(range(len(keys)), shown, color=colours, height=0.7)
    ax.axvline(0.0, color=INK, lw=0.8)
    ax.set_yticks(range(len(keys)), _town_names(plan, keys))
    ax.set_ylim(-0.7, len(keys) - 0.3)


def _cross_subsidy(plan: Plan, ax: Axes, writer: Writer) -> None:
    """Draw what each town pays above (right) or below (left) the cost it causes."""
    _signed_bars(ax, plan, plan.towns["cross_subsidy_year"] / 1_000.0)
    text = "pays less than its cost < thousand {currency} a year > pays more than its cost"
    ax.set_xlabel(writer.words(text, currency=writer.currency))


def _winners(plan: Plan, ax: Axes, writer: Writer) -> None:
    """Draw how each town's bill differs from its bill alone."""
    _signed_bars(ax, plan, plan.towns["bill_change_month"].dropna())
    text = "lower bill than alone < {unit} > higher bill than alone"
    ax.set_xlabel(writer.words(text, unit=writer.unit("money/month")))


_Draw = Callable[["Plan", Axes, Writer], None]

CHARTS: Mapping[str, tuple[_Draw, Callable[[Plan], int]]] = {
    "tariffs": (
        _tariffs,
        lambda plan: len(_schedule_keys(plan)),
    ),
    "burden": (_burden, lambda plan: len(plan.towns)),
    "finances": (_finances, lambda plan: len(plan.areas)),
    "cross_subsidy": (_cross_subsidy, lambda plan: len(plan.towns)),
    "winners": (_winners, lambda plan: int(plan.towns["bill_change_month"].notna().sum())),
}
"""Each chart with the number of its rows."""
