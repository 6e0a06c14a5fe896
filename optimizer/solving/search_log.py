"""The log of a search: a line for each step, written as it happens."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TextIO

from optimizer.errors import StoreError

__all__ = ["open_log"]


def open_log(log_file: str) -> AbstractContextManager[TextIO | None]:
    """Return the opened log, its folder made where absent; ``None`` where none is asked for.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    if not log_file:
        return nullcontext()
    path = Path(log_file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"{path}: the log cannot be written there ({reason})") from error
