"""The options and arguments that several commands share, each worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsJson", "Language", "Region", "RunFolder", "RunFolders", "Settings"]

Region = Annotated[Path, typer.Argument(help="Folder of an instance.")]
RunFolder = Annotated[Path, typer.Argument(help="Folder of a run.")]
RunFolders = Annotated[list[Path], typer.Argument(help="Folders of runs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="Change a promise: affordable_share=0.05.")
]
Language = Annotated[str, typer.Option("--lang", help="en, es or pt.")]
