"""The poverty line that the Peruvian instances use, and how inequality is set."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from optimizer.instance.derive.incomes import mean_from_poverty

__all__ = [
    "NATIONAL_LINE_2023",
    "PERSONS_PER_HOUSEHOLD",
    "SPENDING_GINI",
    "mean_incomes",
    "poverty_line",
]

NATIONAL_LINE_2023 = 446.0
"""National poverty line of 2023, soles per person and month (INEI, note of May 2024)."""

SPENDING_GINI = 0.35
"""Inequality of household spending inside a town. Assumed: the poverty map measures spending, which
is spread less than income (Gini of income, Peru 2023: 0.407), and a town less than the country."""

PERSONS_PER_HOUSEHOLD = 4.0
"""Assumed; the census of 2017 has 3.7, poor households are larger."""

_LINE_OF = {"COSTA": "Costa", "LIMA Y CALLAO": "Costa", "SIERRA": "Sierra", "SELVA": "Selva"}


def poverty_line(data: Path, domain: str) -> float:
    """Return the poverty line of a natural region in soles of 2023 per person and month.

    The published line of 2018 times the rise of the national line from 2018 to 2023, rounded to
    whole soles.

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``income_params``.
    domain : {"Peru", "Costa", "Sierra", "Selva"}
        Natural region.

    Raises
    ------
    KeyError
        If the table has no line for the domain.
    """
    table = pd.read_csv(data / "income_params" / "peru_parametros_ingreso_pobreza.csv")
    rows = table[(table["parametro"] == "linea_pobreza_pc_mes") & (table["anio"] == 2018)]
    lines = rows.set_index("ambito")["valor"].astype(float)
    return float(round(lines[domain] * NATIONAL_LINE_2023 / lines["Peru"]))


def mean_incomes(data: Path, districts: pd.DataFrame) -> pd.Series:
    """Return the mean household income of districts, soles of 2023 a month, to whole soles.

    From the poverty rate of the district, the poverty line of its natural region and
    :data:`SPENDING_GINI`; see :func:`optimizer.instance.derive.incomes.mean_from_poverty`.

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``income_params``.
    districts : pandas.DataFrame
        ``reg_nat`` and ``pobreza2018_pct`` (percent).
    """
    lines = {name: poverty_line(data, domain) for name, domain in _LINE_OF.items()}
    household = districts["reg_nat"].map(lines).to_numpy(dtype=float) * PERSONS_PER_HOUSEHOLD
    rate = districts["pobreza2018_pct"].to_numpy(dtype=float) / 100.0
    means = mean_from_poverty(rate, household, SPENDING_GINI)
    return pd.Series(means.round(), index=districts.index, name="income_month")
