"""Neighbours from boundaries, tables and Voronoi cells, and the territories drawn on maps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial import Delaunay
from shapely.geometry.base import BaseGeometry

from optimizer.errors import InstanceError
from optimizer.geography import adjacency_of, territories_of
from optimizer.geography.adjacency import shared_borders
from optimizer.geography.territories import voronoi_cells
from optimizer.instance.schema.policy import Policy
from tests.geography.test_geography_travel import CRS, ORIGIN, region

Edges = list[list[int]]
Places = list[tuple[int, int]]


def borders(*polygons: BaseGeometry) -> list[list[int]]:
    return shared_borders(np.array(polygons, dtype=object))[0].tolist()


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box given in kilometres, in metres."""
    return shapely.box(*(1000 * np.array([west, south, east, north])))


# ---------------------------------------------------------------- Voronoi cells


def test_a_square_of_towns_has_four_neighbouring_pairs() -> None:
    # All four cells meet in the centre: the diagonal ones touch in a point, which is no border.
    square = 1000.0 * np.array([(0, 0), (0, 10), (10, 0), (10, 10)])
    cells = voronoi_cells(square)
    assert cells.edges.tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]


def test_a_lozenge_has_five_neighbouring_pairs() -> None:
    # the two near ends of the short diagonal do share a border.
    lozenge = 1000.0 * np.array([(0, 0), (10, 4), (20, 0), (10, -4)])
    assert voronoi_cells(lozenge).edges.tolist() == [[0, 1], [0, 3], [1, 2], [1, 3], [2, 3]]


@pytest.mark.parametrize(
    ("places", "edges"),
    [
        ([], []),
        ([(0, 0)], []),
        ([(0, 0), (10, 0)], [[0, 1]]),
        ([(0, 0), (10, 10), (20, 20), (30, 30)], [[0, 1], [1, 2], [2, 3]]),  # on one line
        ([(0, 0), (20, 0), (10, 0)], [[0, 2], [1, 2]]),
        ([(0, 0), (0, 0)], [[0, 1]]),  # one place
        ([(0, 0), (10, 0), (0, 0)], [[0, 1], [0, 2], [1, 2]]),
    ],
)
def test_few_collinear_and_coincident_towns(
    places: list[tuple[int, int]], edges: list[list[int]]
) -> None:
    cells = voronoi_cells(1000.0 * np.array(places, dtype=float).reshape(-1, 2))
    assert cells.edges.tolist() == edges
    assert len(cells.polygons) == len(places)
    assert (shapely.area(cells.polygons) > 0).all()


def test_cells_tile_the_buffered_hull_and_hold_their_towns() -> None:
    xy = np.round(np.random.default_rng(5).uniform(0, 80_000, (40, 2)))
    cells = voronoi_cells(xy, margin_m=3000.0)
    hull = shapely.MultiPoint(xy).convex_hull.buffer(3000.0, quad_segs=8)
    assert shapely.area(cells.polygons).sum() == pytest.approx(hull.area, rel=1e-9)
    assert shapely.contains(cells.polygons, shapely.points(xy)).all()


def test_cell_neighbours_are_delaunay_neighbours() -> None:
    xy = np.random.default_rng(6).uniform(0, 80_000, (60, 2))
    triangles = Delaunay(xy).simplices
    sides = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]))
    edges = voronoi_cells(xy).edges.tolist()
    assert {tuple(e) for e in edges} <= {tuple(s) for s in sides.tolist()}
    assert len(edges) >= 60 - 1  # cells of one convex hull hang together


# ---------------------------------------------------------------- boundaries


def test_polygons_that_touch_in_a_corner_are_not_neighbours() -> None:
    assert borders(box(0, 0, 10, 10), box(10, 10, 20, 20)) == []


def test_polygons_with_a_common_side_are_neighbours_and_it_is_measured() -> None:
    edges, km = shared_borders(np.array([box(0, 0, 10, 10), box(10, 2, 20, 8)]))
    assert edges.tolist() == [[0, 1]]
    assert km == pytest.approx([6.24], abs=0.02)  # 6 km, and 0.12 km around each end


@pytest.mark.parametrize(("gap_km", "edges"), [(0.05, [[0, 1]]), (-0.05, [[0, 1]]), (0.2, [])])
def test_slivers_and_overlaps_of_some_metres_are_tolerated(
    gap_km: float, edges: list[list[int]]
) -> None:
    assert borders(box(0, 0, 10, 10), box(10 + gap_km, 0, 20, 10)) == edges


