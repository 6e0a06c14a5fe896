"""The commands."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.bills import bill
from optimizer.cli.calibration import calibrate
from optimizer.cli.desk import open_
from optimizer.cli.failures import EXIT_NO_PLAN, failures
from optimizer.cli.help import Commands, paragraphs
from optimizer.cli.importing import from_xlsx, import_, to_xlsx
from optimizer.cli.looking import audit, explain
from optimizer.cli.loyalty import election, stability
from optimizer.cli.options import (
    AsJson,
    PlainCommand,
    Region,
    Settings,
    StopAfter,
    Threads,
    TimeLimit,
)
from optimizer.cli.places import check_file, taken_run
from optimizer.cli.running import Results, RunName, options_of
from optimizer.cli.settings import (
    bundled,
    region_of,
    safe_name,
)
from optimizer.cli.stored import compare, path, report, robustness
from optimizer.cli.studies import alternatives, certainty, frontier, scenarios, support, trade_off
from optimizer.cli.voice import Voice
from optimizer.interrupts import Interrupts
from optimizer.solving.options import Options

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance
    from optimizer.plan.plan import Plan

__all__ = ["app"]

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Group small towns under shared water operators and set the tariffs that pay for them.",
)


def _say_version(asked: bool) -> None:  # noqa: FBT001 - Typer's own signature
    if asked:
        typer.echo(f"optimizer {op.__version__}")
        raise typer.Exit


@app.callback(help=app.info.help)
def begin(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Stand before every command."""


