"""The package as others get it: version, licence, and a wheel that solves its demo anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import optimizer as op
from tests.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def build_tools() -> str | None:
    """What is missing to build a wheel here, None when nothing is."""
    try:
        found = version("setuptools")
    except PackageNotFoundError:
        return "setuptools is not installed"
    old = int(found.split(".", maxsplit=1)[0]) < 77
    return f"setuptools {found} is older than the 77 that the build asks for" if old else None


def run(*words: str, folder: Path, package: Path | None = None) -> str:
    """The output of a Python command in a folder, with one place for the package."""
    paths = {} if package is None else {"PYTHONPATH": str(package)}
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=clean | paths,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = build_tools()
    if missing is not None:
        pytest.skip(missing)
    place = tmp_path_factory.mktemp("wheel")
    copy = place / "source"
    names = ["optimizer", "instances", "pyproject.toml", "setup.py", "README.md", "LICENSE"]
    copy.mkdir()
    for name in names:
        (copy / name).symlink_to(ROOT / name)
    run(
        "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--wheel-dir", str(place), str(copy), folder=place,
    )  # fmt: skip
    (built,) = place.glob("*.whl")
    return built


def test_a_wheel_solves_its_demo_outside_a_clone(wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(
        "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(installed), str(wheel),
        folder=tmp_path,
    )  # fmt: skip
    home = run(
        "-c", "import optimizer; print(optimizer.__file__)", folder=elsewhere, package=installed
    )
    assert Path(home.strip()).is_relative_to(installed)
    told = run("-m", "optimizer", "demo", folder=elsewhere, package=installed)
    assert "optimal" in told
    (made,) = (elsewhere / "results" / "san_martin").iterdir()
    assert (made / "run.json").is_file()
    said = run("-m", "optimizer", "--version", folder=elsewhere, package=installed)
    assert said.strip() == f"optimizer {PROJECT['version']}"


def test_every_region_travels_with_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        inside = {name for name in packed.namelist() if name.startswith("optimizer/bundled/")}
        licences = [name for name in packed.namelist() if name.endswith("/LICENSE")]
    files = (ROOT / "instances").rglob("*")
    expected = {
        f"optimizer/bundled/{f.relative_to(ROOT / 'instances')}" for f in files if f.is_file()
    }
    assert inside == expected
    assert len(licences) == 1


def test_the_version_is_said_everywhere_alike() -> None:
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.*)$", cited, re.MULTILINE)[1] == PROJECT["version"]  # type: ignore[index]
    assert op.__version__ in {PROJECT["version"], "0+unknown"}
    said = run("-m", "optimizer", "--version", folder=ROOT)
    assert said.strip() == f"optimizer {op.__version__}"
