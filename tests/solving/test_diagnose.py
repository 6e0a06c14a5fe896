"""Which promise must bend, and by how much: every answer worked by hand and tried on the model.

Each test bends the promise as suggested and finds a plan, then a little less and finds none.
"""

from __future__ import annotations

import pytest

from optimizer.instance.instance import Instance
from optimizer.messages.words import LANGUAGES, words_of
from optimizer.solving.diagnose import Diagnosis, diagnose
from tests.support.diagnose_regions import has_plan, region, with_models, with_policy

SIZE_2000 = {"social": (0.0, 2000.0, 1e9)}


def findings(instance: Instance) -> dict[str, Diagnosis]:
    """Diagnose; every finding must be proven and its region must have a plan."""
    assert not has_plan(instance)
    found = diagnose(instance)
    for finding in found:
        assert finding.proven
        assert finding.bent is not None
        assert has_plan(finding.bent)
        assert finding.words.startswith(finding.promise.split(" + ")[0] + ": ")
        for language in LANGUAGES[1:]:
            assert words_of(language).said(finding.words) != finding.words
    assert [f.relative for f in found] == sorted(f.relative for f in found)
    return {finding.promise: finding for finding in found}


def test_a_plan_that_exists_needs_no_diagnosis() -> None:
    assert diagnose(region({"A": 1000, "B": 1000}, {"AB": 1.0})) == []


def test_reach_too_short_for_the_only_seat() -> None:
    """Only A may hold a seat and C is 2.4 h away: 0.4 h more, or a seat in C."""
    hours = {"AB": 1.0, "BC": 1.0, "AC": 2.4}
    stated = region({"A": 2000, "B": 1000, "C": 1000}, hours, no_seat=("B", "C"))
    found = findings(stated)
    assert set(found) == {"reach", "seat_allowed"}
    assert found["reach"].amount == pytest.approx(0.4)
    assert found["reach"].unit == "hours"
    assert "Cuzcatan (C) from Anta (A)" in found["reach"].words
    assert "raise reach_hours from 2 to 2.4" in found["reach"].words
    assert has_plan(with_policy(stated, reach_hours=2.4))
    assert not has_plan(with_policy(stated, reach_hours=2.399))
    assert found["seat_allowed"].amount == 1
    assert "Cuzcatan (C)" in found["seat_allowed"].words


def test_no_operator_model_small_enough() -> None:
    """A has 600 connections, 5 h from B; the only model begins at 1,000."""
    stated = region({"A": 600, "B": 2000}, {"AB": 5.0}, models={"social": (0, 1000, 1e9)})
    found = findings(stated)
    assert set(found) == {"viable_size", "reach"}
    assert found["viable_size"].amount == 400
    assert "Anta (A)" in found["viable_size"].words
    assert "from 1,000 to 600" in found["viable_size"].words
    assert not has_plan(with_models(stated, connections_least=601.0))
    assert found["reach"].amount == pytest.approx(3.0)


def test_no_operator_model_large_enough() -> None:
    stated = region({"A": 5000, "B": 2000}, {"AB": 5.0}, models={"social": (0, 0, 3000)})
    found = findings(stated)
    assert set(found) == {"viable_size"}
    assert found["viable_size"].amount == 2000
    assert "raise connections_most of social from 3,000 to 5,000" in found["viable_size"].words
    assert not has_plan(with_models(stated, connections_most=4999.0))


def test_towns_kept_together_too_far_apart() -> None:
    """A and C are 3 h apart; from B in between the farther one is 2.5 h away."""
    stated = region(
        {"A": 1000, "B": 1000, "C": 1000},
        {"AB": 1.0, "BC": 2.5, "AC": 3.0},
        keep_together=(("A", "C"),),
    )
    found = findings(stated)
    assert set(found) == {"reach", "keep_together"}
    assert found["reach"].amount == pytest.approx(0.5)
    assert not has_plan(with_policy(stated, reach_hours=2.499))
    assert found["keep_together"].amount == 1
    assert "Anta (A) and Cuzcatan (C)" in found["keep_together"].words
    assert found["keep_together"].bent.policy.keep_together == ()


