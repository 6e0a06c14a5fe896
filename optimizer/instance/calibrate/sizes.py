"""What providers of each size cost, as the table has it, beside what the fit says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["SIZE_EDGES", "size_table"]

SIZE_EDGES = (100.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0, 20_000.0)
"""Connections at which size classes meet; the classes below and above are open."""


def size_table(rows: pd.DataFrame, edges: Sequence[float] = SIZE_EDGES) -> pd.DataFrame:
    """Return figures of each size class of one service.

    Parameters
    ----------
    rows : pandas.DataFrame
        Providers with ``connections``, ``operating_cost_year``, ``fitted_cost_year``,
        ``volume_m3_year``, ``staff``.
    edges : sequence of float
        Connections at which classes meet, growing.

    Returns
    -------
    pandas.DataFrame
        Index ``size_class``; ``providers``, ``unit_cost_lower_quartile``, ``unit_cost_median``,
        ``unit_cost_upper_quartile``, ``unit_cost_fitted`` (money/connection/year),
        ``cost_over_fit`` (median factor; far from 1 where the fit has the wrong form),
        ``m3_connection_month``, ``staff_1000_connections`` (medians).

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"connections": [400.0, 1500.0], "operating_cost_year": [2e5, 6e5],
    ...     "fitted_cost_year": [1e5, 6e5], "volume_m3_year": [96e3, None], "staff": [2.0, 3.0]})
    >>> size_table(rows, (500.0,))[["providers", "unit_cost_median", "cost_over_fit"]]
                providers  unit_cost_median  cost_over_fit
    size_class
    below 500           1             500.0            2.0
    from 500            1             400.0            1.0
    """
    size = rows["connections"]
    figures = pd.DataFrame(
        {
            "unit_cost": rows["operating_cost_year"] / size,
            "unit_cost_fitted": rows["fitted_cost_year"] / size,
            "cost_over_fit": rows["operating_cost_year"] / rows["fitted_cost_year"],
            "m3_connection_month": rows["volume_m3_year"] / size / 12.0,
            "staff_1000_connections": 1000.0 * rows["staff"] / size,
        }
    )
    place = np.digitize(size, edges)
    parts = {_name(at, edges): _figures(part) for at, part in figures.groupby(place)}
    table = pd.DataFrame.from_dict(parts, orient="index").astype({"providers": "int64"})
    table.index.name = "size_class"
    return table


def _figures(part: pd.DataFrame) -> dict[str, float]:
    low, middle, high = part["unit_cost"].quantile([0.25, 0.5, 0.75])
    rest = part.drop(columns="unit_cost").median()
    quartiles = {
        "unit_cost_lower_quartile": low,
        "unit_cost_median": middle,
        "unit_cost_upper_quartile": high,
    }
    return {"providers": len(part), **quartiles, **{str(k): float(v) for k, v in rest.items()}}


def _name(at: object, edges: Sequence[float]) -> str:
    position = int(str(at))
    if position == 0:
        return f"below {edges[0]:,.0f}"
    if position == len(edges):
        return f"from {edges[-1]:,.0f}"
    return f"{edges[position - 1]:,.0f}-{edges[position]:,.0f}"
