"""The static map: every town once, areas told apart, labels that do not collide."""

from __future__ import annotations

import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from shapely import box

from optimizer.errors import OptimizerError
from optimizer.report.charts.texts import drawable, map_name
from optimizer.report.map.colours import FILLS, area_styles
from optimizer.report.map.margin import round_below
from optimizer.report.map.placing import place_labels
from optimizer.report.map.scene import ground_of, layers_of
from optimizer.report.map.static import draw_plan, plan_map
from tests.support.report_regions import bundled_plan, hostile_plans, no_plan, plan_of_towns


def _lab(colour: str, sight: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a colour as somebody with the given sight sees it (sRGB, D65)."""
    srgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(sight @ linear, 0.0, 1.0) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


# Machado, Oliveira and Fernandes 2009, severity 1.0.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_fills_differ_for_everybody(sight: str) -> None:
    seen = [_lab(fill, SIGHTS[sight]) for fill in FILLS]
    assert len(FILLS) >= 10
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) >= 10.0


def test_neighbours_differ_even_when_all_touch_all() -> None:
    """Fourteen areas that all touch need fourteen styles: ten plain fills and four hatched."""
    pairs = list(combinations(range(14), 2))
    styles = area_styles(np.zeros((14, 2)), pairs)
    assert all(styles[a] != styles[b] for a, b in pairs)
    assert sum(style.hatch > 0 for style in styles) == 4
    with pytest.raises(ValueError, match="more neighbours"):
        area_styles(np.zeros((41, 2)), combinations(range(41), 2))


@pytest.mark.parametrize(("region", "grouping"), [("san_martin", "alone"), ("line", "together")])
def test_drawn_neighbours_never_look_alike(region: str, grouping: str) -> None:
    plan = bundled_plan(region, grouping)
    layers = layers_of(plan, ground_of(plan.instance))
    points = layers.areas.geometry.representative_point()
    styles = area_styles(np.column_stack([points.x, points.y]), layers.neighbours)
    assert len(styles) == len(plan.areas)
    assert all(styles[a] != styles[b] for a, b in layers.neighbours)


def test_ground_and_layers() -> None:
    """San Martin has no boundaries: every territory is a cell that holds its town."""
    plan = bundled_plan("san_martin", "alone")
    ground = ground_of(plan.instance)
    assert ground.derived
    assert set(ground.territories["territory_source"]) == {"Voronoi cells"}
    assert ground.territories.geometry.covers(ground.towns.geometry).all()
    assert not ground.roads.empty
    assert layers_of(plan, ground).links.empty
    frame = box(*ground.frame)
    assert frame.covers(ground.territories.union_all())


def test_links_of_a_shared_area() -> None:
    """One area of five towns on a line has four links, all from the seat."""
    plan = bundled_plan("line", "together")
    ground = ground_of(plan.instance)
    links = layers_of(plan, ground).links
    seat = ground.towns.geometry.loc[plan.areas["seat"].iloc[0]]
    assert len(links) == 4
    assert all(line.coords[0] == (seat.x, seat.y) for line in links.geometry)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_map_file(tmp_path: Path, suffix: str) -> None:
    first = plan_map(bundled_plan("ring", "together"), tmp_path / f"a{suffix}", dpi=60)
    again = plan_map(bundled_plan("ring", "together"), tmp_path / f"b{suffix}", dpi=60)
    assert first.stat().st_size > 5_000
    assert first.read_bytes() == again.read_bytes()


def test_map_is_not_blank(tmp_path: Path) -> None:
    picture = imread(plan_map(bundled_plan("pair", "together"), tmp_path / "pair.png", dpi=60))
    assert float((picture[..., :3].min(axis=2) < 0.95).mean()) > 0.1


def test_each_town_is_one_symbol() -> None:
    plan = bundled_plan("san_martin", "together")
    ax = draw_plan(plan, Figure().add_axes((0.0, 0.1, 0.7, 0.8)))
    marks = [
        c.get_offsets() for c in ax.collections if len(c.get_offsets()) and c.get_zorder() == 7
    ]
    assert [len(m) for m in marks] == [47 - len(plan.areas), len(plan.areas)]
    assert len(np.unique(np.vstack(marks), axis=0)) == 47


def test_hostile_names_and_no_plan_are_drawn(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan_map(hostile_plans()["together"], tmp_path / "hostile.png", dpi=50)
        plan_map(no_plan(), tmp_path / "none.png", dpi=50, language="es")
    with pytest.raises(OptimizerError, match="language 'xx'"):
        plan_map(no_plan(), tmp_path / "none.png", language="xx")


def test_names_for_maps() -> None:
    assert drawable("a💧b") == "a□b"
    assert len(drawable("x" * 500)) == 30
    assert map_name("Segunda Jerusalen (Elias)") == "Segunda Jerusalen"
    assert [round_below(v) for v in (9.99, 10.0, 0.3)] == [5.0, 10.0, 0.2]


def test_labels_never_overlap() -> None:
    """A crowd of 60 points: what is shown covers nothing, and everything that must be is shown."""
    rng = np.random.default_rng(3)
    points = rng.uniform(20.0, 580.0, (60, 2))
    radii, sizes = np.full(60, 3.0), np.column_stack([rng.uniform(20, 60, 60), np.full(60, 8.0)])
    must = [k < 10 for k in range(60)]
    spots = place_labels(points, radii, sizes, must, frame=(0.0, 0.0, 600.0, 600.0))
    shown = [
        (k, box(s.x, s.y, s.x + sizes[k, 0], s.y + sizes[k, 1])) for k, s in enumerate(spots) if s
    ]
    assert {k for k, _ in shown} >= set(range(10))
    assert len(shown) > 45
    assert all(a.intersection(b).area < 1e-6 for (_, a), (_, b) in combinations(shown, 2))
    assert all(box(0, 0, 600, 600).covers(a) for _, a in shown)


def test_plot_of_a_plan_leaves_pyplot_alone() -> None:
    import matplotlib.pyplot as plt  # noqa: PLC0415

    before = plt.get_fignums()
    ax = bundled_plan("pair", "together").plot()
    assert ax.get_legend() is None or ax.figure is not None
    assert plt.get_fignums() == before


def test_many_towns_are_drawn(tmp_path: Path) -> None:
    assert plan_map(plan_of_towns(80), tmp_path / "many.png", dpi=50).exists()
