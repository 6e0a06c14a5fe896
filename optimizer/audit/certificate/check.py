"""What the duals of a run prove: computed from the instance by code that no engine shares.

Any duals bound every plan from below:

    plan >= sum of duals + sum over seats of min(0, least reduced cost of an area of the seat)

The least reduced cost of each seat comes from a search of all its areas (:mod:`.search`). Where the
claimed bound lies above, every area whose reduced cost is below the difference is listed and the
cheapest plan of those areas is chosen by HiGHS: no plan with any other area is cheaper.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from optimizer.arrays import Bools, Floats, Ints
from optimizer.audit.certificate.duals import Duals
from optimizer.audit.certificate.region import Region, region_of
from optimizer.audit.certificate.search import Worth, found_of_seat
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import slack

__all__ = ["CertificateCheck", "check_certificate"]

MOST_PARTIAL = 200_000
MOST_AREAS = 30_000
EXACT_AT_ONCE = 3_000
ROUNDS = 60


@dataclass(frozen=True)
class CertificateCheck:
    """What the duals of a run prove.

    Attributes
    ----------
    status : str
        ``certified``: the bound that the run claims. ``partly``: less than that. ``refuted``: a
        plan cheaper than the claimed bound exists. ``not covered``: nothing, ``reason`` says why.
    bound : float
        No plan is cheaper, money per year; minus infinity where nothing is proven.
    gap : float
        Share of the objective between the plan and that bound.
    dual_bound : float
        What the duals prove by themselves, before areas are listed.
    areas : int
        Areas that were listed.
    reason : str
        What is not certified, and why; empty where all is.
    seconds : float
        How long the check took.
    """

    status: str
    bound: float
    gap: float
    dual_bound: float
    areas: int
    reason: str
    seconds: float


@dataclass(frozen=True, eq=False)
class _Areas:
    """All areas that are listed: seat, model, towns, requirement, least public money, exactness."""

    seat: Ints
    member: Bools
    requirement: Floats
    money: Floats
    exact: Bools


def check_certificate(facts: Facts, duals: Duals | None) -> CertificateCheck:
    """Return what duals prove of the bound that a plan claims.

    Parameters
    ----------
    facts : Facts
        The plan and its instance, audited.
    duals : Duals, optional
        What the run keeps.
    """
    begun = time.perf_counter()
    outcome, policy = facts.plan.outcome, facts.instance.policy
    reason = _not_covered(facts, duals)
    if reason or duals is None:
        return CertificateCheck("not covered", -math.inf, math.inf, -math.inf, 0, reason, 0.0)
    region = region_of(facts)
    worth = _worth(region, duals)
    pooled = policy.tariff_scope == "region"
    upper = float(facts.areas["requirement_year" if pooled else "value_year"].sum())
    bound, dual_bound, areas, reason = _proven(region, worth, upper)
    if pooled:
        bound, dual_bound = (_with_pooled_money(region, b) for b in (bound, dual_bound))
    status = "certified" if bound >= outcome.bound - slack(outcome.bound)[0] else "partly"
    if status == "certified":
        reason = ""
    elif policy.core:
        loose = "areas that the promise core forbids are counted as possible"
        reason = f"{reason}; {loose}" if reason else loose
    short = max(0.0, outcome.objective - bound)
    gap = short / abs(outcome.objective) if outcome.objective else math.inf * short
    return CertificateCheck(
        status, bound, gap, dual_bound, areas, reason, time.perf_counter() - begun
    )


def _not_covered(facts: Facts, duals: Duals | None) -> str:
    """Return why nothing can be said, an empty text where something can."""
    policy = facts.instance.policy
    if policy.demand_response:
        return "where demand responds, the bound is of a menu of schedules that is not kept"
    if duals is None:
        return "the run keeps no duals (it was made by the compact model, or for a given grouping)"
    numbers = [*duals.town_year.values(), duals.area_year, duals.public_money_weight]
    pooled = policy.tariff_scope == "region"
    budget = None if pooled else policy.subsidy_budget_year
    excess = duals.public_money_weight - (0.0 if pooled else policy.public_money_price)
    faults = (
        (len(facts.towns) != len(facts.instance.towns), "the plan does not serve every town once"),
        (set(duals.town_year) != set(map(str, facts.data.index)), "the duals are of other towns"),
        (
            not np.isfinite([*numbers, *(price for _, price in duals.triples)]).all(),
            "the duals are no numbers",
        ),
        (
            any(price < 0 or len(set(t)) < 3 for t, price in duals.triples),
            "the price of a triple is negative, or its towns are not three",
        ),
        (
            any(not set(t) <= set(duals.town_year) for t, _ in duals.triples),
            "a triple is of other towns",
        ),
        (
            duals.area_year < 0 and policy.operators_most is None,
            "an area has a negative price, and no promise limits their number",
        ),
        (
            excess < -1e-9 or (budget is None and excess > 1e-9),
            "public money has another weight than in the objective, and no budget explains it",
        ),
    )
    return next((words for wrong, words in faults if wrong), "")


def _worth(region: Region, duals: Duals) -> Worth:
    place = {town: k for k, town in enumerate(region.towns)}
    triples = [([place[t] for t in towns], price) for towns, price in duals.triples if price > 0]
    policy = region.facts.instance.policy
    return Worth(
        town=np.array([duals.town_year[t] for t in region.towns]),
        area=duals.area_year,
        weight=duals.public_money_weight,
        triple=np.array([t for t, _ in triples], dtype=np.int64).reshape(-1, 3),
        triple_price=np.array([p for _, p in triples], dtype=float),
        subsidised=policy.operating_subsidy or policy.tariff_scope == "region",
    )


def _proven(region: Region, worth: Worth, upper: float) -> tuple[float, float, int, str]:
    """Return the proven bound, that of the duals alone, how many areas were listed, what lacks."""
    total = _dual_total(region, worth)
    width = max(0.0, upper - total) * (1.0 + 1e-4) + 1e-6 * abs(upper)
    for _ in range(2):
        areas, complete, stopped = _listed(region, worth, width)
        areas = _settled(region, worth, areas)
        reduced = _reduced(worth, areas)
        least = np.full(len(region.towns), min(0.0, complete))
        np.minimum.at(least, areas.seat, reduced)
        dual_bound = total + float(least.sum())
        needed = (upper - dual_bound) * (1.0 + 1e-9)
        if complete >= needed or stopped:
            break
        width = needed + 1e-6 * abs(upper - total) + 1e-8 * abs(upper)
    beyond = dual_bound + min(complete, max(0.0, needed))
    if not math.isfinite(upper) or len(areas.seat) > MOST_AREAS:
        return dual_bound, dual_bound, len(areas.seat), "too many areas to choose among"
    chosen, reason = _cheapest(region, areas)
    if complete < needed:
        reason = f"areas are listed up to a reduced cost of {complete:,.2f} of {needed:,.2f} only"
    return max(dual_bound, min(beyond, chosen)), dual_bound, len(areas.seat), reason


def _dual_total(region: Region, worth: Worth) -> float:
    policy = region.facts.instance.policy
    total = float(worth.town.sum() - worth.triple_price.sum())
    if worth.area > 0:
        total += worth.area * policy.operators_least
    elif worth.area < 0 and policy.operators_most is not None:
        total += worth.area * policy.operators_most
    budget = policy.subsidy_budget_year
    if budget is not None and policy.tariff_scope != "region":
        total -= (worth.weight - policy.public_money_price) * budget
    return total


def _listed(region: Region, worth: Worth, width: float) -> tuple[_Areas, float, bool]:
    """Return all areas below a width, what others have at least, and whether a limit stopped it."""
    seats, members, needs = [], [], []
    complete = width
    for seat in range(len(region.towns)):
        found = found_of_seat(region, worth, seat, width=width, most=MOST_PARTIAL)
        complete = min(complete, found.complete_to)
        for member, model in zip(found.member, found.model, strict=True):
            inside = np.flatnonzero(member)
            if region.keeps_rules(inside, seat):
                seats.append(seat)
                members.append(member)
                needs.append(region.open[model] + region.serve[model, seat][inside].sum())
    count = len(seats)
    member = np.array(members, dtype=bool).reshape(count, len(region.towns))
    need = np.array(needs, dtype=float)
    money = np.zeros(count)
    if region.facts.instance.policy.tariff_scope != "region":
        money = np.maximum(0.0, need - region.revenue_most(member))
    areas = _Areas(np.array(seats, dtype=np.int64), member, need, money, np.zeros(count, bool))
    kept = _reduced(worth, areas) < width
    return _take(areas, kept), complete, complete < width


def _take(areas: _Areas, kept: Bools) -> _Areas:
    return _Areas(*(getattr(areas, name)[kept] for name in _Areas.__dataclass_fields__))


def _reduced(worth: Worth, areas: _Areas) -> Floats:
    """Return the reduced cost of areas, at least."""
    paid = np.isfinite(areas.money)
    value = areas.requirement + worth.weight * np.where(paid, areas.money, 0.0)
    value = value - areas.member @ worth.town - worth.area + worth.penalty(areas.member)
    return np.asarray(np.where(paid, value, np.inf), dtype=np.float64)


def _settled(region: Region, worth: Worth, areas: _Areas) -> _Areas:
    """Return the areas with the exact public money of those whose reduced cost is least."""
    order = np.argsort(_reduced(worth, areas), kind="stable")[:EXACT_AT_ONCE]
    return _exact(region, areas, order)


def _exact(region: Region, areas: _Areas, which: Ints) -> _Areas:
    money, exact = areas.money.copy(), areas.exact.copy()
    pooled = region.facts.instance.policy.tariff_scope == "region"
    for k in which:
        if not pooled and not exact[k] and areas.requirement[k] > 0:
            names = [region.towns[i] for i in np.flatnonzero(areas.member[k])]
            least = region.tariff.public_money_year(names, float(areas.requirement[k]))
            if not math.isnan(least):
                money[k] = max(money[k], least - 1e-7 * float(areas.requirement[k]))
        exact[k] = True
    return _Areas(areas.seat, areas.member, areas.requirement, money, exact)


def _cheapest(region: Region, areas: _Areas) -> tuple[float, str]:
    """Return a lower bound on every plan made of the areas alone, and what stopped it."""
    price = region.facts.instance.policy.public_money_price
    pooled = region.facts.instance.policy.tariff_scope == "region"
    best = -math.inf
    for _ in range(ROUNDS):
        able = np.flatnonzero(np.isfinite(areas.money))
        extra = np.zeros(len(able)) if pooled else price * areas.money[able]
        value = areas.requirement[able] + extra
        bound, chosen = _choice(region, areas, able, value)
        best = max(best, bound)
        open_ones = chosen[~areas.exact[chosen]]
        if not len(open_ones):
            return best, ""
        areas = _exact(region, areas, open_ones)
    return best, "the public money of too many areas had to be settled"


def _choice(region: Region, areas: _Areas, able: Ints, value: Floats) -> tuple[float, Ints]:
    """Return the least value of a plan of some areas and its areas; ``inf`` where there is none."""
    policy, towns = region.facts.instance.policy, len(region.towns)
    if not len(able):
        return math.inf, able
    unit = max(float(value.mean()), 1.0)
    rows = [areas.member[able].T.astype(float), np.ones((1, len(able)))]
    most = math.inf if policy.operators_most is None else float(policy.operators_most)
    low = [*np.ones(towns), float(policy.operators_least)]
    high = [*np.ones(towns), most]
    if policy.subsidy_budget_year is not None and policy.tariff_scope != "region":
        rows.append(areas.money[able][None, :] / unit)
        low.append(-math.inf)
        high.append(policy.subsidy_budget_year * (1.0 + 1e-9) / unit)
    found = milp(
        value / unit,
        integrality=np.ones(len(able), dtype=np.int64),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(csr_array(np.vstack(rows)), low, high),
        options={"mip_rel_gap": 0.0, "time_limit": 120.0},
    )
    if found.status == 2:
        return math.inf, able[:0]
    if found.x is None or found.mip_dual_bound is None:
        return -math.inf, able[:0]
    return float(found.mip_dual_bound) * unit, able[np.asarray(found.x) > 0.5]


def _with_pooled_money(region: Region, requirement_year: float) -> float:
    """Return the objective of a region with one tariff whose areas require this much together."""
    if not math.isfinite(requirement_year) or requirement_year <= 0:
        return requirement_year
    least = region.tariff.public_money_year(region.towns, requirement_year)
    price = region.facts.instance.policy.public_money_price
    return requirement_year + (price * least if math.isfinite(least) else 0.0)
