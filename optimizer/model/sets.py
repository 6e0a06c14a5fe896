"""Index sets and data of the compact model, prepared so that no rule of it holds an ``if``.

Money is in thousands of the instance's currency per year; prices and monthly bills are in units of
the currency. Keys are the planner's own: towns by their key, operator models by their name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.model.contiguity import Contiguity, contiguity
from optimizer.tariffs.area_resources import AreaResources
from optimizer.tariffs.caps import Caps, price_most
from optimizer.tariffs.case import Case

__all__ = ["ModelData", "model_data"]

Key = tuple[str, ...]
THOUSAND = 1000.0


@dataclass(frozen=True, eq=False)
class ModelData:
    """Sets and parameters of the compact model.

    Attributes
    ----------
    case : Case
        The instance as arrays.
    towns, seats, models, components : tuple of str
        Index sets.
    pairs : tuple of (town, seat)
        Where ``serve`` exists: within reach, same zone, seat allowed, size possible.
    joined_pairs : tuple of (town, seat)
        Pairs whose town is not the seat.
    operate_pairs : tuple of (seat, model)
        Operator models that are possible at a seat.
    triples : tuple of (town, seat, model)
        Operator models that are possible for a pair.
    size : mapping town -> connections
    serve_requirement : mapping (town, seat, model) -> thousand money/year
    open_requirement : mapping model -> thousand money/year
    resources : tuple of str
        Promises that limit a sum over an area's towns (kind ``area resource``).
    amount : mapping (resource, town) -> amount
    least, most : mapping (resource, model) -> amount
    revenue : mapping (town, component) -> thousand money/year per unit of price
    solidarity : mapping (town, component) -> thousand money/year per unit of price
    price_most : mapping (town, component) -> money
    stand_alone : mapping town -> thousand money/year, only towns that can stand alone
    bill : mapping (town, class, component) -> bill per unit of price, protected classes
    affordable : mapping (town, class) -> money/month, at most the dearest bill of ``price_most``
    support_most : mapping (town, class, component) -> most support per unit of price
    paid_connections : mapping (town, class) -> connections paid for per unit of support
    contiguity : Contiguity
        Arcs of the connectedness rule, per seat.
    """

    case: Case
    towns: tuple[str, ...]
    seats: tuple[str, ...]
    models: tuple[str, ...]
    components: tuple[str, ...]
    pairs: tuple[Key, ...]
    joined_pairs: tuple[Key, ...]
    operate_pairs: tuple[Key, ...]
    triples: tuple[Key, ...]
    size: Mapping[str, float]
    serve_requirement: Mapping[Key, float]
    open_requirement: Mapping[str, float]
    resources: tuple[str, ...]
    amount: Mapping[Key, float]
    least: Mapping[Key, float]
    most: Mapping[Key, float]
    revenue: Mapping[Key, float]
    solidarity: Mapping[Key, float]
    price_most: Mapping[Key, float]
    stand_alone: Mapping[str, float]
    bill: Mapping[Key, float]
    affordable: Mapping[Key, float]
    support_most: Mapping[Key, float]
    paid_connections: Mapping[Key, float]
    contiguity: Contiguity


def model_data(case: Case) -> ModelData:
    """Return the sets and data of the compact model for a case."""
    names, cost, resources = case.reach.towns, case.cost, case.resources
    possible = {seat: _possible(case, seat) for seat in range(case.towns)}
    served = {seat: towns[fits.any(axis=1)] for seat, (towns, _, fits) in possible.items()}
    net = contiguity(case, served)
    every, requirement = _triples(case, possible, net)
    operated = {(town, model) for town, seat, model in every if town == seat}
    triples = tuple(t for t in every if (t[1], t[2]) in operated)
    pairs = tuple(dict.fromkeys((town, seat) for town, seat, _ in triples))
    classes, most = _binding_classes(case), _price_most(case, possible)
    dearest = (case.space.bill * most[case.classes.town]).sum(axis=1)
    affordable = np.minimum(case.classes.affordable_month, dearest)
    components = case.space.components
    label = case.classes.label
    return ModelData(
        case=case,
        towns=names,
        seats=tuple(town for town, seat in pairs if town == seat),
        models=cost.models,
        components=components,
        pairs=pairs,
        joined_pairs=tuple(pair for pair in pairs if pair[0] != pair[1]),
        operate_pairs=tuple(sorted(operated)),
        triples=triples,
        size=dict(zip(names, cost.size.tolist(), strict=True)),
        serve_requirement=requirement,
        open_requirement=dict(
            zip(cost.models, (cost.open_requirement() / THOUSAND).tolist(), strict=True)
        ),
        resources=tuple(p.name for p in resources.promises),
        amount=_by_resource(resources, names, resources.amount),
        least=_by_resource(resources, cost.models, resources.least),
        most=_by_resource(resources, cost.models, resources.most),
        revenue=_by_component(names, components, case.revenue_year / THOUSAND),
        solidarity=_by_component(names, components, case.solidarity_year / THOUSAND),
        price_most=_by_component(names, components, most),
        stand_alone={
            names[i]: float(case.stand_alone_year[i]) / THOUSAND
            for i in np.flatnonzero(np.isfinite(case.stand_alone_year))
        },
        bill={
            (names[case.classes.town[k]], label[k], b): float(case.space.bill[k, c])
            for k in classes
            for c, b in enumerate(components)
        },
        affordable={(names[case.classes.town[k]], label[k]): float(affordable[k]) for k in classes},
        support_most={
            (names[case.classes.town[k]], label[k], b): float(case.support.most[k, c])
            for k in classes
            for c, b in enumerate(components)
        },
        paid_connections={
            (names[case.classes.town[k]], label[k]): float(case.support.connections[k])
            for k in classes
        },
        contiguity=net,
    )


def _possible(case: Case, seat: int) -> tuple[Ints, Floats, Bools]:
    """Return towns that a seat can serve, their hours, and which models fit each (k, m).

    A model fits a pair when the two towns alone do not exceed its limits and everything within
    reach comes to its least ones.
    """
    towns, hours = case.reached_from(seat)
    limits, amount = case.resources, case.resources.amount
    together = amount[towns] + np.where(towns == seat, 0.0, 1.0)[:, None] * amount[seat]
    fits = (together[:, None, :] <= limits.most * (1 + 1e-9)).all(axis=2)
    within = np.array([amount[towns[fits[:, m]]].sum(axis=0) for m in range(fits.shape[1])])
    enough = np.asarray((within >= limits.least * (1 - 1e-9)).all(axis=1))
    fits &= enough[None, :] & limits.sits[seat]
    if seat not in towns:
        fits[:] = False
    return towns, hours, fits


def _price_most(case: Case, possible: Mapping[int, tuple[Ints, Floats, Bools]]) -> Floats:
    """Return an upper bound on each price that a best plan may charge, by town.

    Derivation: no tariff need bring more than the requirement, since all prices of an area may fall
    together and keep every rule; so the limits of the town itself are joined by ``revenue_i(p) <=``
    the largest requirement of an area that may hold the town, or of all towns where they share one
    tariff.
    """
    most, dearest = np.zeros(case.towns), np.zeros(case.towns)
    for seat, (towns, hours, fits) in possible.items():
        serve = case.cost.serve_requirement(towns, hours, towns != seat)
        area = np.where(fits, serve, 0.0).sum(axis=0) + case.cost.open_requirement()
        most[towns] = np.maximum(most[towns], area.max(initial=0.0))
        dearest[towns] = np.maximum(dearest[towns], serve.max(axis=1))
    if case.instance.policy.tariff_scope == "region":
        most[:] = dearest.sum() + case.towns * case.cost.open_requirement().max()
    everyone = np.arange(case.towns)
    limits = Caps(
        np.concatenate([case.caps.town, everyone]),
        np.vstack([case.caps.weight, case.revenue_year]),
        np.concatenate([case.caps.limit, most]),
        case.caps.rule + ("cover_cost",) * case.towns,
    )
    return price_most(limits, case.instance, case.space, case.towns)


def _triples(
    case: Case, possible: Mapping[int, tuple[Ints, Floats, Bools]], net: Contiguity
) -> tuple[list[Key], dict[Key, float]]:
    names = case.reach.towns
    triples: list[Key] = []
    requirement: dict[Key, float] = {}
    for seat, (towns, hours, fits) in possible.items():
        cost = case.cost.serve_requirement(towns, hours, towns != seat) / THOUSAND
        for k, town in enumerate(towns):
            if (names[town], names[seat]) in net.cut_off:
                continue
            for m in np.flatnonzero(fits[k]):
                key = (names[town], names[seat], case.cost.models[m])
                triples.append(key)
                requirement[key] = float(cost[k, m])
    return triples, requirement


def _binding_classes(case: Case) -> list[int]:
    """Return the protected classes whose limit is not implied by another of the same town.

    A class is implied when another one's limit is at least as tight at every price; with
    household support every class counts, since support has a cost.
    """
    protected = np.flatnonzero(case.classes.protected)
    if case.instance.policy.household_support_share > 0:
        return [int(k) for k in protected]
    limit = case.classes.affordable_month[protected]
    tight = case.space.bill[protected] / limit[:, None]
    town = case.classes.town[protected]
    kept: list[int] = []
    for k in range(len(protected)):
        rivals = np.flatnonzero(town == town[k])
        over = (tight[rivals] >= tight[k]).all(axis=1)
        same = (tight[rivals] == tight[k]).all(axis=1)
        if not (over & (~same | (rivals < k))).any():
            kept.append(int(protected[k]))
    return kept


def _by_resource(
    resources: AreaResources, names: tuple[str, ...], values: Floats
) -> dict[Key, float]:
    return {
        (promise.name, name): float(values[i, r])
        for r, promise in enumerate(resources.promises)
        for i, name in enumerate(names)
    }


def _by_component(
    names: tuple[str, ...], components: tuple[str, ...], values: Floats
) -> dict[Key, float]:
    return {
        (name, component): float(values[i, b])
        for i, name in enumerate(names)
        for b, component in enumerate(components)
    }
