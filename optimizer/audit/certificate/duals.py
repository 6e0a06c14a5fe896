"""The duals that a run keeps of its bound: plain numbers by the names of towns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Duals"]


@dataclass(frozen=True)
class Duals:
    """What each rule of the choice among areas is worth; any numbers prove some bound.

    Attributes
    ----------
    town_year : mapping of str to float
        What serving each town is worth, money per year.
    area_year : float
        What one more area is worth, money per year; 0 where their number is free.
    public_money_weight : float
        Weight of a unit of public money, the price of a budget included.
    triples : tuple of (tuple of str, float)
        Three towns and the price of holding two of them or more, money per year: at most one area
        of a plan does.
    """

    town_year: Mapping[str, float]
    area_year: float = 0.0
    public_money_weight: float = 0.0
    triples: tuple[tuple[tuple[str, str, str], float], ...] = field(default=())

    def record(self) -> dict[str, Any]:
        """Return the duals as JSON can hold them."""
        return {
            "town_year": dict(self.town_year),
            "area_year": self.area_year,
            "public_money_weight": self.public_money_weight,
            "triples": [[list(towns), price] for towns, price in self.triples],
        }

    @classmethod
    def of_record(cls, told: Mapping[str, Any]) -> Duals:
        """Return the duals that :meth:`record` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            If a part is missing or of another kind.
        """
        return cls(
            town_year={str(k): float(v) for k, v in told["town_year"].items()},
            area_year=float(told["area_year"]),
            public_money_weight=float(told["public_money_weight"]),
            triples=tuple(
                ((str(a), str(b), str(c)), float(price)) for (a, b, c), price in told["triples"]
            ),
        )
