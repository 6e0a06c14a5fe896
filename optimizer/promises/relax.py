"""The common ways in which a promise becomes weaker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from optimizer.promises.kinds import Relaxation

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["flag", "policy", "sets", "tariff", "upper_limit"]


def policy(how: str, **changes: object) -> Relaxation:
    """Return the relaxation that changes fields of the policy."""
    return Relaxation(how, lambda region: region.replace(policy=region.policy.replace(**changes)))


def tariff(how: str, **changes: object) -> Relaxation:
    """Return the relaxation that changes fields of the tariff."""
    return Relaxation(
        how, lambda region: region.replace(tariff=region.tariff.model_copy(update=changes))
    )


def flag(name: str) -> Callable[[Instance], list[Relaxation]]:
    """Return how a promise that is made or not is dropped."""

    def relaxations(region: Instance) -> list[Relaxation]:
        stated = bool(region.policy.model_dump()[name])
        return [policy("dropped", **{name: False})] if stated else []

    return relaxations


def sets(name: str) -> Callable[[Instance], list[Relaxation]]:
    """Return how a list of sets or towns is loosened: without all, and without each."""

    def relaxations(region: Instance) -> list[Relaxation]:
        items = tuple(region.policy.model_dump()[name])
        if not items:
            return []
        ones = [
            policy(f"loosened: without {_words(item)}", **{name: items[:k] + items[k + 1 :]})
            for k, item in enumerate(items)
        ]
        return [policy("dropped", **{name: ()}), *(ones if len(items) > 1 else [])]

    return relaxations


def upper_limit(name: str, step: float) -> Callable[[Instance], list[Relaxation]]:
    """Return how an upper limit that may be absent is dropped, or raised by a step."""

    def relaxations(region: Instance) -> list[Relaxation]:
        limit = region.policy.model_dump()[name]
        if limit is None:
            return []
        more = type(limit)(limit + step)
        return [
            policy("dropped", **{name: None}),
            policy(f"loosened to at most {more:,.0f}", **{name: more}),
        ]

    return relaxations


def _words(item: object) -> str:
    return " + ".join(item) if isinstance(item, (tuple, list)) else str(item)
