"""The range of sizes of an operator model, bent."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from optimizer.instance.instance import Instance
from optimizer.messages.message import Listed, Message
from optimizer.solving.diagnose.elastic import Bend, Bent, Elastic
from optimizer.solving.diagnose.wording import named, round_down, round_up

__all__ = ["ViableSize"]


class ViableSize(Bend):
    """Least widening of the operator models' ranges of connections."""

    promise: str = "viable_size"

    def stated(self, instance: Instance) -> bool:
        """Return whether any operator model has a range that can bind."""
        models = instance.operator_models
        total = instance.households["connections"].sum() + instance.customers["connections"].sum()
        return bool(
            (models["connections_least"] > 0).any() or (models["connections_most"] < total).any()
        )

    def relax(self, instance: Instance) -> Instance:
        """Return the region with operator models of any size."""
        models = instance.operator_models.assign(connections_least=0.0, connections_most=1e9)
        return instance.replace(operator_models=models)

    def add(self, e: Elastic) -> Any:  # noqa: ANN401 - a Pyomo expression
        """Keep an area within its model's range, widened by the slack of the model."""
        least, most = _column(e, "connections_least"), _most(e)
        models = list(e.data.models)
        e.m.size_short = pyo.Var(models, domain=pyo.NonNegativeReals)
        e.m.size_over = pyo.Var(models, domain=pyo.NonNegativeReals)
        e.m.size_again = pyo.ConstraintList()
        towns_of: dict[tuple[str, ...], list[str]] = {pair: [] for pair in e.data.operate_pairs}
        for i, j, k in e.data.triples:
            towns_of[j, k].append(i)
        for (j, k), towns in towns_of.items():
            size = sum(e.data.size[i] * e.m.served_by[i, j, k] for i in towns)
            e.m.size_again.add(size + e.m.size_short[k] >= least[k] * e.m.operate[j, k])
            e.m.size_again.add(size - e.m.size_over[k] <= most[k] * e.m.operate[j, k])
        short = sum(e.m.size_short[k] / max(least[k], 1.0) for k in models)
        return short + sum(e.m.size_over[k] / most[k] for k in models)

    def read(self, e: Elastic) -> Bent:
        """Return the ranges that the solved areas need."""
        least = _column(e, "connections_least")
        stated_most = _column(e, "connections_most")
        lower, upper = dict(least), dict(stated_most)
        facts = []
        for (_, k), members in _areas(e).items():
            size = sum(e.data.size[i] for i in members)
            if size < least[k] * (1 - 1e-9):
                lower[k] = min(lower[k], round_down(size, 1.0))
                facts.append((members, "{towns}: {n:,.0f}, less than {model} accepts", size, k))
            if size > stated_most[k] * (1 + 1e-9):
                upper[k] = max(upper[k], round_up(size, 1.0))
                facts.append((members, "{towns}: {n:,.0f}, more than {model} can run", size, k))
        steps = [
            _step(
                "lower {field} of {model} from {n:,.0f} to {limit:,.0f}",
                "connections_least",
                k,
                least[k],
                lower[k],
            )
            for k in least
            if lower[k] != least[k]
        ]
        steps += [
            _step(
                "raise {field} of {model} from {n:,.0f} to {limit:,.0f}",
                "connections_most",
                k,
                stated_most[k],
                upper[k],
            )
            for k in least
            if upper[k] != stated_most[k]
        ]
        amount = sum(least[k] - lower[k] + upper[k] - stated_most[k] for k in least)

        def change(instance: Instance) -> Instance:
            models = instance.operator_models
            return instance.replace(
                operator_models=models.assign(
                    connections_least=[lower[str(k)] for k in models.index],
                    connections_most=[upper[str(k)] for k in models.index],
                )
            )

        return Bent(
            amount=float(amount),
            unit="connections",
            relative=sum(
                (least[k] - lower[k]) / max(least[k], 1.0)
                + (upper[k] - stated_most[k]) / stated_most[k]
                for k in least
            ),
            what=Message(
                "no operator model fits the connections of {facts}",
                facts=Listed(
                    tuple(
                        Message(text, towns=named(e.stated, members), n=size, model=k)
                        for members, text, size, k in facts[:4]
                    ),
                    joined="; ",
                ),
            ),
            remedy=Message("{steps}", steps=Listed(tuple(steps))),
            change=change,
        )


def _most(e: Elastic) -> dict[str, float]:
    """Return the largest size of each model, at most all connections (which derives big-M)."""
    total = sum(e.data.size.values())
    return {k: min(v, total) for k, v in _column(e, "connections_most").items()}


def _column(e: Elastic, name: str) -> dict[str, float]:
    return {str(k): float(v) for k, v in e.stated.operator_models[name].items()}


def _areas(e: Elastic) -> dict[tuple[str, str], list[str]]:
    """Return the towns of each (seat, operator model) of the solved model."""
    model_of = {j: k for j, k in e.data.operate_pairs if pyo.value(e.m.operate[j, k]) > 0.5}
    return {(j, k): e.area_of(j) for j, k in model_of.items()}


def _step(text: str, field: str, model: str, stated: float, needed: float) -> Message:
    return Message(text, field=field, model=model, n=stated, limit=needed)
