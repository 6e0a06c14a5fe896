"""The commands that look at stored runs: compare, report, robustness and path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.failures import EXIT_NO_PLAN, failures
from optimizer.cli.options import AsJson, Language, RunFolder, RunFolders, StopAfter
from optimizer.cli.places import check_file, check_folder
from optimizer.cli.running import StudyProgress, options_of, print_found
from optimizer.cli.settings import runs_in, runs_of, stored_plan, with_settings
from optimizer.errors import StoreError

if TYPE_CHECKING:
    from optimizer.cli.voice import Voice
    from optimizer.plan.plan import Plan

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
    time_limit: Annotated[
        float | None,
        typer.Option(help="Seconds for each plan that is asked who would leave, or solved anew."),
    ] = None,
) -> None:
    """Write one self-contained HTML page for one or several runs."""
    with failures(as_json=False, doing="reading the runs") as voice:
        options = options_of(time_limit=time_limit)
        check_file(out, "--out")
        folders = runs_in(runs)
        target = out or runs[0] / "report.html"
        plans = {}
        for name, folder in folders.items():
            voice.doing = f"auditing {name}"
            plans[name] = stored_plan(folder)
        found = {
            name: op.stability(plan, time_limit=time_limit, on_progress=voice.does)
            for name, plan in (plans if stability else {}).items()
            if len(plan.areas)
        }
        money = None
        if instruments:
            told = StudyProgress(voice, op.Running(options=options))
            region = next(iter(plans.values())).instance
            money = op.support_instruments(
                region, share=share, running=told.running, on_progress=told
            )
        voice.doing = "drawing the page"
        if len(plans) == 1:
            name, plan = next(iter(plans.items()))
            plan.report(target, language=language, stability=found.get(name), instruments=money)
        else:
            op.compare(plans).report(target, language=language, stability=found, instruments=money)
        typer.echo(f"written to {target}")
        for name, plan in plans.items():
            _more(plan, folders[name], voice, language=language, xlsx=xlsx, charts=charts)


def _more(
    plan: Plan, folder: Path, voice: Voice, *, language: str, xlsx: bool, charts: bool
) -> None:
    """Write the workbook and the charts of a run, as far as they are asked for."""
    if xlsx:
        voice.doing = f"writing the workbook of {folder.name}"
        typer.echo(f"written to {plan.workbook(folder / 'plan.xlsx', language=language)}")
    if charts:
        voice.doing = f"drawing the charts of {folder.name}"
        made = plan.charts(folder / "charts", language=language)
        typer.echo(f"{len(made)} charts written to {folder / 'charts'}")


def robustness(
    file: Annotated[Path, typer.Argument(help="TOML file of uncertain data.")],
    runs: RunFolders,
    draws: Annotated[int, typer.Option(help="How many draws.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    *,
    time_limit: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Say how often each area of stored plans covers its costs under uncertain data."""
    with failures(as_json=as_json, doing="drawing uncertain data", time_limit=time_limit):
        options_of(time_limit=time_limit)
        plans = runs_of(runs)
        found = op.robustness(plans, file, draws=draws, seed=seed)
        print_found(found, found.areas, as_json=as_json)


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
    time_limit: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Show how a plan's tariffs, cash and debts move over the years."""
    with failures(as_json=as_json, doing="computing the years", time_limit=time_limit):
        options_of(time_limit=time_limit)
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
