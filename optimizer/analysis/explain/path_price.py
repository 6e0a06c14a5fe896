"""What a promise costs over the years: the path of the same plan with the promise made weaker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from optimizer.analysis.explain.relaxations import relaxations_of
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.year_fields import Horizon
from optimizer.plain_numbers import figure
from optimizer.plan.path.build import tariff_path
from optimizer.plan.path.path import TariffPath
from optimizer.plan.plan import Plan
from optimizer.promises.kinds import Relaxation

__all__ = ["PATH_PROMISES", "PathPrices", "path_price_of"]

STEP_OF_RISE, STEP_OF_LOAN, STEP_OF_BRIDGING = 0.05, 0.1, 0.1


@dataclass(frozen=True, eq=False)
class PathPrices:
    """What a promise costs over the years.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``bend`` (``promised`` is the path as it is): ``public_money_value`` and ``npv``
        (money of the price year), ``bridging_largest`` (money), ``bill_first_month`` and
        ``bill_last_month`` (mean household bill of the first and the last year, money/month),
        ``broken_promises`` (how many sentences).
    paths : mapping of str to TariffPath
        The paths by bend.
    rule : str
        The promise.
    """

    table: pd.DataFrame
    paths: Mapping[str, TariffPath]
    rule: str

    def __str__(self) -> str:
        """Return in words what the weaker promise would change."""
        told = []
        for bend, row in self.table.iterrows():
            told.append(
                f"{self.rule} {bend}, over the years: public money worth "
                f"{row['public_money_value']:,.0f}, bridging of at most "
                f"{row['bridging_largest']:,.0f}, mean bill {row['bill_first_month']:,.2f} in the "
                f"first year and {row['bill_last_month']:,.2f} in the last, "
                f"{row['broken_promises']:.0f} broken promises"
            )
        return "\n".join(told)

    __repr__ = __str__


def path_price_of(plan: Plan, rule: str) -> PathPrices:
    """Return how the tariffs of the years would move if one promise were dropped or loosened.

    The plan stays, its grouping and its schedules; only the years are computed again.

    Parameters
    ----------
    plan : Plan
        A plan with areas, of a region with a horizon.
    rule : str
        A promise of :data:`PATH_PROMISES`: ``increase_share_most``, ``loan_share_most``,
        ``bridging_most``, ``affordable_bill``, ``household_support``, ``operating_subsidy`` or
        ``subsidy_budget``.

    Raises
    ------
    PolicyError
        If the region has no horizon, the plan no areas, or the rule is no promise of the years or
        not made.

    Examples
    --------
    Without the largest yearly rise bills would follow cost at once, and nothing be bridged:

    >>> import optimizer as op
    >>> found = path_price_of(op.solve(op.read("instances/growing")), "increase_share_most")
    >>> found.table[["bridging_largest", "bill_first_month"]].round(2)
                     bridging_largest  bill_first_month
    bend
    promised                 37376.19              6.90
    dropped                      0.00              8.07
    loosened to 0.2          18260.49              7.20
    """
    if rule not in PATH_PROMISES:
        known = ", ".join(PATH_PROMISES)
        raise PolicyError(f"{rule} is not a promise of the years; choose one of {known}")
    horizon = plan.instance.horizon
    if horizon is None:
        raise PolicyError(f"{plan.instance.name} has no [horizon], so {rule} promises nothing")
    if plan.areas.empty:
        raise PolicyError(f"the plan has no service areas ({plan.status})")
    bends = PATH_PROMISES[rule](plan.instance, horizon)
    if not bends:
        raise PolicyError(f"{rule} is not among the promises of {plan.instance.name}")
    regions = {"promised": plan.instance} | {b.how: b.change(plan.instance) for b in bends}
    paths = {how: tariff_path(plan.with_instance(region)) for how, region in regions.items()}
    table = pd.DataFrame({how: _figures(path) for how, path in paths.items()}).T
    return PathPrices(table.rename_axis("bend"), paths, rule)


def _figures(path: TariffPath) -> dict[str, float]:
    years = path.years
    billed = years["bill_month"] * years["connections"]
    mean = billed.groupby(level="year").sum() / years["connections"].groupby(level="year").sum()
    return {
        "public_money_value": float(path.worth["public_money_value"].sum()),
        "bridging_largest": float(years["bridging"].groupby(level="year").sum().max()),
        "bill_first_month": float(mean.iloc[0]),
        "bill_last_month": float(mean.iloc[-1]),
        "npv": path.npv,
        "broken_promises": float(len(path.broken_promises)),
    }


def _horizon(how: str, **changes: float | None) -> Relaxation:
    def change(region: Instance) -> Instance:
        return region.replace(horizon=(region.horizon or Horizon()).replace(**changes))

    return Relaxation(how, change)


def _rise(_: Instance, horizon: Horizon) -> list[Relaxation]:
    most = horizon.increase_share_most
    if most is None:
        return []
    more = round(most + STEP_OF_RISE, 10)
    return [
        _horizon("dropped", increase_share_most=None),
        _horizon(f"loosened to {figure(more, 'g')}", increase_share_most=more),
    ]


def _loans(_: Instance, horizon: Horizon) -> list[Relaxation]:
    share = horizon.loan_share_most
    if share >= 1.0:
        return []
    more = min(1.0, round(share + STEP_OF_LOAN, 10))
    found = [_horizon("dropped", loan_share_most=1.0)]
    if more < 1.0:
        found.append(_horizon(f"loosened to {figure(more, 'g')}", loan_share_most=more))
    return found


def _bridging(_: Instance, horizon: Horizon) -> list[Relaxation]:
    most = horizon.bridging_most
    if most is None:
        return []
    found = [_horizon("dropped", bridging_most=None)]
    if most > 0.0:
        more = (1.0 + STEP_OF_BRIDGING) * most
        found.append(_horizon(f"loosened to {more:,.0f}", bridging_most=more))
    return found


def _of_the_plan(rule: str) -> Callable[[Instance, Horizon], list[Relaxation]]:
    return lambda region, _: relaxations_of(region, rule)


PATH_PROMISES: Mapping[str, Callable[[Instance, Horizon], list[Relaxation]]] = {
    "increase_share_most": _rise,
    "loan_share_most": _loans,
    "bridging_most": _bridging,
    "affordable_bill": _of_the_plan("affordable_bill"),
    "household_support": _of_the_plan("household_support"),
    "operating_subsidy": _of_the_plan("operating_subsidy"),
    "subsidy_budget": _of_the_plan("subsidy_budget"),
}
"""How each promise of the years bends."""
