"""Where and how hard the commands that compute many plans do so, and how they tell progress."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from optimizer.analysis.many.runner import Running, RunProgress
from optimizer.errors import PolicyError
from optimizer.solving.options import Options

__all__ = [
    "Cluster",
    "Finished",
    "Gap",
    "StudyProgress",
    "TimeLimit",
    "Workers",
    "print_found",
    "running_of",
]

Cluster = Annotated[str, typer.Option(help="Address of a Dask scheduler: tcp://10.0.0.1:8786.")]
Workers = Annotated[int, typer.Option(help="Processes on this machine.")]
Finished = Annotated[
    Path | None, typer.Option("--finished", help="Folder of finished plans: kept, and resumed.")
]
Gap = Annotated[float, typer.Option(help="Stop each plan at this relative gap; 0 asks for proof.")]
TimeLimit = Annotated[float | None, typer.Option(help="Seconds for each plan.")]


def running_of(
    cluster: str, workers: int, finished: Path | None, gap: float, time_limit: float | None
) -> Running:
    """Return where and how hard to compute, from the options of a command.

    Raises
    ------
    PolicyError
        If a number is outside its bounds, or the cluster is no address.

    Examples
    --------
    >>> running_of("", 2, None, 0.01, None).workers
    2
    """
    if workers < 1:
        raise PolicyError(f"--workers {workers}: give 1 or more")
    if not 0 <= gap <= 1:
        raise PolicyError(f"--gap {gap:g}: give a share between 0 and 1, such as 0.01")
    if time_limit is not None and not time_limit > 0:
        raise PolicyError(f"--time-limit {time_limit:g}: give seconds, more than 0")
    if cluster and "://" not in cluster:
        raise PolicyError(f"--cluster {cluster}: give an address such as tcp://127.0.0.1:8786")
    return Running(
        options=Options(gap=gap, time_limit=time_limit),
        workers=workers,
        folder=None if finished is None else str(finished),
        cluster=cluster,
    )


class StudyProgress:
    """Tells on standard error which plan is done, of how many.

    Parameters
    ----------
    quiet : bool
        Tell nothing.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)

    def __call__(self, step: RunProgress) -> None:
        """Tell one plan."""
        of = f" of {step.total}" if step.total else ""
        line = f"{step.done}{of}: {step.name}: {step.status}, {step.seconds:.1f} s"
        self._console.print(line, markup=False)


def print_found(found: object, table: pd.DataFrame, *, as_json: bool) -> None:
    """Print what a command found: its text for people, a table of it as JSON for machines."""
    if as_json:
        typer.echo(table.to_json(orient="table", force_ascii=False, indent=2))
    else:
        typer.echo(str(found))
