"""What an operator pays for: one row for each cost column of ``towns.csv`` and operator models."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

__all__ = ["TERMS", "CostTerm", "Line", "Per", "terms_of"]


class Line(Enum):
    """Lines of the income statement on which costs stand."""

    OVERHEAD = "overhead"
    OPERATION = "operation"
    REPLACEMENT = "replacement"
    TRANSITION = "transition"
    TRAVEL = "travel"


class Per(Enum):
    """What a cost is paid for; its number is multiplied by the column."""

    AREA = "service area"
    TOWN = "town"
    CONNECTION = "connection of any customer"
    M3_PRODUCED = "m3 produced in a year: billed and lost"
    SEWERED_TOWN = "town with any sewerage"
    SEWER_CONNECTION = "connection with sewerage"
    SEWER_M3 = "m3 of water used in a year where there is sewerage"
    JOINING_TOWN = "town that joins another town's operator, or leaves the one that exists"
    ROAD_HOUR = "hour on the road, both ways"


_ONLY = {Line.OVERHEAD: Per.AREA, Line.TRANSITION: Per.JOINING_TOWN, Line.TRAVEL: Per.ROAD_HOUR}
"""Lines that hold one kind of cost; a cost of that kind stands nowhere else."""
_OF_MODELS = (Per.AREA, Per.ROAD_HOUR)
_OF_USE = (Per.M3_PRODUCED, Per.SEWER_M3)


@dataclass(frozen=True)
class CostTerm:
    """One cost.

    Attributes
    ----------
    column : str
        Header of the column that holds it.
    unit, meaning : str
        As the data dictionary says them.
    per : Per
        What it is paid for; ``AREA`` and ``ROAD_HOUR`` are columns of operator models, all others
        of towns.
    line : Line
        Where it stands in the income statement.
    factor : str
        Name by which scenarios and uncertain data multiply it, besides ``costs``.
    efficiency : bool
        Whether the operator model's ``efficiency`` multiplies it (operation only).
    sewerage : bool
        Whether it is a cost of sewerage, not of water.
    default : float or None
        What ``[costs]`` (an operator model) has where nothing is given; ``None`` for no such key:
        the column is then needed, or derived in another way.
    may_be_absent : bool
        Whether a table may lack the column, which is then 0.

    Raises
    ------
    ValueError
        If the declaration contradicts itself.

    Examples
    --------
    >>> CostTerm("guard_cost_year", "money/year", "guards of the works", Per.TOWN, Line.OPERATION,
    ...     "operation", efficiency=True).table
    'towns'
    """

    column: str
    unit: str
    meaning: str
    per: Per
    line: Line
    factor: str
    efficiency: bool = False
    sewerage: bool = False
    default: float | None = 0.0
    may_be_absent: bool = True

    def __post_init__(self) -> None:
        expected = _ONLY.get(self.line)
        if expected is not self.per and (expected is not None or self.per in _ONLY.values()):
            message = f"{self.column}: a cost per {self.per.value} is not {self.line.value}"
            raise ValueError(message)
        if self.efficiency and self.line is not Line.OPERATION:
            message = f"{self.column}: efficiency is a factor on operation, not {self.line.value}"
            raise ValueError(message)
        if self.per in _OF_USE and not self.efficiency:
            message = f"{self.column}: what depends on use follows efficiency (demand response)"
            raise ValueError(message)

    @property
    def table(self) -> Literal["towns", "operator_models"]:
        """Table that holds the column."""
        return "operator_models" if self.per in _OF_MODELS else "towns"


TERMS: tuple[CostTerm, ...] = (
    CostTerm(
        "overhead_year",
        "money/year",
        "management, office and specialists of one seat",
        Per.AREA,
        Line.OVERHEAD,
        "overhead",
        default=None,
        may_be_absent=False,
    ),
    CostTerm(
        "supervision_year",
        "money/year",
        "supervision board: what it costs whatever it supervises, beside its fee",
        Per.AREA,
        Line.OVERHEAD,
        "supervision",
    ),
    CostTerm(
        "fixed_cost_year",
        "money/year",
        "operating cost of a town that does not depend on its size",
        Per.TOWN,
        Line.OPERATION,
        "operation",
        efficiency=True,
        may_be_absent=False,
    ),
    CostTerm(
        "connection_cost_year",
        "money/connection/year",
        "operating cost per connection",
        Per.CONNECTION,
        Line.OPERATION,
        "operation",
        efficiency=True,
        may_be_absent=False,
    ),
    CostTerm(
        "volume_cost_m3",
        "money/m3",
        "operating cost per m3 produced (energy, chemicals, water right)",
        Per.M3_PRODUCED,
        Line.OPERATION,
        "operation",
        efficiency=True,
        may_be_absent=False,
    ),
    CostTerm(
        "replacement_cost_year",
        "money/year",
        "yearly replacement; derived as an annuity of the asset value",
        Per.TOWN,
        Line.REPLACEMENT,
        "replacement",
        default=None,
        may_be_absent=False,
    ),
    CostTerm(
        "transition_cost_year",
        "money/year",
        "cost of joining another town's operator, or of leaving the one that exists (assets, "
        "debts, staff), as a yearly amount",
        Per.JOINING_TOWN,
        Line.TRANSITION,
        "transition",
        may_be_absent=False,
    ),
    CostTerm(
        "governance_cost_year",
        "money/year",
        "assemblies, agreements and reports of a municipality that shares another's operator",
        Per.JOINING_TOWN,
        Line.TRANSITION,
        "governance",
    ),
    CostTerm(
        "crew_hour_cost",
        "money/hour",
        "cost of an hour on the road of crew and vehicle",
        Per.ROAD_HOUR,
        Line.TRAVEL,
        "crew_hour_cost",
        may_be_absent=False,
    ),
    CostTerm(
        "sewer_fixed_cost_year",
        "money/year",
        "operating cost of a town's sewerage that does not depend on its size",
        Per.SEWERED_TOWN,
        Line.OPERATION,
        "operation",
        efficiency=True,
        sewerage=True,
    ),
    CostTerm(
        "sewer_connection_cost_year",
        "money/connection/year",
        "operating cost per connection with sewerage",
        Per.SEWER_CONNECTION,
        Line.OPERATION,
        "operation",
        efficiency=True,
        sewerage=True,
    ),
    CostTerm(
        "sewer_volume_cost_m3",
        "money/m3",
        "cost of collecting and treating, per m3 of water used there",
        Per.SEWER_M3,
        Line.OPERATION,
        "operation",
        efficiency=True,
        sewerage=True,
    ),
    CostTerm(
        "sewer_replacement_connection_year",
        "money/connection/year",
        "yearly replacement of sewers and treatment; derived as an annuity",
        Per.SEWER_CONNECTION,
        Line.REPLACEMENT,
        "replacement",
        sewerage=True,
        default=None,
    ),
    CostTerm(
        "chlorination_cost_year",
        "money/year",
        "chlorine and its dosing in a town, where it is not in its other operating cost",
        Per.TOWN,
        Line.OPERATION,
        "operation",
        efficiency=True,
    ),
)
"""Every cost, in the order of the data dictionary."""


def terms_of(
    line: Line | None = None, *, table: str | None = None, per: Per | None = None
) -> tuple[CostTerm, ...]:
    """Return the costs of a line of the income statement, of a table, of a kind.

    Examples
    --------
    >>> [term.column for term in terms_of(Line.TRAVEL)]
    ['crew_hour_cost']
    """
    return tuple(
        term
        for term in TERMS
        if line in (None, term.line) and table in (None, term.table) and per in (None, term.per)
    )
