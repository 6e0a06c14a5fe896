"""A plan as a file: report, workbook, map layers, tables, picture."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from optimizer.plan.plan import Plan

__all__ = ["EXPORTS", "Export", "exported"]


@dataclass(frozen=True)
class Export:
    """One kind of file: its name, its media type, what writes it."""

    file: str
    media: str
    write: Callable[[Plan, Path, str], None]


def exported(plan: Plan, kind: str, language: str) -> bytes:
    """Return a plan as a file of one kind of :data:`EXPORTS`."""
    what = EXPORTS[kind]
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / what.file
        what.write(plan, path, language)
        return path.read_bytes()


def _report(plan: Plan, path: Path, language: str) -> None:
    plan.report(path, language=language)


def _workbook(plan: Plan, path: Path, language: str) -> None:
    plan.workbook(path, language=language)


def _run(plan: Plan, path: Path, language: str) -> None:
    """Write the whole run as a ZIP: every table, the layers, the picture."""
    del language
    with tempfile.TemporaryDirectory() as home:
        folder = plan.write(Path(home) / "run", allow_failed=True)
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(folder))
        path.write_bytes(held.getvalue())


def _of_run(name: str) -> Callable[[Plan, Path, str], None]:
    def write(plan: Plan, path: Path, language: str) -> None:
        del language
        with tempfile.TemporaryDirectory() as home:
            folder = plan.write(Path(home) / "run", allow_failed=True)
            path.write_bytes((folder / name).read_bytes())

    return write


EXPORTS: Mapping[str, Export] = {
    "report": Export("report.html", "text/html", _report),
    "workbook": Export(
        "plan.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook
    ),
    "layers": Export("plan.gpkg", "application/geopackage+sqlite3", _of_run("plan.gpkg")),
    "tables": Export("run.zip", "application/zip", _run),
    "picture": Export("map.png", "image/png", _of_run("map.png")),
    "grouping": Export("towns.csv", "text/csv", _of_run("towns.csv")),
}
"""What the page can save."""
