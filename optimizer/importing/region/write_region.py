"""Write the folder of an imported region."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from optimizer.importing.mapping import mapping_text
from optimizer.importing.region.assumed import cost_records, incomes_record
from optimizer.importing.region.complete import Completed
from optimizer.importing.region.folder import settings_text, write_layer, write_rows
from optimizer.importing.table import ReadTable
from optimizer.importing.travel.import_roads import RECORD, RoadTrips
from optimizer.importing.travel.speeds import speeds_table
from optimizer.instance.check.scale import fitting_system
from optimizer.instance.schema.fields import Source, Travel
from optimizer.plausible.countries import Country

__all__ = ["RegionParts", "write_region"]

PRICE_YEAR = 2023
"""Year of the assumed prices; see :mod:`optimizer.importing.region.assumed`."""


@dataclass(frozen=True, eq=False)
class RegionParts:
    """What goes into the folder of a region."""

    title: str
    done: Completed
    country: Country
    shapes: gpd.GeoSeries | None
    tables: tuple[ReadTable, ...]
    trips: RoadTrips | None


def write_region(parts: RegionParts, assumptions: list[str], folder: Path) -> None:
    """Write tables, layers, settings and the mapping; only what was given or computed.

    Parameters
    ----------
    parts : RegionParts
        What the region is made of.
    assumptions : list of str
        What was assumed.
    folder : pathlib.Path
        An empty folder.
    """
    done = parts.done
    write_rows(done.towns, folder / "towns.csv")
    if len(done.beside.columns):
        write_rows(done.beside.reset_index(), folder / "beside.csv")
    if done.households is not None and len(done.households):
        write_rows(done.households, folder / "households.csv")
    if done.targets is not None:
        write_rows(done.targets, folder / "targets.csv")
    if done.today is not None:
        (folder / "groupings").mkdir()
        write_rows(done.today.reset_index(), folder / "groupings" / "today.csv")
    _boundaries(parts, folder)
    _travel(parts, folder)
    (folder / "instance.toml").write_text(
        _settings(parts, [*done.assumptions, *assumptions]), encoding="utf-8", newline="\n"
    )
    maps = [(table.file, table.sheet, table.guesses, table.wishes) for table in parts.tables]
    (folder / "mapping.toml").write_text(mapping_text(maps), encoding="utf-8", newline="\n")


def _boundaries(parts: RegionParts, folder: Path) -> None:
    if parts.shapes is None:
        return
    shapes = gpd.GeoSeries(parts.shapes.iloc[parts.done.rows].reset_index(drop=True))
    layer = gpd.GeoDataFrame({"town": parts.done.towns["town"]}, geometry=shapes, crs="EPSG:4326")
    layer = layer[~layer.geometry.isna()]
    if len(layer):
        write_layer(layer, folder / "boundaries.gpkg")


def _travel(parts: RegionParts, folder: Path) -> None:
    """Write given trips, or those over roads with what they were computed from."""
    known = set(parts.done.towns["town"])
    given = [t.fields for t in parts.tables if t.kind == "travel"]
    if given:
        rows = pd.concat(given, ignore_index=True)
        rows = rows[rows["origin"].isin(known) & rows["destination"].isin(known)]
        columns = [c for c in ("origin", "destination", "hours", "km") if c in rows]
        if "hours" in columns:
            write_rows(rows[columns], folder / "travel.csv")
    if parts.trips is None:
        return
    if not given:
        write_rows(parts.trips.trips, folder / "travel.csv")
        (folder / RECORD).write_text(parts.trips.record + "\n", encoding="utf-8")
    write_layer(parts.trips.roads, folder / "roads.gpkg")
    write_rows(speeds_table(None), folder / "road_speeds.csv")


def _settings(parts: RegionParts, assumptions: list[str]) -> str:
    """Return ``instance.toml``."""
    done, nation = parts.done, parts.country
    costs, models = cost_records(nation)
    if done.persons_per_connection:
        costs = costs.model_copy(update={"persons_per_connection": done.persons_per_connection})
    incomes = incomes_record(nation)
    if done.poverty_line:
        incomes = incomes.model_copy(update={"poverty_line_person_month": done.poverty_line})
    head = {
        "title": parts.title,
        "currency": nation.currency,
        "price_year": PRICE_YEAR,
        "crs": fitting_system(done.towns["lon"].to_numpy(), done.towns["lat"].to_numpy()),
    }
    sources = [Source(title=table.place, used_for=table.kind) for table in parts.tables]
    if parts.trips is not None:
        mark = json.loads(parts.trips.record)["sources"]
        sources.append(Source(title=f"roads, SHA-256 {mark}", used_for="travel.csv"))
    return settings_text(
        head,
        costs=costs,
        incomes=incomes,
        travel=Travel(),
        models=models,
        sources=sources,
        assumptions=assumptions,
    )
