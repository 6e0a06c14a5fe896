"""The bundled region of the nine pilot towns, which lie in seven regions of Peru."""

from __future__ import annotations

from pathlib import Path

from optimizer.instance.sources.costs_from_snis import (
    provider_fit,
    town_costs,
    water_only_providers,
)
from optimizer.instance.sources.folder import csv_text
from optimizer.instance.sources.peru_tables import districts, towns_table
from optimizer.instance.sources.peru_text import OPERATOR_MODELS, TARIFF, cost_text
from optimizer.instance.sources.pilot_nine_text import PILOT_NINE
from optimizer.instance.sources.poverty_line import SPENDING_GINI, mean_incomes
from optimizer.instance.sources.san_martin import commercial_customers

__all__ = ["DETOUR_FACTOR", "PILOT_DISTRICTS", "SPEED_KM_H", "pilot_nine"]

PILOT_DISTRICTS = {
    "030216": "Talavera",
    "081201": "Urcos",
    "130106": "Laredo",
    "140120": "Tumán",
    "160103": "Tamshiyacu (Fernando Lores)",
    "160301": "Nauta",
    "200801": "Sechura",
    "220510": "Tabalosos",
    "220804": "Nueva Cajamarca",
}
"""Census code of each pilot municipality, and the name of its town."""

DETOUR_FACTOR, SPEED_KM_H = 1.6, 40.0
"""Road over straight line, and speed: medians over San Martin's pairs of towns within 4 hours."""


def pilot_nine(data: Path) -> dict[str, str]:
    """Return the files of ``instances/pilot_nine`` by name.

    Parameters
    ----------
    data : pathlib.Path
        Folder of the public tables (``peru_districts``, ``income_params``, ``brazil_snis_2021``).
    """
    nine = districts(data).loc[list(PILOT_DISTRICTS)]
    towns = towns_table(nine, zone="departamento").drop(columns="poverty_rate")
    towns["income_month"] = mean_incomes(data, nine).to_numpy()
    costs = town_costs(provider_fit(water_only_providers(data)))
    settings = PILOT_NINE.format(
        detour=DETOUR_FACTOR,
        speed=f"{SPEED_KM_H:.0f}",
        gini=SPENDING_GINI,
        tariff=TARIFF,
        costs=cost_text(costs),
        models=OPERATOR_MODELS,
    )
    shops = commercial_customers(towns)
    return {
        "instance.toml": settings,
        "towns.csv": csv_text(towns, {"lon": 4, "lat": 4, "population": 0, "income_month": 0}),
        "customers.csv": csv_text(shops, {"connections": 0, "consumption_m3_month": 0}),
    }
