"""Honest headlines: the saving over draws, its parts, and what limits it."""

from __future__ import annotations

import numpy as np
import pytest

import optimizer as op
from optimizer.messages.words import words_of
from optimizer.plan.assessment.standing import (
    at_bounds,
    field_words,
    more_words,
    poorest_share,
    saving_parts,
    standing,
)
from optimizer.uncertainty.draws import draws_of
from optimizer.uncertainty.regions import drawn_region
from tests.support.regions import random_region


def test_the_saving_over_draws_is_that_of_the_drawn_regions() -> None:
    """Every draw as a region of its own: the same areas evaluated, and every town alone."""
    policy = op.Policy(reach_hours=3.0, affordable_share=0.03)
    region = random_region(5, towns=4, policy=policy)
    region = region.replace(uncertainty=op.Uncertainty(draws=8))
    plan = op.evaluate(region, "together")
    found = standing(plan)
    assert found is not None
    draws = draws_of(region)
    savings, beats = [], 0
    for d in range(8):
        there = drawn_region(region, draws, d)
        shared = op.evaluate(there, plan.towns["service_area"])
        alone = op.evaluate(there, "alone")
        need = [p.areas["requirement_year"].sum() for p in (shared, alone)]
        savings.append(1.0 - need[0] / need[1])
        beats += shared.objective < alone.objective
    # seats and models are those of the given figures, which may be dearer in a draw
    assert found.mean <= np.mean(savings) + 1e-9
    assert found.mean == pytest.approx(np.mean(savings), abs=0.02)
    assert abs(found.beats - beats) <= 1


def test_the_parts_sum_to_the_saving() -> None:
    plan = op.solve(op.read("instances/san_martin"))
    parts = saving_parts(plan)
    saving = (plan.towns["alone_requirement_year"] - plan.towns["cost_year"]).sum()
    assert parts["saving_year"].sum() == pytest.approx(saving)
    assert set(parts["known"]) == {"assumed"}
    assert "Bellavista" in at_bounds(plan)
    poor, others = poorest_share(plan)
    assert poor < others
    assert "for the given figures" in str(plan)
    assert "In 100 draws" in str(plan)
    spanish = [words_of("es").said(message) for message in more_words(plan)]
    assert any("tercio más pobre" in line for line in spanish)
    assert not any("poorest" in line for line in spanish)


def test_narrow_ranges_are_told() -> None:
    pair = op.read("instances/pair")
    narrow = {"operation": op.Uncertain(distribution="lognormal", sd=0.05)}
    wide = {"operation": op.Uncertain(distribution="lognormal", sd=0.6)}
    for data, told in ((narrow, True), (wide, False)):
        region = pair.replace(uncertainty=op.Uncertainty(data=data))
        assert (field_words(op.evaluate(region, "together")) is not None) is told


def test_nothing_is_said_where_nothing_is_shared() -> None:
    assert standing(op.evaluate(op.read("instances/pair"), "alone")) is None
