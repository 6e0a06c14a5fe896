"""Really different groupings at nearly the same cost, and what all of them have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from optimizer.analysis.compare.compare import Comparison, compare
from optimizer.analysis.compare.grouping_difference import moved_towns, pair_distance
from optimizer.analysis.compare.shown import plans_shown
from optimizer.analysis.many.runner import Job, Running, RunProgress, run_many
from optimizer.analysis.many.study import Study
from optimizer.analysis.what_if.alternatives_search import Search, search_alternatives
from optimizer.analysis.what_if.frontier import figures_of
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan

__all__ = ["Alternatives", "alternatives"]

_MOST = 20
SHOWN = (
    "operators",
    "requirement_year",
    "public_money_year",
    "bill_mean_month",
    "burden_worst",
    "travel_hours_mean",
    "broken_promises",
)


@dataclass(frozen=True, eq=False, repr=False)
class Alternatives(Study):
    """The best plan, different plans that cost little more, and the firm core of the decision.

    Attributes
    ----------
    best : Plan
        The best plan.
    plans : mapping of str to Plan
        Alternatives, the cheapest first. Each keeps every promise and is audited.
    table : pandas.DataFrame
        Index ``plan``: ``objective``, ``more_share`` (above the best), ``towns_moved`` and
        ``pair_distance`` (0 the same, 1 no pair in common) against the best, and key figures.
    core : pandas.DataFrame
        Index ``(town_a, town_b)``, towns that share an operator in every plan found: ``name_a``,
        ``name_b``, ``service_area`` (of the best plan), ``proven``: no plan within the limit
        separates the two.
    movers : pandas.DataFrame
        Index ``town``, towns that leave their area in some plan found: ``name``,
        ``service_area``, ``plans`` (how many), ``also_with`` (towns that they meet there).
    limit_year : float
        Largest objective of an alternative.
    found : int
        Different groupings found within the limit, the best included.
    solves : int
        Plans computed on the way.
    """

    best: Plan
    plans: Mapping[str, Plan]
    table: pd.DataFrame
    core: pd.DataFrame
    movers: pd.DataFrame
    limit_year: float
    found: int
    solves: int

    @property
    def comparison(self) -> Comparison:
        """The alternatives against the best plan."""
        return compare({"best": self.best, **self.plans})

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return "different groupings that cost hardly more"

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that are kept, by the names of their files."""
        return {"alternatives": self.table, "core": self.core, "movers": self.movers}

    @property
    def runs(self) -> Mapping[str, Plan]:
        """The best plan and the alternatives."""
        return {"best": self.best, **self.plans}

    def shown(self) -> pd.DataFrame:
        """Return the table that is printed, the best plan first: cells of text."""
        table = plans_shown(self.runs)
        moved = self.table["towns_moved"].astype("str").to_dict()
        more = {name: f"{100 * share:.2f} %" for name, share in self.table["more_share"].items()}
        pairs = {name: f"{share:.2f}" for name, share in self.table["pair_distance"].items()}
        table["more"] = [more.get(name, "") for name in table.index]
        table["towns_moved"] = [moved.get(name, "") for name in table.index]
        table["pair_distance"] = [pairs.get(name, "") for name in table.index]
        return table.rename_axis("plan")

    def notes(self) -> list[str]:
        """Return the core in words, and who moves."""
        firm = int(self.core["proven"].sum())
        words = (
            f"{len(self.core)} pairs of towns go together in all {self.found} groupings found, "
            f"{firm} of them proven; {len(self.movers)} towns move"
        )
        return [line for line in (words, self._core_words(), self._movers_words()) if line]

    def _core_words(self) -> str:
        """Return the groups of towns that go together in all plans, named."""
        graph: nx.Graph[str] = nx.Graph()
        graph.add_edges_from((str(a), str(b)) for a, b in self.core.index)
        label, order = self.best.instance.town_names.label, list(self.best.towns.index)
        groups = [sorted(g, key=order.index) for g in nx.connected_components(graph)]
        told = [" + ".join(map(label, g)) for g in sorted(groups, key=len)[::-1]]
        more = f"; {len(told) - _MOST} more groups" if len(told) > _MOST else ""
        return f"together in all: {'; '.join(told[:_MOST])}{more}" if told else ""

    def _movers_words(self) -> str:
        """Return the towns that move, named, those that move in most plans first."""
        order = self.movers.sort_values("plans", ascending=False, kind="stable").index
        names = [self.best.instance.town_names.label(str(town)) for town in order]
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        return f"towns that move: {', '.join(names[:_MOST])}{more}" if names else ""


