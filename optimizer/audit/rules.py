"""The rules that an audit checks: name, kind, unit, and what each says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["BASE_RULES", "Rule"]

Kind = Literal["promise", "arithmetic"]


@dataclass(frozen=True)
class Rule:
    """One rule of the audit.

    Attributes
    ----------
    name : str
        The same name as in the formulation and in the model, where the rule is one of theirs.
    kind : str
        ``promise``: a grouping that a planner brings may break it, and the plan then says so.
        ``arithmetic``: the plan contradicts the instance or itself; never acceptable.
    unit : str
        Unit of the amounts by which it is broken.
    words : str
        What it says.
    """

    name: str
    kind: Kind
    unit: str
    words: str


_PROMISES = (
    ("connected", "parts", "the towns of an area are connected through neighbours"),
    ("cover_cost", "money/year", "an area's income equals its requirement"),
    ("affordable_bill", "money/month", "a protected household pays at most its share of income"),
    ("household_support", "money/month", "support goes to eligible households, within its share"),
    ("tariff_ladder", "money/m3", "block prices rise, the last within the ladder of the first"),
    ("fixed_charge_share", "money/month", "the fixed charge is within its share of the bill"),
    (
        "category_multiple",
        "money/m3",
        "the mean price of a category is within its multiples of the domestic one",
    ),
    ("sewer_share", "money/month", "the sewer bill is within its share of the water bill"),
    (
        "solidarity_balance",
        "money/year",
        "contributions and subsidy cover the categories' subsidies",
    ),
    ("subsidy_budget", "money/year", "all public money together is within the budget"),
    ("participation", "money/year", "no town pays more than it would cost by itself"),
    (
        "core",
        "money/year",
        "no subset of an area's towns pays more than it would cost by itself; every subset is "
        "looked at in areas of up to 16 towns, the likeliest in larger ones",
    ),
    ("operating_subsidy", "money/year", "a subsidy is never negative, and zero if not allowed"),
)

_ARITHMETIC = (
    ("serve_once", "times", "every town is served exactly once, by a seat inside its area"),
    ("tables", "", "the tables have their columns and agree with each other and the instance"),
    ("travel", "hours", "travel is what the instance's table, roads or straight line give"),
    ("cost", "money/year", "every cost is what the instance's data give"),
    ("tariff_scope", "schedules", "one schedule per area, per town, or for the region, as asked"),
    ("tariff_shape", "money", "prices follow the given shape and the factors of the categories"),
    (
        "demand_response",
        "m3/month",
        "what is used is what the price leads to, and the cost of water no longer used is right",
    ),
    ("bill", "money/month", "every bill is what its schedule gives"),
    ("support", "money/year", "who gets support, who is missed and what it costs is right"),
    ("burden", "share 0-1", "every burden is the paid bill over the income"),
    ("revenue", "money/year", "revenue is what the bills bring in after collection"),
    ("solidarity", "money/year", "contributions and subsidies of categories are what bills give"),
    (
        "transfers",
        "money/year",
        "transfers between areas sum to zero; only for one regional tariff",
    ),
    ("stand_alone", "money/year", "the comparison with running each town by itself is right"),
    ("draws", "money/year", "every area stands in every draw, and is paid for in each"),
    ("objective", "money/year", "the objective is requirements plus weighted public money"),
    ("bound", "money/year", "the bound is not above the objective"),
    ("status", "", "the status is one that there is and says what bound and objective say"),
    ("broken_promises", "", "the promises that the plan says it breaks are those that it breaks"),
    ("files", "", "every file of a stored run says what its tables say"),
)

BASE_RULES: Mapping[str, Rule] = {
    **{name: Rule(name, "promise", unit, words) for name, unit, words in _PROMISES},
    **{name: Rule(name, "arithmetic", unit, words) for name, unit, words in _ARITHMETIC},
}
"""The rules without those of :mod:`optimizer.audit.promises`, by name."""
