"""Mutated regions, layers, settings, runs and tables end in an answer that holds or in an error.

``python -m benchmarks.fuzz`` runs thousands of them under caps of time and memory.
"""

from __future__ import annotations

import pytest

from benchmarks.fuzz.judge import GOOD, judged

EACH, CASES = 8, 96


@pytest.mark.parametrize("first", range(0, CASES, EACH))
def test_every_outcome_is_an_answer_or_an_error_of_the_project(first: int) -> None:
    verdicts = [judged(seed) for seed in range(first, first + EACH)]
    assert [v for v in verdicts if v.outcome not in GOOD] == []
