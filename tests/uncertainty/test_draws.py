"""Draws: fixed by seed, number and key; arrays of a draw equal those of the drawn region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from optimizer.cost_terms.factors import UNCERTAIN
from optimizer.errors import InstanceError
from optimizer.instance.schema.uncertainty_fields import Uncertain, Uncertainty
from optimizer.tariffs.case import case_of, make_case
from optimizer.uncertainty.cases import drawn_cases
from optimizer.uncertainty.draws import draw, draws_of
from optimizer.uncertainty.ranges import ranges
from optimizer.uncertainty.regions import drawn_region
from tests.support.regions import random_region

MODELS = ["board", "private"]
SPREAD = Uncertain(distribution="lognormal", sd=0.3, each="town")


def test_draws_are_fixed_by_seed_number_and_key() -> None:
    data = {"costs": SPREAD, "income": Uncertain(distribution="uniform", low=0.8, high=1.0)}
    both = Uncertainty(data=data)
    first = draw(both, ["a", "b", "c"], MODELS, draws=7, seed=1)
    turned = draw(both, ["c", "b", "a"], MODELS, draws=7, seed=1)
    assert (first.town["costs"] == turned.town["costs"][:, ::-1]).all()
    assert first.town["costs"].shape == (7, 3)
    assert first.model["costs"].shape == (7, 2)
    assert first.town["income"].shape == (7, 1)
    without = draw(Uncertainty(data={"costs": SPREAD}), ["b"], MODELS, draws=7, seed=1)
    assert (without.town["costs"][:, 0] == first.town["costs"][:, 1]).all()
    other = draw(both, ["a", "b", "c"], MODELS, draws=7, seed=2)
    assert (other.town["costs"] != first.town["costs"]).any()
    assert (other.town["income"] != first.town["income"]).any()


def test_every_distribution_has_its_quantiles() -> None:
    # medians: the middle of a uniform; low + sqrt(0.5 * 4 * 1) of a triangle with its mode at 1
    shapes = {
        "income": (Uncertain(distribution="uniform", low=1, high=3, each="town"), 2.0),
        "consumption": (
            Uncertain(distribution="triangular", low=0, mode=4, high=4, each="town"),
            np.sqrt(0.5 * 4 * 4),
        ),
        "operation": (Uncertain(distribution="normal", mean=5, sd=1, each="town"), 5.0),
        "overhead": (Uncertain(distribution="lognormal", mean=2, sd=0.5, each="town"), 2.0),
    }
    data = {name: record for name, (record, _) in shapes.items()}
    found = draw(Uncertainty(data=data), ["a"], ["m"], draws=1001, seed=0)
    for name, (_, median) in shapes.items():
        values = found.model[name] if name == "overhead" else found.town[name]
        assert np.median(values) == pytest.approx(median, rel=5e-3), name
    assert np.log(found.model["overhead"]).std() == pytest.approx(0.5, rel=0.02)


def test_common_share_and_correlations() -> None:
    towns = [f"t{k}" for k in range(12)]
    half = Uncertain(distribution="lognormal", sd=1, each="town", common_share=0.5)
    data = {"operation": half, "replacement": half, "income": half}
    pairs = (("operation", "replacement", 0.8), ("operation", "income", -0.4))
    linked = Uncertainty(data=data, correlations=pairs)
    found = draw(linked, towns, MODELS, draws=4000, seed=3)
    score = {name: np.log(values) for name, values in found.town.items()}
    within = np.corrcoef(score["operation"].T)[np.triu_indices(12, 1)].mean()
    assert within == pytest.approx(0.5, abs=0.05)
    for a, b, due in pairs:
        same = [np.corrcoef(score[a][:, k], score[b][:, k])[0, 1] for k in range(12)]
        assert np.mean(same) == pytest.approx(due, abs=0.05)
    apart = draw(Uncertainty(data=data), towns, MODELS, draws=4000, seed=3)
    assert np.log(apart.town["income"]).std() == pytest.approx(1.0, abs=0.05)


def some_data(seed: int) -> Uncertainty:
    """Most kinds of data, with and without a part of each town, one of them absolute."""
    spread = Uncertain(distribution="lognormal", sd=0.2)
    each = Uncertain(distribution="lognormal", sd=0.2, each="town", common_share=0.3)
    rate = Uncertain(distribution="uniform", low=0.6, high=1, each="town", absolute=True)
    names = [n for n in UNCERTAIN if n != "connections"]
    picked = np.random.default_rng(seed).permutation(names)[:8]
    data = {str(name): (spread, each)[k % 2] for k, name in enumerate(picked)}
    return Uncertainty(data={**data, "collection_rate": rate}, draws=3, seed=seed)


@pytest.mark.parametrize("seed", range(12))
def test_arrays_equal_those_of_the_drawn_region(seed: int) -> None:
    region = random_region(seed).replace(uncertainty=some_data(seed))
    case, draws = case_of(region), draws_of(region)
    for number, fast in enumerate(drawn_cases(case, draws)):
        slow = make_case(drawn_region(region, draws, number), case.reach)
        for name in ("revenue_year", "price_most", "level_most", "poorest_burden"):
            assert vars(fast)[name] == pytest.approx(vars(slow)[name], rel=1e-9), name
        assert fast.stand_alone_year == pytest.approx(slow.stand_alone_year, rel=1e-9)
        assert fast.caps.limit == pytest.approx(slow.caps.limit, rel=1e-9)
        assert fast.caps.weight == pytest.approx(slow.caps.weight, rel=1e-9)
        assert fast.support.most == pytest.approx(slow.support.most, rel=1e-9)
        towns = np.arange(case.towns)
        hours = np.full(case.towns, 0.7)
        served = fast.cost.serve_requirement(towns, hours, towns != 0)
        assert served == pytest.approx(slow.cost.serve_requirement(towns, hours, towns != 0))
        assert fast.cost.open_requirement() == pytest.approx(slow.cost.open_requirement())


def test_sizes_and_reach_stay_as_given() -> None:
    region = random_region(1)
    data = {
        "connections": Uncertain(distribution="uniform", low=1.5, high=2.5),
        "hours": Uncertain(distribution="uniform", low=3, high=4),
    }
    case = case_of(region.replace(uncertainty=Uncertainty(data=data, draws=2)))
    drawn = drawn_cases(case)[1]
    assert (drawn.cost.size == case.cost.size).all()
    assert (drawn.resources.amount == case.resources.amount).all()
    assert (drawn.hours == case.hours).all()
    assert (drawn.cost.trips_year > 2.9 * case.cost.trips_year).all()
    assert (drawn.revenue_year > 1.4 * case.revenue_year).all()


def test_an_instance_keeps_its_uncertainty(tmp_path: Path) -> None:
    plain = random_region(4)
    region = plain.replace(uncertainty=some_data(4))
    assert region.fingerprint() != plain.fingerprint()
    more = region.replace(uncertainty=region.uncertainty.replace(draws=50))
    other = region.replace(uncertainty=region.uncertainty.replace(seed=9))
    assert len({r.fingerprint() for r in (region, more, other)}) == 3
    assert plain.replace(uncertainty=Uncertainty(draws=7)).fingerprint() != plain.fingerprint()
    again = op.read(op.write(region, tmp_path / "kept"))
    assert again.uncertainty == region.uncertainty
    assert again.fingerprint() == region.fingerprint()


def test_problems_are_named_with_their_line(tmp_path: Path) -> None:
    folder = op.new_instance(tmp_path / "valley", "Valley")
    file = folder / "instance.toml"
    good = file.read_text(encoding="utf-8")
    stated = """
