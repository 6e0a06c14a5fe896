"""A stored run: read again exactly, whole or absent, and never good when it fails its audit."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pyproj import Geod

from optimizer.errors import AuditError, StoreError
from optimizer.instance.csv_cells import escaped, unescaped
from optimizer.instance.schema.plan_tables import TABLES, empty_table, frames_of
from optimizer.plan import folder as folder_module
from optimizer.plan.csv_tables import read_table, write_table
from optimizer.plan.layers import area_shapes, links, write_layers
from optimizer.plan.plan import Plan
from optimizer.plan.store import read_plan, write_plan
from tests.support.hand_plan import good_plan


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-worked plan, written once."""
    return write_plan(good_plan(), tmp_path_factory.mktemp("runs") / "hand", options={"gap": 0.01})


def renamed(plan: Plan, name: str) -> Plan:
    """The plan with another name for town A, in instance and tables."""
    places = plan.instance.towns.copy()
    places.loc["A", "name"] = name
    towns, areas = plan.towns.copy(), plan.areas.copy()
    towns.loc["A", "name"] = name
    areas.loc["A", "seat_name"] = name
    instance = plan.instance.replace(towns=places)
    return dataclasses.replace(plan, instance=instance, towns=towns, areas=areas)


def test_round_trip_is_exact(run: Path) -> None:
    plan, again = good_plan(), read_plan(run)
    for name, frame in frames_of(plan).items():
        assert_frame_equal(frames_of(again)[name], frame, check_exact=True)
    assert again.towns.crs == plan.towns.crs
    assert again.outcome == dataclasses.replace(plan.outcome, options={"gap": 0.01})
    assert again.instance.name == "hand"
    assert again.instance.fingerprint() == plan.instance.fingerprint()


def test_stored_run_can_be_audited_alone(run: Path) -> None:
    assert read_plan(run).audit().passed


def test_files_of_a_run(run: Path) -> None:
    names = {p.name for p in run.iterdir()}
    assert names == {
        *(f"{table}.csv" for table in TABLES),
        "audit.csv",
        "instance",
        "plan.gpkg",
        "run.json",
        "summary.txt",
    }
    assert [p.name for p in run.parent.iterdir()] == [run.name]


def test_run_json_tells_proof_and_audit(run: Path) -> None:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert record["outcome"]["objective"] == 336_020.0
    assert record["gap"] == pytest.approx(16_020 / 336_020)
    assert record["audit"]["passed"] is True
    assert record["audit"]["checks"]["reach"] == 3
    assert record["policy"]["affordable_share"] == 0.05
    assert record["options"] == {"gap": 0.01}
    assert record["versions"]["pandas"] == pd.__version__


def test_no_bound_and_no_infinity_spoil_the_json(tmp_path: Path) -> None:
    plan = good_plan()
    told = dataclasses.replace(
        plan.outcome,
        status="evaluated",
        bound=math.nan,
        broken_promises=plan.audit().broken_words,
    )
    run = write_plan(dataclasses.replace(plan, outcome=told), tmp_path / "a")
    assert math.isnan(read_plan(run).bound)
    told = dataclasses.replace(plan.outcome, bound=-math.inf)
    run = write_plan(dataclasses.replace(plan, outcome=told), tmp_path / "b")
    assert read_plan(run).bound == -math.inf
    assert "NaN" not in (run / "run.json").read_text(encoding="utf-8")


