"""The Peruvian tables: districts with people and poverty, and which districts touch."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd

__all__ = ["districts", "neighbours", "neighbours_across_gaps", "town_names", "towns_table"]


def districts(data: Path) -> pd.DataFrame:
    """Return the 1,891 districts of Peru, index ``ubigeo`` (six-digit census code).

    Parameters
    ----------
    data : pathlib.Path
        Folder that holds ``peru_districts/peru_districts_joined.csv``.

    Returns
    -------
    pandas.DataFrame
        ``departamento``, ``provincia``, ``distrito``, ``capital_legal``, ``lon``, ``lat``
        (degrees), ``pob_urbana_2023`` (persons), ``pobreza2018_pct`` (percent), ``reg_nat``.
    """
    path = data / "peru_districts" / "peru_districts_joined.csv"
    table = pd.read_csv(path, dtype={"ubigeo": "str", "ccpp_code": "str", "reniec": "str"})
    columns = [
        "departamento",
        "provincia",
        "distrito",
        "capital_legal",
        "lon",
        "lat",
        "pob_urbana_2023",
        "pobreza2018_pct",
        "reg_nat",
    ]
    return table.set_index("ubigeo")[columns].sort_index()


def town_names(districts: pd.DataFrame) -> pd.Series:
    """Return a name for each district's town: its legal capital, and the district if it differs.

    Examples
    --------
    >>> table = pd.DataFrame({"capital_legal": ["Rioja", "Roque"],
    ...                       "distrito": ["Rioja", "Alonso de Alvarado"]})
    >>> town_names(table).tolist()
    ['Rioja', 'Roque (Alonso de Alvarado)']
    """
    capital, district = districts["capital_legal"], districts["distrito"]
    same = capital.map(_plain) == district.map(_plain)
    return capital.where(same, capital + " (" + district + ")").rename("name")


def _plain(name: str) -> str:
    """Return a name without capitals and accents, for comparison."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def towns_table(districts: pd.DataFrame, *, zone: str) -> pd.DataFrame:
    """Return ``towns.csv`` columns of districts: one row per district, its urban people.

    Parameters
    ----------
    districts : pandas.DataFrame
        Rows of :func:`districts`.
    zone : str
        Column that becomes the zone (``"provincia"`` or ``"departamento"``).

    Returns
    -------
    pandas.DataFrame
        ``town``, ``name``, ``lon``, ``lat`` (degrees), ``population`` (persons), ``zone``,
        ``poverty_rate`` (share 0-1).
    """
    return pd.DataFrame(
        {
            "town": districts.index.astype("str"),
            "name": town_names(districts).to_numpy(),
            "lon": districts["lon"].to_numpy().round(4),
            "lat": districts["lat"].to_numpy().round(4),
            "population": districts["pob_urbana_2023"].to_numpy(dtype=float),
            "zone": districts[zone].to_numpy(),
            "poverty_rate": (districts["pobreza2018_pct"] / 100.0).round(4).to_numpy(),
        }
    )


def neighbours(data: Path) -> pd.DataFrame:
    """Return the pairs of districts that share a border.

    Returns
    -------
    pandas.DataFrame
        ``town_a``, ``town_b`` (``town_a < town_b``), ``shared_border_km``.
    """
    path = data / "peru_boundaries" / "peru_district_adjacency.csv"
    table = pd.read_csv(path, dtype={"ubigeo_a": "str", "ubigeo_b": "str"})
    table = table.set_axis(["town_a", "town_b", "shared_border_km"], axis="columns")
    if not (table["town_a"] < table["town_b"]).all():
        raise ValueError("the adjacency table must hold each pair once, smaller code first")
    return table.sort_values(["town_a", "town_b"], ignore_index=True)


def neighbours_across_gaps(pairs: pd.DataFrame, towns: pd.Index) -> pd.DataFrame:
    """Return the neighbours among some towns; two that touch one left-out district are joined too.

    Without the second kind the districts that are left out would cut the region to pieces.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``town_a``, ``town_b``, ``shared_border_km`` of all districts of the region.
    towns : pandas.Index
        The towns that are kept.

    Returns
    -------
    pandas.DataFrame
        The same columns; ``shared_border_km`` is NaN for pairs joined across a left-out district.

    Examples
    --------
    >>> pairs = pd.DataFrame({"town_a": ["a", "b"], "town_b": ["b", "c"],
    ...                       "shared_border_km": [1.0, 2.0]})
    >>> neighbours_across_gaps(pairs, pd.Index(["a", "c"])).to_dict("records")
    [{'town_a': 'a', 'town_b': 'c', 'shared_border_km': nan}]
    """
    columns = ["town_a", "town_b"]
    both = pairs[pairs["town_a"].isin(towns) & pairs["town_b"].isin(towns)]
    ends = pd.concat(
        [
            pairs[columns].set_axis(["town", "gap"], axis="columns"),
            pairs[columns[::-1]].set_axis(["town", "gap"], axis="columns"),
        ]
    )
    ends = ends[ends["town"].isin(towns) & ~ends["gap"].isin(towns)]
    across = ends.merge(ends, on="gap", suffixes=("_a", "_b"))
    across = across[across["town_a"] < across["town_b"]][columns].drop_duplicates()
    joined = pd.concat([both, across.assign(shared_border_km=float("nan"))])
    joined = joined.drop_duplicates(columns, keep="first")
    return joined.sort_values(columns, ignore_index=True)
