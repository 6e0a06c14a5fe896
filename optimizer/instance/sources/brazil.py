"""All of Brazil's small municipalities as one instance, or those of one state (for large runs)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Category, Costs, Source, Tariff, Travel
from optimizer.instance.schema.policy import Policy
from optimizer.instance.sources.brazil_travel import fitted_travel, state_speeds
from optimizer.instance.sources.costs_from_snis import (
    BRL_TO_PEN_2021,
    PRICES_2021_TO_2023,
    provider_fit,
    town_costs,
    water_only_providers,
)
from optimizer.instance.sources.peru_tables import neighbours_across_gaps
from optimizer.instance.sources.peru_text import cost_record, model_table

__all__ = ["PRICES_2010_TO_2021", "brazil", "municipalities"]

PRICES_2010_TO_2021 = 1.89
"""Consumer prices of Brazil (IPCA), July 2010 to July 2021, from general knowledge."""

PERSONS_PER_CONNECTION = 3.2
"""Assumed; the census of 2010 has 3.3 people a household, that of 2022 has 2.8."""

GINI_MOST = 0.6
"""Larger census figures come from households without any declared income; they are cut here."""


def municipalities(data: Path) -> pd.DataFrame:
    """Return the 5,571 municipalities, index ``codigo_ibge`` (int).

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``brazil_municipalities``.

    Returns
    -------
    pandas.DataFrame
        ``nome``, ``uf``, ``lon``, ``lat``, ``pop_est_2025`` (persons), ``renda_pc_2010`` (reais
        per person and month), ``gini_2010``.
    """
    table = pd.read_csv(data / "brazil_municipalities" / "municipios_5571.csv")
    columns = ["nome", "uf", "lon", "lat", "pop_est_2025", "renda_pc_2010", "gini_2010"]
    return table.set_index("codigo_ibge")[columns].sort_index()


def brazil(
    data: Path,
    *,
    people_least: float = 2_000,
    people_most: float = 30_000,
    state: str | None = None,
    only: Sequence[int] | None = None,
    hours_most: float = 2.5,
    policy: Policy | None = None,
) -> Instance:
    """Return Brazil's small municipalities: 4,266 of 2,000-30,000 people, 5,571 without bounds.

    Travel: straight line with circuity and speed fitted per state to real routes; pairs farther
    than ``hours_most`` are out of reach. Costs are those of ``instances/san_martin`` in reais of
    2021, incomes those of the census of 2010 at the prices of 2021; the zone is the state.

    Parameters
    ----------
    data : pathlib.Path
        Folder of the public tables (``brazil_municipalities``, ``brazil_boundaries``,
        ``brazil_travel_osrm``, ``brazil_snis_2021``).
    people_least, people_most : float
        People (estimate of 2025, town and country) of the municipalities that are kept.
    state : str, optional
        Only this state, two letters.
    only : sequence of int, optional
        Only these municipalities (IBGE codes).
    hours_most : float
        Longest travel in the table; at least the policy's reach.
    policy : Policy, optional
        Promises; the defaults where absent.

    Raises
    ------
    FileNotFoundError
        If a table is absent.
    ValueError
        If there is no such state, or no municipality is left.
    """
    everywhere = municipalities(data)
    speeds = state_speeds(data, everywhere)
    table = everywhere if state is None else everywhere[everywhere["uf"] == state]
    kept = table[table["pop_est_2025"].between(people_least, people_most)]
    kept = kept if only is None else kept[kept.index.isin(only)]
    if kept.empty:
        raise ValueError(f"no municipality of {state or 'Brazil'} has that many people")
    towns = _towns(kept)
    travel = fitted_travel(towns.rename(columns={"zone": "uf"}), speeds, hours_most=hours_most)
    models = model_table(cities=people_most > 30_000)
    for column in ("overhead_year", "crew_hour_cost"):
        models[column] = (models[column] / _SOLES_PER_REAL).round(0)
    return instance_from_tables(
        name="brazil" if state is None else f"brazil_{state.lower()}",
        title=f"{state or 'Brazil'}: {len(towns):,} small municipalities",
        currency="BRL",
        price_year=2021,
        crs=_CRS,
        towns=towns,
        operator_models=models,
        costs=_costs(data),
        tariff=Tariff(
            blocks_m3=(10.0, 20.0),
            fixed_charge_share=0.2,
            categories=(Category(category="commercial", factor=1.9),),
        ),
        travel=Travel(derive_missing=False),
        policy=policy or Policy(),
        travel_table=travel,
        adjacency_table=neighbours_across_gaps(_borders(data, table), pd.Index(towns["town"])),
        sources=(
            Source(title="Municipalities: people, places, incomes", publisher="IBGE (Brazil)"),
            Source(title="Routes, OSRM", publisher="OpenStreetMap contributors", licence="ODbL"),
            Source(title="SNIS 2021", publisher="SNIS (Brazil)", licence="ODbL"),
        ),
        assumptions=("Travel is fitted per state, not routed.",),
    )


_CRS = "+proj=laea +lat_0=-14 +lon_0=-54 +datum=WGS84 +units=m"
"""Lengths are off by at most 2 % in the whole country (EPSG:5880: by 5.5 % in the far west)."""

_SOLES_PER_REAL = BRL_TO_PEN_2021 * PRICES_2021_TO_2023


def _towns(kept: pd.DataFrame) -> pd.DataFrame:
    """Return ``towns.csv`` columns; incomes missing in the census are the state's median."""
    medians = kept.groupby("uf")[["renda_pc_2010", "gini_2010"]].transform("median")
    income = kept["renda_pc_2010"].fillna(medians["renda_pc_2010"])
    gini = kept["gini_2010"].fillna(medians["gini_2010"])
    month = income * PERSONS_PER_CONNECTION * PRICES_2010_TO_2021
    return pd.DataFrame(
        {
            "town": kept.index.astype("str"),
            "name": (kept["nome"] + " " + kept["uf"]).to_numpy(),
            "lon": kept["lon"].to_numpy(),
            "lat": kept["lat"].to_numpy(),
            "population": kept["pop_est_2025"].to_numpy(dtype=float),
            "zone": kept["uf"].to_numpy(),
            "income_month": month.round().to_numpy(),
            "gini": gini.clip(upper=GINI_MOST).round(4).to_numpy(),
        }
    )


def _costs(data: Path) -> Costs:
    """Return Peru's costs in reais of 2021: the same fit, read back."""
    soles = cost_record(town_costs(provider_fit(water_only_providers(data)))).model_dump()
    money = (
        "fixed_cost_year",
        "connection_cost_year",
        "volume_cost_m3",
        "asset_value_connection",
        "transition_cost_year",
    )
    reais = {name: round(soles[name] / _SOLES_PER_REAL, 2) for name in money}
    people = {"persons_per_connection": PERSONS_PER_CONNECTION}
    return Costs.model_validate({**soles, **reais, **people})


def _borders(data: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of municipalities that share a border, both in the table."""
    path = data / "brazil_boundaries" / "adjacencia_municipios.csv.gz"
    pairs = pd.read_csv(path)
    inside = pairs["ibge_a"].isin(table.index) & pairs["ibge_b"].isin(table.index)
    ends = pairs.loc[inside, ["ibge_a", "ibge_b"]]
    return pd.DataFrame(
        {
            "town_a": ends.min(axis="columns").astype("str"),
            "town_b": ends.max(axis="columns").astype("str"),
            "shared_border_km": pairs.loc[inside, "shared_border_km"],
        }
    ).sort_values(["town_a", "town_b"], ignore_index=True)
