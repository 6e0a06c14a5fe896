"""Would every mayor stay? Who would leave a plan's service areas, and what would keep them.

For each service area the towns play a cost game (``coalitions.cost_game``): any subset
of them may leave and be served by itself, from its best seat and with its best operator model,
under the same rules. The plan's tariff is *stable* where no subset pays more than that.

What a town pays is counted as the plan's objective counts it: with ``measure="value"`` its
revenue, plus ``1 + lambda`` times its share of the operating subsidy (shared by the cost that
towns cause), plus ``lambda`` times the household support that it receives (the support itself is
part of the revenue); with ``measure="requirement"`` its revenue and its share of the operating
subsidy. Over an area these sum to the value, or the requirement, of the area; under one tariff for
the region they differ from it by what the area pays into the region's fund.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from optimizer.analysis.loyalty.coalitions.cost_game import (
    AreaGame,
    Measure,
    area_game,
    check_measure,
)
from optimizer.analysis.loyalty.coalitions.keeping import keep_everybody
from optimizer.analysis.loyalty.coalitions.leavers import (
    TOLERANCE,
    EveryCoalition,
    Search,
    leavers_table,
)
from optimizer.analysis.loyalty.coalitions.search import separator_of
from optimizer.analysis.loyalty.cost_shares import cost_shares
from optimizer.analysis.loyalty.stability_payments import departure_limits, payments
from optimizer.analysis.loyalty.stability_rows import area_row, tariff_rule, town_rows
from optimizer.analysis.loyalty.stability_text import screen, stability_card
from optimizer.errors import InfeasibleError
from optimizer.plan.area_names import area_name
from optimizer.plan.plan import Plan
from optimizer.tariffs.case import Case, case_of

__all__ = ["Stability", "stability"]

MOMENT = 0.1
"""Seconds for an area that is looked at after the time limit."""
SMALL = 8
"""Towns of an area of which every coalition is looked at whatever the time limit."""


@dataclass(frozen=True, eq=False)
class Stability:
    """Who would leave the service areas of a plan, and what would keep them; money per year.

    Attributes
    ----------
    title, currency, measure : str
        The plan's region, its money, and how cost is counted (``value`` or ``requirement``).
    areas : DataFrame
        Index ``service_area``: ``seat_name``, ``town_count``, ``pays_year``, ``alone_year`` (all
        towns by themselves, ``inf`` where one cannot), ``stable`` (missing where not proven),
        ``verdict``, ``leavers`` (names of the coalition that gains most), ``leavers_count``,
        ``leavers_gain_year``, ``epsilon_year`` (least core), ``core_empty``, ``lasting_rules``
        (rules of sharing that are in the core), ``departures_year`` (sum of absolute surcharges),
        ``stabilising_subsidy_year``, ``rebates_at_one_price_year`` (the subsidy if the tariff stays
        as it is), ``searched``, ``proven``.
    towns : DataFrame
        Index ``town``: ``name``, ``service_area``, ``cost_year`` (what it causes), ``pays_year``,
        ``alone_year``, ``gain_alone_year`` (positive: it would rather be by itself), ``leaves``
        (in the coalition that gains most), ``surcharge_year``, ``surcharge_share`` (of its prices),
        ``subsidy_year``, ``pays_then_year``, ``rebate_at_one_price_year``.
    leavers : DataFrame
        Index ``(service_area, place)``: the coalitions that would leave, the largest gain first;
        see :func:`optimizer.analysis.loyalty.coalitions.leavers.leavers_table`.
    shares : DataFrame
        Index ``(service_area, town)``: cost shares by rule.
    rules : DataFrame
        Index ``(service_area, rule)``: which shares are in the core; ``tariff`` is the plan's own.
    """

    title: str
    currency: str
    measure: Measure
    areas: pd.DataFrame
    towns: pd.DataFrame
    leavers: pd.DataFrame
    shares: pd.DataFrame
    rules: pd.DataFrame

    @property
    def stable(self) -> bool:
        """Whether it is proven that no subset of towns would leave any area."""
        return bool(self.areas["stable"].fillna(value=False).all())

    def __str__(self) -> str:
        """Return a summary of one screen."""
        return screen(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the verdict, and the areas that towns share."""
        return stability_card(self)


