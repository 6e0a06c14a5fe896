"""A grouping that the planner brings: read it, complete it, say what it breaks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.arrays import Floats, Ints
from optimizer.errors import InstanceError, Problem
from optimizer.geography.reach import reach_of
from optimizer.geography.travel import STRAIGHT
from optimizer.instance.check.table_checks import GIVEN_WORDS
from optimizer.instance.incumbents import incumbents_of
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import near
from optimizer.instance.reading.groupings import labels_from_file, labels_from_python
from optimizer.plan.tariff_design import AreaChoice
from optimizer.solving.expected import mean_value
from optimizer.tariffs.case import Case, make_case
from optimizer.tariffs.group_value import GroupValue, candidate_seats, settled_value
from optimizer.uncertainty.values import DrawnValues, Offer

__all__ = ["given_areas", "grouping_labels", "known_ways", "relaxed_case"]

FAR_HOURS = 1000.0


def relaxed_case(instance: Instance, labels: Mapping[str, str] | None = None) -> Case:
    """Return the case without the promises that a given grouping may break.

    Towns may be far from the seat, and where nothing else covers cost a subsidy may be paid; the
    plan then shows the breach. Every other promise on money can be kept by the tariffs of any
    grouping, and is.

    Parameters
    ----------
    instance : Instance
        The region and its promises.
    labels : mapping of str to str, optional
        Label of each town; only travel between towns of one label is then known, which is all
        that the grouping itself needs. All pairs of the region where absent.
    """
    policy = instance.policy.replace(
        reach_hours=FAR_HOURS, same_zone=False, host_towns=(), operating_subsidy=True
    )
    travel = instance.travel.model_copy(update={"derive_missing": True})
    towns = instance.towns.assign(seat_allowed=True)
    relaxed = instance.replace(policy=policy, travel=travel, towns=towns)
    within = None
    if labels is not None:
        named = [labels[str(town)] for town in instance.towns.index]
        within = np.unique(named, return_inverse=True)[1].astype(np.int64)
    case = make_case(relaxed, reach_of(relaxed, within=within))
    return replace(case, subsidy_last=not instance.policy.operating_subsidy)


def given_areas(
    instance: Instance,
    case: Case,
    labels: Mapping[str, str],
    ways: Ints,
    *,
    values: DrawnValues | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> tuple[list[AreaChoice], list[GroupValue]]:
    """Return the areas of a grouping (the label of each town) and their values.

    Parameters
    ----------
    instance : Instance
        The region with the promises as they are.
    case : Case
        The region as arrays, as :func:`relaxed_case` makes it.
    labels : mapping of str to str
        Label of each town.
    ways : array of int
        The pairs of :func:`known_ways`.
    values : DrawnValues, optional
        Draws in the mean over which seat and model are then the best.
    on_progress : callable, optional
        Called with a line of words before every area.
    """
    place = {town: k for k, town in enumerate(case.reach.towns)}
    groups: dict[str, list[int]] = {}
    for town, label in labels.items():
        groups.setdefault(label, []).append(place[town])
    choices, found = [], []
    for at, (label, members) in enumerate(groups.items(), start=1):
        if on_progress is not None:
            on_progress(f"designing the tariffs of area {at} of {len(groups)}")
        value = _area(instance, case, np.array(sorted(members), dtype=np.int64), ways, values)
        found.append(value)
        choices.append(AreaChoice(label, value.members, value.seat, value.model))
    return choices, found


def _area(
    instance: Instance, case: Case, members: Ints, ways: Ints, values: DrawnValues | None
) -> GroupValue:
    """Return the cheapest seat and model; the model nearest in size where none fits.

    Seats that reach every town come first: a promise is broken only where no seat keeps it.
    """
    total = case.resources.amount[members].sum(axis=0)
    best = [(math.inf, -1, -1)] * case.kinds
    allowed = instance.towns["seat_allowed"].to_numpy(dtype=bool)
    seats = candidate_seats(case, members) or [int(m) for m in members]
    seats = [s for s in seats if allowed[s]] or seats
    most = instance.policy.reach_hours * (1.0 + 1e-9)
    travel = {seat: _hours_to(case, seat, members) for seat in seats}
    known = [s for s in seats if _all_known(ways, s * case.towns + members)]
    seats = [s for s in known if travel[s].max() <= most] or known or seats
    fits = case.resources.admits(total[None, :])[0] & case.resources.sits[seats]
    if not fits.any():
        sits = case.resources.sits[seats]
        miss = np.where(sits.any(axis=0), case.resources.miss(total), np.inf)
        fits = (miss == miss.min()) & sits
    if values is not None:
        key = tuple(int(m) for m in members)
        return mean_value(
            values,
            [
                Offer(key, seat, int(m))
                for at, seat in enumerate(seats)
                for m in np.flatnonzero(fits[at])
            ],
        )
    for at, seat in enumerate(seats):
        near = travel[seat]
        per_model = case.cost.serve_requirement(members, near, members != seat).sum(axis=0)
        whole = np.where(fits[at], per_model + case.cost.open_requirement(), np.inf)
        for kind in range(case.kinds):
            own = np.where(case.of_kind(kind), whole, np.inf)
            if own.min() < best[kind][0]:
                best[kind] = (float(own.min()), seat, int(own.argmin()))
    found = [
        settled_value(case, members, requirement, seat=seat, model=model)
        for requirement, seat, model in best
        if seat >= 0
    ]
    return min(found, key=lambda area: area.value_year)


def _hours_to(case: Case, seat: int, members: Ints) -> Floats:
    """Return the travel hours from a seat to the towns of its group."""
    towns, hours = case.reached_from(seat)
    return np.asarray(hours[np.searchsorted(towns, members)], dtype=np.float64)


def _all_known(ways: Ints, pairs: Ints) -> bool:
    at = np.searchsorted(ways, pairs)
    return bool((ways[np.minimum(at, len(ways) - 1)] == pairs).all())


def known_ways(instance: Instance, case: Case) -> Ints:
    """Return the pairs between which a way is known, as ``seat x towns + town``, ascending."""
    pairs = case.reach.pairs
    if not instance.travel.derive_missing:
        pairs = pairs[pairs["source"] != STRAIGHT]
    return np.unique((pairs["seat"] * len(case.reach.towns) + pairs["town"]).to_numpy(np.int64))


def grouping_labels(
    instance: Instance, grouping: str | Path | Mapping[str, str] | pd.Series
) -> dict[str, str]:
    """Return the label of each town under a grouping, as :func:`optimizer.evaluate` takes it.

    Raises
    ------
    InstanceError
        If towns are missing, unknown or named twice.
    """
    names = instance.town_names
    if isinstance(grouping, Mapping | pd.Series):
        return labels_from_python(grouping, names, "grouping")
    if not isinstance(grouping, str | Path):
        raise _no_grouping(instance, repr(grouping))
    if grouping in GIVEN_WORDS and grouping in instance.groupings:
        what = f"{grouping!r} names a grouping of the region too"
        raise InstanceError([Problem("grouping", None, "", what, "give that one another name")])
    if grouping == "alone":
        return {town: town for town in names.names}
    if grouping == "together":
        return _together(instance)
    if isinstance(grouping, str) and grouping in instance.groupings:
        name = f"groupings/{grouping}.csv"
        return labels_from_python(instance.groupings[grouping], names, name)
    if grouping == "today" and not os.path.lexists(grouping):
        return _today(instance)
    if isinstance(grouping, str) and not os.path.lexists(grouping):
        raise _no_grouping(instance, repr(grouping))
    return labels_from_file(Path(grouping), names)


def _no_grouping(instance: Instance, shown: str) -> InstanceError:
    names = [*GIVEN_WORDS, *instance.groupings]
    what = f"{shown} is neither a grouping of the region nor a file"
    remedy = (
        f"{near(shown, names)}give a CSV file or spreadsheet with town and operator, a run, or "
        f"{', '.join(names)}"
    )
    return InstanceError([Problem("grouping", None, "", what, remedy)])


def _today(instance: Instance) -> dict[str, str]:
    """Return the towns of each operator that exists together, every other town by itself."""
    exist = incumbents_of(instance.operator_models)
    if not exist:
        raise _no_grouping(instance, "'today'")
    served = {town: one.seat for one in exist for town in one.today}
    return {str(town): served.get(str(town), str(town)) for town in instance.towns.index}


def _together(instance: Instance) -> dict[str, str]:
    """Return one label per part of the region that travel within reach connects."""
    reach = reach_of(instance)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(reach.towns)))
    graph.add_edges_from(zip(reach.pairs["town"], reach.pairs["seat"], strict=True))
    labels: dict[str, str] = {}
    for part in nx.connected_components(graph):
        label = reach.towns[min(part)]
        labels |= {reach.towns[town]: label for town in part}
    return labels
