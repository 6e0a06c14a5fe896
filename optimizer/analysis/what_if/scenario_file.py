"""Scenarios as the planner writes them: TOML, checked key by key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from optimizer.cost_terms.factors import FACTORS
from optimizer.errors import InstanceError, Problem
from optimizer.instance.reading.findings import near
from optimizer.instance.reading.toml_read import read_records
from optimizer.instance.schema.fields import OperatorModel
from optimizer.record import Name, Row, Text, unit_field

__all__ = ["MULTIPLIED", "Scenario", "read_scenarios"]

MULTIPLIED = tuple(FACTORS)
"""Data that a factor may multiply; ``costs`` is all kinds of cost."""


class Scenario(Row):
    """One named set of changes; everything else stays as the region has it."""

    where: ClassVar[str] = "scenarios.toml"
    title: Text = unit_field("text", "what the scenario is, in words", default="")
    multiply: dict[str, float] = unit_field(
        "factor", "data to multiply, for example costs = 1.2", default={}
    )
    set: dict[str, float] = unit_field(
        "as the column", "columns of towns.csv that get one value in every town", default={}
    )
    policy: dict[str, Any] = unit_field("as the policy", "promises to change", default={})
    tariff: dict[str, Any] = unit_field("as the tariff", "tariff rules to change", default={})
    close: tuple[tuple[Name, Name], ...] = unit_field(
        "list", "pairs of towns between which there is no way any more", default=()
    )
    close_roads: tuple[tuple[Name, Name], ...] = unit_field(
        "list",
        "pairs of towns between which the road is closed: travel over it takes the best other way",
        default=(),
    )
    hours: tuple[tuple[Name, Name, float], ...] = unit_field(
        "hours", "pairs of towns and the hours between them, both ways", default=()
    )
    refuse: tuple[Name, ...] = unit_field(
        "list", "towns that share an operator with nobody", default=()
    )
    drop_operator_models: tuple[Name, ...] = unit_field(
        "list", "operator models that are not on offer", default=()
    )
    operator_models: tuple[OperatorModel, ...] = unit_field(
        "list", "operator models that are added, or replace one of the same name", default=()
    )


def read_scenarios(file: str | Path) -> dict[str, Scenario]:
    """Return the scenarios of a TOML file, by name, in the order of the file.

    Every section is a scenario, for example::

        [dear]
        title = "Everything costs 20 % more"
        multiply = { costs = 1.2 }

        [flood]
        close = [["alba", "brisa"]]

    Raises
    ------
    InstanceError
        With every problem of the file and its line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "scenarios.toml"
    >>> _ = file.write_text('[dear]' + chr(10) + 'multiply = { costs = 1.2 }')
    >>> read_scenarios(file)["dear"].multiply
    {'costs': 1.2}
    """
    path = Path(file)
    scenarios, lines = read_records(path, Scenario)
    problems = [
        Problem(
            path.name,
            lines.of(name, "multiply"),
            f"{name}.multiply.{key}",
            "is not known",
            f"{near(key, MULTIPLIED)}choose among {', '.join(MULTIPLIED)}",
        )
        for name, scenario in scenarios.items()
        for key in scenario.multiply
        if key not in MULTIPLIED
    ]
    if problems:
        raise InstanceError(problems)
    return scenarios
