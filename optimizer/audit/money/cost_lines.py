"""The audit's own table of costs: every column, and what it is multiplied by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

__all__ = [
    "each_year",
    "joining_year",
    "operation_year",
    "overhead_year",
    "replacement_year",
    "road_hour",
    "sewer_year",
    "steady_year",
]

Columns = tuple[tuple[str, str], ...]

OPERATION: Columns = (
    ("fixed_cost_year", "town"),
    ("connection_cost_year", "connections"),
    ("volume_cost_m3", "produced_m3_year"),
    ("sewer_fixed_cost_year", "town with sewers"),
    ("sewer_connection_cost_year", "sewer connections"),
    ("sewer_volume_cost_m3", "sewer m3_year"),
    ("chlorination_cost_year", "town"),
)
"""Operation that the operator's efficiency multiplies."""
STEADY: Columns = ()
"""Operation that efficiency leaves as it is."""
REPLACEMENT: Columns = (
    ("replacement_cost_year", "town"),
    ("sewer_replacement_connection_year", "sewer connections"),
)
JOINING: Columns = (
    ("transition_cost_year", "town"),
    ("governance_cost_year", "town"),
)
OVERHEAD = ("overhead_year", "supervision_year")
ROAD_HOUR = ("crew_hour_cost",)


def operation_year(data: pd.DataFrame) -> pd.Series:
    """Return what operating each town costs before the operator's efficiency."""
    return _sum(data, OPERATION)


def steady_year(data: pd.DataFrame) -> pd.Series:
    """Return what operating each town costs whatever the operator's efficiency."""
    return _sum(data, STEADY)


def replacement_year(data: pd.DataFrame) -> pd.Series:
    """Return the replacement of each town's works, sewers included."""
    return _sum(data, REPLACEMENT)


def joining_year(data: pd.DataFrame) -> pd.Series:
    """Return what joining another town's operator costs each town."""
    return _sum(data, JOINING)


def sewer_year(data: pd.DataFrame, efficiency: pd.Series) -> pd.Series:
    """Return what each town's sewers cost, operation and replacement."""
    operation, steady, renewal = (
        _sum(data, tuple(row for row in table if row[0].startswith("sewer_")))
        for table in (OPERATION, STEADY, REPLACEMENT)
    )
    return efficiency * operation + steady + renewal


def overhead_year(models: pd.DataFrame) -> pd.Series:
    """Return what an area costs by itself."""
    return models.reindex(columns=list(OVERHEAD)).astype(float).fillna(0.0).sum(axis=1)


def road_hour(models: pd.DataFrame) -> pd.Series:
    """Return what an hour on the road costs."""
    return sum((models[name] for name in ROAD_HOUR), pd.Series(0.0, index=models.index))


def each_year(town: Mapping[str, float], efficiency: float) -> dict[str, float]:
    """Return what one more of each quantity adds to a town's operation, money per year."""
    found: dict[str, float] = {}
    for table, factor in ((OPERATION, efficiency), (STEADY, 1.0)):
        for column, what in table:
            price = float(town.get(column, 0.0))
            found[what] = found.get(what, 0.0) + factor * (0.0 if np.isnan(price) else price)
    return found


def _sum(data: pd.DataFrame, table: Columns) -> pd.Series:
    """Return the sum of columns times quantities; a column that is absent is 0."""
    total = pd.Series(0.0, index=data.index)
    for column, what in table:
        price = data.reindex(columns=[column])[column].astype(float).fillna(0.0)
        total = total + price * _quantity(data, what)
    return total


def _quantity(data: pd.DataFrame, what: str) -> pd.Series:
    drained = data["sewer_connections"]
    return {
        "town": pd.Series(1.0, index=data.index),
        "connections": data["size"],
        "produced_m3_year": 12.0 * data["billed_m3_month"] / (1.0 - data["non_revenue_water"]),
        "town with sewers": (drained > 0).astype(float),
        "sewer connections": drained,
        "sewer m3_year": 12.0 * data["sewer_m3_month"],
    }[what]
