"""Checks of the promises against the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import networkx as nx
import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.reading.findings import TOLD_MOST, Fault, Findings, near, number_of
from optimizer.instance.schema.policy import Policy
from optimizer.instance.town_names import TownNames

__all__ = ["Place", "groups_of", "policy_checks"]


def _nowhere(*_path: str | int) -> int | None:
    return None


@dataclass(frozen=True)
class Place:
    """Where the settings stand: the file's name in messages, and the line of each key."""

    file: str
    line: Callable[..., int | None] = _nowhere


def groups_of(households: pd.DataFrame) -> dict[str, list[str]]:
    """Return the household groups of each town, from the columns ``town`` and ``group``."""
    groups: dict[str, list[str]] = {}
    for town, group in zip(households["town"].tolist(), households["group"].tolist(), strict=True):
        groups.setdefault(str(town), []).append(str(group))
    return groups


def policy_checks(
    policy: Policy,
    towns: pd.DataFrame,
    groups: Mapping[str, Sequence[str]],
    place: Place,
    found: Findings,
) -> None:
    """Check that the promises name what exists and do not contradict each other.

    Parameters
    ----------
    policy : Policy
        The promises.
    towns : pandas.DataFrame
        Columns ``town``, ``seat_allowed``, ``zone``.
    groups : mapping of str to sequence of str
        Household groups of each town.
    place : Place
        Where ``[policy]`` stands.
    found : Findings
        Receives problems.

    Examples
    --------
    >>> towns = pd.DataFrame({"town": ["A", "B"], "seat_allowed": [True, False], "zone": ["", ""]})
    >>> found = Findings()
    >>> policy = Policy(fixed_seats=("B",))
    >>> policy_checks(policy, towns, {"A": ["q1"], "B": ["q1"]}, Place("instance.toml"), found)
    >>> found.problems[0].what
    "town 'B' may not hold a seat"
    """
    known, names = dict.fromkeys(towns["town"]), TownNames.of(towns)
    sets = {"keep_together": policy.keep_together, "keep_apart": policy.keep_apart}
    named = [(rule, members) for rule, several in sets.items() for members in several]
    named += [("fixed_seats", policy.fixed_seats), ("host_towns", policy.host_towns)]
    for rule in (*sets, "fixed_seats", "host_towns"):
        report = _Report(rule, place, found)
        mine = [members for own, members in named if own == rule]
        strangers = dict.fromkeys(t for members in mine for t in members if t not in known)
        report.problems(list(strangers), partial(_stranger, names))
        report.problems([m for m in mine if len(set(m)) < len(m)], _twice)
        if rule in sets:
            report.problems([m for m in mine if len(m) < 2], _lone)
    _protected(policy.protected_groups, groups, _Report("protected_groups", place, found))
    _supported(policy, groups, place, found)
    _contradictions(policy, towns, place, found)


def _stranger(names: TownNames, town: str) -> tuple[str, str]:
    remedy = names.hint(town) + "correct the key or add the town"
    return f"town {town!r} is not in towns.csv", remedy


def _twice(members: Sequence[str]) -> tuple[str, str]:
    return f"{_shown(members)} names a town twice", "name it once"


def _lone(members: Sequence[str]) -> tuple[str, str]:
    return f"{_shown(members)} has fewer than two towns", "name two or more"


def _shown(members: Sequence[str]) -> str:
    return str(list(members)) if len(members) <= TOLD_MOST else f"a set of {len(members):,} towns"


@dataclass(frozen=True)
class _Report:
    """Reports problems of one promise."""

    rule: str
    place: Place
    found: Findings

    def problem(self, what: str, remedy: str) -> None:
        line = self.place.line("policy", self.rule)
        self.found.problem(self.place.file, line, f"policy.{self.rule}", what, remedy)

    def problems(self, faults: Sequence[Fault], words: Callable[[Fault], tuple[str, str]]) -> None:
        line = self.place.line("policy", self.rule)
        file, column = self.place.file, f"policy.{self.rule}"
        self.found.faults(faults, lambda fault: Problem(file, line, column, *words(fault)), "fault")


def _supported(
    policy: Policy, groups: Mapping[str, Sequence[str]], place: Place, found: Findings
) -> None:
    """Report groups for support that are unknown or not protected."""
    report = _Report("household_support_groups", place, found)
    _protected(policy.household_support_groups, groups, report)
    for group in policy.household_support_groups:
        if policy.protected_groups and group not in policy.protected_groups:
            what = f"group {group!r} is not protected, so it needs no support"
            report.problem(what, "add it to protected_groups or remove it here")


