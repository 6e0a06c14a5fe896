"""Categories with prices of their own: both methods equal brute force, the audit sees breaks."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

import optimizer as op
from benchmarks.brute_force.random_regions import random_region
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Category, Tariff
from optimizer.solving.branch_and_price.problem.problem import make_problem
from optimizer.tariffs.prices.own_prices import own_prices
from tests.support.tariff_promises import check_random_tariffs

OWN_BLOCKS = ((), None, (20.0,), (10.0, 30.0))


def region_of(seed: int) -> Instance:
    """A random region whose free prices have a least fixed charge and a category of its own."""
    region = random_region(seed)
    rng = np.random.default_rng(seed)
    most = float(rng.choice([1.0, 1.6, 2.8]))
    shops = Category(
        category="commercial",
        blocks_m3=OWN_BLOCKS[seed % 4],
        multiple_least=(None, 0.5, 1.0)[seed % 3],
        multiple_most=most,
        multiple_at_m3=(None, 12.0, 30.0)[seed % 3],
        minimum_m3=float(rng.choice([0.0, 20.0])),
    )
    others = tuple(c for c in region.tariff.categories if c.category != "commercial")
    share = float(rng.choice([0.0, 0.2]))
    tariff = Tariff(
        blocks_m3=region.tariff.blocks_m3,
        ladder=region.tariff.ladder,
        fixed_charge_share=max(share, region.tariff.fixed_charge_share),
        fixed_charge_least_share=share,
        reference_m3_month=region.tariff.reference_m3_month,
        sewer_share_of_water_bill=region.tariff.sewer_share_of_water_bill,
        sewer_most_share=region.tariff.sewer_most_share,
        categories=(*others, shops),
    )
    return region.replace(tariff=tariff)


def test_both_methods_equal_brute_force() -> None:
    """Plain regions of the benchmark; in many the multiples make the plan dearer."""
    seeds = [s for s in range(30) if s % 10 < 8]

    def without(region: Instance) -> Instance:
        free = tuple(
            c.model_copy(update={"multiple_most": 50.0, "multiple_least": 0.0})
            if c.multiple_most is not None
            else c
            for c in region.tariff.categories
        )
        return region.replace(tariff=region.tariff.model_copy(update={"categories": free}))

    assert check_random_tariffs(seeds, region_of, without) >= 4


def test_participation_holds_down_what_shops_pay() -> None:
    """A town's limit on all its bills speaks of the shops' prices too, so no closed form holds."""
    seeds = [s for s in range(100, 118) if s % 10 < 8]

    def held(seed: int) -> Instance:
        region = region_of(seed)
        return region.replace(policy=region.policy.replace(participation=True))

    def without(region: Instance) -> Instance:
        return region.replace(policy=region.policy.replace(participation=False))

    assert check_random_tariffs(seeds, held, without) >= 2


def test_four_categories_of_four_blocks_are_built_in_a_second() -> None:
    """The rays are those of the domestic prices; with the categories they would be millions."""
    names = ("commercial", "industrial", "state", "kiosk")
    limits = (10.0, 20.0, 40.0)
    region = op.read("instances/san_martin")
    categories = tuple(Category(category=n, multiple_most=2.0, blocks_m3=limits) for n in names)
    tariff = region.tariff.model_copy(update={"blocks_m3": limits, "categories": categories})
    region = region.replace(tariff=tariff)
    case = op.case_of(region)
    begin = time.process_time()
    problem = make_problem(case)
    assert time.process_time() - begin < 1.0
    assert problem.rays.shape[1] == 5
    assert len(problem.rays) < 20
    assert sum(len(own.columns) for own in own_prices(tariff, 5)) == 20


def test_a_price_beyond_its_multiple_fails_the_audit() -> None:
    """Shops pay at most 1.5 times the mean domestic price; a plan that charges 4 times is named."""
    region = op.read("instances/san_martin")
    shops = Category(category="commercial", multiple_least=1.2, multiple_most=1.5)
    tariff = region.tariff.model_copy(
        update={"categories": (shops,), "fixed_charge_least_share": 0.1}
    )
    plan = op.evaluate(region.replace(tariff=tariff), "alone")
    assert "category_multiple" not in set(plan.audit().failures["rule"])
    broken = plan.tariffs.copy()
    category = broken.index.get_level_values("category") == "commercial"
    broken.loc[category, "price"] *= 4.0 / 1.5
    rules = replace(plan, tariffs=broken).audit().failures["rule"]
    assert "category_multiple" in set(rules)
    cheap = plan.tariffs.copy()
    charge = cheap.index.get_level_values("component") == "fixed charge"
    cheap.loc[charge, "price"] = 0.0
    assert "fixed_charge_share" in set(replace(plan, tariffs=cheap).audit().failures["rule"])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"multiple_least": 2.0, "multiple_most": 1.0}, "is below multiple_least"),
        ({"multiple_least": 2.0}, "multiple_most is not"),
        ({"multiple_most": 2.0, "factor": 1.5}, "is given beside factor"),
    ],
)
def test_contradictions_are_named(change: dict[str, float], what: str) -> None:
    region = op.read("instances/pair")
    categories = (Category(category="shops", **change),)
    with pytest.raises(op.InstanceError, match=what):
        region.replace(tariff=region.tariff.model_copy(update={"categories": categories}))


def test_households_take_no_category_with_prices_of_its_own() -> None:
    region = op.read("instances/pair")
    tariff = region.tariff.model_copy(
        update={"categories": (Category(category="shops", multiple_most=2.0),)}
    )
    homes = region.households.assign(category="shops")
    with pytest.raises(op.InstanceError, match="no households"):
        region.replace(tariff=tariff, households=homes)
