"""The columns of ``draws.csv``: what a plan comes to in each draw of the uncertain data."""

from __future__ import annotations

from optimizer.instance.schema.plan_tables import table_of

__all__ = ["DRAWS"]

_YEAR = "money/year"
DRAWS = table_of(
    "draws",
    "a service area in one draw of the uncertain data",
    2,
    ("draw", "count", "count", "number of the draw, from 1"),
    ("service_area", "text", "text", "key of the area"),
    ("requirement_year", _YEAR, "number", "cost, fee and margin"),
    ("revenue_year", _YEAR, "number", "money that comes in from bills, support included"),
    ("operating_subsidy_year", _YEAR, "number", "public money to the operator"),
    ("household_support_year", _YEAR, "number", "public money for household bills"),
    (
        "level",
        "share 0-1",
        "number",
        "tariff as a share of the dearest one that all its towns can afford",
    ),
)
"""Of plans with the objective ``expected``; other plans have none."""
