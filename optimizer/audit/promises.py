"""The promises about who shares an operator: reach, zones, seats, sizes, own rules."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, keys_where, numbers, slack, texts
from optimizer.messages.message import Message, Town

__all__ = ["check_grouping"]


def check_grouping(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every promise about the grouping itself.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    hours : Series
        Travel hours of each town, recomputed.
    ledger : Ledger
        Receives checks and failures.
    """
    _reach(facts, hours, ledger)
    _same_zone(facts, ledger)
    _seats(facts, ledger)
    _viable_size(facts, ledger)
    _own_rules(facts, ledger)
    _operator_count(facts, ledger)


def _reach(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    most = facts.instance.policy.reach_hours
    ledger.count("reach", len(hours))
    over = hours - most
    area, seat, here = texts(facts.area_of), texts(facts.areas["seat"]), numbers(hours)
    for town in keys_where(over > slack(hours)):
        home = seat[area[town]]
        message = Message(
            "{town} is {hours:.4g} h from its seat {seat}, the reach is {limit:.4g} h",
            town=Town(town),
            hours=here[town],
            seat=Town(home),
            limit=most,
        )
        ledger.fail("reach", message, town=town, area=area[town], amount=here[town] - most)


def _same_zone(facts: Facts, ledger: Ledger) -> None:
    if not facts.instance.policy.same_zone:
        return
    zone, seat = texts(facts.instance.towns["zone"]), texts(facts.areas["seat"])
    ledger.count("same_zone", len(facts.towns))
    for town, area in texts(facts.area_of).items():
        if zone[town] != zone[seat[area]]:
            message = Message(
                "{town} is in zone {zone}, its seat in {other_zone}",
                town=Town(town),
                zone=repr(zone[town]),
                other_zone=repr(zone[seat[area]]),
            )
            ledger.fail("same_zone", message, town=town, area=area, amount=1.0)


def _seats(facts: Facts, ledger: Ledger) -> None:
    seats, policy = texts(facts.areas["seat"]), facts.instance.policy
    allowed = set(keys_where(facts.instance.towns["seat_allowed"].astype(bool)))
    ledger.count("seat_allowed", len(seats))
    for area, seat in seats.items():
        if seat not in allowed:
            message = Message("no operator may sit in {seat}", seat=Town(seat))
            ledger.fail("seat_allowed", message, town=seat, area=area, amount=1.0)
    ledger.count("fixed_seats", len(policy.fixed_seats))
    area_of = texts(facts.area_of)
    for town in policy.fixed_seats:
        if town not in seats.values():
            message = Message("no operator sits in {town}, which is a fixed seat", town=Town(town))
            area = area_of.get(town, "")
            ledger.fail("fixed_seats", message, town=town, area=area, amount=-1.0)


def _viable_size(facts: Facts, ledger: Ledger) -> None:
    size, seat = numbers(facts.per_area(facts.data["size"])), texts(facts.areas["seat"])
    models = facts.instance.operator_models
    least, most = numbers(models["connections_least"]), numbers(models["connections_most"])
    ledger.count("viable_size", 2 * len(size))
    for area, model in texts(facts.areas["operator_model"]).items():
        here, room, at = size[area], float(slack(size[area])[0]), seat[area]
        if here < least[model] - room:
            off = here - least[model]
            message = Message(
                "area {area} has {n:,.0f} connections, {model} takes {limit:,.0f} at least",
                area=Town(area),
                n=here,
                model=model,
                limit=least[model],
            )
            ledger.fail("viable_size", message, town=at, area=area, amount=off)
        if here > most[model] + room:
            off = here - most[model]
            message = Message(
                "area {area} has {n:,.0f} connections, {model} takes {limit:,.0f} at most",
                area=Town(area),
                n=here,
                model=model,
                limit=most[model],
            )
            ledger.fail("viable_size", message, town=at, area=area, amount=off)


def _own_rules(facts: Facts, ledger: Ledger) -> None:
    policy, area_of = facts.instance.policy, texts(facts.area_of)
    for towns in policy.keep_together:
        ledger.count("keep_together")
        home = area_of.get(towns[0], "")
        for town in towns[1:]:
            if area_of.get(town, "") != home:
                area = area_of.get(town, "")
                message = Message(
                    "{town} must share an operator with {other}",
                    town=Town(town),
                    other=Town(towns[0]),
                )
                ledger.fail("keep_together", message, town=town, area=area, amount=-1.0)
    for towns in policy.keep_apart:
        for a, b in combinations(towns, 2):
            ledger.count("keep_apart")
            if a in area_of and area_of[a] == area_of.get(b, ""):
                message = Message(
                    "{town} may not share an operator with {other}", town=Town(b), other=Town(a)
                )
                ledger.fail("keep_apart", message, town=b, area=area_of[a], amount=1.0)


def _operator_count(facts: Facts, ledger: Ledger) -> None:
    policy, count = facts.instance.policy, len(facts.plan.areas)
    ledger.count("operator_count", 2)
    if count < policy.operators_least:
        message = Message(
            "{n} operators, {limit} are wanted at least", n=count, limit=policy.operators_least
        )
        ledger.fail("operator_count", message, amount=count - policy.operators_least)
    if policy.operators_most is not None and count > policy.operators_most:
        message = Message(
            "{n} operators, {limit} are allowed at most", n=count, limit=policy.operators_most
        )
        ledger.fail("operator_count", message, amount=count - policy.operators_most)
