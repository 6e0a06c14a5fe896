"""A plan in a notebook: a map to draw on, and the page to explore."""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optimizer.html import card
from optimizer.plan.summary import areas_shown, plan_facts
from optimizer.report.map.static import draw_plan

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["Explorer", "plan_card", "plot_plan"]


INCHES, DOTS = (10.5, 8.5), 84
"""Size of a map, and dots of an inch where a notebook shows it."""
PLACE = (0.03, 0.12, 0.68, 0.8)
"""Where the map stands in its figure: left, bottom, width, height."""


def plot_plan(plan: Plan, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw the map of a plan, into new axes where none are given.

    No pyplot state is touched: in a notebook, show ``plot_plan(plan).figure``.

    Parameters
    ----------
    plan : Plan
        Any plan.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    language : {"en", "es", "pt"}
        Language of the words.
    """
    if ax is None:
        figure = Figure(figsize=INCHES, facecolor="white")
        FigureCanvasAgg(figure)
        ax = figure.add_axes(PLACE)
    return draw_plan(plan, ax, language=language)


def plan_card(plan: Plan) -> str:
    """Return a plan as HTML for a notebook: its summary, its map, its areas.

    Examples
    --------
    >>> import optimizer as op
    >>> html = plan_card(op.evaluate(op.read("instances/pair"), "alone"))
    >>> "data:image/png" in html, "2 operators" in html
    (True, True)
    """
    instance = plan.instance
    title = f"{instance.title}, money in {instance.currency} of {instance.price_year}"
    facts = [(label, text) for label, text in plan_facts(plan) if text]
    if plan.areas.empty:
        return card(title, facts)
    picture = io.BytesIO()
    figure = Figure(figsize=INCHES, facecolor="white")
    plot_plan(plan, figure.add_axes(PLACE))
    figure.savefig(picture, format="png", dpi=DOTS)
    return card(title, facts, table=areas_shown(plan).set_index("seat"), picture=picture.getvalue())


@dataclass(frozen=True)
class Explorer:
    """The page of a plan; a notebook shows it in a frame of its own."""

    page: str
    height: int = 720

    def _repr_html_(self) -> str:
        """Return a frame that holds the page, apart from the notebook."""
        inside = html.escape(self.page, quote=True)
        look = f"width:100%;height:{self.height}px;border:1px solid #ccc"
        return f'<iframe sandbox="allow-scripts" style="{look}" srcdoc="{inside}"></iframe>'
