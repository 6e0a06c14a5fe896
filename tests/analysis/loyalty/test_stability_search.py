"""Coalitions of large areas: the search finds what going through all of them finds."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.analysis.loyalty.coalitions.cost_game import area_game, coalition_costs, leaving_case
from optimizer.analysis.loyalty.coalitions.leavers import EveryCoalition
from optimizer.analysis.loyalty.coalitions.search import separator_of
from optimizer.analysis.loyalty.stability import stability
from optimizer.solving.group_rules import group_rules
from optimizer.tariffs.group_value import group_value
from tests.support.regions import random_region
from tests.support.stability_regions import flat_region


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_cost_of_a_coalition_is_the_value_of_the_group(seed: int) -> None:
    case = leaving_case(op.case_of(random_region(seed, towns=5)))
    rules, game = group_rules(case), area_game(case, case.reach.towns, 1.0)
    for size in range(1, 6):
        for members in itertools.combinations(range(5), size):
            group = frozenset(case.reach.towns[k] for k in members)
            expected = group_value(case, members).value_year
            if not rules.allows(members):
                expected = np.inf
            assert game.own_costs([group])[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("measure", ["value", "requirement"])
@pytest.mark.parametrize("seed", range(0, 60, 5))
def test_search_finds_the_best_coalition_and_proves_it(seed: int, measure: str) -> None:
    region = random_region(seed, towns=6)
    case = op.case_of(region)
    game = area_game(case, case.reach.towns, 1e6, measure=measure)  # type: ignore[arg-type]
    alone = case.cost.stand_alone_requirement()
    factor = np.random.default_rng(seed).uniform(0.5, 1.3, 6)
    pays = pd.Series(np.where(np.isfinite(alone), alone, 4e5) * factor, index=list(game.players))
    exact = EveryCoalition(game.tabulated()).most_gaining(pays)
    search = separator_of(game)
    found = search.most_gaining(pays)
    assert found.best == pytest.approx(exact.best, abs=1.0) or found.best == exact.best
    assert found.bound >= exact.best - 1.0
    if region.policy.household_support_share == 0:
        assert found.bound <= exact.best + 10.0
    quick = search.most_gaining(pays, quick=True)
    assert quick.best == found.best  # what was met is kept
    assert quick.bound >= exact.best - 1.0


def test_programme_finds_what_single_steps_do_not() -> None:
    # Operators need 2,500 connections and every pair is infinite: from single towns no step leads
    # to the triple t0, t1, t2 that pays 150,000 and costs 60,000.
    region = flat_region([0.0] * 4, overheads=[(60e3, 2500, 4000)])
    game = area_game(op.case_of(region), region.towns.index, 200e3)
    pays = pd.Series([50e3, 50e3, 50e3, 10e3], index=list(game.players))
    found = separator_of(game).most_gaining(pays)
    assert sorted(found.coalitions[0]) == ["t0", "t1", "t2"]
    assert found.best == pytest.approx(90e3)
    assert found.bound == pytest.approx(90e3, abs=1.0)
    late = separator_of(game, seconds=0.0).most_gaining(pays)
    assert not late.coalitions
    assert late.bound >= 90e3
    assert not late.proven(1.0)


def test_area_of_seventeen_towns() -> None:
    # c(S) = 100,000 + 40,000 |S|; all pay 780,000 / 17. Sixteen towns save what the last one
    # pays beyond its own 40,000: 100,000 / 17, and nobody can save more.
    region = flat_region([40.0] * 17, overheads=[(100e3, 0, 50_000)])
    found = stability(op.evaluate(region, "together"), orders=20)
    area = found.areas.iloc[0]
    assert area["searched"] == "row generation"
    assert bool(area["proven"])
    assert found.stable
    assert area["epsilon_year"] == pytest.approx(100e3 / 17, abs=1.0)
    assert found.shares["shapley_year"].tolist() == pytest.approx([780e3 / 17] * 17, rel=0.5)
    assert found.shares["shapley_standard_error_year"].max() > 0
    assert found.shares["shapley_year"].sum() == pytest.approx(780e3)


def test_no_coalition_costs_nothing() -> None:
    case = op.case_of(op.read("instances/pair"))
    game = area_game(case, ["alba", "brisa"], 153e3)
    none = np.zeros((0, 2), dtype=bool)
    assert len(coalition_costs(game.case, game.rules, game.towns, none)) == 0
