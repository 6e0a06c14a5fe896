"""Each promise of a region dropped, or loosened one step, for asking what it costs."""

from __future__ import annotations

from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.promises import PROMISES
from optimizer.promises.kinds import Relaxation
from optimizer.promises.relax import policy as policy_relaxation

__all__ = ["promised", "relaxable", "relaxations_of"]


def relaxable() -> tuple[str, ...]:
    """Return the names of the promises that a planner could drop.

    Examples
    --------
    >>> "reach" in relaxable(), "serve_once" in relaxable()
    (True, False)
    """
    return tuple(name for name, promise in PROMISES.items() if promise.bends)


def relaxations_of(instance: Instance, rule: str) -> list[Relaxation]:
    """Return how a promise of a region may bend; empty where the region does not make it.

    Parameters
    ----------
    instance : Instance
        The region.
    rule : str
        Name of the rule, as in the audit.

    Raises
    ------
    PolicyError
        If the rule is unknown, or nothing that a planner could drop.

    Examples
    --------
    >>> import optimizer as op
    >>> [bend.how for bend in relaxations_of(op.read("instances/pair"), "reach")]
    ['dropped', 'loosened to 2.5 hours']
    """
    if rule not in relaxable():
        known = ", ".join(relaxable())
        raise PolicyError(f"{rule} is not a promise that can be dropped; choose one of {known}")
    return PROMISES[rule].relaxations(instance)


def promised(instance: Instance, rule: str) -> list[Relaxation]:
    """Return the promise of staying together that a region does not make, made.

    Parameters
    ----------
    instance : Instance
        The region.
    rule : str
        ``participation`` or ``core``; for any other rule there is nothing to promise.

    Examples
    --------
    >>> import optimizer as op
    >>> [bend.how for bend in promised(op.read("instances/pair"), "core")]
    ['promised']
    """
    policy = instance.policy
    able = not (rule == "core" and policy.tariff_scope == "region") and not policy.demand_response
    stated = {"participation": policy.participation, "core": policy.core}
    return (
        [policy_relaxation("promised", **{rule: True})]
        if able and not stated.get(rule, True)
        else []
    )
