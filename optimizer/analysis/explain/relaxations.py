"""Each promise of a region dropped, or loosened one step, for asking what it costs."""

from __future__ import annotations

from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.promises import PROMISES, promises_of
from optimizer.promises.kinds import Relaxation
from optimizer.promises.relax import policy as policy_relaxation

__all__ = ["promised", "relaxable", "relaxations_of"]


def relaxable(policy: Policy | None = None) -> tuple[str, ...]:
    """Return the names of the promises that a planner could drop, with a policy's own.

    Examples
    --------
    >>> "reach" in relaxable(), "serve_once" in relaxable()
    (True, False)
    """
    promises = PROMISES if policy is None else promises_of(policy)
    return tuple(name for name, promise in promises.items() if promise.bends)


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
    known = relaxable(instance.policy)
    if rule not in known:
        choice = ", ".join(known)
        raise PolicyError(f"{rule} is not a promise that can be dropped; choose one of {choice}")
    return promises_of(instance.policy)[rule].relaxations(instance)


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
