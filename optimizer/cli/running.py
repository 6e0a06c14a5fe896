"""Where and how hard the commands compute, and how those of many plans tell progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import optimizer as op
from optimizer.cli.places import check_folder, taken_run
from optimizer.cli.voice import Voice
from optimizer.errors import OptimizerError, PolicyError
from optimizer.interrupts import Interrupts
from optimizer.solving.options import Options, Progress, wrong_options

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.analysis.many.runner import Running, RunProgress
    from optimizer.analysis.many.study import Study
    from optimizer.instance.instance import Instance
    from optimizer.plan.plan import Plan

__all__ = [
    "Cluster",
    "Finished",
    "Gap",
    "Results",
    "RunName",
    "StudyProgress",
    "TimeLimit",
    "Workers",
    "options_of",
    "print_found",
    "print_study",
    "running_of",
    "study_place",
]

Cluster = Annotated[str, typer.Option(help="Address of a Dask scheduler: tcp://10.0.0.1:8786.")]
Workers = Annotated[int, typer.Option(help="Processes on this machine.")]
Finished = Annotated[
    Path | None, typer.Option("--finished", help="Folder of finished plans: kept, and resumed.")
]
Gap = Annotated[float, typer.Option(help="Stop each plan at this relative gap; 0 asks for proof.")]
TimeLimit = Annotated[float | None, typer.Option(help="Seconds for each plan.")]
Results = Annotated[Path, typer.Option(help="Folder in which runs are written.")]
RunName = Annotated[str | None, typer.Option("--run", help="Name of the run; a time by default.")]
RESULTS = Path("results")


def options_of(
    *,
    method: str = "auto",
    gap: float = 0.0,
    time_limit: float | None = None,
    threads: int = 1,
    seed: int = 0,
    log_file: str = "",
) -> Options:
    """Return how hard to compute, from the options of a command.

    Raises
    ------
    PolicyError
        If a value is outside its bounds; it names every one as the command line does.
    """
    given = {
        "method": method,
        "gap": gap,
        "time_limit": time_limit,
        "threads": threads,
        "seed": seed,
    }
    wrong = wrong_options(given)
    if wrong:
        lines = [f"--{name.replace('_', '-')} {words}" for name, words in wrong.items()]
        raise PolicyError("; ".join(lines))
    return Options(
        method="compact" if method == "compact" else "columns" if method == "columns" else "auto",
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        log_file=log_file,
    )


def running_of(
    cluster: str, workers: int, finished: Path | None, gap: float, time_limit: float | None
) -> Running:
    """Return where and how hard to compute many plans, from the options of a command.

    Raises
    ------
    PolicyError
        If a number is outside its bounds, or the cluster is no address.
    StoreError
        If the folder of finished plans cannot be written.

    Examples
    --------
    >>> running_of("", 2, None, 0.01, None).workers
    2
    """
    options = options_of(gap=gap, time_limit=time_limit)
    if workers < 1:
        raise PolicyError(f"--workers {workers}: give 1 or more")
    if cluster and "://" not in cluster:
        raise PolicyError(f"--cluster {cluster}: give an address such as tcp://127.0.0.1:8786")
    check_folder(finished, "--finished")
    return op.Running(
        options=options,
        workers=workers,
        folder=None if finished is None else str(finished),
        cluster=cluster,
    )


class StudyProgress:
    """Tells which plan is done, of how many, and that the next one is being computed.

    Parameters
    ----------
    voice : Voice
        Where it is said.
    running : Running
        Where finished plans are kept; without a folder, they are written where the command is
        stopped.
    results : pathlib.Path
        Folder in which those are written.

    Attributes
    ----------
    running : Running
        The same, telling each step of a search too.
    """

    def __init__(self, voice: Voice, running: Running, results: Path = RESULTS) -> None:
        self._results = results
        self._voice, self._folder = voice, running.folder
        self.running = replace(running, on_search=self.search)
        self._plans: dict[str, Plan] = {}
        voice.doing = "computing the first plan"
        voice.at_stop = self._keep

    def __call__(self, step: RunProgress) -> None:
        """Tell one plan."""
        if step.plan is not None:
            self._plans[step.name] = step.plan
        of = f" of {step.total}" if step.total else ""
        done = f"{step.done}{of}"
        self._voice.say(f"{done}: {step.name}: {step.status}, {step.seconds:.1f} s")
        self._voice.doing = f"{done} plans are done, computing the next"

    def search(self, name: str, progress: Progress) -> None:
        """Keep in mind what is said of a plan that is being computed, should nothing else be."""
        self._voice.doing = f"{name}: {progress.words}, public money weighted"

    def _keep(self) -> str:
        """Write the plans that are kept nowhere, and say where all are."""
        if not self._plans:
            return "stopped before any plan was found"
        words = []
        kept = self._folder is not None
        loose = {n: p for n, p in self._plans.items() if not kept or p.status == "interrupted"}
        if len(loose) < len(self._plans):
            words.append(f"finished plans are in {self._folder}; the same command goes on there")
        for name, plan in loose.items():
            try:
                with taken_run(
                    self._results, plan.instance.name, f"stopped-{name}", again=True
                ) as place:
                    words.append(f"{name}: {plan.status}, in {plan.write(place)}")
            except OptimizerError as error:
                words.append(f"{name}: not kept ({error})")
        return "\n".join(["stopped", *words])


@contextmanager
def study_place(
    results: Path, region: Instance, run: str | None, what: str
) -> Iterator[tuple[Path, Interrupts]]:
    """Take the folder of a study before anything is computed, and listen to Ctrl-C."""
    with taken_run(results, region.name, run, what=what) as place, Interrupts() as interrupts:
        yield place, interrupts


def print_study(
    found: Study,
    table: pd.DataFrame,
    place: tuple[Path, Interrupts],
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Write the plans of a study as runs, and print it; what is found is not lost to Ctrl-C."""
    folder, interrupts = place
    with interrupts.kept():
        print_found(found, table, as_json=as_json)
        if found.runs:
            voice.doing = "writing the plans"
            found.write(folder)
            typer.echo(f"\n{len(found.runs)} runs written to {folder}", err=as_json)


def print_found(found: object, table: pd.DataFrame, *, as_json: bool) -> None:
    """Print what a command found: its text for people, a table of it as JSON for machines."""
    if as_json:
        typer.echo(table.to_json(orient="table", force_ascii=False, indent=2))
    else:
        typer.echo(str(found))
