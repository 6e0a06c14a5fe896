"""How a plan stands beside every town alone: over the draws, and what its saving is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.messages.message import Listed, Message
from optimizer.tariffs.case import Case, case_of
from optimizer.uncertainty.cases import drawn_cases
from optimizer.uncertainty.draws import draws_of
from optimizer.uncertainty.ranges import qualities
from optimizer.uncertainty.values import AreaDraws, DrawnValues

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = [
    "FIELD",
    "Standing",
    "at_bounds",
    "field_words",
    "more_words",
    "poorest_share",
    "saving_parts",
    "standing",
]

TOWNS_MOST, DRAWS_MOST, DRAWS_OF_PROGRAMMES = 600, 100, 10
"""Larger regions are not drawn for a headline; programmes of support take longer: fewer draws."""
FIELD = (0.68, 1.78)
"""Half of the small local providers of a country lie between these factors of a fitted operating
cost (SNIS 2021; ``python -m benchmarks.validation``)."""
AT_BOUND = 0.05
"""Areas so near the largest size of their operator model are named."""


@dataclass(frozen=True)
class Standing:
    """A plan against every town alone in draws of the uncertain data.

    Attributes
    ----------
    draws : int
        Number of draws.
    stated : bool
        Whether the region states its ranges, or default ones hold.
    low, mean, high : float
        Saving of requirement as a share of that of every town alone: 5 %, mean, 95 %.
    beats : int
        Draws in which the plan weighs less than every town alone, public money weighted.
    """

    draws: int
    stated: bool
    low: float
    mean: float
    high: float
    beats: int

    @property
    def message(self) -> Message:
        """The standing in a sentence."""
        ranges = Message("stated ranges") if self.stated else Message("default ranges")
        return Message(
            "In {n:,.0f} draws of the uncertain data ({ranges}) sharing saves {low:.1f} % to "
            "{high:.1f} % of what every town alone requires; counting public money the plan weighs "
            "less than every town alone in {beats:,.0f} of them.",
            n=self.draws,
            ranges=ranges,
            low=100 * self.low,
            high=100 * self.high,
            beats=self.beats,
        )


def standing(plan: Plan) -> Standing | None:
    """Return how a plan stands in the draws; None where that is not known or takes too long.

    None also where no towns share an operator, or no subsidy may be paid. Areas, seats and operator
    models stay; tariffs and public money are set again in each draw.

    Examples
    --------
    >>> import optimizer as op
    >>> found = standing(op.evaluate(op.read("instances/pair"), "together"))
    >>> found.draws, found.beats
    (100, 100)
    """
    region = plan.instance
    if plan.areas.empty or region.policy.demand_response or len(region.towns) > TOWNS_MOST:
        return None
    if int(plan.areas["town_count"].max()) == 1 or not plan.instance.policy.operating_subsidy:
        return None
    if plan.towns["alone_requirement_year"].isna().any():
        return None
    case = case_of(region)
    most = DRAWS_OF_PROGRAMMES if case.programmed else DRAWS_MOST
    draws = draws_of(region, draws=min(most, region.uncertainty.draws))
    values = DrawnValues(drawn_cases(case, draws))
    shared = [_area(values, *area) for area in _areas(plan, case)]
    alone = [_area(values, *area) for area in _alone(case)]
    need, other = (sum(a.requirement_year for a in some) for some in (shared, alone))
    saving = 1.0 - np.asarray(need) / np.maximum(np.asarray(other), 1e-300)
    less = _value(values, shared) < _value(values, alone)
    return Standing(
        draws=draws.count,
        stated=bool(region.uncertainty.data),
        low=float(np.quantile(saving, 0.05)),
        mean=float(saving.mean()),
        high=float(np.quantile(saving, 0.95)),
        beats=int(less.sum()),
    )


def _areas(plan: Plan, case: Case) -> list[tuple[Ints, Floats, int, int]]:
    """Return members, hours, seat and model of every area."""
    place = {town: k for k, town in enumerate(case.reach.towns)}
    models = list(case.cost.models)
    found = []
    for area, own in plan.towns.groupby("service_area", sort=False):
        row = plan.areas.loc[area]
        members = np.array([place[str(town)] for town in own.index], dtype=np.int64)
        hours = own["travel_hours"].to_numpy(dtype=np.float64)
        order = np.argsort(members)
        model = models.index(str(row["operator_model"]))
        found.append((members[order], hours[order], place[str(row["seat"])], model))
    return found


def _alone(case: Case) -> list[tuple[Ints, Floats, int, int]]:
    """Return every town by itself with the model that is best at the given figures."""
    towns = np.arange(case.towns)
    here = np.zeros(case.towns)
    total = case.cost.serve_requirement(towns, here, here) + case.cost.open_requirement()[None, :]
    model = np.where(case.cost.admits(case.cost.size), total, np.inf).argmin(axis=1)
    return [(towns[[k]], np.zeros(1), k, int(model[k])) for k in range(case.towns)]


def _area(values: DrawnValues, members: Ints, hours: Floats, seat: int, model: int) -> AreaDraws:
    need = values.requirement(members, hours, seat=seat)[:, model]
    return values.money(members, need)


def _value(values: DrawnValues, areas: list[AreaDraws]) -> Floats:
    if values.pooled:
        need = np.sum([area.requirement_year for area in areas], axis=0)
        return values.region(need).value_year(values.price)
    return np.asarray(
        np.sum([area.value_year(values.price) for area in areas], axis=0), dtype=np.float64
    )


def saving_parts(plan: Plan) -> pd.DataFrame:
    """Return what sharing saves a year against every town alone, by line of the income statement.

    Returns
    -------
    pandas.DataFrame
        Index ``part`` (``overhead``, ``efficiency``, ``board fee``, ``transition``, ``travel``,
        ``margin``); ``saving_year`` (negative where sharing costs more) and ``known`` (given,
        derived or assumed). Empty where a town cannot stand alone.

    Examples
    --------
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), "together")
    >>> saving_parts(plan)["saving_year"].round().to_dict()["overhead"]
    60000.0
    """
    region = plan.instance
    if plan.areas.empty or plan.towns["alone_requirement_year"].isna().any():
        return pd.DataFrame(columns=["saving_year", "known"])
    case = case_of(region)
    cost, models = case.cost, region.operator_models
    model = np.array([m for *_, m in _alone(case)])
    operation = cost.efficiency[model] * cost.operation_year + cost.steady_operation_year
    spent = cost.overhead_year[model] + operation + cost.replacement_year
    need = spent * cost.requirement_factor[model]
    table = models.iloc[model]

    def share(name: str) -> Floats:
        of_cost = table[f"{name}_share_cost"].to_numpy(dtype=float) * spent
        return np.asarray(of_cost + table[f"{name}_share_revenue"].to_numpy(dtype=float) * need)

    books = plan.finances
    alone = {
        "overhead": float(cost.overhead_year[model].sum()),
        "efficiency": float(operation.sum()),
        "board fee": float(share("board_fee").sum()),
        "transition": 0.0,
        "travel": 0.0,
        "margin": float(share("margin").sum()),
    }
    columns = {
        "overhead": "overhead_year",
        "efficiency": "operation_year",
        "board fee": "board_fee_year",
        "transition": "transition_year",
        "travel": "travel_year",
        "margin": "margin_year",
    }
    known = qualities(region)
    quality = {"transition": known["transition"]}
    rows = {
        part: (alone[part] - float(books[column].sum()), quality.get(part, "assumed"))
        for part, column in columns.items()
    }
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["saving_year", "known"])
    return found.rename_axis("part")


def poorest_share(plan: Plan) -> tuple[float, float]:
    """Return what share of the poorest third of the towns shares an operator, and of the others.

    Examples
    --------
    >>> import optimizer as op
    >>> poorest_share(op.evaluate(op.read("instances/line"), "alone"))
    (0.0, 0.0)
    """
    homes = plan.instance.households
    weighted = homes["share"] * homes["income_month"]
    income = weighted.groupby(level="town").sum() / homes["share"].groupby(level="town").sum()
    order = income.reindex(plan.towns.index).sort_values(kind="stable").index
    area = plan.towns["service_area"]
    shares = (area.map(area.value_counts()) > 1).reindex(order).to_numpy(dtype=float)
    third = max(1, len(shares) // 3)
    rest = shares[third:]
    return float(shares[:third].mean()), float(rest.mean()) if len(rest) else 0.0


def at_bounds(plan: Plan) -> list[str]:
    """Return the names of areas within 5 % of the largest size of their operator model."""
    models = plan.instance.operator_models
    most = models["connections_most"].reindex(plan.areas["operator_model"]).to_numpy(dtype=float)
    full = plan.areas["connections"].to_numpy(dtype=float) >= (1.0 - AT_BOUND) * most
    return [str(name) for name in plan.areas.loc[full, "seat_name"]]


def field_words(plan: Plan) -> Message | None:
    """Return a warning where the ranges of operating cost are narrower than the field's."""
    region = plan.instance
    draws = draws_of(region, draws=200, seed=0)
    factor = draws.factor("costs", "operation")
    low, high = np.quantile(factor, [0.05, 0.95])
    if low <= FIELD[0] and high >= FIELD[1]:
        return None
    return Message(
        "The ranges of operating cost (x {low:.2f} to x {high:.2f} in nine draws of ten) do not "
        "cover the field: half of small providers lie between x {least:.2f} and x {most:.2f} of a "
        "fitted cost.",
        low=float(low),
        high=float(high),
        least=FIELD[0],
        most=FIELD[1],
    )


def more_words(plan: Plan) -> list[Message]:
    """Return what stands beside the saving: what it is made of, for whom, and what limits it."""
    found: list[Message] = []
    parts = saving_parts(plan)
    if len(parts) and int(plan.areas["town_count"].max()) > 1:
        told = [
            Message(
                "{part} {amount:+,.0f} ({known})",
                part=Message(str(part)),
                amount=float(saving),
                known=Message(str(known)),
            )
            for part, saving, known in parts.itertuples(name=None)
        ]
        found.append(
            Message("What sharing saves a year: {parts}.", parts=Listed(tuple(told), joined=", "))
        )
        poor, others = poorest_share(plan)
        found.append(
            Message(
                "Of the poorest third of the towns {poor:.0f} % share an operator, of the others "
                "{others:.0f} %.",
                poor=100 * poor,
                others=100 * others,
            )
        )
    full = at_bounds(plan)
    if full:
        found.append(
            Message(
                "At the largest size of their operator model, so that the step draws the map: "
                "{areas}.",
                areas=Listed(tuple(full), joined=", "),
            )
        )
    warning = field_words(plan)
    return [*found, warning] if warning is not None else found
