"""All of Peru's small towns as one instance, or those of some departments (for large runs)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Incomes, Source, Travel
from optimizer.instance.schema.policy import Policy
from optimizer.instance.sources.costs_from_snis import (
    provider_fit,
    town_costs,
    water_only_providers,
)
from optimizer.instance.sources.peru_tables import (
    districts,
    neighbours,
    neighbours_across_gaps,
    towns_table,
)
from optimizer.instance.sources.peru_text import cost_record, model_table, tariff_record
from optimizer.instance.sources.pilot_nine import DETOUR_FACTOR, SPEED_KM_H
from optimizer.instance.sources.poverty_line import SPENDING_GINI, mean_incomes
from optimizer.instance.sources.san_martin import commercial_customers

__all__ = ["peru"]


def peru(
    data: Path,
    *,
    people_least: float = 2_000,
    people_most: float = 30_000,
    departments: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    policy: Policy | None = None,
) -> Instance:
    """Return Peru's small towns: 578 districts of 2,000-30,000 urban people, 1,386 from 500 up.

    Travel is derived (straight line x detour / speed, as on the roads of San Martin); costs,
    tariff rules, customers and operator models are those of ``instances/san_martin``; incomes come
    from the poverty rate and the poverty line of the natural region; the zone is the department.

    Parameters
    ----------
    data : pathlib.Path
        Folder of the public tables (``peru_districts``, ``peru_boundaries``, ``income_params``,
        ``brazil_snis_2021``).
    people_least, people_most : float
        Urban people of 2023 of the districts that are kept.
    departments : sequence of str, optional
        Only these departments, as the table spells them (``"San Martín"``).
    only : sequence of str, optional
        Only these districts (six-digit codes).
    policy : Policy, optional
        Promises; the defaults where absent.

    Raises
    ------
    FileNotFoundError
        If a table is absent.
    ValueError
        If a department is not in the table, or no district is left.
    """
    table = districts(data)
    if departments is not None:
        unknown = sorted(set(departments) - set(table["departamento"]))
        if unknown:
            raise ValueError(f"no such department: {', '.join(unknown)}")
        table = table[table["departamento"].isin(departments)]
    kept = table[table["pob_urbana_2023"].between(people_least, people_most)]
    kept = kept if only is None else kept[kept.index.isin(only)]
    if kept.empty:
        raise ValueError("no district has that many people")
    towns = towns_table(kept, zone="departamento").drop(columns="poverty_rate")
    towns["name"] = _unique_names(towns["name"], kept)
    towns["income_month"] = mean_incomes(data, kept).to_numpy()
    pairs = neighbours(data)
    inside = pairs["town_a"].isin(table.index) & pairs["town_b"].isin(table.index)
    costs = town_costs(provider_fit(water_only_providers(data)))
    return instance_from_tables(
        name="peru",
        title=f"Peru: {len(towns):,} small towns",
        currency="PEN",
        price_year=2023,
        crs="EPSG:32718",
        towns=towns,
        operator_models=model_table(cities=people_most > 30_000),
        costs=cost_record(costs),
        incomes=Incomes(gini=SPENDING_GINI),
        tariff=tariff_record(),
        travel=Travel(detour_factor=DETOUR_FACTOR, speed_km_h=SPEED_KM_H),
        policy=policy or Policy(),
        customers=commercial_customers(towns),
        adjacency_table=neighbours_across_gaps(pairs[inside], pd.Index(towns["town"])),
        sources=(
            Source(title="Districts: people, places, poverty", publisher="INEI, MINAM (Peru)"),
        ),
        assumptions=("Travel is derived from the straight line everywhere.",),
    )


def _unique_names(names: pd.Series, districts: pd.DataFrame) -> pd.Series:
    """Return names with the province, and the code as a last resort, where several are equal."""
    again = names.duplicated(keep=False)
    longer = names + ", " + districts["provincia"].to_numpy()
    names = names.mask(again, longer)
    again = names.duplicated(keep=False)
    return names.mask(again, names + " " + districts.index.to_numpy())
