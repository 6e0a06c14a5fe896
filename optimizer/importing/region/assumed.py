"""What a first plan assumes where no file says it: money of a country, costs, operator models.

Costs are those of the bundled San Martin region
(Brazilian providers of SNIS 2021, in soles of 2023), times exchange rate and price level: half of
the costs follow income per head (wages), half do not (energy, chemicals, imported goods).
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.instance.schema.fields import Costs, Incomes, OperatorModel
from optimizer.plausible.countries import Country, countries

__all__ = ["HOUSEHOLD_SHARE", "cost_records", "income_month_assumed", "incomes_record"]

HOUSEHOLD_SHARE = 0.6
"""Share of national income that households have to spend; about 0.6 in national accounts."""
SMALL_TOWN_SHARE = 0.7
"""Assumed: income of a small town's household over the country's mean."""
GINI_ASSUMED = 0.4
CONNECTED_SHARE = 0.9
"""Assumed: households with a connection, where no column says it."""
REFERENCE = "PE"


@dataclass(frozen=True)
class _Model:
    """An operator model of the reference region, in soles of 2023."""

    name: str
    overhead: float
    crew_hour: float
    least: float
    most: float
    efficiency: float
    margin: float


MODELS = (
    _Model("social enterprise", 35_000, 40, 0, 1_500, 1.0, 0.0),
    _Model("small private", 80_000, 40, 0, 5_000, 0.99, 0.05),
    _Model("mixed company", 170_000, 45, 3_000, 15_000, 0.97, 0.05),
    _Model("utility branch", 380_000, 50, 10_000, 1e9, 0.97, 0.03),
)


def income_month_assumed(country: Country) -> float:
    """Return an assumed mean household income of a small town, money a month, two digits.

    Examples
    --------
    >>> income_month_assumed(countries()["PE"])
    3400.0
    """
    head = country.income_head_usd_year * country.per_usd / 12.0
    mean = head * HOUSEHOLD_SHARE * SMALL_TOWN_SHARE * country.persons_per_household
    return float(f"{mean:.2g}")


def price_factor(country: Country) -> float:
    """Return what a cost of the reference region is multiplied with.

    Examples
    --------
    >>> price_factor(countries()["PE"])
    1.0
    """
    base = countries()[REFERENCE]
    level = 0.5 + 0.5 * country.income_head_usd_year / base.income_head_usd_year
    return country.per_usd / base.per_usd * level


def cost_records(country: Country) -> tuple[Costs, tuple[OperatorModel, ...]]:
    """Return costs and operator models in the money of a country, rounded to two digits."""
    factor = price_factor(country)

    def money(soles: float) -> float:
        return float(f"{soles * factor:.2g}")

    costs = Costs.model_validate(
        {
            "persons_per_connection": round(country.persons_per_household / CONNECTED_SHARE, 2),
            "fixed_cost_year": money(25_000),
            "connection_cost_year": money(140),
            "volume_cost_m3": money(0.2),
            "asset_value_connection": money(500),
            "asset_life_years": 20.0,
            "transition_cost_year": money(5_000),
        }
    )
    models = tuple(
        OperatorModel.model_validate(
            {
                "operator_model": model.name,
                "overhead_year": money(model.overhead),
                "crew_hour_cost": money(model.crew_hour),
                "connections_least": model.least,
                "connections_most": model.most,
                "efficiency": model.efficiency,
                "board_fee_share_revenue": 0.02,
                "margin_share_cost": model.margin,
            }
        )
        for model in MODELS
    )
    return costs, models


def incomes_record(country: Country) -> Incomes:
    """Return how incomes are derived where no file gives them."""
    return Incomes(
        income_month=income_month_assumed(country),
        gini=GINI_ASSUMED,
        poverty_line_person_month=country.poverty_line_month,
        persons_per_household=country.persons_per_household,
    )
