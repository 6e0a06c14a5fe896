"""Plans between one price an area and a schedule per town, with and without household support."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.analysis.compare.shown import plans_shown
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.analysis.many.study import Study
from optimizer.analysis.what_if.frontier import figures_of
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan

__all__ = ["TariffFreedom", "tariff_freedom"]


@dataclass(frozen=True, eq=False, repr=False)
class TariffFreedom(Study):
    """The best plan for each spread of prices inside an area and each household support.

    Attributes
    ----------
    plans : mapping of str to Plan
        The plans that exist, by ``"spread 1.5, support 50 %"``.
    table : pandas.DataFrame
        Index ``plan``: ``spread`` (``inf``: a schedule per town), ``support_share``, ``status``,
        ``reason``, ``objective``, ``gap``, ``requirement_year``, ``public_money_year``,
        ``operators``, ``bill_mean_month`` and ``burden_worst``; ``nan`` without a plan.
    """

    plans: Mapping[str, Plan]
    table: pd.DataFrame

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return "from one price an area to a schedule per town, with household support"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""
        return {"tariff_freedom": self.table}

    @property
    def runs(self) -> Mapping[str, Plan]:
        """The plans that are kept, by name."""
        return self.plans

    def shown(self) -> pd.DataFrame:
        """Return the table that is printed: cells of text."""
        table = plans_shown(self.plans, self.table["status"])
        gaps = self.table["gap"]
        table["gap"] = [f"{100 * gap:.2f} %" if np.isfinite(gap) else "-" for gap in gaps]
        return table

    def notes(self) -> list[str]:
        """Return why there is no plan."""
        reasons = self.table["reason"].fillna("").astype("str")
        return [f"{name}: {reason}" for name, reason in reasons[reasons != ""].items()]


def tariff_freedom(
    region: Instance,
    *,
    spreads: Sequence[float] = (1.0, 1.5, 2.0, math.inf),
    shares: Sequence[float] = (0.0, 0.5),
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> TariffFreedom:
    """Return the best plan for each spread of prices and each share of support.

    Parameters
    ----------
    region : Instance
        The region and its other promises; who may get support is what its policy says.
    spreads : sequence of float
        Values of ``tariff_spread_most``: 1 is one price an area, ``inf`` a schedule per town.
    shares : sequence of float
        Values of ``household_support_share``; 0 is no support.
    running : Running, optional
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every plan.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/rich_and_poor")
    >>> found = tariff_freedom(region, spreads=(1.0, 2.0), shares=(0.0,))
    >>> found.table["public_money_year"].round().tolist()
    [12000.0, 0.0]
    """
    asked = {_name(spread, share): (spread, share) for share in shares for spread in spreads}
    jobs = [
        Job(name, region.replace(policy=_with(region.policy, spread, share)))
        for name, (spread, share) in asked.items()
    ]
    runs = run_many(jobs, running=running, on_progress=on_progress)
    table = runs.table.loc[list(asked), ["status", "reason", "objective"]]
    table.insert(0, "support_share", [share for _, share in asked.values()])
    table.insert(0, "spread", [spread for spread, _ in asked.values()])
    table["gap"] = [runs.plans[n].gap if n in runs.plans else np.nan for n in asked]
    columns = ["requirement_year", "public_money_year", "operators"]
    figures = figures_of(runs.plans)[[*columns, "bill_mean_month", "burden_worst"]]
    return TariffFreedom(runs.plans, table.join(figures).rename_axis("plan"))


def _name(spread: float, share: float) -> str:
    tariff = "one price" if spread == 1.0 else f"spread {spread:g}"
    tariff = "a schedule per town" if math.isinf(spread) else tariff
    return f"{tariff}, support {100 * share:g} %" if share else tariff


def _with(policy: Policy, spread: float, share: float) -> Policy:
    own = math.isinf(spread)
    return policy.replace(
        tariff_scope="town" if own else "service_area",
        tariff_spread_most=1.0 if own else spread,
        household_support_share=share,
    )
