"""What providers spend against what the engine would have said, with its intervals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.validation.providers import local_providers, pooled_providers, read_providers
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.instance.schema.uncertainty_fields import Uncertainty
from optimizer.instance.sources.costs_from_snis import BRL_TO_PEN_2021, PRICES_2021_TO_2023
from optimizer.uncertainty.draws import Draws, draw
from optimizer.uncertainty.ranges import stated_or_default

__all__ = ["Hindcast", "hindcast", "regression", "section"]

REGION = "instances/san_martin"
SOLES = BRL_TO_PEN_2021 * PRICES_2021_TO_2023
"""Soles of 2023 for a real of 2021."""
HOURS = 1.0
"""Hours from the seat of a pooled operator to a town, one way: not in the accounts."""
DRAWS, SEED = 1000, 0
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Providers with what they spent and what the engine says, reais of 2021 per connection.

    Attributes
    ----------
    pooled, local : pandas.DataFrame
        ``actual``, ``pooled`` (as one operator), ``alone`` (each municipality by itself), ``ratio``
        of actual to the one that holds, ``low``, ``high`` (90 % interval of the engine) and
        ``inside``.
    """

    pooled: pd.DataFrame
    local: pd.DataFrame


def hindcast(data: Path) -> Hindcast:
    """Return pooled and local providers against the costs of the bundled region San Martin.

    Those costs were fitted to local water-only providers of the same table: of them the median is
    no test, but the spread is, and pooled operators and providers with sewers were not used.
    """
    region, providers = read(REGION), read_providers(data)
    pooled = _against(region, pooled_providers(providers), together=True)
    return Hindcast(pooled, _against(region, local_providers(providers), together=False))


def _against(region: Instance, rows: pd.DataFrame, *, together: bool) -> pd.DataFrame:
    towns = rows["municipalities"].fillna(1.0).clip(lower=1.0).to_numpy(dtype=np.float64)
    towns = towns if together else np.ones(len(rows))
    size = rows["connections"].to_numpy(dtype=np.float64)
    produced = rows["produced_thousand_m3"].to_numpy(dtype=np.float64) * 1000.0
    usual = size * 12 * 15 / 0.65
    produced = np.where(np.isfinite(produced) & (produced > 0), produced, usual)
    records = Uncertainty(data=stated_or_default(region))
    models = [str(model) for model in region.operator_models.index]
    low, high, pooled, alone = ([] for _ in range(4))
    for n, connections, m3 in zip(towns, size, produced, strict=True):
        keys = [f"town {k}" for k in range(int(n))]
        draws = draw(records, keys, models, draws=DRAWS, seed=SEED)
        drawn = _cost(region, draws, connections, m3, joined=together)
        certain = Draws(1)
        pooled.append(_cost(region, certain, connections, m3, joined=True, towns=int(n))[0])
        each = _cost(region, certain, connections / n, m3 / n, joined=False, towns=1)[0]
        alone.append(n * each)
        low.append(np.quantile(drawn, LOW))
        high.append(np.quantile(drawn, HIGH))
    table = pd.DataFrame(
        {
            "municipalities": towns.astype(int),
            "connections": size.astype(int),
            "sewered": rows["sewer_connections"].to_numpy(dtype=np.float64) > 0,
            "actual": rows["cost_year"].to_numpy(dtype=np.float64) / size,
            "pooled": np.array(pooled) / size / SOLES,
            "alone": np.array(alone) / size / SOLES,
            "low": np.array(low) / size / SOLES,
            "high": np.array(high) / size / SOLES,
        },
        index=rows.index,
    )
    table["ratio"] = table["actual"] / (table["pooled"] if together else table["alone"])
    table["inside"] = table["actual"].between(table["low"], table["high"])
    return table


