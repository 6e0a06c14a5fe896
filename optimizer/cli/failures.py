"""Turn the library's errors into words and exit codes; a planner never sees a traceback.

Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 no plan exists, 5 stopped before any plan,
6 audit failed, 7 the figures of a plan do not bear out what was found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from optimizer.errors import (
    AuditError,
    InfeasibleError,
    InstanceError,
    NoPlanError,
    OptimizerError,
    PolicyError,
    UnconfirmedError,
)

__all__ = ["EXIT_NO_PLAN", "failures"]

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
def failures(*, as_json: bool) -> Iterator[None]:
    """Print an error of the library and leave with its exit code."""
    try:
        yield
    except OptimizerError as error:
        code = next(code for kind, code in _CODES if isinstance(error, kind))
        _show(error, code, as_json=as_json)
        raise typer.Exit(code) from None
    except KeyboardInterrupt:
        Console(stderr=True).print("stopped before any plan was found")
        raise typer.Exit(EXIT_STOPPED) from None


def _show(error: OptimizerError, code: int, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_record(error, code), ensure_ascii=False, indent=2))
        return
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"[bold red]{escape(str(error))}[/]")


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
