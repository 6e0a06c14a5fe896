"""The commands that compute many plans of a region: frontier, scenarios, alternatives ..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, Language, Region, Settings, numbers_in
from optimizer.cli.places import check_file
from optimizer.cli.running import (
    Cluster,
    Finished,
    Gap,
    Results,
    RunName,
    StudyProgress,
    TimeLimit,
    Workers,
    print_found,
    print_study,
    running_of,
    study_place,
)
from optimizer.cli.settings import region_folder, region_of
from optimizer.errors import PolicyError

if TYPE_CHECKING:
    from optimizer.analysis.what_if.trade_off import Against

__all__ = ["alternatives", "certainty", "frontier", "scenarios", "support", "trade_off"]


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
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Solve a region along one promise and show what each step costs."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        folder = region_folder(region)
        told = StudyProgress(
            voice, running_of(cluster, workers, finished, gap, time_limit), results
        )
        instance = region_of(folder, settings)
        with study_place(results, instance, run, "frontier") as place:
            found = op.frontier(
                instance,
                over=over,
                values=_numbers(values),
                running=told.running,
                on_progress=told,
            )
            print_study(found, found.table, place, voice, as_json=as_json)


def trade_off(
    region: Region,
    against: Annotated[
        str, typer.Option(help="public_money, operators or worst_burden.")
    ] = "public_money",
    points: Annotated[int, typer.Option(min=1, help="Fineness of the curve.")] = 12,
    *,
    settings: Settings = None,
    cluster: Cluster = "",
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Find the true trade-off of cost against public money, operators or the worst burden."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        folder = region_folder(region)
        told = StudyProgress(voice, running_of(cluster, 1, finished, gap, time_limit), results)
        instance = region_of(folder, settings)
        with study_place(results, instance, run, "trade-off") as place:
            found = op.trade_off(
                instance,
                against=_against(against),
                points=points,
                running=told.running,
                on_progress=told,
            )
            print_study(found, found.table, place, voice, as_json=as_json)


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
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Solve a region under named sets of changes."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        folder = region_folder(region)
        told = StudyProgress(
            voice, running_of(cluster, workers, finished, gap, time_limit), results
        )
        instance = region_of(folder, settings)
        with study_place(results, instance, run, "scenarios") as place:
            found = op.scenarios(
                instance,
                file,
                running=told.running,
                on_progress=told,
            )
            print_study(found, found.table, place, voice, as_json=as_json)


def certainty(
    region: Region,
    out: Annotated[Path | None, typer.Option(help="Page to write, such as sure.html.")] = None,
    draws: Annotated[
        int | None, typer.Option(min=2, help="How many draws; those of the region.")
    ] = None,
    fresh: Annotated[int, typer.Option(min=2, help="Other draws to judge plans by.")] = 200,
    *,
    language: Language = "en",
    settings: Settings = None,
    cluster: Cluster = "",
    workers: Workers = 1,
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = None,
    results: Results = Path("results"),
    as_json: AsJson = False,
) -> None:
    """Say how sure the map is: the best plan of every draw of the uncertain data."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        check_file(out, "--out")
        folder = region_folder(region)
        running = running_of(cluster, workers, finished, gap, time_limit)
        found = op.certainty(
            region_of(folder, settings),
            draws=draws,
            fresh=fresh,
            running=running,
            on_progress=StudyProgress(voice, running, results),
        )
        if out is not None:
            found.report(out, language=language)
            voice.say(f"written to {out}")
        print_found(found, found.pairs.reset_index(), as_json=as_json)


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
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Find really different groupings that cost hardly more."""
    with failures(as_json=as_json, doing="reading the region") as voice:
        folder = region_folder(region)
        told = StudyProgress(voice, running_of(cluster, 1, finished, gap, time_limit), results)
        instance = region_of(folder, settings)
        with study_place(results, instance, run, "alternatives") as place:
            found = op.alternatives(
                instance,
                within=within,
                count=count,
                solves=questions,
                running=told.running,
                on_progress=told,
            )
            print_study(found, found.table, place, voice, as_json=as_json)


def support(
    region: Region,
    share: Annotated[
        float | None,
        typer.Option(help="Largest share of a bill that support pays; the policy's by default."),
    ] = None,
    *,
    settings: Settings = None,
    cluster: Cluster = "",
    workers: Workers = 1,
    finished: Finished = None,
    gap: Gap = 0.0,
    time_limit: TimeLimit = 60.0,
    results: Results = Path("results"),
    run: RunName = None,
    as_json: AsJson = False,
) -> None:
    """Compare no public money, operating subsidy, household support and both.

    Takes the folder of an instance or of a run, and says what each instrument costs per household
    kept within its limit. A plan that is not proven best after a minute is called time_limit.
    """
    with failures(as_json=as_json, doing="reading the region") as voice:
        folder = region_folder(region)
        told = StudyProgress(
            voice, running_of(cluster, workers, finished, gap, time_limit), results
        )
        instance = region_of(folder, settings)
        with study_place(results, instance, run, "support") as place:
            found = op.support_instruments(
                instance,
                share=share,
                running=told.running,
                on_progress=told,
            )
            print_study(found, found.table, place, voice, as_json=as_json)


def _against(name: str) -> Against:
    if name == "public_money":
        return "public_money"
    if name == "operators":
        return "operators"
    if name == "worst_burden":
        return "worst_burden"
    raise PolicyError(f"--against {name}: choose public_money, operators or worst_burden")


def _numbers(text: str) -> list[float | int]:
    values = numbers_in(text, "--values")
    whole = all(value.is_integer() for value in values)
    return [int(value) for value in values] if whole else list(values)
