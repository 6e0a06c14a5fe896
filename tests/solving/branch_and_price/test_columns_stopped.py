"""Whenever a clock stops, of the whole or of a part: no crash, a whole plan and a true bound."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import optimizer as op
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price import solver
from optimizer.solving.branch_and_price.solver import solve_columns
from optimizer.solving.branch_and_price.state import sub_clock as shares
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import Case, case_of
from tests.support.engine_parameters import tune
from tests.support.regions import random_region

TOWNS = 24


class Stopping(Clock):
    """Stops once it has been asked so many times."""

    def __init__(self, asks: float) -> None:
        super().__init__(Options(threads=1))
        self.asks, self.asked = asks, 0

    @property
    def stop(self) -> bool:
        self.asked += 1
        return self.asked > self.asks


@pytest.fixture(name="case")
def case_of_blocks(monkeypatch: pytest.MonkeyPatch) -> Case:
    """Return a region of 24 towns that is solved as if it were a country: in blocks of eight."""
    large = {"blocks_above_towns": 10, "block_towns": 8}
    tune(monkeypatch, large=large, primal={"anew_towns": 8})
    return case_of(_region())


def _region() -> Instance:
    policy = Policy(reach_hours=1.2, affordable_share=0.03)
    region = random_region(1, towns=TOWNS, policy=policy)
    return region.replace(towns=region.towns.assign(seat_allowed=True))


def assert_true(case: Case, solution: Solution, best: float) -> None:
    """The plan serves every town once, and the best plan lies between bound and objective."""
    served = sorted(t for area in solution.areas for t in area.members)
    assert served == list(range(case.towns))
    assert solution.bound <= best * (1 + 1e-9)
    assert solution.objective >= best * (1 - 1e-9)


def test_the_whole_may_stop_at_any_moment(case: Case) -> None:
    with Stopping(np.inf) as clock:
        whole = solve_columns(case, clock)
        asked = clock.asked
    assert whole.status == "optimal"
    for asks in np.unique(np.geomspace(1, asked, 25).astype(int)):
        with Stopping(int(asks)) as clock:
            assert_true(case, solve_columns(case, clock), whole.objective)


@cache
def _least() -> float:
    """The objective of the region's best plan, computed once."""
    return op.solve(_region(), method="columns").objective


@pytest.mark.parametrize("asks", [0, 3, 11, 25, 29, 35, 49, 51, 53, 80])
def test_any_part_may_stop_while_the_whole_goes_on(
    asks: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block, window and dive stops when it has asked so many times."""
    best = _least()
    asked: dict[int, int] = {}

    def stop(self: shares.Quiet) -> bool:
        asked[id(self)] = asked.get(id(self), 0) + 1
        return asked[id(self)] > asks

    monkeypatch.setattr(shares.Quiet, "stop", property(stop))
    with Stopping(100_000) as clock:
        solution = solve_columns(case, clock)
    assert_true(case, solution, best)
    assert solver.IN_BLOCKS
    assert asked