def test_only_the_set_in_the_way_is_given_up() -> None:
    """A and B can stay together; A and C, 5 h apart, cannot."""
    stated = region(
        {"A": 1000, "B": 1000, "C": 1000, "D": 1000},
        {"AB": 1.0, "AC": 5.0, "CD": 1.0},
        keep_together=(("A", "B"), ("B", "C")),
    )
    found = findings(stated)
    assert found["keep_together"].amount == 1
    assert len(found["keep_together"].bent.policy.keep_together) == 1


def test_towns_kept_apart_are_too_small_alone() -> None:
    """Three towns of 1,000 apart, and an operator needs 2,000."""
    stated = region(
        {"A": 1000, "B": 1000, "C": 1000},
        {"AB": 1.0, "BC": 1.0, "AC": 1.0},
        models=SIZE_2000,
        keep_apart=(("A", "B", "C"),),
    )
    found = findings(stated)
    assert set(found) == {"keep_apart", "viable_size"}
    assert found["keep_apart"].amount == 1
    assert found["viable_size"].amount == 1000
    assert not has_plan(with_models(stated, connections_least=1001.0))


def test_subsidy_budget_too_low() -> None:
    """A needs 500,000 and brings 360,000: 140,000 public money, 40,000 above the budget.

    Without more budget the share must rise to 0.03 x 400 / 360 = 0.03333, rounded up 0.0334.
    """
    stated = region({"A": 1000}, {}, connection_cost=500.0, subsidy_budget_year=100_000.0)
    found = findings(stated)
    assert set(found) == {"subsidy_budget", "affordable_bill"}
    assert found["subsidy_budget"].amount == pytest.approx(40_000.0)
    assert found["subsidy_budget"].unit == "PEN/year"
    assert not has_plan(with_policy(stated, subsidy_budget_year=139_990.0))
    assert found["affordable_bill"].amount == pytest.approx(0.0034)
    assert not has_plan(with_policy(stated, affordable_share=0.0333))


def test_affordability_too_tight_without_subsidy() -> None:
    """The share that covers 500,000 is 0.03 x 500 / 360 = 0.041667, rounded up 0.0417.

    At that bill of 41.67 support for what is above 30 is 28 % of the bill.
    """
    stated = region({"A": 1000}, {}, connection_cost=500.0, operating_subsidy=False)
    found = findings(stated)
    assert set(found) == {"affordable_bill", "operating_subsidy", "household_support"}
    assert found["affordable_bill"].amount == pytest.approx(0.0117)
    assert not has_plan(with_policy(stated, affordable_share=0.0416))
    assert found["operating_subsidy"].amount == pytest.approx(140_000.0)
    allowed = {"operating_subsidy": True, "subsidy_budget_year": 139_990.0}
    assert not has_plan(with_policy(stated, **allowed))
    assert found["household_support"].amount == pytest.approx(0.28)
    assert not has_plan(with_policy(stated, household_support_share=0.27))


@pytest.mark.parametrize("scope", ["town", "region"])
def test_affordability_under_other_tariff_scopes(scope: str) -> None:
    """Two equal towns: 1,000,000 needed, 720,000 paid, so the share is again 0.041667."""
    stated = region(
        {"A": 1000, "B": 1000},
        {"AB": 1.0},
        connection_cost=500.0,
        operating_subsidy=False,
        tariff_scope=scope,
    )
    found = findings(stated)
    assert found["affordable_bill"].amount == pytest.approx(0.0117)
    assert found["operating_subsidy"].amount == pytest.approx(280_000.0)


def test_area_cannot_be_connected() -> None:
    """All three towns are needed for one operator, and C borders on nobody."""
    stated = region(
        {"A": 1000, "B": 1000, "C": 1000},
        {"AB": 1.0, "BC": 1.0, "AC": 1.0},
        models={"social": (0.0, 3000.0, 1e9)},
        borders=("AB",),
        connected=True,
    )
    found = findings(stated)
    assert set(found) == {"connected", "viable_size"}
    assert found["connected"].amount == 1
    assert "Cuzcatan (C)" in found["connected"].words
    assert len(found["connected"].bent.adjacency_table) == 2
    assert has_plan(with_policy(stated, connected=False))
    assert found["viable_size"].amount == 2000
    assert not has_plan(with_models(stated, connections_least=1001.0))


