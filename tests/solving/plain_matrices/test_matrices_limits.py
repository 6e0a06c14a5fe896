"""Grouping plain matrices within limits of time and memory: a plan and a true bound, always."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices import Grouping, group, run
from optimizer.solving.plain_matrices.areas.areas import grow_areas
from optimizer.solving.plain_matrices.areas.connected import Growth, TooManyError
from optimizer.solving.plain_matrices.areas.connected_plans import Planner
from optimizer.solving.plain_matrices.areas.leftover import Leftover
from optimizer.solving.plain_matrices.areas.territory import Neighbours, Territory
from optimizer.solving.plain_matrices.bounds.knapsack import fractional_loads
from optimizer.solving.plain_matrices.problem.checks import read_matrices
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.reduce import reduce_pairs
from optimizer.solving.plain_matrices.programme import improve
from optimizer.solving.plain_matrices.programme.separate import Surroundings

Edges = list[tuple[int, int]]


def loose_net(towns: int, more: int, seed: int) -> tuple[Floats, Edges]:
    """Distances of towns on a map, and a tree of near towns with a few edges more."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (towns, 2))
    distance = np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1))
    near = nx.Graph()
    for town in range(towns):
        for other in np.argsort(distance[town])[1:6]:
            near.add_edge(town, int(other), weight=distance[town, other])
    tree = nx.minimum_spanning_tree(near)
    joined = sorted(nx.connected_components(tree), key=min)
    tree.add_edges_from((min(a), min(b)) for a, b in itertools.pairwise(joined))
    rest = [edge for edge in near.edges if not tree.has_edge(*edge)]
    tree.add_edges_from(rest[k] for k in rng.permutation(len(rest))[:more])
    return distance, [(int(a), int(b)) for a, b in tree.edges]


def problem_of(towns: int, more: int, operators: int, *, tolerance: float | None) -> Matrices:
    distance, edges = loose_net(towns, more, 1)
    demand = np.random.default_rng(2).integers(1, 9, towns).astype(float)
    mean = demand.sum() / operators
    return read_matrices(
        distance,
        0.0,
        demand,
        None if tolerance is None else mean * (1 + tolerance),
        operators=operators,
        min_demand=None if tolerance is None else mean * (1 - tolerance),
        adjacency=edges,
        seat_towns=np.arange(towns),
    )


def keeps(problem: Matrices, found: Grouping) -> None:
    """The plan breaks no rule, and its objective is that of its towns."""
    assert problem.broken(found.seat_of, found.opened) == []
    assert found.objective == pytest.approx(problem.price(found.seat_of, found.opened))
    assert -math.inf < found.bound <= found.objective


def test_thirty_towns_without_capacity_are_proven() -> None:
    # 3.4 million connected areas: listing them all took 4 GB and left no plan after a minute.
    distance, edges = loose_net(30, 12, 0)
    data = {"operators": 5, "adjacency": edges, "seat_towns": np.arange(30)}
    found = group(distance, 0.0, np.ones(30), time_limit=60, **data)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(by_flow(distance, edges, 5), rel=1e-6)


def by_flow(distance: Floats, edges: Edges, operators: int) -> float:
    """The same by a flow model of one's own: what a seat sends passes its own towns only."""
    from scipy.optimize import LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import lil_array  # noqa: PLC0415

    size = len(distance)
    arcs = [*edges, *((b, a) for a, b in edges)]
    pair = np.arange(size * size).reshape(size, size)
    flow = size * size + np.arange(len(arcs) * size).reshape(len(arcs), size)
    served = lil_array((size, size * size + flow.size))
    linked, sent, within = (
        lil_array((n, served.shape[1])) for n in (pair.size, pair.size, 0 + flow.size)
    )
    for town in range(size):
        served[town, pair[town]] = 1
        for seat in range(size):
            row = pair[town, seat]
            linked[row, pair[town, seat]], linked[row, pair[seat, seat]] = 1, -1
            if town == seat:
                linked[row, :] = 0
                sent[row, :] = 0
                continue
            sent[row, pair[town, seat]] = -1
    for k, (one, other) in enumerate(arcs):
        for seat in range(size):
            if other != seat:
                sent[pair[other, seat], flow[k, seat]] += 1
            if one != seat:
                sent[pair[one, seat], flow[k, seat]] -= 1
            within[k * size + seat, flow[k, seat]] = 1
            within[k * size + seat, pair[other, seat]] = -(size - operators)
    opened = lil_array((1, served.shape[1]))
    opened[0, np.diag(pair)] = 1
    cost = np.zeros(served.shape[1])
    cost[: pair.size] = distance.ravel()
    whole = np.zeros(cost.size)
    whole[: pair.size] = 1
    solved = milp(
        cost,
        integrality=whole,
        bounds=(0, np.where(whole > 0, 1, np.inf)),
        constraints=[
            LinearConstraint(served.tocsr(), 1, 1),
            LinearConstraint(linked.tocsr(), -np.inf, 0),
            LinearConstraint(sent.tocsr(), 0, 0),
            LinearConstraint(within.tocsr(), -np.inf, 0),
            LinearConstraint(opened.tocsr(), operators, operators),
        ],
    )
    assert solved.success
    return float(solved.fun)


