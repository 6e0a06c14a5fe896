"""What a named factor of a scenario or of uncertain data multiplies."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from optimizer.cost_terms.terms import TERMS

__all__ = ["ALL_COSTS", "FACTORS", "SHARES_MOST"]

ALL_COSTS = "costs"
"""The factor on every cost."""


def _factors() -> dict[str, tuple[tuple[str, str], ...]]:
    names = dict.fromkeys(term.factor for term in TERMS)
    of_costs = {
        name: tuple((term.table, term.column) for term in TERMS if term.factor == name)
        for name in names
    }
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
    }


FACTORS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(_factors())
"""Tables and columns that each name of a factor multiplies; names of costs first."""
SHARES_MOST: Mapping[str, float] = MappingProxyType(
    {"collection_rate": 1.0, "non_revenue_water": 0.99}
)
"""Where a factor on a share stops: the largest that the field allows."""
