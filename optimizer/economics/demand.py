"""Who buys how much: customer classes of every town and the part of their use in each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.instance.instance import Instance

__all__ = ["CustomerClasses", "block_volumes", "customer_classes"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


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

    Attributes
    ----------
    town : int array of shape (k,)
        Position of the town in ``instance.towns``.
    label : tuple of str
        Household group or category name.
    category : tuple of str
        Tariff category.
    household : bool array of shape (k,)
        Whether the class is a household group.
    protected : bool array of shape (k,)
        Whether the class's bill must be affordable.
    connections, consumption_m3_month, income_month : float arrays of shape (k,)
        Size, use per connection, household income (``nan`` for non-households).
    """

    town: Ints
    label: tuple[str, ...]
    category: tuple[str, ...]
    household: Bools
    protected: Bools
    connections: Floats
    consumption_m3_month: Floats
    income_month: Floats

    def total_per_town(self, values: Floats, towns: int) -> Floats:
        """Return the sum of ``values`` (one per class) in each of ``towns`` towns."""
        return np.bincount(self.town, weights=values, minlength=towns).astype(np.float64)


def customer_classes(instance: Instance) -> CustomerClasses:
    """Return the customer classes of an instance, households first.

    The protected classes are the household groups named in ``policy.protected_groups``, all of
    them where that list is empty.
    """
    position = {town: k for k, town in enumerate(instance.towns.index)}
    households, customers = instance.households, instance.customers
    house_town = [position[t] for t in households.index.get_level_values("town")]
    other_town = [position[t] for t in customers.index.get_level_values("town")]
    groups = [str(g) for g in households.index.get_level_values("group")]
    categories = [str(c) for c in customers.index.get_level_values("category")]
    wanted = set(instance.policy.protected_groups)
    protected = [not wanted or g in wanted for g in groups]
    count = len(customers)
    return CustomerClasses(
        town=np.array(house_town + other_town, dtype=np.int64),
        label=tuple(groups + categories),
        category=tuple([str(c) for c in households["category"]] + categories),
        household=np.array([True] * len(groups) + [False] * count, dtype=bool),
        protected=np.array(protected + [False] * count, dtype=bool),
        connections=_stack(households["connections"], customers["connections"]),
        consumption_m3_month=_stack(
            households["consumption_m3_month"], customers["consumption_m3_month"]
        ),
        income_month=np.concatenate(
            [households["income_month"].to_numpy(dtype=float), np.full(count, np.nan)]
        ),
    )


def _stack(first: object, second: object) -> Floats:
    return np.concatenate([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])