[uncertainty]
draws = 50
correlations = [["costs", "income", 0.5], ["costs", "incom", 0.5]]
[uncertainty.data.costs]
distribution = "lognormal"
sd = 0.2
[uncertainty.data.overheads]
distribution = "lognormal"
sd = 0.2
[uncertainty.data.income]
distribution = "uniform"
low = 1
"""
    file.write_text(good + stated, encoding="utf-8")
    with pytest.raises(InstanceError) as caught:
        op.read(folder)
    told = str(caught.value)
    for words in ("needs high", "did you mean 'overhead'", "'incom' is not among"):
        assert words in told, told
    lines = file.read_text(encoding="utf-8").splitlines()
    place = [p for p in caught.value.problems if "overheads" in p.column]
    assert lines[place[0].line - 1] == "[uncertainty.data.overheads]"
    whole = 'correlations = [["costs", "income", -1.0], ["income", "operation", -1.0], '
    whole += '["costs", "operation", -1.0]]'
    data = "".join(
        f'[uncertainty.data.{name}]\ndistribution = "lognormal"\nsd = 0.2\n'
        for name in ("costs", "income", "operation")
    )
    file.write_text(f"{good}\n[uncertainty]\n{whole}\n{data}", encoding="utf-8")
    with pytest.raises(InstanceError, match="cannot all be true together"):
        op.read(folder)
    with pytest.raises(InstanceError, match="did you mean 'costs'"):
        random_region(1).replace(uncertainty=Uncertainty(data={"cost": SPREAD}))


def test_default_ranges_say_how_each_datum_is_known() -> None:
    table = ranges(op.read("instances/san_martin"))
    assert set(table["range"]) == {"default"}
    assert table.loc["collection_rate", "known"] == "assumed"
    stated = random_region(2).replace(uncertainty=Uncertainty(data={"costs": SPREAD}))
    assert ranges(stated)["range"].tolist() == ["stated"]
    # a region whose tables give everything: its ranges are the narrow ones, overhead is assumed
    given = ranges(random_region(2))["known"].to_dict()
    assert given["overhead"] == "assumed"
    assert given["income"] in ("given", "derived")
