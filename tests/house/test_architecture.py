"""Imports go one way; the package is quick to import; public names exist."""

from __future__ import annotations

import subprocess
import sys

import optimizer
from tests.paths import ROOT


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
