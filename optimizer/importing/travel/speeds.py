"""Speeds by class and surface: a table that a planner may edit.

The figures of ``speeds.csv`` are those that drives between small towns give, not limits: national
roads of San Martin (Peru) 50-60 km/h, departmental 30-45, local 20; unpaved roads a bit more than
half of paved ones [World Bank, HDM-4 default speeds on rough gravel against asphalt].
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats
from optimizer.errors import InstanceError, Problem
from optimizer.importing.columns.words import plain

__all__ = ["Roads", "roads_of", "speeds_table"]

CLASS_COLUMNS = ("highway", "road_class", "fclass", "jerarquia", "jerarq", "clase", "categoria",
                 "tipo_via", "tipo", "class", "type", "red")  # fmt: skip
SURFACE_COLUMNS = ("surface", "superficie", "superfic_l", "rodadura", "pavimento", "revestimento",
                   "superfic")  # fmt: skip
UNPAVED = frozenset(
    [
        "unpaved",
        "gravel",
        "dirt",
        "earth",
        "ground",
        "sand",
        "mud",
        "compacted",
        "fine_gravel",
        "afirmado",
        "trocha",
        "sin_afirmar",
        "terracota",
        "tierra",
        "terra",
        "ripio",
        "lastre",
        "nao_pavimentada",
        "no_pavimentado",
        "destapada",
        "proyectado",
        "afirmada",
        "sin_pavimentar",
    ]
)
UNPAVED_CLASSES = frozenset({"track", "path", "unclassified", "local"})
"""Classes that are taken for unpaved where nothing is said of the surface."""
SAME = {
    "nacional": "national", "rodovia federal": "national", "departamental": "departmental",
    "estadual": "departmental", "regional": "departmental", "provincial": "departmental",
    "vecinal": "local", "municipal": "local", "rural": "local", "road": "unclassified",
}  # fmt: skip
SPEED_MOST = 200.0


@dataclass(frozen=True, eq=False)
class Roads:
    """Lines with the speed on each.

    Attributes
    ----------
    lines : geopandas.GeoDataFrame
        ``road_class``, ``surface``, ``speed_km_h``, single lines in degrees.
    one_way : numpy.ndarray of bool
        Lines that are driven along their direction only.
    said : tuple of str
        What was taken from what.
    """

    lines: gpd.GeoDataFrame
    one_way: Bools
    said: tuple[str, ...]


def speeds_table(path: Path | None = None) -> pd.DataFrame:
    """Return the table of speeds: ``road_class``, ``surface`` (paved, unpaved, or any), km/h.

    Parameters
    ----------
    path : pathlib.Path, optional
        A table of the planner's own, in the columns of the one that comes with the program.

    Raises
    ------
    InstanceError
        If the file is no such table.

    Examples
    --------
    >>> table = speeds_table()
    >>> float(table.set_index(["road_class", "surface"])["speed_km_h"]["secondary", "unpaved"])
    30.0
    """
    named = "speeds.csv" if path is None else path.name
    try:
        if path is None:
            own = files("optimizer.importing.travel").joinpath("speeds.csv")
            with own.open(encoding="utf-8") as file:
                table = pd.read_csv(file, keep_default_na=False)
        else:
            table = pd.read_csv(path, keep_default_na=False)
        speeds = table["speed_km_h"].astype(float)
        fine = {"road_class", "surface"} <= set(table) and speeds.between(0.1, SPEED_MOST).all()
    except (OSError, KeyError, ValueError):
        fine = False
    if not fine:
        what = "is no table of speeds from 0.1 to 200 km/h"
        remedy = "give the columns road_class, surface and speed_km_h"
        raise InstanceError([Problem(named, None, "speed_km_h", what, remedy)])
    return table.assign(speed_km_h=speeds)


def roads_of(layer: gpd.GeoDataFrame, table: pd.DataFrame) -> Roads:
    """Return the lines of any layer with their speed.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Lines in degrees with any columns; the class is that of ``highway``, ``road_class``,
        ``jerarquia`` and the like, the surface that of ``surface``, ``superficie`` and the like.
    table : pandas.DataFrame
        Of :func:`speeds_table`.
    """
    single = layer.explode(ignore_index=True)
    single = single[single.geom_type == "LineString"].reset_index(drop=True)
    said: list[str] = []
    classes = _texts(single, CLASS_COLUMNS, said, "road_class")
    classes = classes.str.removesuffix("_link").map(lambda c: SAME.get(c, c)).replace("", "other")
    surfaces = _surfaces(single, classes, said)
    columns = (table["road_class"], table["surface"], table["speed_km_h"])
    rows = {(str(c), str(s)): float(v) for c, s, v in zip(*columns, strict=True)}
    speed = np.array([_speed(rows, c, s) for c, s in zip(classes, surfaces, strict=True)])
    unknown = ~classes.isin(table["road_class"])
    if unknown.any():
        counts = classes[unknown].value_counts()
        shown = ", ".join(f"{c!r} {n:,}" for c, n in counts.head(4).items())
        said.append(f"classes without a speed, taken as other: {shown}")
    speed = _with_limits(single, speed, said)
    one_way, reverse = _directions(single, said)
    shapes = single.geometry.where(~reverse, single.geometry.reverse())
    lines = gpd.GeoDataFrame(
        {"road_class": classes, "surface": surfaces, "speed_km_h": speed},
        geometry=gpd.GeoSeries(shapes, crs=layer.crs),
        crs=layer.crs,
    )
    return Roads(lines, one_way, tuple(said))


def _texts(layer: pd.DataFrame, names: tuple[str, ...], said: list[str], what: str) -> pd.Series:
    """Return the texts of the first column that is there, empty where there is none."""
    by_plain = {str(c).casefold(): c for c in layer.columns}
    column = next((by_plain[n] for n in names if n in by_plain), None)
    if column is None:
        return pd.Series([""] * len(layer), index=layer.index, dtype=object)
    said.append(f"{what} from the column {column!r}")
    cells = layer[column]
    texts = cells.where(cells.notna(), "").astype(str)
    return texts.str.strip().str.casefold()


def _surfaces(layer: pd.DataFrame, classes: pd.Series, said: list[str]) -> pd.Series:
    """Return paved or unpaved for each line."""
    given = _texts(layer, SURFACE_COLUMNS, said, "surface")
    bare = given.map(lambda text: plain(text).replace(" ", "_"))
    unpaved = bare.isin(UNPAVED) | ((given == "") & classes.isin(UNPAVED_CLASSES))
    return pd.Series(np.where(unpaved, "unpaved", "paved"), index=layer.index, dtype=object)


def _speed(rows: dict[tuple[str, str], float], road_class: str, surface: str) -> float:
    """Return the speed of a class and surface, else of the class, else of other roads."""
    ways = ((road_class, surface), (road_class, ""), (road_class, "paved"), ("other", surface),
            ("other", ""))  # fmt: skip
    return next((rows[way] for way in ways if way in rows), 30.0)


def _with_limits(layer: pd.DataFrame, speed: Floats, said: list[str]) -> Floats:
    """Return speeds that no limit and no speed of the line's own contradicts."""
    if "speed_km_h" in layer:
        own = pd.to_numeric(layer["speed_km_h"], errors="coerce").to_numpy(dtype=float)
        fits = (own > 0) & (own <= SPEED_MOST)
        said.append(f"speed_km_h of the lines themselves: {int(fits.sum()):,}")
        return np.where(fits, own, speed)
    if "maxspeed" in layer:
        text = layer["maxspeed"].where(layer["maxspeed"].notna(), "").astype(str)
        limit = pd.to_numeric(text.str.extract(r"^\s*(\d+)")[0], errors="coerce")
        miles = text.str.contains("mph")
        limit = limit.where(~miles, limit * 1.609)
        lower = (limit > 0) & (limit < speed)
        if lower.any():
            said.append(f"limits below the usual speed: {int(lower.sum()):,} lines")
        return np.where(lower, limit, speed).astype(np.float64)
    return speed


def _directions(layer: pd.DataFrame, said: list[str]) -> tuple[Bools, pd.Series]:
    """Return which lines are one-way, and which of them against their direction."""
    column = next((c for c in ("oneway", "one_way", "sentido") if c in layer), None)
    if column is None:
        return np.zeros(len(layer), dtype=bool), pd.Series([False] * len(layer), index=layer.index)
    text = layer[column].where(layer[column].notna(), "").astype(str).str.casefold()
    back = text.isin({"-1", "reverse", "t"})
    one = text.isin({"yes", "true", "1", "1.0", "f"}) | back
    if one.any():
        said.append(f"one-way: {int(one.sum()):,} lines; a trip takes the mean of there and back")
    return one.to_numpy(dtype=bool), back
