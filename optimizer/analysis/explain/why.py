"""Why a town is in its area: what every other area, and standing alone, would cost."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.explain.plan_as_groups import Standing, standing_of
from optimizer.analysis.renamed_columns import WEIGHTED, Renamed
from optimizer.plan.area_names import area_name
from optimizer.plan.plan import Plan
from optimizer.tariffs.group_value import GroupValue
from optimizer.tariffs.plan_value import added_to_totals

__all__ = ["ALONE", "Why", "why", "why_all"]

ALONE = "alone"
CHANGES = ("requirement_change_year", "public_money_change_year", "weighted_change_year")


@dataclass(frozen=True, eq=False)
class Why:
    """Every place that a town could have, with its price.

    Attributes
    ----------
    town, name : str
        Key and name of the town.
    service_area : str
        Its area in the plan.
    options : pandas.DataFrame
        Index ``option``: the town's own area first, then ``alone`` and every area with a town
        that travel within reach connects to it, cheapest first. ``area_name`` (of its seat in
        the plan); ``seat`` and ``operator_model`` that would serve it; ``possible``;
        ``prevents``: the rule that stands against it;
        ``weighted_sum_year`` (objective of the whole plan), ``requirement_change_year``,
        ``public_money_change_year``, ``weighted_change_year`` (both, public money weighted),
        ``bill_month``, ``bill_change_month``; empty where not possible.
    """

    town: str
    name: str
    service_area: str
    options: pd.DataFrame

    @property
    def next_best(self) -> str:
        """The cheapest possible option other than the plan's; empty where there is none."""
        others = self.options.drop(index=self.service_area)
        possible = others[others["possible"]]
        return str(possible["weighted_change_year"].idxmin()) if len(possible) else ""

    def __str__(self) -> str:
        """Return the answer in words."""
        own = self.options["area_name"].loc[self.service_area]
        lines = [f"{self.name} is in the area of {own}."]
        for option, row in self.options.drop(index=self.service_area).to_dict("index").items():
            where = ALONE if option == ALONE else f"in the area of {row['area_name']}"
            if not row["possible"]:
                lines.append(f"  {where}: not possible ({row['prevents']})")
                continue
            cost, public, weighted = (_change(row[name]) for name in CHANGES)
            lines.append(
                f"  {where}: cost {cost} and public money {public} a year (weighted {weighted}), "
                f"a bill of {row['bill_month']:,.2f} ({row['bill_change_month']:+,.2f}) a month"
            )
        return "\n".join(lines)

    __repr__ = __str__


def _change(money: float) -> str:
    return f"{abs(money):,.0f} {'less' if money <= -0.5 else 'more'}"


def why(plan: Plan, town: str) -> Why:
    """Return why a town is in its area: the price of every other place that it could have.

    The town alone moves; all others stay, and both areas that change get their best seats,
    operator models and tariffs. In a plan proven optimal no possible option is cheaper.

    Parameters
    ----------
    plan : Plan
        A plan with service areas.
    town : str
        Key or name of the town.

    Raises
    ------
    PolicyError
        If the region has no such town, or the plan no areas.

    Examples
    --------
    Brisa alone would cost 90,000 and leave Alba with 120,000; together they need 153,000:

    >>> import optimizer as op
    >>> print(why(op.solve(op.read("instances/pair")), "brisa"))
    Brisa is in the area of Alba.
      alone: cost 57,000 more and public money 0 more a year (weighted 57,000 more),
      a bill of 15.00 (+6.50) a month
    """
    return _why(standing_of(plan), plan.instance.town_names.key(town))


def why_all(plan: Plan) -> pd.DataFrame:
    """Return the next-best place of every town, and what standing alone would change.

    Returns
    -------
    pandas.DataFrame
        Index ``town``: ``name``, ``service_area``, ``next_best`` (empty where none is possible),
        ``alone_prevents``; for both ``next_best_`` and ``alone_`` the changes
        ``requirement_change_year``, ``public_money_change_year``, ``weighted_change_year``
        (both, public money weighted) and ``bill_change_month``.

    Examples
    --------
    >>> import optimizer as op
    >>> found = why_all(op.solve(op.read("instances/pair")))
    >>> found[["next_best", "next_best_requirement_change_year"]]
          next_best  next_best_requirement_change_year
    town
    alba      alone                            57000.0
    brisa     alone                            57000.0
    """
    standing = standing_of(plan)
    rows = []
    for town in standing.case.reach.towns:
        found = _why(standing, town)
        options = found.options.to_dict("index")
        changes = (*CHANGES, "bill_change_month")
        nothing: dict[Hashable, Any] = dict.fromkeys(changes, np.nan) | {"prevents": ""}
        best = options.get(found.next_best, nothing)
        alone = nothing if len(standing.areas[found.service_area].members) == 1 else options[ALONE]
        rows.append(
            {
                "town": town,
                "name": found.name,
                "service_area": found.service_area,
                "next_best": found.next_best,
                **{f"next_best_{change}": best[change] for change in changes},
                **{f"alone_{change}": alone[change] for change in changes},
                "alone_prevents": alone["prevents"],
            }
        )
    return Renamed(pd.DataFrame(rows).set_index("town"))


