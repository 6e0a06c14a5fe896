"""Fill what the planner left open, and say from what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.cost_terms.terms import terms_of
from optimizer.instance.derive.incomes import (
    group_names,
    group_shares_of_income,
    mean_from_poverty,
)
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import Findings, number_of
from optimizer.instance.schema.cost_fields import settings_terms
from optimizer.instance.schema.fields import Costs, Incomes
from optimizer.messages.message import Message

__all__ = [
    "OFF",
    "capital_recovery",
    "filled_households",
    "filled_towns",
    "with_connections",
    "with_town_shares",
]

FROM_COSTS = (
    "consumption_m3_month",
    "collection_rate",
    "non_revenue_water",
    "trips_year",
    "unmetered_share",
    "sewer_share",
    *(term.column for term in settings_terms()),
)
OF_THE_TOWN = ("unmetered_share", "sewer_share")
"""Shares of households and customers that are those of their town where not given."""
TRIPS_MOST = 5_000.0
"""Most trips of a crew to a town in a year."""
OFF = (
    *OF_THE_TOWN,
    *(term.column for term in terms_of() if term.may_be_absent),
)
"""Columns that say nothing where they are 0 everywhere or absent."""
SHARES_OFF_MOST = 0.005
"""Shares of a town that sum to 1 within this were rounded, and are scaled to 1."""


def capital_recovery(rate: float, years: float) -> float:
    """Return the yearly payment that replaces one unit of money over its life.

    The capital recovery factor ``r / (1 - (1 + r)^-n)``, and ``1 / n`` without interest.

    Parameters
    ----------
    rate : float
        Real interest per year, 0 or more.
    years : float
        Life, above 0.

    Examples
    --------
    >>> round(capital_recovery(0.04, 25.0), 5), capital_recovery(0.0, 25.0)
    (0.06401, 0.04)
    """
    if rate == 0.0:
        return 1.0 / years
    return float(rate / -np.expm1(-years * np.log1p(rate)))


def filled_towns(towns: pd.DataFrame, costs: Costs, found: Findings) -> pd.DataFrame:
    """Return the towns without gaps, from ``[costs]``.

    Parameters
    ----------
    towns : pandas.DataFrame
        Columns of ``fields.Town``; NaN where the planner gave nothing.
    costs : Costs
        What stands in.
    found : Findings
        Receives one note for every column that was filled.

    Returns
    -------
    pandas.DataFrame
        A copy; ``income_month``, ``gini``, ``poverty_rate`` and ``asset_value`` may keep gaps.

    Examples
    --------
    >>> from optimizer.instance.schema.fields import Town
    >>> columns = {name: [None] for name in Town.model_fields}
    >>> towns = pd.DataFrame({**columns, "town": ["A"], "name": ["Alto"], "population": [4000.0]})
    >>> filled_towns(towns.infer_objects(), Costs(), Findings())["connections"].tolist()
    [1000.0]
    """
    full = towns.copy()
    unnamed = full["name"] == ""
    full["name"] = full["name"].mask(unnamed, full["town"])
    found.note("towns", "name", int(unnamed.sum()), Message("the town's key"))
    persons = costs.persons_per_connection
    how = Message("population / {amount:g} persons per connection", amount=persons)
    _fill(full, "connections", full["population"] / persons, how, found)
    _trips(full, costs, found)
    settings = costs.model_dump()
    for column in FROM_COSTS:
        how = Message("{amount:g}, from [costs]", amount=settings[column])
        off = column in OFF and settings[column] == 0.0
        _fill(full, column, settings[column], how, Findings() if off else found)
    factor = capital_recovery(costs.discount_rate, costs.asset_life_years)
    rate, years = costs.discount_rate, costs.asset_life_years
    how = Message("annuity at {rate:g} over {n:g} years of the asset value", rate=rate, n=years)
    _fill(full, "replacement_cost_year", full["asset_value"] * factor, how, found)
    assets = costs.asset_value_connection
    how = Message(
        "annuity at {rate:g} over {n:g} years of {amount:g} per connection, from [costs]",
        rate=rate,
        n=years,
        amount=assets,
    )
    _fill(full, "replacement_cost_year", full["connections"] * assets * factor, how, found)
    sewers, life = costs.sewer_asset_value_connection, costs.sewer_asset_life_years
    yearly = sewers * capital_recovery(costs.discount_rate, life)
    how = Message(
        "annuity at {rate:g} over {n:g} years of {amount:g}, from [costs]",
        rate=rate,
        n=life,
        amount=sewers,
    )
    note = found if sewers else Findings()
    _fill(full, "sewer_replacement_connection_year", yearly, how, note)
    return full


def _trips(towns: pd.DataFrame, costs: Costs, found: Findings) -> None:
    """Fill the trips of towns by their size, where ``[costs]`` says so."""
    each = costs.trips_per_1000_connections
    if not each:
        return
    by_size = (each * towns["connections"] / 1000.0).clip(costs.trips_year, TRIPS_MOST)
    how = Message(
        "{amount:g} per 1,000 connections and at least {limit:g}, from [costs]",
        amount=each,
        limit=costs.trips_year,
    )
    _fill(towns, "trips_year", by_size, how, found)


def _fill(
    frame: pd.DataFrame, column: str, value: float | pd.Series, how: Message, found: Findings
) -> None:
    """Fill the gaps of a column in a table that the caller has just made."""
    gaps = frame[column].isna()
    frame[column] = frame[column].fillna(value)
    found.note("towns", column, int((gaps & frame[column].notna()).sum()), how)


def filled_households(
    towns: Table, given: Table | None, incomes: Incomes, found: Findings
) -> pd.DataFrame:
    """Return household groups of every town: the given ones, and derived ones elsewhere.

    Parameters
    ----------
    towns : Table
        Typed rows of ``towns.csv``, before or after filling.
    given : Table or None
        Typed rows of ``households.csv``.
    incomes : Incomes
        How incomes are derived.
    found : Findings
        Receives notes, and a problem for each town whose incomes cannot be derived.

    Returns
    -------
    pandas.DataFrame
        Columns ``town``, ``group``, ``share``, ``income_month``, ``consumption_m3_month`` (NaN
        where not given), ``category``; groups of a town sum to a share of 1.
    """
    open_towns = towns
    parts = []
    if given is not None:
        parts.append(_scaled(given.frame, found))
        missing = ~towns.frame["town"].isin(given.frame["town"]).to_numpy(dtype=bool)
        open_towns = Table(
            towns.file, towns.frame[missing].reset_index(drop=True), towns.lines[missing]
        )
    if len(open_towns.frame) or not parts:
        parts.append(_quantiles(open_towns, incomes, found))
    rows = pd.concat(parts, ignore_index=True)
    order = pd.Series(range(len(towns.frame)), index=towns.frame["town"].to_numpy())
    place = rows["town"].map(order[~order.index.duplicated()])
    return rows.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)


def _scaled(given: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """Return the given groups with the shares of each town scaled to 1 where rounding broke it."""
    total = given.groupby("town")["share"].transform("sum")
    rounded = (total - 1.0).abs().between(1e-9, SHARES_OFF_MOST)
    towns = int(given.loc[rounded, "town"].nunique())
    found.note("households", "share", towns, Message("rounded shares of a town scaled to sum to 1"))
    share = given["share"].where(~rounded, given["share"] / total)
    return given.assign(share=share)


def _quantiles(towns: Table, incomes: Incomes, found: Findings) -> pd.DataFrame:
    frame = towns.frame
    gini = frame["gini"].fillna(incomes.gini)
    found.note(
        "households",
        "gini",
        int(frame["gini"].isna().sum()),
        Message("{amount:g}, from [incomes]", amount=incomes.gini),
    )
    mean = _mean_incomes(frame, gini, incomes, found)
    remedy = (
        "give income_month (here or in [incomes]), or poverty_rate with "
        "[incomes] poverty_line_person_month, or rows in households.csv"
    )
    unknown = np.flatnonzero(mean.isna())
    if len(unknown):
        what = f"household incomes of {number_of(len(unknown), 'town')} cannot be derived, "
        what += f"first {frame['town'].iloc[unknown[0]]!r}"
        found.problem(towns.file, towns.line(int(unknown[0])), "income_month", what, remedy)
    names = group_names(incomes.groups)
    ratios = group_shares_of_income(gini.to_numpy(dtype=float), incomes.groups)
    how = Message("{n} equal groups of a lognormal with the town's mean and Gini", n=incomes.groups)
    found.note("households", "income_month", len(frame), how)
    count = len(frame) * len(names)
    return pd.DataFrame(
        {
            "town": np.repeat(frame["town"].to_numpy(), len(names)),
            "group": np.tile(names, len(frame)),
            "share": np.full(count, 1.0 / len(names)),
            "income_month": (mean.to_numpy(dtype=float)[:, None] * ratios).ravel(),
            "consumption_m3_month": np.full(count, np.nan),
            "category": ["domestic"] * count,
            **{column: np.full(count, np.nan) for column in OF_THE_TOWN},
        }
    ).astype({"town": "str", "group": "str", "category": "str"})


def _mean_incomes(
    towns: pd.DataFrame, gini: pd.Series, incomes: Incomes, found: Findings
) -> pd.Series:
    """Return the mean income of each town: its own, from its poverty rate, or the region's."""
    mean = towns["income_month"].copy()
    if incomes.poverty_line_person_month is not None:
        line = incomes.poverty_line_person_month * incomes.persons_per_household
        rate = towns["poverty_rate"]
        by_rate = pd.Series(mean_from_poverty(rate, line, gini), index=towns.index)
        count = int((mean.isna() & by_rate.notna()).sum())
        how = Message("poverty rate, line of {amount:g} per household, and Gini", amount=line)
        found.note("households", "income_month", count, how)
        mean = mean.fillna(by_rate)
    if incomes.income_month is not None:
        count = int(mean.isna().sum())
        how = Message("{amount:g}, from [incomes]", amount=incomes.income_month)
        found.note("households", "income_month", count, how)
        mean = mean.fillna(incomes.income_month)
    return mean


