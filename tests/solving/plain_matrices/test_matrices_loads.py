"""Limited loads in whole units: branching on seats, loads as columns, choices from a pool."""

import itertools
import math

import numpy as np
import pytest

from optimizer.arrays import Floats
from optimizer.solving.plain_matrices import group
from optimizer.solving.plain_matrices.areas import load_columns
from optimizer.solving.plain_matrices.areas.choice import cheapest_of_each, choose_from_pool
from optimizer.solving.plain_matrices.areas.listing import list_loads
from optimizer.solving.plain_matrices.areas.pool import Pool, flags, two_of_three
from optimizer.solving.plain_matrices.areas.triples import worst_triples
from optimizer.solving.plain_matrices.bounds.lagrange import first_prices, relax
from optimizer.solving.plain_matrices.bounds.seats import branch_on_seats
from optimizer.solving.plain_matrices.bounds.whole import whole_loads
from optimizer.solving.plain_matrices.problem.checks import read_matrices
from optimizer.solving.plain_matrices.problem.problem import Matrices
from optimizer.solving.plain_matrices.problem.progress import Progress
from optimizer.solving.plain_matrices.programme import facility
from optimizer.solving.plain_matrices.programme.exact import Effort
from tests.solving.plain_matrices.test_matrices import agrees, brute