def stability(
    plan: Plan,
    *,
    measure: Measure = "value",
    orders: int = 400,
    seed: int = 0,
    seconds: float = 60.0,
    time_limit: float | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Stability:
    """Return who would leave a plan's service areas, fair shares, and what keeps everybody.

    Parameters
    ----------
    plan : Plan
        A computed or evaluated plan.
    measure : {"value", "requirement"}
        How the cost of a group is counted: as the plan's objective does, or without the weight
        of public money.
    orders : int
        Random orders for the Shapley value of areas with more than 16 towns.
    seed : int
        Seed of those orders.
    seconds : float
        Time for each area that is too large to go through all coalitions; what is not proven by
        then is said to be so.
    time_limit : float, optional
        Seconds for all areas together; those left then get a moment each, the largest last.
    on_progress : callable, optional
        Called with a line of words before every area.

    Returns
    -------
    Stability
        Exact up to 16 towns per area (11 where households are supported), where every coalition
        is looked at; beyond, coalitions are found by mixed-integer programmes, and ``proven``
        says whether their bounds exclude that one was missed.

    Raises
    ------
    InfeasibleError
        If the plan has no service areas.
    PolicyError
        If there is no such measure.

    Notes
    -----
    Sources: Young, Okada, Hashimoto 1982 (shares); Giglio, Wrightington 1972 (a grouping may have
    no sharing that keeps everybody in); Bachrach et al. 2009 (the smallest subsidy).

    Examples
    --------
    >>> import optimizer as op
    >>> found = stability(op.solve(op.read("instances/line")))
    >>> found.stable, found.areas["epsilon_year"].round().tolist()
    (True, [20000.0])
    >>> found.towns[["pays_year", "alone_year"]].iloc[0].tolist()
    [61200.0, 140000.0]
    """
    check_measure(measure)
    if plan.areas.empty:
        raise InfeasibleError("the plan has no service areas, so nobody can leave one")
    plan.instance.policy.refuse_response("stability")
    case = case_of(plan.instance)
    paid = payments(plan, measure)
    end = math.inf if time_limit is None else time.monotonic() + time_limit
    made: dict[str, _Area] = {}
    for at, label in enumerate(plan.areas["town_count"].sort_values(kind="stable").index, 1):
        if on_progress is not None:
            name = area_name(plan, label)
            on_progress(f"who would leave {name}: area {at} of {len(plan.areas)}")
        left = end - time.monotonic()
        made[label] = _area(
            plan,
            case,
            label,
            paid,
            measure=measure,
            orders=orders,
            seed=seed,
            seconds=min(seconds, max(left, MOMENT)),
            late=left <= 0,
        )
    parts = [made[label] for label in plan.areas.index]
    return Stability(
        title=plan.instance.title,
        currency=f"{plan.instance.currency} of {plan.instance.price_year}",
        measure=measure,
        areas=pd.DataFrame([p.row for p in parts], index=plan.areas.index).astype(
            {"stable": "boolean", "core_empty": "boolean"}
        ),
        towns=pd.concat([p.towns for p in parts]).loc[plan.towns.index],
        leavers=_stacked(parts, "leavers"),
        shares=_stacked(parts, "shares"),
        rules=_stacked(parts, "rules").astype({"in_core": "boolean"}),
    )


@dataclass(frozen=True, eq=False)
class _Area:
    label: str
    row: dict[str, object]
    towns: pd.DataFrame
    leavers: pd.DataFrame
    shares: pd.DataFrame
    rules: pd.DataFrame


def _stacked(parts: list[_Area], which: str) -> pd.DataFrame:
    tables = {
        p.label: {"leavers": p.leavers, "shares": p.shares, "rules": p.rules}[which] for p in parts
    }
    if which == "leavers" and all(table.empty for table in tables.values()):
        return next(iter(tables.values())).set_index(
            pd.MultiIndex.from_arrays([[], []], names=["service_area", "place"])
        )
    kept = {label: table for label, table in tables.items() if not table.empty}
    stacked = pd.concat(kept)
    return stacked.rename_axis(["service_area", stacked.index.names[1] or "place"])


def _area(
    plan: Plan,
    case: Case,
    label: str,
    paid: pd.Series[float],
    *,
    measure: Measure,
    orders: int,
    seed: int,
    seconds: float,
    late: bool,
) -> _Area:
    """Return everything about one service area."""
    towns = plan.towns[plan.towns["service_area"] == label]
    pays = paid.loc[towns.index]
    game = area_game(case, towns.index, float(pays.sum()), measure=measure)
    table = game.tabulated() if game.enumerable and not (late and len(towns) > SMALL) else None
    search: Search = (
        EveryCoalition(table) if table is not None else separator_of(game, seconds=seconds)
    )
    found = search.most_gaining(pays)
    leavers = leavers_table(game, pays, [*found.coalitions, frozenset(game.players)])
    leavers.index = pd.RangeIndex(1, len(leavers) + 1, name="place")
    kept = _kept(plan, game, search, pays, nobody=leavers.empty)
    shared = cost_shares(
        game,
        search,
        table if table is not None else game,
        connections=towns["connections"],
        volume=_volume(case, towns.index),
        orders=orders,
        seed=seed,
    )
    proven = found.proven(TOLERANCE * game.total_year) and bool(kept["proven"].all())
    row = area_row(game, leavers, shared, kept, names=towns["name"]) | {
        "searched": "all coalitions" if table is not None else "row generation",
        "proven": proven,
    }
    if not proven and leavers.empty:
        row["stable"] = pd.NA
    tariff = tariff_rule(leavers, found.best)
    best = set(str(leavers["towns"].iloc[0]).split(", ")) if len(leavers) else set()
    return _Area(
        label,
        {"seat_name": area_name(plan, label)} | row,
        town_rows(game, towns, pays, kept, best),
        leavers,
        shared.shares,
        pd.concat([tariff, shared.rules]),
    )


def _volume(case: Case, towns: pd.Index) -> pd.Series[float]:
    """Return the water billed in each town, m3 per month."""
    classes = case.classes
    total = classes.total_per_town(classes.connections * classes.consumption_m3_month, case.towns)
    return pd.Series(total, index=list(case.reach.towns)).loc[list(towns)]


def _kept(
    plan: Plan, game: AreaGame, search: Search, pays: pd.Series[float], *, nobody: bool
) -> pd.DataFrame:
    """Return surcharges and subsidies that keep everybody, by town; zeros where nobody leaves."""
    revenue = plan.towns["revenue_year"].loc[pays.index]
    none = pays * 0.0
    if nobody:
        columns = ("surcharge_year", "subsidy_year", "rebate_at_one_price_year")
        still = pd.DataFrame(dict.fromkeys(columns, none))
        return still.assign(revenue_year=revenue, proven=True)
    limits = departure_limits(plan, pays.index)
    flexible = keep_everybody(
        game, search, pays, lowest=limits["lowest_year"], highest=limits["highest_year"]
    )
    as_set = keep_everybody(game, search, pays, lowest=none, highest=none)
    return pd.DataFrame(
        {
            "surcharge_year": flexible.surcharge_year,
            "subsidy_year": flexible.subsidy_year,
            "rebate_at_one_price_year": as_set.subsidy_year,
            "revenue_year": revenue,
            "proven": flexible.proven and as_set.proven,
        }
    )
