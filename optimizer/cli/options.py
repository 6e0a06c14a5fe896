"""The options and arguments that several commands share, each worded once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_type_hints

import typer
from typer.core import TyperCommand

from optimizer.errors import PolicyError
from optimizer.plain_numbers import is_plain

__all__ = [
    "AsJson",
    "Language",
    "PlainCommand",
    "Region",
    "RunFolder",
    "RunFolders",
    "Settings",
    "StopAfter",
    "Threads",
    "TimeLimit",
    "numbers_in",
    "pairs_in",
]

Region = Annotated[Path, typer.Argument(help="Folder of a region, or the name of a bundled one.")]
RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.")]
RunFolders = Annotated[list[Path], typer.Argument(help="Folders of runs, or of studies.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
TimeLimit = Annotated[float | None, typer.Option(help="Seconds; then the best plan so far.")]
Threads = Annotated[int, typer.Option(help="Parts of the computation that run side by side.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change a promise: reach_hours=2, fixed_seats=a,b."),
]
StopAfter = Annotated[
    float | None,
    typer.Option("--time-limit", help="Seconds; then the command stops and says so."),
]
Language = Annotated[str, typer.Option("--lang", help="en, es or pt.")]


NUMBERS = (int, float, int | None, float | None)


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
    parts = text.split(",")
    if not all(is_plain(part) for part in parts):
        message = f"{option} {text}: write numbers with commas between them, such as 10,15,20"
        raise PolicyError(message)
    return [float(part) for part in parts]


def pairs_in(texts: Sequence[str]) -> list[str]:
    """Return pairs with commas between them one by one; a comma inside a name divides nothing.

    Examples
    --------
    >>> pairs_in(["a=b,c=d", "e=f, g"])
    ['a=b', 'c=d', 'e=f, g']
    """
    parts: list[str] = []
    for text in texts:
        several = text.split(",")
        parts += several if all("=" in part for part in several) else [text]
    return parts


class PlainCommand(TyperCommand):
    """A command whose numbers are written in plain digits.

    Python takes ``1_000``, ``nan`` and digits of other scripts for numbers as well.
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Refuse texts that only Python takes for numbers; then read the options as ever."""
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        numbers = [name for name, kind in get_type_hints(self.callback).items() if kind in NUMBERS]
        for param in self.params:
            value = given.get(str(param.name))
            if param.name in numbers and isinstance(value, str) and not is_plain(value):
                said = f"{value!r} is not a number in plain digits"
                raise typer.BadParameter(said, ctx, param_hint=f"'{param.opts[0]}'")
        return super().parse_args(ctx, args)
