"""Where commands write: refused before anything is computed, taken by one command alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

import optimizer as op
from optimizer.cli.app import app
from optimizer.cli.places import taken_run
from optimizer.errors import PolicyError, StoreError
from optimizer.plan import place
from tests.paths import ROOT


def run(*words: str) -> Result:
    """Run the command line; a traceback is a failure of the test."""
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*words: str, code: int = 3) -> str:
    """Run a command that must be refused before it computes; return what it says."""
    done = run(*words)
    assert done.exit_code == code, done.output
    assert "best plan" not in done.output
    return done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--time-limit", "0"), "--time-limit 0: give seconds"),
        (("--time-limit", "-5"), "--time-limit -5: give seconds"),
        (("--time-limit", "nan"), "'nan' is not a number"),
        (("--threads", "0"), "--threads 0: give a whole number"),
        (("--gap", "-1"), "--gap -1: give a share"),
        (("--seed", "-1", "--gap", "2"), "--seed -1: give"),
        (("--method", "magic"), "--method magic: choose auto, compact or columns"),
    ],
)
def test_values_out_of_bounds(words: tuple[str, ...], said: str) -> None:
    assert said in refused("solve", "instances/pair", *words, code=2)


def test_values_out_of_bounds_from_python() -> None:
    with pytest.raises(PolicyError, match=r"gap -1: give a share.*threads 0: give a whole"):
        op.Options(gap=-1, threads=0)
    with pytest.raises(PolicyError, match="time_limit nan"):
        op.solve(op.read("instances/pair"), time_limit=float("nan"))


def test_places_are_refused_in_the_words_of_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    solve = ("solve", "instances/pair", "--results")
    assert f"--results {file}" in refused(*solve, str(file))
    assert "--log-file" in refused(*solve, str(tmp_path), "--log-file", str(file / "x.log"))
    assert run(*solve, str(tmp_path), "--run", "one").exit_code == 0
    words = refused(*solve, str(tmp_path), "--run", "one")
    assert "--run one" in words
    assert "overwrite" not in words
    stored = str(tmp_path / "pair" / "one")
    assert "--out" in refused("report", stored, "--out", str(file / "page.html"))
    assert "--finished" in refused(
        *("frontier", "instances/pair", "--over", "reach_hours", "--values", "1,2"),
        *("--finished", str(file / "plans")),
    )
    assert "--write" in refused("calibrate", "nothing.csv", "--write", str(file / "costs.toml"))
    assert "--add" not in refused("path", stored, "--out", stored)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc here")
def test_a_place_in_which_no_folder_can_be_made() -> None:
    assert "--results" in refused("solve", "instances/pair", "--results", "/proc/none")


def test_the_log_of_both_methods(tmp_path: Path) -> None:
    for method, said in (("columns", "proven bound"), ("compact", "HiGHS")):
        log = tmp_path / "logs" / f"{method}.log"
        op.solve(op.read("instances/pair"), method=method, log_file=str(log))
        assert said in log.read_text(encoding="utf-8")
    with pytest.raises(StoreError, match="log"):
        op.solve(op.read("instances/pair"), log_file=str(log / "below.log"))


def test_names_are_taken_by_one(tmp_path: Path) -> None:
    """Many at once get a folder each; of many with one name, one gets it."""
    gate = threading.Barrier(8)

    def take(name: str | None) -> Path | None:
        gate.wait()
        try:
            with taken_run(tmp_path, "region", name) as folder:
                gate.wait()
                (folder / "run.json").touch()
                return folder
        except StoreError:
            gate.wait()
            return None

    with ThreadPoolExecutor(8) as pool:
        free = list(pool.map(take, [None] * 8))
        same = list(pool.map(take, ["same"] * 8))
    assert len({folder for folder in free if folder}) == 8
    assert sum(folder is not None for folder in same) == 1


def test_a_place_is_given_back(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), taken_run(tmp_path / "new", "region", "one"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_writes_to_one_place_at_once(tmp_path: Path) -> None:
    """One of them is written, whole; the others say that it was taken."""
    plan = op.evaluate(op.read("instances/pair"), "alone")

    def write(_: int) -> str:
        try:
            return str(plan.write(tmp_path / "one"))
        except StoreError as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(write, range(4)))
    assert sorted(found) == [str(tmp_path / "one"), *["StoreError"] * 3]
    assert op.read_plan(tmp_path / "one").audit().passed
    assert [folder.name for folder in tmp_path.iterdir()] == ["one"]


def test_what_killed_runs_left_goes_away(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    plan = op.evaluate(op.read("instances/pair"), "alone")
    left, host = uuid.uuid4().hex, place._host()
    gone = tmp_path / f".run.{host}.{dead.pid}.{left}.partial"
    aside = tmp_path / f".older.{host}.{dead.pid}.{left}.old"
    work = tmp_path / f".run.{host}.{os.getpid()}.{left}.partial"
    elsewhere = tmp_path / f".run.another.{dead.pid}.{left}.partial"
    for folder in (gone, aside, work, elsewhere):
        (folder / "inside").mkdir(parents=True)
    plan.write(tmp_path / "run")
    names = {folder.name for folder in tmp_path.iterdir()}
    assert names == {"run", "older", work.name, elsewhere.name}


@pytest.mark.skipif(os.name != "posix", reason="file sizes are limited so on POSIX only")
def test_a_full_disk_is_an_error_of_the_store(tmp_path: Path) -> None:
    """Whatever file meets the end of the disk, layers too."""
    code = (
        "import resource, sys\n"
        "import optimizer as op\n"
        "plan = op.evaluate(op.read('instances/pair'), 'alone')\n"
        "for size in (10, 1000, 20_000, 90_000):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))\n"
        "    try:\n"
        "        plan.write(sys.argv[1])\n"
        "    except op.StoreError as error:\n"
        "        print('refused', error)\n"
    )
    folder = tmp_path / "one"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("refused") == 4
    assert not list(tmp_path.iterdir())


def shell(words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which ``optimizer`` is the command."""
    line = words.replace("optimizer", f"{sys.executable} -m optimizer")
    return subprocess.run(
        ["/bin/bash", "-c", line],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device(tmp_path: Path) -> None:
    done = shell("optimizer check instances/pair > /dev/full")
    assert done.returncode == 3
    assert "No space left" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    kept = shell(f"optimizer solve instances/pair --results {tmp_path} --run a 2> /dev/full")
    assert kept.returncode == 0
    assert op.read_plan(tmp_path / "pair" / "a").audit().passed


def test_a_pipe_that_lacks_letters() -> None:
    done = shell("optimizer check instances/pair", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "nothing stands in the way" in done.stdout


def test_threads_solve_compact_side_by_side() -> None:
    """They used to wait for each other for ever."""
    region = op.read("instances/islands")
    best = op.solve(region, method="compact").objective

    def solve(_: int) -> float:
        return op.solve(region, method="compact").objective

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(solve, range(8))) == pytest.approx([best] * 8)