def _why(standing: Standing, town: str) -> Why:
    place = standing.position(town)
    home = standing.area_of(place)
    now = standing.total(standing.areas.values())
    bill = standing.bill_month(place, standing.areas.values())
    rows = []
    for option, receiving, areas in _options(standing, place, home):
        total = standing.total(areas)
        prevents = "" if option == home else _prevents(standing, areas, receiving)
        possible = not prevents
        cost = total.requirement_year - now.requirement_year
        public = total.subsidy_year + total.support_year - now.subsidy_year - now.support_year
        own_bill = standing.bill_month(place, areas) if possible else np.nan
        rows.append(
            {
                "option": option,
                "area_name": _area_name(standing.plan, option),
                "seat": _named(standing.case.reach.towns, receiving.seat),
                "operator_model": _named(standing.case.cost.models, receiving.model),
                "possible": possible,
                "prevents": prevents,
                WEIGHTED: total.value_year if possible else np.nan,
                "requirement_change_year": cost if possible else np.nan,
                "public_money_change_year": public if possible else np.nan,
                "weighted_change_year": total.value_year - now.value_year if possible else np.nan,
                "bill_month": own_bill,
                "bill_change_month": own_bill - bill,
            }
        )
    table = pd.DataFrame(rows).set_index("option")
    others = table.iloc[1:].sort_values(WEIGHTED, kind="stable")
    name = str(standing.plan.towns["name"].loc[town])
    return Why(town, name, home, Renamed(pd.concat([table.iloc[:1], others])))


def _options(
    standing: Standing, town: int, home: str
) -> Iterator[tuple[str, GroupValue, list[GroupValue]]]:
    """Yield each option: its name, the area that receives the town, all areas."""
    own = standing.areas[home]
    yield home, own, list(standing.areas.values())
    rest = [m for m in own.members if m != town]
    left = [standing.value(rest)] if rest else []
    if rest:
        alone = standing.value([town])
        yield ALONE, alone, standing.changed([home], [*left, alone])
    near = _near(standing, town)
    for label, area in standing.areas.items():
        if label != home and near & set(area.members):
            joined = standing.value([*area.members, town])
            yield label, joined, standing.changed([home, label], [*left, joined])


def _near(standing: Standing, town: int) -> set[int]:
    """Return the towns that reach a town or are reached from it."""
    pairs = standing.case.reach.pairs
    seats = pairs.loc[pairs["town"] == town, "seat"]
    served = pairs.loc[pairs["seat"] == town, "town"]
    return {int(k) for k in [*seats, *served]} - {town}


def _prevents(standing: Standing, areas: list[GroupValue], receiving: GroupValue) -> str:
    """Return the rule that keeps a partition from being a plan, empty where none does."""
    for area in [receiving, *areas]:
        reason = standing.why_not(area.members)
        if reason and not _is_area(standing, area):
            where = "" if area is receiving else " (the area that is left)"
            return reason + where
    policy = standing.plan.instance.policy
    if not policy.operators_least <= len(areas) <= (policy.operators_most or len(areas)):
        return "operator_count"
    total = standing.total(areas)
    budget = policy.subsidy_budget_year
    if budget is not None and total.subsidy_year + total.support_year > budget * (1 + 1e-6):
        return "subsidy_budget"
    summed = standing.case.totals
    broken = summed.broken(added_to_totals(standing.case, areas))
    if broken is not None:
        return broken.name
    seats = {standing.case.reach.towns[area.seat] for area in areas}
    return "" if set(policy.fixed_seats) <= seats else "fixed_seats"


def _is_area(standing: Standing, area: GroupValue) -> bool:
    return any(area is other for other in standing.areas.values())


def _area_name(plan: Plan, option: str) -> str:
    return ALONE if option == ALONE else area_name(plan, option)


def _named(names: tuple[str, ...], place: int) -> str:
    return names[place] if place >= 0 else ""
