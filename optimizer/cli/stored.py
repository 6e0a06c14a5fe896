"""The commands that look at stored runs: compare, report, robustness and path."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import optimizer as op
from optimizer.cli.failures import EXIT_NO_PLAN, failures
from optimizer.cli.options import AsJson, Language, RunFolder, RunFolders
from optimizer.cli.places import check_file, check_folder
from optimizer.cli.running import StudyProgress, print_found
from optimizer.cli.settings import runs_of, stored_plan, with_settings
from optimizer.errors import StoreError

__all__ = ["compare", "path", "report", "robustness"]


def compare(runs: RunFolders, *, as_json: AsJson = False) -> None:
    """Compare plans of one region: cost, subsidy, bills, who wins and who loses."""
    with failures(as_json=as_json, doing="comparing the plans"):
        plans = runs_of(runs)
        comparison = op.compare(plans)
        print_found(comparison, comparison.statistics, as_json=as_json)


def report(
    runs: RunFolders,
    out: Annotated[Path | None, typer.Option(help="File to write; beside the run.")] = None,
    language: Language = "en",
    *,
    stability: Annotated[
        bool, typer.Option("--stability", help="Say who would leave large areas too; takes longer.")
    ] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write a workbook per run too.")] = False,
    instruments: Annotated[
        bool,
        typer.Option(
            "--instruments",
            help="Solve the first run's region with each instrument of public money, and show it.",
        ),
    ] = False,
    share: Annotated[
        float | None, typer.Option(help="With --instruments: largest share of a bill supported.")
    ] = None,
    charts: Annotated[
        bool, typer.Option("--charts", help="Write each run's charts too, as SVG and PNG.")
    ] = False,
) -> None:
    """Write one self-contained HTML page for one or several runs."""
    with failures(as_json=False, doing="writing the report") as voice:
        target = out or runs[0] / "report.html"
        check_file(out, "--out")
        plans = runs_of(runs)
        asked = plans if stability else {}
        found = {name: op.stability(plan) for name, plan in asked.items() if len(plan.areas)}
        region = next(iter(plans.values())).instance
        money = None
        if instruments:
            told = StudyProgress(voice, op.Running())
            money = op.support_instruments(
                region, share=share, running=told.running, on_progress=told
            )
            voice.doing = "writing the report"
        if len(plans) == 1:
            name, plan = next(iter(plans.items()))
            plan.report(target, language=language, stability=found.get(name), instruments=money)
        else:
            op.compare(plans).report(target, language=language, stability=found, instruments=money)
        typer.echo(f"written to {target}")
        for folder, plan in zip(runs if xlsx else [], plans.values(), strict=False):
            typer.echo(f"written to {plan.workbook(folder / 'plan.xlsx', language=language)}")
        for folder, plan in zip(runs if charts else [], plans.values(), strict=False):
            made = plan.charts(folder / "charts", language=language)
            typer.echo(f"{len(made)} charts written to {folder / 'charts'}")


def robustness(
    file: Annotated[Path, typer.Argument(help="TOML file of uncertain data.")],
    runs: RunFolders,
    draws: Annotated[int, typer.Option(help="How many draws.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Say how often each area of stored plans covers its costs under uncertain data."""
    with failures(as_json=as_json, doing="drawing uncertain data"):
        plans = runs_of(runs)
        found = op.robustness(plans, file, draws=draws, seed=seed)
        areas = found.areas.to_string(float_format=lambda x: f"{x:,.4g}")
        print_found(f"{areas}\n{found}", found.areas, as_json=as_json)


def path(
    run: RunFolder,
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
    with failures(as_json=as_json, doing="computing the years"):
        check_folder(out, "--out")
        if out is not None and not overwrite and out.is_dir() and any(out.iterdir()):
            words = f"--out {out}: holds something already; add --overwrite, or give another"
            raise StoreError(words)
        plan = stored_plan(run)
        found = op.tariff_path(plan.with_instance(with_settings(plan.instance, settings or [])))
        print_found(found, found.years, as_json=as_json)
        if out is not None:
            found.write(out, overwrite=overwrite)
            found.picture(out / "path.png", language=language)
            typer.echo(f"written to {out}", err=as_json)
    if found.broken_promises:
        raise typer.Exit(EXIT_NO_PLAN)
