"""Parts side by side: in order, the same answer as one after the other, and HiGHS allows it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import optimizer as op
from optimizer.instance.schema.policy import Policy
from optimizer.solving.branch_and_price.large import spatial_blocks as blocks
from optimizer.solving.branch_and_price.pricing import compiled_search as fast
from optimizer.solving.branch_and_price.pricing.search import search_seats
from optimizer.solving.branch_and_price.primal import window_choice as improve
from optimizer.solving.branch_and_price.problem.duals import Prices
from optimizer.solving.branch_and_price.problem.problem import make_land
from optimizer.solving.threads import in_threads
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region


def test_answers_come_in_the_order_of_the_items_and_calls_run_side_by_side() -> None:
    together = threading.Barrier(2, timeout=20)

    def call(item: int) -> int:
        together.wait()  # passes only when two calls wait at the same time
        return 10 * item

    assert list(in_threads(call, [3, 1, 2, 4], threads=2)) == [30, 10, 20, 40]


def test_with_one_thread_calls_are_made_by_the_one_who_asks() -> None:
    asked = threading.get_ident()
    made_by = list(in_threads(lambda _: threading.get_ident(), [1, 2], threads=1))
    assert made_by == [asked, asked]


def test_an_error_in_one_call_reaches_the_one_who_asks() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_threads(lambda item: 1 // item, [1, 0, 2], threads=2))


def test_a_search_by_two_threads_finds_the_same_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "LARGE", 5)
    monkeypatch.setattr(fast, "SEATS_BATCH", 3)
    land = make_land(case_of(random_region(1, towns=16)))
    seats = np.flatnonzero(np.diff(land.start) > 0)
    prices = Prices(np.full(land.towns, float(land.open.max())), 0.0, land.money_price)
    wide = np.full(len(seats), np.inf)
    one, two = (
        search_seats(land, seats, prices, wide, most=200, threads=threads) for threads in (1, 2)
    )
    assert len(one.groups) > 100
    assert (one.groups.town == two.groups.town).all()
    assert (one.seat == two.seat).all()
    assert (one.complete_to == two.complete_to).all()


@pytest.mark.parametrize("promises", [{}, {"connected": True}, {"operators_most": 9}])
def test_plan_and_bound_do_not_depend_on_threads(
    promises: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = Policy.model_validate({"reach_hours": 1.2, "affordable_share": 0.03, **promises})
    region = random_region(3, towns=18, policy=policy)
    monkeypatch.setattr(blocks, "LARGE", 10)
    monkeypatch.setattr(blocks, "BLOCK", 7)
    monkeypatch.setattr(improve, "SMALL_PART", 5)
    monkeypatch.setattr(fast, "LARGE", 5)
    monkeypatch.setattr(fast, "SEATS_BATCH", 3)
    one, two = (op.solve(region, method="columns", threads=threads) for threads in (1, 2))
    assert one.status == two.status == "optimal"
    assert one.objective == two.objective
    assert one.bound == two.bound
    assert one.towns["service_area"].tolist() == two.towns["service_area"].tolist()


def test_runs_of_the_compact_model_may_differ_in_threads() -> None:
    region = op.read("instances/pair")
    plans = [op.solve(region, method="compact", threads=threads) for threads in (2, 1, 2)]
    assert [plan.status for plan in plans] == ["optimal"] * 3
