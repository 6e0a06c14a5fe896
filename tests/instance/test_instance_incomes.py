"""Household incomes and replacement against numbers worked by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.instance.derive.derive import capital_recovery
from optimizer.instance.derive.incomes import (
    group_names,
    group_shares_of_income,
    mean_from_poverty,
    sigma_from_gini,
)
from optimizer.instance.reading.read import read
from tests.support.instance_folder import HEAD, MODEL, folder_with


def test_sigma_from_gini_by_hand() -> None:
    # Phi(1) = 0.8413447, so G = 2 x 0.8413447 - 1 = 0.6826895 makes Phi^-1((1 + G) / 2) = 1
    assert float(sigma_from_gini(0.6826894921)) == pytest.approx(math.sqrt(2.0), rel=1e-8)
    assert float(sigma_from_gini(0.0)) == 0.0


def test_two_halves_by_hand() -> None:
    # sigma = sqrt(2) as above; L(1/2) = Phi(0 - 1.41421) = 0.0786496, so the poorer half has
    # 2 x 0.0786496 = 0.1572992 of the mean and the richer half 2 x 0.9213504 = 1.8427008
    ratios = group_shares_of_income([0.6826894921], 2)
    assert ratios[0].tolist() == pytest.approx([0.1572992, 1.8427008], rel=1e-6)


def test_equal_incomes_make_equal_groups() -> None:
    assert group_shares_of_income([0.0], 5)[0].tolist() == pytest.approx([1.0] * 5)


def test_mean_from_poverty_by_hand() -> None:
    # sigma = sqrt(2); a rate of Phi(-1) = 0.1586553 puts ln z one sigma below mu:
    # mu = ln 1000 + sqrt(2), mean = exp(mu + 1) = 1000 exp(2.4142136) = 11180.98...
    mean = float(mean_from_poverty(0.1586552539, 1000.0, 0.6826894921))
    assert mean == pytest.approx(1000.0 * math.exp(1.0 + math.sqrt(2.0)), rel=1e-8)


@given(gini=st.floats(0.0, 0.9), groups=st.integers(1, 20), rate=st.floats(0.01, 0.99))
def test_groups_rise_and_average_to_the_mean(gini: float, groups: int, rate: float) -> None:
    ratios = group_shares_of_income([gini], groups)[0]
    assert ratios.mean() == pytest.approx(1.0, rel=1e-9)
    assert (np.diff(ratios) >= -1e-9).all()
    assert float(mean_from_poverty(rate, 100.0, gini)) > 0.0
    assert len(group_names(groups)) == groups


def test_poverty_rate_and_line_make_the_incomes_of_a_town(tmp_path: Path) -> None:
    # median poverty (rate 0.5) at 200 per person x 5 persons: mu = ln 1000
    text = HEAD + "[incomes]\npoverty_line_person_month = 200\npersons_per_household = 5\n"
    text += "gini = 0.6826894921\ngroups = 2\n" + MODEL
    towns = "town,lon,lat,population,poverty_rate,income_month\nA,-76.1,-6.1,8000,0.5,\n"
    towns += "B,-76.2,-6.2,4000,0.5,600\n"  # its own income goes first
    pair = read(folder_with(tmp_path, {"instance.toml": text, "towns.csv": towns}))
    mean = 1000.0 * math.e  # exp(sigma^2 / 2) = e
    assert pair.households.loc["A", "income_month"].tolist() == pytest.approx(
        [0.1572992 * mean, 1.8427008 * mean], rel=1e-6
    )
    assert pair.households.loc["B", "income_month"].mean() == pytest.approx(600.0)


def test_capital_recovery_by_hand() -> None:
    # 10 % over 2 years: x / 1.1 + x / 1.21 = 1 gives x = 1.21 / 2.1
    assert capital_recovery(0.10, 2.0) == pytest.approx(1.21 / 2.1, rel=1e-12)
    assert capital_recovery(0.0, 25.0) == 0.04
    assert capital_recovery(1e-12, 25.0) == pytest.approx(0.04, rel=1e-9)


def test_replacement_from_assets_of_the_town_or_per_connection(tmp_path: Path) -> None:
    text = HEAD + "[costs]\nasset_value_connection = 100\nasset_life_years = 2\n"
    text += "discount_rate = 0.1\n[incomes]\nincome_month = 1\n" + MODEL
    towns = (
        "town,lon,lat,population,asset_value,replacement_cost_year\n"
        "A,-76.1,-6.1,8000,,\nB,-76.2,-6.2,8000,2100,\nC,-76.3,-6.3,8000,2100,7\n"
    )
    three = read(folder_with(tmp_path, {"instance.toml": text, "towns.csv": towns}))
    # A: 2,000 connections x 100 x 1.21 / 2.1; B: 2,100 x 1.21 / 2.1 = 1,210; C: as given
    assert three.towns["replacement_cost_year"].tolist() == pytest.approx(
        [200_000 * 1.21 / 2.1, 1210.0, 7.0]
    )
