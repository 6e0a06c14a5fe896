"""What the commands print."""

from __future__ import annotations

import difflib
import importlib.resources
import re

import optimizer as op
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.model.equations import equations_of
from optimizer.model.rules import RULES
from optimizer.plan.plan import Plan
from optimizer.solving.precheck import precheck

__all__ = ["explain_rule", "explain_run", "findings", "plan_record"]


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


def explain_rule(instance: Instance, rule: str, *, town: str = "", most: int = 5) -> str:
    """Return a rule's section of the formula page and its equations with real names.

    Parameters
    ----------
    instance : Instance
        The region whose names are used.
    rule : str
        Name of the rule.
    town : str
        Only equations in which this town stands; empty for any.
    most : int
        Most equations to show.

    Raises
    ------
    PolicyError
        If the rule or the town does not exist.
    """
    if rule not in RULES:
        near = difflib.get_close_matches(rule, RULES, n=1)
        hint = f"; did you mean {near[0]}" if near else f"; rules are {', '.join(RULES)}"
        message = f"there is no rule {rule}{hint}"
        raise PolicyError(message)
    if town and town not in instance.towns.index:
        message = f"there is no town {town} in {instance.name}"
        raise PolicyError(message)
    model = op.build_model(instance).model
    equations = equations_of(model, RULES[rule], town)
    shown = equations[:most]
    rest = len(equations) - len(shown)
    tail = [f"... and {rest} more"] if rest else []
    return "\n".join([_section(rule), "", *shown, *tail])


def explain_run(plan: Plan, *, rule: str = "", town: str = "") -> str:
    """Return why a town is in its area, and what a rule costs, for a stored plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    rule, town : str
        What to explain; either may be empty.
    """
    parts = []
    if town:
        parts.append(str(op.why(plan, town)))
    if rule:
        parts.append(str(op.price_of(plan, rule)))
    return "\n\n".join(parts)


def _section(rule: str) -> str:
    page = importlib.resources.files("optimizer.model").joinpath("formulation.md")
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"### `{rule}`\n(.*?)(?=\n###? |\Z)", text, flags=re.DOTALL)
    return f"{rule}\n{found.group(1).strip()}" if found else rule
