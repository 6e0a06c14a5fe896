"""What the commands print."""

from __future__ import annotations

from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan
from optimizer.solving.diagnose.precheck import precheck

__all__ = ["findings", "plan_record"]


def findings(instance: Instance) -> list[str]:
    """Return what a check before solving has to say, one line each."""
    return [finding.words for finding in precheck(instance)]


def plan_record(plan: Plan) -> dict[str, object]:
    """Return the summary of a plan for machines; money per year."""
    areas = plan.areas
    return {
        "instance": plan.instance.name,
        "status": plan.status,
        "objective_year": plan.objective,
        "bound_year": plan.bound,
        "gap": plan.gap,
        "service_areas": len(areas),
        "towns": len(plan.towns),
        "requirement_year": float(areas["requirement_year"].sum()),
        "operating_subsidy_year": float(areas["operating_subsidy_year"].sum()),
        "household_support_year": float(areas["household_support_year"].sum()),
        "burden_worst": float(areas["burden_worst"].max()),
        "unaffordable_groups": int((~plan.bills["affordable"]).sum()),
        "broken_promises": list(plan.outcome.broken_promises),
        "seconds": dict(plan.seconds),
        "method": plan.outcome.method,
    }
