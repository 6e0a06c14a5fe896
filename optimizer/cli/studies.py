"""The commands that look at many plans: compare, report, frontier, scenarios, stability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import optimizer as op
from optimizer.cli.failures import EXIT_NO_PLAN, failures
from optimizer.cli.settings import with_settings
from optimizer.errors import PolicyError
from optimizer.plan.plan import Plan

__all__ = ["add_commands"]

Runs = Annotated[list[Path], typer.Argument(help="Folders of runs.")]
Region = Annotated[Path, typer.Argument(help="Folder of an instance.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Language = Annotated[str, typer.Option("--lang", help="en or es.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (compare, report, frontier, scenarios, alternatives, stability, path):
        app.command()(command)


def compare(runs: Runs, *, as_json: AsJson = False) -> None:
    """Compare plans of one region: cost, subsidy, bills, who wins and who loses."""
    with failures(as_json=as_json):
        comparison = op.compare(_read(runs))
        if as_json:
            _print(comparison.statistics, as_json=True)
        else:
            typer.echo(str(comparison))


def report(
    runs: Runs,
    out: Annotated[Path | None, typer.Option(help="File to write; beside the run.")] = None,
    language: Language = "en",
    *,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write a workbook per run too.")] = False,
) -> None:
    """Write one self-contained HTML page for one or several runs."""
    with failures(as_json=False):
        plans = _read(runs)
        target = out or runs[0] / "report.html"
        if len(plans) == 1:
            next(iter(plans.values())).report(target, language=language)
        else:
            op.compare(plans).report(target, language=language)
        typer.echo(f"written to {target}")
        for folder, plan in zip(runs if xlsx else [], plans.values(), strict=False):
            typer.echo(f"written to {plan.workbook(folder / 'plan.xlsx', language=language)}")


def frontier(
    region: Region,
    over: Annotated[str, typer.Option(help="Promise to vary, such as operator_count.")],
    values: Annotated[str, typer.Option(help="Its values, with commas between them.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Solve a region along one promise and show what each step costs."""
    with failures(as_json=as_json):
        found = op.frontier(op.read(region), over=over, values=_numbers(values))
        _print(found.table, as_json=as_json)


def scenarios(
    region: Region,
    file: Annotated[Path, typer.Argument(help="TOML file of scenarios.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Solve a region under named sets of changes."""
    with failures(as_json=as_json):
        _print(op.scenarios(op.read(region), file).table, as_json=as_json)


def alternatives(
    region: Region,
    within: Annotated[float, typer.Option(help="Dearer by at most this share.")] = 0.02,
    count: Annotated[int, typer.Option(help="How many.")] = 5,
    *,
    as_json: AsJson = False,
) -> None:
    """Find really different groupings that cost hardly more."""
    with failures(as_json=as_json):
        _print(op.alternatives(op.read(region), within=within, count=count).table, as_json=as_json)


def stability(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")], *, as_json: AsJson = False
) -> None:
    """Say which towns would do better by leaving, and what would keep them."""
    with failures(as_json=as_json):
        found = op.stability(op.read_plan(run))
        if as_json:
            _print(found.areas, as_json=True)
        else:
            typer.echo(str(found))


def path(
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    *,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change the horizon: horizon.years=10.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for tables and picture.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier path.")
    ] = False,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Show how a plan's tariffs, cash and debts move over the years."""
    with failures(as_json=as_json):
        plan = op.read_plan(run)
        found = op.tariff_path(plan.with_instance(with_settings(plan.instance, settings or [])))
        if as_json:
            _print(found.years, as_json=True)
        else:
            typer.echo(str(found))
        if out is not None:
            found.write(out, overwrite=overwrite)
            found.picture(out / "path.png", language=language)
            typer.echo(f"written to {out}", err=as_json)
    if found.broken_promises:
        raise typer.Exit(EXIT_NO_PLAN)


def _read(runs: Sequence[Path]) -> Mapping[str, Plan]:
    names = [run.name for run in runs]
    if len(set(names)) < len(names):
        names = [f"{run.parent.name}/{run.name}" for run in runs]
    return {name: op.read_plan(run) for name, run in zip(names, runs, strict=True)}


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        message = f"--values {text}: write numbers with commas between them, such as 0.03,0.04"
        raise PolicyError(message) from None


def _print(table: pd.DataFrame, *, as_json: bool) -> None:
    if as_json:
        typer.echo(table.to_json(orient="table", force_ascii=False, indent=2))
    else:
        typer.echo(table.to_string())
