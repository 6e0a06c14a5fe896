"""Cost games with known answers, shared by the tests of ``optimizer.analysis.games``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
import pytest

from tests.paths import SHARED

SKANE = SHARED / "benchmarks" / "skane"
TOWNS = "AHKLMT"

TVA_PURPOSES = (1, 2, 3)
# Tennessee Valley Authority, ten dams, thousand US$: navigation 1, flood control 2, power 3.
# P. D. Straffin, J. P. Heaney, "Game theory and the Tennessee Valley Authority", International
# Journal of Game Theory 10, 1981; also H. P. Young (ed.), "Cost Allocation", 1985.
TVA = {
    frozenset({1}): 163_520,
    frozenset({2}): 140_826,
    frozenset({3}): 250_096,
    frozenset({1, 2}): 301_607,
    frozenset({1, 3}): 378_821,
    frozenset({2, 3}): 367_370,
    frozenset({1, 2, 3}): 412_584,
}


def skane() -> dict[frozenset[str], float]:
    """Return the water game of Young, Okada and Hashimoto, or skip where its table is absent."""
    path = SKANE / "skane_game.csv"
    if not path.exists():
        pytest.skip(f"the Skane table is not here: {path.name} in shared/benchmarks/skane")
    table = pd.read_csv(path)
    return {
        frozenset(group): float(cost)
        for group, cost in zip(table["coalition"], table["cost_MSEK"], strict=True)
    }


def airport(need: Mapping[str, float]) -> Callable[[frozenset[str]], float]:
    """Return the airport game: a runway costs what its most demanding user needs."""
    return lambda coalition: max(need[player] for player in coalition)


def gloves(left: frozenset[str]) -> Callable[[frozenset[str]], float]:
    """Return the glove game as a cost: 1 per member, less 1 per pair of a left and a right."""
    return lambda coalition: len(coalition) - min(len(coalition & left), len(coalition - left))


def subsets(players: Iterable[str]) -> list[frozenset[str]]:
    """Return all coalitions but the empty one."""
    labels = list(players)
    return [
        frozenset(group)
        for size in range(1, len(labels) + 1)
        for group in itertools.combinations(labels, size)
    ]


def partitions(players: tuple[str, ...]) -> list[tuple[frozenset[str], ...]]:
    """Return every partition, by putting the first player into each group of the others' ones."""
    if not players:
        return [()]
    found = []
    for rest in partitions(players[1:]):
        found.append((frozenset(players[:1]), *rest))
        for i, group in enumerate(rest):
            found.append((*rest[:i], group | {players[0]}, *rest[i + 1 :]))
    return found


def random_game(count: int, seed: int) -> tuple[str, dict[frozenset[str], float]]:
    """Return independent costs, integers from 10 to 59: neither monotone nor subadditive."""
    players = "ABCDEFGHIJ"[:count]
    draw = np.random.default_rng(seed)
    return players, {group: float(draw.integers(10, 60)) for group in subsets(players)}


def total_by(groups: Iterable[frozenset[str]]) -> list[str]:
    """Return groups as sorted words, for comparison."""
    return sorted("".join(sorted(group)) for group in groups)
