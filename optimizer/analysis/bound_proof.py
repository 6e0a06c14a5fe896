"""Prove a stored bound again: from the duals that the run keeps, and by a fresh computation."""

from __future__ import annotations

import dataclasses
import json
import math
import platform
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from optimizer.audit.certificate import CertificateCheck, check_certificate
from optimizer.audit.facts import facts_of
from optimizer.audit.ledger import Ledger, slack
from optimizer.audit.promises import rules_of
from optimizer.errors import AuditError, OptimizerError, PolicyError, StoreError
from optimizer.plan.folder import RUN_FILE
from optimizer.plan.plan import Plan
from optimizer.solving.run import solve

__all__ = ["BoundProof", "prove_bound", "record_proof"]


@dataclass(frozen=True)
class BoundProof:
    """What was found of a bound when it was proven again.

    Attributes
    ----------
    when : str
        Date and time, UTC.
    versions : mapping of str to str
        Versions of the solver and libraries of the fresh computation.
    claimed_bound : float
        What the run says, money per year.
    fresh_objective, fresh_bound : float
        Plan and bound of the fresh computation, which knows nothing of the run.
    certificate : CertificateCheck
        What the duals prove, by code that the engine does not share.
    """

    when: str
    versions: Mapping[str, str]
    claimed_bound: float
    fresh_objective: float
    fresh_bound: float
    certificate: CertificateCheck

    @property
    def refuted(self) -> bool:
        """Whether a plan cheaper than the claimed bound was found."""
        room = float(slack(self.claimed_bound)[0])
        return self.fresh_objective < self.claimed_bound - room

    @property
    def proven(self) -> bool:
        """Whether the claimed bound holds, by certificate or by the fresh computation."""
        room = float(slack(self.claimed_bound)[0])
        again = self.fresh_bound >= self.claimed_bound - room
        return not self.refuted and (again or self.certificate.status == "certified")

    def __str__(self) -> str:
        """Return the finding in words."""
        check = self.certificate
        claimed, fresh = f"{self.claimed_bound:,.2f}", f"{self.fresh_objective:,.2f}"
        again = f"no plan below {self.fresh_bound:,.2f}, its plan {fresh}"
        lines = [f"bound: {claimed} is claimed", f"  computed afresh: {again}"]
        if check.status == "not covered":
            lines.append(f"  certificate: not covered: {check.reason}")
        else:
            more = f"; {check.reason}" if check.reason else ""
            lines.append(
                f"  certificate: {check.status}: the duals prove {check.dual_bound:,.2f}, with "
                f"{check.areas:,} areas listed {check.bound:,.2f} (gap {check.gap:.4%}){more}"
            )
        word = "refuted" if self.refuted else "proven again" if self.proven else "not proven again"
        return "\n".join([*lines, f"  {word}"])

    def raise_unless_proven(self) -> None:
        """Raise if the bound was refuted, or could not be proven again.

        Raises
        ------
        AuditError
            With the finding in words.
        """
        if not self.proven:
            raise AuditError(str(self))


def prove_bound(plan: Plan, *, time_limit: float | None = None, threads: int = 1) -> BoundProof:
    """Prove the bound of a plan again.

    Parameters
    ----------
    plan : Plan
        A plan that was solved; an evaluated grouping has no bound.
    time_limit : float, optional
        Seconds for the fresh computation.
    threads : int
        Parts of it that run side by side.

    Raises
    ------
    PolicyError
        If the plan has no areas or no bound.

    Examples
    --------
    A grouping that is called the best one and is not:

    >>> import dataclasses
    >>> import optimizer as op
    >>> alone = op.evaluate(op.read("instances/pair"), "alone")
    >>> claim = dataclasses.replace(alone.outcome, status="optimal", bound=alone.objective)
    >>> forged = dataclasses.replace(alone, outcome=claim)
    >>> forged.audit().passed, prove_bound(forged).refuted
    (True, True)
    """
    if plan.areas.empty or not math.isfinite(plan.bound):
        message = f"a plan with status {plan.status} has no bound that could be proven"
        raise PolicyError(message)
    duals, objective, bound = plan.outcome.duals, math.inf, -math.inf
    versions: Mapping[str, str] = {}
    try:
        fresh = solve(plan.instance, method="columns", time_limit=time_limit, threads=threads)
    except OptimizerError:
        fresh = None
    if fresh is not None and not fresh.areas.empty and fresh.audit().passed:
        saved = plan.outcome.refined_saving_year - fresh.outcome.refined_saving_year
        objective, bound = fresh.objective - saved, fresh.bound
        versions = fresh.outcome.versions
        duals = fresh.outcome.duals if duals is None else duals
    facts = facts_of(plan, Ledger(rules_of(plan.instance)))
    return BoundProof(
        when=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        versions=versions or {"python": platform.python_version()},
        claimed_bound=plan.bound,
        fresh_objective=objective,
        fresh_bound=bound,
        certificate=check_certificate(facts, duals),
    )


def record_proof(folder: str | Path, proof: BoundProof) -> None:
    """Note in ``run.json`` when the bound was last proven again, and with which versions.

    Raises
    ------
    StoreError
        If the file cannot be read or written.
    """
    file = Path(folder) / RUN_FILE
    check = dataclasses.asdict(proof.certificate)
    told = {
        "when": proof.when,
        "proven": proof.proven,
        "versions": dict(proof.versions),
        "claimed_bound": proof.claimed_bound,
        "fresh_objective": proof.fresh_objective,
        "fresh_bound": proof.fresh_bound,
        "certificate": check,
    }
    fresh = file.with_name(f".{uuid.uuid4().hex}.partial")
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        record["bound_proof"] = _plain(told)
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(file)
    except (OSError, ValueError) as error:
        raise StoreError(f"{file}: cannot be written ({error})") from error
    finally:
        fresh.unlink(missing_ok=True)


def _plain(value: object) -> object:
    """Return a value with infinities as texts, which strict JSON can hold."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
