"""Import a region from a planner's own files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from optimizer.errors import InstanceError, StoreError
from optimizer.importing.mapping import Mapped
from optimizer.importing.reading.read_sheets import read_sheets
from optimizer.importing.region.assumed import incomes_record
from optimizer.importing.region.complete import Completed, completed
from optimizer.importing.region.joining import Joined, joined
from optimizer.importing.region.write_region import RegionParts, write_region
from optimizer.importing.result import Imported
from optimizer.importing.table import ReadTable, read_table
from optimizer.importing.travel.import_roads import (
    RoadTrips,
    is_extract,
    road_trips,
    roads_table,
)
from optimizer.importing.wishes import Question, Wishes
from optimizer.importing.world import Place, world_table
from optimizer.instance.check.scale import fitting_system
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.read import read
from optimizer.plausible.countries import Country, countries
from optimizer.plausible.judge import plausibility

__all__ = ["import_region"]

ESSENTIAL = ("population", "lon", "lat", "town", "name", "poverty_rate", "income_month")


def import_region(
    files: str | Path | Sequence[str | Path] = (),
    to: str | Path | None = None,
    *,
    wishes: Wishes | None = None,
    mapping: Mapped | None = None,
    data: str | Path | None = None,
    country: str = "",
    people: tuple[float, float] | None = None,
    title: str = "",
    place: Place | None = None,
    speeds: str | Path | None = None,
    bridge_m: float = 30.0,
    earlier: str | Path | None = None,
) -> Imported:
    r"""Return what a planner's files say of towns, and a region where they say enough.

    Columns are recognised by their names (Spanish, Portuguese, English) and by their values; what
    is repaired is said, what is doubtful is asked. Tables of the same towns are joined by code,
    by name or by place.

    Parameters
    ----------
    files : path or sequence of paths
        CSV and other text tables in any encoding, XLSX, XLS, ODS, GeoPackage, Shapefile, GeoJSON,
        Parquet.
    to : path, optional
        Folder of the region to make, with ``mapping.toml``; nothing is written where absent.
    wishes : Wishes, optional
        Columns, rows and coordinate system that the planner names, for every file.
    mapping : mapping of str to Wishes, optional
        The same file by file, from :func:`~optimizer.importing.mapping.read_mapping`.
    data : path, optional
        Folder of the files.
    country : str
        ISO code of two letters; recognised by the codes of the towns where empty.
    people : (float, float), optional
        Only towns with so many people.
    title : str
        Title of the region.
    place : Place, optional
        Towns of GeoNames around a point or in a country, besides the files.
    speeds : path, optional
        Table of speeds by class and surface; ``road_speeds.csv`` of a region may be edited.
    bridge_m : float
        Widest gap between roads that is bridged, in metres.
    earlier : path, optional
        A region made before: its trips are taken where roads, speeds and towns are the same.

    Raises
    ------
    InstanceError
        With every problem of every file that cannot be used.
    StoreError
        If the folder exists, or cannot be made.

    Examples
    --------
    >>> file = Path(tempfile.mkdtemp()) / "censo.csv"
    >>> _ = file.write_text("ubigeo;distrito;poblacion\n010101;Chachapoyas;32.589\n"
    ...                     "010102;Asunción;288\n", encoding="latin-1")
    >>> found = import_region(file)
    >>> found.towns[["town", "population"]].to_numpy().tolist()
    [['010101', 32589.0], ['010102', 288.0]]
    >>> found.missing[0].partition(":")[0]
    'places'
    """
    found = Findings()
    target = None if to is None else Path(to)
    if target is not None and target.exists():
        raise StoreError(f"{target}: exists already; choose another folder")
    asked = Wishes() if wishes is None else wishes
    given = [files] if isinstance(files, str | Path) else list(files)
    tables = [
        table
        for file in given
        for table in _tables(Path(data or "") / file, str(file), asked, mapping or {}, found)
    ]
    found.raise_for_problems()
    if place is not None:
        tables.append(world_table(place))
    trips = TripsAsked(None if speeds is None else Path(speeds), bridge_m,
                       None if earlier is None else Path(earlier))  # fmt: skip
    name = title or (target.name if target else "region")
    return _Work(tables, joined(tables), name, trips).imported(
        target, country=country, people=people
    )


def _tables(
    path: Path, shown: str, asked: Wishes, mapping: Mapped, found: Findings
) -> list[ReadTable]:
    """Return the table of a file that tells most; the others are named."""
    if is_extract(path) and path.is_file():
        roads = roads_table(path, found)
        return [] if roads is None else [roads]
    sheets = read_sheets(path, found)
    read_ones: list[ReadTable] = []
    own = {
        key: wish for key, wish in mapping.items() if key.partition(" [")[0] in (shown, path.name)
    }
    sheet_asked = asked.sheet or next((w.sheet for w in own.values() if w.sheet), "")
    for sheet in sheets:
        if sheet_asked and sheet.name and sheet.name != sheet_asked:
            continue
        local = Findings() if len(sheets) > 1 else found
        mine = next(iter(own.values()), Wishes())
        merged = replace(
            asked,
            columns={**mine.columns, **asked.columns},
            keep={**mine.keep, **asked.keep},
            crs=asked.crs or mine.crs,
            duplicates=asked.duplicates if asked.duplicates != "stop" else mine.duplicates,
        )
        table = read_table(sheet, merged, local)
        if table is not None and not local.problems:
            notes = tuple(str(note.how) for note in found.notes if note.table == path.name)
            read_ones.append(replace(table, said=(*notes, *table.said)))
        elif len(sheets) == 1:
            return []
    if sheets and not read_ones and not found.problems:
        names = ", ".join(repr(sheet.name) for sheet in sheets)
        what = f"has no sheet {sheet_asked!r}" if sheet_asked else "no sheet can be used"
        found.problem(path.name, None, "", what, f"sheets are {names}")
    if not read_ones:
        return []
    best = max(read_ones, key=_worth)
    others = [t.sheet for t in read_ones if t is not best]
    if others:
        note = f"sheet {best.sheet!r} tells most of towns; not used: {', '.join(others)} (--sheet)"
        best = replace(best, said=(note, *best.said))
    return [best]


def _worth(table: ReadTable) -> tuple[int, int]:
    fields = sum(name in table.fields for name in ESSENTIAL)
    return (fields, len(table.fields))


def _no_towns(tables: list[ReadTable]) -> str:
    """Say what there is where there are no towns."""
    if any(table.kind == "providers" for table in tables):
        return "towns: a table of providers; `optimizer calibrate` takes costs from it"
    if any(table.kind == "roads" for table in tables):
        return "towns: a layer of roads; give it together with a table of towns"
    return "towns: no table has a column of codes or names of towns"


@dataclass(frozen=True)
class TripsAsked:
    """How trips over roads are to be computed."""

    speeds: Path | None = None
    bridge_m: float = 30.0
    earlier: Path | None = None


@dataclass
class _Work:
    """An import on its way from joined tables to a folder."""

    tables: list[ReadTable]
    joined: Joined
    title: str
    asked: TripsAsked
    said: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    def imported(
        self, target: Path | None, *, country: str, people: tuple[float, float] | None
    ) -> Imported:
        """Return the result; write the region where nothing is missing and a place is given."""
        said = [f"{t.place}: {line}" for t in self.tables for line in t.said]
        asked = [question for table in self.tables for question in table.asked]
        whole = self.joined
        if whole.base is None:
            missing = (_no_towns(self.tables),)
            return Imported(
                tuple(self.tables),
                pd.DataFrame(),
                pd.DataFrame(),
                tuple(said),
                tuple(asked),
                missing,
            )
        nation = self._country(country)
        done = completed(whole, nation, people=people)
        said += [*whole.said, *done.said]
        asked += [*whole.asked, *done.asked]
        self._income_gaps(done, nation)
        instance, folder = None, None
        if not done.missing and nation is not None:
            try:
                instance, folder = self._region(done, nation, target)
                said += self.said
                doubts = plausibility(instance)
                asked += [
                    Question(f"{s.file} [{s.column}]", str(s).partition(": ")[2], "correct it")
                    for s in (*doubts.stops, *doubts.asks)
                ]
            except InstanceError as error:
                done.missing += [f"correct {problem}" for problem in error.problems]
        return Imported(
            tuple(self.tables),
            done.towns,
            done.beside,
            tuple(said),
            tuple(asked),
            tuple(done.missing),
            (*done.assumptions, *self.assumptions),
            instance,
            folder,
        )

    def _country(self, asked: str) -> Country | None:
        """Return the country that the planner names, or that the codes belong to."""
        iso = asked.upper() or (self.joined.system.country if self.joined.system else "")
        named = self.joined.beside.get("country")
        if not iso and named is not None and len(named):
            iso = str(named.mode().iloc[0])
        return countries().get(iso)

    def _income_gaps(self, done: Completed, nation: Country | None) -> None:
        """Say what incomes rest on, or that the country must be named."""
        if nation is None:
            names = ", ".join(countries())
            done.missing.append(
                f"country: currency, incomes and costs depend on it; say --country ({names})"
            )
            return
        towns = done.towns
        own = towns["income_month"].notna() if "income_month" in towns else pd.Series(dtype=bool)
        line = done.poverty_line or nation.poverty_line_month
        if own.any():
            self.assumptions.append("Incomes are those of the table.")
        elif "poverty_rate" in towns and towns["poverty_rate"].notna().any() and line:
            of = "the table's" if done.poverty_line else nation.line_of
            self.assumptions.append(
                f"Incomes: lognormal, so that the poverty rate falls below {line:g} "
                f"{nation.currency} a head and month ({of}), Gini 0.4."
            )
        else:
            self.assumptions.append(
                f"No column of incomes: {incomes_record(nation).income_month:,g} {nation.currency} "
                "a household and month everywhere (60 % of national income per head of "
                f"{nation.name} in 2022 x 0.7 for small towns x people per household), Gini 0.4."
            )

    def _trips(self, done: Completed) -> RoadTrips | None:
        """Return the trips over the roads of the import, or None where it has none."""
        found = Findings()
        crs = fitting_system(done.towns["lon"].to_numpy(), done.towns["lat"].to_numpy())
        trips = road_trips(
            self.tables,
            done.towns,
            crs=crs,
            speeds=self.asked.speeds,
            bridge_m=self.asked.bridge_m,
            earlier=self.asked.earlier,
            found=found,
        )
        found.raise_for_problems()
        if trips is None:
            if not any(table.kind == "travel" for table in self.tables):
                self.assumptions.append("Travel: straight line x 1.4 at 40 km/h.")
        else:
            self.said += [f"travel: {line}" for line in trips.said]
            self.assumptions.append("Travel: fastest way by road at the speeds of road_speeds.csv.")
        return trips

    def _region(
        self, done: Completed, nation: Country, target: Path | None
    ) -> tuple[Instance, Path | None]:
        """Return the region, read from its folder as any other."""
        self.assumptions.append(
            "Costs and operator models: those of the bundled San Martin region in "
            f"{nation.currency} (exchange rate of 2021, half of the costs follow income per head)."
        )
        with tempfile.TemporaryDirectory() as home:
            fresh = Path(home) / (target.name if target else "region")
            fresh.mkdir()
            trips = self._trips(done)
            parts = RegionParts(
                self.title, done, nation, self.joined.shapes, tuple(self.tables), trips
            )
            write_region(parts, self.assumptions, fresh)
            instance = read(fresh)
            if target is None:
                return instance, None
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(fresh, target)
            except OSError as error:
                raise StoreError(f"{target}: cannot be made ({error.strerror})") from error
        return instance, target
