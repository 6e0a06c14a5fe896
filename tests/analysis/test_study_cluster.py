"""Many plans on a Dask cluster: a real scheduler, two workers, one of them killed on the way."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import optimizer as op
from optimizer.analysis.many.runner import Job, Running, RunProgress, RunsError, run_many
from optimizer.cli.app import app

pytest.importorskip("distributed", reason="Dask is not installed")
pytestmark = pytest.mark.filterwarnings("default")


class Cluster:
    """A scheduler and two workers as processes of this machine."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--no-dashboard", "--port", "0", "--host", "127.0.0.1")
        for _ in range(300):
            if self.file.exists() and self.file.read_text(encoding="utf-8").strip():
                break
            time.sleep(0.1)
        self.workers = [
            self._start("worker", "--no-nanny", "--no-dashboard", "--nthreads", "1")
            for _ in range(2)
        ]

    def _start(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", kind, "--scheduler-file", str(self.file)]
        process = subprocess.Popen(
            [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text(encoding="utf-8"))["address"])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


def test_nothing_is_lost_when_a_worker_dies(cluster: Cluster, tmp_path: Path) -> None:
    region = op.read("instances/ring")
    jobs = [
        Job(f"plan {k}", region.replace(policy=region.policy.replace(reach_hours=1 + k / 100)))
        for k in range(6)
    ]
    running = Running(cluster=cluster.address, folder=str(tmp_path / "runs"))

    def kill_one(step: RunProgress) -> None:
        if step.done == 1:
            cluster.workers[0].kill()

    found = run_many(jobs, running=running, on_progress=kill_one)
    assert found.table["objective"].tolist() == pytest.approx([392_400] * 6)
    again = run_many(jobs, running=running)
    assert again.table["resumed"].all()


def test_a_run_resumes_after_an_interrupt(cluster: Cluster, tmp_path: Path) -> None:
    region = op.read("instances/pair")
    jobs = [Job(name, region, name) for name in ("alone", "together")]
    running = Running(cluster=cluster.address, folder=str(tmp_path / "runs"))

    def interrupt(step: RunProgress) -> None:
        assert step.total == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_many(jobs, running=running, on_progress=interrupt)
    again = run_many(jobs, running=running)
    assert again.table["resumed"].sum() >= 1
    assert again.table["objective"].tolist() == pytest.approx([210_000, 153_000])


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    job = Job("alone", op.read("instances/pair"), "alone")
    with pytest.raises(RunsError, match=r"127\.0\.0\.1:9"):
        run_many([job], running=Running(cluster="tcp://127.0.0.1:9"))


def test_the_command_line_uses_the_cluster(cluster: Cluster) -> None:
    words = ["--over", "operator_count", "--values", "3,4", "--cluster", cluster.address]
    done = CliRunner().invoke(app, ["frontier", "instances/ring", *words, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["data"]
    assert [row["status"] for row in found] == ["optimal", "optimal"]
