"""From joined tables to the columns that a region has; what is left out and assumed is said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from optimizer.importing.columns.words import plain
from optimizer.importing.region.joining import Joined
from optimizer.importing.wishes import Question
from optimizer.instance.reading.findings import number_of
from optimizer.instance.schema.fields import Town
from optimizer.plausible.countries import Country

__all__ = ["Completed", "completed"]

QUINTILES = tuple(f"income_q{n}" for n in range(1, 6))
OURS = tuple(Town.model_fields)
PEOPLE_LEAST = 10.0
POVERTY = (0.001, 0.999)
SHOWN_MOST = 5
NO_PROVIDER = frozenset(
    [
        "jass",
        "jaas",
        "comite",
        "comit",
        "no",
        "tiene",
        "no",
        "existe",
        "municipalidad",
        "municipio",
        "junta",
        "none",
        "ninguno",
        "sin",
        "prestador",
    ]
) | {"no tiene", "no existe", "sin prestador", "junta administradora"}


@dataclass(eq=False)
class Completed:
    """Towns ready to be a region, and what else was in the tables.

    Attributes
    ----------
    towns : pandas.DataFrame
        Columns of ``towns.csv`` that are known.
    beside : pandas.DataFrame
        Index ``town``; the planner's other columns.
    rows : numpy.ndarray of int
        Row of the joined tables of each town.
    households, targets : pandas.DataFrame or None
        Rows of those tables.
    today : pandas.Series or None
        Who serves each town today.
    missing : list of str
        What a region needs and no table gives.
    assumptions : list of str
        What was assumed.
    """

    towns: pd.DataFrame
    beside: pd.DataFrame
    rows: np.ndarray
    households: pd.DataFrame | None = None
    targets: pd.DataFrame | None = None
    today: pd.Series | None = None
    persons_per_connection: float | None = None
    poverty_line: float | None = None
    missing: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)


def completed(
    joined: Joined, country: Country | None, *, people: tuple[float, float] | None
) -> Completed:
    """Return the towns of joined tables with the columns of a region.

    Parameters
    ----------
    joined : Joined
        Fields of all towns.
    country : Country or None
        Where they are; None where nothing tells.
    people : (float, float), optional
        Only towns with so many people, both ends included.
    """
    fields = joined.fields.reset_index(drop=True)
    found = Completed(pd.DataFrame(), pd.DataFrame(), np.arange(len(fields)))
    _keys(fields, found)
    kept = _usable(fields, people, found)
    fields = fields[kept].reset_index(drop=True)
    found.rows = np.flatnonzero(kept)
    _counts(fields, found)
    _incomes(fields, country, found)
    found.towns = fields[[name for name in OURS if name in fields]].copy()
    _with_today(fields, found)
    beside = joined.beside.reindex(range(len(kept)))[kept].reset_index(drop=True)
    kept_fields = [n for n in fields if n not in OURS and n not in ("operator", *QUINTILES)]
    for name in kept_fields:
        beside[name] = fields[name]
    found.beside = beside.set_axis(pd.Index(fields["town"], name="town"), axis=0)
    return found


def _keys(fields: pd.DataFrame, found: Completed) -> None:
    """Give every town a key: its code, or its name, with its zone where names repeat."""
    if "town" in fields and (fields["town"].astype(str) != "").all():
        if "name" not in fields:
            fields["name"] = fields["town"]
            found.said.append("no column of names: towns are called by their codes")
        return
    names = fields["name"].astype(str) if "name" in fields else pd.Series([""] * len(fields))
    keys = names.copy()
    if keys.duplicated().any() and "zone" in fields:
        keys = keys.where(~keys.duplicated(keep=False), keys + ", " + fields["zone"].astype(str))
    twice = keys.duplicated(keep=False) & (keys != "")
    number = keys.groupby(keys).cumcount() + 1
    keys = keys.where(~(twice & (number > 1)), keys + " " + number.astype(str))
    if "town" in fields:
        given = fields["town"].astype(str)
        keys = given.where(given != "", keys)
        found.said.append(f"{int((given == '').sum()):,} rows without a code: named by their name")
    elif twice.any():
        first = names[twice].iloc[0]
        what = f"{int(twice.sum()):,} rows share their name with another, first {first!r}; numbered"
        found.asked.append(Question("towns", what, "give a table with codes"))
    fields["town"] = keys


def _usable(
    fields: pd.DataFrame, people: tuple[float, float] | None, found: Completed
) -> np.ndarray:
    """Return which rows can be towns; tell the others, and what no row has."""
    kept = (fields["town"].astype(str) != "").to_numpy(dtype=bool, copy=True)
    name = fields["name"] if "name" in fields else fields["town"]

    def left_out(which: np.ndarray, why: str) -> None:
        rows = np.flatnonzero(which if "without" in why else which & kept)
        if len(rows):
            first = ", ".join(str(name.iloc[at]) for at in rows[:SHOWN_MOST])
            more = " ..." if len(rows) > SHOWN_MOST else ""
            found.said.append(f"{number_of(len(rows), 'town')} {why}, left out: {first}{more}")
        kept[rows] = False

    if "population" in fields and fields["population"].notna().any():
        left_out(fields["population"].isna().to_numpy(), "without a number of people")
        few = (fields["population"] < PEOPLE_LEAST).to_numpy()
        left_out(few, f"of fewer than {PEOPLE_LEAST:.0f} people")
        if people is not None:
            inside = fields["population"].between(*people).to_numpy()
            left_out(~inside, f"outside {people[0]:,.0f} to {people[1]:,.0f} people")
    else:
        found.missing.append("people: no column of people; add a table with a census count")
    placed = {"lon", "lat"} <= set(fields)
    if placed and fields["lon"].notna().any():
        left_out((fields["lon"].isna() | fields["lat"].isna()).to_numpy(), "without a place")
    else:
        found.missing.append(
            "places: no longitude and latitude, no shapes; add a table or a map layer with them"
        )
    return kept


def _counts(fields: pd.DataFrame, found: Completed) -> None:
    """Keep counts within what a region allows."""
    if "connections" in fields:
        none = fields["connections"] <= 0
        if none.any():
            found.said.append(f"connections: {int(none.sum()):,} towns with 0 taken for unknown")
            fields.loc[none, "connections"] = np.nan
        more = fields["connections"] > fields.get("population", np.inf)
        if more.any():
            first = fields.loc[more].iloc[0]
            what = f"{number_of(int(more.sum()), 'town')} with more connections than people, first "
            what += f"{first['town']} ({first['connections']:,g} for {first['population']:,g}); "
            what += "connections left open there"
            found.asked.append(Question("connections", what, "correct connections or people"))
            fields.loc[more, "connections"] = np.nan
    elif "households" in fields and "population" in fields:
        both = fields["households"].gt(0) & fields["population"].notna()
        if both.any():
            people, homes = (
                fields.loc[both, "population"].sum(),
                fields.loc[both, "households"].sum(),
            )
            found.persons_per_connection = float(round(people / homes, 2))
            found.assumptions.append(
                f"No column of connections: one for each household, {people / homes:.2f} people."
            )
    for name in ("collection_rate", "non_revenue_water", "unmetered_share", "sewer_share"):
        if name in fields:
            fields[name] = fields[name].clip(0.0 if name != "collection_rate" else 0.001, 1.0)


def _incomes(fields: pd.DataFrame, country: Country | None, found: Completed) -> None:
    """Bring incomes per head, quintiles and poverty to what a region holds."""
    if "income_person_month" in fields and "income_month" not in fields:
        size: float | pd.Series = 4.0
        how = "4 people a household"
        if "household_size" in fields:
            size, how = fields["household_size"], "the town's people per household"
        elif country is not None:
            size = country.persons_per_household
            how = f"{size:g} people a household ({country.name})"
        fields["income_month"] = fields["income_person_month"] * size
        found.assumptions.append(f"Household income: income per head times {how}.")
    if "poverty_rate" in fields:
        outside = (fields["poverty_rate"] < POVERTY[0]) | (fields["poverty_rate"] > POVERTY[1])
        if outside.any():
            found.said.append(
                f"poverty_rate: {int(outside.sum()):,} towns at 0 or 100 %, set to 0.1 or 99.9 %"
            )
        fields["poverty_rate"] = fields["poverty_rate"].clip(*POVERTY)
    if "poverty_line" in fields and fields["poverty_line"].notna().any():
        found.poverty_line = float(fields["poverty_line"].median())
        if fields["poverty_line"].min() < fields["poverty_line"].max():
            found.assumptions.append("The median poverty line of the towns stands for all.")
    if set(QUINTILES) <= set(fields):
        rows = [
            {"town": town, "group": f"q{n}", "share": 0.2, "income_month": income}
            for town, incomes in zip(
                fields["town"], fields[list(QUINTILES)].to_numpy(), strict=True
            )
            for n, income in enumerate(np.sort(incomes), start=1)
            if np.isfinite(incomes).all() and (incomes > 0).all()
        ]
        found.households = pd.DataFrame(rows)
        towns = len(rows) // 5
        found.said.append(f"household groups: five incomes of {number_of(towns, 'town')}")


def _with_today(fields: pd.DataFrame, found: Completed) -> None:
    """Return who serves the towns today, and what is paid, where columns say so."""
    if "bill_today_month" in fields or ("tariff_m3" in fields and "consumption_m3_month" in fields):
        bill = fields.get("bill_today_month")
        if bill is None:
            bill = fields["tariff_m3"] * fields["consumption_m3_month"]
            found.assumptions.append("Bill of today: mean price times mean use of a connection.")
        known = bill.notna()
        frame = pd.DataFrame({"town": fields["town"], "bill_today_month": bill})[known]
        found.targets = frame if len(frame) else None
    if "operator" not in fields:
        return
    names = fields["operator"].fillna("").astype(str)
    spelled: dict[str, str] = {}
    counts = Counter(plain(name) for name in names)
    labels = []
    for town, name in zip(fields["town"], names, strict=True):
        bare = plain(name)
        own = not bare or bare in NO_PROVIDER
        labels.append(f"{name or 'none'} ({town})" if own else spelled.setdefault(bare, name))
    found.today = pd.Series(labels, index=pd.Index(fields["town"], name="town"), name="operator")
    merged = names.nunique() - len([k for k in counts if k])
    shared = sum(n > 1 for bare, n in counts.items() if bare and bare not in NO_PROVIDER)
    found.said.append(
        f"grouping today: {found.today.nunique():,} operators, {shared:,} of several towns"
        + (f"; {merged:,} other spellings of a name put together" if merged > 0 else "")
    )
