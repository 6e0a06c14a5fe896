"""Settle the areas of a plan: tariffs, subsidies and transfers of every area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.costs.area_cost import CostLines
from optimizer.errors import OptimizerError
from optimizer.tariffs.case import Case
from optimizer.tariffs.design import TariffDesign, design_tariff
from optimizer.tariffs.response.design import design_schedules, responding_case

__all__ = ["AreaChoice", "Settlement", "settle"]


@dataclass(frozen=True)
class AreaChoice:
    """One area as decided: its towns, seat, operator model and label.

    Attributes
    ----------
    label : str
        Name of the area in all tables.
    members : tuple of int
        Positions of the towns.
    seat, model : int
        Positions of seat and operator model.
    """

    label: str
    members: tuple[int, ...]
    seat: int
    model: int


@dataclass(frozen=True, eq=False)
class Settlement:
    """Money of one area, settled.

    Attributes
    ----------
    choice : AreaChoice
        What was decided.
    hours : array of shape (members,)
        Travel hours from the seat.
    terms : CostLines
        Cost by term, money per year.
    requirement_year : float
        What tariffs and public money must bring.
    prices : array of shape (members, components)
        Prices in each town.
    revenue_year : array of shape (members,)
        Money that comes in from each town.
    subsidy_year, transfer_year : float
        Operating subsidy, and what the region's fund pays (+) or takes (-).
    support_month : array of shape (classes,)
        Household support per connection and month.
    """

    choice: AreaChoice
    hours: Floats
    terms: CostLines
    requirement_year: float
    prices: Floats
    revenue_year: Floats
    subsidy_year: float
    transfer_year: float
    support_month: Floats

    @property
    def members(self) -> Ints:
        """Positions of the towns."""
        return np.array(self.choice.members, dtype=np.int64)


def settle(case: Case, choices: Sequence[AreaChoice]) -> list[Settlement]:
    """Return the settled areas of a plan: one tariff design per area, or one for the region.

    Raises
    ------
    OptimizerError
        If the policy allows no subsidy and an area cannot cover its requirement.
    """
    bare = [_costs(case, choice) for choice in choices]
    if case.response is not None:
        return _responding(case, choices, bare)
    if case.instance.policy.tariff_scope == "region":
        return _pooled(case, choices, bare)
    return [
        _settled(case, choice, hours, terms, design_tariff(case, _towns(choice), requirement))
        for choice, (hours, terms, requirement) in zip(choices, bare, strict=True)
    ]


def _responding(
    case: Case, choices: Sequence[AreaChoice], bare: list[tuple[Floats, CostLines, float]]
) -> list[Settlement]:
    """Settle areas at the consumption that results from their schedules, all areas at once."""
    pooled = case.instance.policy.tariff_scope == "region"
    area, need = np.full(case.towns, -1), np.array([requirement for _, _, requirement in bare])
    for at, choice in enumerate(choices):
        area[_towns(choice)] = 0 if pooled else at
    kind = np.array([case.kind_of(choice.model) for choice in choices], dtype=np.int64)
    if pooled:
        need, kind = need.sum(keepdims=True), kind[:1]
    prices = design_schedules(case, area, need, kind)
    there = responding_case(case, prices)
    revenue = (there.revenue_year * prices).sum(axis=1)
    bare = [_costs(there, choice) for choice in choices]
    nothing = np.zeros(len(case.classes.town))
    if pooled:
        total = float(sum(requirement for _, _, requirement in bare))
        short = _short(case, total, float(revenue.sum()))
        design = TariffDesign(np.arange(case.towns), prices, revenue, short, nothing)
        return _shared_out(there, choices, bare, design)
    settled = []
    for choice, (hours, terms, requirement) in zip(choices, bare, strict=True):
        mine = _towns(choice)
        short = _short(case, requirement, float(revenue[mine].sum()))
        design = TariffDesign(mine, prices[mine], revenue[mine], short, nothing)
        settled.append(_settled(there, choice, hours, terms, design))
    return settled


def _short(case: Case, requirement: float, revenue: float) -> float:
    """Return the subsidy that a requirement needs, money per year."""
    short = requirement - revenue
    if short <= 1e-9 * max(1.0, requirement):
        return 0.0
    if not case.instance.policy.operating_subsidy:
        raise OptimizerError("no tariff within the limits covers the requirement of the group")
    return short


def _towns(choice: AreaChoice) -> Ints:
    return np.array(choice.members, dtype=np.int64)


def _costs(case: Case, choice: AreaChoice) -> tuple[Floats, CostLines, float]:
    reached, hours = case.reached_from(choice.seat)
    members = _towns(choice)
    here = hours[np.searchsorted(reached, members)]
    terms = case.cost.terms(members, here, seat=choice.seat, model=choice.model)
    return here, terms, terms.cost_year * float(case.cost.requirement_factor[choice.model])


def _settled(
    case: Case, choice: AreaChoice, hours: Floats, terms: CostLines, design: TariffDesign
) -> Settlement:
    return Settlement(
        choice=choice,
        hours=hours,
        terms=terms,
        requirement_year=terms.cost_year * float(case.cost.requirement_factor[choice.model]),
        prices=design.prices,
        revenue_year=design.revenue_year,
        subsidy_year=design.subsidy_year,
        transfer_year=0.0,
        support_month=design.support_month,
    )


def _pooled(
    case: Case, choices: Sequence[AreaChoice], bare: list[tuple[Floats, CostLines, float]]
) -> list[Settlement]:
    """Settle areas under the region's one tariff."""
    everyone = np.arange(case.towns)
    total = float(sum(requirement for _, _, requirement in bare))
    return _shared_out(case, choices, bare, design_tariff(case, everyone, total))


def _shared_out(
    case: Case,
    choices: Sequence[AreaChoice],
    bare: list[tuple[Floats, CostLines, float]],
    design: TariffDesign,
) -> list[Settlement]:
    """Settle areas from a common fund: surpluses go into it, deficits draw on it.

    What the fund cannot give is the operating subsidy, shared in proportion to the deficits.
    """
    deficits = np.array(
        [
            requirement - float(design.revenue_year[_towns(choice)].sum())
            for choice, (_, _, requirement) in zip(choices, bare, strict=True)
        ]
    )
    missing = float(np.maximum(deficits, 0.0).sum())
    subsidised = design.subsidy_year / missing if missing > 0 else 0.0
    settled = []
    for choice, (hours, terms, requirement), deficit in zip(choices, bare, deficits, strict=True):
        members = _towns(choice)
        subsidy = max(0.0, float(deficit)) * subsidised
        support = np.where(np.isin(case.classes.town, members), design.support_month, 0.0)
        settled.append(
            Settlement(
                choice=choice,
                hours=hours,
                terms=terms,
                requirement_year=requirement,
                prices=design.prices[members],
                revenue_year=design.revenue_year[members],
                subsidy_year=subsidy,
                transfer_year=float(deficit) - subsidy,
                support_month=support,
            )
        )
    return settled