def with_connections(
    households: pd.DataFrame, towns: pd.DataFrame, found: Findings
) -> pd.DataFrame:
    """Return household groups indexed by town and group, with connections and consumption.

    Parameters
    ----------
    households : pandas.DataFrame
        Result of :func:`filled_households`.
    towns : pandas.DataFrame
        Filled towns, index ``town``.
    found : Findings
        Receives a note where a group's consumption is the town's.
    """
    of_town = towns.loc[households["town"], ["connections", "consumption_m3_month"]]
    use = households["consumption_m3_month"]
    found.note(
        "households", "consumption_m3_month", int(use.isna().sum()), Message("the town's mean")
    )
    own = pd.Series(of_town["consumption_m3_month"].to_numpy(), index=households.index)
    connections = households["share"].to_numpy() * of_town["connections"].to_numpy()
    full = households.assign(connections=connections, consumption_m3_month=use.fillna(own))
    columns = ["share", "connections", "income_month", "consumption_m3_month", "category"]
    known = "price_elasticity" in full.columns and full["price_elasticity"].notna().any()
    extra = ["price_elasticity"] if known else []
    whole = with_town_shares(full.set_index(["town", "group"]), towns)
    return whole[[*columns, *OF_THE_TOWN, *extra]]


def with_town_shares(table: pd.DataFrame, towns: pd.DataFrame) -> pd.DataFrame:
    """Return households or customers with the shares of their town where they have none.

    Parameters
    ----------
    table : pandas.DataFrame
        First index level ``town``; the columns :data:`OF_THE_TOWN` may hold gaps.
    towns : pandas.DataFrame
        Filled towns, index ``town``.
    """
    key = table.index.get_level_values("town")
    own = {
        column: table[column].fillna(pd.Series(towns[column].reindex(key).array, table.index))
        for column in OF_THE_TOWN
    }
    return table.assign(**own)