def test_four_squares_have_no_diagonal_neighbours() -> None:
    squares = [box(x, y, x + 5, y + 5) for x in (0, 5) for y in (0, 5)]
    assert borders(*squares) == [[0, 1], [0, 2], [1, 3], [2, 3]]


def test_an_enclave_and_parts_of_one_territory_find_their_neighbours() -> None:
    ring = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    exclave = shapely.MultiPolygon([box(20, 0, 25, 5), box(10, 0, 12, 5)])
    assert borders(ring, box(4, 4, 6, 6), exclave) == [[0, 1], [0, 2]]


def test_a_broken_polygon_is_mended_before_it_is_measured() -> None:
    bow_tie = shapely.Polygon([(0, 0), (10_000, 10_000), (10_000, 0), (0, 10_000)])
    assert borders(bow_tie, box(10, 0, 20, 10)) == [[0, 1]]


# ---------------------------------------------------------------- which source


def row_of_boxes(keys: str) -> gpd.GeoDataFrame:
    """Return 10 km boxes in a row for the towns named, in EPSG:4326."""
    where = [ORIGIN[0] + 1e4 * "abcdef".index(key) for key in keys]
    boxes = [shapely.box(x, ORIGIN[1], x + 1e4, ORIGIN[1] + 1e4) for x in where]
    index = pd.Index(list(keys), name="town")
    return gpd.GeoDataFrame(geometry=boxes, index=index, crs=CRS).to_crs("EPSG:4326")


PLACES = [(5, 5), (15, 5), (25, 5)]


def test_a_table_of_neighbours_decides_over_boundaries_and_these_over_cells() -> None:
    table = pd.DataFrame({"town_a": ["c"], "town_b": ["a"]})
    here = region(PLACES)
    edges, source = adjacency_of(here)
    assert (edges.tolist(), source) == ([[0, 1], [1, 2]], "Voronoi cells")
    here = here.replace(boundaries=row_of_boxes("cba"))  # another order than the towns
    edges, source = adjacency_of(here)
    assert (edges.tolist(), source) == ([[0, 1], [1, 2]], "boundaries")
    edges, source = adjacency_of(here.replace(adjacency_table=table))
    assert (edges.tolist(), source) == ([[0, 2]], "adjacency table")


def test_a_town_without_a_polygon_is_named_where_areas_must_be_connected() -> None:
    here = region(PLACES, boundaries=row_of_boxes("ab"))
    assert adjacency_of(here)[0].tolist() == [[0, 1]]
    with pytest.raises(InstanceError, match="town 'c' has no polygon"):
        adjacency_of(here.replace(policy=Policy(connected=True)))


def test_territories_are_boundaries_where_given_and_cells_elsewhere() -> None:
    drawn = territories_of(region(PLACES, boundaries=row_of_boxes("ca")))
    assert drawn.index.tolist() == ["a", "b", "c"]
    assert drawn["territory_source"].tolist() == ["boundaries", "Voronoi cells", "boundaries"]
    assert drawn.crs == "EPSG:32718"
    assert drawn.to_crs(CRS).geometry.area.iloc[2] == pytest.approx(1e8, rel=1e-6)
    assert territories_of(region(PLACES))["territory_source"].unique().tolist() == ["Voronoi cells"]


def test_a_boundary_that_breaks_in_the_projection_keeps_its_neighbours() -> None:
    """A spike of no width, valid in degrees, folds over in metres; it has no say in the borders."""
    ring = "0 0, 0 10, 5 10, 5 5, 7 5, 5 5, 5 0, 0 0"
    spiked = shapely.transform(shapely.from_wkt(f"POLYGON (({ring}))"), lambda xy: 1000.0 * xy)
    beside = box(5, 0, 10, 10)
    assert not spiked.is_valid
    assert shapely.make_valid(spiked).boundary is None  # a polygon and a line: no border is known
    assert borders(spiked, beside) == [[0, 1]]
    assert borders(beside, spiked) == [[0, 1]]
    whole = shared_borders(np.array([box(0, 0, 5, 10), beside], dtype=object))[1]
    assert shared_borders(np.array([spiked, beside], dtype=object))[1] == pytest.approx(whole)


def test_a_collection_of_a_polygon_and_a_line_has_the_border_of_the_polygon() -> None:
    line = shapely.LineString([(0, 0), (90_000, 0)])
    mixed = shapely.GeometryCollection([box(0, 0, 5, 10), line])
    assert borders(mixed, box(5, 0, 10, 10), box(80, -5, 90, 5)) == [[0, 1]]
