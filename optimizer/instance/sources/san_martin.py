"""The bundled region San Martin: its small towns, from public Peruvian tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from optimizer.instance.sources.costs_from_snis import (
    ProviderFit,
    provider_fit,
    town_costs,
    water_only_providers,
)
from optimizer.instance.sources.folder import csv_text, geojson_text
from optimizer.instance.sources.peru_roads import road_network
from optimizer.instance.sources.peru_tables import (
    districts,
    neighbours,
    neighbours_across_gaps,
    towns_table,
)
from optimizer.instance.sources.peru_text import OPERATOR_MODELS, TARIFF, cost_text
from optimizer.instance.sources.poverty_line import SPENDING_GINI, poverty_line
from optimizer.instance.sources.san_martin_text import SAN_MARTIN

__all__ = ["PEOPLE_LEAST", "PEOPLE_MOST", "commercial_customers", "san_martin"]

PEOPLE_LEAST, PEOPLE_MOST = 2_000, 30_000
PERSONS_PER_CONNECTION = 4.0
COMMERCIAL_SHARE, COMMERCIAL_M3_MONTH = 0.04, 25.0
CRS = "EPSG:32718"


def san_martin(data: Path) -> dict[str, str]:
    """Return the files of ``instances/san_martin`` by name.

    Parameters
    ----------
    data : pathlib.Path
        Folder of the public tables (``peru_districts``, ``peru_boundaries``, ``peru_roads_mtc``,
        ``income_params``, ``brazil_snis_2021``).
    """
    region = districts(data)
    region = region[region["departamento"] == "San Martín"]
    small = region[region["pob_urbana_2023"].between(PEOPLE_LEAST, PEOPLE_MOST)]
    towns = towns_table(small, zone="provincia")
    pairs = neighbours(data)
    inside = pairs["town_a"].isin(region.index) & pairs["town_b"].isin(region.index)
    adjacency = neighbours_across_gaps(pairs[inside], pd.Index(towns["town"]))
    network = road_network(data, towns)
    roads = network.schematic(hours_most=3.0, tolerance_m=150.0, crs=CRS)
    fit = provider_fit(water_only_providers(data))
    return {
        "instance.toml": _settings(towns, adjacency, fit, poverty_line(data, "Selva")),
        "towns.csv": csv_text(towns, {"lon": 4, "lat": 4, "population": 0, "poverty_rate": 4}),
        "customers.csv": csv_text(
            commercial_customers(towns), {"connections": 0, "consumption_m3_month": 0}
        ),
        "travel.csv": csv_text(network.travel(), {"hours": 3, "km": 1}),
        "adjacency.csv": csv_text(adjacency, {"shared_border_km": 1}),
        "roads.geojson": geojson_text(roads, decimals=5),
    }


def commercial_customers(towns: pd.DataFrame) -> pd.DataFrame:
    """Return assumed commercial customers: a share of the household connections, at least one.

    Parameters
    ----------
    towns : pandas.DataFrame
        ``town`` and ``population``.

    Examples
    --------
    >>> commercial_customers(pd.DataFrame({"town": ["A"], "population": [10_000.0]}))
      town    category  connections  consumption_m3_month
    0    A  commercial        100.0                  25.0
    """
    shops = towns["population"] / PERSONS_PER_CONNECTION * COMMERCIAL_SHARE
    return pd.DataFrame(
        {
            "town": towns["town"],
            "category": "commercial",
            "connections": shops.round().clip(lower=1.0),
            "consumption_m3_month": COMMERCIAL_M3_MONTH,
        }
    )


def _settings(towns: pd.DataFrame, adjacency: pd.DataFrame, fit: ProviderFit, line: float) -> str:
    return SAN_MARTIN.format(
        towns=len(towns),
        across=int(adjacency["shared_border_km"].isna().sum()),
        pairs=len(adjacency),
        gini=SPENDING_GINI,
        line=f"{line:.0f}",
        providers=fit.providers,
        fixed_a=fit.fixed_year[0],
        fixed_b=fit.fixed_year[1],
        each_a=fit.connection_year[0],
        each_b=fit.connection_year[1],
        volume_share=fit.volume_share,
        costs=cost_text(town_costs(fit)),
        tariff=TARIFF,
        models=OPERATOR_MODELS,
    )
