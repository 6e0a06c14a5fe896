"""The towns of an area are connected through neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from optimizer.promises.kinds import Connection, Relaxation, Words
from optimizer.promises.relax import policy
from optimizer.record import Row, unit_field

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["PROMISE"]


_WORDS: dict[str, bool | str] = {
    "auto": "auto",
    **dict.fromkeys(("yes", "true", "1"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}


class Fields(Row):
    """Fields of the policy."""

    connected: bool | Literal["auto"] = unit_field(
        "auto/yes/no",
        "an area is connected in the adjacency graph; auto: where neighbours come from a table or "
        "from boundaries of all towns, not where they are Voronoi cells",
        default="auto",
    )

    @field_validator("connected", mode="before")
    @classmethod
    def _automatic(cls, value: object) -> object:
        """Take yes, no and auto in any spelling, and the true and false of older files."""
        word = str(value).strip().lower()
        if word not in _WORDS:
            raise PydanticCustomError("choice", "{word} is not auto, yes or no", {"word": word})
        return _WORDS[word]


def _relaxations(region: Instance) -> list[Relaxation]:
    return [policy("dropped", connected=False)] if region.areas_connected else []


PROMISE = Connection(
    name="connected",
    unit="parts",
    words=Words(
        "the towns of an area are connected through neighbours",
        "las localidades de un área se unen por vecinas",
        "as localidades de uma área ligam-se por vizinhas",
    ),
    components=("connected_flow", "connected_through"),
    fields=Fields,
    relaxations=_relaxations,
)
