"""What ``optimizer explain`` prints: rules in words, and what they cost a plan."""

from __future__ import annotations

import difflib
import re

import optimizer as op
from optimizer.analysis.explain.path_price import PATH_PROMISES
from optimizer.analysis.explain.relaxations import promised, relaxable, relaxations_of
from optimizer.audit import RULES as AUDIT_RULES
from optimizer.audit.years.rules import PATH_RULES
from optimizer.cli.running import StudyProgress
from optimizer.errors import PolicyError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy
from optimizer.model.equations import equations_of
from optimizer.model.formulation import formulation, section
from optimizer.plan.plan import Plan
from optimizer.promises import PROMISES, promises_of

__all__ = ["explain_rule", "explain_run", "known_rules"]


def known_rules(policy: Policy | None = None) -> list[str]:
    """Return every rule that can be explained: of the model, of the audits, of the years.

    With a policy, those of the planner's own are among them.

    Examples
    --------
    >>> {"reach", "core", "increase_share_most", "burden"} <= set(known_rules())
    True
    """
    own = [] if policy is None else [one.name for one in policy.own]
    return list(dict.fromkeys([*PROMISES, *own, *AUDIT_RULES, *PATH_RULES]))


def explain_rule(instance: Instance, rule: str, *, town: str = "", most: int = 5) -> str:
    """Return a rule in words and formula, and its equations with real names where it has any.

    Parameters
    ----------
    instance : Instance
        The region whose names are used.
    rule : str
        Name of the rule: of the formula page, of the audit or of the years.
    town : str
        Only equations in which this town stands; empty for any.
    most : int
        Most equations to show.

    Raises
    ------
    PolicyError
        If the rule or the town does not exist.
    """
    _check_rule(rule, instance.policy)
    town = town and instance.town_names.key(town)
    promises = promises_of(instance.policy)
    if rule not in promises:
        return _section(rule, instance.policy)
    model = op.build_model(instance).model
    equations = equations_of(model, promises[rule].components, town)
    shown = equations[:most]
    rest = len(equations) - len(shown)
    tail = [f"... and {rest} more"] if rest else []
    return "\n".join([_section(rule, instance.policy), "", *shown, *tail])


def explain_run(
    plan: Plan,
    *,
    rule: str = "",
    town: str = "",
    told: StudyProgress | None = None,
) -> str:
    """Return why a town is in its area, and what a rule says and costs, for a stored plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    rule, town : str
        What to explain; either may be empty.
    told : StudyProgress, optional
        Tells of the plans that the price of a rule takes, and keeps them.

    Raises
    ------
    PolicyError
        If the rule or the town does not exist.
    """
    parts = []
    if town:
        parts.append(str(op.why(plan, town)))
    if rule:
        _check_rule(rule, plan.instance.policy)
        parts += [_section(rule, plan.instance.policy), *_costs(plan, rule, told)]
    return "\n\n".join(parts)


def _costs(plan: Plan, rule: str, told: StudyProgress | None) -> list[str]:
    """Return what a rule costs the plan and its years, or why it costs nothing."""
    instance, found = plan.instance, []
    bends = rule in relaxable(instance.policy)
    if bends and (relaxations_of(instance, rule) or promised(instance, rule)):
        running = None if told is None else told.running
        found.append(str(op.price_of(plan, rule, running=running, on_progress=told)))
    horizon = instance.horizon
    if horizon is not None and rule in PATH_PROMISES and PATH_PROMISES[rule](instance, horizon):
        found.append(str(op.path_price_of(plan, rule)))
    if found:
        return found
    if bends or rule in PATH_PROMISES:
        return [f"{instance.name} does not promise it, so it costs nothing"]
    return ["it says what a plan is; it cannot be dropped, so it has no price"]


def _check_rule(rule: str, policy: Policy) -> None:
    known = known_rules(policy)
    promises = promises_of(policy).values()
    stated = [p.name for p in promises if p.fields and rule in p.fields.model_fields]
    if rule not in known and stated:
        message = f"{rule} is a number of the promise {stated[0]}; write --rule {stated[0]}"
        raise PolicyError(message)
    if rule not in known:
        near = difflib.get_close_matches(rule, known, n=1)
        hint = f"; did you mean {near[0]}" if near else f"; rules are {', '.join(known)}"
        message = f"there is no rule {rule}{hint}"
        raise PolicyError(message)


def _section(rule: str, policy: Policy) -> str:
    """Return a rule's section of the formula page, or the audit's words where it has none."""
    own = next((one.promise() for one in policy.own if one.name == rule), None)
    if own is not None:
        return section(own).removeprefix("### `").replace("`", "", 1).strip()
    pattern = rf"^####? `{rule}`\n(.*?)(?=\n\n|\n#|\Z)"
    found = re.search(pattern, formulation(), flags=re.DOTALL | re.M)
    if found:
        return f"{rule}\n{found.group(1).strip()}"
    audited = {**PATH_RULES, **AUDIT_RULES}[rule]
    return f"{rule}\n- In words: {audited.words}." + (
        f"\n- Units: {audited.unit}" if audited.unit else ""
    )
