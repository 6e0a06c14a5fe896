"""The options and arguments that several commands share, each worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.errors import PolicyError

__all__ = ["AsJson", "Language", "Region", "RunFolder", "RunFolders", "Settings", "numbers_in"]

Region = Annotated[Path, typer.Argument(help="Folder of a region, or the name of a bundled one.")]
RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.")]
RunFolders = Annotated[list[Path], typer.Argument(help="Folders of runs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change a promise: reach_hours=2, fixed_seats=a,b."),
]
Language = Annotated[str, typer.Option("--lang", help="en, es or pt.")]


def numbers_in(text: str, option: str) -> list[float]:
    """Return the numbers of a list with commas between them.

    Raises
    ------
    PolicyError
        If a part is not a number.

    Examples
    --------
    >>> numbers_in("10,15,20", "--m3")
    [10.0, 15.0, 20.0]
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        message = f"{option} {text}: write numbers with commas between them, such as 10,15,20"
        raise PolicyError(message) from None
