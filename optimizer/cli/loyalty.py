"""The commands that ask whether towns would stay: stability and election."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, RunFolder
from optimizer.errors import InstanceError, PolicyError, Problem
from optimizer.study.election import leaving_chances
from optimizer.study.leavers_cost import Measure
from optimizer.study.stability import Stability

__all__ = ["election", "stability"]


def stability(
    run: RunFolder,
    measure: Annotated[
        str, typer.Option(help="value (cost with weighted public money) or requirement.")
    ] = "value",
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Most seconds for each area of more than 16 towns.")
    ] = 60.0,
    *,
    as_json: AsJson = False,
) -> None:
    """Say which towns would do better by leaving, and what would keep them."""
    with failures(as_json=as_json):
        found = op.stability(op.read_plan(run), measure=_measure(measure), seconds=seconds)
        typer.echo(_json(found) if as_json else str(found))


def _measure(text: str) -> Measure:
    if text == "value":
        return "value"
    if text == "requirement":
        return "requirement"
    message = f"--measure {text}: write value or requirement"
    raise PolicyError(message)


def _json(found: Stability) -> str:
    """Return the tables of a stability as one JSON object: areas, towns, leavers, shares, rules."""
    tables = {
        "areas": found.areas,
        "towns": found.towns,
        "leavers": found.leavers,
        "shares": found.shares,
        "rules": found.rules,
    }
    record: dict[str, object] = {"measure": found.measure, "stable": found.stable}
    for name, table in tables.items():
        record[name] = json.loads(table.reset_index().to_json(orient="records"))
    return json.dumps(record, ensure_ascii=False, indent=2)


def election(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs of one region.")],
    chance: Annotated[
        float | None,
        typer.Option(
            help="Chance (0-1) that a town leaves; of towns not in --chances. Else that of "
            "towns.csv, or 0.1."
        ),
    ] = None,
    chances: Annotated[
        Path | None, typer.Option(help="CSV file with the columns town, leaving_chance.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Simulated elections.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same elections.")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Simulate elections at which towns leave: who loses, and which grouping is best then."""
    with failures(as_json=as_json):
        names = [run.name for run in runs]
        if len(set(names)) < len(names):
            names = [str(run) for run in runs]
        plans = {name: op.read_plan(run) for name, run in zip(names, runs, strict=True)}
        first = next(iter(plans.values()))
        leave = leaving_chances(first.instance)
        if chance is not None:
            leave = pd.Series(chance, index=first.instance.towns.index, dtype=float)
        if chances is not None:
            given = _chances(chances)
            leave = given.combine_first(leave)
        if len(plans) == 1:
            risk = op.election_risk(first, leave, draws=draws, seed=seed)
            typer.echo(_table(risk.areas) if as_json else str(risk))
            return
        table = op.compare_election_risk(plans, leave, draws=draws, seed=seed)
        if as_json:
            typer.echo(_table(table))
        else:
            typer.echo(f"best in expectation: {table.index[0]}\n\n{table.to_string()}")


def _table(table: pd.DataFrame) -> str:
    text: str = table.to_json(orient="table", force_ascii=False, indent=2)
    return text


def _chances(file: Path) -> pd.Series[float]:
    """Return the chances of a file; every problem of it is reported at once."""
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        problem = Problem(file.name, None, "", f"cannot be read ({error})", "give a CSV file")
        raise InstanceError([problem]) from None
    missing = [c for c in ("town", "leaving_chance") if c not in table.columns]
    remedy = "use the header town,leaving_chance"
    problems = [Problem(file.name, 1, c, f"column {c} is missing", remedy) for c in missing]
    if problems:
        raise InstanceError(problems)
    town = table["town"].str.strip()
    for line in table.index[town.duplicated()]:
        what = f"town {town[line]} is named twice"
        problems.append(Problem(file.name, int(line) + 2, "town", what, "keep one"))
    value = pd.to_numeric(table["leaving_chance"], errors="coerce")
    for line in table.index[~value.between(0.0, 1.0)]:
        what = f"{table['leaving_chance'][line]!r} is not a number between 0 and 1"
        remedy = "write a chance such as 0.2"
        problems.append(Problem(file.name, int(line) + 2, "leaving_chance", what, remedy))
    if problems:
        raise InstanceError(problems)
    return pd.Series(value.to_numpy(dtype=float), index=pd.Index(town, name="town"))
