"""Grouping plain matrices: hand-worked cases and brute force over all assignments."""

import itertools
import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from optimizer.errors import InstanceError
from optimizer.solving.plain_matrices import Grouping, group

INF = math.inf
Floats = NDArray[np.float64]

# Five towns on a line at 0, 1, 2, 10, 11; a seat may lie in each; cost = distance.
PLACES = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
LINE = np.abs(PLACES[:, None] - PLACES[None, :])
NEXT = [(0, 1), (1, 2), (2, 3), (3, 4)]


def brute(
    cost: Floats,
    open_cost: Floats,
    demand: Floats,
    capacity: Any = None,
    *,
    operators: Any = None,
    min_demand: Any = None,
    adjacency: Any = None,
    seat_towns: Any = None,
) -> float:
    """Cheapest plan over every assignment and every set of open seats; inf when there is none."""
    towns, seats = cost.shape
    capacity = np.full(seats, INF) if capacity is None else np.broadcast_to(capacity, seats)
    least = np.zeros(seats) if min_demand is None else np.broadcast_to(min_demand, seats)
    fewest, most = operators if isinstance(operators, tuple) else (operators, operators)
    fewest, most = (0, seats) if operators is None else (fewest, most)
    graph = nx.empty_graph(towns)
    graph.add_edges_from(adjacency or [])
    best = INF
    for choice in itertools.product(range(seats), repeat=towns):
        seat_of = np.array(choice)
        served = cost[np.arange(towns), seat_of].sum()
        if served == INF:
            continue
        load = np.bincount(seat_of, weights=demand, minlength=seats)
        used = set(choice)
        idle = [s for s in range(seats) if s not in used and least[s] <= 0 and seat_towns is None]
        if any(load[s] > capacity[s] + 1e-9 or load[s] < least[s] - 1e-9 for s in used):
            continue
        if seat_towns is not None and any(seat_of[seat_towns[s]] != s for s in used):
            continue
        if adjacency is not None and not all(
            nx.is_connected(graph.subgraph(np.flatnonzero(seat_of == s).tolist())) for s in used
        ):
            continue
        for extra in range(len(idle) + 1):
            if not fewest <= len(used) + extra <= most:
                continue
            for more in itertools.combinations(idle, extra):
                opened = sorted(used | set(more))
                best = min(best, served + open_cost[opened].sum())
    return best


def agrees(found: Grouping, expected: float) -> None:
    """The grouping is proven and has the expected objective."""
    if expected == INF:
        assert found.status == "infeasible"
        assert (found.seat_of == -1).all()
        assert found.objective == found.bound == INF
    else:
        assert found.status == "optimal"
        assert found.objective == pytest.approx(expected, rel=1e-6, abs=1e-6)
        assert found.bound <= found.objective
        assert found.gap <= 1e-6


def test_two_medians_of_five_towns() -> None:
    # Centres 1 and 3 (or 4): 1 + 0 + 1 + 0 + 1 = 3.
    found = group(LINE, np.zeros(5), np.ones(5), operators=2)
    agrees(found, 3.0)
    assert found.seat_of[:3].tolist() == [1, 1, 1]
    assert found.seat_of[3] == found.seat_of[4]


def test_free_number_weighs_opening_against_travel() -> None:
    # One seat at 2: 2+1+0+8+9 + 6 = 26; two: 3 + 12 = 15; three: 2 + 18 = 20.
    agrees(group(LINE, np.full(5, 6.0), np.ones(5)), 15.0)


def test_capacity_splits_the_near_towns() -> None:
    # At most 2 towns a seat, 3 seats: {0,1}, {2}, {3,4} or {0}, {1,2}, {3,4}: 1 + 0 + 1 = 2.
    found = group(LINE, np.zeros(5), np.ones(5), 2, operators=3)
    agrees(found, 2.0)
    assert np.bincount(found.seat_of).max() == 2


def test_least_demand_forces_a_far_town_along() -> None:
    # Two seats with at least 3 towns each are impossible with 5 towns; with demand 2 at town 4
    # (6 in all) they are {0,1,2} at 1: 2 and {3,4}: 1.
    agrees(group(LINE, np.zeros(5), np.ones(5), operators=2, min_demand=3), INF)
    demand = np.array([1, 1, 1, 1, 2])
    agrees(group(LINE, np.zeros(5), demand, operators=2, min_demand=3), 3.0)


def test_own_town_is_served_by_its_seat() -> None:
    # Free service from seat 0 everywhere; but seat 1, which must be open too, serves town 1 at 5.
    cost = np.array([[0.0, 9.0], [0.0, 5.0], [0.0, 9.0]])
    agrees(group(cost, np.zeros(2), np.ones(3), operators=2), 0.0)
    agrees(group(cost, np.zeros(2), np.ones(3), operators=2, seat_towns=[0, 1]), 5.0)


