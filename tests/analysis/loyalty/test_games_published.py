"""Allocations printed in the literature, and games whose answer is a formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from optimizer.analysis.games import (
    best_partition,
    core_violations,
    least_core,
    nucleolus,
    proportional,
    separable_costs_remaining_benefits,
    shapley,
    stabilising_subsidy,
)
from tests.support.games import (
    TOWNS,
    TVA,
    TVA_PURPOSES,
    airport,
    gloves,
    partitions,
    skane,
    total_by,
)

# Half a unit of the last printed digit. The older Shapley and separable-cost rows are off by up to
# one unit (exact M 16.946, printed 16.94; exact K 5.614, printed 5.62): cut or rounded on the way.
PRINTED, CUT = 0.005, 0.01


def series(*values: float) -> pd.Series[float]:
    return pd.Series(values, index=list(TOWNS))


def test_skane_shapley_is_the_printed_one() -> None:
    shares = shapley(skane(), TOWNS)
    assert (shares - series(20.01, 10.71, 6.61, 10.37, 16.94, 19.18)).abs().max() < CUT


def test_skane_shapley_is_left_by_one_coalition_only() -> None:
    table = core_violations(skane(), shapley(skane(), TOWNS))
    assert total_by(table["coalition"]) == ["HKL"]
    assert table["violation"].tolist() == pytest.approx([0.43], abs=PRINTED)
    assert table["cost"].tolist() == [27.26]


def test_skane_separable_costs_are_the_printed_ones() -> None:
    shares = separable_costs_remaining_benefits(skane(), TOWNS)
    assert (shares - series(19.54, 13.28, 5.62, 10.90, 16.66, 17.82)).abs().max() < CUT


def test_skane_separable_costs_are_left_by_three_coalitions() -> None:
    # The violations in print belong to the printed shares; exactly AHL is at 0.510.
    printed = series(19.54, 13.28, 5.62, 10.90, 16.66, 17.82)
    table = core_violations(skane(), printed)
    assert ["".join(sorted(group)) for group in table["coalition"]] == ["HKL", "AHL", "AHKL"]
    assert table["violation"].tolist() == pytest.approx([2.54, 0.50, 0.39], abs=PRINTED)
    exact = core_violations(skane(), separable_costs_remaining_benefits(skane(), TOWNS))
    assert exact["violation"].tolist() == pytest.approx([2.543, 0.510, 0.394], abs=0.0005)


def test_skane_marginal_costs_are_the_printed_ones() -> None:
    """What each town adds to the other five; M 83.82 - 70.93 = 12.89, printed as 12.90."""
    cost, everybody = skane(), frozenset(TOWNS)
    added = [cost[everybody] - cost[everybody - {town}] for town in TOWNS]
    assert added == pytest.approx([17.36, 9.85, 0.82, 6.40, 12.90, 14.06], abs=CUT + 1e-9)


def test_skane_proportional_shares_are_the_printed_ones() -> None:
    people = dict(zip(TOWNS, (85.0, 176.3, 26.8, 69.0, 287.3, 59.5), strict=True))
    demand = series(6.72, 8.23, 3.75, 3.53, 14.64, 5.39)
    by_people = proportional(skane(), TOWNS, people)
    by_demand = proportional(skane(), TOWNS, demand)
    # The weights are rounded too: 0.05 of T's 59.5 thousand people is 0.006 of its share, and
    # 0.005 of K's 3.75 Mm3 is 0.01.
    assert (by_people - series(10.13, 21.00, 3.19, 8.22, 34.22, 7.07)).abs().max() < 2 * CUT
    assert (by_demand - series(13.33, 16.32, 7.43, 7.00, 29.04, 10.69)).abs().max() < 2 * CUT


def test_skane_least_core() -> None:
    # A, MT and HKL make up everybody: (21.95 + 39.41 + 27.26 - 83.82) / 3 = 1.60
    result = least_core(skane(), TOWNS)
    assert result.epsilon == pytest.approx(1.60, abs=1e-8)
    assert total_by(result.binding) == ["A", "HKL", "MT"]
    assert not result.core_is_empty
    assert core_violations(skane(), result.shares).empty


@pytest.mark.parametrize(
    ("weight", "refined", "printed"),
    [
        (
            "equal",
            (20.350, 12.057, 4.997, 8.607, 18.320, 19.490),
            (20.35, 12.06, 5.00, 8.61, 18.60 + 19.21),
        ),
        (
            "per_capita",
            (20.029, 12.519, 3.943, 9.069, 18.544, 19.714),
            (20.03, 12.52, 3.94, 9.07, 20.11 + 18.15),
        ),
        (
            "proportional",
            (19.806, 12.573, 4.351, 9.250, 18.372, 19.468),
            (19.81, 12.57, 4.35, 9.25, 19.85 + 17.99),
        ),
    ],
)
def test_skane_nucleolus_is_fully_refined(
    weight: str, refined: tuple[float, ...], printed: tuple[float, ...]
) -> None:
    shares = nucleolus(skane(), TOWNS, weight=weight)
    assert (shares - series(*refined)).abs().max() < 0.0005 + 1e-9
    # In print the second programme is the last: M and T are final only as a sum of two roundings.
    assert shares[:4].tolist() == pytest.approx(list(printed[:4]), abs=PRINTED)
    assert shares["M"] + shares["T"] == pytest.approx(printed[4], abs=2 * PRINTED)


@pytest.mark.parametrize(
    ("groups", "cost", "words"),
    [
        (1, 83.82, ["AHKLMT"]),
        (2, 88.36, ["AHKL", "MT"]),
        (3, 88.62, ["A", "HKL", "MT"]),
        (4, 92.00, ["A", "HKL", "M", "T"]),
        (5, 100.65, ["A", "HL", "K", "M", "T"]),
        (6, 108.61, ["A", "H", "K", "L", "M", "T"]),
    ],
)
def test_skane_best_partition_into_groups(groups: int, cost: float, words: list[str]) -> None:
    best = best_partition(skane(), TOWNS, groups=groups)
    assert (total_by(best.groups), best.cost) == (words, pytest.approx(cost, abs=1e-9))


@pytest.mark.parametrize(
    ("largest", "cost", "ties"), [(2, 97.27, 2), (3, 88.62, 2), (4, 88.36, 1), (5, 88.36, 1)]
)
def test_skane_best_partition_with_a_largest_group(largest: int, cost: float, ties: int) -> None:
    game = skane()
    best = best_partition(game, TOWNS, largest=largest)
    assert best.cost == pytest.approx(cost, abs=1e-9)
    costs = {
        tuple(total_by(split)): sum(game[group] for group in split)
        for split in partitions(tuple(TOWNS))
        if max(map(len, split)) <= largest
    }
    as_cheap = [split for split, value in costs.items() if value < cost + 1e-9]
    assert len(as_cheap) == ties
    # Ties: A's group as large as possible, then with the towns listed first.
    first = {split: next(group for group in split if "A" in group) for split in as_cheap}
    chosen = max(as_cheap, key=lambda split: (len(first[split]), [-ord(c) for c in first[split]]))
    assert tuple(total_by(best.groups)) == chosen


def test_skane_is_not_subadditive() -> None:
    # AHLMT together 83.00, AHL and MT apart 43.22 + 39.41 = 82.63: better to split
    game = skane()
    best = best_partition(game, "AHLMT")
    assert total_by(best.groups) == ["AHL", "MT"]
    assert best.cost == pytest.approx(82.63, abs=1e-9)
    assert best.cost < game[frozenset("AHLMT")]
    # So no sharing among these five keeps AHL and MT: the least subsidy is at least 0.37.
    assert least_core(game, "AHLMT").core_is_empty
    assert stabilising_subsidy(game, "AHLMT").subsidy >= 0.37 - 1e-9


def test_tva() -> None:
    assert shapley(TVA, TVA_PURPOSES).tolist() == pytest.approx([117_829, 100_756.5, 193_998.5])
    # The nucleolus is printed without decimals.
    shares = nucleolus(TVA, TVA_PURPOSES)
    assert shares.tolist() == pytest.approx([116_234, 93_540, 202_810], abs=0.5)
    assert core_violations(TVA, shares).empty


def test_airport_shapley_is_baker_and_thompson() -> None:
    # Each stretch of runway is shared equally by those who need it:
    # 12/4 = 3; + (20-12)/3; + (21-20)/2; + (30-21)/1
    need = {"A": 12.0, "B": 20.0, "C": 21.0, "D": 30.0}
    expected = np.cumsum([12 / 4, 8 / 3, 1 / 2, 9 / 1])
    assert shapley(airport(need), need).tolist() == pytest.approx(expected.tolist())


def test_airport_nucleolus_is_littlechild() -> None:
    # S. C. Littlechild, "A simple expression for the nucleolus in a special case", 1974.
    # Least of 12/2, 20/3, 21/4 and 30/4 is 5.25 (C): A, B and C pay 5.25 each, D the rest.
    need = {"A": 12.0, "B": 20.0, "C": 21.0, "D": 30.0}
    result = least_core(airport(need), need)
    assert nucleolus(airport(need), need).tolist() == pytest.approx([5.25, 5.25, 5.25, 14.25])
    assert result.epsilon == pytest.approx(5.25)


def test_gloves() -> None:
    # Two left gloves, one right. Savings: Shapley 1/6, 1/6, 2/3; the core is the single point
    # 0, 0, 1, for the two left ones undercut each other. Costs are 1 less the saving.
    cost = gloves(frozenset({"left", "other left"}))
    players = ["left", "other left", "right"]
    assert shapley(cost, players).tolist() == pytest.approx([5 / 6, 5 / 6, 1 / 3])
    assert nucleolus(cost, players).tolist() == pytest.approx([1.0, 1.0, 0.0], abs=1e-9)
    result = least_core(cost, players)
    assert result.epsilon == pytest.approx(0.0, abs=1e-9)
    assert not result.core_is_empty
    assert not core_violations(cost, shapley(cost, players)).empty


def test_three_towns_of_whom_two_are_enough() -> None:
    # c = 6 alone and in pairs, 10 together. x(S) <= 6 for the three pairs adds up to
    # 2 x(N) <= 18, so at most 9 of the 10 come in; x(S) <= 6 - epsilon with x(N) = 10 adds up to
    # 20 <= 18 - 3 epsilon.
    cost = {1: 6.0, 2: 6.0, 3: 10.0}
    result = least_core(lambda group: cost[len(group)], "ABC")
    assert result.core_is_empty
    assert result.epsilon == pytest.approx(-2 / 3)
    assert result.shares.tolist() == pytest.approx([10 / 3] * 3)
    subsidy = stabilising_subsidy(lambda group: cost[len(group)], "ABC")
    assert subsidy.subsidy == pytest.approx(1.0)
    assert total_by(subsidy.binding) == ["AB", "AC", "BC"]
    # Two and one cost 12: all three together are cheapest, and yet nothing keeps them.
    assert total_by(best_partition(lambda group: cost[len(group)], "ABC").groups) == ["ABC"]
