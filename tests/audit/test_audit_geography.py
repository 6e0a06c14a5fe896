"""Travel and neighbours as the audit recomputes them, on small regions with known answers."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from optimizer.audit import audit
from optimizer.audit.geography.neighbours import _edges
from optimizer.audit.geography.roads import RoadTimes
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Travel
from optimizer.plan.plan import Plan
from tests.support.hand_plan import good_plan, hand_instance

UTM = "EPSG:32718"
ORIGIN = (400_000.0, 9_300_000.0)


def at_metres(instance: Instance, places: list[tuple[float, float]]) -> Instance:
    """The hand-worked instance with its towns at these metres from an origin."""
    points = gpd.GeoSeries(
        [shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in places], crs=UTM
    )
    degrees = points.to_crs("EPSG:4326")
    towns = instance.towns.copy()
    towns["lon"], towns["lat"] = degrees.x.to_numpy(), degrees.y.to_numpy()
    towns = towns.set_geometry(gpd.points_from_xy(towns["lon"], towns["lat"], crs="EPSG:4326"))
    return instance.replace(towns=towns, travel_table=None)


def lines(shapes: list[list[tuple[float, float]]], speeds: list[float]) -> gpd.GeoDataFrame:
    moved = [shapely.LineString([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in s]) for s in shapes]
    return gpd.GeoDataFrame({"speed_km_h": speeds}, geometry=moved, crs=UTM).to_crs("EPSG:4326")


def seen_from(plan: Plan, instance: Instance, **travel: object) -> Plan:
    """The plan on another instance, with another trip from A to B."""
    towns = plan.towns.copy()
    for column, value in travel.items():
        towns.loc["B", column] = value
    towns = towns.set_geometry(instance.towns.geometry)
    return dataclasses.replace(plan, instance=instance, towns=towns)


def travel_failures(plan: Plan) -> list[tuple[str, str]]:
    found = audit(plan).failures
    rows = found[found["rule"].isin(["travel", "reach"])]
    return list(zip(rows["rule"], rows["town"], strict=True))


def test_straight_line_is_geodesic_times_detour_over_speed() -> None:
    plan = good_plan()
    instance = plan.instance.replace(travel_table=None)
    km = Geod(ellps="WGS84").inv(-76.0, -6.0, -76.1, -6.0)[2] / 1000.0 * 1.4
    trip = {"travel_km": km, "travel_hours": km / 40.0, "travel_source": "straight line"}
    assert travel_failures(seen_from(plan, instance, **trip)) == []
    assert travel_failures(seen_from(plan, instance)) == [("travel", "B")] * 3


def test_other_direction_of_the_table() -> None:
    plan = good_plan()
    table = plan.instance.travel_table
    assert table is not None
    turned = table.swaplevel().rename_axis(["origin", "destination"])
    instance = plan.instance.replace(travel_table=turned)
    assert travel_failures(seen_from(plan, instance)) == [("travel", "B")]
    source = "travel table (other direction)"
    assert travel_failures(seen_from(plan, instance, travel_source=source)) == []


def test_no_way_at_all_breaks_reach() -> None:
    plan = good_plan()
    closed = Travel(derive_missing=False)
    instance = plan.instance.replace(travel_table=None, travel=closed)
    assert travel_failures(seen_from(plan, instance)) == [("reach", "B")]


def road_region() -> Instance:
    """A at 0, B at 30 km and 1 km off the road; the way from A turns at 10 km, ends 5 m short.

    A - (10 km at 50 km/h) - junction - (20 km at 80 km/h) - B's stop - 1 km at 15 km/h.
    """
    instance = at_metres(hand_instance(), [(0.0, 0.0), (30_000.0, 1_000.0), (90_000.0, 0.0)])
    roads = lines(
        [
            [(0.0, 0.0), (10_000.0, 0.0)],
            [(10_005.0, -5_000.0), (10_005.0, 5_000.0)],
            [(10_005.0, 0.0), (40_000.0, 0.0)],
            [(85_000.0, 0.0), (95_000.0, 0.0)],
        ],
        [50.0, 60.0, 80.0, 50.0],
    )
    return instance.replace(roads=roads)


def test_fastest_way_by_road() -> None:
    times = RoadTimes(road_region())
    hours = times.hours("A", ["B", "C"], hours_most=5.0)
    # 10 km / 50 + 20 km / 80 + 1 km / 15 = 0.2 + 0.25 + 0.0667 h; grid and ground differ by 0.1 %
    assert hours == {"B": pytest.approx(0.2 + 0.25 + 1 / 15, rel=2e-3)}
    assert times.joined("A", "B")
    assert not times.joined("A", "C")


def test_road_times_in_a_plan() -> None:
    plan = good_plan()
    trip = {"travel_hours": 0.5167, "travel_km": 31.0, "travel_source": "roads"}
    assert travel_failures(seen_from(plan, road_region(), **trip)) == []
    assert travel_failures(seen_from(plan, road_region(), **{**trip, "travel_hours": 0.4})) == [
        ("travel", "B")
    ]


def test_town_too_far_from_any_road_is_not_on_it() -> None:
    region = road_region().replace(travel=Travel(snap_km_most=0.5))
    assert not RoadTimes(region).joined("A", "B")


def together(instance: Instance) -> set[tuple[str, str]]:
    """Neighbours where all towns are in one area."""
    label = dict.fromkeys((str(t) for t in instance.towns.index), "all")
    return {(min(a, b), max(a, b)) for a, b in _edges(instance, label)}


@pytest.mark.parametrize(
    ("gap", "height", "neighbours"),
    [(0.0, 5_000.0, True), (100.0, 5_000.0, True), (130.0, 5_000.0, False), (0.0, 90.0, False)],
    ids=["shared border", "sliver", "too wide a gap", "too short a border"],
)
def test_neighbours_by_boundaries(gap: float, height: float, *, neighbours: bool) -> None:
    """Two squares beside each other; a border of 90 m comes to 90 + 2 x 120 m, below 400 m."""
    squares = [shapely.box(0, 0, 5_000, 5_000), shapely.box(5_000 + gap, 0, 9_000, height)]
    squares += [shapely.box(50_000, 0, 55_000, 5_000)]
    shapes = gpd.GeoSeries(squares, crs=UTM).translate(*ORIGIN)
    index = pd.Index(["A", "B", "C"], name="town")
    boundaries = gpd.GeoDataFrame(geometry=shapes.to_numpy(), index=index, crs=UTM)
    instance = hand_instance().replace(
        adjacency_table=None, boundaries=boundaries.to_crs("EPSG:4326")
    )
    assert together(instance) == ({("A", "B")} if neighbours else set())


def test_neighbours_by_cells() -> None:
    """B lies between A and C on a line, so A and C are no neighbours."""
    instance = at_metres(hand_instance(), [(0.0, 0.0), (10_000.0, 10.0), (20_000.0, 0.0)])
    assert together(instance.replace(adjacency_table=None)) == {("A", "B"), ("B", "C")}
    corner = at_metres(hand_instance(), [(0.0, 0.0), (10_000.0, 0.0), (0.0, 10_000.0)])
    every = {("A", "B"), ("A", "C"), ("B", "C")}
    assert together(corner.replace(adjacency_table=None)) == every


def test_two_towns_at_one_place_are_neighbours() -> None:
    instance = at_metres(hand_instance(), [(0.0, 0.0), (0.0, 0.0), (20_000.0, 0.0)])
    every = {("A", "B"), ("A", "C"), ("B", "C")}
    assert together(instance.replace(adjacency_table=None)) == every


def test_far_apart_by_cells_is_named_in_a_plan() -> None:
    """A and B in one area with C between them."""
    plan = good_plan()
    places = [(0.0, 0.0), (20_000.0, 0.0), (10_000.0, 10.0)]
    instance = at_metres(plan.instance, places).replace(adjacency_table=None)
    found = audit(seen_from(plan, instance)).failures
    connected = found[found["rule"] == "connected"]
    assert connected["town"].tolist() == ["B"]
    assert np.isclose(connected["amount"], 1.0).all()


def _boundaries(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    """Boundaries of A, B and C, metres from the origin."""
    moved = gpd.GeoSeries(list(shapes), crs=UTM).translate(*ORIGIN)
    index = pd.Index(["A", "B", "C"], name="town")
    return gpd.GeoDataFrame(geometry=moved.to_numpy(), index=index, crs=UTM).to_crs("EPSG:4326")


def test_a_spike_on_a_boundary_costs_no_neighbour() -> None:
    """A's boundary runs 3 km out into B and back; so it does where A is in two pieces."""
    spiked = [(0, 0), (5_000, 0), (5_000, 2_500), (8_000, 2_500), (5_000, 2_500), (5_000, 5_000)]
    first = shapely.Polygon([*spiked, (0, 5_000)])
    beside = shapely.box(5_000, 0, 10_000, 5_000)
    far = shapely.box(50_000, 0, 55_000, 5_000)
    pieces = shapely.MultiPolygon([first, shapely.box(0, 9_000, 500, 9_500)])
    assert not first.is_valid
    for shape in (first, pieces):
        region = hand_instance().replace(
            adjacency_table=None, boundaries=_boundaries(shape, beside, far)
        )
        assert together(region) == {("A", "B")}