def test_connected_areas_cost_more() -> None:
    # Seats in towns 0 and 1 of the line 0-1-2-3. Town 3 is free for seat 0, dear for seat 1, but
    # lies behind 1 and 2: seat 0 cannot pass seat 1, so seat 1 takes both at 0 + 7.
    cost = np.array([[0.0, 1.0], [1.0, 0.0], [9.0, 0.0], [0.0, 7.0]])
    options = {"operators": 2, "seat_towns": [0, 1]}
    agrees(group(cost, np.zeros(2), np.ones(4), **options), 0.0)
    found = group(cost, np.zeros(2), np.ones(4), adjacency=NEXT[:3], **options)
    agrees(found, 7.0)
    assert found.seat_of.tolist() == [0, 1, 1, 1]


def test_idle_seats_fill_an_exact_number() -> None:
    # Both towns prefer seat 0; two seats must be open, and seat 1 is the cheaper to keep idle.
    found = group(
        np.array([[0.0, 5.0, 5.0], [0.0, 5.0, 5.0]]), [1.0, 2.0, 3.0], np.ones(2), operators=2
    )
    agrees(found, 3.0)
    assert found.opened.tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("a town that no seat may serve", {"serve_cost": [[INF, INF], [0, 0]]}),
        ("a town too large for every seat", {"capacity": 1, "demand": [2, 1]}),
        ("more seats than there are", {"operators": 3}),
        ("seats that cannot all be filled", {"operators": 2, "min_demand": 3}),
        ("not enough seats", {"operators": 1, "capacity": 1}),
        ("no seat at all", {"operators": 0}),
        ("loads that no subset hits", {"capacity": 2, "min_demand": 2, "demand": [1, 2]}),
        ("an unconnected town", {"adjacency": [], "seat_towns": [0, 1], "operators": 1}),
        ("two seats in one town", {"seat_towns": [0, 0], "operators": 2}),
    ],
)
def test_proven_infeasible(what: str, options: dict[str, Any]) -> None:
    data = {"serve_cost": [[0, 1], [1, 0]], "open_cost": [0, 0], "demand": [1, 1]} | options
    assert group(**data).status == "infeasible", what


def random_case(seed: int) -> tuple[Floats, Floats, Floats, dict[str, Any]]:
    """Matrices of up to 6 towns and 4 seats, with every option now and then."""
    rng = np.random.default_rng(seed)
    towns, seats = int(rng.integers(2, 7)), int(rng.integers(1, 5))
    cost = rng.integers(0, 30, (towns, seats)).astype(float)
    if rng.random() < 0.3:
        cost += rng.random((towns, seats))
    cost[rng.random((towns, seats)) < rng.choice([0, 0.2])] = INF
    demand = rng.integers(0, 9, towns).astype(float)
    if rng.random() < 0.3:
        demand += rng.random(towns)
    open_cost = rng.integers(-3, 25, seats).astype(float)
    options = {}
    if rng.random() < 0.6:
        options["capacity"] = demand.sum() * rng.uniform(0.3, 1.2, seats)
    if rng.random() < 0.4:
        options["min_demand"] = demand.sum() * rng.uniform(0, 0.5, seats)
    if rng.random() < 0.5:
        least = int(rng.integers(1, seats + 1))
        options["operators"] = least if rng.random() < 0.5 else (least, seats)
    if seats <= towns and rng.random() < 0.6:
        options["seat_towns"] = rng.permutation(towns)[:seats]
        if rng.random() < 0.7:
            graph = nx.gnp_random_graph(towns, 0.5, seed=int(seed))
            options["adjacency"] = list(graph.edges)
    return cost, open_cost, demand, options


@pytest.mark.parametrize("seed", range(150))
def test_agrees_with_brute_force(seed: int) -> None:
    cost, open_cost, demand, options = random_case(seed)
    expected = brute(cost, open_cost, demand, **options)
    agrees(group(cost, open_cost, demand, **options), expected)


def test_every_problem_of_the_input_is_told() -> None:
    with pytest.raises(InstanceError) as caught:
        group(
            [[0, np.nan], [1, 0]],
            [1, 2, 3],
            [-1, 1],
            [1, np.nan],
            operators=(3, 1),
            adjacency=[(0, 7)],
        )
    told = {problem.file for problem in caught.value.problems}
    assert told == {"serve_cost", "open_cost", "demand", "capacity", "operators", "adjacency"}


@pytest.mark.parametrize(
    "options",
    [
        {"time_limit": 0},
        {"gap": -1},
        {"threads": 0},
        {"seat_towns": [0, 2]},
        {"seat_towns": [0.5, 1]},
        {"adjacency": [(0, 1)]},
        {"min_demand": [-1, 0]},
        {"operators": 1.5},
    ],
)
def test_unusable_option_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InstanceError):
        group([[0, 1], [1, 0]], [0, 0], [1, 1], **options)
