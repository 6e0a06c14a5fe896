"""Who buys how much: customer classes of every town and the part of their use in each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.arrays import Bools, Floats, Ints
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.tariff_fields import SEWER, UNMETERED

__all__ = ["CustomerClasses", "affordable_shares", "block_volumes", "customer_classes"]


def block_volumes(consumption_m3_month: Floats, blocks_m3: tuple[float, ...]) -> Floats:
    """Return the part of each consumption that falls in each block.

    Formula: ``v_b(q) = min(q, L_b) - min(q, L_{b-1})`` with ``L_0 = 0`` and an open last block.

    Parameters
    ----------
    consumption_m3_month : array of shape (n,)
        Consumption in m3/month.
    blocks_m3 : tuple of float
        Upper limits of all blocks but the last, m3/month, increasing.

    Returns
    -------
    array of shape (n, len(blocks_m3) + 1)
        m3/month in each block; rows sum to the consumption.

    Examples
    --------
    >>> block_volumes(np.array([15.0, 25.0]), (8.0, 20.0)).tolist()
    [[8.0, 7.0, 0.0], [8.0, 12.0, 5.0]]
    """
    limits = np.array([0.0, *blocks_m3, np.inf])
    filled = np.minimum(consumption_m3_month[:, None], limits[None, :])
    return np.diff(filled, axis=1)


@dataclass(frozen=True, eq=False)
class CustomerClasses:
    """All household groups and non-household categories of all towns, as parallel arrays.

    A group of which a share has no meter is two classes: with and without one; likewise with and
    without sewerage.

    Attributes
    ----------
    town : int array of shape (k,)
        Position of the town in ``instance.towns``.
    label : tuple of str
        Household group or category name; ``q1, unmetered`` for the part without a meter,
        ``q1, sewer`` for the part with sewerage.
    category : tuple of str
        Tariff category.
    household : bool array of shape (k,)
        Whether the class is a household group.
    protected : bool array of shape (k,)
        Whether the class's bill must be affordable.
    eligible : bool array of shape (k,)
        Whether the class may get household support; never where the policy gives none.
    unmetered : bool array of shape (k,)
        Whether the class has no meter, so that its bill does not depend on its use.
    sewer : bool array of shape (k,)
        Whether the class has sewerage besides water.
    connections, consumption_m3_month, income_month : float arrays of shape (k,)
        Size, use per connection, household income (``nan`` for non-households).
    affordable_share : float array of shape (k,)
        Largest share of income that the bill of a protected class may take.
    price_elasticity : float array of shape (k,)
        Per cent by which use changes when the average price rises by 1 %; 0 without a meter.
    """

    town: Ints
    label: tuple[str, ...]
    category: tuple[str, ...]
    household: Bools
    protected: Bools
    eligible: Bools
    unmetered: Bools
    sewer: Bools
    connections: Floats
    consumption_m3_month: Floats
    income_month: Floats
    affordable_share: Floats
    price_elasticity: Floats

    def total_per_town(self, values: Floats, towns: int) -> Floats:
        """Return the sum of ``values`` (one per class) in each of ``towns`` towns."""
        return np.bincount(self.town, weights=values, minlength=towns).astype(np.float64)

    @property
    def affordable_month(self) -> Floats:
        """Largest affordable bill of each class, money per month (``nan`` for non-households)."""
        return self.affordable_share * self.income_month


def affordable_shares(policy: Policy, sewer: Bools) -> Floats:
    """Return the largest affordable share of income of customers with and without sewerage.

    Formula: ``affordable_share`` for water alone, ``max(affordable_share,
    affordable_share_both)`` for both services. Source: 3 % and 5 % are usual.

    Examples
    --------
    >>> affordable_shares(Policy(), np.array([False, True])).tolist()
    [0.03, 0.05]
    """
    both = max(policy.affordable_share, policy.affordable_share_both)
    return np.where(sewer, both, policy.affordable_share)


def customer_classes(instance: Instance) -> CustomerClasses:
    """Return the customer classes of an instance, households first.

    The protected classes are the household groups named in ``policy.protected_groups``, all of
    them where that list is empty. Eligible are the protected ones that are named in
    ``policy.household_support_groups``, or all of them, where ``household_support_share`` is not 0.
    """
    position = {town: k for k, town in enumerate(instance.towns.index)}
    rows = _parted(_rows(instance), "sewer", "sewer_share", SEWER)
    rows = _parted(rows, "unmetered", "unmetered_share", UNMETERED)
    sewer = rows["sewer"].to_numpy(dtype=bool)
    return CustomerClasses(
        town=np.array([position[t] for t in rows["town"]], dtype=np.int64),
        label=tuple(rows["label"].astype(str)),
        category=tuple(rows["category"].astype(str)),
        household=rows["household"].to_numpy(dtype=bool),
        protected=rows["protected"].to_numpy(dtype=bool),
        eligible=rows["eligible"].to_numpy(dtype=bool),
        unmetered=rows["unmetered"].to_numpy(dtype=bool),
        sewer=sewer,
        connections=rows["connections"].to_numpy(dtype=np.float64),
        consumption_m3_month=rows["consumption_m3_month"].to_numpy(dtype=np.float64),
        income_month=rows["income_month"].to_numpy(dtype=np.float64),
        affordable_share=affordable_shares(instance.policy, sewer),
        price_elasticity=_elasticity(instance, rows),
    )


def _elasticity(instance: Instance, rows: pd.DataFrame) -> Floats:
    """Return the elasticity of each class: its own or that of ``[demand]``, 0 without a meter."""
    own = rows["price_elasticity"].astype(float).fillna(instance.demand.price_elasticity)
    metered = ~rows["unmetered"].to_numpy(dtype=bool)
    return np.where(metered, own.to_numpy(dtype=np.float64), 0.0)


def _rows(instance: Instance) -> pd.DataFrame:
    """Return household groups, then other customers, one row each."""
    wanted = set(instance.policy.protected_groups)
    homes = instance.households.reset_index().rename(columns={"group": "label"})
    protected = [not wanted or str(group) in wanted for group in homes["label"]]
    homes = homes.assign(household=True, protected=protected)
    homes = homes.assign(eligible=homes["protected"] & _supported(homes["label"], instance.policy))
    others = instance.customers.reset_index()
    others = others.assign(
        label=others["category"], household=False, protected=False, income_month=np.nan
    ).assign(eligible=False)
    columns = ["town", "label", "category", "household", "protected", "eligible", "connections"]
    columns += ["consumption_m3_month", "income_month", "unmetered_share", "sewer_share"]
    columns += ["price_elasticity"]
    parts = [part.reindex(columns=columns) for part in (homes, others) if len(part)]
    whole = pd.concat(parts, ignore_index=True)
    return whole.fillna({"unmetered_share": 0.0, "sewer_share": 0.0})


def _supported(group: pd.Series, policy: Policy) -> pd.Series:
    """Return whether the policy gives support to households of a group."""
    if policy.household_support_share == 0.0:
        return pd.Series(False, index=group.index)  # noqa: FBT003 - a mask
    wanted = policy.household_support_groups
    return group.isin(wanted) | (not wanted)


def _parted(rows: pd.DataFrame, flag: str, share: str, end: str) -> pd.DataFrame:
    """Return the rows with the part that the share names as a row of its own, after the rest."""
    part = rows[share].to_numpy(dtype=float)
    rest = rows.assign(**{flag: False}, connections=rows["connections"] * (1.0 - part))
    own = rows.assign(
        **{flag: True},
        connections=rows["connections"] * part,
        label=rows["label"].astype(str) + end,
    )
    both = pd.concat([rest[part < 1.0], own[part > 0.0]])
    return both.sort_index(kind="stable").reset_index(drop=True)
