"""Every number that tunes the column engine, by wing, with unit, range and reason.

None of them changes what is true: bounds hold and plans keep every promise at any values. They
decide how soon a proof is found. They travel with the problem (``Problem.parameters``), so that a
computation may be given others:

>>> Parameters(large=LargeParameters(block_towns=300)).large.block_towns
300
>>> PricingParameters(list_first=0)
Traceback (most recent call last):
optimizer.errors.PolicyError: PricingParameters.list_first 0: give whole numbers of groups from 1 \
to 1e+06

The usual values were set by trial while the engine grew. A reason says what a number trades for
what; it is no measurement where it gives no figures. Tolerances of comparisons are no tuning: they
stand where they compare.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from optimizer.solving.branch_and_price.parameters.bounding import (
    BoundingParameters,
    MasterParameters,
)
from optimizer.solving.branch_and_price.parameters.exact import ExactParameters
from optimizer.solving.branch_and_price.parameters.large import (
    LargeParameters,
    Pace,
    SolverParameters,
)
from optimizer.solving.branch_and_price.parameters.listing import ListingParameters
from optimizer.solving.branch_and_price.parameters.pricing import (
    PricingParameters,
    ProblemParameters,
)
from optimizer.solving.branch_and_price.parameters.primal import PrimalParameters

__all__ = [
    "BoundingParameters",
    "ExactParameters",
    "LargeParameters",
    "ListingParameters",
    "MasterParameters",
    "Pace",
    "Parameters",
    "PricingParameters",
    "PrimalParameters",
    "ProblemParameters",
    "SolverParameters",
]


@dataclass(frozen=True)
class Parameters:
    """All numbers that tune the engine, by wing."""

    problem: ProblemParameters = field(default_factory=ProblemParameters)
    pricing: PricingParameters = field(default_factory=PricingParameters)
    master: MasterParameters = field(default_factory=MasterParameters)
    bounding: BoundingParameters = field(default_factory=BoundingParameters)
    primal: PrimalParameters = field(default_factory=PrimalParameters)
    exact: ExactParameters = field(default_factory=ExactParameters)
    listing: ListingParameters = field(default_factory=ListingParameters)
    large: LargeParameters = field(default_factory=LargeParameters)
    solver: SolverParameters = field(default_factory=SolverParameters)
