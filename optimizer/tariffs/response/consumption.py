"""Consumption that follows the price: what is used at a schedule, and what the schedule brings.

Customers answer to the average price that they pay, their bill over their use: few know the price
of their block (K. Ito, Do consumers respond to marginal or average price?, American Economic
Review 104, 2014). Use moves along a curve of constant elasticity through today's use and price,
and no further than a largest change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.customers import CustomerClasses
from optimizer.instance.schema.demand_fields import Demand
from optimizer.instance.schema.fields import Tariff
from optimizer.tariffs.price_space import PriceSpace, price_space
from optimizer.tariffs.response.rising_root import rising_root

__all__ = [
    "DemandCurve",
    "affordable_level",
    "bills_at",
    "consumption_that_results",
    "demand_curve",
]


@dataclass(frozen=True, eq=False)
class DemandCurve:
    """How each customer class answers to its average price; arrays of shape (classes,).

    Attributes
    ----------
    tariff : Tariff
        Rules of the schedule.
    classes : CustomerClasses
        With the consumption of today.
    elasticity : array
        0 for classes that do not respond: without a meter, or where today's bill is not known.
    price_today_m3 : array
        Average price today, money per m3; 1 where it does not matter.
    change_most : float
        Largest share by which consumption changes.
    """

    tariff: Tariff
    classes: CustomerClasses
    elasticity: Floats
    price_today_m3: Floats
    change_most: float

    @property
    def least_m3(self) -> Floats:
        """Least consumption of each class, m3/month."""
        change = np.where(self.elasticity < 0, self.change_most, 0.0)
        return self.classes.consumption_m3_month * (1.0 - change)

    @property
    def most_m3(self) -> Floats:
        """Largest consumption of each class, m3/month."""
        change = np.where(self.elasticity < 0, self.change_most, 0.0)
        return self.classes.consumption_m3_month * (1.0 + change)

    def at_price(self, price_m3: Floats) -> Floats:
        """Return the consumption of each class at an average price, m3/month.

        Formula: ``q = q_0 min(1 + c, max(1 - c, (a / a_0)^e))`` with today's consumption q_0 and
        average price a_0, elasticity e and largest change c. Source: constant elasticity, -0.1 to
        -0.4 in most studies (A. Worthington and M. Hoffman, Journal of Economic Surveys 22, 2008).
        """
        with np.errstate(divide="ignore", over="ignore"):
            factor = np.where(
                self.elasticity < 0, (price_m3 / self.price_today_m3) ** self.elasticity, 1.0
            )
        change = self.change_most
        bounded = np.clip(factor, 1.0 - change, 1.0 + change)
        return np.asarray(self.classes.consumption_m3_month * bounded, dtype=np.float64)


def demand_curve(
    tariff: Tariff,
    demand: Demand,
    classes: CustomerClasses,
    *,
    bill: Floats,
    shape: Floats,
    bill_today_month: Floats,
) -> DemandCurve:
    """Return how the customer classes of an instance answer to prices.

    Today's schedule is taken to have the given shape, at the level that gives the mean household
    bill of each town: ``a_0 = level_i bill_k(q_0) / q_0``.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    demand : Demand
        Its largest change.
    classes : CustomerClasses
        With their elasticities and the consumption of today.
    bill : array of shape (classes, components)
        Today's bills per unit of each price component.
    shape : array of shape (components,)
        Shape of today's schedule.
    bill_today_month : array of shape (towns,)
        Mean household bill today, money per month; ``nan`` where it is not known.

    Examples
    --------
    A bill of 8.50 for 10 m3 in Alba, none known in Brisa:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> case = case_of(pair)
    >>> curve = demand_curve(
    ...     pair.tariff,
    ...     pair.demand,
    ...     case.classes,
    ...     bill=case.space.bill,
    ...     shape=np.array([1.0, 0.5, 0.5]),
    ...     bill_today_month=np.array([8.5, np.nan]),
    ... )
    >>> curve.elasticity.tolist(), curve.price_today_m3.round(9).tolist()
    ([-0.2, 0.0], [0.85, 1.0])
    """
    towns = len(bill_today_month)
    unit = bill @ shape
    weight = np.where(classes.household, classes.connections, 0.0)
    mean = classes.total_per_town(weight * unit, towns) / np.maximum(
        classes.total_per_town(weight, towns), 1e-300
    )
    level = (bill_today_month / np.where(mean > 0, mean, np.nan))[classes.town]
    use = classes.consumption_m3_month
    price = level * unit / np.where(use > 0, use, np.nan)
    known = np.isfinite(price) & (price > 0)
    return DemandCurve(
        tariff=tariff,
        classes=classes,
        elasticity=np.where(known, classes.price_elasticity, 0.0),
        price_today_m3=np.where(known, price, 1.0),
        change_most=demand.change_most,
    )


def consumption_that_results(curve: DemandCurve, prices: Floats) -> Floats:
    """Return the consumption of each class under given prices, m3/month.

    The average price depends on the consumption: fixed charge and blocks are spread over it. The
    consumption that results is the fixed point ``q = f(bill(q) / q)``. It is unique: where bills
    rise with use, with a share ``eta >= 0`` of the average price, ``log q - log f`` has a slope of
    at least ``1 + e (1 - eta) >= 1 + e > 0``. It is found between two consumptions that hold it, by
    the secant of Illinois (Dowell, Jarratt 1971).

    Parameters
    ----------
    curve : DemandCurve
        How the classes answer.
    prices : array of shape (classes, components)
        Prices that each class pays.

    Returns
    -------
    array of shape (classes,)

    Examples
    --------
    The price per m3 doubles from 0.50, and ``2 ** -0.2`` of 10 m3 are used:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> case = case_of(pair.replace(
    ...     tariff=pair.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0)}),
    ...     demand=op.Demand(bill_today_month=5.0),
    ...     policy=pair.policy.replace(demand_response=True)))
    >>> consumption_that_results(case.response.curve, np.array([[1.0], [1.0]])).round(4).tolist()
    [8.7055, 8.7055]
    """
    result = curve.classes.consumption_m3_month.copy()
    mine = np.flatnonzero((curve.elasticity < 0) & (result > 0) & (curve.change_most > 0))
    if not len(mine):
        return result
    own, paid = _of(curve, mine), prices[mine]
    low, high = np.log(own.least_m3), np.log(own.most_m3)
    result[mine] = np.exp(rising_root(lambda use: _excess(own, paid, use), low, high))
    return result


def _excess(curve: DemandCurve, prices: Floats, log_use: Floats) -> Floats:
    """Return ``log q - log f(bill(q) / q)`` of each class; it rises with q."""
    use = np.exp(log_use)
    bill = bills_at(curve, use, prices)
    return np.asarray(log_use - np.log(curve.at_price(bill / use)), dtype=np.float64)


def bills_at(curve: DemandCurve, use: Floats, prices: Floats) -> Floats:
    """Return the bill of each class at a use and prices of its own, money per month."""
    classes = replace(curve.classes, consumption_m3_month=use)
    space: PriceSpace = price_space(curve.tariff, classes)
    return np.asarray((space.bill * prices).sum(axis=1), dtype=np.float64)


def _of(curve: DemandCurve, rows: Ints) -> DemandCurve:
    """Return the curve of some classes."""
    whole = curve.classes
    classes = CustomerClasses(
        town=whole.town[rows],
        label=tuple(whole.label[k] for k in rows),
        category=tuple(whole.category[k] for k in rows),
        household=whole.household[rows],
        protected=whole.protected[rows],
        eligible=whole.eligible[rows],
        unmetered=whole.unmetered[rows],
        sewer=whole.sewer[rows],
        connections=whole.connections[rows],
        consumption_m3_month=whole.consumption_m3_month[rows],
        income_month=whole.income_month[rows],
        affordable_share=whole.affordable_share[rows],
        price_elasticity=whole.price_elasticity[rows],
    )
    return DemandCurve(
        curve.tariff,
        classes,
        curve.elasticity[rows],
        curve.price_today_m3[rows],
        curve.change_most,
    )


def affordable_level(curve: DemandCurve, shape: Floats, towns: int) -> Floats:
    """Return the largest level of a shape at which every protected class can pay its bill.

    At the limit the bill is ``L = alpha I``, so the consumption is known before the price:
    ``q = (q_0 (L / a_0)^e)^(1 / (1 + e))`` within the largest change, and the level is
    ``L / bill(q)`` of the shape. Bills rise with the level, because ``e > -1``.

    Parameters
    ----------
    curve : DemandCurve
        How the classes answer.
    shape : array of shape (components,)
        Fixed charge and block prices, or 1 for a given shape.
    towns : int
        Number of towns.

    Returns
    -------
    array of shape (towns,)
        ``inf`` where no protected class has a bill.

    Examples
    --------
    At 3 % of 1,000 a household pays 30; there use is at its least, 7 of 10 m3:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> case = case_of(pair.replace(
    ...     tariff=pair.tariff.model_copy(update={"shape": (0.0, 1.0, 1.0)}),
    ...     demand=op.Demand(bill_today_month=5.0),
    ...     policy=pair.policy.replace(demand_response=True)))
    >>> affordable_level(case.response.curve, np.ones(1), 2).round(4).tolist()
    [4.2857, 4.2857]
    """
    classes, e = curve.classes, curve.elasticity
    limit = np.where(classes.protected, classes.affordable_month, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        use = (classes.consumption_m3_month * (limit / curve.price_today_m3) ** e) ** (1 / (1 + e))
        use = np.clip(use, curve.least_m3, curve.most_m3)
        use = np.where(e < 0, use, classes.consumption_m3_month)
        use = np.where(np.isfinite(use), use, classes.consumption_m3_month)
        own = limit / bills_at(curve, use, np.tile(shape, (len(use), 1)))
    level = np.full(towns, np.inf)
    np.minimum.at(level, classes.town, np.where(np.isnan(own), np.inf, own))
    return level
