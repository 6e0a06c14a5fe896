"""Where a plan stands: its areas as groups of a case, so that small changes can be valued."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from optimizer.errors import PolicyError
from optimizer.plan.plan import Plan
from optimizer.solving.branch_and_price.bounding.core import CoreRule, core_rule
from optimizer.solving.given import relaxed_case
from optimizer.solving.group_rules import GroupRules, group_rules
from optimizer.tariffs.case import Case, case_of
from optimizer.tariffs.design import design_tariff
from optimizer.tariffs.group_value import GroupValue, group_value, settled_value
from optimizer.tariffs.plan_value import PlanValue, plan_value
from optimizer.tariffs.response.design import responding_case
from optimizer.tariffs.stand_alone import mean_household_bill

__all__ = ["Standing", "standing_of"]

Members = frozenset[int]


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan's areas and the case in which changes of them are valued.

    Attributes
    ----------
    plan : Plan
        The plan.
    case : Case
        Its instance as arrays; without reach and the like for a grouping that was evaluated,
        because such a plan may break promises.
    rules : GroupRules
        The planner's rules on one group.
    areas : mapping of str to GroupValue
        Areas by their label, with their own seats.
    core : CoreRule or None
        Judges areas where the policy promises that nobody would leave.
    """

    plan: Plan
    case: Case
    rules: GroupRules
    areas: Mapping[str, GroupValue]
    core: CoreRule | None = None
    _known: dict[Members, GroupValue] = field(default_factory=dict, repr=False)

    def position(self, town: str) -> int:
        """Return the position of a town.

        Raises
        ------
        PolicyError
            If the region has no such town.
        """
        names = self.case.reach.towns
        if town not in names:
            raise PolicyError(f"there is no town {town!r} in {self.plan.instance.name}")
        return names.index(town)

    def area_of(self, town: int) -> str:
        """Return the label of a town's area."""
        return next(label for label, area in self.areas.items() if town in area.members)

    def value(self, members: Iterable[int]) -> GroupValue:
        """Return the value of any group with its best seat; infinite where it breaks a rule."""
        group = frozenset(members)
        if group not in self._known:
            key = tuple(sorted(group))
            found = GroupValue(key, -1, -1, np.inf, 0.0, 0.0, 0.0, np.inf)
            if group and self.rules.allows(group):
                found = group_value(self.case, key)
            if self.core is not None and np.isfinite(found.value_year):
                stays = self.core.keeps(key)
                found = found if stays else dataclasses.replace(found, value_year=np.inf)
            self._known[group] = found
        return self._known[group]

    def total(self, areas: Iterable[GroupValue]) -> PlanValue:
        """Return the totals of a partition."""
        return plan_value(self.case, list(areas))

    def changed(self, gone: Iterable[str], new: Iterable[GroupValue]) -> list[GroupValue]:
        """Return the areas with some replaced by others."""
        out = set(gone)
        return [area for label, area in self.areas.items() if label not in out] + list(new)

    def why_not(self, members: Iterable[int]) -> str:
        """Return which rule keeps a group from being an area, empty where none does."""
        group = frozenset(members)
        kept = {
            "keep_apart": self.rules.keep_apart(group),
            "keep_together": self.rules.keep_together(group),
            "connected": self.rules.connected(group),
        }
        if not all(kept.values()):
            return next(rule for rule, holds in kept.items() if not holds)
        if np.isfinite(self.value(group).value_year):
            return ""
        if self.value(group).seat >= 0:
            paid = np.isfinite(group_value(self.case, tuple(group)).value_year)
            return "core" if paid else "operating_subsidy"
        unfit = self.case.resources.unfit(self.case.resources.amount[list(group)].sum(axis=0))
        if unfit is not None:
            return unfit.name
        return self._why_no_seat(group)

    def _why_no_seat(self, group: Members) -> str:
        """Return why no member can be the seat of a group that some operator model fits."""
        policy, towns = self.case.instance.policy, self.case.instance.towns.iloc[sorted(group)]
        if towns.index.isin(policy.fixed_seats).sum() > 1:
            return "fixed_seats"
        if not towns["seat_allowed"].any():
            return "seat_allowed"
        if policy.same_zone and towns["zone"].nunique() > 1:
            return "same_zone"
        return "reach"

    def bill_month(self, town: int, areas: Iterable[GroupValue]) -> float:
        """Return the mean household bill of a town under a partition, net of support."""
        listed = list(areas)
        if self.plan.instance.policy.tariff_scope == "region":
            members, kind = np.arange(self.case.towns), 0
            requirement = float(sum(area.requirement_year for area in listed))
        else:
            own = next(area for area in listed if town in area.members)
            members, requirement = np.array(own.members), own.requirement_year
            kind = self.case.kind_of(own.model)
        design = design_tariff(self.case, members, requirement, kind=kind)
        prices = np.zeros((self.case.towns, len(self.case.space.components)))
        prices[members] = design.prices
        there = self.case if self.case.response is None else responding_case(self.case, prices)
        return float(mean_household_bill(there, prices, design.support_month)[town])


def standing_of(plan: Plan) -> Standing:
    """Return where a plan stands.

    Raises
    ------
    PolicyError
        If the plan has no service areas.

    Examples
    --------
    >>> import optimizer as op
    >>> standing = standing_of(op.solve(op.read("instances/pair")))
    >>> [area.members for area in standing.areas.values()]
    [(0, 1)]
    """
    if plan.areas.empty:
        raise PolicyError(f"the plan has no service areas ({plan.status})")
    given = plan.status == "evaluated"
    case = relaxed_case(plan.instance) if given else case_of(plan.instance)
    place = {town: k for k, town in enumerate(case.reach.towns)}
    areas = {}
    for label, row in plan.areas.to_dict(orient="index").items():
        mine = plan.towns.index[plan.towns["service_area"] == label]
        members = [place[str(town)] for town in mine]
        seat, model = place[str(row["seat"])], case.cost.models.index(str(row["operator_model"]))
        value = group_value(case, members, seats=[seat])
        if not np.isfinite(value.requirement_year):  # a given grouping that no operator fits
            ordered, due = np.array(sorted(members)), float(row["requirement_year"])
            due += float(plan.finances["forgone_water_year"].to_dict()[label])
            value = settled_value(case, ordered, due, seat=seat, model=model)
        areas[str(label)] = value
    promised = plan.instance.policy.core and not given
    return Standing(plan, case, group_rules(case), areas, core_rule(case) if promised else None)
