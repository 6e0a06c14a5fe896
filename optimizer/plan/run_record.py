"""What ``run.json`` says about a run: instance, promises, options, proof, audit, versions."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from optimizer.audit import Audit
from optimizer.audit.certificate.duals import Duals
from optimizer.messages.stored import stored, taken

if TYPE_CHECKING:
    from optimizer.plan.plan import Outcome, Plan

__all__ = ["FORMAT", "outcome_fields", "run_text"]

FORMAT = 2
"""Version of what a stored run says; older ones are read and audited as well.

It goes up with the layout, with the fingerprint and with what an audit counts.
"""

_PACKAGES = ("town-water-optimizer", "geopandas", "numpy", "pandas", "pyomo", "highspy", "scipy")


def run_text(plan: Plan, audit: Audit, options: Mapping[str, object] | None) -> str:
    """Return the text of ``run.json``.

    Parameters
    ----------
    plan : Plan
        The plan.
    audit : Audit
        Its audit.
    options : mapping, optional
        How it was computed; what the outcome says where left out.
    """
    instance = plan.instance
    record = {
        "format": FORMAT,
        "instance": {
            "name": instance.name,
            "title": instance.title,
            "fingerprint": instance.fingerprint(),
        },
        "policy": instance.policy.model_dump(mode="json"),
        "options": dict(plan.outcome.options if options is None else options),
        "outcome": _outcome(plan.outcome),
        "gap": plan.gap,
        "audit": {
            "passed": audit.passed,
            "sound": audit.sound,
            "checks": {str(rule): int(n) for rule, n in audit.checked.items()},
            "failures": {
                str(rule): int(n) for rule, n in audit.failures["rule"].value_counts().items()
            },
        },
        "versions": _versions(),
    }
    return json.dumps(_plain(record), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _outcome(outcome: Outcome) -> dict[str, object]:
    return {
        "status": outcome.status,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "seconds": dict(outcome.seconds),
        "method": outcome.method,
        "broken_promises": [stored(text) for text in outcome.broken_promises],
        "versions": dict(outcome.versions),
        "refined_saving_year": outcome.refined_saving_year,
        "duals": None if outcome.duals is None else outcome.duals.record(),
    }


def outcome_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an ``Outcome`` from what ``run.json`` says.

    Raises
    ------
    KeyError, TypeError, ValueError
        If a field is missing or is of another kind.
    """
    found = record["outcome"]
    return {
        "status": str(found["status"]),
        "objective": float(found["objective"]),
        "bound": float(found["bound"]),
        "seconds": {str(k): float(v) for k, v in found["seconds"].items()},
        "method": str(found["method"]),
        "broken_promises": tuple(taken(v) for v in found["broken_promises"]),
        "versions": {str(k): str(v) for k, v in found["versions"].items()},
        "refined_saving_year": float(found.get("refined_saving_year", 0.0)),
        "options": dict(record["options"]),
        "duals": None if found.get("duals") is None else Duals.of_record(found["duals"]),
    }


def _plain(value: object) -> object:
    """Return a value that strict JSON can hold: ``nan`` and infinities become texts."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        number = float(value)
        return number if math.isfinite(number) else str(number)
    return value if value is None or isinstance(value, (str, int)) else str(value)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
