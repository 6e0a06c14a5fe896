"""The true trade-off curve of cost against public money, operators, or the worst burden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
import pandas as pd

from optimizer.analysis.compare.shown import plans_shown
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.analysis.many.study import Study
from optimizer.analysis.renamed_columns import WEIGHTED, Renamed
from optimizer.analysis.what_if.frontier import FIGURES, figures_of
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan

__all__ = ["Against", "TradeOff", "not_dominated", "trade_off"]

Against = Literal["public_money", "operators", "worst_burden"]

LEAST_PRICE = 1e-3
"""Price of public money that breaks ties between plans of one cost, and no more."""
MOST_PRICE = 1000.0
SMALL = 1e-6
LAST: Mapping[str, str] = {
    "public_money": "unit of public money",
    "operators": "operator",
    "worst_burden": "share of income (1 is all of it)",
}


@dataclass(frozen=True, eq=False, repr=False)
class TradeOff(Study):
    """Plans of which none is better than another in both respects.

    Attributes
    ----------
    against : str
        ``public_money``, ``operators`` or ``worst_burden``.
    plans : mapping of str to Plan
        The plans of the curve, cheapest first. Their instances carry the promise that led to
        them (budget, most operators, or largest burden).
    table : pandas.DataFrame
        Index ``plan``, in the same order: ``status`` and ``gap`` (of the question that led to the
        plan; for the end with least public money that may be requirement plus 1,000 times public
        money), what is traded (``cost_year``, the requirement, against public money;
        ``weighted_sum_year``, the objective, against operators and worst burden), the key figures,
        and ``price``: what the last unit of public money (or operator, or share of income) less
        has cost.
    dropped : int
        Plans computed on the way that another plan dominates.
    missed : int
        Points for which no plan was found in the time allowed; the curve may have holes there.
    """

    against: Against
    plans: Mapping[str, Plan]
    table: pd.DataFrame
    dropped: int
    missed: int

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return f"cost against {self.against.replace('_', ' ')}"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""
        return {"trade_off": self.table}

    @property
    def runs(self) -> Mapping[str, Plan]:
        """The plans that are kept, by name."""
        return self.plans

    def shown(self) -> pd.DataFrame:
        """Return the curve as it is printed: cells of text."""
        table = plans_shown(self.plans, self.table["status"])
        table["gap"] = [f"{100 * gap:.2f} %" for gap in self.table["gap"]]
        table["price"] = [
            f"{price:,.2f}" if np.isfinite(price) else "-" for price in self.table["price"]
        ]
        return table.rename_axis("plan")

    def notes(self) -> list[str]:
        """Return what the price is, and whether the curve may have holes."""
        last = LAST[self.against]
        words = [f"price: what the last {last} less has cost"] if len(self.table) > 1 else []
        if self.missed:
            words.append(f"{self.missed} points were not found in the time allowed")
        return words


def trade_off(
    region: Instance,
    *,
    against: Against = "public_money",
    over: tuple[str, str] | None = None,
    points: int = 12,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> TradeOff:
    """Return the trade-off curve: from the cheapest plan to the one with least of the other.

    Against public money: the plan of least requirement first; then, again and again, the plan of
    least requirement whose public money is smaller than that of the last one, until no plan is
    left (the epsilon-constraint method). All plans of the curve are found if they are fewer than
    ``points``; otherwise steps of at least ``1 / points`` of the range are taken. A plan that
    would save public money at less than a thousandth of its value in cost is passed over.

    Against operators: the best plan under the policy's own price of public money first; then the
    best with fewer operators, until none is left.

    Against the worst burden (the largest share of income that a protected household pays): the best
    plan first; then the best in which nobody pays more than a lower share, in ``points`` steps down
    to nothing or until there is no plan. Public money counts at the policy's own price.

    Every plan begins with one found before: that of least public money, which keeps every budget,
    or the one with an operator more.

    Parameters
    ----------
    region : Instance
        The region and its promises; its own budget and operator count stay the outer limits.
    against : {"public_money", "operators", "worst_burden"}
        What cost is traded for.
    over : tuple of two str, optional
        The same, both criteria by name: ``("cost", "worst_burden")``.
    points : int
        Fineness of the curve, at least 2.
    running : Running, optional
        Where and how hard to compute; the points need each other, so one worker is used.
    on_progress : callable, optional
        Called after every plan.

    Returns
    -------
    TradeOff
        Empty where no plan keeps every promise.

    Raises
    ------
    PolicyError
        If ``over`` is not cost and one of the other criteria.

    Notes
    -----
    Source of the method: Y. Y. Haimes, L. S. Lasdon, D. A. Wismer, "On a bicriterion formulation
    of the problems of integrated system identification and system optimization", IEEE
    Transactions on Systems, Man and Cybernetics 1 (1971).

    Examples
    --------
    >>> import optimizer as op
    >>> curve = trade_off(op.read("instances/rich_and_poor"))
    >>> curve.table[["cost_year", "public_money_year", "operators"]].round()
             cost_year  public_money_year  operators
    plan
    point 1   320000.0           104000.0        1.0
    point 2   340000.0            12000.0        2.0
    """
    walk = _Walk(region, running or Running(), on_progress)
    against = against if over is None else _other_than_cost(over)
    if against == "operators":
        found, missed = _fewer_and_fewer(walk)
    elif against == "worst_burden":
        found, missed = _lighter_and_lighter(walk, max(2, points))
    else:
        found, missed = _less_and_less(walk, max(2, points))
    return _curve(against, found, missed)


def not_dominated(cost: pd.Series, other: pd.Series) -> pd.Series:
    """Return which points no other point beats in one respect while equalling it in the other.

    Of equal points the first is kept; smaller is better in both.

    Examples
    --------
    >>> cost, other = pd.Series([1.0, 2.0, 3.0]), pd.Series([5.0, 5.0, 1.0])
    >>> not_dominated(cost, other).tolist()
    [True, False, True]
    """
    order = np.lexsort((other.to_numpy(), cost.to_numpy()))
    keep = np.zeros(len(cost), dtype=bool)
    least = np.inf
    for place in order:
        if other.iloc[place] < least - SMALL * max(1.0, abs(other.iloc[place])):
            keep[place] = True
            least = float(other.iloc[place])
    return pd.Series(keep, index=cost.index)


@dataclass(frozen=True, eq=False)
class _Walk:
    """Computes one plan after the other."""

    region: Instance
    running: Running
    on_progress: Callable[[RunProgress], None] | None

    def plan(
        self, count: int, start: Plan | None, **promises: float | None
    ) -> tuple[Plan | None, str]:
        """Return the best plan under changed promises (``None``: there is none), and the status."""
        name = "point " + " ".join(f"{k}={v}" for k, v in promises.items())
        changed = self.region.replace(policy=self.region.policy.replace(**promises))
        runs = run_many([Job(name, changed, start=start)], running=self.running)
        status, seconds = str(runs.table["status"].iloc[0]), float(runs.table["seconds"].iloc[0])
        if self.on_progress is not None:
            self.on_progress(RunProgress(count, 0, name, status, seconds, runs.plans.get(name)))
        return runs.plans.get(name), status


def _public(plan: Plan) -> float:
    areas = plan.areas
    return float((areas["operating_subsidy_year"] + areas["household_support_year"]).sum())


def _less_and_less(walk: _Walk, points: int) -> tuple[list[Plan], int]:
    """Return the plans of the curve against public money, cheapest first, and the misses."""
    first, _ = walk.plan(1, None, public_money_price=LEAST_PRICE)
    if first is None:
        return [], 0
    end, _ = walk.plan(2, first, public_money_price=MOST_PRICE)
    least = 0.0 if end is None else _public(end)
    floor, budget = least * (1.0 + SMALL), _public(first)
    step = max((budget - least) / points, SMALL * budget)
    found, missed, count = [first], 0, 2
    while budget > floor + SMALL * max(1.0, floor):
        count += 1
        budget = max(floor, budget - step)
        promises = {"public_money_price": LEAST_PRICE, "subsidy_budget_year": budget}
        plan, status = walk.plan(count, end, **promises)
        if status == "infeasible":
            break
        if plan is None:  # none in the time allowed; a smaller budget may be easier
            missed += 1
            continue
        found.append(plan)
        budget = min(budget, _public(plan))
    return (found if end is None else [*found, end]), missed


def _fewer_and_fewer(walk: _Walk) -> tuple[list[Plan], int]:
    """Return the plans of the curve against operators, cheapest first, and the misses."""
    found: list[Plan] = []
    missed = 0
    most = walk.region.policy.operators_most or len(walk.region.towns)
    while most >= max(1, walk.region.policy.operators_least):
        last = found[-1] if found else None
        plan, status = walk.plan(len(found) + missed + 1, last, operators_most=most)
        if status == "infeasible":
            break
        if plan is None:
            missed += 1
            most -= 1
            continue
        found.append(plan)
        most = len(plan.areas) - 1
    return found, missed


def _other_than_cost(over: tuple[str, str]) -> Against:
    """Return what cost is traded for."""
    other = [name for name in over if name != "cost"]
    for known in get_args(Against):
        if len(over) == 2 and other == [known]:
            return cast("Against", known)
    pairs = ", ".join(f"('cost', {name!r})" for name in get_args(Against))
    raise PolicyError(f"there is no trade-off over {over}; choose one of {pairs}")


def _burden(plan: Plan) -> float:
    """Return the largest share of income that a protected household pays."""
    return float(plan.areas["burden_worst"].max())


def _lighter_and_lighter(walk: _Walk, points: int) -> tuple[list[Plan], int]:
    """Return the plans of the curve against the worst burden, cheapest first, and the misses."""
    first, _ = walk.plan(1, None)
    if first is None:
        return [], 0
    policy, found, missed = walk.region.policy, [first], 0
    share = _burden(first)
    step = share / points
    for count in range(2, points + 1):
        share = min(share, _burden(found[-1])) - step
        if share <= SMALL:
            break
        limits = {
            "affordable_share": min(share, policy.affordable_share),
            "affordable_share_both": min(share, policy.affordable_share_both),
        }
        plan, status = walk.plan(count, found[-1], **limits)
        if status == "infeasible":
            break
        if plan is None:
            missed += 1
            continue
        found.append(plan)
    return found, missed


def _curve(against: Against, found: list[Plan], missed: int) -> TradeOff:
    named = {str(k): plan for k, plan in enumerate(found)}
    figures = figures_of(named)
    if against == "operators":
        traded, other = WEIGHTED, figures["operators"]
        cost = pd.Series({name: plan.objective for name, plan in named.items()}, dtype=float)
    elif against == "worst_burden":
        traded = WEIGHTED
        other = pd.Series({name: _burden(plan) for name, plan in named.items()}, dtype=float)
        cost = pd.Series({name: plan.objective for name, plan in named.items()}, dtype=float)
    else:
        traded, other = "cost_year", figures["public_money_year"]
        cost = figures["requirement_year"]
    keep = not_dominated(cost, other)
    kept = cost[keep].sort_values(kind="stable").index
    table = figures.loc[kept, list(FIGURES)]
    table.insert(0, traded, cost[kept])
    table.insert(0, "gap", [named[name].gap for name in kept])
    table.insert(0, "status", [named[name].status for name in kept])
    table["price"] = -cost[kept].diff() / other[kept].diff()
    names = [f"point {k}" for k in range(1, len(kept) + 1)]
    plans = {new: named[old] for new, old in zip(names, kept, strict=True)}
    table.index = pd.Index(names, name="plan")
    return TradeOff(against, plans, Renamed(table), len(found) - len(kept), missed)
