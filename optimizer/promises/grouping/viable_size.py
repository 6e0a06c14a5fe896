"""An area is neither too small nor too large for its operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.promises.kinds import AreaResource, Relaxation, Words

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


MOST_CONNECTIONS = 1e9


def _relaxations(region: Instance) -> list[Relaxation]:
    models = region.operator_models
    least, most = models["connections_least"], models["connections_most"]
    dropped = models.assign(connections_least=0.0, connections_most=MOST_CONNECTIONS)
    wider = models.assign(
        connections_least=0.9 * least, connections_most=(1.1 * most).clip(upper=MOST_CONNECTIONS)
    )
    return [
        Relaxation("dropped", lambda r: r.replace(operator_models=dropped)),
        Relaxation("loosened by 10 %", lambda r: r.replace(operator_models=wider)),
    ]


PROMISE = AreaResource(
    name="viable_size",
    unit="connections",
    words=Words(
        "an area is neither too small nor too large for its operator",
        "un área no es ni demasiado pequeña ni demasiado grande para su operador",
        "uma área não é nem pequena demais nem grande demais para o seu operador",
    ),
    components=("viable_size_least", "viable_size_most"),
    relaxations=_relaxations,
    amount="connections",
    model_least="connections_least",
    model_most="connections_most",
    source="WSP 2008 (pilot towns), SUNASS efficient scale; operator model data",
)
