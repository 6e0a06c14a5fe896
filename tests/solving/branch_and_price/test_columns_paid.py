"""What seats paid for triples: the sparse list agrees with a whole table of seats and triples."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from optimizer.arrays import Floats
from optimizer.solving.branch_and_price.master.cut_duals import NOTHING_PAID, PaidTriples
from optimizer.solving.branch_and_price.problem.group_batch import listed
from optimizer.solving.branch_and_price.problem.subset_rows import Triples

SEATS = 7
TRIPLES = np.array(list(combinations(range(SEATS), 3)))
REACH = [[0, 1, 2], [1], [0, 2, 3, 4], [3, 5, 6], [0, 1, 2, 3, 4, 5, 6], [5, 6], [2, 6]]


def reached_table() -> Floats:
    """Return 1 where a seat reaches two towns of a triple or more, shape (seats, triples)."""
    near = [[len(set(towns) & set(three)) >= 2 for three in TRIPLES.tolist()] for towns in REACH]
    return np.array(near, dtype=float)


def table_of(paid: PaidTriples) -> Floats:
    table = np.zeros((SEATS, len(paid.town)))
    table[paid.seat, paid.triple] = paid.price
    return table


def some_prices(rng: np.random.Generator, count: int) -> Triples:
    price = rng.uniform(0.0, 9.0, count) * (rng.random(count) < 0.6)
    return Triples(TRIPLES[:count], price)


def searched(paid: PaidTriples, seats: list[int], prices: Triples) -> PaidTriples:
    mine = np.isin(np.arange(SEATS), seats)
    now = prices.padded(paid.town)
    return paid.renewed(np.array(seats), mine, listed([REACH[s] for s in seats]), now)


@pytest.mark.parametrize("seed", range(5))
def test_searches_one_after_the_other_agree_with_a_whole_table(seed: int) -> None:
    rng = np.random.default_rng(seed)
    paid, table = NOTHING_PAID, np.zeros((SEATS, 0))
    for count in (4, 9, 9, 30):
        paid = paid.longer(TRIPLES[:count])
        table = np.pad(table, ((0, 0), (0, count - table.shape[1])))
        seats = np.flatnonzero(rng.random(SEATS) < 0.6)
        prices = some_prices(rng, count)
        paid = searched(paid, seats.tolist(), prices)
        table[seats] = reached_table()[seats, :count] * prices.price
        assert np.array_equal(table_of(paid), table)
        now = some_prices(rng, count)
        fallen = np.maximum(0.0, table - now.price).sum(axis=1)
        assert paid.fallen(now, SEATS) == pytest.approx(fallen)


def test_a_part_goes_back_to_its_seats_with_its_own_triples() -> None:
    """Seats 0 and 2 pay anew: 5 a year for triple (0, 1, 2), 2 for a triple that the part found."""
    rng = np.random.default_rng(3)
    paid = searched(NOTHING_PAID.longer(TRIPLES[:6]), list(range(SEATS)), some_prices(rng, 6))
    mine = np.isin(np.arange(SEATS), [0, 2])
    part = paid.of(mine).longer(TRIPLES[[0, 1, 2, 3, 4, 5, 20]])
    part = searched(part, [0, 2], Triples(part.town, np.array([5.0, 0, 0, 0, 0, 0, 2.0])))
    place = np.array([0, 1, 2, 3, 4, 5, 7])
    whole = paid.longer(TRIPLES[[0, 1, 2, 3, 4, 5, 21, 20]]).taken_back(part, mine, place)
    expected = np.pad(table_of(paid), ((0, 0), (0, 2)))
    expected[[0, 2]] = 0.0
    expected[[0, 2], 0] = 5.0
    expected[2, 7] = 2.0 * reached_table()[2, 20]
    expected[0, 7] = 2.0 * reached_table()[0, 20]
    assert np.array_equal(table_of(whole), expected)


def test_triples_left_out_are_told_as_cheaper() -> None:
    rng = np.random.default_rng(4)
    paid = searched(NOTHING_PAID.longer(TRIPLES), list(range(SEATS)), some_prices(rng, 35))
    kept = np.array([0, 3, 8, 30])
    own, cheaper = paid.without(kept, SEATS)
    assert np.array_equal(table_of(own), table_of(paid)[:, kept])
    assert cheaper == pytest.approx(np.delete(table_of(paid), kept, axis=1).sum(axis=1))
