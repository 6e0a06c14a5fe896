"""Every number that tunes the column engine has one home, a unit, a range and a reason."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import optimizer as op
from optimizer.errors import PolicyError
from optimizer.solving.branch_and_price import parameters as home
from optimizer.solving.branch_and_price.parameters import (
    ExactParameters,
    LargeParameters,
    Pace,
    Parameters,
    PricingParameters,
    PrimalParameters,
)
from optimizer.solving.branch_and_price.parameters.tuning import Tuned
from optimizer.solving.branch_and_price.solver import solve_columns
from optimizer.solving.clock import Clock
from optimizer.tariffs.case import case_of
from tests.support.regions import random_region

ENGINE = Path(home.__file__).parent.parent
NO_TUNING = {
    "CLOSED": "a plan is proven where bound and value agree to this share",
    "CORE_TOLERANCE": "a gain below this share of an area's value is no reason to leave",
    "DUAL": "HiGHS's code of its dual simplex method",
    "FITS": "artificial columns below this are none",
    "LEAST": "savings below this share are rounding",
    "NOWHERE": "bit of a town that a seat does not reach",
    "PRIMAL": "HiGHS's code of its primal simplex method",
    "SAME": "savings that differ by this share are equal",
    "SLACK": "limits hold up to this share",
    "TOWNS": "where the towns begin in a row of the compiled search",
    "USED": "columns used less than this are not used",
}
WINGS = [type(wing) for wing in vars(Parameters()).values()]


def is_number(value: ast.expr) -> bool:
    """Return whether an expression is made of numbers alone."""
    if isinstance(value, ast.Tuple):
        return all(is_number(each) for each in value.elts)
    if isinstance(value, ast.UnaryOp):
        return is_number(value.operand)
    if isinstance(value, ast.BinOp):
        return is_number(value.left) or is_number(value.right)
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float)


def constants(text: str) -> set[str]:
    """Return the names of the upper-case numbers of a module."""
    found: set[str] = set()
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) and node.value else targets
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and is_number(node.value):
            found |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return {name for name in found if name.isupper()}


def test_the_search_for_constants_finds_all_ways_to_write_one() -> None:
    text = "A, B = 1, 2.0\nC: int = 3\nD = (1, (2, 3))\nE = 1 / 32\nF = -1\nG = 'x'\nH = f(1)"
    assert constants(text) == set("ABCDEF")


def test_no_number_is_left_outside() -> None:
    files = [f for f in ENGINE.rglob("*.py") if f.parent != Path(home.__file__).parent]
    assert len(files) > 50
    left = {name for file in files for name in constants(file.read_text(encoding="utf-8"))}
    assert left == set(NO_TUNING)


@pytest.mark.parametrize("wing", [*WINGS, Pace], ids=lambda wing: wing.__name__)
def test_every_number_says_unit_range_and_reason(wing: type[Tuned]) -> None:
    numbers = [each for each in fields(wing) if each.metadata]
    assert len(numbers) > 3
    for each in numbers:
        about = each.metadata
        assert about["unit"]
        assert about["least"] < about["most"]
        assert len(about["reason"]) > 10
        assert f"{each.name} : {about['unit']}" in str(wing.__doc__)
        assert about["reason"] in str(wing.__doc__)


@pytest.mark.parametrize("wing", [*WINGS, Pace], ids=lambda wing: wing.__name__)
def test_numbers_out_of_range_are_refused(wing: type[Tuned]) -> None:
    for each in (each for each in fields(wing) if each.metadata):
        for value in (each.metadata["least"] - 1, 2 * each.metadata["most"] + 1, float("nan"), "1"):
            wrong = tuple(value for _ in each.default) if isinstance(each.default, tuple) else value
            with pytest.raises(PolicyError, match=each.name):
                wing(**{each.name: wrong})


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PolicyError, match=r"list_first 0: .* groups from 1.*; .*tries 1\.5"):
        PricingParameters(list_first=0, tries=1.5)  # type: ignore[arg-type]
    with pytest.raises(PolicyError, match="as many of each"):
        PrimalParameters(window_towns=(80,))
    with pytest.raises(PolicyError, match=r"window_towns \(\)"):
        PrimalParameters(window_towns=(), window_widths=())


def test_other_numbers_find_the_same_plan_and_proof() -> None:
    """Blocks of seven towns, short lists, narrow proofs: another way to the same answer."""
    case = case_of(random_region(2, towns=20, policy=op.Policy(reach_hours=1.2)))
    others = Parameters(
        pricing=PricingParameters(list_first=2, whole_towns_few_seats=3, whole_towns=3),
        exact=ExactParameters(lists=(50, 500_000), first_width=0.2, halved_above=0),
        large=LargeParameters(blocks_above_towns=10, block_towns=7),
    )
    found = []
    for parameters in (None, others):
        with Clock(op.Options()) as clock:
            found.append(solve_columns(case, clock, parameters=parameters))
    assert [each.status for each in found] == ["optimal"] * 2
    assert found[0].objective == pytest.approx(found[1].objective, rel=1e-9)


@pytest.mark.parametrize("page", ["algorithm.md", "glossary.md"])
def test_files_and_names_of_the_engine_pages_are_there(page: str) -> None:
    text = (ENGINE.parents[2] / "docs" / page).read_text(encoding="utf-8")
    files = set(re.findall(r"`(\w+/[\w/]*(?:\.py)?)`", text))
    files = {file for file in files if not file.startswith("optimizer/")}
    assert len(files) > 15
    for file in files:
        assert (ENGINE / file).exists(), file
    for name, file in re.findall(r"`(\w+)(?:\.\w+)?` in `([\w/]+\.py)`", text):
        assert re.search(rf"^(class|def) {name}\b", (ENGINE / file).read_text("utf-8"), re.M), name
