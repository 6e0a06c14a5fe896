"""What every kind of region is put through: both methods, brute force and the audit."""

from __future__ import annotations

import math

import pytest

import optimizer as op
from optimizer.audit import audit
from optimizer.instance.instance import Instance
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.clock import Clock
from optimizer.solving.compact.solve import solve_compact
from optimizer.solving.options import Options
from tests.support.brute_force import least_cost


def check_methods(region: Instance) -> None:
    """Both methods equal brute force over all partitions, and the plan passes the audit."""
    expected = least_cost(op.case_of(region))
    for method in (solve_compact, solve_columns):
        with Clock(Options()) as clock:
            solution = method(op.case_of(region), clock)
        if math.isinf(expected):
            assert solution.status == "infeasible", solution.method
            continue
        assert solution.objective == pytest.approx(expected, rel=1e-6), solution.method
    if math.isfinite(expected):
        found = audit(op.solve(region))
        assert found.passed, str(found)
