"""Towns in an order made of their data, so that no plan hangs on labels or on the order of rows.

Methods break ties by the positions of towns. With positions that follow from the data, a region
with renamed or shuffled towns gives the same plan, up to an exchange of towns that are equal in
all data.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from optimizer.arrays import Ints
from optimizer.geography.reach import Reach
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.solving.solution import Solution
from optimizer.tariffs.case import Case, case_of, make_case

__all__ = ["InOrder", "data_order", "in_order"]

LABELS = ["name", "geometry"]
"""Columns of towns that say nothing, or nothing more than longitude and latitude."""


@dataclass(frozen=True, eq=False)
class InOrder:
    """An instance, and its case with towns and operator models in an order made of their data.

    Attributes
    ----------
    instance : Instance
        As it was given.
    case : Case
        In order.
    town, model : int arrays of shape (towns,), (models,)
        Position in the instance of each town and operator model of the case.
    """

    instance: Instance
    case: Case
    town: Ints
    model: Ints

    def given_case(self) -> Case:
        """Return the case with the towns as they were given."""
        return make_case(self.instance, _given_reach(self.instance, self.case.reach, self.town))

    def given(self, solution: Solution) -> Solution:
        """Return a solution of the case with the towns as they were given."""
        areas = tuple(
            replace(
                area,
                members=tuple(sorted(int(t) for t in self.town[list(area.members)])),
                seat=int(self.town[area.seat]),
                model=int(self.model[area.model]),
            )
            for area in solution.areas
        )
        return replace(solution, areas=areas)


def in_order(instance: Instance) -> InOrder:
    """Return an instance with its case in an order made of the data.

    Examples
    --------
    >>> import optimizer as op
    >>> pair = op.read("instances/pair")
    >>> shuffled = pair.replace(towns=pair.towns.iloc[::-1])
    >>> [in_order(region).case.reach.towns for region in (pair, shuffled)]
    [('alba', 'brisa'), ('alba', 'brisa')]
    """
    town = data_order(instance)
    models = instance.operator_models
    codes = [pd.factorize(models[column], sort=True)[0] for column in models.columns]
    model = np.lexsort(codes[::-1]).astype(np.int64) if codes else np.arange(len(models))
    return InOrder(instance, case_of(_arranged(instance, town, model)), town, model)


def data_order(instance: Instance) -> Ints:
    """Return the positions of the towns in an order made of their data.

    Longitude and latitude come first. Towns of one place are told apart by the rest of their data,
    then by what relates them to others (travel, neighbours, the planner's own rules), step by step
    as in colour refinement. Source: B. Weisfeiler and A. Lehman (1968). What is left equal keeps
    the order in which it was given.
    """
    towns = instance.towns
    place = [towns["lat"].to_numpy(dtype=float), towns["lon"].to_numpy(dtype=float)]
    order = np.lexsort(place)
    steps = np.abs(np.diff(np.column_stack(place)[order], axis=0)).max(axis=1, initial=0.0)
    if (steps > 0).all():
        return order.astype(np.int64)
    rank = _ranked(_own_data(instance))
    links = _links(instance)
    while len(np.unique(rank)) < len(rank):
        finer = _ranked(
            [
                (int(rank[t]), tuple(sorted((*link, int(rank[other])) for link, other in links[t])))
                for t in range(len(rank))
            ]
        )
        if len(np.unique(finer)) == len(np.unique(rank)):
            break
        rank = finer
    return np.argsort(rank, kind="stable").astype(np.int64)


def _ranked(keys: Iterable[Hashable]) -> Ints:
    """Return the place of each key among the different ones, in their order."""
    every = list(keys)
    place = {key: at for at, key in enumerate(sorted(set(every)))}  # type: ignore[type-var]
    return np.array([place[key] for key in every], dtype=np.int64)


def _own_data(instance: Instance) -> list[Hashable]:
    """Return all data of each town as what can be compared, its place first."""
    towns = instance.towns
    names = ["lon", "lat", *towns.columns.difference([*LABELS, "lon", "lat"])]
    columns = [_codes(towns[name]) for name in names]
    if instance.boundaries is not None:
        shapes = instance.boundaries.geometry.reindex(towns.index)
        columns.append(_codes(pd.Series(["" if s is None else s.wkb_hex for s in shapes])))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    tables = [instance.households.reset_index(), instance.customers.reset_index()]
    tables += [t.reset_index() for t in (instance.targets, instance.investments) if t is not None]
    held: list[list[Hashable]] = [[] for _ in rows]
    position = {str(town): at for at, town in enumerate(towns.index)}
    for table in tables:
        if "town" not in table.columns:
            continue
        codes = np.column_stack([_codes(table[c]) for c in table.columns if c != "town"])
        of_town: list[list[Hashable]] = [[] for _ in rows]
        for town, row in zip(table["town"], codes.tolist(), strict=True):
            of_town[position[str(town)]].append(tuple(row))
        for at, mine in enumerate(of_town):
            held[at].append(tuple(sorted(mine)))  # type: ignore[type-var]
    return [(row, tuple(mine)) for row, mine in zip(rows, held, strict=True)]


def _codes(values: pd.Series) -> Ints:
    """Return the place of each value among the different ones; -1 where there is none."""
    return np.asarray(pd.factorize(values.to_numpy(), sort=True)[0], dtype=np.int64)


def _links(instance: Instance) -> list[list[tuple[tuple[float, ...], int]]]:
    """Return what relates each town to others: the kind with its figures, and the other town."""
    at = {str(town): k for k, town in enumerate(instance.towns.index)}
    links: list[list[tuple[tuple[float, ...], int]]] = [[] for _ in at]
    if instance.travel_table is not None:
        trips = instance.travel_table["hours"]
        for (a, b), hours in zip(trips.index, trips.tolist(), strict=True):
            links[at[str(a)]].append(((0.0, float(hours)), at[str(b)]))
            links[at[str(b)]].append(((1.0, float(hours)), at[str(a)]))
    if instance.adjacency_table is not None:
        table = instance.adjacency_table
        for a, b in zip(table["town_a"], table["town_b"], strict=True):
            links[at[str(a)]].append(((2.0, 0.0), at[str(b)]))
            links[at[str(b)]].append(((2.0, 0.0), at[str(a)]))
    policy = instance.policy
    for kind, sets in ((3.0, policy.keep_together), (4.0, policy.keep_apart)):
        for some in sets:
            for town in some:
                links[at[town]] += [((kind, len(some)), at[o]) for o in some if o != town]
    for town in policy.fixed_seats:
        links[at[town]].append(((5.0, 0.0), at[town]))
    return links


def _arranged(instance: Instance, town: Ints, model: Ints) -> Instance:
    """Return the instance with all rows in order."""
    names = [str(key) for key in instance.towns.index[town]]
    place = {name: at for at, name in enumerate(names)}
    shapes = instance.boundaries
    return instance.replace(
        towns=instance.towns.iloc[town],
        households=_sorted(instance.households, place),
        customers=_sorted(instance.customers, place),
        operator_models=instance.operator_models.iloc[model],
        travel_table=_sorted(instance.travel_table, place),
        adjacency_table=instance.adjacency_table,
        boundaries=None if shapes is None else shapes.loc[[n for n in names if n in shapes.index]],
        policy=_policy(instance.policy, place),
    )


def _sorted(table: pd.DataFrame | None, place: dict[str, int]) -> pd.DataFrame | None:
    """Return a table sorted by its town, then by the other level of its index."""
    if table is None or not len(table):
        return table
    town = table.index.get_level_values(0).astype(str)
    second = table.index.get_level_values(1).astype(str)
    first = np.array([place[key] for key in town])
    other = np.array([place.get(key, -1) for key in second])
    code = pd.factorize(second, sort=True)[0]
    return table.iloc[np.lexsort((np.where(other >= 0, 0, code), other, first))]


def _policy(policy: Policy, place: dict[str, int]) -> Policy:
    """Return the promises with the towns that they name in order."""

    def rows(sets: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        inside = [tuple(sorted(some, key=place.__getitem__)) for some in sets]
        return tuple(sorted(inside, key=lambda some: [place[town] for town in some]))

    return policy.replace(
        keep_together=rows(policy.keep_together),
        keep_apart=rows(policy.keep_apart),
        fixed_seats=tuple(sorted(policy.fixed_seats, key=place.__getitem__)),
    )


def _given_reach(instance: Instance, reach: Reach, town: Ints) -> Reach:
    """Return the reach of the ordered case by the positions of the instance."""
    pairs = reach.pairs.assign(
        town=town[reach.pairs["town"].to_numpy()], seat=town[reach.pairs["seat"].to_numpy()]
    )
    edges = np.sort(town[reach.edges], axis=1) if len(reach.edges) else reach.edges
    names = tuple(str(key) for key in instance.towns.index)
    snaps = reach.snaps
    return replace(
        reach,
        towns=names,
        pairs=pairs.sort_values(["town", "seat"]).reset_index(drop=True),
        edges=np.unique(edges, axis=0) if len(edges) else edges,
        snaps=None if snaps is None else snaps.loc[list(names)],
    )
