"""The rules that the audit of a tariff path checks: name, kind, unit, and what each says."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.audit.rules import Rule

__all__ = ["PATH_RULES"]

_PROMISES = (
    ("affordable_bill", "money/month", "a protected household pays at most its share of income"),
    ("household_support", "money/month", "support goes to protected households, within its share"),
    ("increase_share_most", "share/year", "no real bill rises by more than the largest share"),
    ("operating_subsidy", "money/year", "a subsidy is never negative, and zero if not allowed"),
    ("loan_share_most", "money/year", "a loan pays its part of the year's works at most"),
    ("bridging_most", "money", "bridging stays within its limit"),
    ("subsidy_budget", "money/year", "all public money of a year is within the budget"),
)

_ARITHMETIC = (
    ("tables", "", "the tables have their columns and one row for each area, group and year"),
    ("customers", "", "connections and water follow growth, targets and works"),
    ("bill", "money/month", "every bill is its level times the plan's bill"),
    ("burden", "share 0-1", "every burden is the paid bill over that year's income"),
    ("revenue", "money/year", "revenue is what the bills bring in after collection"),
    ("cost", "money/year", "every cost is what growth, losses, efficiency and works make of it"),
    ("works", "money/year", "works and grants are those of the instance"),
    ("debt_service", "money", "loans are paid back by equal payments in money of their day"),
    ("cash_balance", "money", "cash is last year's and the flow, never negative, bridging repaid"),
    ("present_value", "money", "money covers cost over the horizon; all present values are right"),
)

PATH_RULES: Mapping[str, Rule] = {
    **{name: Rule(name, "promise", unit, words) for name, unit, words in _PROMISES},
    **{name: Rule(name, "arithmetic", unit, words) for name, unit, words in _ARITHMETIC},
}
"""Every rule of the audit of a path by name."""
