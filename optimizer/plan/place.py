"""Folders that are there whole or not at all: made beside their place and then renamed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from optimizer.errors import StoreError

__all__ = ["check_place", "whole_folder"]

DAY_SECONDS = 86_400.0
LEFT = re.compile(
    r"\.(?:(?P<name>.+)\.(?P<host>[^.]*)\.(?P<process>\d+)\.)?[0-9a-f]{32}\.(?:partial|old)"
)


def check_place(
    target: Path, kind: str, is_kind: Callable[[Path], bool], *, overwrite: bool
) -> None:
    """Raise unless a place is free, empty, or holds an earlier thing that may be replaced.

    Parameters
    ----------
    target : pathlib.Path
        The place.
    kind : str
        What is to be written there, for the message.
    is_kind : callable
        Whether a folder holds such a thing.
    overwrite : bool
        Whether it may be replaced.

    Raises
    ------
    StoreError
        If the place is taken.
    """
    try:
        if not target.exists():
            return
        if not target.is_dir():
            raise StoreError(f"{target}: is a file; give a folder")
        if not any(target.iterdir()):
            return
        if not is_kind(target):
            raise StoreError(f"{target}: holds something else than a {kind}; give another folder")
    except OSError as error:
        raise StoreError(f"{target}: cannot be read ({error.strerror or error})") from error
    if not overwrite:
        raise StoreError(f"{target}: holds a {kind} already; give another folder or overwrite=True")


@contextmanager
def whole_folder(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a folder to fill, and put it in its place; of several at once, one gets it.

    What killed runs left beside it is removed.

    Raises
    ------
    StoreError
        If it cannot be written, or something came to the place meanwhile.
    """
    fresh = _beside(target, "partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear(target.parent)
        fresh.mkdir()
        yield fresh
        _into_place(fresh, target, overwrite=overwrite)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror or error})") from error
    except RuntimeError as error:  # what the library of the layers raises, on a full disk too
        raise StoreError(f"{target}: cannot be written ({error})") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _into_place(fresh: Path, target: Path, *, overwrite: bool) -> None:
    """Rename the fresh folder to its place; an old one is put back if that fails."""
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    else:
        return
    if not overwrite and any(target.iterdir()):
        raise StoreError(f"{target}: was taken by another run meanwhile; give another folder")
    old = _beside(target, "old")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(target: Path, kind: str) -> Path:
    """Return a name beside a folder for what is not in its place: ``partial`` or ``old``.

    It says which process made it, so that another one can tell whether it is still at work.
    """
    made = f".{target.name}.{_host()}.{os.getpid()}.{uuid.uuid4().hex}.{kind}"
    return target.parent / made


def _clear(parent: Path) -> None:
    """Remove what killed runs left in a folder; an earlier one they had put aside is put back."""
    for path in list(parent.iterdir()):
        found = LEFT.fullmatch(path.name)
        if found is None or not _abandoned(path, found["host"], found["process"]):
            continue
        if path.suffix == ".old" and found["name"]:
            with suppress(OSError):
                path.rename(parent / found["name"])
        shutil.rmtree(path, ignore_errors=True)


def _abandoned(path: Path, host: str | None, process: str | None) -> bool:
    """Return whether the process that made a folder is gone, or a day has passed."""
    if process is not None and host == _host() and os.name == "posix":
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            return False
    try:
        return time.time() - path.stat().st_mtime > DAY_SECONDS
    except OSError:
        return False


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", socket.gethostname())
