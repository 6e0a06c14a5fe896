"""Connected areas around hubs that hold little more than the demand: plans within seconds."""

import dataclasses
import itertools

import numpy as np
import pytest
from scipy.spatial import Delaunay

from optimizer.solving.plain_matrices import group
from optimizer.solving.plain_matrices.areas.connected_plans import Planner
from optimizer.solving.plain_matrices.areas.growing import grow
from optimizer.solving.plain_matrices.problem.checks import read_matrices
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.programme.polish import roomy
from tests.solving.plain_matrices.test_matrices_limits import keeps


def hubs(towns: int, seats: int, seed: int, room: float) -> Matrices:
    """Towns on a map with unlike demands, and some of them as hubs that hold little more."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (towns, 2))
    demand = rng.lognormal(3, 1, towns)
    homes = rng.choice(towns, seats, replace=False)
    distance = np.hypot(*(places[:, None] - places[homes][None]).transpose(2, 0, 1))
    edges = {
        (min(a, b), max(a, b))
        for corners in Delaunay(places).simplices.tolist()
        for a, b in itertools.combinations(corners, 2)
    }
    return read_matrices(
        distance * demand[:, None] ** 0.5,
        rng.uniform(100, 1000, seats),
        demand,
        demand.sum() / seats * room,
        operators=None,
        min_demand=None,
        adjacency=sorted(edges),
        seat_towns=homes,
    )


@pytest.mark.parametrize(("room", "seed"), [(1.1, 2), (1.2, 2), (1.35, 3), (1.6, 1)])
def test_a_plan_for_connected_hubs_comes_with_few_moves(room: float, seed: int) -> None:
    """Loads that are too heavy are passed on through areas that are full themselves."""
    problem = hubs(1276, 30, seed, room)
    planner = Planner(problem, 0)
    seats = roomy(problem, np.arange(problem.fewest, dtype=np.int64))
    assert problem.capacity[seats].sum() >= min(1.15, room) * problem.demand.sum() * (1 - 1e-9)
    plan = planner.place(seats, 1500, lambda: False)
    assert plan is not None
    assert problem.broken(plan.seat_of, plan.opened) == []


@pytest.mark.parametrize("connected", [True, False])
def test_hubs_end_with_a_plan_and_a_bound(connected: bool) -> None:
    problem = hubs(1276, 30, 2, 1.2)
    edges = [] if problem.graph is None else list(problem.graph.edges)
    found = group(
        problem.cost,
        problem.open_cost,
        problem.demand,
        problem.capacity,
        adjacency=edges if connected else None,
        seat_towns=problem.seat_town,
        time_limit=4,
    )
    keeps(problem if connected else dataclasses.replace(problem, graph=None), found)
    assert found.gap < 0.5


def test_areas_grow_nearer_to_their_limits_with_tolls() -> None:
    """A line of nine towns, seats at 0 and 2, at most five towns each: without tolls 2 takes 7."""
    distance = np.abs(np.subtract.outer(np.arange(9.0), np.array([0.0, 8.0, 2.0])))
    problem = read_matrices(
        distance, 0.0, np.ones(9), 3.0, operators=None, min_demand=None,
        adjacency=[(k, k + 1) for k in range(8)], seat_towns=[0, 8, 2],
    )  # fmt: skip
    near = [[k for k in (town - 1, town + 1) if 0 <= k < 9] for town in range(9)]
    at = grow(problem, near, np.array([0, 1, 2]))
    assert at is not None
    assert problem.connected(at)
    assert np.bincount(at).max() <= 4
    apart = problem.restrict(np.arange(9)[:, None] != np.array([4, 4, 4]))
    assert grow(apart, near, np.array([0, 1, 2])) is None
