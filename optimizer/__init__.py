"""Group small towns under shared water operators and set the tariffs that pay for them.

The public names; each is loaded when it is first used, so that importing the package is quick::

    import optimizer as op

    region = op.read("instances/san_martin")
    plan = op.solve(region, gap=0.001, time_limit=300)
    plan.audit().raise_for_failures()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.economics.bill import Bill
    from optimizer.economics.case import case_of
    from optimizer.economics.schedule import CategorySchedule, Schedule
    from optimizer.errors import (
        AuditError,
        InfeasibleError,
        InstanceError,
        NoPlanError,
        OptimizerError,
        PolicyError,
        Problem,
        StoreError,
    )
    from optimizer.instance.builders import instance_from_tables
    from optimizer.instance.calibrate import Calibration, Limits, calibrate
    from optimizer.instance.fields_demand import Demand
    from optimizer.instance.fields_years import Horizon
    from optimizer.instance.instance import Instance
    from optimizer.instance.policy import Policy
    from optimizer.instance.read import read
    from optimizer.instance.templates import new_instance
    from optimizer.instance.write import write
    from optimizer.plan.audit import Audit
    from optimizer.plan.bill import bill, bill_table
    from optimizer.plan.path import TariffPath
    from optimizer.plan.path_build import tariff_path
    from optimizer.plan.plan import Outcome, Plan
    from optimizer.plan.store import read_plan
    from optimizer.solving.diagnose import Diagnosis, diagnose
    from optimizer.solving.matrices import Grouping, group
    from optimizer.solving.options import Options, Progress
    from optimizer.solving.run import PlannerModel, build_model, evaluate, solve, solve_model
    from optimizer.study import games
    from optimizer.study.alternatives import Alternatives, alternatives
    from optimizer.study.compare import Comparison, compare
    from optimizer.study.contributions import area_contributions
    from optimizer.study.demand import demand_shortfall
    from optimizer.study.election import ElectionRisk, compare_election_risk, election_risk
    from optimizer.study.frontier import Frontier, frontier
    from optimizer.study.path_price import PathPrices, path_price_of
    from optimizer.study.price import price_of, prices
    from optimizer.study.robustness import Robustness, robustness
    from optimizer.study.runner import Running, RunProgress
    from optimizer.study.scenarios import Scenarios, scenarios
    from optimizer.study.stability import Stability, stability
    from optimizer.study.support_instruments import support_instruments
    from optimizer.study.trade_off import trade_off
    from optimizer.study.why import why

_HOMES = {
    "optimizer.economics.bill": ("Bill",),
    "optimizer.economics.case": ("case_of",),
    "optimizer.economics.schedule": ("CategorySchedule", "Schedule"),
    "optimizer.errors": (
        "AuditError",
        "InfeasibleError",
        "InstanceError",
        "NoPlanError",
        "OptimizerError",
        "PolicyError",
        "Problem",
        "StoreError",
    ),
    "optimizer.instance.calibrate": ("Calibration", "Limits", "calibrate"),
    "optimizer.instance.builders": ("instance_from_tables",),
    "optimizer.instance.fields_demand": ("Demand",),
    "optimizer.instance.fields_years": ("Horizon",),
    "optimizer.instance.instance": ("Instance",),
    "optimizer.instance.policy": ("Policy",),
    "optimizer.instance.read": ("read",),
    "optimizer.instance.templates": ("new_instance",),
    "optimizer.instance.write": ("write",),
    "optimizer.plan.audit": ("Audit",),
    "optimizer.plan.bill": ("bill", "bill_table"),
    "optimizer.plan.path": ("TariffPath",),
    "optimizer.plan.path_build": ("tariff_path",),
    "optimizer.plan.plan": ("Outcome", "Plan"),
    "optimizer.plan.store": ("read_plan",),
    "optimizer.solving.diagnose": ("Diagnosis", "diagnose"),
    "optimizer.solving.matrices": ("Grouping", "group"),
    "optimizer.solving.options": ("Options", "Progress"),
    "optimizer.solving.run": ("PlannerModel", "build_model", "evaluate", "solve", "solve_model"),
    "optimizer.study.alternatives": (
        "Alternatives",
        "alternatives",
    ),
    "optimizer.study.compare": ("Comparison", "compare"),
    "optimizer.study.contributions": ("area_contributions",),
    "optimizer.study.demand": ("demand_shortfall",),
    "optimizer.study.election": ("ElectionRisk", "compare_election_risk", "election_risk"),
    "optimizer.study.frontier": (
        "Frontier",
        "frontier",
    ),
    "optimizer.study.path_price": ("PathPrices", "path_price_of"),
    "optimizer.study.price": ("price_of", "prices"),
    "optimizer.study.trade_off": ("trade_off",),
    "optimizer.study.robustness": (
        "Robustness",
        "robustness",
    ),
    "optimizer.study.runner": ("Running", "RunProgress"),
    "optimizer.study.scenarios": (
        "Scenarios",
        "scenarios",
    ),
    "optimizer.study.stability": (
        "Stability",
        "stability",
    ),
    "optimizer.study.support_instruments": ("support_instruments",),
    "optimizer.study.why": ("why",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Alternatives",
    "Audit",
    "AuditError",
    "Bill",
    "Calibration",
    "CategorySchedule",
    "Comparison",
    "Demand",
    "Diagnosis",
    "ElectionRisk",
    "Frontier",
    "Grouping",
    "Horizon",
    "InfeasibleError",
    "Instance",
    "InstanceError",
    "Limits",
    "NoPlanError",
    "OptimizerError",
    "Options",
    "Outcome",
    "PathPrices",
    "Plan",
    "PlannerModel",
    "Policy",
    "PolicyError",
    "Problem",
    "Progress",
    "Robustness",
    "RunProgress",
    "Running",
    "Scenarios",
    "Schedule",
    "Stability",
    "StoreError",
    "TariffPath",
    "alternatives",
    "area_contributions",
    "bill",
    "bill_table",
    "build_model",
    "calibrate",
    "case_of",
    "compare",
    "compare_election_risk",
    "demand_shortfall",
    "diagnose",
    "election_risk",
    "evaluate",
    "frontier",
    "games",
    "group",
    "instance_from_tables",
    "new_instance",
    "path_price_of",
    "price_of",
    "prices",
    "read",
    "read_plan",
    "robustness",
    "scenarios",
    "solve",
    "solve_model",
    "stability",
    "support_instruments",
    "tariff_path",
    "trade_off",
    "why",
    "write",
]


def __getattr__(name: str) -> object:
    """Load a public name from its home when it is first used (PEP 562)."""
    if name == "games":
        return import_module("optimizer.study.games")
    if name not in _HOME_OF:
        message = f"module 'optimizer' has no attribute {name!r}"
        raise AttributeError(message)
    return vars(import_module(_HOME_OF[name]))[name]


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
