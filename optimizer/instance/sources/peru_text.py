"""What the Peruvian instances share: tariff rules, costs, operator models, as TOML text."""

from __future__ import annotations

import tomllib

import pandas as pd

from optimizer.instance.schema.fields import Costs, Tariff
from optimizer.instance.sources.costs_from_snis import TownCosts

__all__ = [
    "CITY_OPERATOR",
    "OPERATOR_MODELS",
    "TARIFF",
    "TARIFF_IN_FORCE",
    "cost_record",
    "cost_text",
    "model_table",
    "tariff_record",
]

TARIFF = """\
[tariff]
# Blocks of the schedule in force near a pilot town (EMSAP Chanka, Andahuaylas).
blocks_m3 = [8, 20]
ladder = 3.0
# There the fixed charge of 1.20 is 17 % of a bill of 15 m3 (7.15).
fixed_charge_share = 0.2
reference_m3_month = 15

[[tariff.categories]]
# There 0.852 per m3 against 0.457 for a household.
category = "commercial"
factor = 1.9
"""

TARIFF_IN_FORCE = """\
[tariff]
# Ranges of four small utilities of Peru (SUNASS: Chanka, Huancavelica 2024, Calca 2026, Huaral
# 2025): first block 8-10 m3, last block 1.3-1.8 times the first, fixed charge 10-17 % of a bill of
# 15 m3, shops at 30 m3 pay 1.35-2.8 times the mean price of a household at 15 m3.
blocks_m3 = [8, 20]
ladder = 1.8
fixed_charge_least_share = 0.10
fixed_charge_share = 0.17
reference_m3_month = 15

[[tariff.categories]]
category = "commercial"
multiple_least = 1.35
multiple_most = 2.8
multiple_at_m3 = 30
"""

OPERATOR_MODELS = """\
# Assumed. The overhead is management, office and specialists of one seat. The board fee pays the
# supervision board; the margin is the operator's. Efficiency: specialists lower the towns' own
# operating cost a little (the evidence on scale is mixed: 0-9 % for the best mergers in Peru).
[[operator_models]]
operator_model = "social enterprise"
overhead_year = 35000
connections_most = 1500
crew_hour_cost = 40
board_fee_share_revenue = 0.02

[[operator_models]]
operator_model = "small private"
overhead_year = 80000
connections_most = 5000
efficiency = 0.99
crew_hour_cost = 40
board_fee_share_revenue = 0.02
margin_share_cost = 0.05

[[operator_models]]
operator_model = "mixed company"
overhead_year = 170000
connections_least = 3000
connections_most = 15000
efficiency = 0.97
crew_hour_cost = 45
board_fee_share_revenue = 0.02
margin_share_cost = 0.05

[[operator_models]]
operator_model = "utility branch"
overhead_year = 380000
connections_least = 10000
connections_most = 60000
efficiency = 0.97
crew_hour_cost = 50
board_fee_share_revenue = 0.02
margin_share_cost = 0.03
"""

_COSTS = """\
[costs]
persons_per_connection = 4.0
consumption_m3_month = 15
collection_rate = 0.85
non_revenue_water = 0.35
fixed_cost_year = {fixed:.0f}
connection_cost_year = {each:.0f}
volume_cost_m3 = {volume:.2f}
asset_value_connection = 500
asset_life_years = 20
discount_rate = 0.04
transition_cost_year = 5000
trips_year = 52
"""


def cost_text(costs: TownCosts) -> str:
    """Return the section ``[costs]`` of a Peruvian instance."""
    return _COSTS.format(
        fixed=costs.fixed_cost_year,
        each=costs.connection_cost_year,
        volume=costs.volume_cost_m3,
    )


def cost_record(costs: TownCosts) -> Costs:
    """Return the same section as a record.

    Examples
    --------
    >>> cost_record(TownCosts(25_000.0, 140.0, 0.2)).connection_cost_year
    140.0
    """
    return Costs.model_validate(tomllib.loads(cost_text(costs))["costs"])


def tariff_record() -> Tariff:
    """Return the tariff rules as a record.

    Examples
    --------
    >>> tariff_record().blocks_m3
    (8.0, 20.0)
    """
    return Tariff.model_validate(tomllib.loads(TARIFF)["tariff"])


CITY_OPERATOR = "large utility"
LARGE_UTILITY = """\
[[operator_models]]
operator_model = "large utility"
overhead_year = 1500000
connections_least = 40000
efficiency = 0.97
crew_hour_cost = 50
board_fee_share_revenue = 0.02
margin_share_cost = 0.03
"""


def model_table(*, cities: bool = False) -> pd.DataFrame:
    """Return the operator models as a table, columns of ``OperatorModel``; gaps where not said.

    ``cities`` adds a large utility without a largest size (its overhead is an assumption), without
    which no operator could run a city.

    Examples
    --------
    >>> model_table()["overhead_year"].tolist()
    [35000, 80000, 170000, 380000]
    """
    text = OPERATOR_MODELS + (LARGE_UTILITY if cities else "")
    return pd.DataFrame(tomllib.loads(text)["operator_models"])
