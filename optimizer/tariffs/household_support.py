"""Household support: the most that a household may get, and what a unit of it costs the public."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.customers import CustomerClasses
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.schema.policy import Policy
from optimizer.tariffs.price_space import price_space

__all__ = ["HouseholdSupport", "household_support", "leaked", "paid_connections"]


@dataclass(frozen=True, eq=False)
class HouseholdSupport:
    """Household support of every customer class of an instance.

    Attributes
    ----------
    most : array of shape (classes, components)
        Most support per connection and month, per unit of each price component; 0 where the class
        is not eligible.
    connections : array of shape (classes,)
        Connections for which the public pays, for each unit of support of the class.
    """

    most: Floats
    connections: Floats

    def year(self, support_month: Floats) -> Floats:
        """Return ``12 sum h paid connections`` of each class, money per year.

        Leaked support is counted with the eligible class that it follows.
        """
        return 12.0 * self.connections * support_month


def household_support(
    tariff: Tariff, policy: Policy, classes: CustomerClasses, bill: Floats
) -> HouseholdSupport:
    """Return the household support that a policy gives to customer classes.

    Formula: ``most_k = sigma bill_k(min(q_k, v))`` for eligible classes, v the largest supported
    volume. A household without a meter is billed the same whatever it uses, so all of its charge
    counts. Source: Chile, Law 18,778: 25-85 % of the bill of up to 13-15 m3.

    Parameters
    ----------
    tariff : Tariff
        Rules of the schedule.
    policy : Policy
        Its share, volume and targeting errors.
    classes : CustomerClasses
        Who is eligible and how much each class uses.
    bill : array of shape (classes, components)
        The whole bill of each class per unit of each price component.

    Examples
    --------
    Support of half the bill of the first 10 m3, of a fixed charge and two blocks:

    >>> import optimizer as op
    >>> from optimizer.tariffs.case import case_of
    >>> pair = op.read("instances/pair")
    >>> half = pair.policy.replace(household_support_share=0.5, household_support_m3_month=10)
    >>> case_of(pair.replace(policy=half)).support.most[0].tolist()
    [0.5, 5.0, 0.0]
    """
    volume = policy.household_support_m3_month
    if volume is not None:
        use = np.minimum(classes.consumption_m3_month, volume)
        bill = price_space(tariff, replace(classes, consumption_m3_month=use)).bill
    share = np.where(classes.eligible, policy.household_support_share, 0.0)
    paid = paid_connections(
        classes.town,
        classes.connections,
        classes.eligible,
        classes.household,
        policy=policy,
    )
    return HouseholdSupport(share[:, None] * bill, paid)


def paid_connections(
    town: Ints, connections: Floats, eligible: Bools, household: Bools, *, policy: Policy
) -> Floats:
    """Return the connections for which the public pays, for each unit of support of a class.

    Formula: ``n_k [(1 - missed) + leak (other households of i) / (eligible households of i)]`` for
    a class k of town i; ``n_k`` where the class is not eligible, which gets none.

    In words: those who are missed cost nothing; a share of the town's other households get what an
    eligible one is due on average. Source: targeting errors of exclusion and inclusion (Komives,
    Foster, Halpern, Wodon: Water, Electricity, and the Poor, World Bank 2005).

    Parameters
    ----------
    town : int array of shape (k,)
        Position of each class's town.
    connections : array of shape (k,)
        Connections of each class.
    eligible, household : bool arrays of shape (k,)
        Whether the class is eligible, and whether it is a household group at all.
    policy : Policy
        Its targeting errors.

    Examples
    --------
    100 eligible and 300 other households; a fifth is missed, a tenth of the others gets it too:

    >>> errors = dict(household_support_missed_share=0.2, household_support_leak_share=0.1)
    >>> paid = paid_connections(
    ...     np.array([0, 0]),
    ...     np.array([100.0, 300.0]),
    ...     np.array([True, False]),
    ...     np.array([True, True]),
    ...     policy=Policy(**errors),
    ... )
    >>> paid.round(9).tolist()
    [110.0, 300.0]
    """
    due = _in_town(town, np.where(eligible, connections, 0.0))
    other = _in_town(town, np.where(household & ~eligible, connections, 0.0))
    ratio = np.where(due > 0, other / np.maximum(due, 1e-300), 0.0)
    right = 1.0 - policy.household_support_missed_share
    received = right + policy.household_support_leak_share * ratio
    return np.where(eligible, connections * received, connections)


def leaked(
    town: Ints, connections: Floats, eligible: Bools, household: Bools, *, support_month: Floats
) -> Floats:
    """Return what an eligible household of the town is due on average, money per month.

    Formula: ``sum_g n_g h_g / sum_g n_g`` over the eligible classes of the town; 0 for classes
    that are eligible themselves or no households.
    """
    due = _in_town(town, np.where(eligible, connections, 0.0))
    paid = _in_town(town, np.where(eligible, connections * support_month, 0.0))
    return np.where(household & ~eligible & (due > 0), paid / np.maximum(due, 1e-300), 0.0)


def _in_town(town: Ints, values: Floats) -> Floats:
    """Return the sum of the values over each class's town, one per class."""
    return np.asarray(np.bincount(town, weights=values)[town], dtype=np.float64)
