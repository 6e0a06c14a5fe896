"""A planner's own promises: sums over the towns of every area, or over the plan, within limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimizer.arrays import Bools
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger, numbers, slack, texts
from optimizer.audit.rules import Rule
from optimizer.messages.message import Message, Town

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["RULE", "allows", "check", "own_rules"]

RULE = Rule("own", "promise", "", "the planner's own promises are kept, each under its own name")


def own_rules(instance: Instance) -> dict[str, Rule]:
    """Return a rule for each promise of the planner's own."""
    return {
        own.name: Rule(own.name, "promise", own.column or "towns", own.words or _said(own.name))
        for own in instance.policy.own
    }


def _said(name: str) -> str:
    return f"{name} is within the limits that the planner set"


def check(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Add up what each promise of the planner's own counts, area by area."""
    models = texts(facts.areas["operator_model"])
    for own in facts.instance.policy.own:
        if own.kind == "plan_total":
            _check_total(facts, hours, ledger, own.name, own.model_dump())
            continue
        total = numbers(facts.per_area(_amounts(facts, own.column)))
        limits = _limits(facts, own.model_dump())
        for area, here in total.items():
            least, most = limits[models[area]]
            room = float(slack(here)[0])
            ledger.count(own.name)
            unit = own.column or Message("towns")
            if here > most + room:
                message = Message(
                    "area {area} has {n:,.6g} ({unit}), {name} is {limit:,.6g} at most",
                    area=Town(area),
                    n=here,
                    unit=unit,
                    name=own.name,
                    limit=most,
                )
                ledger.fail(own.name, message, area=area, amount=here - most)
            if here < least - room:
                message = Message(
                    "area {area} has {n:,.6g} ({unit}), {name} is {limit:,.6g} at least",
                    area=Town(area),
                    n=here,
                    unit=unit,
                    name=own.name,
                    limit=least,
                )
                ledger.fail(own.name, message, area=area, amount=here - least)


def _check_total(
    facts: Facts, hours: pd.Series, ledger: Ledger, name: str, own: Mapping[str, Any]
) -> None:
    """Add up what a promise about the whole plan counts, operator by operator."""
    instance = facts.instance
    ledger.count(name)
    total = largest = 0.0
    for area in facts.areas.index:
        seat = str(facts.areas.loc[area, "seat"])
        model = str(facts.areas.loc[area, "operator_model"])
        wrong = [c for c, v in own["seats"].items() if str(instance.towns.loc[seat, c]) != v]
        if wrong or own["operator_model"] not in ("", model):
            continue
        members = facts.area_of.index[facts.area_of == area]
        counts = _operator_adds(facts, own, model, hours.reindex(members))
        counts += sum(float(own["per_town"].get(str(town), 0.0)) for town in members)
        counts += float(own["per_seat"].get(seat, 0.0)) + float(own["per_model"].get(model, 0.0))
        total, largest = total + counts, max(largest, abs(counts))
    room = 1e-6 * max(1.0, largest, abs(total))
    least, most = own["least"], own["most"]
    if most is not None and total > most + room:
        text = "the plan comes to {n:,.6g}, {name} is {limit:,.6g} at most"
        message = Message(text, n=total, name=name, limit=float(most))
        ledger.fail(name, message, amount=total - most)
    if least is not None and total < least - room:
        text = "the plan comes to {n:,.6g}, {name} is {limit:,.6g} at least"
        message = Message(text, n=total, name=name, limit=float(least))
        ledger.fail(name, message, amount=total - least)


def _operator_adds(facts: Facts, own: Mapping[str, Any], model: str, hours: pd.Series) -> float:
    """Return what one operator adds by the column that a promise names."""
    column = str(own["column"])
    if not column:
        return 0.0 if own["per_town"] or own["per_seat"] or own["per_model"] else 1.0
    if column == "hours":
        return float(hours.sum())
    if column == "connections" or column in facts.instance.towns:
        return float(_amounts(facts, column).reindex(hours.index).sum())
    return float(facts.instance.operator_models[column].astype(float)[model])


def allows(facts: Facts, towns: list[str], member: Bools) -> Bools:
    """Return which coalitions of some towns keep all of them under some operator model."""
    every = list(_kept_by_model(facts, towns, member))
    return np.asarray(np.any(every, axis=0) if every else np.ones(len(member), dtype=bool))


def _kept_by_model(facts: Facts, towns: list[str], member: Bools) -> Iterator[Bools]:
    for model in map(str, facts.instance.operator_models.index):
        kept = np.ones(len(member), dtype=bool)
        for own in facts.instance.policy.own:
            if own.kind == "plan_total":
                continue
            total = member @ _amounts(facts, own.column)[towns].to_numpy(dtype=np.float64)
            least, most = _limits(facts, own.model_dump())[model]
            kept &= (total <= most * (1 + 1e-9)) & (total >= least * (1 - 1e-9))
        yield kept


def _amounts(facts: Facts, column: str) -> pd.Series:
    """Return what each town adds."""
    if not column:
        return pd.Series(1.0, index=facts.instance.towns.index)
    if column == "connections":
        return facts.data["size"]
    return facts.instance.towns[column].fillna(0.0).astype(float)


def _limits(facts: Facts, own: dict[str, object]) -> dict[str, tuple[float, float]]:
    """Return least and most of an area under each operator model."""
    models = facts.instance.operator_models
    stated = {"least": 0.0, "most": math.inf}
    stated |= {key: float(str(own[key])) for key in stated if own[key] is not None}
    found = {}
    for model in models.index:
        least, most = stated["least"], stated["most"]
        if own["model_least"]:
            least = max(least, float(models.loc[model, str(own["model_least"])]))
        if own["model_most"]:
            most = min(most, float(models.loc[model, str(own["model_most"])]))
        found[str(model)] = (least, most)
    return found
