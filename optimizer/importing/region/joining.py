"""Several tables of the same towns put beside each other: by code, by name, or by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.arrays import Ints
from optimizer.importing.columns.codes import CodeSystem
from optimizer.importing.columns.words import plain
from optimizer.importing.table import ReadTable, points_known
from optimizer.importing.wishes import Question
from optimizer.instance.reading.findings import number_of

__all__ = ["Joined", "joined"]

MATCHED_LEAST = 0.5
"""Tables belong together where at least this share of the shorter one is found in the other."""
NEAR_DEGREES = 0.02
"""Two places this near, about 2 km, may be those of one town."""
LAYER_COVERS = 0.5
"""A map layer that has fewer of the towns of a longer table says which region is meant."""
PREFIX_LEAST = 5
ADDS_UP = ("population", "population_served", "connections", "households")
DIFFERS_FROM = 0.02
SHOWN_MOST = 4


@dataclass(frozen=True, eq=False)
class Joined:
    """The towns of all tables.

    Attributes
    ----------
    base : ReadTable or None
        The table whose rows are the towns; None where no table has towns.
    fields : pandas.DataFrame
        Fields of the towns.
    beside : pandas.DataFrame
        Columns that are not ours, in the same order of rows.
    shapes : geopandas.GeoSeries or None
        Polygons of the towns, in degrees.
    system : CodeSystem or None
        The list of the keys.
    said : tuple of str
        How tables were joined.
    asked : tuple of Question
        What must be confirmed.
    """

    base: ReadTable | None
    fields: pd.DataFrame
    beside: pd.DataFrame
    shapes: gpd.GeoSeries | None = None
    system: CodeSystem | None = None
    said: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()


def joined(tables: Sequence[ReadTable]) -> Joined:
    """Return the tables of towns as one.

    The table with most of what a region needs (people, places, keys) names the towns.

    Parameters
    ----------
    tables : sequence of ReadTable
        Tables of any kind; only those of towns count.
    """
    towns = [table for table in tables if table.kind == "towns" and len(table.fields)]
    if not towns:
        return Joined(None, pd.DataFrame(), pd.DataFrame())
    base = max(towns, key=lambda t: (_worth(t), -len(t.fields)))
    keys = base.fields.reset_index(drop=True)
    whole = Joined(base, keys, base.beside.reset_index(drop=True), base.shapes, base.system)
    for table in towns:
        if table is not base:
            whole = _with(whole, table)
    return whole


def _worth(table: ReadTable) -> float:
    """Return how much of what a region needs a table has."""
    fields = table.fields
    known = fields["population"].notna().mean() if "population" in fields else 0.0
    placed = points_known(fields) / len(fields)
    return float(2.0 * (known > 0.1) + (placed > 0.1) + 0.5 * ("town" in fields) + 0.1 * known)


@dataclass
class _Match:
    """For each row of the base, the row of the other table, or -1."""

    row: Ints
    how: str
    twice: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return int((self.row >= 0).sum())


def _with(whole: Joined, table: ReadTable) -> Joined:
    """Return the towns with what another table says of them."""
    match = _best_match(whole, table)
    least = MATCHED_LEAST * min(len(whole.fields), len(table.fields))
    if match is None or match.count < max(1.0, least):
        found = 0 if match is None else match.count
        what = f"only {found:,} of {len(table.fields):,} rows are found among the towns of "
        what += f"{whole.base.place if whole.base else ''}; not used"
        how = "give it a column with the same codes or names, or leave the file out"
        return replace(whole, asked=(*whole.asked, Question(table.place, what, how)))
    if table.shapes is not None and match.count < LAYER_COVERS * len(whole.fields):
        whole, match = _inside(whole, match)
        what = f"the map layer has {match.count:,} of the towns: only those are taken"
        whole = replace(whole, said=(*whole.said, f"{table.place}: {what}"))
    said = [f"{table.place} joined by {match.how}: {match.count:,} of {len(whole.fields):,} towns"]
    asked: list[Question] = []
    if match.twice:
        what = f"{number_of(len(match.twice), 'name')} of several towns not joined, first "
        asked.append(
            Question(
                table.place, what + repr(match.twice[0]), "add codes, or a column of provinces"
            )
        )
    missing = np.flatnonzero(match.row < 0)
    if len(missing):
        names = _names(whole.fields, missing)
        said.append(f"{number_of(len(missing), 'town')} not in {table.place}: {names}")
    fields = whole.fields.copy()
    for name in table.fields.columns:
        other = _taken(table.fields[name], match.row)
        if name not in fields:
            fields[name] = other
        elif name in ("town", "name"):
            continue
        elif fields[name].dtype == float:
            said += _differences(fields[name], other, name, table)
            fields[name] = fields[name].fillna(other)
        else:
            fields[name] = fields[name].where(fields[name].astype(str) != "", other)
    beside = whole.beside.copy()
    for name in table.beside.columns:
        own = name if name not in beside else f"{name} ({table.file})"
        beside[own] = _taken(table.beside[name], match.row)
    shapes = whole.shapes
    if shapes is None and table.shapes is not None:
        shapes = gpd.GeoSeries(_taken(table.shapes.astype(object), match.row), crs="EPSG:4326")
    return replace(
        whole,
        fields=fields,
        beside=beside,
        shapes=shapes,
        system=whole.system or table.system,
        said=(*whole.said, *said),
        asked=(*whole.asked, *asked),
    )


def _inside(whole: Joined, match: _Match) -> tuple[Joined, _Match]:
    """Return the towns that are found in the other table only."""
    rows = np.flatnonzero(match.row >= 0)
    shapes = whole.shapes
    return (
        replace(
            whole,
            fields=whole.fields.iloc[rows].reset_index(drop=True),
            beside=whole.beside.iloc[rows].reset_index(drop=True),
            shapes=None
            if shapes is None
            else gpd.GeoSeries(shapes.iloc[rows].reset_index(drop=True)),
        ),
        _Match(match.row[rows], match.how, match.twice),
    )


def _names(fields: pd.DataFrame, rows: Ints) -> str:
    column = "name" if "name" in fields else "town"
    first = ", ".join(str(fields[column].iloc[at]) for at in rows[:SHOWN_MOST])
    return first + (" ..." if len(rows) > SHOWN_MOST else "")


def _differences(own: pd.Series, other: pd.Series, name: str, table: ReadTable) -> list[str]:
    both = own.notna() & other.notna()
    scale = np.maximum(np.abs(own[both]), 1e-9)
    off = int((np.abs(own[both] - other[both]) > DIFFERS_FROM * scale).sum())
    if not off:
        return []
    return [f"{name} differs in {table.place} for {number_of(off, 'town')}; not taken from there"]


def _taken(values: pd.Series, row: Ints) -> pd.Series:
    """Return the values of matched rows; unknown elsewhere."""
    if values.dtype == float:
        there = values.to_numpy(dtype=float)
        return pd.Series(np.where(row >= 0, there[np.maximum(row, 0)], np.nan))
    cells = values.to_list()
    return pd.Series([cells[at] if at >= 0 else None for at in row], dtype=object)


def _best_match(whole: Joined, table: ReadTable) -> _Match | None:
    """Return the way of joining that finds most towns; codes go before names before places."""
    found = [
        match
        for match in (_by_code(whole, table), _by_name(whole, table), _by_place(whole, table))
        if match is not None
    ]
    least = MATCHED_LEAST * min(len(whole.fields), len(table.fields))
    enough = [match for match in found if match.count >= least]
    return enough[0] if enough else max(found, key=lambda match: match.count, default=None)


def _by_code(whole: Joined, table: ReadTable) -> _Match | None:
    """Match codes, those of other lengths by their beginning (IBGE, check digit or not)."""
    if "town" not in whole.fields or "town" not in table.fields:
        return None
    ours, theirs = list(map(str, whole.fields["town"])), list(map(str, table.fields["town"]))
    match = _on(ours, theirs, "code")
    if match.count or not ours or not theirs:
        return match
    short = min(*map(len, ours), *map(len, theirs))
    if short < PREFIX_LEAST:
        ours, theirs = [o.lstrip("0") for o in ours], [t.lstrip("0") for t in theirs]
        return _on(ours, theirs, "code, leading zeros left out")
    begins = [o[:short] for o in ours], [t[:short] for t in theirs]
    if any(len(set(keys)) < len(keys) for keys in begins):
        return match
    return _on(*begins, f"the first {short} digits of the code")


def _by_name(whole: Joined, table: ReadTable) -> _Match | None:
    """Match names without case and accents; with their zone where names alone repeat."""
    if "name" not in whole.fields or "name" not in table.fields:
        return None
    ours, theirs = ([plain(str(n)) for n in f["name"]] for f in (whole.fields, table.fields))
    how = "name"
    repeated = len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs)
    if repeated and "zone" in whole.fields and "zone" in table.fields:
        zones = [[plain(str(z)) for z in f["zone"]] for f in (whole.fields, table.fields)]
        if set(zones[0]) & set(zones[1]):
            ours = [f"{z}|{n}" for z, n in zip(zones[0], ours, strict=True)]
            theirs = [f"{z}|{n}" for z, n in zip(zones[1], theirs, strict=True)]
            how = "name and zone"
    return _on(ours, theirs, how)


def _on(ours: Sequence[str], theirs: Sequence[str], how: str) -> _Match:
    """Match equal keys; a key that stands twice on either side matches nothing."""
    counts, own = Counter(theirs), Counter(ours)
    place = {key: at for at, key in enumerate(theirs) if counts[key] == 1 and key}
    row = [place.get(key, -1) if own[key] == 1 else -1 for key in ours]
    twice = sorted({k for k in ours if k and (counts[k] > 1 or (own[k] > 1 and k in counts))})
    return _Match(np.array(row, dtype=np.int64), how, twice)


def _by_place(whole: Joined, table: ReadTable) -> _Match | None:
    """Match a point inside a polygon, or the nearest point within about 2 km."""
    if not points_known(table.fields) or not points_known(whole.fields):
        return None
    row = np.full(len(whole.fields), -1, dtype=np.int64)
    ours, theirs = _points(whole.fields), _points(table.fields)
    if table.shapes is not None or whole.shapes is not None:
        polygons, points = (
            (table.shapes, ours) if table.shapes is not None else (whole.shapes, theirs)
        )
        tree = shapely.STRtree(np.asarray(polygons, dtype=object))
        point, polygon = tree.query(points, predicate="within")
        pairs = (point, polygon) if table.shapes is not None else (polygon, point)
        how = "place (a point inside a polygon)"
    else:
        here, there = shapely.STRtree(theirs).query_nearest(ours, max_distance=NEAR_DEGREES)
        pairs, how = (here, there), "place (the nearest point)"
    once = Counter(pairs[0].tolist())
    for own, other in zip(*pairs, strict=True):
        if once[int(own)] == 1:
            row[own] = other
    repeated = Counter(row[row >= 0].tolist())
    row[np.isin(row, [k for k, n in repeated.items() if n > 1])] = -1
    return _Match(row, how)


def _points(fields: pd.DataFrame) -> np.ndarray:
    lon, lat = fields["lon"].to_numpy(dtype=float), fields["lat"].to_numpy(dtype=float)
    points = np.full(len(lon), shapely.Point(), dtype=object)
    known = np.isfinite(lon) & np.isfinite(lat)
    points[known] = shapely.points(lon[known], lat[known])
    return points
