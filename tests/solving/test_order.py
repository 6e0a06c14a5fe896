"""No plan hangs on labels or on the order of rows, and towns that are alike are packed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from benchmarks.brute_force.random_regions import random_region as mixed_region
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.plan.plan import Plan
from optimizer.solving.order import data_order, in_order
from tests.support.regions import random_region


def alike(towns: int, **policy: object) -> Instance:
    """Towns of 100 connections at one place; an operator of 20,000 runs 3,000 connections at most.

    Serving a town costs 5,000, so that 300 of them cost 1,500,000 + 10 x 20,000 in ten areas.
    """
    table = pd.DataFrame(
        {
            "town": [f"t{k}" for k in range(towns)],
            "lon": -76.0,
            "lat": -6.0,
            "population": 400.0,
            "connections": 100.0,
            "connection_cost_year": 50.0,
            "income_month": 1_500.0,
        }
    )
    models = {"operator_model": ["one"], "overhead_year": [20_000.0], "connections_most": [3_000.0]}
    return op.instance_from_tables(
        name="alike",
        title="Towns that are alike",
        currency="PEN",
        price_year=2024,
        crs="EPSG:32718",
        towns=table,
        operator_models=pd.DataFrame(models),
        policy=Policy(**policy),
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_three_hundred_towns_that_are_alike(threads: int) -> None:
    plan = op.solve(alike(300), threads=threads)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(1_700_000)
    assert plan.areas["town_count"].tolist() == [30] * 10
    assert plan.audit().passed, str(plan.audit())


def shuffled(region: Instance, rng: np.random.Generator) -> tuple[Instance, dict[str, str]]:
    """The region with its rows in another order and towns renamed, and the old name of each."""
    towns = region.towns.index.tolist()
    new = dict(zip(towns, rng.permutation([f"n{k:03}" for k in range(len(towns))]), strict=True))

    def rows(table: pd.DataFrame | None, levels: int = 1) -> pd.DataFrame | None:
        if table is None:
            return None
        named = table.iloc[rng.permutation(len(table))]
        if not len(table):
            return named
        if not isinstance(named.index, pd.MultiIndex):
            return named.rename(index=new)
        for level in range(levels):
            named = named.rename(index=new, level=level)
        return named

    policy = region.policy
    borders = region.adjacency_table
    if borders is not None:
        borders = borders.assign(
            town_a=borders["town_a"].map(new), town_b=borders["town_b"].map(new)
        )
        borders = rows(borders.reset_index(drop=True))
    changed = region.replace(
        towns=rows(region.towns),
        households=rows(region.households),
        customers=rows(region.customers),
        operator_models=region.operator_models.iloc[rng.permutation(len(region.operator_models))],
        travel_table=rows(region.travel_table, levels=2),
        adjacency_table=borders,
        targets=rows(region.targets),
        policy=policy.replace(
            keep_together=tuple(tuple(new[t] for t in some) for some in policy.keep_together),
            keep_apart=tuple(tuple(new[t] for t in some) for some in policy.keep_apart),
            fixed_seats=tuple(new[t] for t in policy.fixed_seats),
        ),
    )
    return changed, {name: old for old, name in new.items()}


def areas(plan: Plan, old: dict[str, str] | None = None) -> set[tuple[str, str, frozenset[str]]]:
    """Seat, operator model and towns of each area, by the old names."""
    found = set()
    for label, row in plan.areas.iterrows():
        names = plan.towns.index[plan.towns["service_area"] == label]
        who = frozenset(names if old is None else [old[name] for name in names])
        seat = row["seat"] if old is None else old[row["seat"]]
        found.add((seat, row["operator_model"], who))
    return found


def same_plan(region: Instance, seed: int, threads: int) -> None:
    other, old = shuffled(region, np.random.default_rng(seed))
    one, two = (op.solve(r, threads=threads) for r in (region, other))
    assert one.status == two.status
    assert one.objective == two.objective or not len(one.areas)
    assert one.outcome.bound == two.outcome.bound or not len(one.areas)
    assert areas(one) == areas(two, old)
    kept = [old[name] for name in two.towns.index]
    assert kept == [old[name] for name in other.towns.index] or not len(two.areas)


@pytest.mark.parametrize("seed", range(10))
def test_labels_and_the_order_of_rows_change_nothing(seed: int) -> None:
    """Every promise, with one thread and with two."""
    same_plan(mixed_region(seed), seed, threads=1 + seed % 2)


@pytest.mark.parametrize("seed", range(3))
def test_they_change_nothing_in_a_larger_region(seed: int) -> None:
    """25 towns: merging, dives and windows break ties too."""
    policy = Policy(reach_hours=1.0, connected=seed == 1, operators_most=8 if seed == 2 else None)
    same_plan(random_region(seed, towns=25, policy=policy), seed, threads=1 + seed % 2)


@pytest.mark.parametrize("promises", [{}, {"keep_apart": (("t3", "t7"),)}, {"operators_least": 3}])
def test_towns_that_are_alike_are_exchanged_at_most(promises: dict[str, object]) -> None:
    """30 of two sizes, two of which may have to be apart: the same areas, by what they are."""
    region = alike(30, **promises)
    size = region.towns["connections"].where(np.arange(30) % 3 > 0, 150.0)
    homes = region.households
    share = homes["share"].to_numpy() * size.reindex(homes.index.get_level_values(0)).to_numpy()
    region = region.replace(
        towns=region.towns.assign(connections=size), households=homes.assign(connections=share)
    )
    other, old = shuffled(region, np.random.default_rng(1))
    special = {town for some in region.policy.keep_apart for town in some}
    found = []
    for plan, names in ((op.solve(region), {}), (op.solve(other), old)):
        kinds = Counter()
        for label in plan.areas.index:
            mine = plan.towns[plan.towns["service_area"] == label]
            what = [(c, names.get(t, t) in special) for t, c in mine["connections"].items()]
            kinds[frozenset(Counter(what).items())] += 1
        found.append((plan.status, plan.objective, kinds))
    assert found[0] == found[1]


def test_a_start_is_read_by_name() -> None:
    region = random_region(5, towns=8, policy=Policy(reach_hours=1.5))
    best = op.solve(region)
    assert not (data_order(region) == np.arange(8)).all()
    told: list[float] = []
    op.solve(region, start=best, on_progress=lambda step: told.append(step.objective))
    assert told[0] == pytest.approx(best.objective)


def test_towns_of_one_place_are_told_apart_by_their_data() -> None:
    """Equal but for the incomes of one town, then but for who must stay together."""
    region = alike(6)
    homes = region.households
    times = np.where(homes.index.get_level_values("town") == "t4", 2.0, 1.0)
    rich = region.replace(households=homes.assign(income_month=times * homes["income_month"]))
    bound = alike(6, keep_together=(("t1", "t5"),))
    for seed in range(3):
        for which, last in ((rich, {"t4"}), (bound, {"t1", "t5"})):
            other, old = shuffled(which, np.random.default_rng(seed))
            names = [old[name] for name in in_order(other).case.reach.towns]
            assert set(names[-len(last) :]) == last
