"""The benchmark of public instances: its table, its lattices, and the second check."""

from pathlib import Path

import pytest

from benchmarks.lattices import REGIONS, region_instance
from benchmarks.plain import plain_program
from benchmarks.public_instances import agrees, measure
from benchmarks.second_check import State, divide
from benchmarks.tables import COLUMNS, read_rows, write_page, write_rows
from optimizer.solving.plain_matrices import group
from optimizer.solving.plain_matrices.programme.solver import solve


@pytest.mark.parametrize("name", REGIONS)
def test_lattices_have_their_published_optimum(name: str) -> None:
    row = measure(region_instance(name), 20, None)
    assert row["agrees"] == "yes"
    assert set(row) == set(COLUMNS)


def test_plain_model_finds_the_same_optimum() -> None:
    outcome = solve(plain_program(region_instance("pregions_2")), seconds=20)
    assert outcome.complete
    assert outcome.bound == pytest.approx(1222.8)


def test_a_wrong_or_unproven_answer_is_said() -> None:
    data = region_instance("maxp_2")
    found = group(data.serve_cost, data.open_cost, data.demand, operators=1)
    assert agrees(data, found) == "NO"


def test_table_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "results" / "table.csv"
    assert read_rows(path) == {}
    rows = {("regions", name): measure(region_instance(name), 20, None) for name in REGIONS}
    write_rows(path, rows)
    assert read_rows(path) == rows
    write_page(path.with_suffix(".md"), rows)
    page = path.with_suffix(".md").read_text()
    assert "| regions | 3 | 3 | 3 |" in page
    assert "pregions_2" in page


def test_second_check_divides_a_line_and_refuses_it() -> None:
    # Four counties in a line with 1, 2, 2, 1 people: halves of 3 are {0, 1} and {2, 3}. With
    # 2, 1, 1, 2 too; with 1, 1, 1, 3 they are {0, 1, 2} and {3}; with 1, 3, 1, 1 there are none,
    # for town 0 is cut off.
    near = (0b0010, 0b0101, 0b1010, 0b0100)
    halves = {(1, 2, 2, 1): {0b0011, 0b1100}, (1, 1, 1, 3): {0b0111, 0b1000}, (1, 3, 1, 1): None}
    for people, expected in halves.items():
        found = divide(State(people, near, 3, 3, 2)).districts
        assert (None if found is None else set(found)) == expected
