"""Checks of ``[uncertainty]``: known data, and correlations that can be."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.cost_terms.factors import SHARES_MOST, UNCERTAIN
from optimizer.errors import Problem
from optimizer.instance.check.settings_checks import Place
from optimizer.instance.reading.findings import Findings, near
from optimizer.instance.schema.policy import Policy
from optimizer.instance.schema.uncertainty_fields import Uncertainty
from optimizer.instance.schema.year_fields import Horizon

__all__ = ["correlation_matrix", "expected_checks", "uncertainty_checks"]


def uncertainty_checks(
    uncertainty: Uncertainty, place: Place, *, path: tuple[str, ...] = ("uncertainty", "data")
) -> list[Problem]:
    """Return what is wrong with uncertain data.

    Parameters
    ----------
    uncertainty : Uncertainty
        The section.
    place : Place
        Where it stands.
    path : tuple of str
        Sections above the data: none in a file of uncertain data alone.

    Examples
    --------
    >>> from optimizer.instance.schema.uncertainty_fields import Uncertain
    >>> data = {"cost": Uncertain(distribution="lognormal", sd=0.1)}
    >>> uncertainty_checks(Uncertainty(data=data), Place("instance.toml"))[0].remedy[:20]
    "did you mean 'costs'"
    """
    found = Findings()
    for name, record in uncertainty.data.items():
        line, column = place.line(*path, name), ".".join((*path, name))
        if name not in UNCERTAIN:
            remedy = f"{near(name, UNCERTAIN)}choose among {', '.join(UNCERTAIN)}"
            found.problem(place.file, line, column, "is not known", remedy)
        elif record.absolute and name not in SHARES_MOST:
            what, remedy = "cannot be drawn as a value", "draw a factor: absolute = false"
            found.problem(place.file, line, column, what, remedy)
    line, column = place.line("uncertainty", "correlations"), "uncertainty.correlations"
    pairs = [frozenset((a, b)) for a, b, _ in uncertainty.correlations]
    for at, (a, b, value) in enumerate(uncertainty.correlations):
        unknown = [name for name in (a, b) if name not in uncertainty.data]
        if unknown:
            what = f"{unknown[0]!r} is not among the uncertain data"
            remedy = f"{near(unknown[0], list(uncertainty.data))}state it in [uncertainty.data]"
            found.problem(place.file, line, column, what, remedy)
        elif a == b or pairs.index(pairs[at]) < at:
            what = f"{a} and {b} are the same, or named before"
            found.problem(place.file, line, column, what, "name two data, once")
        elif not -1 <= value <= 1:
            what = f"{value:g} is no correlation"
            found.problem(place.file, line, column, what, "write a number from -1 to 1")
    if not found.problems and uncertainty.correlations:
        least = float(np.linalg.eigvalsh(correlation_matrix(uncertainty)).min())
        if least < -1e-9:
            what, remedy = "cannot all be true together", "make some of them smaller"
            found.problem(place.file, line, column, what, remedy)
    return found.problems


def correlation_matrix(uncertainty: Uncertainty) -> Floats:
    """Return the correlations of the stated data, in their order."""
    names = list(uncertainty.data)
    matrix = np.eye(len(names))
    for a, b, value in uncertainty.correlations:
        i, j = names.index(a), names.index(b)
        matrix[i, j] = matrix[j, i] = value
    return matrix


def expected_checks(policy: Policy, horizon: Horizon | None, place: Place) -> list[Problem]:
    """Return what the objective ``expected`` cannot stand beside yet.

    Examples
    --------
    >>> asked = Policy(objective="expected", core=True)
    >>> expected_checks(asked, None, Place("instance.toml"))[0].what
    'cannot stand beside core yet'
    """
    found = Findings()
    beside = {
        "core": policy.core,
        "demand_response": policy.demand_response,
        "operating_subsidy = false": not policy.operating_subsidy,
        "[horizon]": horizon is not None,
    }
    reasons = {
        "core": "who would leave is known for one set of figures",
        "demand_response": "the menu of schedules is made for one set of figures",
        "operating_subsidy = false": "in some draw no tariff covers the cost of any area",
        "[horizon]": "a path of tariffs starts from one set of figures",
    }
    line = place.line("policy", "objective")
    for name, asked in beside.items():
        if asked and policy.objective == "expected":
            remedy = f"{reasons[name]}: give it up, or take objective = 'given'"
            what = f"cannot stand beside {name} yet"
            found.problem(place.file, line, "policy.objective", what, remedy)
    return found.problems
