"""The price of a promise: what a plan would save if it were dropped, or loosened one step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.explain.relaxations import promised, relaxable, relaxations_of
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.analysis.renamed_columns import Renamed
from optimizer.analysis.what_if.frontier import figures_of
from optimizer.errors import PolicyError
from optimizer.plan.plan import Plan
from optimizer.promises.kinds import Relaxation

__all__ = ["Prices", "price_of", "prices"]

HALF = 0.5
"""Money below this is shown as 0."""


@dataclass(frozen=True, eq=False)
class Prices:
    """What promises cost.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``(rule, bend)``, money per year: ``requirement_saved_year`` and
        ``public_money_saved_year`` (of the best plan with the weaker promise),
        ``weighted_saving_year`` (both, public money weighted), ``weighted_saving_certain_year``
        and ``weighted_saving_most_year`` (what the bounds of both plans leave open; the same where
        both are proven), ``operators_change``,
        ``status``, ``reason``.
    plans : mapping of str to Plan
        The plans with the weaker promise, by ``"<rule>: <bend>"``.
    """

    table: pd.DataFrame
    plans: Mapping[str, Plan]

    def __str__(self) -> str:
        """Return the prices in words, the dearest first."""
        ordered = self.table.sort_values("weighted_saving_year", ascending=False, kind="stable")
        lines = []
        for row in ordered.reset_index().to_dict(orient="records"):
            known = _saved(row) if np.isfinite(row["weighted_saving_year"]) else "no plan was found"
            lines.append(f"{row['rule']} {row['bend']}: {known}")
        return "\n".join(lines)

    __repr__ = __str__


def price_of(
    plan: Plan,
    rule: str,
    *,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Prices:
    """Return what a plan would save if one promise were dropped or loosened one step.

    Parameters
    ----------
    plan : Plan
        A plan with its region and promises; best one that is proven.
    rule : str
        Name of the promise, as in the audit: ``reach``, ``affordable_bill``, ``connected`` ...
        Of ``participation`` and ``core``, where the region does not make them, what it would cost
        to promise them.
    running : Running, optional
        Where and how hard to compute.
    on_progress : callable, optional
        Called after every plan.

    Raises
    ------
    PolicyError
        If the rule is unknown, cannot be dropped, or is not among the region's promises.

    Examples
    --------
    That areas are connected by land costs 900 a year in the region around a lake:

    >>> import optimizer as op
    >>> found = price_of(op.solve(op.read("instances/ring")), "connected")
    >>> print(found)
    connected dropped: cost 900 less and public money 0 less a year; weighted 900 less

    That nobody would leave an area costs nothing where nobody would anyway:

    >>> print(price_of(op.solve(op.read("instances/pair")), "core"))
    core promised: cost 0 more and public money 0 more a year; weighted 0 more
    """
    bends = relaxations_of(plan.instance, rule) or promised(plan.instance, rule)
    if not bends:
        raise PolicyError(f"{rule} is not among the promises of {plan.instance.name}")
    return _prices(plan, [(rule, bend) for bend in bends], running, on_progress)


def _saved(row: Mapping[Hashable, Any]) -> str:
    """Return what a weaker promise saves, or a stronger one takes: money, then the weighted sum."""
    usual = "more" if row["bend"] == "promised" else "less"

    def change(saved: float) -> str:
        if abs(saved) < HALF:
            return f"0 {usual}"
        return f"{abs(saved):,.0f} {'less' if saved > 0 else 'more'}"

    cost, public = row["requirement_saved_year"], row["public_money_saved_year"]
    return (
        f"cost {change(cost)} and public money {change(public)} a year; "
        f"weighted {change(row['weighted_saving_year'])}"
    )


def prices(
    plan: Plan,
    *,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Prices:
    """Return the price of every promise that the plan's region makes; see :func:`price_of`."""
    known = relaxable(plan.instance.policy)
    bends = [(rule, bend) for rule in known for bend in relaxations_of(plan.instance, rule)]
    return _prices(plan, bends, running, on_progress)


def _prices(
    plan: Plan,
    bends: list[tuple[str, Relaxation]],
    running: Running | None,
    on_progress: Callable[[RunProgress], None] | None,
) -> Prices:
    if plan.areas.empty:
        raise PolicyError(f"the plan has no service areas ({plan.status})")
    names = [f"{rule}: {bend.how}" for rule, bend in bends]
    regions = [bend.change(plan.instance) for _, bend in bends]
    jobs = [Job(name, region, start=plan) for name, region in zip(names, regions, strict=True)]
    runs = run_many(jobs, running=running, on_progress=on_progress)
    table = runs.table[["status", "reason", "objective", "bound"]]
    table.index = pd.MultiIndex.from_tuples(
        [(rule, bend.how) for rule, bend in bends], names=["rule", "bend"]
    )
    figures = figures_of(runs.plans).reindex(names).set_axis(table.index)
    now = figures_of({"plan": plan}).loc["plan"]
    least = plan.bound if np.isfinite(plan.bound) else plan.objective
    saving = Renamed(
        {
            "requirement_saved_year": now["requirement_year"] - figures["requirement_year"],
            "public_money_saved_year": now["public_money_year"] - figures["public_money_year"],
            "weighted_saving_year": plan.objective - table["objective"],
            "weighted_saving_certain_year": (least - table["objective"]).clip(lower=0.0),
            "weighted_saving_most_year": plan.objective - table["bound"],
            "operators_change": figures["operators"] - now["operators"],
            "status": table["status"],
            "reason": table["reason"],
        }
    )
    return Prices(saving, runs.plans)
