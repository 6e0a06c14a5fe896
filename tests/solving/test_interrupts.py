"""However a command ends, the best plan that is known is written, or it is said that none is."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

import optimizer as op
from optimizer.cli.app import app
from optimizer.cli.voice import Voice
from optimizer.interrupts import Interrupts
from optimizer.solving import run
from optimizer.solving.clock import Clock
from optimizer.solving.compact import solve as compact
from optimizer.solving.options import Progress
from optimizer.solving.plain_matrices.problem.progress import Progress as Work
from tests.paths import ROOT


def pressed(times: int) -> None:
    """Press Ctrl-C some times."""
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def before(call: Callable[..., Any], times: int) -> Callable[..., Any]:
    """Return the function with Ctrl-C pressed each time just before it is called."""

    def called(*words: Any, **named: Any) -> Any:
        pressed(times)
        return call(*words, **named)

    return called


def solved(folder: Path, *words: str) -> dict[str, Any]:
    """Solve San Martin by the command line and return what its run says."""
    place = ("--results", str(folder), "--run", "run", "--time-limit", "100")
    done = CliRunner().invoke(app, ["solve", "instances/san_martin", *place, *words])
    assert done.exit_code == 0, done.output
    record: dict[str, Any] = json.loads((folder / "san_martin" / "run" / "run.json").read_text())
    outcome: dict[str, Any] = record["outcome"]
    assert 0 <= outcome["bound"] <= outcome["objective"]
    assert op.read_plan(folder / "san_martin" / "run").audit().passed
    return outcome


def test_after_the_proof_the_plan_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "build_plan", before(run.build_plan, 3))
    assert solved(tmp_path, "--gap", "0.01")["status"] == "within_gap"


def test_while_the_run_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.plan import folder  # noqa: PLC0415 - the name stands for folders below

    monkeypatch.setattr(folder, "write_layers", before(folder.write_layers, 2))
    assert solved(tmp_path, "--gap", "0.01")["status"] == "within_gap"


def test_while_a_model_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "build_compact", before(compact.build_compact, 1))
    begin = time.monotonic()
    assert solved(tmp_path, "--method", "compact")["status"] == "interrupted"
    assert time.monotonic() - begin < 120


@pytest.mark.parametrize(("method", "times"), [("columns", 1), ("columns", 2), ("compact", 2)])
def test_in_the_search(
    method: str, times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first Ctrl-C asks, the second leaves: what was known then is written."""
    monkeypatch.setattr(Clock, "report", _report_and_press(Clock.report, times))
    assert solved(tmp_path, "--method", method)["status"] == "interrupted"


def _report_and_press(report: Callable[..., None], times: int) -> Callable[..., None]:
    told: list[str] = []

    def reported(clock: Clock, phase: str, **named: Any) -> None:
        report(clock, phase, **named)
        told.append(phase)
        if phase in {"first bound", "compact model"} or len(told) == 5:
            pressed(times)

    return reported


def test_before_any_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "in_order", before(run.in_order, 1))
    done = CliRunner().invoke(app, ["solve", "instances/pair", "--results", str(tmp_path / "new")])
    assert done.exit_code == 5
    assert "before any plan" in done.output
    assert not list(tmp_path.iterdir())


def test_the_library_gives_the_signals_back() -> None:
    before_it = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    def look(progress: Progress) -> None:
        del progress
        seen.append(signal.getsignal(signal.SIGTERM))

    op.solve(op.read("instances/pair"), on_progress=look)
    assert seen
    assert {before_it[1]} == set(seen)  # it takes Ctrl-C alone
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before_it


def test_a_context_within_is_the_same() -> None:
    with Interrupts() as outer:
        with Interrupts() as inner:
            assert inner is outer
        with outer.kept():
            pressed(2)
        assert outer.asked == 2
        with pytest.raises(KeyboardInterrupt):
            pressed(1)


@contextmanager
def command(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command line in a process of its own."""
    made = subprocess.Popen(
        [sys.executable, "-m", "optimizer", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with made:
        yield made
        made.kill()


@pytest.mark.skipif(os.name != "posix", reason="signals of other systems are not sent like this")
def test_while_it_loads() -> None:
    """Whenever it comes, Ctrl-C before anything is computed shows no traceback."""
    code = (
        "import os, signal, sys, threading\n"
        "from optimizer.cli import main\n"
        "sys.argv = ['optimizer', 'solve', 'instances/pair']\n"
        "threading.Timer(0.15, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 5, done.stderr
    assert "stopped before any plan was found" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals of other systems are not sent like this")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_end_writes_the_plan(number: signal.Signals, tmp_path: Path) -> None:
    words = ("solve", "instances/san_martin", "--set", "reach_hours=4", "--run", "run")
    with command(*words, "--results", str(tmp_path)) as made:
        assert made.stderr is not None
        for line in made.stderr:
            if "best plan" in line and "none yet" not in line:
                made.send_signal(number)
                break
        said = made.stderr.read()
        assert made.wait() == 0, said
    assert "Traceback" not in said
    assert op.read_plan(tmp_path / "san_martin" / "run").audit().passed


@pytest.mark.parametrize("times", [1, 2])
def test_a_grouping_by_matrices(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in `op.group`: by the one mechanism, with the best plan and its bound."""
    rng = np.random.default_rng(4)
    place = rng.random((60, 2))
    distance = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(Work, "offer", _offer_and_press(Work.offer, times))
    found = op.group(distance, np.zeros(60), rng.integers(1, 9, 60), capacity=60, operators=7)
    assert found.status == "interrupted"
    assert found.bound <= found.objective < np.inf
    assert (found.seat_of >= 0).all()
    assert signal.getsignal(signal.SIGINT) is before


def _offer_and_press(offer: Callable[..., bool], times: int) -> Callable[..., bool]:
    def offered(progress: Work, plan: Any) -> bool:
        better = offer(progress, plan)
        if better:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
        return better

    return offered


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("frontier", "pair", "--over", "affordable_share", "--values", "0.03,0.04,0.05"), 3),
        (("explain", "run", "--rule", "affordable_bill"), 2),
        (("report", "run", "--instruments", "--share", "0.5", "--out", "page.html"), 3),
    ],
)
def test_a_study_keeps_the_plans_that_it_found(
    words: tuple[str, ...], count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plans that are done, and the best one of the search that was stopped."""
    op.evaluate(op.read(ROOT / "instances" / "pair"), "alone").write(tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    last = iter(range(1000))

    def stop(clock: Clock, phase: str, **named: Any) -> None:
        report(clock, phase, **named)
        if phase == "first bound" and next(last) == count - 1:
            pressed(1)

    report = Clock.report
    monkeypatch.setattr(Clock, "report", stop)
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 5
    runs = sorted((tmp_path / "results" / "pair").iterdir())
    assert len(runs) == count
    assert all(str(run.name) in done.output for run in runs)
    plans = [op.read_plan(run) for run in runs]
    assert all(plan.audit().passed for plan in plans)
    assert [plan.status for plan in plans].count("interrupted") <= 1


def test_silence_is_broken() -> None:
    """A command that tells nothing says every few seconds what it does."""
    with Voice("waiting") as voice:
        voice.console = Console(file=io.StringIO())
        time.sleep(5.5)
        said = voice.console.file
    assert isinstance(said, io.StringIO)
    assert "waiting" in said.getvalue()