def alternatives(
    region: Instance,
    *,
    within: float = 0.02,
    count: int = 5,
    solves: int = 60,
    best: Plan | None = None,
    running: Running | None = None,
    on_progress: Callable[[RunProgress], None] | None = None,
) -> Alternatives:
    """Return really different groupings that cost at most a little more than the best.

    The search asks questions of the form "what is the best plan in which these towns part?" (or,
    for towns of neighbouring areas, "go together?"). First one pair of every area is asked to
    part, all at once; if that is too dear the question is halved, down to single pairs. Every
    answer is a new alternative, the best of its kind, or the proof that a pair belongs together
    in every plan within the limit. Of all groupings found, those farthest from each other are
    returned.

    Parameters
    ----------
    region : Instance
        The region and its promises; alternatives keep all of them.
    within : float
        How much more an alternative may cost, as a share of the best objective.
    count : int
        Most alternatives to return.
    solves : int
        Most questions to ask.
    best : Plan, optional
        The best plan of the same region where it is known already; solved otherwise.
    running : Running, optional
        Where and how hard to compute; questions depend on each other, so one worker is used.
    on_progress : callable, optional
        Called after every plan.

    Raises
    ------
    PolicyError
        If no plan keeps every promise, or ``best`` is of another region or not a computed plan.

    Notes
    -----
    Group testing (R. Dorfman, "The detection of defective members of large populations", Annals
    of Mathematical Statistics 14, 1943) over the pairs that the plans found have in common.

    Examples
    --------
    Around the lake the other way of pairing neighbours costs 1,200 (0.3 %) more:

    >>> import optimizer as op
    >>> found = alternatives(op.read("instances/ring"), within=0.02)
    >>> found.table[["objective", "towns_moved", "pair_distance"]]
                   objective  towns_moved  pair_distance
    plan
    alternative 1   393600.0            3            1.0
    >>> len(found.core), len(found.movers)
    (0, 3)
    """
    if not within >= 0 or count < 1 or solves < 1:
        raise PolicyError("within must be 0 or more, count and solves 1 or more")
    chosen = running or Running()
    first = _best(region, best, chosen, on_progress)
    limit = first.objective + within * abs(first.objective)
    search = search_alternatives(first, limit, solves, chosen, on_progress)
    picked = _farthest(search, count)
    ordered = sorted(picked, key=lambda plan: plan.objective)
    plans = {f"alternative {k}": plan for k, plan in enumerate(ordered, start=1)}
    return Alternatives(
        best=first,
        plans=plans,
        table=_table(first, plans),
        core=_core(search),
        movers=_movers(search),
        limit_year=limit,
        found=len(search.plans),
        solves=search.solves,
    )


def _best(
    region: Instance,
    best: Plan | None,
    running: Running,
    on_progress: Callable[[RunProgress], None] | None,
) -> Plan:
    if best is None:
        runs = run_many([Job("best", region)], running=running, on_progress=on_progress)
        if "best" not in runs.plans:
            reason = str(runs.table["reason"].iloc[0])
            raise PolicyError(f"there is no best plan: {reason}")
        return runs.plans["best"]
    if best.instance.fingerprint() != region.fingerprint():
        raise PolicyError("the best plan is of another region, or made for other promises")
    if best.areas.empty or best.status == "evaluated":
        raise PolicyError("the best plan must be a computed one; leave it out to have it solved")
    return best


def _farthest(search: Search, count: int) -> list[Plan]:
    """Return plans so that the next is always the one farthest from those taken before."""
    groupings = [plan.towns["service_area"] for plan in search.plans]
    taken, left = [0], list(range(1, len(groupings)))
    while left and len(taken) <= count:
        farthest = max(
            left, key=lambda k: (min(pair_distance(groupings[k], groupings[t]) for t in taken), -k)
        )
        taken.append(farthest)
        left.remove(farthest)
    return [search.plans[k] for k in taken[1:]]


def _table(best: Plan, plans: Mapping[str, Plan]) -> pd.DataFrame:
    areas, weight = best.towns["service_area"], best.towns["connections"]
    other = {name: plan.towns["service_area"] for name, plan in plans.items()}
    table = pd.DataFrame(
        {
            "objective": {name: plan.objective for name, plan in plans.items()},
            "more_share": {
                name: plan.objective / best.objective - 1.0 if best.objective else 0.0
                for name, plan in plans.items()
            },
            "towns_moved": {n: int(moved_towns(areas, o, weight).sum()) for n, o in other.items()},
            "pair_distance": {n: pair_distance(areas, o) for n, o in other.items()},
        }
    )
    return table.join(figures_of(plans)[list(SHOWN)]).rename_axis("plan")


def _core(search: Search) -> pd.DataFrame:
    towns = search.plans[0].towns
    pairs = sorted(search.core)
    names = towns["name"].astype(str)
    return pd.DataFrame(
        {
            "name_a": [names[a] for a, _ in pairs],
            "name_b": [names[b] for _, b in pairs],
            "service_area": [str(towns["service_area"][a]) for a, _ in pairs],
            "proven": pd.Series([pair in search.proven for pair in pairs], dtype=bool),
        }
    ).set_index(
        pd.MultiIndex.from_arrays(
            [[a for a, _ in pairs], [b for _, b in pairs]], names=["town_a", "town_b"]
        )
    )


def _movers(search: Search) -> pd.DataFrame:
    best, *others = search.plans
    areas, weight = best.towns["service_area"], best.towns["connections"]
    moves = [moved_towns(areas, plan.towns["service_area"], weight) for plan in others]
    rows = []
    for town in areas.index:
        inside = [plan for plan, moved in zip(others, moves, strict=True) if moved[town]]
        if not inside:
            continue
        home = set(areas.index[areas == areas[town]])
        met: set[str] = set()
        for plan in inside:
            where = plan.towns["service_area"]
            met |= {str(t) for t in where.index[where == where[town]]} - home
        rows.append(
            {
                "town": town,
                "name": str(best.towns["name"][town]),
                "service_area": str(areas[town]),
                "plans": len(inside),
                "also_with": ", ".join(sorted(met)),
            }
        )
    columns = ["town", "name", "service_area", "plans", "also_with"]
    return pd.DataFrame(rows, columns=columns).set_index("town")
