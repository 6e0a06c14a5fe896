"""The bundled region San Martin: its small towns, from public Peruvian tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
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
from optimizer.instance.sources.san_martin_text import (
    EXISTING,
    SAN_MARTIN,
    SAN_MARTIN_UTILITIES,
)

__all__ = [
    "KNOWN_CONNECTIONS",
    "PEOPLE_LEAST",
    "PEOPLE_MOST",
    "commercial_customers",
    "san_martin",
    "san_martin_utilities",
]

PEOPLE_LEAST, PEOPLE_MOST = 2_000, 30_000
PERSONS_PER_CONNECTION = 4.0
COMMERCIAL_SHARE, COMMERCIAL_M3_MONTH = 0.04, 25.0
CRS = "EPSG:32718"
NOTHING_KNOWN: Mapping[str, float] = MappingProxyType({})
KNOWN_CONNECTIONS: Mapping[str, float] = MappingProxyType(
    {
        "220101": 16_325.0,
        "220201": 4_016.0,
        "220301": 2_619.0,
        "220401": 2_348.0,
        "220501": 4_461.0,
        "220701": 2_664.0,
        "220705": 810.0,
        "220901": 23_869.0,
        "220909": 7_332.0,
        "220910": 7_251.0,
    }
)
"""All connections of towns whose utility tells them (EMAPA San Martin, July 2025; Moyobamba)."""


def san_martin(data: Path) -> dict[str, str]:
    """Return the files of ``instances/san_martin`` by name.

    Parameters
    ----------
    data : pathlib.Path
        Folder of the public tables (``peru_districts``, ``peru_boundaries``, ``peru_roads_mtc``,
        ``income_params``, ``brazil_snis_2021``).
    """
    return _files(data, SAN_MARTIN, people_most=PEOPLE_MOST)


def san_martin_utilities(data: Path) -> dict[str, str]:
    """Return the files of ``instances/san_martin_utilities`` by name.

    The region with its large towns, which may host small ones, and the utilities that exist.

    Parameters
    ----------
    data : pathlib.Path
        As for :func:`san_martin`.
    """
    files = _files(data, SAN_MARTIN_UTILITIES, people_most=np.inf, known=KNOWN_CONNECTIONS)
    return {**files, "operators.csv": EXISTING}


def _files(
    data: Path, text: str, *, people_most: float, known: Mapping[str, float] = NOTHING_KNOWN
) -> dict[str, str]:
    """Return the files of the towns of San Martin of some size, with known connections."""
    region = districts(data)
    region = region[region["departamento"] == "San Martín"]
    kept = region[region["pob_urbana_2023"].between(PEOPLE_LEAST, people_most)]
    towns = towns_table(kept, zone="provincia")
    shops = commercial_customers(towns)
    if known:
        homes = towns["town"].map(known) - shops["connections"]
        towns.insert(5, "connections", homes)
    pairs = neighbours(data)
    inside = pairs["town_a"].isin(region.index) & pairs["town_b"].isin(region.index)
    adjacency = neighbours_across_gaps(pairs[inside], pd.Index(towns["town"]))
    network = road_network(data, towns)
    roads = network.schematic(hours_most=3.0, tolerance_m=150.0, crs=CRS)
    fit = provider_fit(water_only_providers(data))
    decimals = {"lon": 4, "lat": 4, "population": 0, "poverty_rate": 4}
    decimals |= {"connections": 0} if known else {}
    return {
        "instance.toml": _settings(text, towns, adjacency, (fit, poverty_line(data, "Selva"))),
        "towns.csv": csv_text(towns, decimals),
        "customers.csv": csv_text(shops, {"connections": 0, "consumption_m3_month": 0}),
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


def _settings(
    text: str, towns: pd.DataFrame, adjacency: pd.DataFrame, figures: tuple[ProviderFit, float]
) -> str:
    fit, line = figures
    exist = text is SAN_MARTIN_UTILITIES
    costs, tariff = cost_text(town_costs(fit)), TARIFF
    if exist:
        costs = costs.replace("trips_year = 52", "trips_year = 12\ntrips_per_1000_connections = 52")
        tariff = tariff.replace("ladder = 3.0", "ladder = 1.8").replace(
            "fixed_charge_share = 0.2", "fixed_charge_share = 0.17\nfixed_charge_least_share = 0.10"
        )
    return text.format(
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
        costs=costs,
        tariff=tariff,
        models=OPERATOR_MODELS,
    )
