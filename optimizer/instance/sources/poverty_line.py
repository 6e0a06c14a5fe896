"""The poverty line that the Peruvian instances use, and how inequality is set."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

__all__ = ["NATIONAL_LINE_2023", "SPENDING_GINI", "poverty_line"]

NATIONAL_LINE_2023 = 446.0
"""National poverty line of 2023, soles per person and month (INEI, note of May 2024)."""

SPENDING_GINI = 0.35
"""Inequality of household spending inside a town. Assumed: the poverty map measures spending, which
is spread less than income (Gini of income, Peru 2023: 0.407), and a town less than the country."""


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
