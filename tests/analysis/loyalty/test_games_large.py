"""Games too large to tabulate: coalitions on demand, orders by sampling."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pytest

from optimizer.analysis.games import (
    GameError,
    Weight,
    estimate_shapley,
    least_core,
    nucleolus,
    proportional,
    separable_costs_remaining_benefits,
    shapley,
    stabilising_subsidy,
    tabulate,
)
from tests.support.games import airport, random_game, subsets

RUNWAYS = {f"user {i:02}": 40.0 + (7 * i) % 31 + 0.1 * i for i in range(30)}


def through_all(
    game: dict[frozenset[str], float],
) -> Callable[[pd.Series[float]], Iterable[frozenset[str]]]:
    """Return the exact oracle of a small game: the proper coalition with the largest complaint."""

    def separate(prices: pd.Series[float]) -> list[frozenset[str]]:
        players = prices.index.tolist()
        proper = [group for group in subsets(players) if len(group) < len(players)]
        return [max(proper, key=lambda group: prices[list(group)].sum() - game[group])]

    return separate


def airport_oracle(prices: pd.Series[float]) -> list[frozenset[str]]:
    """Return, per runway length, all users with a price above 0 whom it serves."""
    needs = sorted(set(RUNWAYS.values()))
    found = []
    for length in needs:
        served = [user for user in prices.index if RUNWAYS[user] <= length]
        paying = [user for user in served if prices[user] > 0] or served
        if len(paying) == len(RUNWAYS):  # all but one: leave out who pays least
            paying.remove(min(paying, key=lambda user: prices[user]))
        found.append(frozenset(paying))
    return found


@pytest.mark.parametrize("weight", ["equal", "per_capita", "proportional"])
@pytest.mark.parametrize("seed", range(4))
def test_row_generation_finds_the_epsilon_of_full_enumeration(weight: Weight, seed: int) -> None:
    players, game = random_game(6, seed)
    whole = least_core(game, players, weight=weight)
    found = least_core(game, players, weight=weight, separate=through_all(game))
    assert found.epsilon == pytest.approx(whole.epsilon, abs=1e-6)
    assert found.shares.sum() == pytest.approx(game[frozenset(players)])
    assert set(found.binding) <= set(whole.binding)
    assert found.core_is_empty == whole.core_is_empty


@pytest.mark.parametrize("seed", range(4))
def test_row_generation_finds_the_subsidy_of_full_enumeration(seed: int) -> None:
    players, game = random_game(6, seed)
    whole = stabilising_subsidy(game, players)
    found = stabilising_subsidy(game, players, separate=through_all(game))
    assert whole.subsidy > 0
    assert found.subsidy == pytest.approx(whole.subsidy, abs=1e-5)


def test_random_games_have_an_empty_core() -> None:
    # Costs do not fall with size here, so some partition is cheaper than all together.
    for seed in range(4):
        players, game = random_game(6, seed)
        assert least_core(game, players).core_is_empty


def test_large_airport_game_has_the_epsilon_of_the_formula() -> None:
    # S. C. Littlechild 1974: with needs sorted c_1 <= ... <= c_n, epsilon is the least of
    # c_k / (k + 1) for k < n and c_n / n, which a group of k would leave to the others.
    needs = sorted(RUNWAYS.values())
    count = len(needs)
    expected = min(needs[-1] / count, *(needs[k - 1] / (k + 1) for k in range(1, count)))
    result = least_core(airport(RUNWAYS), RUNWAYS, separate=airport_oracle)
    assert result.epsilon == pytest.approx(expected, abs=1e-6)
    assert result.shares.sum() == pytest.approx(needs[-1])
    assert stabilising_subsidy(airport(RUNWAYS), RUNWAYS, separate=airport_oracle).subsidy == 0


def test_row_generation_asks_only_for_what_the_oracle_names() -> None:
    asked: list[frozenset[str]] = []
    named: set[frozenset[str]] = set()

    def cost(group: frozenset[str]) -> float:
        asked.append(group)
        return airport(RUNWAYS)(group)

    def separate(prices: pd.Series[float]) -> list[frozenset[str]]:
        found = airport_oracle(prices)
        named.update(found)
        return found

    least_core(cost, RUNWAYS, separate=separate)
    alone = {frozenset([user]) for user in RUNWAYS}
    assert set(asked) <= named | alone | {frozenset(RUNWAYS)}
    assert len(asked) == len(set(asked))


def test_row_generation_refuses_everybody_and_nobody() -> None:
    for wrong in (frozenset(RUNWAYS), frozenset[str](), frozenset({"a stranger"})):
        with pytest.raises(GameError, match="some but not all players"):
            least_core(airport(RUNWAYS), RUNWAYS, separate=lambda _, wrong=wrong: [wrong])


def test_row_generation_where_nobody_can_stand_alone() -> None:
    # Four towns; no operator serves fewer than two. Pairs cost 6, threes 7, all 8:
    # two pairs bind at 12 - 8 = 4, shared by two: epsilon 2, each pays 2.
    by_size = {1: math.inf, 2: 6.0, 3: 7.0, 4: 8.0}
    game = {group: by_size[len(group)] for group in subsets("ABCD")}
    for separate in (None, through_all(game)):
        result = least_core(game, "ABCD", separate=separate)
        assert result.epsilon == pytest.approx(1.0)  # threes: 7 - 6 = 1 is less than 6 - 4 = 2
        assert result.shares.tolist() == pytest.approx([2.0] * 4)
        assert {len(group) for group in result.binding} == {3}


def test_epsilon_without_bound_is_said() -> None:
    game = {frozenset("A"): 3.0, frozenset("B"): math.inf, frozenset("AB"): 5.0}
    with pytest.raises(GameError, match="unbounded"):
        least_core(game, "AB")
    with pytest.raises(GameError, match="unbounded"):
        least_core(game, "AB", separate=through_all(game))


def test_players_whom_no_coalition_ties_down_leave_a_choice() -> None:
    # C and D can act only with everybody: what A and B do not pay can be split at will.
    game = dict.fromkeys(subsets("ABCD"), math.inf)
    game |= {frozenset("ABCD"): 10.0, frozenset("AB"): 6.0, frozenset("CD"): 8.0}
    result = least_core(game, "ABCD")
    assert result.epsilon == pytest.approx(2.0)  # 6 + 8 - 10 shared by two
    assert not result.unique
    assert result.shares[["A", "B"]].sum() == pytest.approx(4.0)
    assert set(result.binding) == {frozenset("AB"), frozenset("CD")}
    with pytest.raises(GameError, match="undetermined"):
        nucleolus(game, "ABCD")


def test_sixteen_players_are_exact() -> None:
    need = {f"user {i}": 10.0 + (5 * i) % 16 for i in range(16)}
    game = tabulate(airport(need), need)
    order = sorted(need, key=need.__getitem__)
    steps = np.diff([0.0, *(need[user] for user in order)]) / np.arange(16, 0, -1)
    assert shapley(game, need)[order].tolist() == pytest.approx(np.cumsum(steps).tolist())
    # Littlechild 1974, stage by stage: whoever needs least among those left to pay shares what the
    # shorter ones left unpaid, at the least rate of all prefixes.
    shares, paid, done, needs = [], 0.0, 0, [need[user] for user in order]
    while done < 16:
        rates = [(needs[k - 1] - paid) / (k - done + (k < 16)) for k in range(done + 1, 17)]
        last = done + 1 + int(np.argmin(rates))
        shares += [min(rates)] * (last - done)
        paid, done = sum(shares), last
    assert nucleolus(game, need)[order].tolist() == pytest.approx(shares)
    assert least_core(game, need).epsilon == pytest.approx(shares[0])


def test_sampled_shapley_has_honest_error_bars() -> None:
    order = sorted(RUNWAYS, key=RUNWAYS.__getitem__)
    steps = np.diff([0.0, *(RUNWAYS[user] for user in order)]) / np.arange(30, 0, -1)
    exact = pd.Series(np.cumsum(steps), index=order)
    estimate = estimate_shapley(airport(RUNWAYS), RUNWAYS, samples=3000, seed=5)
    off = (estimate.shares - exact[list(RUNWAYS)]).abs() / estimate.standard_errors
    assert estimate.shares.sum() == pytest.approx(max(RUNWAYS.values()))
    assert estimate.samples == 3000
    assert (off < 2).mean() > 0.85  # about 95 % of 30 correlated errors
    assert (off < 4.5).all()
    assert (estimate.standard_errors > 0).all()


def test_shapley_beyond_sixteen_is_seeded_and_says_that_it_is_an_estimate(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, logger="optimizer"):
        shares = shapley(airport(RUNWAYS), RUNWAYS, samples=40, seed=1)
    assert "estimated from 40 orders" in caplog.text
    assert "estimate" in str(shares.name)
    assert shares.equals(shapley(airport(RUNWAYS), RUNWAYS, samples=40, seed=1))
    assert not shares.equals(shapley(airport(RUNWAYS), RUNWAYS, samples=40, seed=2))


def test_rules_of_thumb_serve_any_number_of_players() -> None:
    shares = separable_costs_remaining_benefits(airport(RUNWAYS), RUNWAYS)
    assert shares.sum() == pytest.approx(max(RUNWAYS.values()))
    assert proportional(airport(RUNWAYS), RUNWAYS, RUNWAYS).sum() == pytest.approx(shares.sum())