def clusters(towns: int, seed: int) -> tuple[Floats, Floats]:
    """Whole distances between towns on a map, and whole demands."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 100, (towns, 2))
    distance = np.floor(np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1)))
    return distance, rng.integers(1, 21, towns).astype(float)


def problem_of(towns: int, seed: int, capacity: float, operators: int, *, own: bool) -> Matrices:
    distance, demand = clusters(towns, seed)
    return read_matrices(
        distance,
        0.0 if own else 40.0,
        demand,
        capacity,
        operators=operators if own else None,
        min_demand=None,
        adjacency=None,
        seat_towns=np.arange(towns) if own else None,
    )


@pytest.mark.parametrize("seed", range(40))
def test_engines_for_whole_loads_agree_with_brute_force(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facility, "SMALL_MODEL", 0)
    rng = np.random.default_rng(seed)
    towns, seats = 6, 4
    cost = rng.integers(0, 30, (towns, seats)).astype(float)
    demand = rng.integers(0, 9, towns).astype(float)
    opening = rng.integers(-3, 25, seats).astype(float)
    options = {"capacity": np.floor(demand.sum() * rng.uniform(0.3, 0.8, seats))}
    if seed % 2:
        options["seat_towns"] = rng.permutation(towns)[:seats]
    if seed % 3 == 0:
        options["operators"] = (2, 3)
    if seed % 5 == 0:
        options["min_demand"] = np.full(seats, 3.0)
    expected = brute(cost, opening, demand, **options)
    agrees(group(cost, opening, demand, **options), expected)


@pytest.mark.parametrize("seed", range(3))
def test_columns_branching_and_the_assignment_model_agree(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    distance, demand = clusters(16, seed)
    data = {"capacity": np.ceil(demand.sum() / 3.6), "operators": 4, "seat_towns": np.arange(16)}
    by_model = group(distance, 0.0, demand, **data)
    assert by_model.method == "whole assignment model"
    monkeypatch.setattr(facility, "SMALL_MODEL", 0)
    by_columns = group(distance, 0.0, demand, **data)
    monkeypatch.setattr(load_columns, "FEW_IN_LOAD", 0)
    by_seats = group(distance, 0.0, demand, **data)
    assert by_model.status == by_columns.status == by_seats.status == "optimal"
    assert by_model.objective == by_columns.objective == by_seats.objective


@pytest.mark.parametrize("own", [True, False])
def test_branching_on_seats_proves_a_plan_that_is_too_dear(own: bool) -> None:
    problem = problem_of(14, 3, 45.0, 4, own=own)
    best = group(
        problem.cost,
        problem.open_cost,
        problem.demand,
        problem.capacity,
        operators=(problem.fewest, problem.most),
        seat_towns=problem.seat_town,
    )
    progress = Progress(problem, time_limit=60, gap=0.0)
    found = relax(problem, first_prices(problem), whole_loads)
    assert branch_on_seats(problem, found, progress, Effort(None, 0)) > 0
    assert progress.objective == progress.bound == best.objective


@pytest.mark.parametrize("seed", range(10))
def test_listed_loads_are_those_of_enumeration(seed: int) -> None:
    problem = problem_of(8, seed, 40.0, 3, own=bool(seed % 2))
    price = np.random.default_rng(seed).uniform(0, 60, 8)
    limit = np.full(8, 20.0)
    listed = list_loads(problem, price, limit, 10_000, lambda: False)
    assert listed is not None
    found = {
        (int(seat), tuple(np.flatnonzero(row)))
        for seat, row in zip(listed.seat, flags(listed.words, 8), strict=True)
    }
    expected = {
        (seat, area)
        for seat in range(8)
        for size in range(9)
        for area in itertools.combinations(range(8), size)
        if problem.demand[list(area)].sum() <= 40.0
        and problem.open_cost[seat] + (problem.cost[:, seat] - price)[list(area)].sum() < 20.0
        and (problem.seat_town is None or seat in area)
    }
    assert found == expected
    assert len(found) == listed.seat.size
    assert list_loads(problem, price, limit, len(found) - 1, lambda: False) is None
    assert list_loads(problem, price, limit, 10_000, lambda: True) is None


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("few", [0, 40])
def test_choice_from_a_pool_is_that_of_brute_force(
    seed: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `few` = 0 divides down to a single plan; the solver never sees a part.
    monkeypatch.setattr("optimizer.solving.plain_matrices.areas.choice.FEW_AREAS", few)
    monkeypatch.setattr("optimizer.solving.plain_matrices.areas.choice.SOME_AREAS", few)
    problem = problem_of(7, seed, 35.0, 3, own=True)
    pool = every_load(problem)
    progress = Progress(problem, time_limit=60, gap=0.0)
    done = choose_from_pool(problem, pool, pool.cost, progress, Effort(None, 0))
    best = min(
        (
            float(pool.cost[list(three)].sum())
            for three in itertools.combinations(range(pool.cost.size), 3)
            if (flags(pool.words[list(three)], 7).sum(axis=0) == 1).all()
        ),
        default=math.inf,
    )
    assert done
    assert progress.objective == best
    assert progress.bound == pytest.approx(best)


def every_load(problem: Matrices) -> Pool:
    """Every load within capacity, with its cheapest seat."""
    listed = list_loads(
        problem, np.zeros(problem.towns), np.full(problem.seats, math.inf), 10_000, lambda: False
    )
    assert listed is not None
    return cheapest_of_each(Pool(listed.seat, listed.words, listed.value))


def test_choice_says_when_no_areas_fit_together() -> None:
    problem = problem_of(7, 0, 35.0, 3, own=True)
    pool = every_load(problem)
    part = pool.take(~pool.has(2))
    progress = Progress(problem, time_limit=60, gap=0.0)
    assert choose_from_pool(problem, part, part.cost, progress, Effort(None, 0))
    assert progress.best is None
    assert progress.bound == math.inf


def test_bound_of_a_choice_stops_at_its_cutoff() -> None:
    problem = problem_of(7, 0, 35.0, 3, own=True)
    pool = every_load(problem)
    progress = Progress(problem, time_limit=60, gap=0.0)
    assert choose_from_pool(problem, pool, pool.cost, progress, Effort(None, 0), cutoff=10.0)
    assert progress.bound == 10.0
    assert progress.best is None


def test_subset_rows_hold_for_every_partition() -> None:
    # Of disjoint areas at most one holds two of three towns; half-chosen pairs break that.
    towns = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
    assert worst_triples(towns, np.array([0.5, 0.5, 0.5, 1.0])) == [(0, 1, 2)]
    assert worst_triples(towns[[0, 3]], np.ones(2)) == []
    words = np.array([[0b0011], [0b0101], [0b0110], [0b1000]], dtype=np.uint64)
    assert two_of_three(words, (0, 1, 3)).tolist() == [True, False, False, False]