def _protected(named: Sequence[str], groups: Mapping[str, Sequence[str]], report: _Report) -> None:
    """Report named groups that some town does not have."""
    for group in named:
        without = [town for town, own in groups.items() if group not in own]
        if without:
            everywhere = sorted({name for own in groups.values() for name in own})
            what = f"group {group!r} is missing in {number_of(len(without), 'town')}, "
            what += f"first {without[0]!r}"
            others = [name for name in everywhere if name != group]
            remedy = near(group, others) + f"groups are: {', '.join(everywhere[:10])}"
            report.problem(what, remedy)


def _contradictions(policy: Policy, towns: pd.DataFrame, place: Place, found: Findings) -> None:
    """Report promises that no plan can keep, whatever the costs."""
    joined: nx.Graph[str] = nx.Graph()
    joined.add_nodes_from(towns["town"])
    for members in policy.keep_together:
        nx.add_path(joined, members)
    part = {town: at for at, own in enumerate(nx.connected_components(joined)) for town in own}
    apart = _Report("keep_apart", place, found)
    for members in policy.keep_apart:
        if clash := _same_part(dict.fromkeys(members), part):
            what = f"towns {clash[0]!r} and {clash[1]!r} must also stay together"
            apart.problem(what, "change keep_apart or keep_together")
    seats = _Report("fixed_seats", place, found)
    if clash := _same_part(dict.fromkeys(policy.fixed_seats), part):
        what = f"two seats, {clash[0]!r} and {clash[1]!r}, in towns that must stay together"
        seats.problem(what, "keep one of the seats or change keep_together")
    barred = set(towns.loc[~towns["seat_allowed"], "town"])
    for town in policy.fixed_seats:
        if town in barred:
            what = f"town {town!r} may not hold a seat"
            seats.problem(what, "set seat_allowed to yes in towns.csv, or remove the fixed seat")
    _counts(policy, len(towns), place, found)
    if policy.core and policy.tariff_scope == "region":
        what = "is asked for, and one tariff for the region"
        remedy = "set tariff_scope to service_area or town: under one tariff for the region what a "
        remedy += "town pays depends on all areas, and optimizer stability says who would leave"
        _Report("core", place, found).problem(what, remedy)
    if policy.same_zone:
        _zones(policy, towns, place, found)
    if policy.tariff_spread_most > 1.0 and policy.tariff_scope != "service_area":
        what = f"says nothing beside tariff_scope = {policy.tariff_scope!r}"
        remedy = "set tariff_scope to service_area, or remove it"
        _Report("tariff_spread_most", place, found).problem(what, remedy)


def _same_part(members: Iterable[str], part: Mapping[str, int]) -> tuple[str, str] | None:
    """Return two members of one part, if there are any."""
    seen: dict[int, str] = {}
    for town in members:
        own = part.get(town, -1)
        if own in seen and own >= 0:
            return seen[own], town
        seen[own] = town
    return None


def _counts(policy: Policy, towns: int, place: Place, found: Findings) -> None:
    if policy.operators_least > towns:
        what = f"{policy.operators_least} is more than the {number_of(towns, 'town')}"
        _Report("operators_least", place, found).problem(what, "ask for fewer operators")
    seats = len(set(policy.fixed_seats))
    if policy.operators_most is not None and policy.operators_most < seats:
        what = f"{policy.operators_most} is fewer than the {number_of(seats, 'fixed seat')}"
        _Report("operators_most", place, found).problem(what, "allow more or fix fewer")


def _zones(policy: Policy, towns: pd.DataFrame, place: Place, found: Findings) -> None:
    """Report towns without a zone, and towns kept together across zones."""
    zone = dict(zip(towns["town"], towns["zone"], strict=True))
    blank = [town for town, own in zone.items() if not own]
    if blank:
        what = f"is asked for; {number_of(len(blank), 'town')} without a zone, first {blank[0]!r}"
        _Report("same_zone", place, found).problem(what, "fill the column zone of towns.csv")
    for members in policy.keep_together:
        if len({zone.get(town, "") for town in members} - {""}) > 1:
            what = f"{list(members)} lie in different zones, and same_zone is asked for"
            remedy = "change keep_together, same_zone or the zones"
            _Report("keep_together", place, found).problem(what, remedy)
