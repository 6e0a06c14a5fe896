"""What a named factor of a scenario or of uncertain data multiplies."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from optimizer.cost_terms.terms import TERMS

__all__ = ["ALL_COSTS", "FACTORS", "SHARES_MOST", "UNCERTAIN"]

ALL_COSTS = "costs"
"""The factor on every cost."""


def _factors() -> dict[str, tuple[tuple[str, str], ...]]:
    names = dict.fromkeys(term.factor for term in TERMS)
    of_costs = {
        name: tuple((term.table, term.column) for term in TERMS if term.factor == name)
        for name in names
    }
    of_columns = {term.column: ((term.table, term.column),) for term in TERMS}
    every = tuple((term.table, term.column) for term in TERMS)
    served = ("towns", "households", "customers")
    return {
        ALL_COSTS: every,
        **of_costs,
        "income": (("households", "income_month"),),
        "consumption": tuple((table, "consumption_m3_month") for table in served),
        "connections": tuple((table, "connections") for table in served),
        "collection_rate": (("towns", "collection_rate"),),
        "non_revenue_water": (("towns", "non_revenue_water"),),
        "trips": (("towns", "trips_year"),),
        **{name: columns for name, columns in of_columns.items() if name not in of_costs},
    }


FACTORS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(_factors())
"""Tables and columns that each name of a factor multiplies; names of kinds of cost first, single
columns of costs last."""
_SINGLE = frozenset(term.column for term in TERMS) - frozenset(term.factor for term in TERMS)
UNCERTAIN: tuple[str, ...] = (
    *(name for name in FACTORS if name not in _SINGLE),
    "hours",
    "growth",
    *(name for name in FACTORS if name in _SINGLE),
)
"""What may be drawn: every factor, hours on the road, and growth over the years. The order is that
of the dimensions of common draws: a new name belongs at the end."""
SHARES_MOST: Mapping[str, float] = MappingProxyType(
    {"collection_rate": 1.0, "non_revenue_water": 0.99}
)
"""Where a factor on a share stops: the largest that the field allows."""
