"""The register of rules: name, and the components of the compact model that state it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["RULES"]

RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "serve_once": (
            "serve_once",
            "seat_serves_itself",
            "served_by_one_model",
            "served_by_open_model",
        ),
        "reach": ("PAIRS",),
        "same_zone": ("PAIRS",),
        "seat_allowed": ("PAIRS",),
        "viable_size": ("viable_size_least", "viable_size_most"),
        "connected": ("connected_flow", "connected_through"),
        "keep_together": ("keep_together",),
        "keep_apart": ("keep_apart",),
        "fixed_seats": ("fixed_seats",),
        "operator_count": ("operator_count",),
        "tariff_ladder": ("tariff_ladder",),
        "fixed_charge_share": ("fixed_charge_share",),
        "sewer_share": ("sewer_share",),
        "affordable_bill": ("affordable_bill",),
        "demand_response": ("one_schedule", "scheduled_where_served", "scheduled_as_decided"),
        "household_support": ("household_support",),
        "one_price": ("one_price_most", "one_price_least", "charged_where_served"),
        "cover_cost": ("cover_cost",),
        "solidarity_balance": ("solidarity_balance",),
        "operating_subsidy": ("subsidy",),
        "subsidy_budget": ("subsidy_budget",),
        "participation": ("participation",),
        "core": ("core",),
    }
)
"""Rule -> names of Pyomo constraints; index sets or variables where the rule is built into them."""