def _cost(
    region: Instance,
    draws: Draws,
    connections: float,
    m3: float,
    *,
    joined: bool,
    towns: int | None = None,
) -> np.ndarray:
    """Return operating cost and overhead in each draw, soles a year; towns are of equal size."""
    first = region.towns.iloc[0]
    factor = np.ones((draws.count, 1))
    for name in ("costs", "operation"):
        factor = factor * draws.town.get(name, np.ones((1, 1)))
    count = factor.shape[1] if towns is None else towns
    share = np.broadcast_to(factor, (draws.count, count))
    town = first["fixed_cost_year"] + first["connection_cost_year"] * connections / count
    town = town + first["volume_cost_m3"] * m3 / count
    models = region.operator_models
    fits = models[
        (models["connections_least"] <= connections) & (models["connections_most"] >= connections)
    ]
    overhead = float((fits if len(fits) else models.iloc[[-1]])["overhead_year"].min())
    trips = draws.factor("trips", "hours")[:, :1]
    road = 2.0 * HOURS * first["trips_year"] * 40.0 * (count - 1) if joined else 0.0
    total = (town * share).sum(axis=1)
    total = total + overhead * draws.model.get("overhead", np.ones((1, 1)))[:, 0]
    return np.asarray(total + road * trips[:, 0], dtype=np.float64)


def regression(providers: pd.DataFrame, *, sewered: bool) -> pd.DataFrame:
    """Return the log-log fit of operating cost with robust standard errors (HC1).

    On connections, metres of network per connection and, with sewers, the share of connections that
    have one.
    """
    rows = providers[providers["network_km"] > 0]
    if not sewered:
        rows = rows[rows["sewer_connections"] == 0]
    size = rows["connections"].to_numpy(dtype=np.float64)
    columns = {
        "constant": np.ones(len(rows)),
        "log connections": np.log(size),
        "log network per connection": np.log(rows["network_km"] * 1000.0 / size),
    }
    if sewered:
        columns["share with sewer"] = (rows["sewer_connections"] / size).clip(upper=1.0)
    x = np.column_stack(list(columns.values()))
    y = np.log(rows["cost_year"].to_numpy(dtype=np.float64))
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    rest = y - x @ beta
    meat = (x * rest[:, None] ** 2).T @ x * len(y) / (len(y) - x.shape[1])
    error = np.sqrt(np.diag(inverse @ meat @ inverse))
    table = pd.DataFrame({"elasticity": beta, "low": beta - 1.96 * error}, index=list(columns))
    return table.assign(high=beta + 1.96 * error, providers=len(rows))


def section(data: Path) -> str:
    """Return the section of the page about costs."""
    found, providers = hindcast(data), local_providers(read_providers(data))
    lines = [
        "## Costs of operation",
        "",
        "Reais of 2021 per connection and year: what the accounts say, and what the engine says "
        "with the costs of the bundled region San Martin (soles of 2023, taken back to reais at "
        "parity). "
        f"The interval holds 90 % of {DRAWS:,} draws of the default ranges. Towns of a pooled "
        f"operator count as equal, {HOURS:g} hour from its seat.",
        "",
        "| operator | municipalities | connections | sewers | actual | as one | each alone "
        "| actual / as one | 90 % interval | inside |",
        "|---|--:|--:|---|--:|--:|--:|--:|--:|---|",
    ]
    for name, row in found.pooled.iterrows():
        lines.append(
            f"| {name} | {row['municipalities']} | {row['connections']:,} "
            f"| {'yes' if row['sewered'] else 'no'} | {row['actual']:,.0f} | {row['pooled']:,.0f} "
            f"| {row['alone']:,.0f} | {row['ratio']:.2f} | {row['low']:,.0f} to {row['high']:,.0f} "
            f"| {'yes' if row['inside'] else 'no'} |"
        )
    lines += [
        "",
        "| local providers, 100 to 20,000 connections | count | actual / model: median "
        "| middle half | 5 % to 95 % | inside the interval |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for label, rows in (
        ("water only", found.local[~found.local["sewered"]]),
        ("water and sewers", found.local[found.local["sewered"]]),
    ):
        q = rows["ratio"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).to_numpy()
        lines.append(
            f"| {label} | {len(rows):,} | {q[2]:.2f} | {q[1]:.2f} to {q[3]:.2f} "
            f"| {q[0]:.2f} to {q[4]:.2f} | {rows['inside'].mean():.0%} |"
        )
    lines += ["", "Log-log fits of operating cost, 95 % confidence (robust):", ""]
    lines += ["| providers | term | estimate | from | to |", "|---|---|--:|--:|--:|"]
    for label, sewered in (("water only", False), ("all local", True)):
        fit = regression(providers, sewered=sewered)
        for term, row in fit.iterrows():
            if term != "constant":
                lines.append(
                    f"| {label} ({int(row['providers']):,}) | {term} | {row['elasticity']:.2f} "
                    f"| {row['low']:.2f} | {row['high']:.2f} |"
                )
    return "\n".join(lines) + "\n"
