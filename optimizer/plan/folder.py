"""Write a plan to a folder: whole or not at all, and never as good when the audit fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.audit import Audit, audit
from optimizer.errors import AuditError
from optimizer.instance.csv_cells import escaped
from optimizer.instance.schema.draws_table import DRAWS
from optimizer.instance.schema.plan_tables import TABLES, frames_of
from optimizer.instance.writing.write import write as write_instance
from optimizer.plan.csv_tables import write_rows, write_table
from optimizer.plan.layers import write_layers
from optimizer.plan.place import check_place, whole_folder
from optimizer.plan.run_record import run_text
from optimizer.plan.summary import summary

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["RUN_FILE", "audit_cells", "summary_text", "write_plan"]

RUN_FILE = "run.json"


def write_plan(
    plan: Plan,
    folder: str | Path,
    *,
    options: Mapping[str, object] | None = None,
    allow_failed: bool = False,
    overwrite: bool = False,
    extras: Sequence[Callable[[Path], object]] = (),
) -> Path:
    """Audit a plan and write it to a folder, with its instance.

    The folder holds one CSV per table (and ``draws.csv`` of an expected plan), ``plan.gpkg``
    (layers towns, areas, seats, links), ``run.json`` (instance, promises, options, proof, audit,
    versions), ``summary.txt``, ``audit.csv`` (failures) and ``instance/``, so
    that the run can be read and audited alone. It is made beside its place and then renamed: it
    is there whole or not at all.

    Parameters
    ----------
    plan : Plan
        Any plan.
    folder : str or pathlib.Path
        Folder to make; its parents are made where absent.
    options : mapping of str to object, optional
        How the plan was computed, for the record.
    allow_failed : bool
        Write a plan that fails its audit, too; the record says that it failed. An evaluated
        grouping whose only failures are broken promises needs no permission.
    overwrite : bool
        Replace an earlier run in the same place. Any other folder is never replaced.
    extras : sequence of callables
        Called with the folder while it is made, to add files such as pictures.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    AuditError
        If the plan fails its audit; nothing is written.
    StoreError
        If the folder exists and may not be replaced, or cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import optimizer as op
    >>> plan = op.evaluate(op.read("instances/pair"), grouping="alone")
    >>> run = write_plan(plan, pathlib.Path(tempfile.mkdtemp()) / "alone")
    >>> op.read_plan(run).areas.equals(plan.areas)
    True
    """
    target = Path(folder)
    check_place(target, "run", _is_run, overwrite=overwrite)
    found = audit(plan)
    honest = plan.status == "evaluated" and found.sound
    if not (found.passed or honest or allow_failed):
        raise AuditError(f"not written, because the plan fails its audit\n{found}")
    with whole_folder(target, overwrite=overwrite) as fresh:
        _files(plan, found, options, fresh)
        for extra in extras:
            extra(fresh)
    return target


def _is_run(folder: Path) -> bool:
    return (folder / RUN_FILE).is_file()


def audit_cells(found: Audit) -> list[list[str]]:
    """Return the rows of ``audit.csv``: one for each failure."""
    failures = found.failures.astype({"amount": "str"})
    return [[escaped(str(value)) for value in row] for row in failures.to_numpy().tolist()]


def summary_text(plan: Plan, found: Audit) -> str:
    """Return the text of ``summary.txt``."""
    return f"{summary(plan)}\n\n{found}\n"


def _files(plan: Plan, found: Audit, options: Mapping[str, object] | None, folder: Path) -> None:
    for name, frame in frames_of(plan).items():
        own = plan.beside if name == "towns" else None
        write_table(frame, TABLES[name], folder / f"{name}.csv", beside=own)
    if plan.draws is not None:
        write_table(plan.draws, DRAWS, folder / "draws.csv")
    write_rows(folder / "audit.csv", list(found.failures.columns), audit_cells(found))
    text = summary_text(plan, found)
    (folder / "summary.txt").write_text(text, encoding="utf-8", newline="\n")
    write_layers(plan, folder / "plan.gpkg")
    write_instance(plan.instance, folder / "instance")
    text = run_text(plan, found, options)
    (folder / RUN_FILE).write_text(text, encoding="utf-8", newline="\n")
