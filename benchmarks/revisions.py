"""Earlier states of the project, from git: unpacked into a folder."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

__all__ = ["ROOT", "Revision", "revision", "unpack"]

ROOT = Path(__file__).resolve().parents[1]

Revision = tuple[str, str]
"""Short name of a commit and its day."""


def git(*words: str) -> bytes:
    """Return what git answers."""
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603


def revision(name: str) -> Revision:
    """Return the commit that a name such as ``HEAD`` or ``main`` means, and its day."""
    commit, day = git("log", "-1", "--format=%h %cs", "--abbrev=10", name).decode().split()
    return commit, day


def unpack(commit: str, folder: Path, *parts: str) -> None:
    """Write folders of a commit, as they were, below another folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit, *parts))) as archive:
        archive.extractall(folder, filter="data")
