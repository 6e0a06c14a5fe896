"""The fields of a horizon: what changes over the years, where towns stand, what is built.

Part of the one table of fields (``schema.fields``). Everything here is optional: a
region without ``[horizon]`` has a plan of one year and no path of tariffs.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from optimizer.instance.schema.changed import changed
from optimizer.record import Money, Name, Row, Text, unit_field

__all__ = ["Horizon", "Investment", "Smoothest", "Target"]

Smoothest = Literal["levels", "steps"]


class Horizon(Row):
    """The years over which tariffs move from today's to the plan's, and what changes meanwhile.

    Frozen; :meth:`replace` returns a changed copy that has been validated again.

    Examples
    --------
    >>> Horizon(increase_share_most=0.1).replace(years=10).years
    10
    """

    where: ClassVar[str] = "instance.toml [horizon]"
    years: int = unit_field("count", "years after the price year", default=5, ge=1, le=40)
    discount_rate: float = unit_field(
        "share/year",
        "real yearly rate at which money of later years counts less",
        default=0.04,
        ge=0,
        le=1,
    )
    inflation_share_year: float = unit_field(
        "share/year", "yearly rise of all prices; wears off debts and cash", default=0.0, ge=0, le=1
    )
    income_growth_share_year: float = unit_field(
        "share/year", "real yearly rise of household incomes", default=0.0, ge=-0.2, le=0.2
    )
    connection_growth_share_year: float = unit_field(
        "share/year",
        "yearly rise of connections where towns keep their coverage",
        default=0.0,
        ge=-0.2,
        le=0.5,
    )
    efficiency_share_year: float = unit_field(
        "share/year",
        "real yearly fall of overhead, operation and travel costs",
        default=0.0,
        ge=-0.1,
        le=0.2,
    )
    increase_share_most: float | None = unit_field(
        "share/year",
        "largest real rise of a tariff in one year; open means any",
        default=None,
        ge=0,
        le=10,
    )
    smoothest: Smoothest = unit_field(
        "text",
        "levels: no year's tariff is higher than need be (early rises, then flat); "
        "steps: no yearly step is larger than need be (equal steps, which may overshoot)",
        default="levels",
    )
    loan_share_most: float = unit_field(
        "share 0-1",
        "largest part of an investment, less its grant, that a loan may pay",
        default=0.0,
        ge=0,
        le=1,
    )
    loan_years: int = unit_field(
        "count", "equal yearly payments of a loan, from the year after", default=10, ge=1, le=60
    )
    loan_rate: float = unit_field(
        "share/year",
        "interest of loans and of bridging, with inflation in it",
        default=0.08,
        ge=0,
        le=1,
    )
    bridging_most: float | None = unit_field(
        "money",
        "largest debt at a year's end that bridges a lack of cash; open means any",
        default=None,
        ge=0,
    )

    def replace(self, **changes: Any) -> Horizon:  # noqa: ANN401 - any field of the horizon
        """Return a copy with the given fields changed, validated again.

        Raises
        ------
        PolicyError
            If a name is not a field of the horizon or a value is outside its bounds.
        """
        return changed(self, changes, place="horizon.")


class Target(Row):
    """Where a town stands today, and what it is to reach in the last year of the horizon."""

    where: ClassVar[str] = "targets.csv"
    town: Name = unit_field("text", "key of the town")
    bill_today_month: float | None = unit_field(
        "money/month",
        "mean household bill today; empty where nothing is charged or not known",
        default=None,
        ge=0.001,
        le=1e9,
    )
    cash_today: Money | None = unit_field(
        "money", "cash that the town brings to its operator", default=None
    )
    connection_growth_share_year: float | None = unit_field(
        "share/year", "the town's own yearly rise of connections", default=None, ge=-0.2, le=0.5
    )
    coverage: float | None = unit_field(
        "share 0-1",
        "share of the town's households that are connected today",
        default=None,
        ge=0.001,
        le=1,
    )
    coverage_target: float | None = unit_field(
        "share 0-1",
        "that share in the last year; straight line from today's",
        default=None,
        ge=0.001,
        le=1,
    )
    collection_rate_target: float | None = unit_field(
        "share 0-1",
        "collection rate in the last year; straight line from today's",
        default=None,
        ge=0.001,
        le=1,
    )
    non_revenue_water_target: float | None = unit_field(
        "share 0-1",
        "non-revenue water in the last year; straight line from today's",
        default=None,
        ge=0,
        le=0.99,
    )


class Investment(Row):
    """Works that a town gets in a year, at the price year's prices."""

    where: ClassVar[str] = "investments.csv"
    town: Name = unit_field("text", "key of the town")
    year: float = unit_field("year", "calendar year of the spending", ge=1900, le=2300)
    works: Text = unit_field("text", "what is built", default="")
    amount: float = unit_field("money", "cost of the works", gt=0, le=1e13)
    grant_share: float = unit_field(
        "share 0-1", "share that the state gives for good", default=0.0, ge=0, le=1
    )
    asset_life_years: float = unit_field("years", "life of the works", default=25.0, ge=0.1, le=200)
    connections_added: float = unit_field(
        "connections",
        "household connections that the works add, from the next year on",
        default=0.0,
        ge=0,
        le=2e7,
    )
    operating_cost_added_year: Money = unit_field(
        "money/year", "operating cost that the works add, from the next year on", default=0.0
    )
