"""Checks before solving: what no plan can keep, and numbers of an awkward size."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.geography.reach import reach_of, travel_pairs
from optimizer.instance.instance import Instance
from optimizer.messages.message import Listed, Message
from optimizer.solving.branch_and_price.bounding.core import core_rule
from optimizer.solving.diagnose.diagnosis import Diagnosis
from optimizer.solving.diagnose.wording import (
    money_text,
    named,
    reason,
    round_money,
    round_up,
    short,
)
from optimizer.tariffs.case import Case, make_case
from optimizer.tariffs.group_value import group_value
from optimizer.tariffs.revenue import town_best_prices

__all__ = ["impossible", "precheck"]

HOUR_STEP = 1e-4
EASY = (1e-3, 1e6)
THOUSAND = 1000.0


def precheck(instance: Instance) -> list[Diagnosis]:
    """Return what makes a plan impossible at first sight, and warnings about scale.

    The checks are sums and comparisons, so they are quick for any region; passing them does not
    mean that a plan exists. A finding's ``amount`` is the least bend that could help.

    Parameters
    ----------
    instance : Instance
        The region and its promises.

    Returns
    -------
    list of Diagnosis
        ``promise`` is the rule that cannot be kept, or ``scale`` for a warning: the solver works
        best when all numbers of the model lie within 0.001 and 1,000,000.

    Raises
    ------
    PolicyError
        If nothing limits the tariff of a town.

    Examples
    --------
    >>> import optimizer as op
    >>> precheck(op.read("instances/pair"))
    []
    """
    case = make_case(instance, reach_of(instance))
    return impossible(case) + _scale(case)


def impossible(case: Case) -> list[Diagnosis]:
    """Return what makes a plan of a case impossible at first sight, the smallest bend first."""
    found = [
        *_beyond_reach(case),
        *_wrong_size(case),
        *_together(case),
        *_operator_count(case),
        *_money(case),
        *_one_area(case),
    ]
    return sorted(found, key=lambda finding: finding.relative)


def _beyond_reach(case: Case) -> list[Diagnosis]:
    """Return the towns that no possible seat reaches."""
    instance, names = case.instance, case.reach.towns
    reached = np.zeros(case.towns, dtype=bool)
    reached[case.served] = True
    lost = np.flatnonzero(~reached)
    if not len(lost):
        return []
    hours = np.full(case.towns, np.inf)
    town, _, away = _seat_travel(instance, lost)
    np.minimum.at(hours, town, away)
    lost = lost[np.argsort(-hours[lost], kind="stable")]
    reach = instance.policy.reach_hours
    found = []
    apart = [names[k] for k in lost if not np.isfinite(hours[k])]
    if apart:
        words = reason(
            "reach",
            Message(
                "no travel is known from any possible seat to {towns}",
                towns=named(instance, apart),
            ),
            Message(
                "add it to travel.csv or roads, set travel.derive_missing to yes, or allow a seat "
                "there"
            ),
        )
        found.append(Diagnosis("reach", np.inf, "hours", words, np.inf))
    far = [k for k in lost if np.isfinite(hours[k])]
    if far:
        needed = round_up(float(hours[far[0]]), HOUR_STEP)
        each = tuple(
            Message(
                "{town} {hours} h",
                town=named(instance, [names[k]]),
                hours=short(float(hours[k])),
            )
            for k in far[:4]
        )
        words = reason(
            "reach",
            Message(
                "the nearest possible seat is too far: {towns} ({n} towns in all)"
                if len(far) > len(each)
                else "the nearest possible seat is too far: {towns}",
                towns=Listed(each, joined=", "),
                n=len(far),
            ),
            Message(
                "raise reach_hours from {n:g} to {limit:g}, or allow a seat nearer (seat_allowed, "
                "same_zone)",
                n=reach,
                limit=needed,
            ),
        )
        bend = round_up(needed - reach, HOUR_STEP)
        found.append(Diagnosis("reach", bend, "hours", words, bend / max(reach, 0.25)))
    return found


def _seat_travel(instance: Instance, towns: Ints) -> tuple[Ints, Ints, Floats]:
    """Return town, seat and hours of all travel from possible seats to some towns."""
    pairs = travel_pairs(instance, np.inf, towns=towns)
    seat, town = pairs["seat"].to_numpy(), pairs["town"].to_numpy()
    keep = instance.towns["seat_allowed"].to_numpy(dtype=bool)[seat] & np.isin(town, towns)
    if instance.policy.same_zone:
        zone = instance.towns["zone"].to_numpy()
        keep &= np.array(zone[seat] == zone[town], dtype=bool)
    return town[keep], seat[keep], pairs["hours"].to_numpy()[keep]


def _wrong_size(case: Case) -> list[Diagnosis]:
    """Return towns for which no operator model is made, whatever the grouping."""
    short, over = _size_misses(case)
    least = case.cost.least[case.cost.least > 0].min(initial=np.inf)
    return [
        *_sized(
            case,
            over,
            float(case.cost.most.max()),
            "{towns}: more connections than any operator model can run, by {n:,.0f} at least",
            Message("raise connections_most"),
        ),
        *_sized(
            case,
            short,
            float(least),
            "{towns}: all towns that could share its operator together miss {n:,.0f} connections "
            "to the smallest area that an operator accepts",
            Message(
                "lower connections_least, raise reach_hours, or add an operator model for small "
                "areas"
            ),
        ),
    ]


def _size_misses(case: Case) -> tuple[Floats, Floats]:
    """Return by how many connections each town misses the nearest range: short of it, over it.

    A seat with all towns that fit into its reach must come to the least, and seat and town alone
    may not exceed the most. Towns that no seat reaches have ``inf`` for both.
    """
    cost = case.cost
    short, over = np.full(case.towns, np.inf), np.full(case.towns, np.inf)
    for seat in range(case.towns):
        towns, _ = case.reached_from(seat)
        if seat not in towns:
            continue
        alone = cost.size[towns] + np.where(towns == seat, 0.0, cost.size[seat])
        above = np.maximum(alone[:, None] - cost.most[None, :], 0.0)
        within = (above <= 0).T @ cost.size[towns]
        below = np.maximum(cost.least - within, 0.0)
        best = (above + below[None, :]).argmin(axis=1)
        rows = np.arange(len(towns))
        better = above[rows, best] + below[best] < (short + over)[towns]
        short[towns[better]] = below[best[better]]
        over[towns[better]] = above[rows[better], best[better]]
    return short, over


def _sized(case: Case, amount: Floats, scale: float, what: str, remedy: Message) -> list[Diagnosis]:
    bad = np.flatnonzero(np.isfinite(amount) & (amount > 1e-9 * np.maximum(1.0, case.cost.size)))
    if not len(bad):
        return []
    bad = bad[np.argsort(-amount[bad], kind="stable")]
    worst = float(amount[bad[0]])
    who = named(case.instance, [case.reach.towns[k] for k in bad])
    words = reason("viable_size", Message(what, towns=who, n=worst), remedy)
    return [Diagnosis("viable_size", worst, "connections", words, worst / scale)]


def _together(case: Case) -> list[Diagnosis]:
    """Return the sets to be kept together that are too large, or that no seat reaches."""
    place = {town: k for k, town in enumerate(case.reach.towns)}
    found = []
    for group in case.instance.policy.keep_together:
        members = np.array([place[town] for town in group], dtype=np.int64)
        size, most = float(case.cost.size[members].sum()), float(case.cost.most.max())
        if size > most * (1 + 1e-9):
            words = reason(
                "keep_together",
                Message(
                    "{towns} together have {n:,.0f} connections, more than any operator model can "
                    "run ({limit:,.0f})",
                    towns=named(case.instance, group),
                    n=size,
                    limit=most,
                ),
                Message("give up the set or raise connections_most"),
            )
            found.append(Diagnosis("keep_together", 1.0, "sets", words, 1.0))
        found += _seat_for(case, group, members)
    return found


def _seat_for(case: Case, group: tuple[str, ...], members: Ints) -> list[Diagnosis]:
    """Return a finding where no possible seat is within reach of all members."""
    instance, reach = case.instance, case.instance.policy.reach_hours
    _, seat, hours = _seat_travel(instance, members)
    farthest = np.zeros(case.towns)
    np.maximum.at(farthest, seat, hours)
    joined = np.bincount(seat, minlength=case.towns) == len(members)
    farthest = np.where(joined, farthest, np.inf)
    best = int(farthest.argmin())
    if farthest[best] <= reach:
        return []
    what = Message(
        "no possible seat reaches all of {towns} within {hours:g} h",
        towns=named(instance, group),
        hours=reach,
    )
    remedy = Message("give up the set")
    if joined.any():
        remedy = Message(
            "give up the set, or raise reach_hours to {limit:g} (from {seat})",
            limit=round_up(float(farthest[best]), HOUR_STEP),
            seat=named(instance, [case.reach.towns[best]]),
        )
    words = reason("keep_together", what, remedy)
    return [Diagnosis("keep_together", 1.0, "sets", words, 1.0)]


def _one_area(case: Case) -> list[Diagnosis]:
    """Return who would leave the one area of a plan with one operator, where all must stay."""
    policy = case.instance.policy
    if not policy.core or policy.operators_most != 1 or policy.tariff_scope == "region":
        return []
    everybody = group_value(case, range(case.towns))
    if not np.isfinite(everybody.value_year):
        return []
    verdict = core_rule(case).judge([everybody.members])[0]
    if verdict.kept is not False:
        return []
    leavers = named(case.instance, [case.reach.towns[t] for t in verdict.leavers])
    gain = round_money(verdict.gain_year)
    words = reason(
        "core",
        Message(
            "with one operator for all, {towns} would gain {amount} by leaving",
            towns=leavers,
            amount=money_text(gain, case.instance),
        ),
        Message("raise operators_most or set core to no"),
    )
    unit = f"{case.instance.currency}/year"
    return [Diagnosis("core", gain, unit, words, gain / everybody.value_year)]


def _operator_count(case: Case) -> list[Diagnosis]:
    """Return limits on the number of operators that sums rule out."""
    policy, cost = case.instance.policy, case.cost
    total = float(cost.size.sum())
    parts = len(case.reach.components())
    apart = max((len(group) for group in policy.keep_apart), default=0)
    by_size = int(np.ceil(total / float(cost.most.max()) - 1e-9))
    fixed = len(policy.fixed_seats)
    least, why = max(
        (
            parts,
            Message("the region falls into {n} parts that no operator within reach joins", n=parts),
        ),
        (apart, Message("{n} towns must be kept apart", n=apart)),
        (
            by_size,
            Message(
                "{n:,.0f} connections need {limit} operators of the largest model",
                n=total,
                limit=by_size,
            ),
        ),
        (fixed, Message("{n} seats are fixed", n=fixed)),
    )
    found = []
    if policy.operators_most is not None and least > policy.operators_most:
        words = reason(
            "operator_count",
            why,
            Message(
                "raise {field} from {n} to {limit}",
                field="operators_most",
                n=policy.operators_most,
                limit=least,
            ),
        )
        bend = float(least - policy.operators_most)
        found.append(
            Diagnosis("operator_count", bend, "operators", words, bend / policy.operators_most)
        )
    seats = int(case.instance.towns["seat_allowed"].sum())
    smallest = float(cost.least.min())
    many = smallest * (seats + 1) <= total
    most = seats if many else min(seats, int(total / smallest + 1e-9))
    if policy.operators_least > most:
        words = reason(
            "operator_count",
            Message(
                "{n} towns may hold a seat and {limit:,.0f} connections make at most {areas} "
                "viable areas",
                n=seats,
                limit=total,
                areas=most,
            ),
            Message(
                "lower {field} from {n} to {limit}",
                field="operators_least",
                n=policy.operators_least,
                limit=most,
            ),
        )
        bend = float(policy.operators_least - most)
        found.append(
            Diagnosis("operator_count", bend, "operators", words, bend / policy.operators_least)
        )
    return found


def _money(case: Case) -> list[Diagnosis]:
    """Return the public money that is missing even if every town paid all that it can.

    Bound: a town brings at most its own best revenue, and requires at least its own terms without
    travel under the cheapest model; every part of the region needs one operator at least. The area
    of a town misses at least what :func:`_missing_around` says.
    """
    policy, cost = case.instance.policy, case.cost
    budget = policy.subsidy_budget_year
    if policy.demand_response:
        return []
    if policy.household_support_share > 0 or (policy.operating_subsidy and budget is None):
        return []
    towns = np.arange(case.towns)
    here = np.zeros(case.towns)
    need = cost.serve_requirement(towns, here, here).min(axis=1)
    brings = (case.revenue_year * town_best_prices(case, towns).point).sum(axis=1)
    parts = [towns] if policy.tariff_scope == "region" else case.reach.components()
    missing = [
        max(0.0, float((need - brings)[part].sum() + cost.open_requirement().min()))
        for part in parts
    ]
    total, required = sum(missing), float(need.sum())
    worst = parts[int(np.argmax(missing))]
    if policy.tariff_scope != "region" and not policy.operating_subsidy and total <= 0.0:
        around = _missing_around(case, brings)
        total, worst = float(around.max()), np.argsort(-around)[: max(1, np.sum(around > 0))]
    if total <= 1e-9 * required:
        return []
    allowed = 0.0 if not policy.operating_subsidy else float(budget or 0.0)
    if total <= allowed * (1 + 1e-9):
        return []
    names = [case.reach.towns[k] for k in worst[np.argsort((brings - need)[worst])]]
    rule = "subsidy_budget" if policy.operating_subsidy else "operating_subsidy"
    what = Message(
        "even if every town charged the most that its households can afford, at least {amount} "
        "would be missing, most of it around {towns}",
        amount=money_text(round_money(total), case.instance),
        towns=named(case.instance, names, most=3),
    )
    remedy = Message(
        "raise subsidy_budget_year or affordable_share"
        if policy.operating_subsidy
        else "set operating_subsidy to yes or raise affordable_share"
    )
    words = reason(rule, what, remedy)
    amount = round_money(total - allowed)
    unit = f"{case.instance.currency}/year"
    relative = amount / required if required else float("inf")
    return [Diagnosis(rule, amount, unit, words, relative)]


def _missing_around(case: Case, brings: Floats) -> Floats:
    """Return, by town, what its area misses at least if every town pays all that it can.

    Whatever seat reaches the town: beside it and the seat only towns that bring more than they
    require help to pay for the operator, and all such towns within reach of the seat may.
    """
    least = np.full(case.towns, np.inf)
    for seat in range(case.towns):
        towns, hours = case.reached_from(seat)
        if seat not in towns:
            continue
        need = case.cost.serve_requirement(towns, hours, towns != seat)
        over = brings[towns][:, None] - need
        helped = np.maximum(over, 0.0).sum(axis=0) - case.cost.open_requirement()
        own = np.minimum(over, 0.0)
        seat_own = np.where((towns == seat)[:, None], 0.0, own[towns == seat])
        missing = -(helped[None, :] + own + seat_own).max(axis=1)
        least[towns] = np.minimum(least[towns], missing)
    return np.where(np.isfinite(least), np.maximum(least, 0.0), 0.0)


def _scale(case: Case) -> list[Diagnosis]:
    """Return warnings about numbers that the solver handles badly."""
    towns = np.arange(case.towns)
    here = np.zeros(case.towns)
    thousand = case.cost.serve_requirement(towns, here, here) / THOUSAND
    other_unit = Message("give money in another unit")
    overhead = case.cost.open_requirement() / THOUSAND
    small = Message("leave out what is not a small town")
    checked = {
        Message("yearly requirement of a town, in thousands"): (thousand, other_unit),
        Message("overhead of an operator, in thousands"): (overhead, other_unit),
        Message("price of a component"): (case.price_most, other_unit),
        Message("connections of a town"): (case.cost.size, small),
    }
    found = []
    for what, (values, remedy) in checked.items():
        used = np.abs(values[values != 0])
        for bad in (used[used < EASY[0]], used[used > EASY[1]]):
            if bad.size:
                words = reason(
                    "scale",
                    Message(
                        "{what} is {n:.3g}, outside {least:g} to {most:,.0f}: the solver may lose "
                        "accuracy",
                        what=what,
                        n=float(bad.flat[0]),
                        least=EASY[0],
                        most=EASY[1],
                    ),
                    remedy,
                )
                found.append(Diagnosis("scale", float(bad.flat[0]), "", words))
    return found