def test_a_boundary_that_crosses_itself_keeps_its_neighbours() -> None:
    bow = shapely.Polygon([(0, 0), (5_000, 5_000), (5_000, 0), (0, 5_000)])
    region = hand_instance().replace(
        adjacency_table=None,
        boundaries=_boundaries(
            bow, shapely.box(5_000, 0, 9_000, 5_000), shapely.box(50_000, 0, 55_000, 5_000)
        ),
    )
    assert together(region) == {("A", "B")}


def test_a_slow_road_far_away_changes_nothing() -> None:
    region = road_region()
    assert region.roads is not None
    slow = lines([[(200_000.0, 0.0), (201_000.0, 0.0)]], [0.001])
    more = region.replace(roads=pd.concat([region.roads, slow], ignore_index=True))
    here, there = (RoadTimes(one).hours("A", ["B"], hours_most=5.0)["B"] for one in (region, more))
    assert here == there


def test_the_gap_at_a_junction_takes_the_slower_road_and_not_the_usual_speed() -> None:
    """Ends that lie 5 m apart take 5 m at 50 km/h, whatever the speed away from all roads is."""
    region = road_region()
    slow = region.replace(travel=Travel(speed_km_h=0.1, snap_speed_km_h=15.0))
    here, there = (RoadTimes(one).hours("A", ["B"], hours_most=5.0)["B"] for one in (region, slow))
    assert here == pytest.approx(there, rel=1e-9)
