"""From a table of providers to costs, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd

from optimizer.errors import InstanceError, PolicyError, Problem
from optimizer.instance.calibrate.read import Limits, Providers, read_providers
from optimizer.instance.calibrate.result import Calibration
from optimizer.instance.calibrate.service import FitOptions, ServiceFit, VolumeUse, fit_service
from optimizer.instance.calibrate.sizes import SIZE_EDGES, size_table

__all__ = ["PROVIDERS_LEAST", "calibrate"]

PROVIDERS_LEAST = 12
"""Fewest providers of a service that are fitted: four for each of three costs."""


def calibrate(
    table: pd.DataFrame | str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    service: str | None = None,
    volume_factor: float = 1.0,
    limits: Limits | None = None,
    size_edges: Sequence[float] = SIZE_EDGES,
    volume: VolumeUse = "auto",
    overhead_year: float = 0.0,
    money_factor: float = 1.0,
    draws: int = 200,
    seed: int = 0,
) -> Calibration:
    """Fit fixed, per-connection and per-m3 operating costs to a table of providers.

    Each service is fitted by itself: where water alone and water with sewerage are mixed, the
    larger providers, which more often run sewers, look dear for their size. The fit is a median
    regression in logarithms with non-negative costs
    (:func:`~optimizer.instance.calibrate.least_error.fit_costs`), so a fifth of wrong accounts
    does little harm.

    Parameters
    ----------
    table : pandas.DataFrame, str or pathlib.Path
        One row per provider; a CSV file (``.gz`` too) or a table.
    columns : mapping of str to str, optional
        The table's own column for ``provider``, ``service``, ``connections``, ``volume_m3_year``,
        ``operating_cost_year``, ``volume_cost_year``, ``weight``, ``staff``, ``year``; by default
        those names. Only connections and operating cost are needed.
    where : mapping of str to str, optional
        Only rows with this text in this column.
    service : str, optional
        The service whose costs are written; the one with most providers by default.
    volume_factor : float
        Factor from the table's volumes to m3.
    limits : Limits, optional
        Sizes that are fitted, and costs per connection that are taken as errors.
    size_edges : sequence of float
        Connections at which size classes meet.
    volume : {"auto", "fit", "leave_out"}
        Whether cost depends on m3: where the data can tell, always, never.
    overhead_year : float
        Part of the fixed cost that the instance's smallest operator model already has, in the
        table's money.
    money_factor : float
        Factor from the table's money to the instance's (currency and price year).
    draws, seed : int
        Repetitions of the bootstrap, and the seed of everything random.

    Returns
    -------
    Calibration

    Raises
    ------
    InstanceError
        If the table cannot be used; every wrong column and cell is listed with its row.
    PolicyError
        If an option contradicts itself or names a service that is not there.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> size = np.linspace(200.0, 9000.0, 40)
    >>> cost = 30e3 + 50.0 * size
    >>> cost[::5] *= 4.0
    >>> found = calibrate(pd.DataFrame({"connections": size, "operating_cost_year": cost}))
    >>> found.costs.round(1).to_dict()
    {'fixed_cost_year': 30000.0, 'connection_cost_year': 50.0, 'volume_cost_m3': 0.0}
    """
    _check(size_edges, overhead_year, money_factor, volume_factor, draws)
    providers = read_providers(
        table,
        columns=columns or {},
        where=where or {},
        volume_factor=volume_factor,
        limits=limits or Limits(),
    )
    options = FitOptions(volume=volume, draws=draws, seed=seed)
    parts = {str(name): part for name, part in providers.rows.groupby("service")}
    chosen, fits = _fits(service, parts, providers, options)
    return Calibration(
        source=providers.source,
        service=chosen,
        fits=fits,
        sizes=_sizes(fits, size_edges),
        dropped=_dropped(providers, parts, {n: len(f.rows) for n, f in fits.items()}),
        read=providers.read,
        options=options,
        size_edges=tuple(size_edges),
        overhead_year=overhead_year,
        money_factor=money_factor,
    )


def _check(
    edges: Sequence[float], overhead: float, money: float, volume: float, draws: int
) -> None:
    if not edges or any(a >= b for a, b in pairwise(edges)):
        raise PolicyError("size_edges must grow; give for example 500,1000,2000,5000")
    if not (0.0 <= overhead < float("inf")):
        raise PolicyError(f"overhead_year is {overhead:g}; give money per year, at least 0")
    for name, value in (("money_factor", money), ("volume_factor", volume)):
        if not (0.0 < value < float("inf")):
            raise PolicyError(f"{name} is {value:g}; give a factor above 0")
    if draws < 20:
        raise PolicyError(f"draws is {draws}; an interval needs at least 20")


def _fits(
    wanted: str | None,
    parts: Mapping[str, pd.DataFrame],
    providers: Providers,
    options: FitOptions,
) -> tuple[str, dict[str, ServiceFit]]:
    """Return the service that is written, and the fit of every service with enough providers."""
    large = {name: part for name, part in parts.items() if len(part) >= PROVIDERS_LEAST}
    chosen = _chosen_service(wanted, large, parts, providers)
    return chosen, {
        name: fit_service(name, part.reset_index(drop=True), options)
        for name, part in large.items()
    }


def _sizes(fits: Mapping[str, ServiceFit], edges: Sequence[float]) -> pd.DataFrame:
    """Return the size classes of every fitted service; index ``(service, class)``."""
    tables = {name: size_table(fit.rows, edges) for name, fit in fits.items()}
    return pd.concat(tables, names=["service"])


def _chosen_service(
    wanted: str | None,
    large: Mapping[str, pd.DataFrame],
    parts: Mapping[str, pd.DataFrame],
    providers: Providers,
) -> str:
    if not large:
        reasons = "; ".join(f"{n} {why}" for why, n in providers.dropped["providers"].items())
        what = f"has {len(providers.rows)} usable providers"
        remedy = f"a service needs at least {PROVIDERS_LEAST} with connections and cost" + (
            f" (left out: {reasons})" if reasons else ""
        )
        raise InstanceError([Problem(providers.source, None, "", what, remedy)])
    if wanted is None:
        return max(large, key=lambda name: len(large[name]))
    if wanted not in large:
        why = f"has only {len(parts[wanted])} providers" if wanted in parts else "is not there"
        raise PolicyError(f"service {wanted!r} {why}; services: {', '.join(large)}")
    return wanted


def _dropped(
    providers: Providers, parts: Mapping[str, pd.DataFrame], fitted: Mapping[str, int]
) -> pd.DataFrame:
    """Return what was left out, with the rows that only the fit of a service left out."""
    more = {}
    for name, part in parts.items():
        label = f" ({name})" if name else ""
        if name not in fitted:
            more[f"service with fewer than {PROVIDERS_LEAST} providers{label}"] = len(part)
        elif fitted[name] < len(part):
            more[f"no usable volume or cost of volume{label}"] = len(part) - fitted[name]
    extra = pd.DataFrame({"providers": pd.Series(more, dtype="int64")})
    table = pd.concat([providers.dropped, extra]).astype("int64")
    table.index.name = "reason"
    return table
