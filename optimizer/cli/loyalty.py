"""The commands that ask whether towns would stay: stability and election."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, RunFolder, StopAfter
from optimizer.cli.running import options_of
from optimizer.cli.settings import runs_of, stored_plan
from optimizer.errors import PolicyError

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.analysis.loyalty.coalitions.cost_game import Measure
    from optimizer.analysis.loyalty.stability import Stability

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
    time_limit: Annotated[
        float | None,
        typer.Option(help="Seconds in all; what is not proven by then is said to be so."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which towns would do better by leaving, and what would keep them."""
    with failures(as_json=as_json, doing="asking which towns would leave") as voice:
        options_of(time_limit=time_limit)
        chosen = _measure(measure)
        plan = stored_plan(run)
        found = op.stability(
            plan, measure=chosen, seconds=seconds, time_limit=time_limit, on_progress=voice.does
        )
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
    runs: Annotated[
        list[Path], typer.Argument(help="Folders of runs, or of studies, of one region.")
    ],
    chance: Annotated[
        float | None,
        typer.Option(
            help="Chance (0-1) that a town leaves; of towns not in --chances. Else that of "
            "towns.csv, or 0.1."
        ),
    ] = None,
    chances: Annotated[
        Path | None,
        typer.Option(help="CSV file or spreadsheet with the columns town, leaving_chance."),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Simulated elections.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same elections.")] = 0,
    *,
    time_limit: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Simulate elections at which towns leave: who loses, and which grouping is best then."""
    with failures(as_json=as_json, doing="simulating elections", time_limit=time_limit) as voice:
        options_of(time_limit=time_limit)
        plans = runs_of(runs)
        first = next(iter(plans.values()))
        from optimizer.analysis.loyalty.election import leaving_chances, read_leaving_chances

        leave = leaving_chances(first.instance)
        if chance is not None:
            leave = leave.map(lambda _: chance)
        if chances is not None:
            given = read_leaving_chances(chances)
            leave = given.combine_first(leave)
        if len(plans) == 1:
            risk = op.election_risk(first, leave, draws=draws, seed=seed, on_progress=voice.does)
            typer.echo(_table(risk.areas) if as_json else str(risk))
            return
        from optimizer.analysis.compare.shown import as_read

        table = op.compare_election_risk(
            plans, leave, draws=draws, seed=seed, on_progress=voice.does
        )
        if as_json:
            typer.echo(_table(table))
        else:
            typer.echo(f"best in expectation: {table.index[0]}\n\n{as_read(table).to_string()}")


def _table(table: pd.DataFrame) -> str:
    text: str = table.to_json(orient="table", force_ascii=False, indent=2)
    return text
