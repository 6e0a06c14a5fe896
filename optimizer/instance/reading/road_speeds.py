"""How fast a road is: the columns of a roads layer, and the classes of ``[travel]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.instance.reading.findings import Findings, near, number_of
from optimizer.instance.schema.fields import Travel
from optimizer.messages.message import Message

__all__ = ["with_speeds"]

SPEED_MOST = 200.0
KM_IN_MILE = 1.609344
MAXSPEED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(km/?h|kph|mph)?\s*", re.ASCII)
CLASSES_SHOWN_MOST = 5


def with_speeds(
    layer: gpd.GeoDataFrame, file: str, travel: Travel, found: Findings
) -> gpd.GeoDataFrame:
    """Return the lines with the columns that say their speed, ``speed_km_h`` and ``road_class``.

    Of OpenStreetMap ``highway`` is taken for the class, and ``maxspeed`` for the speed of the lines
    whose class has none in ``[travel]``; both are said.

    Parameters
    ----------
    layer : geopandas.GeoDataFrame
        Lines with any columns.
    file : str
        Name in messages.
    travel : Travel
        Speeds by road class.
    found : Findings
        Receives problems and notes.
    """
    roads = _Roads(layer, file, travel, found)
    speed, classes = roads.speeds(), roads.classes()
    if "maxspeed" in layer.columns and speed is None:
        speed = roads.allowed(classes)
    if speed is None and classes is None:
        how = Message(
            "no speed_km_h or road_class; {speed:g} km/h from [travel]", speed=travel.speed_km_h
        )
        found.note("roads", "speed_km_h", len(layer), how)
    roads.compare(speed, classes)
    columns = {"speed_km_h": speed, "road_class": classes}
    given = {name: column for name, column in columns.items() if column is not None}
    return gpd.GeoDataFrame(given, geometry=layer.geometry, index=layer.index)


def _bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum())


@dataclass(frozen=True, eq=False)
class _Roads:
    """The columns of one roads layer."""

    layer: gpd.GeoDataFrame
    file: str
    travel: Travel
    found: Findings

    def speeds(self) -> pd.Series | None:
        """Return the speed that each line gives, checked."""
        if "speed_km_h" not in self.layer.columns:
            self._misnamed("speed_km_h", alone="road_class")
            return None
        column = self.layer["speed_km_h"]
        flags = column.map(lambda value: isinstance(value, bool | np.bool_)).to_numpy(dtype=bool)
        numbers = pd.to_numeric(column.where(~flags), errors="coerce").astype("float64")
        wrong = (numbers.isna() & column.notna()) | (numbers <= 0) | (numbers > SPEED_MOST)
        if wrong.any():
            first = column[wrong].iloc[0]
            what = f"{number_of(int(wrong.sum()), 'line')} without a usable speed, first '{first}'"
            remedy = "give km/h above 0 and up to 200, or leave it empty"
            self.found.problem(self.file, None, "speed_km_h", what, remedy)
        return numbers

    def classes(self) -> pd.Series | None:
        """Return the class of each line, empty where it has none."""
        name = next((n for n in ("road_class", "highway") if n in self.layer.columns), None)
        if name is None:
            self._misnamed("road_class", alone="speed_km_h")
            return None
        column = self.layer[name]
        if name == "highway":
            self.found.note(
                "roads", "road_class", int(column.notna().sum()), Message("the column highway")
            )
        return column.astype("str").where(column.notna(), "")

    def allowed(self, classes: pd.Series | None) -> pd.Series:
        """Return the highest allowed speed where the class of a line says none."""
        column = self.layer["maxspeed"]
        numbers = column.map(_km_h).astype("float64")
        lost = column.notna() & numbers.isna()
        how = Message("maxspeed that is no number of km/h or mph, not used")
        self.found.note("roads", "speed_km_h", int(lost.sum()), how)
        if classes is not None:
            numbers = numbers.where(~classes.isin(list(self.travel.road_speeds_km_h)))
        how = Message("maxspeed, the highest speed allowed, which is seldom driven")
        self.found.note("roads", "speed_km_h", int(numbers.notna().sum()), how)
        return numbers

    def _misnamed(self, due: str, *, alone: str) -> None:
        """Report a column with a slip in its name, which would be ignored."""
        names = [str(c) for c in self.layer.columns if c not in ("geometry", "highway", "maxspeed")]
        close = near(due, [n for n in names if n not in ("speed_km_h", "road_class")])
        other = alone in names and not any(_bare(n) == _bare(due) for n in names)
        if close and not other:
            what = f"has no column {due} and one with a similar name"
            self.found.problem(self.file, None, due, what, f"{close}rename it to {due}")

    def compare(self, speed: pd.Series | None, classes: pd.Series | None) -> None:
        """Hold the classes of the lines against those that have a speed in ``[travel]``."""
        given, own = list(self.travel.road_speeds_km_h), speed is not None and speed.notna().all()
        used = [] if classes is None else [str(c) for c in classes.unique() if c]
        unused = [name for name in given if name not in used]
        if given and not own and len(unused) == len(given):
            self._no_match(given, used)
        else:
            bare = {_bare(c): c for c in used if c not in given}
            for name in [n for n in unused if _bare(n) in bare]:
                what = f"has the class {bare[_bare(name)]!r}, [travel] the class {name!r}"
                self.found.problem(self.file, None, "road_class", what, "write both alike")
            how = Message("speeds of road classes that no road has, or needs")
            self.found.note("travel", "road_speeds_km_h", len(unused), how)
        if classes is not None:
            known = classes.isin(given) | (False if speed is None else speed.notna())
            how = Message(
                "road class without a speed in [travel]; {speed:g} km/h",
                speed=self.travel.speed_km_h,
            )
            self.found.note("roads", "road_class", int((~known).sum()), how)

    def _no_match(self, given: list[str], used: list[str]) -> None:
        shown = ", ".join(given[:CLASSES_SHOWN_MOST])
        here = ", ".join(used[:CLASSES_SHOWN_MOST]) or "none"
        more = ", ..." if len(used) > CLASSES_SHOWN_MOST else ""
        what = f"no road has a class of road_speeds_km_h ({shown}); classes here: {here}{more}"
        remedy = (
            "give the classes of the roads in [travel.road_speeds_km_h], or remove that section"
        )
        self.found.problem(self.file, None, "road_class", what, remedy)


def _km_h(value: object) -> float:
    """Return km/h of a text such as ``50``, ``50 km/h`` or ``30 mph``; NaN for any other."""
    if isinstance(value, bool | np.bool_):
        return np.nan
    match = MAXSPEED.fullmatch(str(value))
    speed = float(match[1]) * (KM_IN_MILE if match[2] == "mph" else 1.0) if match else np.nan
    return speed if 0 < speed <= SPEED_MOST else np.nan
