"""Operating costs of small towns from the accounts of Brazilian water providers (SNIS 2021).

Peru publishes no cost table of small towns, Brazil does. The accounts are self-reported and not
audited, so they are fitted robustly, and every step to Peruvian money is a named figure below.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.instance.calibrate.least_error import fit_costs

__all__ = [
    "BRL_TO_PEN_2021",
    "PRICES_2021_TO_2023",
    "ProviderFit",
    "TownCosts",
    "median_cost",
    "provider_fit",
    "town_costs",
    "water_only_providers",
]

BRL_TO_PEN_2021 = 1.80 / 2.50
"""Soles per real at purchasing power parity, 2021: about 1.80 soles and 2.50 reais to the
international dollar (World Bank, PA.NUS.PPP, rounded, from general knowledge). Market rates give
the same ratio: 3.88 soles and 5.39 reais to the dollar."""

PRICES_2021_TO_2023 = 1.0787 * 1.0626
"""Consumer prices of Lima, yearly means: +7.87 % in 2022, +6.26 % in 2023 (INEI)."""

SMALLEST_OPERATOR_YEAR = 35_000.0
"""Overhead of the smallest operator model, soles: that part of a lone provider's fixed cost."""

OVERHEAD_PER_CONNECTION = 12.0
"""Growth of the operator models' overhead with size, soles per connection: already counted there,
so it is taken out of the cost per connection."""

CHEAP_ROWS, DEAR_ROWS = 30.0, 5000.0
"""Providers below or above this cost per connection (reais of 2021) are taken as errors."""


@dataclass(frozen=True)
class ProviderFit:
    """What the provider table says, in reais of 2021.

    Attributes
    ----------
    providers : int
        Providers in the fit with 100-20,000 connections.
    fixed_year, connection_year : tuple of float
        Median cost = fixed + per connection, for providers of 100-20,000 and 500-20,000
        connections: the slope is stable, the fixed part is known only within a factor of 2-3.
    volume_share : float
        Median share of energy and chemicals in operating cost.
    volume_cost_m3 : float
        Lower quartile of energy and chemicals per m3 produced.
    """

    providers: int
    fixed_year: tuple[float, float]
    connection_year: tuple[float, float]
    volume_share: float
    volume_cost_m3: float


@dataclass(frozen=True)
class TownCosts:
    """Costs of a town in soles of 2023, rounded; what ``[costs]`` of an instance says."""

    fixed_cost_year: float
    connection_cost_year: float
    volume_cost_m3: float


def water_only_providers(data: Path) -> pd.DataFrame:
    """Return local water-only providers with credible cost.

    Providers that also run sewers are left out: they are larger and dearer, and hide the economies
    of scale of water alone.

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``brazil_snis_2021``.

    Returns
    -------
    pandas.DataFrame
        ``connections``, ``cost_year``, ``volume_cost_year`` (energy and chemicals, reais of 2021),
        ``produced_m3_year``.
    """
    path = data / "brazil_snis_2021" / "snis_prestadores_2021.csv.gz"
    columns = ["abrangencia", "tipo_servico", "AG002", "AG006", "FN011", "FN013", "FN015"]
    table = pd.read_csv(path, usecols=columns)
    local = table[(table["abrangencia"] == "Local") & (table["tipo_servico"] == "Água")]
    providers = pd.DataFrame(
        {
            "connections": local["AG002"],
            "cost_year": local["FN015"],
            "volume_cost_year": local["FN011"].fillna(0.0) + local["FN013"].fillna(0.0),
            "produced_m3_year": local["AG006"] * 1000.0,
        }
    ).dropna(subset=["connections", "cost_year"])
    each = providers["cost_year"] / providers["connections"]
    size = providers["connections"].between(100, 20_000)
    return providers[size & each.between(CHEAP_ROWS, DEAR_ROWS)].reset_index(drop=True)


def median_cost(providers: pd.DataFrame) -> tuple[float, float]:
    """Return fixed cost and cost per connection of the median provider.

    Parameters
    ----------
    providers : pandas.DataFrame
        ``connections`` and ``cost_year``, positive.
    """
    size = providers["connections"].to_numpy(dtype=np.float64)
    terms = np.column_stack([np.ones(len(size)), size])
    cost = providers["cost_year"].to_numpy(dtype=np.float64)
    fixed, each = fit_costs(terms, cost, np.ones(len(size)))
    return float(fixed), float(each)


def provider_fit(providers: pd.DataFrame) -> ProviderFit:
    """Return the figures taken from the provider table.

    Parameters
    ----------
    providers : pandas.DataFrame
        Result of :func:`water_only_providers`.
    """
    larger = providers[providers["connections"] >= 500]
    fits = [median_cost(part) for part in (providers, larger)]
    produced = providers[providers["produced_m3_year"] > 0]
    per_m3 = produced["volume_cost_year"] / produced["produced_m3_year"]
    share = providers["volume_cost_year"] / providers["cost_year"]
    return ProviderFit(
        providers=len(providers),
        fixed_year=(fits[0][0], fits[1][0]),
        connection_year=(fits[0][1], fits[1][1]),
        volume_share=float(share.median()),
        volume_cost_m3=float(per_m3.quantile(0.25)),
    )


def town_costs(fit: ProviderFit) -> TownCosts:
    """Return the costs of a town in soles of 2023.

    1. Reais of 2021 become soles of 2023: times parity, times the rise of consumer prices.
    2. Fixed cost of a provider: geometric mean of the two fits, less the overhead of the smallest
       operator model (management, office: shared when towns share an operator); the rest (the
       plant's operator, analyses, water right) stays with the town. Rounded to 5,000.
    3. Cost per connection: mean of the two fits, less energy and chemicals (a cost per m3 here),
       less the growth of the operator models' overhead with size. Rounded to 5.
    4. Cost per m3 produced: the lower quartile, for systems fed by gravity with little pumping.
       Rounded to 0.05.

    Examples
    --------
    >>> town_costs(ProviderFit(527, (43_700.0, 112_000.0), (322.6, 292.2), 0.40, 0.25))
    TownCosts(fixed_cost_year=25000.0, connection_cost_year=140.0, volume_cost_m3=0.2)
    """
    soles = BRL_TO_PEN_2021 * PRICES_2021_TO_2023
    fixed = soles * float(np.sqrt(np.prod(fit.fixed_year))) - SMALLEST_OPERATOR_YEAR
    each = soles * float(np.mean(fit.connection_year)) * (1.0 - fit.volume_share)
    return TownCosts(
        fixed_cost_year=5000.0 * round(fixed / 5000.0),
        connection_cost_year=5.0 * round((each - OVERHEAD_PER_CONNECTION) / 5.0),
        volume_cost_m3=round(0.05 * round(soles * fit.volume_cost_m3 / 0.05), 2),
    )
