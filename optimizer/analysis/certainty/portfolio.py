"""Plans of a portfolio under fresh draws: areas, seats and models stay, tariffs are set again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan
from optimizer.solving.given import relaxed_case
from optimizer.uncertainty.cases import drawn_cases
from optimizer.uncertainty.draws import Draws
from optimizer.uncertainty.values import DrawnValues, Offer

__all__ = ["Difference", "difference", "distinct", "plan_values"]


@dataclass(frozen=True)
class Difference:
    """A mean over draws with its standard error, money per year."""

    mean_year: float
    standard_error_year: float


def difference(values: Floats) -> Difference:
    """Return the mean of paired differences and its standard error.

    Examples
    --------
    >>> difference(np.array([1.0, 3.0]))
    Difference(mean_year=2.0, standard_error_year=1.0)
    """
    spread = float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return Difference(float(values.mean()), float(spread))


def distinct(plans: Mapping[str, Plan], *, most: int) -> dict[str, Plan]:
    """Return the plans whose areas, seats and operator models no plan before has."""
    seen: set[tuple[object, ...]] = set()
    kept: dict[str, Plan] = {}
    for name, plan in plans.items():
        columns = ["seat", "operator_model"]
        key = tuple(plan.towns.sort_index()[columns].astype(str).itertuples(name=None))
        if key not in seen and len(kept) < most:
            seen.add(key)
            kept[name] = plan
    return kept


def plan_values(region: Instance, plans: Mapping[str, Plan], draws: Draws) -> pd.DataFrame:
    """Return what plans come to in draws: requirement and weighted public money, money per year.

    Parameters
    ----------
    region : Instance
        The region at its given figures.
    plans : mapping of str to Plan
        Plans of its towns.
    draws : Draws
        Draws of its uncertain data.

    Returns
    -------
    pandas.DataFrame
        Index ``draw``, a column for each plan.
    """
    case = relaxed_case(region)
    values = DrawnValues(drawn_cases(case, draws))
    known: dict[Offer, Floats] = {}
    columns = {name: _total(values, _offers(region, plan), known) for name, plan in plans.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, draws.count + 1, name="draw"))


def _offers(region: Instance, plan: Plan) -> list[Offer]:
    place = {str(town): k for k, town in enumerate(region.towns.index)}
    models = [str(model) for model in region.operator_models.index]
    members: dict[str, list[int]] = {}
    for town, area in plan.towns["service_area"].items():
        members.setdefault(str(area), []).append(place[str(town)])
    return [
        Offer(tuple(sorted(members[str(area)])), place[str(seat)], models.index(str(model)))
        for area, seat, model in zip(
            plan.areas.index, plan.areas["seat"], plan.areas["operator_model"], strict=True
        )
    ]


def _total(values: DrawnValues, offers: list[Offer], known: dict[Offer, Floats]) -> Floats:
    if values.pooled:
        need = np.sum([values.draws_of(offer).requirement_year for offer in offers], axis=0)
        return values.region(need).value_year(values.price)
    for offer in offers:
        if offer not in known:
            known[offer] = values.draws_of(offer).value_year(values.price)
    return np.asarray(np.sum([known[offer] for offer in offers], axis=0), dtype=np.float64)
