"""The least public money that a tariff of their own leaves to some towns of an area.

Bills are linear in the prices, so the bill of each customer class per unit of a price is what the
audit's own bill is where that price is 1 and the others are 0: discounts that end, least
consumption, customers without a meter and sewerage come with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog

from optimizer.arrays import Floats
from optimizer.audit.facts import Facts
from optimizer.audit.money.bills import water_and_sewer_bills
from optimizer.audit.money.category_prices import filled, multiples_of, schedule_rows
from optimizer.audit.money.layout import layout_of
from optimizer.audit.money.support import supported_m3
from optimizer.instance.schema.fields import Tariff

__all__ = ["CoalitionTariff", "bill_weights", "coalition_tariff", "shape_rows"]

_INFEASIBLE = 2
_Rows = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class CoalitionTariff:
    """The customers of an area and what each price would bill them.

    Attributes
    ----------
    facts : Facts
        The plan and its instance.
    classes : DataFrame
        Customer classes of the area's towns.
    weight, domestic, supported : arrays of shape (classes, prices)
        Bill of each class per unit of each price, the same under the domestic schedule, and the
        bill of the supported volume of those who may get support; money per month.
    """

    facts: Facts
    classes: pd.DataFrame
    weight: Floats
    domestic: Floats
    supported: Floats

    def public_money_year(self, towns: list[str], requirement_year: float) -> float:
        """Return the least subsidy and support of some towns; ``inf`` where none is allowed.

        ``nan`` where the programme was not settled.

        One programme over prices p, subsidy s and support h of each protected class:
        ``min s + sum 12 n h`` with ``revenue(p) + s >= requirement``, ``bill(p) - h <= alpha I``,
        ``h <= sigma bill(p)`` of the supported volume (n without those missed, with others who get
        it), the limits on the shape of a tariff, participation and
        ``solidarity(p) + s >= 0``.

        Parameters
        ----------
        towns : list of str
            Towns of the area.
        requirement_year : float
            What tariff and subsidy must bring, above 0; money per year.
        """
        programme = _Programme(self, towns, requirement_year)
        rows, limits = programme.rows()
        found = linprog(programme.cost(), rows, limits, bounds=programme.bounds())
        if found.status != 0 or found.fun is None:
            return np.inf if found.status == _INFEASIBLE else np.nan
        return float(found.fun) * requirement_year


@dataclass(frozen=True, eq=False)
class _Programme:
    """``min cost @ v : rows @ v <= limits``; columns are prices, the subsidy, support by class.

    Subsidy and cost are in units of the requirement.
    """

    tariff: CoalitionTariff
    towns: list[str]
    requirement_year: float

    @cached_property
    def mine(self) -> npt.NDArray[np.int64]:
        """Which classes of the area are customers of the towns."""
        return np.flatnonzero(self.tariff.classes["town"].isin(self.towns).to_numpy())

    @cached_property
    def classes(self) -> pd.DataFrame:
        """Those customer classes."""
        return self.tariff.classes.iloc[self.mine]

    @cached_property
    def guarded(self) -> npt.NDArray[np.int64]:
        """Which of them are protected."""
        return np.flatnonzero(self.classes["protected"].to_numpy(dtype=bool))

    @property
    def schedules(self) -> int:
        """Number of schedules that there are prices of."""
        by_town = self.tariff.facts.instance.policy.own_schedules
        return len(self.towns) if by_town else 1

    @property
    def prices(self) -> int:
        """Number of price columns."""
        return self.schedules * int(self.tariff.weight.shape[1])

    def wide(self, weight: Floats) -> Floats:
        """Return money of each class per unit of each price column."""
        width = weight.shape[1]
        place = {town: k * width for k, town in enumerate(self.towns)}
        start = self.classes["town"].map(place).to_numpy(dtype=int)
        start = start if self.schedules > 1 else np.zeros_like(start)
        found = np.zeros((len(start), self.prices))
        for b in range(width):
            found[np.arange(len(start)), start + b] = weight[self.mine, b]
        return found

    @cached_property
    def bills(self) -> Floats:
        """Bills per unit of each price column."""
        return self.wide(self.tariff.weight)

    @cached_property
    def revenue(self) -> Floats:
        """Money that comes in from each class per year and unit of each price column."""
        rate = self.tariff.facts.data["collection_rate"].reindex(self.classes["town"])
        count = self.classes["connections"].to_numpy(dtype=float)
        return np.asarray(12.0 * (rate.to_numpy(dtype=float) * count)[:, None] * self.bills)

    def cost(self) -> Floats:
        """Return public money per unit of each column."""
        paid = _paid_for(self.tariff.facts, self.classes)[self.guarded]
        support = 12.0 * paid / self.requirement_year
        return np.concatenate([np.zeros(self.prices), [1.0], support])

    def bounds(self) -> list[tuple[float, float | None]]:
        """Return least and most of each column."""
        allowed = self.tariff.facts.instance.policy.operating_subsidy
        columns: list[tuple[float, float | None]] = [(0.0, None)] * self.prices
        columns.append((0.0, None if allowed else 0.0))
        return columns + [(0.0, None)] * len(self.guarded)

    def rows(self) -> _Rows:
        """Return all rows and limits."""
        parts = [self._cover_cost(), self._affordable_bill(), self._household_support()]
        parts += [self._shape(), self._participation(), self._solidarity_balance()]
        parts.append(self._spread())
        return np.vstack([row for row, _ in parts]), np.concatenate([most for _, most in parts])

    def _row(self, prices: Floats, subsidy: float, limits: Floats) -> _Rows:
        """Return rows on prices and subsidy only."""
        rows = np.atleast_2d(prices)
        money = np.full((len(rows), 1), subsidy)
        return np.hstack([rows, money, np.zeros((len(rows), len(self.guarded)))]), limits

    def _cover_cost(self) -> _Rows:
        need = self.requirement_year
        return self._row(-self.revenue.sum(axis=0), -need, np.array([-need]))

    def _affordable_bill(self) -> _Rows:
        own = self.classes.iloc[self.guarded]
        limit = (own["affordable_share"] * own["income_month"]).to_numpy(dtype=float)
        none = np.zeros((len(limit), 1))
        return np.hstack([self.bills[self.guarded], none, -np.eye(len(limit))]), limit

    def _household_support(self) -> _Rows:
        share = self.tariff.facts.instance.policy.household_support_share
        none = np.zeros((len(self.guarded), 1))
        helped = self.wide(self.tariff.supported)[self.guarded]
        rows = [-share * helped, none, np.eye(len(self.guarded))]
        return np.hstack(rows), np.zeros(len(self.guarded))

    def _shape(self) -> _Rows:
        facts = self.tariff.facts
        one = shape_rows(facts.instance.tariff, sewer=bool(facts.classes["sewer"].any()))
        rows: Floats = np.asarray(np.kron(np.eye(self.schedules), one), dtype=np.float64)
        return self._row(rows, 0.0, np.zeros(len(rows)))

    def _spread(self) -> _Rows:
        """Return that no price is more than its factor times the same price in another town."""
        policy, width = self.tariff.facts.instance.policy, int(self.tariff.weight.shape[1])
        rows = np.zeros((0, self.prices))
        if policy.tariff_scope == "service_area" and self.schedules > 1:
            unit = np.eye(self.prices)
            rows = np.array(
                [
                    unit[a * width + b] - policy.tariff_spread_most * unit[c * width + b]
                    for a in range(self.schedules)
                    for c in range(self.schedules)
                    for b in range(width)
                    if a != c
                ]
            )
        return self._row(rows, 0.0, np.zeros(len(rows)))

    def _participation(self) -> _Rows:
        facts, kept = self.tariff.facts, np.zeros((0, self.prices))
        if not facts.instance.policy.participation:
            return self._row(kept, 0.0, np.zeros(0))
        alone = facts.towns["alone_requirement_year"].reindex(self.towns)
        able = alone[np.isfinite(alone.to_numpy(dtype=float))]
        towns = self.classes["town"].to_numpy()
        for town in able.index:
            kept = np.vstack([kept, self.revenue[towns == town].sum(axis=0)])
        return self._row(kept, 0.0, able.to_numpy(dtype=float))

    def _solidarity_balance(self) -> _Rows:
        if not self.tariff.facts.instance.policy.solidarity_balance:
            return self._row(np.zeros((0, self.prices)), 0.0, np.zeros(0))
        beyond = self.wide(self.tariff.weight - self.tariff.domestic)
        count = self.classes["connections"].to_numpy(dtype=float)
        return self._row(-12.0 * count @ beyond, -self.requirement_year, np.zeros(1))


def coalition_tariff(facts: Facts, towns: list[str]) -> CoalitionTariff:
    """Return bills and limits of the customers of some towns.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    towns : list of str
        Towns of one area.
    """
    sewer = bool(facts.classes["sewer"].any())
    classes = facts.classes[facts.classes["town"].isin(towns)].reset_index(drop=True)
    tariff = facts.instance.tariff
    domestic = bill_weights(classes.assign(category="domestic"), tariff, sewer=sewer)
    supported = bill_weights(supported_m3(facts, classes), tariff, sewer=sewer)
    supported[~classes["eligible"].to_numpy(dtype=bool)] = 0.0
    weight = bill_weights(classes, tariff, sewer=sewer)
    return CoalitionTariff(facts, classes, weight, domestic, supported)


def _paid_for(facts: Facts, classes: pd.DataFrame) -> Floats:
    """Return the connections that get each unit of support: not missed, or by error."""
    policy = facts.instance.policy
    eligible = classes["eligible"].to_numpy(dtype=bool)
    count = classes["connections"].to_numpy(dtype=float)
    town, home = classes["town"], classes["household"].to_numpy(dtype=bool)
    due = pd.Series(count * eligible).groupby(town.to_numpy()).sum()
    other = pd.Series(count * (home & ~eligible)).groupby(town.to_numpy()).sum()
    per_due = (other / due.where(due > 0)).reindex(town).fillna(0.0).to_numpy(dtype=float)
    right = count * (1.0 - policy.household_support_missed_share)
    wrong = count * policy.household_support_leak_share * per_due
    return np.where(eligible, right + wrong, count)


def bill_weights(classes: pd.DataFrame, tariff: Tariff, *, sewer: bool) -> Floats:
    """Return each class's bill per unit of each domestic price, or of the level of a shape.

    Parameters
    ----------
    classes : DataFrame
        Customer classes, as in :class:`~optimizer.audit.facts.Facts`.
    tariff : Tariff
        Rules of the schedule.
    sewer : bool
        Whether any customer of the instance has sewerage.

    Returns
    -------
    array of shape (classes, prices)
        Money per month. Prices are the fixed charge, the blocks and, where sewer prices are to be
        found, the sewer fixed charge and the sewer price, then those of categories with prices of
        their own; or the level alone.
    """
    layout = layout_of(tariff, sewer=sewer)
    keys = layout[["category", "component"]].assign(town="")[["town", "category", "component"]]
    index = pd.MultiIndex.from_frame(keys)
    everywhere = classes.assign(town="")
    if tariff.shape is not None:
        units = [pd.Series(layout["shape"].to_numpy(dtype=float), index=index)]
    else:
        own = layout["factor"].to_numpy(dtype=float)
        domestic = layout[(layout["category"] == "domestic") & (layout["position"] >= 0)]
        units = [
            pd.Series(np.where(layout["base"] == name, own, 0.0), index=index)
            for name in domestic["component"]
        ]
        priced = layout["category"].isin([one.name for one in multiples_of(tariff)])
        priced &= (layout["position"] >= 0) & (layout["service"] == "water")
        units += [
            pd.Series(np.where(np.arange(len(layout)) == at, 1.0, 0.0), index=index)
            for at in np.flatnonzero(priced)
        ]
    both = [water_and_sewer_bills(everywhere, prices, tariff) for prices in units]
    return np.column_stack([water + drained for water, drained in both])


def shape_rows(tariff: Tariff, *, sewer: bool) -> Floats:
    """Return the rows ``row @ p <= 0`` of one schedule's free prices."""
    if tariff.shape is not None:
        return np.zeros((0, 1))
    width, use = len(tariff.blocks_m3) + 2, tariff.reference_m3_month
    lead = width + (2 if sewer and tariff.sewer_share_of_water_bill is None else 0)
    others = multiples_of(tariff)
    whole = lead + sum(len(own.limits) + 2 for own in others)
    water = filled(tariff.blocks_m3, use)
    rows = [_placed(whole, {0: row}) for row in schedule_rows(tariff, tariff.blocks_m3, use)]
    if lead > width:
        share = tariff.fixed_charge_share
        rows.append(_placed(whole, {width: np.array([1.0 - share, -share * use])}))
        least = -tariff.sewer_most_share * water
        rows.append(_placed(whole, {0: least, width: np.array([1.0, use])}))
    start = lead
    for own in others:
        mean, domestic = filled(own.limits, own.use) / own.use, water / use
        rows += [_placed(whole, {start: r}) for r in schedule_rows(tariff, own.limits, own.use)]
        rows.append(_placed(whole, {0: own.least * domestic, start: -mean}))
        rows.append(_placed(whole, {0: -own.most * domestic, start: mean}))
        start += len(mean)
    return np.array(rows)


def _placed(width: int, parts: Mapping[int, Floats]) -> Floats:
    """Return a row of zeros with some parts in their places."""
    row = np.zeros(width)
    for start, part in parts.items():
        row[start : start + len(part)] = part
    return row
