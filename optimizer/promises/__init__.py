"""Promises: what a planner may ask of a plan, one file each.

A file under ``grouping``, ``tariff`` or ``money`` that holds a ``PROMISE`` is a promise: its fields
become fields of the policy, and what its kind says is kept by every method.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from optimizer.promises import grouping, money, tariff
from optimizer.promises.kinds import AreaResource, PlanTotal, Promise

if TYPE_CHECKING:
    from optimizer.instance.schema.policy import Policy

__all__ = ["AREA_RESOURCES", "PROMISES", "Promise", "promises_of", "without_totals"]


def _declared() -> Iterator[Promise]:
    for room in (grouping, tariff, money):
        for found in pkgutil.iter_modules(room.__path__):
            module = importlib.import_module(f"{room.__name__}.{found.name}")
            promise = vars(module).get("PROMISE")
            if isinstance(promise, Promise):
                yield promise


PROMISES: Mapping[str, Promise] = MappingProxyType({p.name: p for p in _declared()})
"""Every promise by name."""

AREA_RESOURCES: tuple[AreaResource, ...] = tuple(
    sorted(
        (p for p in PROMISES.values() if isinstance(p, AreaResource)),
        key=lambda p: p.name != "viable_size",
    )
)
"""Sums over the towns of an area; the connections of ``viable_size`` come first."""


def promises_of(policy: Policy) -> dict[str, Promise]:
    """Return every promise by name, a planner's own last."""
    return {**PROMISES, **{own.name: own.promise() for own in policy.own}}


def without_totals(policy: Policy) -> Policy:
    """Return a policy without the promises about a whole plan that declarations state."""
    found = [p for p in PROMISES.values() if isinstance(p, PlanTotal) and p.is_summed]
    fields = [name for p in found for name in (p.least, p.most) if name is not None]
    own = tuple(one for one in policy.own if one.kind != "plan_total")
    return policy.replace(own=own, **dict.fromkeys(fields))
