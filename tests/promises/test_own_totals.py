"""Promises of the planner's own about the whole plan: sums over its areas, within limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from benchmarks.brute_force.best_plan import partitions
from benchmarks.brute_force.costs import Offer, offers
from benchmarks.brute_force.programme import least_public_money
from optimizer.cli.explaining import explain_rule
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from tests.support.brute_force import CaseByForce, brute_force
from tests.support.engine_parameters import tune
from tests.support.regions import random_region

Counts = Callable[[Instance, Offer, tuple[int, ...]], float]


@dataclass(eq=False)
class Counted(CaseByForce):
    """Brute force over seats and models of every area too: what a plan counts is within limits."""

    counts: Counts
    least: float
    most: float

    def least_cost(self) -> float:
        """The objective of the best plan."""
        return min(map(self.best_of, partitions(self.region.towns)), default=math.inf)

    def best_of(self, plan: list[tuple[int, ...]]) -> float:
        """The objective of a partition with the best seats and models."""
        policy = self.region.instance.policy
        most = policy.operators_most or self.region.towns
        if not policy.operators_least <= len(plan) <= most:
            return math.inf
        ways = [list(self.ways(group)) if self._allowed(group) else [] for group in plan]
        return min((self.together(chosen) for chosen in product(*ways)), default=math.inf)

    def ways(self, group: tuple[int, ...]) -> Iterator[tuple[float, float, float]]:
        """What each seat and model needs, the public money for it, and what it counts."""
        for offer in offers(self.region, group):
            public = 0.0
            if self.region.instance.policy.tariff_scope != "region":
                public = least_public_money(self.region, group, offer.requirement)
            if math.isfinite(public):
                counts = self.counts(self.case.instance, offer, group)
                yield offer.requirement, public, counts

    def together(self, chosen: tuple[tuple[float, float, float], ...]) -> float:
        """The objective of areas; infinite where they break a promise about all of them."""
        policy = self.region.instance.policy
        need, public, counted = (sum(part) for part in zip(*chosen, strict=True))
        if not self.least - 1e-9 <= counted <= self.most * (1 + 1e-9) + 1e-9:
            return math.inf
        if policy.tariff_scope == "region":
            everyone = tuple(range(self.region.towns))
            public = least_public_money(self.region, everyone, need)
        budget = policy.subsidy_budget_year
        if not math.isfinite(public) or (budget is not None and public > budget * (1 + 1e-9)):
            return math.inf
        return need + policy.public_money_price * public


def promise_of(seed: int, region: Instance) -> tuple[dict[str, object], Counts]:
    """Five kinds in turn, and what an area counts for it, written for the test alone."""
    rng = np.random.default_rng(seed)
    towns, size = region.towns, region.towns["connections"]
    kind = seed % 5
    if kind == 0:
        own: dict[str, object] = {"seats": {"zone": "north"}, "most": float(rng.integers(0, 2))}

        def counts(region: Instance, offer: Offer, _group: tuple[int, ...]) -> float:
            return float(region.towns["zone"].iloc[offer.seat] == "north")

    elif kind == 1:
        most = float(rng.uniform(0.2, 0.9)) * float(size.sum())
        own = {"column": "own_pipes", "operator_model": "board", "most": most}

        def counts(region: Instance, offer: Offer, group: tuple[int, ...]) -> float:
            pipes = region.towns["own_pipes"].iloc[list(group)].sum()
            return float(pipes) if offer.overhead < 35e3 else 0.0

    elif kind == 2:
        own = {"column": "hours", "most": float(rng.uniform(0.0, 0.8))}

        def counts(*_: object) -> float:
            return math.nan  # hours are those of the case: see check

    elif kind == 3:
        seats = {str(town): float(rng.integers(0, 9)) for town in towns.index}
        own = {"per_seat": seats, "per_model": {"company": 2.5}, "least": float(rng.integers(3, 9))}

        def counts(region: Instance, offer: Offer, _group: tuple[int, ...]) -> float:
            company = 79e3 < offer.overhead < 95e3
            return seats[str(region.towns.index[offer.seat])] + 2.5 * company

    else:
        own = {"column": "overhead_year", "most": float(rng.choice([130e3, 200e3, 260e3]))}

        def counts(_region: Instance, offer: Offer, _group: tuple[int, ...]) -> float:
            return min((30e3, 80e3, 180e3), key=lambda due: abs(due - offer.overhead))

    return own, counts


def total_region(seed: int) -> tuple[Instance, Counts]:
    """A random region with a promise about the whole plan."""
    region = random_region(seed, towns=4 + (seed % 4 == 0))
    region = region.replace(towns=region.towns.assign(own_pipes=region.towns["connections"]))
    own, counts = promise_of(seed, region)
    promise = op.OwnPromise.model_validate({"name": "counted", "kind": "plan_total", **own})
    return region.replace(policy=region.policy.replace(own=(promise,))), counts


def check(seed: int) -> bool:
    """Both methods equal brute force; return whether the promise makes the plan dearer."""
    region, counts = total_region(seed)
    case, own = op.case_of(region), region.policy.own[0]
    hours = {(int(s), int(t)): h for s, t, h in case.reach.pairs[["seat", "town", "hours"]].values}

    def counted(region: Instance, offer: Offer, group: tuple[int, ...]) -> float:
        if own.column == "hours":
            return float(sum(hours[offer.seat, town] for town in group))
        return counts(region, offer, group)

    force = brute_force(case)
    least, most = own.least or 0.0, math.inf if own.most is None else own.most
    expected = Counted(force.region, case, counted, least, most).least_cost()
    for method in (solve_compact, solve_columns):
        with Clock(Options()) as clock:
            solution = method(op.case_of(region), clock)
        if math.isinf(expected):
            assert solution.status == "infeasible", (seed, solution.method)
            continue
        assert solution.status == "optimal", (seed, solution.method)
        assert solution.objective == pytest.approx(expected, rel=1e-6), (seed, solution.method)
    if math.isfinite(expected):
        plan = op.solve(region, method="columns")
        assert plan.audit().passed, (seed, str(plan.audit()))
    return expected > force.least_cost() * (1 + 1e-9)


@pytest.mark.parametrize("batch", range(6))
def test_both_methods_equal_brute_force(batch: int) -> None:
    """60 regions; in many the promise costs something."""
    assert sum(check(seed) for seed in range(10 * batch, 10 * batch + 10)) >= 2


def few_in(zone: str, most: float, *, least: float | None = None) -> Instance:
    """The ring with zones, and at most so many operators in one of them."""
    ring = op.read("instances/ring")
    zones = ["north" if k % 2 else "south" for k in range(len(ring.towns))]
    own = op.OwnPromise(name="few", kind="plan_total", seats={"zone": zone}, most=most, least=least)
    policy = ring.policy.replace(own=(own,))
    return ring.replace(towns=ring.towns.assign(zone=zones), policy=policy)


def test_it_travels_with_files_and_runs(tmp_path: Path) -> None:
    """Written and read again it promises, audits and is told the same."""
    region = few_in("north", 1)
    again = op.read(op.write(region, tmp_path / "ring"))
    assert again.policy.own == region.policy.own
    assert again.fingerprint() == region.fingerprint()
    plan = op.solve(again)
    assert plan.status == "optimal"
    assert int(plan.audit().checked["few"]) == 1
    assert op.audit_run(plan.write(tmp_path / "run")).passed
    page = plan.report(tmp_path / "page.html", language="es").read_text(encoding="utf-8")
    assert "few: operadores del plan, sedes con zone north: como máximo 1" in page


def test_the_audit_tells_what_a_plan_breaks() -> None:
    """Every town alone: three seats in the north where one may be."""
    broken = op.evaluate(few_in("north", 1), "alone").audit().broken_promises
    assert broken["rule"].tolist() == ["few"]
    assert broken["amount"].tolist() == [2.0]


def test_an_impossible_one_is_named_and_explained() -> None:
    """Seven operators in the north, where three towns are."""
    region = few_in("north", 9, least=7)
    assert op.solve(region).status == "infeasible"
    found = {finding.promise: finding for finding in op.diagnose(region)}
    assert found["few"].amount == pytest.approx(4)
    assert "change least of few from 7 to 3" in found["few"].words
    bent = found["few"].bent
    assert bent is not None
    assert op.solve(bent).status == "optimal"
    told = explain_rule(few_in("north", 1), "few")
    assert "own_few: " in told
    assert "sum_jm (1) operate_jm" in told


def test_it_has_a_price() -> None:
    """Dropped, the plan costs as little as without it."""
    region = few_in("north", 0)
    plan = op.solve(region)
    free = op.solve(region.replace(policy=region.policy.replace(own=())))
    table = op.price_of(plan, "few").table.reset_index()
    dropped = table[table["bend"] == "dropped"]["weighted_saving_year"]
    assert dropped.tolist() == [pytest.approx(plan.objective - free.objective)]


def test_what_is_wrong_is_told() -> None:
    """Unknown columns, models and towns with what to do; fields of the other kind."""
    region = few_in("north", 1)
    own = {"name": "few", "kind": "plan_total", "most": 1.0}
    for change, what in (
        ({"column": "peoples"}, "'peoples' is no number column of towns.csv or of the operator"),
        ({"seats": {"zones": "north"}}, "'zones' is no column of towns.csv"),
        ({"operator_model": "utilities"}, "'utilities' is no operator model"),
        ({"per_seat": {"nowhere": 1.0}}, "'nowhere' is no town"),
    ):
        with pytest.raises(op.InstanceError, match=what):
            region.replace(policy=region.policy.replace(own=[{**own, **change}]))
    with pytest.raises(op.PolicyError, match="seats is not for the kind area_resource"):
        op.Policy().replace(own=[{"name": "few", "most": 3, "seats": {"zone": "north"}}])


def test_compiled_pricing_pays_for_totals_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same plan and bound by the compiled search as by numpy."""
    region = random_region(3, towns=12, policy=op.Policy(reach_hours=1.0))
    own = op.OwnPromise(name="few", kind="plan_total", seats={"zone": "north"}, most=1)
    region = region.replace(policy=region.policy.replace(own=(own,)))
    plain = op.solve(region, method="columns")
    tune(monkeypatch, pricing={"compiled_above_towns": 5})
    quick = op.solve(region, method="columns")
    assert plain.status == quick.status == "optimal"
    assert quick.objective == pytest.approx(plain.objective, rel=1e-9)
    assert (region.towns["zone"].loc[quick.areas["seat"]] == "north").sum() <= 1
