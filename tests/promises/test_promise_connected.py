"""Areas in one piece: ``auto`` decides by where neighbours come from; who asked for it counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import optimizer as op
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.instance.writing.templates import template_instance
from optimizer.plan.assessment.pieces import pieces_of
from tests.paths import ROOT
from tests.support.brute_force import least_cost
from tests.support.method_checks import check_methods
from tests.support.regions import random_region

RING = op.read(ROOT / "instances" / "ring")


def asked(region: Instance, connected: object) -> Instance:
    """The region with another ``connected``."""
    return region.replace(policy=region.policy.replace(connected=connected))


def table_of(region: Instance, pairs: list[tuple[int, int]]) -> pd.DataFrame:
    """A table of neighbours by position."""
    names = [str(t) for t in region.towns.index]
    rows = [(names[a], names[b], np.nan) for a, b in pairs]
    return pd.DataFrame(rows, columns=["town_a", "town_b", "shared_border_km"])


def test_auto_is_decided_by_the_source_of_neighbours() -> None:
    assert asked(RING, "auto").areas_connected  # a table
    without = asked(RING, "auto").replace(adjacency_table=None)
    assert not without.areas_connected  # Voronoi cells
    assert asked(without, "yes").areas_connected
    assert not asked(RING, "no").areas_connected


@pytest.mark.parametrize(
    ("word", "value"),
    [("yes", True), ("No", False), (" AUTO ", "auto"), (True, True), ("false", False)],
)
def test_older_booleans_and_words_are_read(word: object, value: object) -> None:
    assert Policy().replace(connected=word).connected == value


@pytest.mark.parametrize("word", ["maybe", 2, None, ["yes"]])
def test_other_words_are_refused_once(word: object) -> None:
    with pytest.raises(PolicyError, match=r"^connected: [^\n]*$"):
        Policy().replace(connected=word)


def test_fingerprints_of_before_stay() -> None:
    # Before, false was the default and did not count; true counted as true.
    valley = template_instance()
    assert asked(valley, "no").fingerprint() == valley.fingerprint()
    assert asked(RING, "auto").fingerprint() != asked(RING, "yes").fingerprint()
    assert asked(RING, "no").fingerprint() != asked(RING, "yes").fingerprint()


def test_a_given_map_in_pieces_breaks_a_promise_only_where_yes_was_asked() -> None:
    towns = [str(t) for t in RING.towns.index]
    pairs = [(k, k + 1) for k in range(len(towns) - 1)]
    line = RING.replace(adjacency_table=table_of(RING, pairs))
    ends = {t: "both" if t in (towns[0], towns[-1]) else t for t in towns}
    for word, rules in (("yes", {"connected"}), ("auto", set()), ("no", set())):
        plan = op.evaluate(asked(line, word), ends)
        assert set(plan.audit().broken_promises["rule"]) == rules
        assert plan.audit().sound
        assert int((pieces_of(plan) > 1).sum()) == 1
        assert float(plan.statistics().loc[("areas_in_pieces", "areas")].iloc[0]) == 1.0
        assert "1 area in pieces" in " ".join(str(plan).split())


def test_the_audit_sees_a_solved_plan_in_pieces_under_auto() -> None:
    plan = op.solve(asked(RING, "no"))
    assert (pieces_of(plan) > 1).any()
    claimed = op.Plan(**{**vars(plan), "instance": asked(RING, "auto")})
    assert "connected" in set(claimed.audit().failures["rule"])


def test_both_methods_equal_brute_force_under_auto() -> None:
    dearer = 0
    for seed in range(12):
        region = random_region(seed, towns=4, policy=Policy(connected="auto"))
        rng = np.random.default_rng(seed)
        pairs = [(a, b) for a in range(4) for b in range(a + 1, 4) if rng.random() < 0.45]
        region = region.replace(adjacency_table=table_of(region, pairs or [(0, 1)]))
        check_methods(region)
        free = least_cost(op.case_of(asked(region, "no")))
        dearer += least_cost(op.case_of(region)) > free * (1 + 1e-9)
    assert dearer >= 3
