"""A plan on one screen: what, how many, how much, who pays, how sure."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.instance.incumbents import incumbents_of
from optimizer.plan.area_names import area_names
from optimizer.plan.assessment.pieces import near_limits, pieces_of
from optimizer.plan.assessment.standing import standing
from optimizer.plan.statistics import (
    affordable_limits,
    is_bound_of_menu,
    mean_bill,
    people_over_limit,
)

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["areas_shown", "plan_facts", "summary"]

_SHOWN = 8
_WIDTH = 100
_LABEL = 16

_STATUS = {
    "optimal": "proven best",
    "within_gap": "proven to be within the gap that was asked for",
    "time_limit": "best plan found; the search ended before it was proven",
    "interrupted": "best plan when the computation was stopped",
    "infeasible": "no plan keeps every promise",
    "unconfirmed": "not to be used: its own figures do not bear out what was found",
    "evaluated": "a given grouping with its best tariffs, not a search for a better one",
}


def summary(plan: Plan) -> str:
    """Return the plan as plain text of at most one screen.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    str
        Lines of at most 100 characters.
    """
    instance = plan.instance
    head = f"{instance.title}, money in {instance.currency} of {instance.price_year}"
    lines = [("plan", head), *plan_facts(plan)]
    shown = [_wrapped(label, text) for label, text in lines if text]
    return "\n".join([*shown, *_largest_areas(plan)])


def plan_facts(plan: Plan) -> list[tuple[str, str]]:
    """Return what a summary says of a plan, each fact with its label; empty texts say nothing."""
    lines = [("status", f"{plan.status}: {_status(plan)}")]
    if not plan.areas.empty:
        lines += [
            ("over draws", _over_draws(plan)),
            ("towns", _towns(plan)),
            ("cost", _cost(plan)),
            ("public money", _public_money(plan)),
            ("bills", _bills(plan)),
            ("consumption", _consumption(plan)),
            ("who cannot pay", _over_limit(plan)),
            ("against alone", _alone(plan)),
            ("operators", _existing(plan)),
            ("near a limit", _near_limits(plan)),
            ("proof", _proof(plan)),
        ]
    lines += [("broken promise", words) for words in plan.outcome.broken_promises[:_SHOWN]]
    more = len(plan.outcome.broken_promises) - _SHOWN
    if more > 0:
        lines.append(("", f"and {more} more broken promises"))
    return [*lines, ("derived", _derived(plan))]


def _status(plan: Plan) -> str:
    """Return how sure the plan is, and for which figures it is proven."""
    if plan.status not in {"optimal", "within_gap"}:
        return _STATUS[plan.status]
    if plan.draws is None:
        return f"{_STATUS[plan.status]}, for the given figures"
    draws = plan.instance.uncertainty.draws
    return f"{_STATUS[plan.status]}, on average over {draws:,} draws of the data"


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(
        text,
        width=_WIDTH,
        initial_indent=f"{label:<{_LABEL}}",
        subsequent_indent=" " * _LABEL,
    )


def _money(value: float) -> str:
    return f"{value:,.0f}"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _towns(plan: Plan) -> str:
    sharing = plan.areas[plan.areas["town_count"] > 1]
    people = f"{plan.towns['population'].sum():,.0f} people"
    text = (
        f"{_count(len(plan.towns), 'town')} ({people}) under {_count(len(plan.areas), 'operator')}"
    )
    if sharing.empty and plan.status == "optimal" and len(plan.towns) > 1:
        return f"{text}; the best plan is every town by itself, no grouping weighs less"
    if sharing.empty:
        return f"{text}; no town shares an operator"
    shared = int(sharing["town_count"].sum())
    apart = int((pieces_of(plan) > 1).sum())
    pieces = f"; {_count(apart, 'area')} in pieces" if apart else ""
    return f"{text}; {shared} of them share {_count(len(sharing), 'operator')}{pieces}"


def _over_draws(plan: Plan) -> str:
    """Return how the plan stands when the data are off, nothing where that is not known."""
    found = standing(plan)
    return "" if found is None else str(found.message)


def _cost(plan: Plan) -> str:
    need = float(plan.areas["requirement_year"].sum())
    paid = float(plan.areas["revenue_year"].sum())
    share = f" ({paid / need:.1%})" if need else ""
    return f"{_money(need)} a year required, {_money(paid)} of it from bills{share}"


def _public_money(plan: Plan) -> str:
    subsidy = float(plan.areas["operating_subsidy_year"].sum())
    support = float(plan.areas["household_support_year"].sum())
    return f"operating subsidy {_money(subsidy)}, household support {_money(support)} a year"


def _bills(plan: Plan) -> str:
    bills = plan.bills
    mean = mean_bill(plan)
    at = int(bills["burden"].argmax())
    town, group = bills.index[at]
    worst = float(bills["burden"].max())
    name = plan.towns["name"].get(town, town)
    limit = float(affordable_limits(plan).iloc[at])
    return (
        f"mean household bill {mean:,.2f} a month; heaviest burden {worst:.2%} of income "
        f"({name}, {group}), the limit is {limit:.2%}"
    )


def _consumption(plan: Plan) -> str:
    """Return what households use at these bills, nothing where demand does not respond."""
    if not plan.instance.policy.demand_response:
        return ""
    bills, number = plan.bills, plan.bills["connections"]
    use, today = (
        float((bills[column] * number).sum() / number.sum())
        for column in ("consumption_m3_month", "consumption_today_m3_month")
    )
    saved = plan.outcome.refined_saving_year
    more = ""
    if is_bound_of_menu(plan):
        more = f"; objective and bound are the menu's, these schedules weigh {_money(saved)} less"
    forgone = _money(float(plan.finances["forgone_water_year"].sum()))
    return (
        f"{use:.1f} m3 a month instead of {today:.1f} at these bills; cost of the water forgone "
        f"{forgone} a year{more}"
    )


def _over_limit(plan: Plan) -> str:
    people = people_over_limit(plan)
    if people == 0:
        return "nobody: every household group's bill is within the limit"
    limit = affordable_limits(plan) * (1 + 1e-6)
    missed = plan.bills["missed_connections"] > 0
    over = plan.bills[(plan.bills["burden"] > limit) | missed]
    groups = over.index.to_frame(index=False)
    keys = list(dict.fromkeys(groups["town"]))
    names = ", ".join(str(plan.towns["name"].get(k, k)) for k in keys[:5])
    dots = ", ..." if len(keys) > 5 else ""
    return f"{people:,.0f} people in {_count(len(keys), 'town')}: {names}{dots}"


def _alone(plan: Plan) -> str:
    words = plan.towns["gains"].value_counts()
    parts = [
        f"{int(words[key])} {text}"
        for key, text in (
            ("gains", "with a lower bill"),
            ("loses", "with a higher bill"),
            ("same", "with the same"),
            ("cannot stand alone", "that cannot stand alone"),
        )
        if key in words
    ]
    saving = float((plan.towns["alone_requirement_year"] - plan.towns["cost_year"]).sum())
    saving -= float(plan.finances["forgone_water_year"].sum())
    verb = "saves" if saving >= 0 else "costs"
    more = "" if saving >= 0 else " more"
    return f"towns: {', '.join(parts)}; sharing {verb} {_money(abs(saving))} a year{more}"


def _existing(plan: Plan) -> str:
    """Return how many towns operators that exist serve today and in the plan."""
    served = plan.towns["operator_model"].value_counts()
    exist = incumbents_of(plan.instance.operator_models)
    lines = []
    for one in exist:
        now = int(served.get(one.operator, 0))
        lines.append(f"{one.operator}: {_count(len(one.today), 'town')} today, {now} in this plan")
    return "; ".join(lines)


def _near_limits(plan: Plan) -> str:
    """Name the areas within 5 % of a size limit of their operator model: steps draw the map."""
    found = near_limits(plan)
    named = [
        f"{row['seat_name']} ({row['connections']:,.0f} of {row['limit']:,.0f})"
        for row in found.head(5).to_dict("records")
    ]
    more = ", ..." if len(found) > len(named) else ""
    return f"{', '.join(named)}{more}: within 5 % of their operator's size" if named else ""


def _proof(plan: Plan) -> str:
    took = sum(plan.seconds.values())
    time = f"; {took:,.1f} s" if took else ""
    if math.isnan(plan.bound):
        return f"weighted objective {_money(plan.objective)}; no bound was computed{time}"
    if not math.isfinite(plan.bound):
        return f"weighted objective {_money(plan.objective)}; no bound was found{time}"
    return (
        f"weighted objective {_money(plan.objective)}, no plan below {_money(plan.bound)}: "
        f"gap {plan.gap:.4%}{time}"
    )


def _derived(plan: Plan) -> str:
    columns = dict.fromkeys(f"{d.table}.{d.column}" for d in plan.instance.derived)
    sources = plan.towns["travel_source"].value_counts()
    parts = [", ".join(columns)] if columns else []
    if "straight line" in sources:
        parts.append(
            f"travel of {_count(int(sources['straight line']), 'town')} from the straight line"
        )
    return "; ".join(parts) if parts else "nothing: every datum was given"


def _largest_areas(plan: Plan) -> list[str]:
    """Return the largest areas as aligned lines."""
    if plan.areas.empty:
        return []
    shown = areas_shown(plan).head(_SHOWN)
    more = len(plan.areas) - len(shown)
    lines = ["", *shown.to_string(index=False).splitlines()]
    return [*lines, f"... and {_count(more, 'smaller area')}"] if more else lines


def areas_shown(plan: Plan) -> pd.DataFrame:
    """Return the areas as they are printed, the largest first."""
    top = plan.areas.sort_values("connections", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "seat": area_names(plan)[top.index].str.slice(0, 30),
            "operator": top["operator_model"].str.slice(0, 20),
            "towns": top["town_count"],
            "connections": top["connections"].map("{:,.0f}".format),
            "required": top["requirement_year"].map(_money),
            "subsidy": top["operating_subsidy_year"].map(_money),
            "burden": top["burden_worst"].map("{:.2%}".format),
            "hours": top["reach_hours"].map("{:.2f}".format),
        }
    )
