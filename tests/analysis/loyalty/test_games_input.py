"""A game that cannot be used says which coalition, and why."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from optimizer.analysis import games
from optimizer.analysis.games import (
    GameError,
    best_partition,
    core_violations,
    estimate_shapley,
    least_core,
    nucleolus,
    proportional,
    separable_costs_remaining_benefits,
    shapley,
    tabulate,
)
from optimizer.errors import OptimizerError

PAIR = {frozenset("A"): 4.0, frozenset("B"): 3.0, frozenset("AB"): 6.0}


def test_game_errors_are_errors_of_the_library() -> None:
    assert issubclass(GameError, OptimizerError)
    assert sorted(games.__all__) == sorted(set(games.__all__))


def test_missing_coalitions_are_all_named() -> None:
    with pytest.raises(GameError, match=r"no cost: \{A, C\}.*no cost: \{B, C\}"):
        shapley(PAIR | {frozenset("C"): 1.0}, "ABC")


def test_keys_that_are_not_frozensets_are_missing() -> None:
    with pytest.raises(GameError, match="keys are frozensets"):
        shapley({"A": 1.0}, "A")  # type: ignore[dict-item]


def test_a_key_error_inside_a_callable_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        shapley(lambda _: {}["x"], "AB")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, r"\{A, B\} costs NaN"),
        (None, r"\{A, B\} costs None"),
        (-math.inf, "infinite"),
        (math.inf, "infinite"),
    ],
)
def test_costs_that_are_not_numbers(value: float, text: str) -> None:
    broken = PAIR | {frozenset("AB"): value}
    for method in (shapley, nucleolus, least_core, separable_costs_remaining_benefits):
        with pytest.raises(GameError, match=text):
            method(broken, "AB")


def test_infinite_costs_only_where_a_coalition_need_not_form() -> None:
    apart = PAIR | {frozenset("AB"): math.inf}
    with pytest.raises(GameError, match="infinite"):
        shapley(PAIR | {frozenset("A"): math.inf}, "AB")
    with pytest.raises(GameError, match=r"infinite cost: \{A, B\}"):
        best_partition(apart, "AB")
    assert best_partition(PAIR | {frozenset("A"): math.inf}, "AB").cost == 6.0


def test_players() -> None:
    for method in (shapley, nucleolus, least_core, best_partition):
        with pytest.raises(GameError, match="at least one player"):
            method(PAIR, "")
        with pytest.raises(GameError, match="'A' is listed more than once"):
            method(PAIR, "ABA")
    with pytest.raises(GameError, match="at most 16"):
        least_core(len, range(17))
    with pytest.raises(GameError, match="nobody costs nothing"):
        shapley(PAIR | {frozenset(): 1.0}, "AB")


def test_one_player_pays_everything() -> None:
    alone = {frozenset("A"): 4.0}
    result = least_core(alone, "A")
    assert (result.shares.tolist(), result.epsilon, result.binding) == ([4.0], math.inf, ())
    for method in (shapley, nucleolus, separable_costs_remaining_benefits):
        assert method(alone, "A").tolist() == [4.0]
    assert best_partition(alone, "A").groups == (frozenset("A"),)


def test_players_may_be_any_label() -> None:
    shares = shapley(lambda group: float(len(group)), [("a", 1), ("a", 2)])
    assert shares.index.tolist() == [("a", 1), ("a", 2)]
    assert shares.index.name == "player"


def test_a_tabulated_game_is_a_cost() -> None:
    game = tabulate(PAIR, "AB")
    assert shapley(game, "BA").to_dict() == shapley(PAIR, "AB").to_dict()
    with pytest.raises(GameError, match="not players of this game"):
        shapley(game, "ABC")


def test_shares_must_be_of_the_players() -> None:
    with pytest.raises(GameError, match=r"without a share \['B'\], unknown \[\]"):
        core_violations(PAIR, pd.Series({"A": 4.0}))
    with pytest.raises(GameError, match=r"without a share \[\], unknown \['C'\]"):
        core_violations(tabulate(PAIR, "AB"), pd.Series({"A": 4.0, "B": 1.0, "C": 1.0}))
    with pytest.raises(GameError, match="more than once"):
        core_violations(PAIR, pd.Series([1.0, 1.0, 1.0], index=list("ABA")))
    with pytest.raises(GameError, match="not numbers"):
        core_violations(PAIR, pd.Series({"A": 4.0, "B": math.nan}))


def test_paying_too_much_together_is_a_violation_too() -> None:
    # 3.5 + 3.0 = 6.5 for 6.0: nobody would do better alone, all together would
    table = core_violations(PAIR, pd.Series({"A": 3.5, "B": 3.0}))
    assert table["coalition"].tolist() == [frozenset("AB")]
    assert table["violation"].tolist() == [0.5]


def test_weights_must_fit_the_players() -> None:
    with pytest.raises(GameError, match=r"missing \['B'\], unknown \['C'\]"):
        proportional(PAIR, "AB", {"A": 1.0, "C": 1.0})
    for wrong in ({"A": -1.0, "B": 2.0}, {"A": 0.0, "B": 0.0}, {"A": math.nan, "B": 1.0}):
        with pytest.raises(GameError, match="none below 0"):
            proportional(PAIR, "AB", wrong)


def test_nothing_to_share_the_rest_by() -> None:
    # together 10, alone 4 and 3: each adds more (7 and 6) than it costs alone, 3 too much
    with pytest.raises(GameError, match="remaining benefit"):
        separable_costs_remaining_benefits(PAIR | {frozenset("AB"): 10.0}, "AB")


def test_unknown_weight_and_costs_without_proportion() -> None:
    with pytest.raises(GameError, match="'size' is unknown: use one of equal, per_capita"):
        least_core(PAIR, "AB", weight="size")  # type: ignore[arg-type]
    with pytest.raises(GameError, match="above 0"):
        nucleolus(PAIR | {frozenset("A"): 0.0}, "AB", weight="proportional")


def test_partition_limits() -> None:
    for groups, largest in ((0, None), (3, None), (None, 0)):
        with pytest.raises(GameError, match="2 players"):
            best_partition(PAIR, "AB", groups, largest)
    with pytest.raises(GameError, match="cannot hold"):
        best_partition(PAIR, "AB", groups=1, largest=1)
    with pytest.raises(GameError, match="infinite cost"):
        best_partition(PAIR | {frozenset("A"): math.inf}, "AB", groups=2)


def test_too_few_samples() -> None:
    with pytest.raises(GameError, match="at least 4"):
        estimate_shapley(PAIR, "AB", samples=2)
