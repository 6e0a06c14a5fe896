"""What every cost game must satisfy, whatever its numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimizer.analysis.games import (
    Weight,
    best_partition,
    core_violations,
    least_core,
    nucleolus,
    separable_costs_remaining_benefits,
    shapley,
    stabilising_subsidy,
)
from tests.support.games import partitions, subsets, total_by

Game = dict[frozenset[str], float]
WEIGHTS: tuple[Weight, ...] = ("equal", "per_capita", "proportional")
# From few integers, so that ties and degenerate programmes are common.
costs = st.integers(1, 12).map(float)


@st.composite
def games(draw: st.DrawFn, least: int = 2, most: int = 5) -> tuple[str, Game]:
    players = "ABCDE"[: draw(st.integers(least, most))]
    return players, {group: draw(costs) for group in subsets(players)}


def saving(game: Game, shares: dict[str, float], group: frozenset[str], weight: Weight) -> float:
    per = {"equal": 1.0, "per_capita": float(len(group)), "proportional": game[group]}[weight]
    return (game[group] - sum(shares[player] for player in group)) / per


def balanced(groups: list[frozenset[str]], players: str) -> bool:
    """Whether positive multiples of the groups' 0/1 vectors add up to everybody's."""
    rows = np.array([[float(player in group) for player in players] for group in groups])
    result = linprog(  # multiples y >= least, least <= 1, as large as possible
        np.append(np.zeros(len(groups)), -1.0),
        A_eq=np.column_stack([rows.T, np.zeros(len(players))]),
        b_eq=np.ones(len(players)),
        A_ub=np.column_stack([-np.eye(len(groups)), np.ones(len(groups))]),
        b_ub=np.zeros(len(groups)),
        bounds=[(0, None)] * len(groups) + [(None, 1)],
    )
    return result.status == 0 and -result.fun > 1e-9


@settings(max_examples=60, deadline=None)
@given(games(), st.sampled_from(WEIGHTS))
def test_nucleolus_meets_kohlbergs_criterion(drawn: tuple[str, Game], weight: Weight) -> None:
    # E. Kohlberg 1971: shares are the (pre)nucleolus if and only if, for every level, the
    # coalitions that save at most that much are balanced. Shares no code with the programmes.
    players, game = drawn
    shares = nucleolus(game, players, weight=weight)
    assert shares.sum() == pytest.approx(game[frozenset(players)])
    proper = [group for group in game if len(group) < len(players)]
    savings = {group: saving(game, shares.to_dict(), group, weight) for group in proper}
    for level in savings.values():
        worst = [group for group, saved in savings.items() if saved <= level + 1e-7]
        assert balanced(worst, players)


@settings(max_examples=60, deadline=None)
@given(games(), st.sampled_from(WEIGHTS))
def test_least_core_is_as_content_as_can_be(drawn: tuple[str, Game], weight: Weight) -> None:
    players, game = drawn
    result = least_core(game, players, weight=weight)
    proper = [group for group in game if len(group) < len(players)]
    shares = result.shares.to_dict()
    assert min(saving(game, shares, g, weight) for g in proper) == pytest.approx(result.epsilon)
    # No better epsilon exists: the binding coalitions are balanced, so raising what all of them
    # save would lower the sum of the shares.
    assert balanced(list(result.binding), players)
    assert result.core_is_empty == (not core_violations(game, result.shares).empty)
    refined = nucleolus(game, players, weight=weight).to_dict()
    for group in proper:
        saved = saving(game, refined, group, weight)
        assert saved >= result.epsilon - 1e-8
        assert (group in result.binding) == (saved < result.epsilon + 1e-7)


@settings(max_examples=60, deadline=None)
@given(games())
def test_smallest_subsidy_keeps_everybody_and_a_smaller_one_does_not(
    drawn: tuple[str, Game],
) -> None:
    players, game = drawn
    everybody = frozenset(players)
    result = stabilising_subsidy(game, players)
    assert result.shares.sum() + result.subsidy == pytest.approx(game[everybody])
    assert core_violations(game, result.shares).empty
    assert (result.subsidy > 1e-7) == least_core(game, players).core_is_empty
    if result.subsidy > 1e-7:
        dearer = game | {everybody: game[everybody] - 0.99 * result.subsidy}
        assert least_core(dearer, players).core_is_empty


@settings(max_examples=40, deadline=None)
@given(games(), games(), st.permutations("ABCDE"))
def test_shapley_axioms(drawn: tuple[str, Game], other: tuple[str, Game], order: list[str]) -> None:
    players, game = drawn
    shares = shapley(game, players)
    assert shares.sum() == pytest.approx(game[frozenset(players)])
    # average over all orders, by hand
    added = dict.fromkeys(players, 0.0)
    orders = list(itertools.permutations(players))
    for sequence in orders:
        for i, player in enumerate(sequence):
            before = game.get(frozenset(sequence[:i]), 0.0)
            added[player] += (game[frozenset(sequence[: i + 1])] - before) / len(orders)
    assert shares.to_dict() == pytest.approx(added)
    # relabelling and listing in another order
    new = dict(zip("ABCDE", order, strict=True))
    renamed = {frozenset(new[player] for player in group): cost for group, cost in game.items()}
    again = shapley(renamed, sorted(new[player] for player in players))
    assert {player: again[new[player]] for player in players} == pytest.approx(shares.to_dict())
    # additivity
    if other[0] == players:
        both = {group: game[group] + other[1][group] for group in game}
        sum_of_both = shares + shapley(other[1], players)
        assert shapley(both, players).tolist() == pytest.approx(sum_of_both.tolist())


@settings(max_examples=40, deadline=None)
@given(games(most=4), costs)
def test_dummy_pays_what_it_always_adds(drawn: tuple[str, Game], own: float) -> None:
    players, game = drawn
    extended = game | {group | {"Z"}: cost + own for group, cost in game.items()}
    extended[frozenset("Z")] = own
    assert shapley(extended, players + "Z")["Z"] == pytest.approx(own)
    assert shapley(extended, players + "Z")[:-1].tolist() == pytest.approx(
        shapley(game, players).tolist()
    )
    everybody = frozenset(players)
    for player in players:
        rest = game.get(everybody - {player}, 0.0)
        if game[frozenset(player)] > game[everybody] - rest:  # somebody has a remaining benefit
            by_benefit = separable_costs_remaining_benefits(extended, players + "Z")
            assert by_benefit["Z"] == pytest.approx(own)


@settings(max_examples=40, deadline=None)
@given(st.lists(costs, min_size=2, max_size=6), st.sampled_from(WEIGHTS))
def test_alike_players_pay_alike(by_size: list[float], weight: Weight) -> None:
    players = range(len(by_size))
    share = by_size[-1] / len(by_size)

    def cost(group: frozenset[int]) -> float:
        return by_size[len(group) - 1]

    for shares in (
        shapley(cost, players),
        nucleolus(cost, players, weight=weight),
        separable_costs_remaining_benefits(cost, players)
        if by_size[0] > by_size[-1] - by_size[-2]
        else shapley(cost, players),
    ):
        assert shares.tolist() == pytest.approx([share] * len(by_size))


@settings(max_examples=40, deadline=None)
@given(games(), st.permutations("ABCDE"), st.sampled_from(WEIGHTS))
def test_nucleolus_does_not_depend_on_the_order_of_players(
    drawn: tuple[str, Game], order: list[str], weight: Weight
) -> None:
    players, game = drawn
    listed = [player for player in order if player in players]
    shares, again = nucleolus(game, players, weight=weight), nucleolus(game, listed, weight=weight)
    assert again.index.tolist() == listed
    assert again[list(players)].tolist() == pytest.approx(shares.tolist(), abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(
    games(),
    st.one_of(st.none(), st.integers(1, 5)),
    st.one_of(st.none(), st.integers(1, 5)),
)
def test_best_partition_agrees_with_going_through_all(
    drawn: tuple[str, Game], groups: int | None, largest: int | None
) -> None:
    players, game = drawn
    count = len(players)
    groups = None if groups is None else min(groups, count)
    if groups is not None and largest is not None and groups * largest < count:
        largest = None
    costs_of = {
        split: sum(game[group] for group in split)
        for split in partitions(tuple(players))
        if (groups is None or len(split) == groups)
        and (largest is None or max(map(len, split)) <= largest)
    }
    best = best_partition(game, players, groups, largest)
    assert best.cost == pytest.approx(min(costs_of.values()))
    assert total_by(best.groups) in [total_by(split) for split in costs_of]
