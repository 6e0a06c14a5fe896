"""Many groupings of one region: the same plans as one at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from tests.paths import ROOT


@pytest.mark.parametrize("name", ["pair", "san_martin", "islands"])
def test_an_evaluator_gives_the_plans_of_evaluate(name: str) -> None:
    region = op.read(ROOT / "instances" / name)
    evaluator = op.Evaluator(region)
    towns = [str(town) for town in region.towns.index]
    numbers = np.random.default_rng(7)
    for count in (1, 2, max(1, len(towns) // 3), len(towns)):
        grouping = pd.Series(numbers.integers(0, count, len(towns)), index=towns).astype(str)
        kept, alone = evaluator.plan(grouping), op.evaluate(region, grouping)
        assert kept.objective == pytest.approx(alone.objective, rel=1e-9)
        assert kept.outcome.broken_promises == alone.outcome.broken_promises
        for table in ("areas", "bills", "finances", "tariffs"):
            pd.testing.assert_frame_equal(getattr(kept, table), getattr(alone, table))
        assert evaluator.unaudited(grouping).objective == kept.objective