def test_awkward_numbers_survive(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1e-300, -0.0, math.inf, math.nan, 123456789.12345679]
    frame = empty_table("tariffs").reset_index()
    frame = pd.DataFrame(
        {c: [""] * 6 for c in frame.columns[:4]}
        | {"from_m3": numbers, "to_m3": [math.nan] * 6, "price": [1.0] * 6}
    )
    frame = frame.set_index(["service_area", "town", "category", "component"])
    write_table(frame, TABLES["tariffs"], tmp_path / "t.csv")
    again = read_table(TABLES["tariffs"], tmp_path / "t.csv")
    assert_frame_equal(again, frame, check_exact=True)
    assert math.copysign(1.0, again["from_m3"].iloc[2]) == -1.0


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "'=1",
        "''=1",
        "'x",
        "",
        "NaN",
        "a\r\nb",
        '"q", x',
        "ñ",
    ],
)
def test_texts_survive_and_are_no_formulas(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert escaped(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@pytest.mark.parametrize("name", ["=HYPERLINK(0)", "../../up", "a,b;c", "NaN", 'the "old" town'])
def test_names_of_towns_never_matter(name: str, tmp_path: Path) -> None:
    run = write_plan(renamed(good_plan(), name), tmp_path / "run")
    assert read_plan(run).towns.loc["A", "name"] == name
    with (run / "towns.csv").open(encoding="utf-8", newline="") as file:
        cell = next(csv.DictReader(file))["name"]
    assert cell[0] != "="
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_failing_plan_is_not_written(tmp_path: Path) -> None:
    plan = good_plan()
    wrong = dataclasses.replace(plan, finances=plan.finances * 1.01)
    with pytest.raises(AuditError, match="not written"):
        write_plan(wrong, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
    run = write_plan(wrong, tmp_path / "run", allow_failed=True)
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert record["audit"]["passed"] is False
    assert record["audit"]["failures"]["cost"] > 0


def test_broken_promises_of_an_evaluated_grouping_are_listed(tmp_path: Path) -> None:
    plan = good_plan()
    near = plan.instance.policy.replace(reach_hours=0.4)
    plan = plan.with_instance(plan.instance.replace(policy=near))
    with pytest.raises(AuditError):
        write_plan(plan, tmp_path / "run")
    told = dataclasses.replace(
        plan.outcome,
        status="evaluated",
        bound=math.nan,
        broken_promises=plan.audit().broken_words,
    )
    run = write_plan(dataclasses.replace(plan, outcome=told), tmp_path / "run")
    failures = pd.read_csv(run / "audit.csv")
    assert failures[["kind", "rule", "town"]].to_numpy().tolist() == [["promise", "reach", "B"]]
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert (record["audit"]["passed"], record["audit"]["sound"]) == (False, True)


def test_an_earlier_run_is_replaced_only_on_request(tmp_path: Path) -> None:
    run = write_plan(good_plan(), tmp_path / "run")
    (run / "report.html").write_text("old", encoding="utf-8")
    with pytest.raises(StoreError, match="overwrite=True"):
        write_plan(good_plan(), run)
    write_plan(good_plan(), run, overwrite=True)
    assert not (run / "report.html").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_no_run_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="something else"):
        write_plan(good_plan(), tmp_path, overwrite=True)
    with pytest.raises(StoreError, match="is a file"):
        write_plan(good_plan(), tmp_path / "thesis.txt", overwrite=True)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_stop_on_the_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder_module, "write_layers", stop)
    with pytest.raises(KeyboardInterrupt):
        write_plan(good_plan(), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def copy_of(run: Path, tmp_path: Path, change: tuple[str, str, str]) -> Path:
    file, old, new = change
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8", newline="")
    return copy


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("run.json", '"format": 2', '"format": 99'), "newer version; this one reads up to 2"),
        (("run.json", '"format": 2', '"format": true'), "has no format number"),
        (("run.json", '"format": 2', '"format": 0'), "has no format number"),
        (("run.json", "{", "["), "cannot be read"),
        (("run.json", '"bound"', '"bond"'), "outcome is incomplete"),
        (("instance/towns.csv", "4000", "4100"), "changed after the run"),
        (("areas.csv", "seat_name", "seatname"), "columns are"),
        (("areas.csv", "160000", "many"), "column cost_year, row 2 holds 'many'"),
        (("bills.csv", "yes", "perhaps"), "column protected, row 2 holds 'perhaps'"),
        (("finances.csv", "C,", "C,,"), "cells"),
    ],
)
def test_a_damaged_run_says_what_is_wrong(
    run: Path, tmp_path: Path, change: tuple[str, str, str], message: str
) -> None:
    with pytest.raises(StoreError, match=message):
        read_plan(copy_of(run, tmp_path, change))


