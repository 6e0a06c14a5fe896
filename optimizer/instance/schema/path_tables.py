"""The one table of a path's columns: name, unit, kind and meaning. Money is real.

The CSV files, the audit's names and the labels of reports derive from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.instance.schema.plan_tables import Spec, Table, table_of

__all__ = ["PATH_TABLES"]

_YEAR, _MONTH, _SHARE = "money/year", "money/month", "share 0-1"
_AREA: Spec = ("service_area", "text", "text", "area, or region where all share one tariff")
_CALENDAR: Spec = ("year", "year", "count", "calendar year; money flows at its end")


_YEARS = table_of(
    "path_years",
    "a year of a service area",
    2,
    _AREA,
    _CALENDAR,
    ("level", "factor", "number", "bills over the bills of the plan's schedule"),
    ("connections", "connections", "number", "household and other connections together"),
    ("billed_m3_year", "m3/year", "number", "water billed"),
    ("bill_month", _MONTH, "number", "mean household bill before support"),
    ("bill_nominal_month", _MONTH, "number", "the same bill in money of its day"),
    ("burden_worst", _SHARE, "number", "largest burden among the area's protected households"),
    ("revenue_year", _YEAR, "number", "money that comes in from bills"),
    ("operating_subsidy_year", _YEAR, "number", "public money to the operator"),
    ("household_support_year", _YEAR, "number", "public money toward poor households' bills"),
    ("operating_cost_year", _YEAR, "number", "overhead, operation, transition and travel"),
    ("replacement_year", _YEAR, "number", "replacement of works, and saving for granted ones"),
    ("fee_and_margin_year", _YEAR, "number", "board fee and operator's margin"),
    ("requirement_year", _YEAR, "number", "cost, fee and margin"),
    ("investment_year", _YEAR, "number", "works built"),
    ("grants_year", _YEAR, "number", "part of the works that the state gives"),
    ("loan_year", _YEAR, "number", "new loan for works"),
    ("debt_service_year", _YEAR, "number", "interest and repayment of loans"),
    ("debt", "money", "number", "loans still owed at the year's end"),
    ("bridging", "money", "number", "debt at the year's end that bridges a lack of cash"),
    ("bridging_repaid_year", _YEAR, "number", "last year's bridging paid back, with interest"),
    ("cash", "money", "number", "cash at the year's end"),
)

_LEVELS = table_of(
    "path_levels",
    "a schedule in a year",
    3,
    _AREA,
    ("town", "text", "text", "town in which it holds; empty where the whole area has one price"),
    _CALENDAR,
    ("level", "factor", "number", "every price over the price of the plan's schedule"),
    ("increase_share", "share/year", "number", "real rise over the year before; empty at first"),
)

_BILLS = table_of(
    "path_bills",
    "a household group of a town in a year",
    3,
    ("town", "text", "text", "key of the town"),
    ("group", "text", "text", "household group"),
    _CALENDAR,
    ("connections", "connections", "number", "connections of the group"),
    ("income_month", "money/household/month", "number", "household income"),
    ("bill_month", _MONTH, "number", "whole bill"),
    ("support_month", _MONTH, "number", "household support toward it"),
    ("paid_month", _MONTH, "number", "bill less support"),
    ("burden", _SHARE, "number", "paid bill over income"),
    ("protected", "yes/no", "flag", "its bill must be affordable"),
    ("affordable", "yes/no", "flag", "the burden is within the limit, or the group unprotected"),
)

_VALUES = table_of(
    "path_worth",
    "a service area over the whole horizon",
    1,
    _AREA,
    ("level_today", "factor", "number", "today's bills over the plan's; empty where not known"),
    ("bill_today_month", _MONTH, "number", "mean household bill today; empty where not known"),
    ("cash_today", "money", "number", "cash at the start"),
    ("revenue_value", "money", "number", "present value of what customers pay"),
    ("public_money_value", "money", "number", "present value of subsidy and household support"),
    ("grants_value", "money", "number", "present value of grants"),
    ("requirement_value", "money", "number", "present value of cost, fee and margin"),
    ("investment_own_value", "money", "number", "present value of investment less grants"),
    ("financing_value", "money", "number", "present value of what loans and bridging cost"),
    ("remaining_value", "money", "number", "present value of own works at the end"),
    ("npv", "money", "number", "net present value: zero where money just covers cost"),
    ("average_tariff_m3", "money/m3", "number", "present value of cost over that of water billed"),
    (
        "average_incremental_tariff_m3",
        "money/m3",
        "number",
        "present value of added cost and works over that of added water; empty without any",
    ),
)

PATH_TABLES: Mapping[str, Table] = {t.name: t for t in (_YEARS, _LEVELS, _BILLS, _VALUES)}
"""Every table of a path, by name."""
