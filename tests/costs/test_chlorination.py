"""A cost that was added in the table of costs and in the audit's own, and nowhere else."""

from __future__ import annotations

import numpy as np

import optimizer as op
from optimizer.analysis.what_if.fixed_plan import fixed_money


def test_chlorination_is_paid_for_in_every_town_and_follows_efficiency() -> None:
    """Two towns, 1,000 and 2,000 a year, an operator that needs 90 % of operating cost."""
    pair = op.read("instances/pair")
    pair = pair.replace(operator_models=pair.operator_models.assign(efficiency=0.9))
    dosed = pair.replace(towns=pair.towns.assign(chlorination_cost_year=[1_000.0, 2_000.0]))
    before, after = op.evaluate(pair, "together"), op.evaluate(dosed, "together")
    more = after.finances["operation_year"] - before.finances["operation_year"]
    assert more.tolist() == [2_700.0]
    assert after.audit().sound, str(after.audit())
    doubled = fixed_money(after, {"operation": np.full((1, 1), 2.0)}).cost_year[0]
    books = after.finances
    assert (doubled - books["cost_year"]).tolist() == books["operation_year"].tolist()


def test_chlorination_is_nothing_where_it_is_not_given() -> None:
    pair = op.read("instances/pair")
    assert pair.towns["chlorination_cost_year"].tolist() == [0.0, 0.0]
    without = pair.replace(towns=pair.towns.drop(columns="chlorination_cost_year"))
    assert without.fingerprint() == pair.fingerprint()
