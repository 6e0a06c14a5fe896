"""Elections: expected losses worked by hand on two towns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.analysis.loyalty.election import (
    compare_election_risk,
    election_risk,
    leaving_chances,
)
from optimizer.cli.app import app
from optimizer.errors import InstanceError
from optimizer.instance.writing.write import write
from tests.support.stability_regions import flat_region


@pytest.fixture
def pair() -> op.Plan:
    """Alba pays 102,000 and Brisa 51,000 together; alone 120,000 and 90,000."""
    return op.solve(op.read("instances/pair"))


def test_one_town_leaves_for_sure(pair: op.Plan) -> None:
    risk = election_risk(pair, pd.Series({"brisa": 1.0}), draws=5)
    area = risk.areas.iloc[0]
    assert area["chance_leaves"] == 1.0
    assert area["loss_stayers_year"] == pytest.approx(18e3)
    assert area["loss_leavers_year"] == pytest.approx(39e3)
    assert risk.cost_year == pytest.approx(210e3)
    assert risk.towns["loss_to_others_year"].to_dict() == pytest.approx(
        {"alba": 39e3, "brisa": 18e3}
    )


def test_expected_loss_lies_within_its_error(pair: op.Plan) -> None:
    # With chance 1/2 each: one of the two stays behind in half of the elections, 18,000 or 39,000;
    # expected (18,000 + 39,000) / 4 = 14,250. All cost 153,000 in a quarter of them, else 210,000.
    risk = election_risk(pair, 0.5, draws=4000, seed=3)
    area = risk.areas.iloc[0]
    error = area["loss_stayers_error_year"]
    assert abs(area["loss_stayers_year"] - 14_250) < 4 * error
    assert error == pytest.approx(16_000 / np.sqrt(4000), rel=0.1)
    assert abs(risk.cost_year - 195_750) < 4 * risk.cost_error_year
    assert area["loss_if_leaves_year"] == pytest.approx(28_500, rel=0.05)
    again = election_risk(pair, 0.5, draws=4000, seed=3)
    pd.testing.assert_frame_equal(risk.areas, again.areas)
    assert election_risk(pair, 0.5, draws=4000, seed=4).cost_year != risk.cost_year


def test_nobody_leaves_nobody_loses(pair: op.Plan) -> None:
    risk = election_risk(pair, 0.0, draws=10)
    assert risk.loss_stayers_year == 0.0
    assert risk.cost_year == pytest.approx(153e3)


def test_area_stops_being_viable() -> None:
    # An operator needs 1,500 connections: when one of two towns goes, both are stranded; with
    # three towns, two can go on: 60,000 instead of 40,000 for the two.
    plan = op.evaluate(flat_region([0.0] * 2, overheads=[(60e3, 1500, 9000)]), "together")
    risk = election_risk(plan, pd.Series({"t1": 1.0}), draws=3)
    assert risk.areas["chance_not_viable"].tolist() == [1.0]
    assert risk.stranded_towns == 2.0
    assert risk.towns["chance_stranded"].tolist() == [1.0, 1.0]
    assert np.isinf(risk.towns["loss_to_others_year"]).all()
    three = op.evaluate(flat_region([0.0] * 3, overheads=[(60e3, 1500, 9000)]), "together")
    risk = election_risk(three, pd.Series({"t1": 1.0}), draws=3)
    assert risk.areas["chance_not_viable"].tolist() == [0.0]
    assert risk.areas["loss_stayers_year"].tolist() == pytest.approx([20e3])
    assert risk.stranded_towns == 1.0
    assert "2 of" not in str(risk)
    assert "stayers lose 20,000" in str(risk)


def test_seat_leaves_and_another_takes_over() -> None:
    # Tres, the seat, leaves: Dos or Cuatro serves the rest for 100,000 + 160,000 + 6,000 travel,
    # 266,000 instead of the 244,800 that the four pay now.
    plan = op.solve(op.read("instances/line"))
    risk = election_risk(plan, pd.Series({"tres": 1.0}), draws=2)
    assert risk.areas["loss_stayers_year"].tolist() == pytest.approx([21_200])


def test_kept_together_towns_may_still_part_at_an_election() -> None:
    region = flat_region([0.0] * 3, overheads=[(60e3, 0, 9000)])
    region = region.replace(policy=region.policy.replace(keep_together=(("t0", "t1"),)))
    risk = election_risk(op.evaluate(region, "together"), pd.Series({"t1": 1.0}), draws=2)
    assert risk.areas["chance_not_viable"].tolist() == [0.0]


def test_plans_are_compared_on_the_same_elections() -> None:
    # Elections break the shared plan, never the one that was apart before: 210,000 whatever comes.
    region = op.read("instances/pair")
    plans = {"apart": op.evaluate(region, "alone"), "shared": op.evaluate(region, "together")}
    table = compare_election_risk(plans, 0.2, draws=500, seed=1)
    assert table.index.tolist() == ["shared", "apart"]
    assert table["expected_cost_year"].loc["apart"] == pytest.approx(210e3)
    assert table["expected_cost_error_year"].loc["apart"] == 0.0
    kept = (210e3 - table["expected_cost_year"].loc["shared"]) / 57e3
    assert kept == pytest.approx(0.64, abs=0.1)


@pytest.mark.parametrize(
    ("chance", "draws", "words"),
    [
        (1.5, 10, "the chance of alba is 1.5"),
        (pd.Series({"nowhere": 0.5}), 10, "town nowhere is not in the instance"),
        (0.5, 0, "0 draws"),
    ],
)
def test_input_is_checked(pair: op.Plan, chance: object, draws: int, words: str) -> None:
    with pytest.raises(InstanceError, match=words):
        election_risk(pair, chance, draws=draws)  # type: ignore[arg-type]


def test_chances_of_the_towns_hold_where_nothing_else_is_given(
    pair: op.Plan, tmp_path: Path
) -> None:
    """Brisa leaves for sure, Alba never: as if that were said; 0.1 where towns.csv says nothing."""
    assert leaving_chances(pair.instance).tolist() == [0.1, 0.1]
    towns = pair.instance.towns.assign(leaving_chance=[0.0, 1.0])
    known = pair.instance.replace(towns=towns)
    assert known.fingerprint() != pair.instance.fingerprint()
    again = op.read(write(known, tmp_path / "pair"))
    assert again.fingerprint() == known.fingerprint()
    plan = op.solve(again)
    risk = op.election_risk(plan, draws=5)
    assert risk.towns["leaving_chance"].to_dict() == {"alba": 0.0, "brisa": 1.0}
    assert risk.loss_stayers_year == pytest.approx(18e3)
    assert op.election_risk(plan, 0.0, draws=5).loss_stayers_year == 0.0
    run = str(plan.write(tmp_path / "run") or tmp_path / "run")
    shown = CliRunner().invoke(app, ["election", run, "--draws", "5"])
    assert shown.exit_code == 0, shown.output
    assert "18,000" in shown.output
    shown = CliRunner().invoke(app, ["election", run, "--draws", "5", "--chance", "0"])
    assert "expect to lose 0 a year" in shown.output


def test_an_open_chance_changes_no_fingerprint(pair: op.Plan) -> None:
    towns = pair.instance.towns
    bare = pair.instance.replace(towns=towns.drop(columns="leaving_chance", errors="ignore"))
    assert bare.fingerprint() == pair.instance.fingerprint()
