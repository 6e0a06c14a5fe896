"""What is mutated: small bundled regions, a region with map layers, runs, tables given by path."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import optimizer as op
from optimizer.plan.store import write_plan

__all__ = ["KINDS", "TURNS", "Files", "originals"]

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("tables", "settings", "layers", "run", "by path")
TURNS = ("tables", "settings", "layers", "tables", "settings", "run", "settings", "by path")
"""Kind of each case in turn: tables and settings most often, for they reach the solver."""
SMALL = ("pair", "ring", "line", "islands", "rich_and_poor", "unaffordable", "growing", "answering")

Files = dict[str, bytes]
"""Content of each file of a folder, by its path there."""


@cache
def originals(kind: str) -> tuple[Files, ...]:
    """Return the folders that cases of a kind begin with."""
    if kind == "layers":
        return (_mapped(),)
    if kind == "run":
        return tuple(_run(name, grouping) for name, grouping in (("pair", None), ("ring", "alone")))
    regions = [_folder(ROOT / "instances" / name) for name in SMALL]
    if kind != "by path":
        return tuple(regions)
    pair = regions[0]
    rows = "town,operator\nalba,north\nbrisa,south\n"
    chances = "town,leaving_chance\nalba,0.25\nbrisa,1\n"
    changes = (
        '[dear]\ntitle = "Dear"\nmultiply = { costs = 1.2, income = 0.9 }\n'
        "set = { collection_rate = 0.8 }\npolicy = { reach_hours = 1.0 }\n\n"
        '[cut]\nclose = [["alba", "brisa"]]\nrefuse = ["alba"]\n'
    )
    given = {"grouping.csv": rows, "chances.csv": chances, "scenarios.toml": changes}
    return ({**pair, **{name: text.encode() for name, text in given.items()}},)


def _folder(folder: Path) -> Files:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _mapped() -> Files:
    """Return a region of four towns with roads and boundaries, and no travel table."""
    places = {f"t{k}": (-76.5 + 0.1 * (k % 2), -6.5 + 0.1 * (k // 2)) for k in range(4)}
    towns = "town,lon,lat,population,income_month\n"
    towns += "".join(f"{t},{lon},{lat},4000,1200\n" for t, (lon, lat) in places.items())
    settings = (ROOT / "instances" / "pair" / "instance.toml").read_text(encoding="utf-8")
    settings = settings.replace("[policy]", "[policy]\nconnected = true")
    squares = [
        _feature("Polygon", [_square(lon, lat)], {"town": town})
        for town, (lon, lat) in places.items()
    ]
    ends = list(places.values())
    lines = [
        _feature("LineString", [list(a), list(b)], {"speed_km_h": 40, "road_class": "paved"})
        for a, b in ((ends[0], ends[1]), (ends[1], ends[3]), (ends[3], ends[2]))
    ]
    layers = {"boundaries.geojson": squares, "roads.geojson": lines}
    return {"instance.toml": settings.encode(), "towns.csv": towns.encode()} | {
        name: json.dumps({"type": "FeatureCollection", "features": rows}).encode()
        for name, rows in layers.items()
    }


def _square(lon: float, lat: float) -> list[list[float]]:
    steps = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[lon + 0.05 * x, lat + 0.05 * y] for x, y in steps]


def _feature(kind: str, points: object, properties: dict[str, object]) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": points}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _run(name: str, grouping: str | None) -> Files:
    """Return the folder of a run."""
    region = op.read(ROOT / "instances" / name)
    plan = op.solve(region) if grouping is None else op.evaluate(region, grouping)
    with TemporaryDirectory() as home:
        return _folder(write_plan(plan, Path(home) / "run"))
