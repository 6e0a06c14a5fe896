"""Water providers of Brazil (SNIS 2021): size, service, and what they spend."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

__all__ = ["CREDIBLE", "POOLED", "local_providers", "pooled_providers", "read_providers"]

POOLED = ("ATS", "HFAO", "COPANOR", "COSAMA")
"""Operators of many small municipalities in Tocantins (two), Minas Gerais and Amazonas."""
CREDIBLE = (30.0, 5000.0)
"""Cost per connection, reais of 2021, outside which an account is taken as an error."""
COLUMNS = {
    "AG002": "connections",
    "AG005": "network_km",
    "AG006": "produced_thousand_m3",
    "ES002": "sewer_connections",
    "FN015": "cost_year",
    "FN011": "energy_year",
    "FN013": "chemicals_year",
    "G05A": "municipalities",
}


def read_providers(data: Path) -> pd.DataFrame:
    """Return every provider with connections and a credible operating cost."""
    file = data / "brazil_snis_2021" / "snis_prestadores_2021.csv.gz"
    names = ["prestador", "sigla", "uf", "abrangencia", "tipo_servico", *COLUMNS]
    table = pd.read_csv(file, usecols=names).rename(columns=COLUMNS)
    table["sewer_connections"] = table["sewer_connections"].fillna(0.0)
    each = table["cost_year"] / table["connections"]
    return table[(table["connections"] > 0) & each.between(*CREDIBLE)].reset_index(drop=True)


def pooled_providers(providers: pd.DataFrame) -> pd.DataFrame:
    """Return the pooled operators."""
    return providers[providers["sigla"].isin(POOLED)].set_index("sigla").loc[list(POOLED)]


def local_providers(providers: pd.DataFrame) -> pd.DataFrame:
    """Return the providers of one municipality with 100 to 20,000 connections."""
    local = providers[providers["abrangencia"] == "Local"]
    return local[local["connections"].between(100, 20_000)]