def test_a_list_of_areas_ends_at_its_limits() -> None:
    problem = problem_of(14, 3, 3, tolerance=None)
    listed = grow_areas(problem, 10**7, 10**6, lambda: False)
    assert listed is not None
    count = listed.cost.size
    assert grow_areas(problem, 10**7, count // 2, lambda: False) is None or count < 2**16
    assert grow_areas(problem, 10, 10**6, lambda: False) is None
    assert grow_areas(problem, 10**7, 10**6, lambda: True) is None


@pytest.mark.parametrize("tolerance", [None, 0.3])
def test_a_plan_comes_with_prices_alone(
    tolerance: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is listed, priced as a column or given to a solver.
    monkeypatch.setattr(run, "FEW_TOWNS", 0)
    monkeypatch.setattr(run, "FEW_IN_AREA", 0)
    monkeypatch.setattr(run, "FEW_IN_COLUMN", 0)
    monkeypatch.setattr(run, "solve_facilities", lambda *_: "left out")
    problem = problem_of(40, 20, 5, tolerance=tolerance)
    data = {"operators": 5, "seat_towns": problem.seat_town, "capacity": problem.capacity}
    found = group(
        problem.cost,
        problem.open_cost,
        problem.demand,
        min_demand=problem.least,
        adjacency=[] if problem.graph is None else list(problem.graph.edges),
        time_limit=30,
        **data,
    )
    keeps(problem, found)
    assert found.gap < 0.6


def test_a_thousand_towns_end_with_a_plan() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform(0, 100, (1000, 2))
    distance = np.floor(np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1)))
    demand = rng.integers(1, 21, 1000).astype(float)
    data = {"operators": 100, "seat_towns": np.arange(1000), "capacity": demand.sum() / 80}
    found = group(distance, 0.0, demand, time_limit=8, **data)
    problem = read_matrices(distance, 0.0, demand, min_demand=None, adjacency=None, **data)
    keeps(problem, found)


@pytest.mark.parametrize("seed", range(12))
def test_loads_in_parts_are_those_of_linear_programmes(seed: int) -> None:
    from scipy.optimize import linprog  # noqa: PLC0415

    rng = np.random.default_rng(seed)
    towns, seats = 7, 4
    cost, price = rng.uniform(0, 9, (towns, seats)), rng.uniform(0, 12, towns)
    cost[rng.random((towns, seats)) < 0.2] = math.inf
    demand = rng.integers(0, 6, towns).astype(float)
    capacity = rng.uniform(2, 15, seats)
    least = capacity * rng.uniform(0, 0.9, seats) * (seed % 2)
    problem = read_matrices(
        cost, 1.0, demand, capacity, operators=None, min_demand=least, adjacency=None,
        seat_towns=None,
    )  # fmt: skip
    found = fractional_loads(problem, price)
    for seat in range(seats):
        may = np.isfinite(cost[:, seat])
        row = demand[may][None, :]
        solved = linprog(
            (cost[:, seat] - price)[may],
            A_ub=np.vstack([row, -row]),
            b_ub=[capacity[seat], -least[seat]],
            bounds=(0, 1),
        )
        value = 1.0 + solved.fun if solved.success else math.inf
        assert found.value[seat] == pytest.approx(value)
        served = found.served(np.array([seat]))
        if math.isfinite(value):
            assert served @ np.where(may, cost[:, seat] - price, 0.0) == pytest.approx(value - 1.0)


@pytest.mark.parametrize("seed", range(10))
def test_pairs_stay_where_a_walk_fits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(7, 0.4, seed=seed)
    demand = rng.integers(0, 5, 7).astype(float)
    capacity = float(demand.sum()) * 0.6
    cost = np.where(rng.random((7, 7)) < 0.15, math.inf, 1.0)
    np.fill_diagonal(cost, 0.0)
    problem = read_matrices(
        cost, 0.0, demand, capacity, operators=None, min_demand=None,
        adjacency=list(graph.edges), seat_towns=np.arange(7),
    )  # fmt: skip
    reduced = reduce_pairs(problem, lambda: False)
    kept = np.zeros((7, 7), dtype=bool) if reduced is None else reduced.allowed
    fits = np.zeros((7, 7), dtype=bool)
    for seat in range(7):
        inside = graph.subgraph(np.flatnonzero(np.isfinite(cost[:, seat])).tolist())
        for town in inside:
            walks = nx.all_simple_paths(inside, seat, town) if town != seat else [[seat]]
            fits[town, seat] = any(demand[list(walk)].sum() <= capacity for walk in walks)
    assert not (kept & ~fits).any()
    assert reduced is None or (fits & ~kept).sum() == 0 or problem.fewest > 0
    everything = reduce_pairs(problem, lambda: True)
    assert everything is None or (everything.allowed >= kept).all()