def test_zones_too_small_for_an_operator() -> None:
    stated = region(
        {"A": 1000, "B": 1000},
        {"AB": 1.0},
        models=SIZE_2000,
        zones={"A": "north", "B": "south"},
        same_zone=True,
    )
    found = findings(stated)
    assert set(found) == {"same_zone", "viable_size"}
    assert found["same_zone"].amount == 1


def test_too_many_fixed_seats() -> None:
    stated = region({"A": 1000, "B": 1000}, {"AB": 1.0}, models=SIZE_2000, fixed_seats=("A", "B"))
    found = findings(stated)
    assert set(found) == {"fixed_seats", "viable_size"}
    assert found["fixed_seats"].amount == 1
    assert len(found["fixed_seats"].bent.policy.fixed_seats) == 1


def test_too_few_operators_allowed() -> None:
    stated = region({"A": 1000, "B": 1000}, {"AB": 5.0}, operators_most=1)
    found = findings(stated)
    assert found["operator_count"].amount == 1
    assert "operators_most from 1 to 2" in found["operator_count"].words
    assert found["reach"].amount == pytest.approx(3.0)


def test_too_many_operators_asked_for() -> None:
    stated = region({"A": 1000, "B": 1000}, {"AB": 1.0}, models=SIZE_2000, operators_least=2)
    found = findings(stated)
    assert found["operator_count"].amount == 1
    assert "operators_least from 2 to 1" in found["operator_count"].words


def test_no_town_may_pay_more_than_alone() -> None:
    """Alone A and B need 200,000 each; together 100,000 + 200,000 + 250,000 of transition.

    550,000 is 150,000 above what both together would pay alone.
    """
    stated = region(
        {"A": 1000, "B": 1000},
        {"AB": 1.0},
        models={"social": (100_000.0, 0.0, 1e9)},
        transition=250_000.0,
        operating_subsidy=False,
        participation=True,
        keep_together=(("A", "B"),),
    )
    found = findings(stated)
    assert set(found) == {"participation", "operating_subsidy", "keep_together"}
    assert found["participation"].amount == pytest.approx(150_000.0)
    assert found["operating_subsidy"].amount == pytest.approx(150_000.0)


def test_two_promises_must_bend_together() -> None:
    """A (600 connections) is alone in the world; C and D must be together and are 3 h apart."""
    stated = region(
        {"A": 600, "C": 1000, "D": 1000},
        {"CD": 3.0},
        models={"social": (0.0, 1000.0, 1e9)},
        keep_together=(("C", "D"),),
    )
    found = findings(stated)
    assert set(found) == {"viable_size + reach"}
    (both,) = found.values()
    assert "; together with reach: " in both.words
    smaller = with_models(stated, connections_least=600.0)
    assert has_plan(with_policy(smaller, reach_hours=3.0))
    assert not has_plan(with_policy(smaller, reach_hours=2.999))
    assert not has_plan(with_models(both.bent, connections_least=601.0))


def test_only_failing_parts_are_looked_at() -> None:
    """D and E have a plan of their own: the finding names A alone, and its bend is A's."""
    stated = region(
        {"A": 600, "D": 1000, "E": 1000},
        {"DE": 1.0},
        models={"social": (0.0, 1000.0, 1e9)},
    )
    found = findings(stated)
    assert found["viable_size"].amount == 400
    assert "Echarate" not in found["viable_size"].words


def test_stop_is_obeyed_and_said() -> None:
    stated = region(
        {"A": 1000, "B": 1000, "C": 1000},
        {"AB": 1.0, "BC": 1.0, "AC": 1.0},
        models=SIZE_2000,
        keep_apart=(("A", "B", "C"),),
    )
    (finding,) = diagnose(stated, stop=lambda: True)
    assert not finding.proven
    assert finding.words.startswith("not diagnosed")
