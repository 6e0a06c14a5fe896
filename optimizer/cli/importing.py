"""Import a region from a planner's own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, Region, pairs_in
from optimizer.cli.places import check_file
from optimizer.cli.settings import region_of
from optimizer.errors import PolicyError

__all__ = ["from_xlsx", "import_", "to_xlsx"]

Files = Annotated[list[Path] | None, typer.Argument(help="Tables, workbooks, map layers.")]
To = Annotated[Path | None, typer.Option("--to", help="Folder of the region to make.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the files.")]
Maps = Annotated[
    list[str] | None, typer.Option("--map", help="What columns are: population=POB,name=NOMBRE.")
]
Keep = Annotated[
    list[str] | None, typer.Option("--keep", help="Rows to take, by a column: NIV=2,3.")
]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="An earlier mapping.toml.")]
Crs = Annotated[str, typer.Option("--crs", help="Coordinate system of metres: EPSG:32718.")]
SheetName = Annotated[str, typer.Option("--sheet", help="Sheet of a workbook, layer of a map.")]
Duplicates = Annotated[
    str, typer.Option("--duplicates", help="Repeated keys: stop, first, or number.")
]
Nation = Annotated[str, typer.Option("--country", help="ISO code of two letters: PE.")]
People = Annotated[
    str, typer.Option("--population", help="Only towns of so many people: 2000:30000.")
]


Near = Annotated[str, typer.Option("--near", help="Towns of GeoNames around LAT,LON.")]
Km = Annotated[float, typer.Option("--km", help="With --near: radius in km.")]
Admin = Annotated[str, typer.Option("--admin", help="GeoNames' code of a state of --country.")]
World = Annotated[bool, typer.Option("--world", help="Towns of GeoNames in --country.")]
Speeds = Annotated[Path | None, typer.Option("--speeds", help="Your own road_speeds.csv.")]
Bridge = Annotated[float, typer.Option("--bridge", help="Widest gap of roads, in metres.")]
Earlier = Annotated[
    Path | None, typer.Option("--earlier", help="A region whose trips are taken where they fit.")
]


def import_(
    files: Files = None,
    *,
    to: To = None,
    data: Data = None,
    maps: Maps = None,
    keep: Keep = None,
    mapping: MappingFile = None,
    crs: Crs = "",
    sheet: SheetName = "",
    duplicates: Duplicates = "stop",
    country: Nation = "",
    population: People = "",
    near: Near = "",
    km: Km = 80.0,
    admin: Admin = "",
    world: World = False,
    speeds: Speeds = None,
    bridge: Bridge = 30.0,
    earlier: Earlier = None,
    as_json: AsJson = False,
) -> None:
    """Make a region from your own files: a census table, a spreadsheet, a map layer, roads.

    Columns are guessed and shown; what is repaired is said, what is doubtful is asked. Without
    --to nothing is written.
    """
    with failures(as_json=as_json, doing="reading the files"):
        from optimizer.importing.columns.vocabulary import FIELDS
        from optimizer.importing.import_region import import_region
        from optimizer.importing.mapping import parse_wishes, read_mapping
        from optimizer.importing.world import place_of

        known = [row.name for row in FIELDS]
        wishes = parse_wishes(
            pairs_in(maps or []),
            keep or [],
            known=known,
            crs=crs,
            sheet=sheet,
            duplicates=duplicates,
        )
        mapped = read_mapping(mapping) if mapping else {}
        given: list[str | Path] = list(files or [])
        given = given or list(dict.fromkeys(key.partition(" [")[0] for key in mapped))
        place = place_of(near, km, country, admin) if near or world else None
        if not given and place is None:
            raise PolicyError("give the files of the region, --mapping, or --near LAT,LON")
        found = import_region(
            given,
            to,
            wishes=wishes,
            mapping=mapped,
            data=data,
            country=country,
            people=span_of(population, "--population"),
            place=place,
            speeds=speeds,
            bridge_m=bridge,
            earlier=earlier,
        )
        if as_json:
            record = {
                "columns": found.columns().to_dict("records"),
                "sums": found.sums(),
                "handled": list(found.said),
                "asked": [str(question) for question in found.asked],
                "missing": list(found.missing),
                "assumed": list(found.assumptions),
                "written": None if found.folder is None else str(found.folder),
            }
            typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
        else:
            typer.echo(str(found))


def span_of(text: str, option: str) -> tuple[float, float] | None:
    """Return the two ends of ``2000:30000``; either may be left out.

    Raises
    ------
    PolicyError
        If it is no such pair.

    Examples
    --------
    >>> span_of("2000:30000", "--population"), span_of(":500", "--population")
    ((2000.0, 30000.0), (0.0, 500.0))
    """
    if not text:
        return None
    least, sign, most = text.partition(":")
    try:
        ends = (float(least or 0), float(most or "inf")) if sign else None
    except ValueError:
        ends = None
    if ends is None:
        raise PolicyError(f"{option} {text}: write LEAST:MOST, such as 2000:30000")
    return ends


def to_xlsx(
    region: Region,
    out: Annotated[Path | None, typer.Option("--out", help="Workbook to make.")] = None,
) -> None:
    """Write a region as a workbook to be edited."""
    with failures(as_json=False, doing="reading the region"):
        import optimizer as op

        instance = region_of(region, None)
        target = out or Path(f"{instance.name}.xlsx")
        check_file(target, "--out")
        typer.echo(f"written to {op.to_xlsx(instance, target)}")


def from_xlsx(
    workbook: Annotated[Path, typer.Argument(help="A workbook of to-xlsx, edited.")],
    to: Annotated[Path, typer.Option("--to", help="Folder of the region to make.")],
) -> None:
    """Make a region of an edited workbook."""
    with failures(as_json=False, doing="reading the workbook"):
        import optimizer as op

        instance = op.from_xlsx(workbook, to)
        typer.echo(f"{len(instance.towns):,} towns written to {to}")
