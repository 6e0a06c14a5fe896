"""Other numbers for the column engine than the usual ones, for the length of a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.branch_and_price.problem import problem


def tune(monkeypatch: pytest.MonkeyPatch, **wings: dict[str, object]) -> Parameters:
    """Change some numbers of some wings for every problem made from now on."""
    parameters = problem.USUAL
    for wing, numbers in wings.items():
        own = replace(vars(parameters)[wing], **numbers)
        parameters = replace(parameters, **{wing: own})
    monkeypatch.setattr(problem, "USUAL", parameters)
    return parameters
