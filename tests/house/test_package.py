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


SCRIPT = """
from pathlib import Path

import optimizer as op

region: op.Instance = op.read("instances/san_martin")
policy = region.policy.replace(reach_hours=1.5, fixed_seats=("Rioja",))
plan: op.Plan = op.solve(region.replace(policy=policy), gap=0.001, method="columns")
plan.audit().raise_for_failures()
compared = op.compare({"today": op.evaluate(region, "alone"), "grouped": plan})
page: Path = compared.report("page.html", language="es")
curve = op.frontier(region, over="reach_hours", values=[1, 2], running=op.Running(workers=2))
kept: Path = curve.write("study")
support: op.SupportInstruments = op.support_instruments(region, share=0.5)
money: float = float(plan.areas["requirement_year"].sum())
mine = op.instance_from_tables(
    name="a", title="A", currency="PEN", price_year=2024, crs="EPSG:32718",
    towns=region.towns.reset_index(), operator_models=region.operator_models,
    costs=op.Costs(fixed_cost_year=1.0), incomes=op.Incomes(gini=0.4), travel=op.Travel(),
    tariff=op.Tariff(ladder=2.0), sources=[op.Source(title="a census")],
)


def told(progress: op.Progress) -> None:
    print(progress.objective, op.stability(plan).stable, op.why(plan, "Rioja").next_best)


op.solve(mine, on_progress=told, time_limit=60)
print(op.__version__, money, page, kept, support.table, op.bill("emsap_chanka", 15).total_month)
"""
WRONG = SCRIPT + "\nop.solve(region, time_limt=3)\nwords: str = plan.objective\n"


@pytest.mark.skipif(os.name != "posix", reason="the folders of a venv are named otherwise")
def test_types_serve_a_user_of_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """A script under ``mypy --strict``, the package installed as any other, outside a clone.

    Types of pandas and others are no part of it: a user has what their own packages bring.
    """
    home = tmp_path / "venv"
    run("-m", "venv", "--without-pip", str(home), folder=tmp_path)
    (packages,) = home.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(packages)
    (python,) = (p for p in (home / "bin").iterdir() if p.name == "python")
    said = {}
    for name, text in (("right.py", SCRIPT), ("wrong.py", WRONG)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        said[name] = done.stdout
    assert "Success" in said["right.py"], said["right.py"]
    assert 'Unexpected keyword argument "time_limt"' in said["wrong.py"]
    assert 'expression has type "float", variable has type "str"' in said["wrong.py"]
    assert "Found 2 errors in 1 file" in said["wrong.py"]
