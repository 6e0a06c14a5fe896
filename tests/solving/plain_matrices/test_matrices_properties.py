"""Grouping plain matrices: what must hold whatever the numbers are."""

import math
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from optimizer.solving.plain_matrices import group

Floats = NDArray[np.float64]
Case = tuple[Floats, Floats, Floats, dict[str, Any]]
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to 7 towns, each with a candidate seat, on a small grid; neighbours within distance 2."""
    towns = draw(st.integers(2, 7))
    places = np.array(
        draw(
            st.lists(
                st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=towns, max_size=towns
            )
        ),
        dtype=float,
    )
    cost = np.round(np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1)) * 10)
    demand = np.array(draw(st.lists(st.integers(1, 9), min_size=towns, max_size=towns)), float)
    opening = np.array(draw(st.lists(st.integers(0, 30), min_size=towns, max_size=towns)), float)
    options = {}
    if draw(st.booleans()):
        options["capacity"] = float(demand.max() + draw(st.integers(0, 12)))
    if draw(st.booleans()):
        options["min_demand"] = float(draw(st.integers(1, 6)))
    if draw(st.booleans()):
        options["operators"] = (1, draw(st.integers(1, towns)))
    if draw(st.booleans()):
        options["seat_towns"] = list(range(towns))
        if draw(st.booleans()):
            options["adjacency"] = [
                (a, b) for a in range(towns) for b in range(a) if cost[a, b] <= 20
            ]
    return cost, opening, demand, options


@given(cases())
@QUICK
def test_bound_and_plan_agree(case: Case) -> None:
    cost, opening, demand, options = case
    found = group(cost, opening, demand, **options)
    assert found.status in {"optimal", "infeasible"}
    assert found.bound <= found.objective
    if found.status == "optimal":
        served = cost[np.arange(len(demand)), found.seat_of].sum()
        assert found.objective == pytest.approx(served + opening[found.opened].sum())
        loads = np.bincount(found.seat_of, weights=demand, minlength=len(opening))
        assert (loads[~found.opened] == 0).all()
        assert (loads <= options.get("capacity", math.inf) + 1e-6).all()
        assert (loads[found.opened] >= options.get("min_demand", 0) - 1e-6).all()


@given(cases(), st.randoms(use_true_random=False))
@QUICK
def test_names_do_not_matter(case: Case, random: Random) -> None:
    cost, opening, demand, options = case
    size = len(demand)
    towns, seats = list(range(size)), list(range(size))
    random.shuffle(towns)
    random.shuffle(seats)
    renamed = dict(options)
    if "seat_towns" in options:
        renamed["seat_towns"] = [towns.index(seat) for seat in seats]
    if "adjacency" in options:
        renamed["adjacency"] = [(towns.index(a), towns.index(b)) for a, b in options["adjacency"]]
    first = group(cost, opening, demand, **options)
    second = group(cost[towns][:, seats], opening[seats], demand[towns], **renamed)
    assert first.status == second.status
    assert first.objective == pytest.approx(second.objective)


@given(cases(), st.sampled_from([0.001, 0.37, 1000.0]))
@QUICK
def test_scaling_costs_scales_the_objective(case: Case, factor: float) -> None:
    cost, opening, demand, options = case
    first = group(cost, opening, demand, **options)
    second = group(cost * factor, opening * factor, demand, **options)
    assert first.status == second.status
    if first.status == "optimal":
        assert second.objective == pytest.approx(first.objective * factor, rel=1e-6)


@given(cases())
@QUICK
def test_a_rule_more_never_makes_it_cheaper(case: Case) -> None:
    cost, opening, demand, options = case
    free = group(cost, opening, demand)
    bound = group(cost, opening, demand, **options)
    assert bound.objective >= free.objective - 1e-6


def test_asked_gap_is_kept_and_named() -> None:
    rng = np.random.default_rng(5)
    cost = rng.integers(1, 1000, (60, 25)).astype(float)
    demand = rng.integers(1, 20, 60).astype(float)
    found = group(cost, np.full(25, 300.0), demand, demand.sum() / 6, gap=0.1)
    assert found.status in {"optimal", "within_gap"}
    assert found.gap <= 0.1
    assert found.bound <= found.objective


def test_time_limit_gives_a_true_bound() -> None:
    rng = np.random.default_rng(7)
    cost = rng.integers(1, 10_000, (40, 20)).astype(float)
    demand = rng.integers(10, 40, 40).astype(float)
    data = (cost, rng.integers(2000, 6000, 20).astype(float), demand, demand.sum() / 9)
    short = group(*data, time_limit=0.3)
    assert short.status in {"time_limit", "optimal"}
    full = group(*data, time_limit=20)
    assert short.bound <= full.objective + 1e-6
    assert full.bound <= short.objective + 1e-6
