"""Regions whose geography once gave a wrong plan, solved whole, with the values that are right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import optimizer as op

TOML = """
currency = "PEN"
price_year = 2024
crs = "EPSG:32718"
[policy]
affordable_share = 0.05
reach_hours = 2.0
connected = {connected}
[costs]
fixed_cost_year = 15000.0
connection_cost_year = 60.0
volume_cost_m3 = 0.25
[[operator_models]]
operator_model = "social"
overhead_year = 35000.0
crew_hour_cost = 20.0
"""
TOWNS = """town,lon,lat,population,income_month
a,-76.60,-6.30,8000,1600
b,-76.50,-6.40,6000,1400
c,-76.45,-6.55,3200,1200
"""
A = [(-76.65, -6.35), (-76.55, -6.35), (-76.55, -6.3), (-76.55, -6.25), (-76.65, -6.25)]
SPIKE = [(-76.52, -6.3), (-76.55, -6.299999999999999)]
B = [(-76.55, -6.45), (-76.45, -6.45), (-76.45, -6.25), (-76.55, -6.25)]
C = [(-76.55, -6.6), (-76.45, -6.6), (-76.45, -6.45), (-76.55, -6.45)]


def folder(home: Path, file: str, kind: str, rows: list[tuple[dict[str, object], object]]) -> Path:
    """Write the region with one layer of (columns, coordinates)."""
    home.mkdir(exist_ok=True)
    connected = str(file.startswith("boundaries")).lower()
    (home / "instance.toml").write_text(TOML.format(connected=connected))
    (home / "towns.csv").write_text(TOWNS)
    features = [
        {"type": "Feature", "properties": row, "geometry": {"type": kind, "coordinates": shape}}
        for row, shape in rows
    ]
    (home / file).write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return home


@pytest.mark.parametrize("spike", [[], SPIKE], ids=["plain", "with a spike"])
def test_a_spike_in_a_boundary_changes_no_plan(
    tmp_path: Path, spike: list[tuple[float, float]]
) -> None:
    ring = [*A[:3], *spike, *A[3:]]
    shapes = {"a": ring, "b": B, "c": C}
    rows = [({"town": town}, [[*shape, shape[0]]]) for town, shape in shapes.items()]
    region = op.read(folder(tmp_path / "x", "boundaries.geojson", "Polygon", rows))
    for plan in (op.solve(region), op.evaluate(region, dict.fromkeys(shapes, "all"))):
        assert len(plan.areas) == 1
        assert plan.outcome.objective == pytest.approx(638_104.11, abs=0.01)
        plan.audit().raise_for_failures()
        op.audit_run(plan.write(tmp_path / plan.status)).raise_for_failures()


def test_a_slow_road_far_away_changes_no_plan(tmp_path: Path) -> None:
    near = [
        ({"speed_km_h": 60}, [(-76.60, -6.30), (-76.55, -6.35)]),
        ({"speed_km_h": 60}, [(-76.550004, -6.350004), (-76.50, -6.40)]),
    ]
    far = ({"speed_km_h": 0.001}, [(-76.30, -6.90), (-76.29, -6.91)])
    values = []
    for k, rows in enumerate((near, [*near, far])):
        plan = op.solve(op.read(folder(tmp_path / str(k), "roads.geojson", "LineString", rows)))
        plan.audit().raise_for_failures()
        assert plan.towns.loc["a", "travel_hours"] == pytest.approx(0.2607, abs=1e-4)
        values.append(plan.outcome.objective)
    assert values[0] == values[1]
