"""The exact public money of groups whose tariff has a programme: support, solidarity balance."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solving.branch_and_price.problem.group_batch import GroupBatch
from optimizer.tariffs.case import Case
from optimizer.tariffs.kinks.least_money import PriceRows, least_money
from optimizer.tariffs.public_money import least_public_money

__all__ = ["programmed_money"]


def programmed_money(
    case: Case, rows: PriceRows | None, groups: GroupBatch, requirement: Floats
) -> Floats:
    """Return subsidy and support of each group, money per year; ``inf`` where none may help.

    Parameters
    ----------
    case : Case
        The instance as arrays; its policy has household support or solidarity balance.
    rows : PriceRows, optional
        Where the programmes are to be solved all together by compiled code; without them they are
        solved one by one.
    groups : GroupBatch
        Groups.
    requirement : array of shape (g,)
        Money per year.
    """
    if rows is None:
        return _one_by_one(case, groups, requirement, np.arange(len(groups)))
    money = np.zeros(len(groups))
    some = np.flatnonzero(requirement > 0)
    asked = groups if len(some) == len(groups) else groups.take(some)
    policy = case.instance.policy
    found = least_money(
        asked.town,
        asked.start,
        requirement[some],
        rows,
        policy.solidarity_balance,
        policy.operating_subsidy,
    )
    money[some] = found.subsidy + found.support
    left = some[~found.solved]
    money[left] = _one_by_one(case, groups, requirement, left)
    return money


def _one_by_one(case: Case, groups: GroupBatch, requirement: Floats, some: Ints) -> Floats:
    """Return the money of some groups, each from a programme of its own."""
    money = np.zeros(len(some))
    for k, g in enumerate(some):
        members = groups.members(int(g))
        found = least_public_money(
            case,
            members,
            np.ones((1, len(members)), dtype=bool),
            requirement=requirement[[g]],
            best=np.zeros(1),
        )
        money[k] = float(found.total_year[0])
    return money
