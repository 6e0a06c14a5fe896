"""Places that a command writes to: taken or refused before anything is computed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from optimizer.cli.settings import safe_name
from optimizer.errors import StoreError

__all__ = ["check_file", "check_folder", "taken_run"]

GONE_AT_MOST = 100


@contextmanager
def taken_run(
    results: Path, region: str, run: str | None, *, again: bool = False, what: str = ""
) -> Iterator[Path]:
    """Take the folder of a run, which is this command's alone, and give it back if left empty.

    Parameters
    ----------
    results : pathlib.Path
        Folder in which runs are written.
    region : str
        Name of the region.
    run : str or None
        Name of the run; without one, the time, and a number where that is taken.
    again : bool
        Take a number, too, where a run of that name is there.
    what : str
        What stands before a time.

    Raises
    ------
    StoreError
        If a run of that name is there, or none can be written there.
    """
    parent = results / safe_name(region)
    made = [folder for folder in (parent, results) if not folder.exists()]
    folder = _take(results, parent, run, again=again, what=what)
    try:
        yield folder
    finally:
        for empty in (folder, *made):
            with suppress(OSError):
                empty.rmdir()


def _take(results: Path, parent: Path, run: str | None, *, again: bool, what: str) -> Path:
    """Make the folder of a run; of several commands at once, only one makes it."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    plain = safe_name(run) if run else f"{what}-{stamp}" if what else stamp
    for number in count(1):
        folder = parent / (plain if number == 1 else f"{plain}-{number}")
        try:
            parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and number < GONE_AT_MOST:
                continue  # another command gave the empty parent back meanwhile
            if not (isinstance(error, FileExistsError) and parent.is_dir()):
                reason = "is a file" if results.is_file() else error.strerror or error
                words = f"--results {results}: no run can be written there ({reason})"
                raise StoreError(words) from None
            if run and not again:
                raise StoreError(f"--run {run}: {_taken(folder)}") from None
            continue
        return folder
    raise AssertionError


def _taken(folder: Path) -> str:
    """Say what stands where a run should."""
    if not folder.is_dir():
        return f"{folder} is a file; give another name"
    if (folder / "run.json").is_file():
        return f"{folder} holds a run already; give another name, or remove that folder"
    if any(folder.iterdir()):
        return f"{folder} holds something else than a run; give another name"
    return (
        f"{folder} is taken by a command that still works, or was killed; give another name, or "
        "remove that empty folder"
    )


def check_file(path: Path | None, option: str) -> None:
    """Refuse a file that cannot be written, in the words of an option.

    Raises
    ------
    StoreError
        If it is a folder, or its folder cannot be made or written.
    """
    if path is None:
        return
    if path.is_dir():
        raise StoreError(f"{option} {path}: is a folder; give a file")
    if path.exists() and not path.is_file():
        return  # a pipe or a device
    check_folder(path.parent, option, shown=path)


def check_folder(folder: Path | None, option: str, *, shown: Path | None = None) -> None:
    """Refuse a folder that cannot be made or written, in the words of an option.

    Raises
    ------
    StoreError
        If it, or what stands above it, is a file or may not be written.
    """
    if folder is None:
        return
    above = folder
    while not above.exists() and above != above.parent:
        above = above.parent
    try:
        with tempfile.TemporaryFile(dir=above):
            pass
    except OSError as error:
        reason = f"{above} is a file" if above.is_file() else error.strerror or error
        raise StoreError(f"{option} {shown or folder}: cannot be written ({reason})") from None
