"""The table of a plan's draws: every area in every draw, money settled again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from optimizer.arrays import Floats
from optimizer.instance.schema.draws_table import DRAWS
from optimizer.plan.tariff_design import AreaChoice
from optimizer.uncertainty.values import AreaDraws, DrawnValues, Offer

__all__ = ["draws_table", "expected_objective"]


def draws_table(values: DrawnValues, choices: Sequence[AreaChoice]) -> pd.DataFrame:
    """Return what the areas of a plan come to in each draw.

    Under one tariff for the region revenue and public money are the region's, shared in proportion
    to the requirements.

    Parameters
    ----------
    values : DrawnValues
        The draws.
    choices : sequence of AreaChoice
        Areas that partition the towns.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`~optimizer.instance.schema.draws_table.DRAWS`.
    """
    areas = [values.draws_of(Offer(c.members, c.seat, c.model)) for c in choices]
    if values.pooled:
        areas = _shared_out(values, areas)
    count = len(values.drawn)
    frames = [
        pd.DataFrame(
            {
                "draw": np.arange(1, count + 1),
                "service_area": choice.label,
                "requirement_year": area.requirement_year,
                "revenue_year": area.requirement_year - area.subsidy_year,
                "operating_subsidy_year": area.subsidy_year,
                "household_support_year": area.support_year,
                "level": _level(area),
            }
        )
        for choice, area in zip(choices, areas, strict=True)
    ]
    table = pd.concat(frames).sort_values("draw", kind="stable")
    return table.set_index([column.name for column in DRAWS.index])


def expected_objective(draws: pd.DataFrame, public_money_price: float) -> float:
    """Return the mean over the draws of requirement and weighted public money.

    Examples
    --------
    >>> rows = pd.DataFrame({"draw": [1, 2], "service_area": "a", "requirement_year": [10.0, 14.0],
    ...     "operating_subsidy_year": [0.0, 1.0], "household_support_year": [0.0, 1.0]})
    >>> expected_objective(rows.set_index(["draw", "service_area"]), 3.0)
    15.0
    """
    public = draws["operating_subsidy_year"] + draws["household_support_year"]
    value = draws["requirement_year"] + public_money_price * public
    return float(value.groupby(level="draw").sum().mean())


def _level(area: AreaDraws) -> Floats:
    """Return the tariff as a share of the dearest that is affordable; 1 where nobody can pay."""
    paid, most = area.requirement_year - area.subsidy_year, area.best_revenue_year
    share = np.minimum(1.0, paid / np.maximum(most, 1e-300))
    return np.where(most > 0, share, 1.0)


def _shared_out(values: DrawnValues, areas: Sequence[AreaDraws]) -> list[AreaDraws]:
    total = np.sum([area.requirement_year for area in areas], axis=0)
    whole = values.region(total)
    shares = [area.requirement_year / np.maximum(total, 1e-300) for area in areas]
    return [
        AreaDraws(
            area.requirement_year,
            share * whole.best_revenue_year,
            share * whole.subsidy_year,
            share * whole.support_year,
        )
        for area, share in zip(areas, shares, strict=True)
    ]
