"""Travel, reach and nearest partners, with answers worked by hand on a plane of kilometres."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from optimizer.errors import InstanceError
from optimizer.geography import nearest_reach, pair_reach, reach_of, travel_pairs
from optimizer.geography.distance import close_pairs, geodesic_km, in_metres
from optimizer.geography.noding import node_lines
from optimizer.geography.roads import road_lines, road_towns, snap_towns
from optimizer.instance.instance import Instance
from optimizer.instance.reading.builders import instance_from_tables
from optimizer.instance.schema.fields import Travel
from optimizer.instance.schema.policy import Policy

CRS = "EPSG:32718"
Road = tuple[Any, ...]
ORIGIN = np.array([500_000.0, 9_300_000.0])


def region(
    places_km: Any,
    *,
    roads: list[Road] | None = None,
    table: list[tuple[str, str, float, float]] | None = None,
    zones: list[str] | None = None,
    seats: list[bool] | None = None,
    boundaries: gpd.GeoDataFrame | None = None,
    **parts: Any,
) -> Instance:
    """Return towns a, b, c ... at kilometres east and north of an origin.

    ``roads`` are (points in km, speed, class); ``table`` holds (origin, destination, hours, km).
    """
    letters = list("abcdefghijklmnopqrstuvwxyz"[: len(places_km)])
    xy = ORIGIN + 1000.0 * np.asarray(places_km, dtype=float)
    points = gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs=CRS).to_crs("EPSG:4326")
    towns = {
        "town": letters,
        "lon": points.x.to_numpy(),
        "lat": points.y.to_numpy(),
        "zone": zones or "",
        "seat_allowed": True if seats is None else seats,
    }
    columns = ["origin", "destination", "hours", "km"]
    plain = instance_from_tables(
        name="plane",
        title="Plane",
        currency="S/",
        price_year=2024,
        crs=CRS,
        towns=pd.DataFrame(towns).assign(population=4000.0, income_month=1000.0),
        operator_models=pd.DataFrame({"operator_model": ["any"], "overhead_year": [1000.0]}),
        travel_table=None if table is None else pd.DataFrame(table, columns=columns),
        **parts,
    )
    lines = None if roads is None else road_frame(roads)
    return plain.replace(roads=lines, boundaries=boundaries)


def road_frame(roads: list[Road]) -> gpd.GeoDataFrame:
    """Return road lines in EPSG:4326 from (points in km, speed, class)."""
    lines = [shapely.LineString(ORIGIN + 1000.0 * np.asarray(r[0], dtype=float)) for r in roads]
    frame = gpd.GeoDataFrame(
        {"speed_km_h": [r[1] for r in roads], "road_class": [(*r, "")[2] for r in roads]},
        geometry=lines,
        crs=CRS,
    )
    return frame.to_crs("EPSG:4326")


def trip(pairs: pd.DataFrame, seat: str, town: str) -> pd.Series:
    """Return the one row of a seat and a town named by letter."""
    at = (pairs["seat"] == ord(seat) - 97) & (pairs["town"] == ord(town) - 97)
    assert at.sum() == 1, f"{at.sum()} rows for {seat} -> {town}"
    return pairs[at].iloc[0]


def known(pairs: pd.DataFrame, seat: str, town: str) -> bool:
    return bool(((pairs["seat"] == ord(seat) - 97) & (pairs["town"] == ord(town) - 97)).any())


T_ROAD = [([(0, 0), (30, 0), (60, 0)], 60.0), ([(30, 0), (30, 20)], 40.0)]


# ---------------------------------------------------------------- roads


def test_t_shaped_road_has_the_hours_and_km_worked_by_hand() -> None:
    # a-b: 60 km at 60 km/h = 1 h. a-c: 30 km at 60 and 20 km at 40 = 0.5 + 0.5 h, 50 km.
    pairs = travel_pairs(region([(0, 0), (60, 0), (30, 20)], roads=T_ROAD), 2.0)
    assert set(pairs["source"]) == {"same town", "roads"}
    assert trip(pairs, "a", "b").hours == pytest.approx(1.0, abs=1e-6)
    assert trip(pairs, "a", "b").km == pytest.approx(60.0, abs=1e-4)
    assert trip(pairs, "a", "c").hours == pytest.approx(1.0, abs=1e-6)
    assert trip(pairs, "a", "c").km == pytest.approx(50.0, abs=1e-4)
    assert trip(pairs, "c", "a").km == trip(pairs, "a", "c").km
    assert len(pairs) == 9


def test_town_off_the_road_pays_the_leg_to_its_nearest_point() -> None:
    # b lies 3 km of the map north of km 10; the map is 0.9996 of the ground there, so 3.0012 km
    # on the ground: 10 / 60 h + 3.0012 / 15 h.
    here = region([(0, 0), (10, 3)], roads=T_ROAD, travel=Travel(snap_speed_km_h=15.0))
    row = trip(travel_pairs(here, 2.0), "a", "b")
    assert row.hours == pytest.approx(10 / 60 + 3 / 0.9996 / 15, abs=1e-6)
    assert row.km == pytest.approx(10 + 3 / 0.9996, abs=1e-4)
    snaps = reach_of(here).snaps
    assert snaps.loc["b", "snap_km"] == pytest.approx(3 / 0.9996, abs=1e-4)
    assert snaps["snapped"].all()


@pytest.mark.parametrize("crs", ["EPSG:3395", "EPSG:6933"])
def test_a_map_that_falsifies_lengths_does_not_change_the_way_to_the_road(crs: str) -> None:
    # 60 degrees north: the town lies 0.05 degrees of a meridian (5.57 km) beside the road.
    towns = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([10.0, 10.4], [60.05, 60.0], crs="EPSG:4326"),
        index=pd.Index(["a", "b"], name="town"),
    )
    line = gpd.GeoSeries.from_wkt(["LINESTRING (10 60, 10.5 60)"], crs="EPSG:4326")
    roads = gpd.GeoDataFrame({"speed_km_h": [60.0]}, geometry=line)
    snaps = snap_towns(towns, roads, travel=Travel(), crs=crs).snaps
    assert snaps["snap_km"].tolist() == pytest.approx([5.571, 0.0], abs=2e-3)


def test_a_slow_road_far_away_changes_nothing() -> None:
    # two roads miss each other by 5 m and 0.5 m; a path of 0.001 km/h lies 200 km away.
    for gap_km in (0.005, 0.0005):
        near = [([(0, 0), (10, 0)], 60.0), ([(10 + gap_km, 0), (20, 0)], 30.0)]
        path = ([(200, 0), (201, 0)], 0.001)
        places = [(0, 0), (20, 0)]
        with_path = trip(travel_pairs(region(places, roads=[*near, path]), 9.0), "a", "b")
        without = trip(travel_pairs(region(places, roads=near), 9.0), "a", "b")
        assert with_path.hours == without.hours
        # the gap is driven at the speed of the slower road
        assert without.hours == pytest.approx(10 / 60 + 10 / 30, abs=1e-8)


def test_two_towns_on_one_segment_travel_between_their_own_points() -> None:
    # both on the same straight piece: 25 - 5 = 20 km, not back to a junction.
    row = trip(travel_pairs(region([(5, 0), (25, 0)], roads=T_ROAD), 1.0), "a", "b")
    assert (row.hours, row.km) == (pytest.approx(1 / 3, abs=1e-6), pytest.approx(20, abs=1e-4))


def test_km_follow_the_fastest_way_not_the_shortest() -> None:
    # straight track 40 km at 20 km/h = 2 h; highway round 2 x 30 km at 60 km/h = 1 h.
    north = float(np.sqrt(30**2 - 20**2))
    roads = [([(0, 0), (40, 0)], 20.0), ([(0, 0), (20, north), (40, 0)], 60.0)]
    row = trip(travel_pairs(region([(0, 0), (40, 0)], roads=roads), 3.0), "a", "b")
    assert row.hours == pytest.approx(1.0, abs=1e-6)
    assert row.km == pytest.approx(60.0, abs=1e-3)


def test_lines_join_at_a_vertex_that_ends_neither_of_them() -> None:
    roads = [([(0, 0), (10, 0), (20, 0)], 60.0), ([(10, -10), (10, 0), (10, 10)], 60.0)]
    row = trip(travel_pairs(region([(0, 0), (10, 10)], roads=roads), 1.0), "a", "b")
    assert (row.source, row.km) == ("roads", pytest.approx(20.0, abs=1e-4))


def test_lines_that_only_cross_do_not_join() -> None:
    roads = [([(0, 0), (20, 0)], 60.0), ([(10, -10), (10, 10)], 60.0)]  # a bridge
    row = trip(travel_pairs(region([(0, 0), (10, 10)], roads=roads), 5.0), "a", "b")
    assert row.source == "straight line"


@pytest.mark.parametrize(("gap_km", "source"), [(0.0, "roads"), (0.008, "roads"),
                                                (0.05, "straight line")])  # fmt: skip
def test_a_side_road_joins_where_it_ends_on_a_road_or_just_short(
    gap_km: float, source: str
) -> None:
    roads = [([(0, 0), (20, 0)], 60.0), ([(10, gap_km), (10, 10)], 60.0)]
    row = trip(travel_pairs(region([(0, 0), (10, 10)], roads=roads), 5.0), "a", "b")
    assert row.source == source
    if source == "roads":
        assert row.km == pytest.approx(20.0, abs=1e-3)


def test_an_island_falls_to_the_straight_line_and_says_so() -> None:
    # c and d share a road of their own: by road among themselves, straight to the others.
    island = ([(0, 30), (10, 30)], 50.0)
    here = region([(0, 0), (60, 0), (0, 30), (10, 30)], roads=[*T_ROAD, island])
    pairs = travel_pairs(here, 4.0)
    assert trip(pairs, "c", "d").source == "roads"
    row = trip(pairs, "a", "c")
    assert row.source == "straight line"
    assert row.km == pytest.approx(30 * 1.4, rel=1e-3)  # a UTM kilometre is 0.04 % short
    assert row.hours == pytest.approx(30 * 1.4 / 40, rel=1e-3)
    assert reach_of(here).snaps["road_part"].tolist() == [0, 0, 1, 1]
    dry = here.replace(travel=Travel(derive_missing=False))
    everything = travel_pairs(dry, np.inf)
    assert not known(everything, "a", "c")
    assert np.isfinite(everything["hours"]).all()


def test_a_town_beyond_the_snapping_limit_is_not_tied_to_the_road() -> None:
    places = [(0, 0), (30, -12)]
    near = region(places, roads=T_ROAD, travel=Travel(snap_km_most=12.5))
    far = region(places, roads=T_ROAD, travel=Travel(snap_km_most=11.5))
    assert trip(travel_pairs(near, 9.0), "a", "b").source == "roads"
    assert trip(travel_pairs(far, 9.0), "a", "b").source == "straight line"
    snaps = reach_of(far).snaps
    assert snaps.loc["b", "snap_km"] == pytest.approx(12 / 0.9996, abs=1e-3)
    assert snaps["snapped"].tolist() == [True, False]
    assert snaps["road_part"].tolist() == [0, -1]


def test_towns_that_the_roads_put_out_of_reach_are_not_rescued_by_the_straight_line() -> None:
    # 2 km apart over a river, 40 km round by road at 20 km/h = 2 h; straight 0.07 h.
    ring = [([(0, 0), (19, 0), (19, 2), (0, 2)], 20.0)]
    here = region([(0, 0), (0, 2)], roads=ring)
    assert trip(travel_pairs(here, 2.1), "a", "b").hours == pytest.approx(2.0, abs=1e-6)
    assert not known(travel_pairs(here, 1.9), "a", "b")


def test_speeds_come_from_the_line_then_its_class_then_the_default() -> None:
    roads = road_frame([
        ([(0, 0), (1, 0)], 70.0, "main"), ([(0, 1), (1, 1)], np.nan, "track"),
        ([(0, 2), (1, 2)], 0.0, "path"), ([(0, 3), (1, 3)], np.inf, None),
    ])  # fmt: skip
    travel = Travel(road_speeds_km_h={"track": 25.0, "main": 99.0}, speed_km_h=33.0)
    assert road_lines(in_metres(roads, CRS), travel)[1].tolist() == [70.0, 25.0, 33.0, 33.0]


def test_multi_part_zero_length_and_empty_lines_are_taken_apart_or_left_out() -> None:
    shapes = [
        shapely.from_wkt("MULTILINESTRING ((0 0, 5 0), (5 0, 5 5))"),
        shapely.from_wkt("LINESTRING (1 1, 1 1)"),
        shapely.from_wkt("LINESTRING EMPTY"),
        shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), LINESTRING (0 0, 0 7))"),
        shapely.from_wkt("LINESTRING Z (0 0 9, 3 0 9)"),
        None,
    ]
    roads = gpd.GeoDataFrame({"speed_km_h": [1.0, 2, 3, 4, 5, 6]}, geometry=shapes, crs=CRS)
    lines, speed = road_lines(roads, Travel())
    assert shapely.length(lines).tolist() == [5.0, 5.0, 7.0, 3.0]
    assert speed.tolist() == [1.0, 1.0, 4.0, 5.0]


def test_a_roads_table_without_a_usable_line_leaves_every_pair_to_the_straight_line() -> None:
    here = region([(0, 0), (10, 0)], roads=T_ROAD)
    here = here.replace(roads=here.roads.iloc[:0])
    assert trip(travel_pairs(here, 2.0), "a", "b").source == "straight line"
    assert not reach_of(here).snaps["snapped"].any()


def test_a_closed_road_is_travelled_the_short_way_round() -> None:
    # square of 4 x 10 km without any junction, started at the corner (0, 0).
    ring = [([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)], 40.0)]
    row = trip(travel_pairs(region([(5, 0), (0, 5)], roads=ring), 1.0), "a", "b")
    assert row.km == pytest.approx(10.0, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_fastest_ways_equal_networkx_on_random_roads(seed: int) -> None:
    draw = np.random.default_rng(seed)
    grid = draw.uniform(-1.5, 1.5, (6, 6, 2)) + 10.0 * np.stack(np.mgrid[:6, :6], axis=2)
    roads = [(grid[k], draw.uniform(20, 80)) for k in range(6)]
    roads += [(grid[:, k], draw.uniform(20, 80)) for k in range(6)]
    here = region(draw.uniform(-5, 55, (12, 2)), roads=roads, travel=Travel(snap_km_most=4.0))
    found = road_towns(here)
    graph = found.roads.graph()
    a, b, hours, km = found.fastest(np.inf)
    on = np.flatnonzero(found.snaps["snapped"])
    assert len(a) == len(on) * (len(on) - 1) // 2
    rank = {town: k for k, town in enumerate(on.tolist())}
    snap_km = found.snaps["snap_km"].to_numpy()
    for i, j, h, length in zip(a.tolist(), b.tolist(), hours, km, strict=True):
        ends = [int(found.roads.stops[rank[t]]) for t in (i, j)]
        way = nx.dijkstra_path(graph, *ends, weight="hours")
        legs = snap_km[i] + snap_km[j]
        assert h == pytest.approx(nx.path_weight(graph, way, "hours") + legs / 15.0)
        assert length == pytest.approx(nx.path_weight(graph, way, "km") + legs)


def test_noding_keeps_the_faster_of_two_parallel_edges_and_no_loop() -> None:
    lines = np.array([
        shapely.LineString([(0, 0), (1000, 0)]), shapely.LineString([(0, 0), (500, 9), (1000, 0)])
    ])  # fmt: skip
    none = np.empty(0, dtype=np.int64)
    cut = node_lines(lines, np.array([10.0, 50.0]), stop_line=none, stop_m=np.empty(0))
    assert cut.ends.tolist() == [[0, 1]]
    assert cut.hours[0] == pytest.approx(shapely.length(lines[1]) / 1000 / 50)


# ---------------------------------------------------------------- travel table, straight line


def test_a_table_decides_over_roads_and_serves_the_other_direction_too() -> None:
    table = [("a", "b", 0.8, 44.0), ("b", "c", 0.3, np.nan), ("c", "b", 0.5, np.nan)]
    here = region([(0, 0), (60, 0), (30, 20)], roads=T_ROAD, table=table)
    pairs = travel_pairs(here, 2.0)
    there, back = trip(pairs, "a", "b"), trip(pairs, "b", "a")
    assert (there.hours, there.km, there.source) == (0.8, 44.0, "travel table")
    assert (back.hours, back.km, back.source) == (0.8, 44.0, "travel table (other direction)")
    assert trip(pairs, "b", "c").hours == 0.3  # given both ways: each keeps its own
    assert trip(pairs, "c", "b").hours == 0.5
    assert {trip(pairs, s, t).source for s, t in ["bc", "cb"]} == {"travel table"}
    assert np.isnan(trip(pairs, "b", "c").km)
    assert trip(pairs, "a", "c").source == "roads"


def test_a_pair_that_the_table_puts_out_of_reach_stays_out_of_reach() -> None:
    here = region([(0, 0), (60, 0)], roads=T_ROAD, table=[("a", "b", 3.0, 60.0)])
    assert not known(travel_pairs(here, 2.0), "a", "b")
    assert trip(travel_pairs(here, 3.0), "b", "a").hours == 3.0


def test_straight_line_is_the_geodesic_times_detour_over_speed() -> None:
    here = region([(0, 0), (30, 40)], travel=Travel(detour_factor=1.5, speed_km_h=30.0))
    lon, lat = here.towns["lon"].to_numpy(), here.towns["lat"].to_numpy()
    km = geodesic_km(lon[:1], lat[:1], lon[1:], lat[1:])[0]
    assert km == pytest.approx(50.0, rel=1e-3)  # 30, 40, 50; UTM scale 0.9996
    row = trip(travel_pairs(here, 4.0), "a", "b")
    assert (row.km, row.hours) == (pytest.approx(km * 1.5), pytest.approx(km * 1.5 / 30))


def test_two_towns_at_one_place_are_no_travel_apart() -> None:
    row = trip(travel_pairs(region([(0, 0), (0, 0)]), 0.0), "a", "b")
    assert (row.hours, row.source) == (0.0, "straight line")


def test_one_town_and_no_reach_leave_the_town_with_itself() -> None:
    pairs = travel_pairs(region([(0, 0)]), 0.0)
    assert pairs.to_dict("records") == [
        {"town": 0, "seat": 0, "hours": 0.0, "km": 0.0, "source": "same town"}
    ]


@pytest.mark.parametrize("km_most", [0.0, 50.0, 700.0, 20_100.0, np.inf])
def test_close_pairs_equal_all_pairs_filtered(km_most: float) -> None:
    draw = np.random.default_rng(3)
    lon, lat = draw.uniform(-180, 180, 60), draw.uniform(-90, 90, 60)
    lon[:20], lat[:20] = draw.uniform(179, 181, 20) % 360 - 180, draw.uniform(-1, 1, 20)
    lon[:20] = (lon[:20] + 360) % 360 - 180  # a cluster astride the date line
    a, b = np.triu_indices(60, 1)
    km = geodesic_km(lon[a], lat[a], lon[b], lat[b])
    wanted = list(zip(a[km <= km_most].tolist(), b[km <= km_most].tolist(), strict=True))
    got = close_pairs(lon, lat, km_most)
    assert list(zip(got[0].tolist(), got[1].tolist(), strict=True)) == wanted
    some = close_pairs(lon, lat, km_most, towns=[4, 30])
    assert list(zip(some[0].tolist(), some[1].tolist(), strict=True)) == [
        pair for pair in wanted if {4, 30} & set(pair)
    ]


def test_asking_for_some_towns_gives_the_same_rows_as_asking_for_all() -> None:
    draw = np.random.default_rng(8)
    table = [("a", "b", 0.7, 20.0), ("c", "a", 0.1, 3.0), ("d", "e", 9.0, 90.0)]
    here = region(draw.uniform(-5, 65, (15, 2)), roads=T_ROAD, table=table)
    whole = travel_pairs(here, 1.5)
    assert whole["source"].nunique() == 5  # every source takes part
    some = np.array([0, 3, 9])
    wanted = whole[whole["town"].isin(some) | whole["seat"].isin(some)].reset_index(drop=True)
    got = travel_pairs(here, 1.5, towns=some)
    pd.testing.assert_frame_equal(got, wanted, check_exact=False, rtol=1e-12)


# ---------------------------------------------------------------- reach


def test_reach_applies_hours_zone_and_seats_and_nothing_else() -> None:
    # 28 km straight = 0.98 h between neighbours on a line; c may not be a seat, d is elsewhere.
    here = region(
        [(0, 0), (28, 0), (56, 0), (84, 0)],
        zones=["x", "x", "x", "y"],
        seats=[True, True, False, True],
        policy=Policy(reach_hours=1.0, same_zone=True),
    )
    reach = reach_of(here)
    seen = list(zip(reach.pairs["town"].tolist(), reach.pairs["seat"].tolist(), strict=True))
    assert seen == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (3, 3)]
    assert reach.towns == ("a", "b", "c", "d")
    assert reach.towns_of(1).tolist() == [0, 1, 2]
    assert reach.seats_of(2).tolist() == [1]
    assert [part.tolist() for part in reach.components()] == [[0, 1, 2], [3]]
    assert reach.source_counts().to_dict() == {
        "same town": 3, "travel table": 0, "travel table (other direction)": 0, "roads": 0,
        "straight line": 3,
    }  # fmt: skip
    assert reach.snaps is None
    assert reach.neighbours_of(1).tolist() == [0, 2]
    assert sorted(reach.graph().edges) == [(0, 1), (1, 2), (2, 3)]


def test_towns_no_seat_reaches_are_parts_of_their_own() -> None:
    here = region([(0, 0), (200, 0)], seats=[True, False], policy=Policy(reach_hours=1.0))
    reach = reach_of(here)
    assert reach.pairs[["town", "seat"]].to_numpy().tolist() == [[0, 0]]
    assert [part.tolist() for part in reach.components()] == [[0], [1]]


def test_lengths_are_never_measured_in_degrees() -> None:
    here = region([(0, 0), (10, 0)], roads=T_ROAD).replace(crs="EPSG:4326")
    with pytest.raises(InstanceError, match="does not measure in metres"):
        reach_of(here)
    with pytest.raises(InstanceError, match="not a known coordinate system"):
        reach_of(here.replace(crs="peru"))


# ---------------------------------------------------------------- nearest partner


def test_nearest_partner_tells_the_reach_that_would_let_each_town_share() -> None:
    # a-b 20 km = 0.7 h, b-c 100 km = 3.5 h (straight x 1.4 / 40); c is beyond the first search.
    here = region([(0, 0), (20, 0), (120, 0)], policy=Policy(reach_hours=0.5))
    table = nearest_reach(here)
    assert table["town"].tolist() == ["a", "b", "c"]
    assert table["nearest"].tolist() == ["b", "a", "b"]
    assert table["hours"].to_numpy() == pytest.approx([0.7, 0.7, 3.5], rel=1e-3)
    assert set(table["source"]) == {"straight line"}


def test_nearest_partner_respects_seats_zones_and_missing_travel() -> None:
    # only c may be a seat: a and b can share with c alone.
    here = region([(0, 0), (20, 0), (120, 0)], seats=[False, False, True])
    assert nearest_reach(here)["nearest"].tolist() == ["c", "c", "b"]
    apart = region([(0, 0), (20, 0), (120, 0)], zones=["x", "y", "x"],
                   policy=Policy(same_zone=True))  # fmt: skip
    assert nearest_reach(apart)["nearest"].tolist() == ["c", "", "a"]
    dry = region([(0, 0), (20, 0)], travel=Travel(derive_missing=False))
    table = nearest_reach(dry)
    assert table["nearest"].tolist() == ["", ""]
    assert table["hours"].isna().all()


def test_pair_reach_takes_the_shorter_direction_and_lists_near_pairs_first() -> None:
    table = [("a", "b", 2.0, 60.0), ("b", "a", 1.5, 60.0), ("c", "b", 0.25, 9.0)]
    here = region([(0, 0), (20, 0), (120, 0)], table=table)
    found = pair_reach(here)
    assert found[["town", "other", "seat"]].to_numpy().tolist() == [
        ["b", "c", "c"], ["a", "b", "b"], ["a", "c", "a"]
    ]  # fmt: skip
    assert found["hours"].to_numpy() == pytest.approx([0.25, 1.5, 4.2], rel=1e-3)
    assert len(pair_reach(here, hours_most=1.0)) == 1