def test_a_plan_opens_more_seats_where_loads_do_not_fit() -> None:
    # Six towns on a line, seats in 0, 3 and 5, at most 2 towns for each: two seats are too few.
    distance = np.abs(np.subtract.outer(np.arange(6.0), np.array([0.0, 3.0, 5.0])))
    problem = read_matrices(
        distance, 0.0, np.ones(6), 2.0, operators=None, min_demand=None,
        adjacency=[(k, k + 1) for k in range(5)], seat_towns=[0, 3, 5],
    )  # fmt: skip
    plan = Planner(problem, 0).place(np.array([0, 1]), 100, lambda: False)
    assert plan is not None
    assert plan.seat_of.tolist() == [0, 0, 1, 1, 2, 2]
    assert Planner(problem, 0).place(np.array([0, 1]), 100, lambda: True) is None


def test_a_town_leaves_only_where_its_area_stays_connected() -> None:
    # A line 0-1-2-3-4 and an area {0, 1, 2, 3}: 1 and 2 hold it together, 0 is its seat's town.
    distance = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    problem = read_matrices(
        distance, 0.0, np.ones(5), 3.0, operators=2, min_demand=None,
        adjacency=[(k, k + 1) for k in range(4)], seat_towns=np.arange(5),
    )  # fmt: skip
    here = Territory(problem, Neighbours(problem), np.array([0, 4]), np.array([0, 0, 0, 0, 1]), 10)
    assert [here.may_leave(town) for town in range(5)] == [True, False, False, True, False]
    town, area, change = here.shifts()
    # Town 3 to the seat in 4: 1 instead of 3. One unit beyond the capacity of 3 costs 10, and more
    # by the square: a fiftieth of the mean load of 2.5 doubles it.
    assert (town.tolist(), area.tolist()) == ([3], [1])
    assert change == pytest.approx([1 - 3 - 10 * (1 + 1 / 0.05)])
    here.move(3, 1)
    assert here.faults.tolist() == [0.0, 0.0]
    parts = here.part_after(0, 1, np.random.default_rng(0))
    assert all(0 < part.sum() < 5 for part in parts)
    assert {int(part.sum()) for part in parts} == {1, 2, 3, 4}


@pytest.mark.parametrize("seed", range(5))
def test_exchanges_of_many_pairs_are_those_of_few(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    cost, here = rng.uniform(0, 9, (30, 12)), np.array([1, 4, 7])
    near = np.sort(cost[:, here], axis=1)
    who = cost[:, here].argmin(axis=1)
    few = improve._exchanges(cost, who, near[:, 0], near[:, 1], 3)
    monkeypatch.setattr(improve, "MANY_PAIRS", 0)
    many = improve._exchanges(cost, who, near[:, 0], near[:, 1], 3)
    assert many[0] == pytest.approx(few[0])
    assert many[1] == pytest.approx(few[1])
    leaves, enters = 2, 9
    others = np.append(np.delete(here, leaves), enters)
    change = float(cost[:, others].min(axis=1).sum() - near[:, 0].sum())
    assert change == pytest.approx(float(few[1][leaves, enters] - few[0][enters]))


@pytest.mark.parametrize("seed", range(6))
def test_areas_that_hang_together_are_told_from_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(9, 0.35, seed=seed)
    problem = read_matrices(
        np.ones((9, 3)), 0.0, np.ones(9), None, operators=None, min_demand=None,
        adjacency=list(graph.edges), seat_towns=[0, 1, 2],
    )  # fmt: skip
    for _ in range(30):
        seat_of = rng.integers(0, 3, 9)
        apart = [graph.subgraph(np.flatnonzero(seat_of == k).tolist()) for k in set(seat_of)]
        assert problem.connected(seat_of) == all(nx.is_connected(part) for part in apart)


def test_every_table_ends_when_told() -> None:
    """Whatever is listed, priced or prepared looks at the clock, and what it leaves out is safe."""
    problem = problem_of(14, 3, 3, tolerance=0.5)
    price = np.full(14, 40.0)
    limit = np.full(14, 10.0)
    with pytest.raises(TooManyError):
        Growth(problem, lambda: True).cheapest(price, limit, divisible=False)
    with pytest.raises(TooManyError):
        Growth(problem, lambda: True).floors(price)
    assert Surroundings(problem).first(lambda: True) == []
    areas = np.eye(14, dtype=bool)
    late = Leftover(problem, lambda: True)
    assert late.divides(late.towns.pack(areas)).all()
    in_time = Leftover(problem, lambda: False)
    assert not in_time.divides(in_time.towns.pack(areas)).all()