Gap = Annotated[float, typer.Option(help="Stop at this relative gap; 0 asks for proof.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
How = Annotated[str, typer.Option("--method", help="auto, compact or columns.")]
Log = Annotated[str, typer.Option("--log-file", help="File for the solver's log.")]


def demo(results: Results = Path("results"), *, as_json: AsJson = False) -> None:
    """Solve the bundled San Martin region and write the run."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        region = op.read(bundled("san_martin"))
        _solve(region, options_of(), voice, results=results, run=None, as_json=as_json)


def solve(
    region: Region,
    *,
    settings: Settings = None,
    method: How = "auto",
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    threads: Threads = 1,
    seed: Seed = 0,
    log_file: Log = "",
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Find the best plan of a region, prove it and write the run."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        options = options_of(
            method=method,
            gap=gap,
            time_limit=time_limit,
            threads=threads,
            seed=seed,
            log_file=log_file,
        )
        check_file(Path(log_file) if log_file else None, "--log-file")
        instance = region_of(region, settings)
        doubts = op.plausibility(instance)
        doubts.raise_for_stops()
        for one in doubts.asks:
            voice.say(f"please confirm: {one}")
        _solve(instance, options, voice, results=results, run=run, as_json=as_json)


def evaluate(
    region: Region,
    grouping: Annotated[
        str, typer.Argument(help="alone, together, a name, a CSV file, a spreadsheet, or a run.")
    ],
    *,
    settings: Settings = None,
    time_limit: StopAfter = None,
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Design the best tariffs for a grouping of your own and write the run.

    The grouping is alone, together, the name of one that comes with the region, a CSV file or a
    spreadsheet with the columns town (key or name) and operator, or a run whose areas are taken.
    """
    with failures(as_json=as_json, doing="reading the region", time_limit=time_limit) as voice:
        options_of(time_limit=time_limit)
        instance = region_of(region, settings)
        with taken_run(results, instance.name, run) as folder, Interrupts() as interrupts:
            voice.doing = "designing the tariffs of the grouping"
            plan = op.evaluate(instance, grouping, on_progress=voice.does)
            with interrupts.kept():
                _finish(plan, folder, as_json=as_json)


def check(
    region: Region,
    *,
    settings: Settings = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="File for a page with maps and distributions.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a region, list every problem, doubtful numbers, and what no plan could keep.

    Numbers are held against ranges with a source; what cannot be is an error, what is unlikely is
    a question. The data report says what is given, derived and assumed.
    """
    with failures(as_json=as_json, doing="checking the region"):
        check_file(html, "--html")
        instance = region_of(region, settings)
        from optimizer.cli.words import findings
        from optimizer.plausible.account import account

        doubts = op.plausibility(instance)
        if html is not None:
            op.data_report(instance, html)
        found = [] if doubts.stops else findings(instance)
        if as_json:
            record = {
                "instance": instance.name,
                "problems": [],
                "impossible": [str(one) for one in doubts.stops],
                "questions": [str(one) for one in doubts.asks],
                "findings": found,
            }
            typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
        else:
            typer.echo(f"{instance}\n\n{account(instance)}\n\n{doubts}")
            if not doubts.stops:
                typer.echo("\n".join(found) if found else "nothing stands in the way of a plan")
        doubts.raise_for_stops()


def new(
    name: Annotated[str, typer.Argument(help="Name of the new instance.")],
    folder: Annotated[Path, typer.Option(help="Where to make it.")] = Path("instances"),
) -> None:
    """Make a small instance to start from, with every field explained."""
    with failures(as_json=False):
        typer.echo(f"made {op.new_instance(folder / safe_name(name), name)}")


def _solve(
    instance: Instance,
    options: Options,
    voice: Voice,
    *,
    results: Path,
    run: str | None,
    as_json: bool,
) -> None:
    """Take the run's place, search, and write what is found, however the search ends."""
    with (
        taken_run(results, instance.name, run) as folder,
        Interrupts() as interrupts,
        interrupts.kept(),
    ):
        from optimizer.cli.live import LiveProgress

        with LiveProgress(voice, instance.currency) as show:
            plan = op.solve(
                instance,
                method=options.method,
                gap=options.gap,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                log_file=options.log_file,
                on_progress=show,
            )
        if plan.status == "infeasible":
            _no_plan(plan, as_json=as_json)
        plan.raise_if_unconfirmed()
        _finish(plan, folder, as_json=as_json)


def _no_plan(plan: Plan, *, as_json: bool) -> None:
    reasons = list(plan.outcome.broken_promises)
    if as_json:
        typer.echo(json.dumps({"status": "infeasible", "promises": reasons}, ensure_ascii=False))
    else:
        typer.echo("no plan keeps every promise; one of these must bend:", err=True)
        for reason in reasons:
            typer.echo(f"- {reason}", err=True)
    raise typer.Exit(EXIT_NO_PLAN)


def _finish(plan: Plan, folder: Path, *, as_json: bool) -> None:
    """Audit, write and print a plan."""
    from optimizer.cli.words import plan_record

    plan.write(folder)
    if as_json:
        record = plan_record(plan) | {"run": str(folder)}
        typer.echo(json.dumps(_finite(record), ensure_ascii=False, indent=2))
    else:
        typer.echo(str(plan))
        typer.echo(f"\nwritten to {folder}")


def _finite(record: dict[str, object]) -> dict[str, object]:
    """Return the record with infinite and missing numbers as null, which JSON can hold."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in record.items()
    }


GROUPS: dict[str, tuple[Callable[..., None], ...]] = {
    "Start": (demo, new),
    "Bring data": (import_, to_xlsx, from_xlsx, check, calibrate, bill),
    "Solve": (solve, evaluate, path),
    "Look": (open_, report, explain, audit),
    "Ask what if": (
        frontier,
        trade_off,
        scenarios,
        alternatives,
        support,
        robustness,
        certainty,
    ),
    "Ask who would leave": (stability, election),
    "Compare": (compare,),
}
"""The commands, in the order in which a planner needs them."""
for panel, commands in GROUPS.items():
    for command in commands:
        name, words = command.__name__.strip("_").replace("_", "-"), paragraphs(command)
        app.command(name, cls=PlainCommand, rich_help_panel=panel, help=words)(command)
