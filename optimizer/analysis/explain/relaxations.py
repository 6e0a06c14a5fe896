"""Each promise of a policy dropped, or loosened one step, for asking what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance

__all__ = ["BENDS", "Bend", "bends_of", "promised"]

MOST_HOURS = 1000.0
MOST_CONNECTIONS = 1e9
OPEN_LADDER = 1000.0


@dataclass(frozen=True, eq=False)
class Bend:
    """A promise made weaker.

    Attributes
    ----------
    how : str
        ``dropped``, or ``loosened`` with the step in words.
    change : callable
        Returns the region with the weaker promise.
    """

    how: str
    change: Callable[[Instance], Instance]


def bends_of(instance: Instance, rule: str) -> list[Bend]:
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
    >>> [bend.how for bend in bends_of(op.read("instances/pair"), "reach")]
    ['dropped', 'loosened to 2.5 hours']
    """
    if rule not in BENDS:
        known = ", ".join(BENDS)
        raise PolicyError(f"{rule} is not a promise that can be dropped; choose one of {known}")
    return BENDS[rule](instance)


def _policy(how: str, **changes: object) -> Bend:
    return Bend(how, lambda region: region.replace(policy=region.policy.replace(**changes)))


def _reach(region: Instance) -> list[Bend]:
    hours = region.policy.reach_hours
    step = hours + 0.5
    return [
        _policy("dropped", reach_hours=MOST_HOURS),
        _policy(f"loosened to {step:g} hours", reach_hours=min(step, MOST_HOURS)),
    ]


def _affordable_bill(region: Instance) -> list[Bend]:
    share = min(1.0, region.policy.affordable_share + 0.01)
    return [_share("dropped", 1.0), _share(f"loosened to {share * 100:g} % of income", share)]


def _share(how: str, share: float) -> Bend:
    return Bend(
        how, lambda region: region.replace(policy=region.policy.with_affordable_share(share))
    )


def _flag(name: str) -> Callable[[Instance], list[Bend]]:
    def bends(region: Instance) -> list[Bend]:
        stated = bool(region.policy.model_dump()[name])
        return [_policy("dropped", **{name: False})] if stated else []

    return bends


def promised(instance: Instance, rule: str) -> list[Bend]:
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
    return [_policy("promised", **{rule: True})] if able and not stated.get(rule, True) else []


def _sets(name: str) -> Callable[[Instance], list[Bend]]:
    """Return bends of a list of sets or towns: without all, and without each."""

    def bends(region: Instance) -> list[Bend]:
        items = tuple(region.policy.model_dump()[name])
        if not items:
            return []
        ones = [
            _policy(f"loosened: without {_words(item)}", **{name: items[:k] + items[k + 1 :]})
            for k, item in enumerate(items)
        ]
        return [_policy("dropped", **{name: ()}), *(ones if len(items) > 1 else [])]

    return bends


def _words(item: object) -> str:
    return " + ".join(item) if isinstance(item, (tuple, list)) else str(item)


def _seat_allowed(region: Instance) -> list[Bend]:
    if region.towns["seat_allowed"].all():
        return []
    return [Bend("dropped", lambda r: r.replace(towns=r.towns.assign(seat_allowed=True)))]


def _viable_size(region: Instance) -> list[Bend]:
    models = region.operator_models
    least, most = models["connections_least"], models["connections_most"]
    dropped = models.assign(connections_least=0.0, connections_most=MOST_CONNECTIONS)
    wider = models.assign(
        connections_least=0.9 * least, connections_most=(1.1 * most).clip(upper=MOST_CONNECTIONS)
    )
    return [
        Bend("dropped", lambda r: r.replace(operator_models=dropped)),
        Bend("loosened by 10 %", lambda r: r.replace(operator_models=wider)),
    ]


def _tariff_ladder(region: Instance) -> list[Bend]:
    if region.tariff.shape is not None or not region.tariff.blocks_m3:
        return []
    ladder = region.tariff.ladder
    return [
        _tariff("dropped", ladder=OPEN_LADDER),
        _tariff(f"loosened to {ladder + 1:g} times the first block", ladder=ladder + 1),
    ]


def _fixed_charge_share(region: Instance) -> list[Bend]:
    if region.tariff.shape is not None:
        return []
    share = min(0.99, region.tariff.fixed_charge_share + 0.1)
    return [
        _tariff("dropped", fixed_charge_share=0.99),
        _tariff(f"loosened to {share * 100:g} % of the bill", fixed_charge_share=share),
    ]


def _tariff(how: str, **changes: float) -> Bend:
    return Bend(how, lambda r: r.replace(tariff=r.tariff.model_copy(update=changes)))


def _subsidy_budget(region: Instance) -> list[Bend]:
    budget = region.policy.subsidy_budget_year
    if budget is None:
        return []
    more = 1.1 * budget
    bends = [_policy("dropped", subsidy_budget_year=None)]
    if budget > 0:
        bends.append(_policy(f"loosened to {more:,.0f}", subsidy_budget_year=more))
    return bends


def _operator_count(region: Instance) -> list[Bend]:
    least, most = region.policy.operators_least, region.policy.operators_most
    bends = []
    if least or most is not None:
        bends.append(_policy("dropped", operators_least=0, operators_most=None))
    if most is not None:
        bends.append(_policy(f"loosened to at most {most + 1}", operators_most=most + 1))
    if least:
        bends.append(_policy(f"loosened to at least {least - 1}", operators_least=least - 1))
    return bends


def _operating_subsidy(region: Instance) -> list[Bend]:
    return [] if region.policy.operating_subsidy else [_policy("dropped", operating_subsidy=True)]


def _household_support(region: Instance) -> list[Bend]:
    if region.policy.demand_response:
        return []
    share = region.policy.household_support_share
    more = min(0.99, share + 0.1)
    return [
        _policy("dropped", household_support_share=0.99),
        _policy(f"loosened to {more * 100:g} % of a bill", household_support_share=more),
    ]


def _sewer_share(region: Instance) -> list[Bend]:
    tariff = region.tariff
    free = tariff.shape is None and tariff.sewer_share_of_water_bill is None
    drained = region.households.reindex(columns=["sewer_share"]).fillna(0.0)
    if not free or not drained.to_numpy().any():
        return []
    return [_tariff("dropped", sewer_most_share=5.0)]


BENDS: Mapping[str, Callable[[Instance], list[Bend]]] = {
    "reach": _reach,
    "same_zone": _flag("same_zone"),
    "seat_allowed": _seat_allowed,
    "viable_size": _viable_size,
    "connected": _flag("connected"),
    "keep_together": _sets("keep_together"),
    "keep_apart": _sets("keep_apart"),
    "fixed_seats": _sets("fixed_seats"),
    "affordable_bill": _affordable_bill,
    "tariff_ladder": _tariff_ladder,
    "fixed_charge_share": _fixed_charge_share,
    "sewer_share": _sewer_share,
    "subsidy_budget": _subsidy_budget,
    "operator_count": _operator_count,
    "demand_response": _flag("demand_response"),
    "participation": _flag("participation"),
    "core": _flag("core"),
    "solidarity_balance": _flag("solidarity_balance"),
    "operating_subsidy": _operating_subsidy,
    "household_support": _household_support,
}
"""How each promise bends; the other rules say what a plan is, and cannot."""