def test_a_tampered_table_fails_the_audit(run: Path, tmp_path: Path) -> None:
    cheap = read_plan(copy_of(run, tmp_path, ("tariffs.csv", "0.75", "0.5")))
    assert set(cheap.audit().failures["rule"]) >= {"bill", "cover_cost"}


def test_missing_folder_and_missing_table(run: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a run"):
        read_plan(tmp_path / "nowhere")
    copy = copy_of(run, tmp_path, ("areas.csv", "seat", "seat"))
    (copy / "bills.csv").unlink()
    with pytest.raises(StoreError, match=r"bills\.csv"):
        read_plan(copy)


def test_layers_open_with_their_geometry(run: Path) -> None:
    layers = dict(pyogrio.list_layers(run / "plan.gpkg").tolist())
    kinds = {"areas": "MultiPolygon", "links": "LineString", "towns": "Point", "seats": "Point"}
    assert layers == kinds
    towns = gpd.read_file(run / "plan.gpkg", layer="towns")
    assert towns.crs == "EPSG:4326"
    assert towns["service_area"].tolist() == ["A", "A", "C"]
    lines = gpd.read_file(run / "plan.gpkg", layer="links")
    assert lines["town"].tolist() == ["B"]
    assert lines.geometry[0].equals(shapely.LineString([(-76.0, -6.0), (-76.1, -6.0)]))


def test_areas_are_the_union_of_boundaries_where_all_are_known() -> None:
    plan = good_plan()
    assert set(area_shapes(plan)["territory_source"]) == {"hull of the towns"}
    # A and B share a side; together they are one square of 0.2 x 0.1 degrees
    boxes = [
        shapely.box(-76.05, -6.05, -75.95, -5.95),
        shapely.box(-76.15, -6.05, -76.05, -5.95),
        shapely.box(-77.05, -6.55, -76.95, -6.45),
    ]
    index = pd.Index(["A", "B", "C"], name="town")
    boundaries = gpd.GeoDataFrame(geometry=boxes, index=index, crs="EPSG:4326")
    with_shapes = plan.with_instance(plan.instance.replace(boundaries=boundaries))
    shapes = area_shapes(with_shapes)
    assert set(shapes["territory_source"]) == {"boundaries"}
    bounds = shapes.geometry.loc["A"].bounds
    assert bounds == pytest.approx((-76.15, -6.05, -75.95, -5.95), abs=1e-3)
    assert len(shapes.geometry.loc["A"].geoms) == 1


def test_links_are_empty_where_every_town_is_alone() -> None:
    plan = good_plan()
    towns = plan.towns.copy()
    towns["seat"] = np.asarray(towns.index)
    assert len(links(dataclasses.replace(plan, towns=towns))) == 0


def test_areas_and_links_across_180_degrees_stay_small(tmp_path: Path) -> None:
    """Two towns on either side of the meridian: 22 km apart, not once round the earth."""
    plan = good_plan()
    region = plan.instance
    lon = np.array([179.9, -179.9, 178.5])
    points = gpd.points_from_xy(lon, [-17.0, -17.0, -17.5], crs="EPSG:4326")
    moved = region.towns.assign(lon=lon, lat=[-17.0, -17.0, -17.5]).set_geometry(points)
    region = region.replace(towns=moved, crs="EPSG:32760")
    towns = plan.towns.set_geometry(points)
    plan = dataclasses.replace(plan, instance=region, towns=towns)
    write_layers(plan, tmp_path / "plan.gpkg")
    areas = gpd.read_file(tmp_path / "plan.gpkg", layer="areas").set_index("service_area")
    shape = areas.geometry.loc["A"]
    assert sorted(round(part.bounds[0]) for part in shape.geoms) == [-180, 180]
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) / 1e6
    apart = Geod(ellps="WGS84").inv(179.9, -17.0, -179.9, -17.0)[2] / 1000.0
    assert km2 == pytest.approx(4.0 * apart + np.pi * 2.0**2, rel=0.01)  # a strip with round ends
    line = gpd.read_file(tmp_path / "plan.gpkg", layer="links").geometry.iloc[0]
    assert sum(part.length for part in line.geoms) == pytest.approx(0.2)
