"""Many plans at once: failures are rows, finished plans are found again."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

import optimizer as op
from optimizer.analysis.many.run_cache import folder_of, read_finished, write_finished
from optimizer.analysis.many.runner import Job, Running, RunProgress, RunsError, run_many
from optimizer.instance.instance import Instance
from optimizer.solving.options import Options


@pytest.fixture(scope="module")
def pair() -> Instance:
    return op.read("instances/pair")


def test_a_failure_is_a_row_and_the_others_go_on(pair: Instance) -> None:
    jobs = [
        Job("wrong", pair, {"alba": "x"}),  # Brisa has no operator
        Job("alone", pair, "alone"),
    ]
    seen: list[RunProgress] = []
    found = run_many(jobs, on_progress=seen.append)
    assert found.table["status"].tolist() == ["failed", "evaluated"]
    assert "1 town without an operator: 'brisa'" in found.table.loc["wrong", "reason"]
    assert list(found.plans) == ["alone"]
    assert [(step.done, step.total, step.name) for step in seen] == [
        (1, 2, "wrong"),
        (2, 2, "alone"),
    ]


def test_an_unexpected_error_is_a_row_too(pair: Instance) -> None:
    found = run_many([Job("broken", 7, "alone"), Job("alone", pair, "alone")])  # type: ignore[arg-type]
    assert found.table["status"].tolist() == ["failed", "evaluated"]
    assert found.table.loc["broken", "reason"].startswith("unexpected AttributeError")


def test_resumes_after_an_interrupt(pair: Instance, tmp_path: Path) -> None:
    jobs = [Job("alone", pair, "alone"), Job("both together", pair, "together")]
    running = Running(folder=str(tmp_path))

    def stop(step: RunProgress) -> None:
        assert step.done == 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_many(jobs, running=running, on_progress=stop)
    again = run_many(jobs, running=running)
    assert again.table["resumed"].to_dict() == {"alone": True, "both together": False}
    assert again.table["objective"].tolist() == pytest.approx([210_000, 153_000])
    assert folder_of(tmp_path, "both together").is_dir()


def test_only_the_same_question_is_resumed(pair: Instance, tmp_path: Path) -> None:
    options, job = Options(), Job("plan", pair, "alone")
    assert write_finished(tmp_path, job, options, op.evaluate(pair, "alone")) == ""
    assert read_finished(tmp_path, job, options) is not None
    looser = pair.replace(policy=pair.policy.replace(affordable_share=0.05))
    assert read_finished(tmp_path, Job("plan", pair, "together"), options) is None
    assert read_finished(tmp_path, Job("plan", looser, "alone"), options) is None
    assert read_finished(tmp_path, Job("other", pair, "alone"), options) is None
    assert read_finished(tmp_path, job, Options(seed=7)) is None
    (folder_of(tmp_path, "plan") / "run.json").write_text("{", encoding="utf-8")
    assert read_finished(tmp_path, job, options) is None


def test_a_region_without_a_plan_is_computed_again(pair: Instance, tmp_path: Path) -> None:
    """No audit can confirm that there is no plan: a forged record would be believed."""
    policy = pair.policy.replace(keep_apart=(("alba", "brisa"),), operators_most=1)
    job = Job("none", pair.replace(policy=policy))
    first = run_many([job], running=Running(folder=str(tmp_path)))
    second = run_many([job], running=Running(folder=str(tmp_path)))
    assert not second.table.loc["none", "resumed"]
    assert second.table.loc["none", "reason"] == first.table.loc["none", "reason"] != ""
    assert second.plans == {}


def test_two_workers_give_what_one_gives(pair: Instance) -> None:
    jobs = [Job(name, pair, name) for name in ("alone", "together")]
    found = run_many(jobs, running=Running(workers=2))
    assert found.table["objective"].tolist() == pytest.approx([210_000, 153_000])
    assert list(found.plans) == ["alone", "together"]


def test_names_must_differ(pair: Instance) -> None:
    with pytest.raises(RunsError, match="two jobs are called a"):
        run_many([Job("a", pair), Job("a", pair)])


@pytest.mark.skipif(find_spec("distributed") is not None, reason="Dask is installed")
def test_a_cluster_needs_dask(pair: Instance) -> None:
    with pytest.raises(RunsError, match="Dask is not installed"):
        run_many([Job("a", pair)], running=Running(cluster="tcp://127.0.0.1:8786"))
