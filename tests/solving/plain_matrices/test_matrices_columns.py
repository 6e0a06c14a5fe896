"""Connected areas as columns, tightened limits, exact knapsacks: hand-worked and brute force."""

import itertools
import math
from typing import Any

import networkx as nx
import numpy as np
import pytest

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices import group, run
from optimizer.solving.plain_matrices.areas.columns import cheapest_seats
from optimizer.solving.plain_matrices.areas.connected import Growth, TooManyError
from optimizer.solving.plain_matrices.areas.leftover import Leftover
from optimizer.solving.plain_matrices.areas.partition import choose_areas
from optimizer.solving.plain_matrices.bounds.knapsack import fractional_loads
from optimizer.solving.plain_matrices.bounds.lagrange import first_prices, relax, rule_out
from optimizer.solving.plain_matrices.bounds.whole import whole_loads, whole_units
from optimizer.solving.plain_matrices.problem.checks import read_matrices
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.problem.reduce import reduce_pairs, tighten_limits
from optimizer.solving.plain_matrices.programme.exact import Effort
from optimizer.solving.plain_matrices.programme.separate import Surroundings
from tests.solving.plain_matrices.test_matrices import agrees, brute

# Six towns on a line at 0 ... 5, each with a seat and 1 of demand; cost = distance.
PLACE = np.arange(6.0)
LINE = np.abs(PLACE[:, None] - PLACE[None, :])
NEXT = [(town, town + 1) for town in range(5)]


def matrices(
    cost: Any,
    opening: Any,
    demand: Any,
    capacity: Any = None,
    *,
    operators: Any = None,
    min_demand: Any = None,
    adjacency: Any = None,
    seat_towns: Any = None,
) -> Matrices:
    """The arguments of `group` as it reads them."""
    return read_matrices(
        cost,
        opening,
        demand,
        capacity,
        operators=operators,
        min_demand=min_demand,
        adjacency=adjacency,
        seat_towns=seat_towns,
    )


def line(**options: Any) -> Matrices:
    return matrices(
        LINE, np.zeros(6), np.ones(6), adjacency=NEXT, seat_towns=np.arange(6), **options
    )


def connected_case(seed: int) -> tuple[Floats, Floats, Floats, dict[str, Any]]:
    """Up to 5 towns with a seat each, random neighbours, loads and numbers."""
    rng = np.random.default_rng(seed)
    towns = int(rng.integers(3, 6))
    graph = nx.gnp_random_graph(towns, 0.5, seed=seed)
    points = rng.random((towns, 2)) * 10
    cost = np.round(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) * 10)
    demand = rng.integers(0, 9, towns).astype(float)
    opening = rng.integers(-3, 20, towns).astype(float)
    options: dict[str, Any] = {"adjacency": list(graph.edges), "seat_towns": np.arange(towns)}
    if rng.random() < 0.6:
        options["capacity"] = demand.sum() * rng.uniform(0.3, 1.2)
    if rng.random() < 0.6:
        options["min_demand"] = demand.sum() * rng.uniform(0.0, 0.4)
    if rng.random() < 0.6:
        options["operators"] = int(rng.integers(1, towns))
    return cost, opening, demand, options


