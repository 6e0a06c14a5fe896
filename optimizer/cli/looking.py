"""``optimizer audit`` and ``optimizer explain``: look closely at what there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

import optimizer as op
from optimizer.cli.failures import failures
from optimizer.cli.options import AsJson, RunFolder, StopAfter, Threads, TimeLimit
from optimizer.cli.running import StudyProgress, options_of
from optimizer.cli.settings import region_folder, run_folder, stored_plan

__all__ = ["audit", "explain"]


def audit(
    run: RunFolder,
    *,
    bound: Annotated[
        bool, typer.Option("--bound", help="Prove the bound again, and note it in run.json.")
    ] = False,
    time_limit: TimeLimit = None,
    threads: Threads = 1,
    as_json: AsJson = False,
) -> None:
    """Recompute a stored plan from its instance and say whether it and its files are right.

    With --bound the proof, too: from the duals that the run keeps, by a checker that shares no code
    with the engine, and by a fresh computation.
    """
    with failures(as_json=as_json, doing="recomputing the plan"):
        options_of(time_limit=time_limit, threads=threads)
        folder = run_folder(run)
        result = op.audit_run(folder)
        if as_json:
            record = {
                "passed": result.passed,
                "failures": result.failures.to_dict(orient="records"),
            }
            typer.echo(json.dumps(record, ensure_ascii=False, indent=2, default=str))
        else:
            typer.echo(str(result))
        result.raise_for_failures()
        if bound:
            from optimizer.analysis.bound_proof import prove_bound, record_proof

            proof = prove_bound(op.read_plan(run), time_limit=time_limit, threads=threads)
            proof.raise_unless_proven()
            record_proof(run, proof)
            typer.echo(str(proof), err=as_json)


def explain(
    folder: Annotated[Path, typer.Argument(help="Folder of an instance or of a run.")],
    rule: Annotated[str, typer.Option(help="Name of a rule, for example cover_cost.")] = "",
    town: Annotated[str, typer.Option(help="Key or name of a town.")] = "",
    most: Annotated[int, typer.Option(min=0, help="Most equations to print.")] = 5,
    *,
    time_limit: StopAfter = None,
) -> None:
    """Explain a run or a region.

    Of a run: why a town is in its area, or what a rule says and costs, over the years too where
    the region has a horizon. Of a region: a rule in words, its formula, and its equations with the
    region's own names.
    """
    with failures(
        as_json=False, doing="computing what the rule costs", time_limit=time_limit
    ) as voice:
        options_of(time_limit=time_limit)
        if not rule and not town:
            message = "say what to explain: --rule NAME, --town NAME, or both"
            raise op.PolicyError(message)
        from optimizer.cli.explaining import explain_rule, explain_run

        folder = region_folder(folder)
        if (folder / "run.json").is_file():
            plan = stored_plan(folder)
            told = StudyProgress(voice, op.Running()) if rule else None
            typer.echo(explain_run(plan, rule=rule, town=town, told=told))
        else:
            rule = rule or "serve_once"
            typer.echo(explain_rule(op.read(folder), rule, town=town, most=most))
