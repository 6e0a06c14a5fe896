"""How fixed plans stand uncertain data: who covers its costs, what reserve helps, who is best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.analysis.compare.compare import check_comparable
from optimizer.analysis.compare.shown import as_read
from optimizer.analysis.what_if.fixed_plan import FixedMoney, fixed_money
from optimizer.arrays import Floats
from optimizer.errors import InstanceError, PolicyError
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.check.uncertainty_checks import uncertainty_checks
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from optimizer.plan.area_names import area_names
from optimizer.plan.plan import Plan
from optimizer.uncertainty.draws import draw
from optimizer.uncertainty.file import read_uncertain
from optimizer.uncertainty.ranges import stated_or_default

__all__ = ["Robustness", "robustness"]

WORST = 0.1
SMALL = 1e-9


@dataclass(frozen=True, eq=False)
class Robustness:
    """Plans under many draws of uncertain data; money per year.

    Attributes
    ----------
    areas : pandas.DataFrame
        Index ``(plan, service_area)``: ``seat_name``; ``covers_cost_share``: share of draws in
        which income covers cost and board fee; ``covers_requirement_share``: the margin, too;
        ``result_mean_year``: mean of income less cost and fee; ``result_worst_year``: its mean
        over the worst tenth of the draws; ``reserve_year``: money a year that would make the area
        cover its cost in the ``covered`` share of the draws; ``reserve_share`` of its requirement.
    plans : pandas.DataFrame
        Index ``plan``: ``total_mean_year`` and ``total_worst_year`` (mean over the plan's worst
        tenth) of ``totals``; ``all_cover_share``: share of draws in which every area covers its
        cost; ``shortfall_mean_year``; ``unaffordable_mean_share`` of protected connections.
    totals : pandas.DataFrame
        Index ``draw``, one column per plan: cost and fee, and public money (subsidy, support and
        what areas fall short of) at the first plan's price of public money.
    best_on_average, best_in_worst_tenth : str
        Names of plans.
    """

    areas: pd.DataFrame
    plans: pd.DataFrame
    totals: pd.DataFrame

    @property
    def best_on_average(self) -> str:
        """The plan with the smallest mean total."""
        return str(self.plans["total_mean_year"].idxmin())

    @property
    def best_in_worst_tenth(self) -> str:
        """The plan with the smallest total in its own worst tenth of the draws."""
        return str(self.plans["total_worst_year"].idxmin())

    def __str__(self) -> str:
        """Return the areas' and the plans' tables, and the two best."""
        areas = as_read(self.areas).set_index("seat_name", append=True)
        areas = areas.droplevel("service_area")
        best = f"best on average: {self.best_on_average}; "
        best += f"best in the worst tenth: {self.best_in_worst_tenth}"
        return "\n\n".join([areas.to_string(), as_read(self.plans).to_string(), best])

    __repr__ = __str__


def robustness(
    plans: Plan | Mapping[str, Plan],
    uncertain: str | Path | Mapping[str, Uncertain] | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
    covered: float = 0.9,
) -> Robustness:
    """Return how plans stand uncertain data when areas, prices and subsidies stay as planned.

    All plans meet the same draws. Nothing is solved.

    Parameters
    ----------
    plans : Plan or mapping of str to Plan
        One plan, or several of one region.
    uncertain : str, pathlib.Path or mapping of str to Uncertain, optional
        TOML file of :func:`~optimizer.uncertainty.file.read_uncertain`, or distributions by name;
        those of the first plan's region (stated in ``[uncertainty]``, or default) where absent.
    draws, seed : int
        How many draws, and the seed.
    covered : float
        Share of the draws in which the reserve must suffice.

    Raises
    ------
    InstanceError
        If the file, or a name, has problems.
    ComparisonError
        If the plans are of different regions, or have no areas.
    PolicyError
        If ``draws`` is below 1 or ``covered`` not between 0 and 1.

    Examples
    --------
    Costs anywhere between 90 % and 110 %: income covers them in half of the draws; 110 % of
    153,000 is the most, so a reserve of 8 % (12,240) suffices in 90 % of the draws.

    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/pair"))
    >>> costs = Uncertain(distribution="uniform", low=0.9, high=1.1)
    >>> found = robustness(plan, {"costs": costs}, draws=20_000)
    >>> found.areas.loc[("plan", "alba"), ["covers_cost_share", "reserve_share"]].round(2).tolist()
    [0.5, 0.08]
    """
    if draws < 1 or not 0 < covered < 1:
        raise PolicyError("draws must be 1 or more, covered between 0 and 1")
    named = dict(plans) if isinstance(plans, Mapping) else {"plan": plans}
    check_comparable(named)
    first = next(iter(named.values()))
    stated = _stated(first, uncertain)
    price = first.instance.policy.public_money_price
    areas, rows, totals = {}, [], {}
    for name, plan in named.items():
        keys = [str(town) for town in plan.towns.index]
        models = [str(model) for model in plan.instance.operator_models.index]
        money = fixed_money(plan, draw(stated, keys, models, draws=draws, seed=seed))
        spare = np.broadcast_to(
            money.income_year - money.cost_year - money.fee_year, (draws, len(plan.areas))
        )
        short = np.maximum(-spare, 0.0).sum(axis=1)
        totals[name] = _total(money, short, price, draws)
        areas[name] = _areas(plan, money, spare, covered)
        rows.append(_plan_row(name, money, spare, short, totals[name]))
    index = pd.RangeIndex(1, draws + 1, name="draw")
    return Robustness(
        areas=pd.concat(areas, names=["plan"]),
        plans=pd.DataFrame(rows).set_index("plan"),
        totals=pd.DataFrame(totals, index=index),
    )


def _stated(plan: Plan, uncertain: str | Path | Mapping[str, Uncertain] | None) -> Uncertainty:
    """Return what is drawn: from a file, from Python, or as the region has it."""
    if uncertain is None:
        own = plan.instance.uncertainty
        return own.replace(data=stated_or_default(plan.instance))
    if not isinstance(uncertain, Mapping):
        return Uncertainty(data=read_uncertain(uncertain))
    stated = Uncertainty(data=dict(uncertain))
    problems = uncertainty_checks(stated, Place("uncertain"), path=())
    if problems:
        raise InstanceError(problems)
    return stated


def _total(money: FixedMoney, short: Floats, price: float, draws: int) -> Floats:
    cost = (money.cost_year + money.fee_year).sum(axis=1)
    public = money.subsidy_year + money.support_year + short
    return np.broadcast_to(cost + price * public, (draws,)).copy()


def _areas(plan: Plan, money: FixedMoney, spare: Floats, covered: float) -> pd.DataFrame:
    small = SMALL * np.maximum(1.0, plan.areas["requirement_year"].to_numpy(dtype=float))
    margin = money.income_year - money.requirement_year
    reserve = np.maximum(0.0, np.quantile(-spare, covered, axis=0))
    reserve = np.where(reserve <= small, 0.0, reserve)
    return pd.DataFrame(
        {
            "seat_name": area_names(plan),
            "covers_cost_share": (spare >= -small).mean(axis=0),
            "covers_requirement_share": (margin >= -small).mean(axis=0),
            "result_mean_year": spare.mean(axis=0),
            "result_worst_year": [-worst_mean(-spare[:, k]) for k in range(spare.shape[1])],
            "reserve_year": reserve,
            "reserve_share": reserve / plan.areas["requirement_year"].to_numpy(dtype=float),
        },
        index=plan.areas.index,
    )


def _plan_row(
    name: str, money: FixedMoney, spare: Floats, short: Floats, total: Floats
) -> dict[str, object]:
    small = SMALL * max(1.0, float(np.abs(money.cost_year).max()))
    return {
        "plan": name,
        "total_mean_year": float(total.mean()),
        "total_worst_year": worst_mean(total),
        "all_cover_share": float((spare >= -small).all(axis=1).mean()),
        "shortfall_mean_year": float(short.mean()),
        "unaffordable_mean_share": float(money.unaffordable.mean()),
    }


def worst_mean(values: Floats) -> float:
    """Return the mean of the largest tenth of the values (at least one).

    Examples
    --------
    >>> worst_mean(np.arange(20.0))
    18.5
    """
    count = max(1, int(np.floor(WORST * len(values) + SMALL)))
    return float(np.sort(values)[-count:].mean())