@pytest.fixture
def no_first_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The methods behind it have to find and prove the plan."""
    monkeypatch.setattr(run, "_first_plan", lambda problem, *_: first_prices(problem))


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.usefixtures("no_first_plan")
def test_columns_agree_with_brute_force(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FEW_TOWNS", 0)
    monkeypatch.setattr(run, "FEW_IN_AREA", 0)
    monkeypatch.setattr(run, "FEW_IN_COLUMN", 99)
    cost, opening, demand, options = connected_case(seed)
    found = group(cost, opening, demand, **options)
    agrees(found, brute(cost, opening, demand, **options))
    assert "columns" in found.method or found.method == "counting"


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.usefixtures("no_first_plan")
def test_first_separators_agree_with_brute_force(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "FEW_TOWNS", 0)
    monkeypatch.setattr(run, "FEW_IN_AREA", 0)
    monkeypatch.setattr(run, "FEW_IN_COLUMN", 0)
    cost, opening, demand, options = connected_case(seed)
    found = group(cost, opening, demand, **options)
    agrees(found, brute(cost, opening, demand, **options))


def test_growth_lists_every_connected_area_below_the_limits() -> None:
    # Areas of 2 towns on the line: {k, k+1} from either end, value 1 - 2 * price.
    problem = line(capacity=2, min_demand=2, operators=3)
    growth = Growth(problem, lambda: False)
    price = np.full(6, 1.0)
    found = growth.below(price, np.full(6, 0.0), most_steps=1000, most_areas=100)
    # Only {0,1}, {2,3} and {4,5} leave parts of an even number of towns.
    sets = {tuple(np.flatnonzero(row).tolist()) for row in found.towns}
    assert sets == {(0, 1), (2, 3), (4, 5)}
    assert found.value == pytest.approx(np.full(6, -1.0))
    with pytest.raises(TooManyError):
        growth.below(price, np.full(6, 0.0), most_steps=1000, most_areas=3)


@pytest.mark.parametrize("seed", range(20))
def test_cheapest_area_is_that_of_enumeration(seed: int) -> None:
    cost, opening, demand, options = connected_case(seed)
    problem = reduce_pairs(matrices(cost, opening, demand, **options), lambda: False)
    if problem is None:
        pytest.skip("no plan")
    price = np.random.default_rng(seed).uniform(-5, 40, demand.size)
    found = Growth(problem, lambda: False).cheapest(
        price, np.full(problem.seats, 1e9), divisible=False
    )
    value = np.full(problem.seats, 1e9)
    np.minimum.at(value, found.seat, found.value)
    assert value == pytest.approx(enumerated(problem, price))


def enumerated(problem: Matrices, price: Floats) -> Floats:
    """Value of the cheapest connected area of every seat, over all sets of towns."""
    value = np.full(problem.seats, 1e9)
    assert problem.graph is not None
    for size in range(1, problem.towns + 1):
        for area in itertools.combinations(range(problem.towns), size):
            load = problem.demand[list(area)].sum()
            if not nx.is_connected(problem.graph.subgraph(area)):
                continue
            worth = problem.open_cost + (problem.cost - price[:, None])[list(area)].sum(axis=0)
            fits = (load <= problem.capacity + 1e-9) & (load >= problem.least - 1e-9)
            fits &= np.isin(np.arange(problem.seats), area)
            value[fits] = np.minimum(value[fits], worth[fits])
    return value


def test_leftover_must_hold_a_whole_number_of_areas() -> None:
    # Areas of 2 or 3 towns: {1, 2} leaves town 0 alone; {0, 1} leaves 4 = 2 + 2.
    leftover = Leftover(line(capacity=3, min_demand=2), lambda: False)
    rows = np.zeros((2, 6), dtype=bool)
    rows[0, [1, 2]] = True
    rows[1, [0, 1]] = True
    assert leftover.divides(leftover.towns.pack(rows)).tolist() == [False, True]


def test_limits_tighten_each_other() -> None:
    # 6 of demand, at most 4 a seat: 2 seats are needed. At least 2 each: at most 3 seats. Three
    # seats leave a seat no more than 6 - 2 = 4; with exactly 2 seats one holds at least 2.
    problem = tighten_limits(line(capacity=4, min_demand=2))
    assert (problem.fewest, problem.most) == (2, 3)
    exact = tighten_limits(line(capacity=4, operators=2))
    assert exact.least == pytest.approx(np.full(6, 2.0))
    free = line(operators=2)
    assert tighten_limits(free) is free


@pytest.mark.parametrize("seed", range(25))
def test_exact_knapsacks_are_those_of_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    towns = 6
    cost = rng.integers(0, 30, (towns, towns)).astype(float)
    demand = rng.integers(0, 5, towns).astype(float)
    own = np.arange(towns) if seed % 2 else None
    problem = matrices(
        cost,
        rng.integers(0, 20, towns),
        demand,
        rng.integers(3, 12, towns),
        min_demand=rng.integers(0, 4, towns),
        seat_towns=own,
    )
    if not whole_units(problem):
        pytest.skip("loads are not limited")
    price = rng.uniform(0, 30, towns)
    loads = whole_loads(problem, price, exact_forced=True)
    forced = loads.forced()
    for seat in range(towns):
        values = {
            area: problem.open_cost[seat] + (cost[:, seat] - price)[list(area)].sum()
            for size in range(towns + 1)
            for area in itertools.combinations(range(towns), size)
            if problem.least[seat] <= demand[list(area)].sum() <= problem.capacity[seat]
            and (own is None or seat in area)
        }
        best = min(values.values(), default=math.inf)
        assert loads.value[seat] == pytest.approx(best)
        if math.isinf(best):
            continue
        for town in range(towns):
            with_town = min((v for area, v in values.items() if town in area), default=math.inf)
            assert forced[town, seat] <= with_town - best + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_ruling_out_keeps_every_plan_below_the_cutoff(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 40, (5, 4)).astype(float)
    opening = rng.integers(5, 40, 4).astype(float)
    demand = rng.integers(1, 6, 5).astype(float)
    capacity = np.full(4, demand.sum() * rng.uniform(0.4, 0.8))
    best = brute(cost, opening, demand, capacity)
    problem = reduce_pairs(matrices(cost, opening, demand, capacity), lambda: False)
    if problem is None:
        assert best == math.inf
        return
    found = relax(problem, first_prices(problem), fractional_loads)
    narrowed = rule_out(problem, found, best + 1e-3)
    same = brute(
        narrowed.cost,
        np.where(narrowed.openable, narrowed.open_cost, 1e9),
        demand,
        narrowed.capacity,
        operators=(narrowed.fewest, narrowed.most),
        min_demand=np.maximum(narrowed.least, 0.0),
    )
    assert same == best


def test_first_separators_ask_for_a_neighbour_on_the_way() -> None:
    # From seat 0, town 2 needs town 1; town 3 needs town 2 beside it and town 1 beside the seat.
    lines = Surroundings(line()).first(lambda: False)
    mine = {(one.town, one.blockers) for one in lines if one.seat == 0 and one.town in {1, 2, 3}}
    assert mine == {(2, (1,)), (3, (1,)), (3, (2,))}


def test_a_trial_cutoff_raises_the_bound_no_further() -> None:
    problem = line(capacity=2, min_demand=2, operators=3)
    growth = Growth(problem, lambda: False)
    found = growth.below(np.full(6, 1.0), np.full(6, 0.0), most_steps=1000, most_areas=100)
    progress = Progress(problem, time_limit=None, gap=0.0)
    areas = cheapest_seats(problem, found)
    # The only plan costs 3; below 2.5 there is none.
    assert choose_areas(problem, areas, progress, Effort(None, 0), cutoff=2.5)
    assert progress.bound == pytest.approx(3.0)  # whole costs: 2.5 is lifted to 3
    assert progress.best is None
    assert choose_areas(problem, areas, progress, Effort(None, 0))
    assert progress.objective == pytest.approx(3.0)
