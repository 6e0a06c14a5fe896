"""The commands that look at many plans: compare, report, frontier, scenarios, alternatives ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import optimizer as op
from optimizer.cli.failures import EXIT_NO_PLAN, failures
from optimizer.cli.loyalty import election
from optimizer.cli.loyalty import stability as stability_command
from optimizer.cli.running import (
    Cluster,
    Finished,
    Gap,
    StudyProgress,
    TimeLimit,
    Workers,
    running_of,
)
from optimizer.cli.settings import with_settings
from optimizer.errors import PolicyError
from optimizer.plan.plan import Plan
from optimizer.study.trade_off import Against

__all__ = ["add_commands"]

Runs = Annotated[list[Path], typer.Argument(help="Folders of runs.")]
Region = Annotated[Path, typer.Argument(help="Folder of an instance.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="Change a promise: affordable_share=0.05.")
]
Language = Annotated[str, typer.Option("--lang", help="en or es.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (
        compare,
        report,
        frontier,
        trade_off,
        scenarios,
        robustness,
        alternatives,
        election,
        path,
    ):
        app.command()(command)
    app.command("stability")(stability_command)


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
    stability: Annotated[
        bool, typer.Option("--stability", help="Say who would leave large areas too; takes longer.")
    ] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write a workbook per run too.")] = False,
    charts: Annotated[
        bool, typer.Option("--charts", help="Write each run's charts too, as SVG and PNG.")
    ] = False,
) -> None:
    """Write one self-contained HTML page for one or several runs."""
    with failures(as_json=False):
        plans = _read(runs)
        target = out or runs[0] / "report.html"
        asked = plans if stability else {}
        found = {name: op.stability(plan) for name, plan in asked.items() if len(plan.areas)}
        if len(plans) == 1:
            name, plan = next(iter(plans.items()))
            plan.report(target, language=language, stability=found.get(name))
        else:
            op.compare(plans).report(target, language=language, stability=found)
        typer.echo(f"written to {target}")
        for folder, plan in zip(runs if xlsx else [], plans.values(), strict=False):
            typer.echo(f"written to {plan.workbook(folder / 'plan.xlsx', language=language)}")
        for folder, plan in zip(runs if charts else [], plans.values(), strict=False):
            made = plan.charts(folder / "charts", language=language)
            typer.echo(f"{len(made)} charts written to {folder / 'charts'}")


def frontier(
    region: Region,
    over: Annotated[str, typer.Option(help="Promise to vary, such as operator_count.")],
    values: Annotated[str, typer.Option(help="Its values, with commas between them.")],
    *,
    settings: Settings = None,
    cluster: Cluster = "",
    workers: Workers = 1,
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
) -> None:
    """Solve a region along one promise and show what each step costs."""
    with failures(as_json=as_json):
        found = op.frontier(
            with_settings(op.read(region), settings or []),
            over=over,
            values=_numbers(values),
            running=running_of(
                cluster=cluster,
                workers=workers,
                finished=finished,
                gap=gap,
                time_limit=time_limit,
            ),
            on_progress=StudyProgress(quiet=as_json),
        )
        _print(found.table, as_json=as_json)


def trade_off(
    region: Region,
    against: Annotated[str, typer.Option(help="public_money or operators.")] = "public_money",
    points: Annotated[int, typer.Option(help="Fineness of the curve.")] = 12,
    *,
    settings: Settings = None,
    cluster: Cluster = "",
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
) -> None:
    """Find the true trade-off of cost against public money, or against operators."""
    with failures(as_json=as_json):
        found = op.trade_off(
            with_settings(op.read(region), settings or []),
            against=_against(against),
            points=points,
            running=running_of(
                cluster=cluster, workers=1, finished=finished, gap=gap, time_limit=time_limit
            ),
            on_progress=StudyProgress(quiet=as_json),
        )
        _print(found.table, as_json=as_json)


def scenarios(
    region: Region,
    file: Annotated[Path, typer.Argument(help="TOML file of scenarios.")],
    *,
    settings: Settings = None,
    cluster: Cluster = "",
    workers: Workers = 1,
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
) -> None:
    """Solve a region under named sets of changes."""
    with failures(as_json=as_json):
        found = op.scenarios(
            with_settings(op.read(region), settings or []),
            file,
            running=running_of(
                cluster=cluster,
                workers=workers,
                finished=finished,
                gap=gap,
                time_limit=time_limit,
            ),
            on_progress=StudyProgress(quiet=as_json),
        )
        _print(found.table, as_json=as_json)


def robustness(
    file: Annotated[Path, typer.Argument(help="TOML file of uncertain data.")],
    runs: Runs,
    draws: Annotated[int, typer.Option(help="How many draws.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Say how often each area of stored plans covers its costs under uncertain data."""
    with failures(as_json=as_json):
        found = op.robustness(_read(runs), file, draws=draws, seed=seed)
        if as_json:
            _print(found.areas, as_json=True)
        else:
            typer.echo(found.areas.to_string(float_format=lambda x: f"{x:,.4g}"))
            typer.echo(str(found))


def alternatives(
    region: Region,
    within: Annotated[float, typer.Option(help="Dearer by at most this share.")] = 0.02,
    count: Annotated[int, typer.Option(help="How many.")] = 5,
    questions: Annotated[int, typer.Option(help="Most plans to compute on the way.")] = 60,
    *,
    settings: Settings = None,
    cluster: Cluster = "",
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
) -> None:
    """Find really different groupings that cost hardly more."""
    with failures(as_json=as_json):
        found = op.alternatives(
            with_settings(op.read(region), settings or []),
            within=within,
            count=count,
            solves=questions,
            running=running_of(
                cluster=cluster, workers=1, finished=finished, gap=gap, time_limit=time_limit
            ),
            on_progress=StudyProgress(quiet=as_json),
        )
        if as_json:
            _print(found.table, as_json=True)
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


def _against(name: str) -> Against:
    if name == "public_money":
        return "public_money"
    if name == "operators":
        return "operators"
    raise PolicyError(f"--against {name}: choose public_money or operators")


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
