"""Imports go one way; the package is quick to import; public names exist."""

from __future__ import annotations

import subprocess
import sys

import pytest

import optimizer
from tests.paths import ROOT

LINES_MOST, FILES_MOST = 350, 20
LONGER = {
    "optimizer/instance/schema/plan_tables.py",
    "optimizer/solving/branch_and_price/pricing/compiled/search.py",
    "optimizer/solving/diagnose/precheck.py",
}
"""Files that are still to be divided; no other may join them."""


def test_import_directions() -> None:
    """The contracts of pyproject.toml, checked by import-linter."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, optimizer; "
        "print([m for m in ('pandas', 'pyomo', 'highspy', 'geopandas', 'matplotlib', 'scipy') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_exists() -> None:
    assert set(dir(optimizer)) == set(optimizer.__all__)
    for name in optimizer.__all__:
        assert vars(optimizer).get(name) or optimizer.__getattr__(name), name


@pytest.mark.parametrize("name", ["study", "economics"])
def test_rooms_of_before_answer_with_the_new_ones(name: str) -> None:
    with pytest.raises(AttributeError, match=f"'optimizer.{name}' is now optimizer."):
        optimizer.__getattr__(name)
    with pytest.raises(AttributeError, match="has no attribute 'frontiers'"):
        optimizer.__getattr__("frontiers")


def test_files_and_folders_stay_small() -> None:
    files = sorted((ROOT / "optimizer").rglob("*.py"))
    lines = {str(f.relative_to(ROOT)): f.read_text(encoding="utf-8").count("\n") for f in files}
    assert {name for name, count in lines.items() if count > LINES_MOST} <= LONGER
    folders = {file.parent for file in files}
    counts = {str(f.relative_to(ROOT)): len(list(f.glob("*.py"))) for f in folders}
    assert {name: n for name, n in counts.items() if n > FILES_MOST} == {}


def test_slow_tests_are_tests() -> None:
    """Every line of the list names a test that there is."""
    lines = (ROOT / "tests" / "slow.txt").read_text(encoding="utf-8").splitlines()
    named = [line.partition("[")[0].partition("::") for line in lines if not line.startswith("#")]
    for file, _, name in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name.rpartition('::')[2]}(" in text, (file, name)
