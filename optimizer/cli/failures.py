"""Turn the library's errors into words and exit codes; a planner never sees a traceback.

Exit codes: 0 done, 2 wrong usage, 3 bad input or a place that cannot be written, 4 no plan exists,
5 stopped before any plan, 6 audit failed, 7 the figures of a plan do not bear out what was found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from optimizer.cli.voice import Voice
from optimizer.errors import (
    AuditError,
    InfeasibleError,
    InstanceError,
    NoPlanError,
    OptimizerError,
    PolicyError,
    StoreError,
    UnconfirmedError,
)
from optimizer.interrupts import Interrupts

__all__ = ["EXIT_NO_PLAN", "EXIT_STOPPED", "failures"]

EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_NO_PLAN = 4
EXIT_STOPPED = 5
EXIT_AUDIT = 6
EXIT_UNCONFIRMED = 7

_CODES: tuple[tuple[type[OptimizerError], int], ...] = (
    (PolicyError, EXIT_USAGE),
    (InstanceError, EXIT_INPUT),
    (InfeasibleError, EXIT_NO_PLAN),
    (NoPlanError, EXIT_STOPPED),
    (AuditError, EXIT_AUDIT),
    (UnconfirmedError, EXIT_UNCONFIRMED),
    (OptimizerError, EXIT_INPUT),
)


@contextmanager
def failures(
    *, as_json: bool, doing: str = "working", time_limit: float | None = None
) -> Iterator[Voice]:
    """Speak while a command works; print an error of the library and leave with its exit code.

    Parameters
    ----------
    as_json : bool
        Print errors as JSON; what is said meanwhile goes to standard error.
    doing : str
        What the command does, said where it is silent for seconds.
    time_limit : float, optional
        Seconds after which it is stopped, where nothing of it is worth keeping before its end.
    """
    with Voice(doing, time_limit=time_limit) as voice:
        try:
            yield voice
        except OptimizerError as error:
            raise _left(error, as_json=as_json) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else "the output: "
            wrong = StoreError(f"{place}cannot be read or written ({error.strerror or error})")
            raise _left(wrong, as_json=as_json) from None
        except KeyboardInterrupt:
            with Interrupts() as interrupts, interrupts.kept():
                if voice.late:
                    voice.say(f"the time limit of {time_limit:g} s is over: {voice.doing}")
                voice.say(voice.at_stop())
            raise typer.Exit(EXIT_STOPPED) from None


def _left(error: OptimizerError, *, as_json: bool) -> typer.Exit:
    """Print an error and return the exit with its code."""
    code = next(code for kind, code in _CODES if isinstance(error, kind))
    _show(error, code, as_json=as_json)
    return typer.Exit(code)


def _show(error: OptimizerError, code: int, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_record(error, code), ensure_ascii=False, indent=2))
        return
    typer.secho(str(error), err=True, fg="red", bold=True)


def _record(error: OptimizerError, code: int) -> dict[str, object]:
    record: dict[str, object] = {
        "error": type(error).__name__,
        "exit_code": code,
        "message": str(error),
    }
    if isinstance(error, InstanceError):
        record["problems"] = [
            {
                "file": p.file,
                "line": p.line,
                "column": p.column,
                "what": p.what,
                "remedy": p.remedy,
            }
            for p in error.problems
        ]
    return record
