"""How sure the map is: pairs, towns alone, plans on fresh draws, what is worth knowing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from optimizer.analysis.certainty.information import perfect_information, worth_of_data
from optimizer.errors import PolicyError
from optimizer.report.page.certainty_view import certainty_html
from optimizer.uncertainty.draws import Draws
from tests.support.regions import random_region


@pytest.fixture(scope="module")
def found() -> op.Certainty:
    """Four towns whose overhead decides: at almost nothing nobody joins, at three times all do."""
    plain = random_region(0, towns=4, policy=op.Policy(reach_hours=3.0, affordable_share=0.05))
    spread = op.Uncertain(distribution="uniform", low=0.01, high=3.0)
    region = plain.replace(uncertainty=op.Uncertainty(data={"overhead": spread}, seed=1))
    return op.certainty(region, draws=12, fresh=60)


def test_pairs_are_counted_over_the_best_plans(found: op.Certainty) -> None:
    assert found.draws == 12
    assert found.pairs["share"].between(0, 1).all()
    # with overhead between almost nothing and three times itself the map changes
    assert found.pairs["share"].between(0.01, 0.99).any()
    assert found.towns["alone_share"].between(0, 1).all()
    given = found.given.towns["service_area"]
    sizes = given.value_counts()
    assert found.pairs["together_given"].sum() == sum(n * (n - 1) // 2 for n in sizes)


def test_knowing_the_one_uncertain_figure_is_knowing_everything(found: op.Certainty) -> None:
    worth = found.information.loc["overhead"]
    assert worth["worth_year"] <= found.perfect.mean_year + 1e-6
    assert worth["worth_year"] > 0.5 * found.perfect.mean_year > 0
    assert found.plans.loc["given figures", "saves_against_given_year"] == 0


def test_the_same_again_from_its_folder(tmp_path: Path) -> None:
    pair = op.read("instances/pair")
    running = op.Running(folder=str(tmp_path))
    first = op.certainty(pair, draws=3, fresh=10, running=running)
    again = op.certainty(pair, draws=3, fresh=10, running=running)
    assert again.runs["resumed"].all()
    assert again.plans.equals(first.plans)
    shuffled = pair.replace(towns=pair.towns.iloc[::-1])
    assert op.certainty(shuffled, draws=3, fresh=10).pairs["share"].tolist() == [1.0]


def test_worth_of_a_figure_that_decides_nothing_is_nothing() -> None:
    rng = np.random.default_rng(0)
    values = np.column_stack([np.zeros(200), rng.normal(0.0, 1.0, 200)])
    idle = Draws(200, town={"income": rng.lognormal(0.0, 0.3, (200, 30))})
    row = worth_of_data(values, idle, {}).iloc[0]
    assert row["worth_year"] <= 2.5 * row["standard_error_year"]
    # with two plans of 0 and N(0, 1) knowing everything saves about E max(0, -x) = 0.4
    assert perfect_information(values).mean_year == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_page_is_whole_in_every_language(found: op.Certainty, language: str) -> None:
    page = certainty_html(found, language=language)
    assert "<svg" in page
    assert 'stroke-width="' in page
    assert "http" not in page.replace("http-equiv", "")
    if language != "en":
        assert "How sure is the map?" not in page
        assert "worth knowing" not in page


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(PolicyError, match="2 draws"):
        op.certainty(op.read("instances/pair"), draws=1)
