"""Checks of the tariff rules and the promises against the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.errors import Problem
from optimizer.instance.check.schedule_checks import schedule_checks
from optimizer.instance.reading.cells import Table
from optimizer.instance.reading.findings import TOLD_MOST, Fault, Findings, near, number_of
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.instance.schema.policy import Policy

__all__ = ["DOMESTIC", "Place", "groups_of", "policy_checks", "tariff_checks"]

DOMESTIC = "domestic"
PRICE_LEAST, PRICE_MOST = 1e-6, 1e9
"""Prices of a given shape, in money per m3; far beyond them numbers lose their digits."""


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


def tariff_checks(tariff: Tariff, used_by: Iterable[Table], place: Place, found: Findings) -> None:
    """Check blocks, shapes and categories.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    used_by : iterable of Table
        Tables with a ``category`` column.
    place : Place
        Where ``[tariff]`` stands.
    found : Findings
        Receives problems.

    Examples
    --------
    >>> found = Findings()
    >>> tariff_checks(Tariff(blocks_m3=(20.0, 8.0)), [], Place("instance.toml"), found)
    >>> found.problems[0].what
    'blocks [20.0, 8.0] do not rise from above 0'
    """
    _schedule(tariff.blocks_m3, tariff.shape, ("tariff",), place, found)
    schedule_checks(tariff, place, found)
    names = [category.category for category in tariff.categories]
    seen: set[str] = set()
    for at, category in enumerate(tariff.categories):
        path = ("tariff", "categories", at)
        label = f"tariff.categories[{at + 1}].category"
        line = place.line(*path, "category")
        if category.category == DOMESTIC:
            what, remedy = "'domestic' is always there", "remove it; other categories relate to it"
            found.problem(place.file, line, label, what, remedy)
        elif category.category in seen:
            what = f"category {category.category!r} stands twice"
            found.problem(place.file, line, label, what, "keep one of the two")
        seen.add(category.category)
        _own_schedule(category, tariff, path, place, found)
    for table in used_by:
        _known_categories(table, [DOMESTIC, *names], found)


def _own_schedule(
    category: Category,
    tariff: Tariff,
    path: tuple[str | int, ...],
    place: Place,
    found: Findings,
) -> None:
    """Check a category's own blocks and shape, which need each other and tariff.shape."""
    label, line = f"tariff.categories[{int(path[-1]) + 1}]", place.line(*path)
    if category.shape is None:
        if category.blocks_m3 is not None:
            remedy = "give its shape too, or remove blocks_m3"
            found.problem(place.file, line, f"{label}.shape", "is missing beside blocks_m3", remedy)
        return
    if tariff.shape is None:
        what = "is given, and tariff.shape is not"
        remedy = "give tariff.shape, in the same scale, or a factor instead"
        found.problem(place.file, line, f"{label}.shape", what, remedy)
    blocks = tariff.blocks_m3 if category.blocks_m3 is None else category.blocks_m3
    _schedule(blocks, category.shape, path, place, found)


def _schedule(
    blocks: Sequence[float],
    shape: Sequence[float] | None,
    path: tuple[str | int, ...],
    place: Place,
    found: Findings,
) -> None:
    """Check that blocks rise and that a shape has one price for each component."""
    label = "tariff" if len(path) == 1 else f"tariff.categories[{int(path[-1]) + 1}]"
    steps = np.diff([0.0, *blocks])
    if (steps <= 0).any() or (np.array(blocks) > 1e6).any():
        what = f"blocks {list(blocks)} do not rise from above 0"
        line = place.line(*path, "blocks_m3")
        remedy = "write upper limits in rising order, such as [8, 20]"
        found.problem(place.file, line, f"{label}.blocks_m3", what, remedy)
    if shape is None:
        return
    line, column = place.line(*path, "shape"), f"{label}.shape"
    due = len(blocks) + 2
    if len(shape) != due:
        what = f"has {len(shape)} numbers, {len(blocks)} block limits need {due}"
        remedy = "write the fixed charge, then the price of each block, the open one last"
        found.problem(place.file, line, column, what, remedy)
    elif min(shape) < 0 or max(shape) > PRICE_MOST or max(shape[1:]) < PRICE_LEAST:
        what = f"{list(shape)} has a negative price, one above {PRICE_MOST:g} or none of "
        what += f"{PRICE_LEAST:g} or more"
        remedy = f"give prices between 0 and {PRICE_MOST:g}, one above 0 at least"
        found.problem(place.file, line, column, what, remedy)


def _known_categories(table: Table, known: Sequence[str], found: Findings) -> None:
    used = table.frame["category"]
    unknown = used[~used.isin(known)]
    times = unknown.value_counts()

    def problem(row: int) -> Problem:
        value = str(used.iloc[row])
        what = f"category {value!r} is not defined"
        what += f" ({number_of(int(times[value]), 'row')})" if times[value] > 1 else ""
        remedy = near(value, known) + "add it to [[tariff.categories]] in instance.toml"
        return Problem(table.file, table.line(row), "category", what, remedy)

    found.faults(unknown.drop_duplicates().index.tolist(), problem, "category")


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
    known = dict.fromkeys(towns["town"])
    sets = {"keep_together": policy.keep_together, "keep_apart": policy.keep_apart}
    named = [(rule, members) for rule, several in sets.items() for members in several]
    named.append(("fixed_seats", policy.fixed_seats))
    for rule in (*sets, "fixed_seats"):
        report = _Report(rule, place, found)
        mine = [members for own, members in named if own == rule]
        strangers = dict.fromkeys(t for members in mine for t in members if t not in known)
        report.problems(list(strangers), partial(_stranger, known))
        report.problems([m for m in mine if len(set(m)) < len(m)], _twice)
        if rule != "fixed_seats":
            report.problems([m for m in mine if len(m) < 2], _lone)
    _protected(policy.protected_groups, groups, _Report("protected_groups", place, found))
    _supported(policy, groups, place, found)
    _contradictions(policy, towns, place, found)


def _stranger(known: Iterable[str], town: str) -> tuple[str, str]:
    remedy = near(town, known) + "correct the key or add the town"
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
