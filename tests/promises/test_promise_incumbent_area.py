"""The promise ``incumbent_area``: operators that exist, their seats and their locks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import optimizer as op
from optimizer.errors import InstanceError
from optimizer.instance.incumbents import LOCKS, incumbents_of
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.messages.catalogue import Language
from optimizer.messages.words import words_of
from optimizer.report.page.operators_view import operator_words
from optimizer.solving.branch_and_price import solve_columns
from optimizer.solving.branch_and_price.parameters import Parameters
from optimizer.solving.clock import Clock
from optimizer.solving.options import Options
from tests.paths import ROOT
from tests.support.brute_force import least_cost
from tests.support.incumbent_regions import free, with_incumbents
from tests.support.method_checks import check_methods

LINE = op.read(ROOT / "instances" / "line")


def line_with(**data: object) -> Instance:
    """The line with an operator that exists in its first town."""
    models = LINE.operator_models
    own = models.iloc[[0]].assign(seat=str(LINE.towns.index[0]), **data)
    own.index = pd.Index(["utility"], name="operator_model")
    return LINE.replace(operator_models=pd.concat([models, own]))


def test_both_methods_equal_brute_force_with_locks() -> None:
    """24 regions under random promises; where it is in the way, a lock costs something."""
    dearer = used = 0
    for seed in range(24):
        region = with_incumbents(seed)
        check_methods(region)
        cost, without = least_cost(op.case_of(region)), least_cost(op.case_of(free(region)))
        dearer += cost > without * (1 + 1e-9)
        if cost < float("inf"):
            used += op.solve(region).areas["operator_model"].str.startswith("utility").any()
    assert dearer >= 6
    assert used >= 8


def test_compiled_search_knows_the_seats() -> None:
    """The compiled search, which large regions use, finds the plans of the other."""
    for seed in range(40, 43):
        region = with_incumbents(seed, towns=5, policy=Policy(reach_hours=3.0, connected=False))
        expected = least_cost(op.case_of(region))
        assert compiled_objective(region) == pytest.approx(expected, rel=1e-6)


def compiled_objective(region: Instance) -> float:
    """The objective where every search is the compiled one."""

    usual = Parameters()
    pricing = replace(usual.pricing, compiled_above_towns=0, compiled_above_towns_with_cuts=0)
    with Clock(Options()) as clock:
        found = solve_columns(op.case_of(region), clock, parameters=replace(usual, pricing=pricing))
    return found.objective


def test_a_given_area_takes_the_operator_that_exists_only_at_its_seat() -> None:
    towns = [str(t) for t in LINE.towns.index]
    region = line_with(overhead_year=1.0)
    plan = op.evaluate(region, dict.fromkeys(towns, "all"))
    assert plan.areas["operator_model"].tolist() == ["utility"]
    assert plan.areas["seat"].tolist() == [towns[0]]
    assert plan.audit().passed
    without = {t: ("first" if t == towns[0] else "rest") for t in towns}
    rest = op.evaluate(region, without).areas
    assert rest.loc[rest["seat"] != towns[0], "operator_model"].ne("utility").all()


def test_a_grouping_that_breaks_a_lock_says_so() -> None:
    towns = [str(t) for t in LINE.towns.index]
    region = line_with(may_shrink=False, towns_today=towns[1])
    plan = op.evaluate(region, "alone")
    broken = plan.audit().broken_promises
    assert broken["rule"].tolist() == ["incumbent_area"]
    assert broken["town"].tolist() == [towns[1]]
    assert plan.audit().sound


def test_today_is_a_grouping_of_its_own() -> None:
    towns = [str(t) for t in LINE.towns.index]
    plan = op.evaluate(line_with(may_shrink=False, towns_today=towns[1]), "today")
    groups = {frozenset(t) for t in plan.towns.groupby("service_area").groups.values()}
    assert groups == {frozenset(towns[:2]), *(frozenset({t}) for t in towns[2:])}
    assert plan.towns.loc[towns[:2], "operator_model"].tolist() == ["utility", "utility"]
    with pytest.raises(InstanceError, match="'today' is neither a grouping"):
        op.evaluate(LINE, "today")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "utility keeps 1 of 2 towns, takes on Tres, loses Dos."),
        ("es", "utility conserva 1 de 2 localidades, asume Tres, pierde Dos."),
        ("pt", "utility conserva 1 de 2 localidades, assume Tres, perde Dos."),
    ],
)
def test_the_page_says_who_stays_joins_and_leaves(language: Language, told: str) -> None:
    towns = [str(t) for t in LINE.towns.index]
    region = line_with(overhead_year=1.0, towns_today=towns[1])
    labels = {t: "own" if t in (towns[0], towns[2]) else t for t in towns}
    plan = op.evaluate(region, labels)
    assert operator_words(plan, words_of(language)) == [told]
    changes = op.operator_changes(plan)["change"]
    assert changes.to_dict() == {towns[0]: "stays", towns[1]: "leaves", towns[2]: "joins"}


def test_the_audit_names_what_a_lock_forbids() -> None:
    towns = [str(t) for t in LINE.towns.index]
    plan = op.solve(LINE)
    for data, broken in (
        ({"may_be_replaced": False}, {towns[0]}),
        ({"may_shrink": False, "towns_today": towns[1]}, {towns[0], towns[1]}),
    ):
        claimed = op.Plan(**{**vars(plan), "instance": line_with(**data)})
        found = claimed.audit().failures
        assert set(found.loc[found["rule"] == "incumbent_area", "town"]) == broken
    grown = op.evaluate(line_with(overhead_year=1.0), dict.fromkeys(towns, "all"))
    claimed = op.Plan(**{**vars(grown), "instance": line_with(overhead_year=1.0, may_grow=False)})
    found = claimed.audit().failures
    assert set(found.loc[found["rule"] == "incumbent_area", "town"]) == set(towns[1:])
    away = grown.areas.assign(seat=towns[1], seat_name=towns[1])
    moved = op.Plan(**{**vars(grown), "areas": away})
    assert "incumbent_area" in set(moved.audit().failures["rule"])


def test_every_lock_has_a_price() -> None:
    towns = [str(t) for t in LINE.towns.index]
    region = line_with(overhead_year=1.0, may_grow=False, towns_today=towns[1])
    price = op.price_of(op.solve(region), "incumbent_area")
    told = str(price)
    assert "dropped" in told
    assert "utility may grow" in told


def test_what_cannot_be_kept_is_diagnosed() -> None:
    towns = [str(t) for t in LINE.towns.index]
    region = line_with(may_be_replaced=False, connections_most=1.0)
    plan = op.solve(region)
    assert plan.status == "infeasible"
    assert any("incumbent_area" in str(w) or "viable_size" in str(w) for w in op.diagnose(region))
    hosts = LINE.replace(
        policy=LINE.policy.replace(host_towns=(towns[0],), operators_most=1, reach_hours=0.01)
    )
    assert op.solve(hosts).status == "infeasible"


def test_files_say_the_same_again(tmp_path: Path) -> None:
    region = line_with(may_shrink=False, towns_today=str(LINE.towns.index[1]))
    folder = op.write(region, tmp_path / "line")
    assert (folder / "operators.csv").is_file()
    again = op.read(folder)
    assert again.fingerprint() == region.fingerprint()
    assert incumbents_of(again.operator_models) == incumbents_of(region.operator_models)
    assert region.fingerprint() != free(region).fingerprint() != LINE.fingerprint()


def test_towns_may_be_called_by_name(tmp_path: Path) -> None:
    folder = op.write(LINE, tmp_path / "line")
    (folder / "operators.csv").write_text(
        "operator_model,overhead_year,seat,towns_today\nutility,1000,Uno,dos; TRES\n",
        encoding="utf-8",
    )
    (one,) = incumbents_of(op.read(folder).operator_models)
    assert one.today == ("uno", "dos", "tres")


def test_wrong_operators_are_told_at_once(tmp_path: Path) -> None:
    folder = op.write(LINE, tmp_path / "line")
    first = str(LINE.towns.index[0])
    (folder / "operators.csv").write_text(
        "operator_model,overhead_year,seat,towns_today,may_grow\n"
        f"one,1000,{first},nowhere,yes\n"
        f"two,1000,nobody,{first},perhaps\n"
        f"one,1000,{first},,no\n",
        encoding="utf-8",
    )
    with pytest.raises(InstanceError) as raised:
        op.read(folder)
    told = str(raised.value)
    for words in ("'nowhere' is not in", "'perhaps'", "operators.csv"):
        assert words in told
    (folder / "operators.csv").write_text(
        "operator_model,overhead_year,seat,towns_today\n"
        f"one,1000,{first},nowhere\ntwo,1000,nobody,{first}\none,1000,{first},\n",
        encoding="utf-8",
    )
    with pytest.raises(InstanceError) as raised:
        op.read(folder)
    told = str(raised.value)
    for words in ("'nowhere' is not in", "'nobody' is not in", "served by 'one' already", "'one'"):
        assert words in told


@pytest.mark.parametrize("lock", LOCKS)
def test_a_kind_of_operator_has_no_locks(lock: str) -> None:
    models = LINE.operator_models.copy()
    models.loc[models.index[0], lock] = False
    with pytest.raises(InstanceError, match="without a seat"):
        LINE.replace(operator_models=models)
