"""Operators of San Martin against the field: nothing outside its range without a written reason."""

from __future__ import annotations

import optimizer as op
from benchmarks.validation.operators import EXCEPTIONS, REGION, figures


def test_figures_are_within_the_ranges_of_the_field() -> None:
    found = figures(op.solve(op.read(REGION), time_limit=60.0))
    assert len(found) >= 10
    outside = {one.name for one in found if not one.inside}
    assert outside <= set(EXCEPTIONS), [one for one in found if not one.inside]
    assert set(EXCEPTIONS) <= {one.name for one in found}
    assert len(EXCEPTIONS) <= 2
    assert all(one.source for one in found)
