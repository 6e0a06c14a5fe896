"""A partial decision is needless only if no continuation of it is the cheaper one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from optimizer.solving.branch_and_price.pricing.compiled.cut_penalties import Pairs, pairs_of, rise
from optimizer.solving.branch_and_price.pricing.compiled.dominance import guard, needless, no_guards

TOWNS, DECIDED, TOP = 7, 4, 2.0


def pairs_among(triples: list[tuple[int, int, int]], price: list[float], towns: int) -> Pairs:
    """Return the triples by place: what each of its towns finds of the others."""
    most = max(1, len(triples))
    first, second = (np.full((towns + 1, most), towns) for _ in range(2))
    cost = np.zeros((towns + 1, most))
    for t, triple in enumerate(triples):
        for c, place in enumerate(triple):
            first[place, t], second[place, t] = (triple[c - 2], triple[c - 1])
            cost[place, t] = price[t]
    return pairs_of(first, second, cost)


def held(*places: int, towns: int) -> np.ndarray:
    member = np.zeros(towns + 1, dtype=bool)
    member[list(places)] = True
    return member


def test_each_triple_is_listed_once_and_paid_with_its_second_town() -> None:
    pairs = pairs_among([(0, 1, 2), (1, 2, 3)], [5.0, 7.0], 4)
    assert sorted(map(sorted, pairs.town.tolist())) == [[0, 1, 2], [1, 2, 3]]
    assert sorted(pairs.cost.tolist()) == [5.0, 7.0]
    assert rise(pairs, 1, held(towns=4)) == 0.0
    assert rise(pairs, 1, held(2, towns=4)) == 12.0  # the second town of both
    assert rise(pairs, 1, held(2, 3, towns=4)) == 5.0  # the last town of the second


@pytest.mark.parametrize(
    ("one", "other", "cheaper", "expected"),
    [
        ((0,), (), 9.0, False),  # with town 1 or 2 the first pays 10 more
        ((0,), (), 10.0, True),
        ((), (0,), 0.0, True),  # the other pays no less, whatever follows
        ((0,), (1,), 0.0, True),  # both hold one
    ],
)
def test_a_triple_may_still_cost_the_cheaper_decision_more(
    one: tuple[int, ...], other: tuple[int, ...], cheaper: float, expected: bool
) -> None:
    pairs = pairs_among([(0, 1, 2)], [10.0], 3)
    guards = no_guards(pairs, np.array([0, 1, 2]), 4, True)
    step = 2  # town 2 is still to be decided
    guard(guards, step, np.array([0.0, 0.0, 0.0, 0.0]), held(*one, towns=3))
    now = np.array([cheaper, cheaper, 0.0, 0.0])
    assert needless(guards, step, now, np.zeros(3), held(*other, towns=3)) is expected


def test_no_continuation_of_a_needless_decision_is_cheaper() -> None:
    """All decisions about the four first of seven towns against all that can follow."""
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(3_000):
        triples = [tuple(sorted(rng.choice(TOWNS, 3, replace=False).tolist())) for _ in range(5)]
        pairs = pairs_among(triples, rng.integers(0, 20, 5).astype(float).tolist(), TOWNS)
        size = rng.integers(1, 5, TOWNS).astype(float)
        cost, lack = rng.integers(-30, 30, (2, TOWNS)).astype(float)
        guards = no_guards(pairs, np.arange(TOWNS), TOWNS + 1, True)
        later = lack[DECIDED:]
        ahead = np.array([size[DECIDED:].sum(), np.minimum(later, 0).sum(), later.clip(0).sum()])
        one, other = (held(*np.flatnonzero(rng.random(DECIDED) < 0.5), towns=TOWNS) for _ in "ab")
        guard(guards, DECIDED, start(pairs, size, cost, lack, one), one)
        now = start(pairs, size, cost, lack, other)
        if not needless(guards, DECIDED, now, ahead, other):
            continue
        found += not (one == other).all()
        for choice in product([False, True], repeat=TOWNS - DECIDED):
            values = []
            for member in (one.copy(), other.copy()):
                member[DECIDED:TOWNS] = choice
                end = start(pairs, size, cost, lack, member)
                values.append(max(end[0], end[1]))
            assert values[0] <= values[1] + 1e-9
    assert found > 60, found


def start(
    pairs: Pairs, size: np.ndarray, cost: np.ndarray, lack: np.ndarray, member: np.ndarray
) -> np.ndarray:
    """Return cost without and with public money, connections and lack, triples included."""
    inside = member[:TOWNS]
    paid = sum(
        price
        for triple, price in zip(pairs.town, pairs.cost, strict=True)
        if member[triple].sum() > 1
    )
    spent, missing = cost[inside].sum() + paid, lack[inside].sum()
    return np.array([spent, spent + TOP * missing, size[inside].sum(), missing])


def test_without_comparison_nothing_is_kept() -> None:
    guards = no_guards(pairs_among([], [], 3), np.array([0, 1, 2]), 4, False)
    assert guards.value.size == 0
