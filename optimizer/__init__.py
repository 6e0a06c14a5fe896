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
    from optimizer.analysis import games
    from optimizer.analysis.compare.compare import Comparison, compare
    from optimizer.analysis.explain.marginal_cost import area_contributions
    from optimizer.analysis.explain.path_price import PathPrices, path_price_of
    from optimizer.analysis.explain.price import price_of, prices
    from optimizer.analysis.explain.why import why
    from optimizer.analysis.loyalty.election import (
        ElectionRisk,
        compare_election_risk,
        election_risk,
    )
    from optimizer.analysis.loyalty.stability import Stability, stability
    from optimizer.analysis.many.runner import Running, RunProgress
    from optimizer.analysis.what_if.alternatives import Alternatives, alternatives
    from optimizer.analysis.what_if.demand_shortfall import demand_shortfall
    from optimizer.analysis.what_if.frontier import Frontier, frontier
    from optimizer.analysis.what_if.robustness import Robustness, robustness
    from optimizer.analysis.what_if.scenarios import Scenarios, scenarios
    from optimizer.analysis.what_if.support_instruments import support_instruments
    from optimizer.analysis.what_if.trade_off import trade_off
    from optimizer.audit import Audit
    from optimizer.errors import (
        AuditError,
        InfeasibleError,
        InstanceError,
        NoPlanError,
        OptimizerError,
        PolicyError,
        Problem,
        StoreError,
        UnconfirmedError,
    )
    from optimizer.instance.calibrate import Calibration, Limits, calibrate
    from optimizer.instance.instance import Instance
    from optimizer.instance.reading.builders import instance_from_tables
    from optimizer.instance.reading.read import read
    from optimizer.instance.schema.demand_fields import Demand
    from optimizer.instance.schema.policy import Policy
    from optimizer.instance.schema.year_fields import Horizon
    from optimizer.instance.writing.templates import new_instance
    from optimizer.instance.writing.write import write
    from optimizer.plan.bill import bill, bill_table
    from optimizer.plan.path.build import tariff_path
    from optimizer.plan.path.path import TariffPath
    from optimizer.plan.plan import Outcome, Plan
    from optimizer.plan.run_audit import audit_run
    from optimizer.plan.store import read_plan
    from optimizer.promises.own import OwnPromise
    from optimizer.solving.diagnose import Diagnosis, diagnose
    from optimizer.solving.options import Options, Progress
    from optimizer.solving.plain_matrices import Grouping, group
    from optimizer.solving.run import PlannerModel, build_model, evaluate, solve, solve_model
    from optimizer.tariffs.bill import Bill
    from optimizer.tariffs.case import case_of
    from optimizer.tariffs.schedule import CategorySchedule, Schedule

_HOMES = {
    "optimizer.tariffs.bill": ("Bill",),
    "optimizer.tariffs.case": ("case_of",),
    "optimizer.tariffs.schedule": ("CategorySchedule", "Schedule"),
    "optimizer.errors": (
        "AuditError",
        "InfeasibleError",
        "InstanceError",
        "NoPlanError",
        "OptimizerError",
        "PolicyError",
        "Problem",
        "StoreError",
        "UnconfirmedError",
    ),
    "optimizer.instance.calibrate": ("Calibration", "Limits", "calibrate"),
    "optimizer.instance.reading.builders": ("instance_from_tables",),
    "optimizer.instance.schema.demand_fields": ("Demand",),
    "optimizer.instance.schema.year_fields": ("Horizon",),
    "optimizer.instance.instance": ("Instance",),
    "optimizer.instance.schema.policy": ("Policy",),
    "optimizer.promises.own": ("OwnPromise",),
    "optimizer.instance.reading.read": ("read",),
    "optimizer.instance.writing.templates": ("new_instance",),
    "optimizer.instance.writing.write": ("write",),
    "optimizer.audit": ("Audit",),
    "optimizer.plan.bill": ("bill", "bill_table"),
    "optimizer.plan.path.path": ("TariffPath",),
    "optimizer.plan.path.build": ("tariff_path",),
    "optimizer.plan.plan": ("Outcome", "Plan"),
    "optimizer.plan.run_audit": ("audit_run",),
    "optimizer.plan.store": ("read_plan",),
    "optimizer.solving.diagnose": ("Diagnosis", "diagnose"),
    "optimizer.solving.plain_matrices": ("Grouping", "group"),
    "optimizer.solving.options": ("Options", "Progress"),
    "optimizer.solving.run": ("PlannerModel", "build_model", "evaluate", "solve", "solve_model"),
    "optimizer.analysis.what_if.alternatives": (
        "Alternatives",
        "alternatives",
    ),
    "optimizer.analysis.compare.compare": ("Comparison", "compare"),
    "optimizer.analysis.explain.marginal_cost": ("area_contributions",),
    "optimizer.analysis.what_if.demand_shortfall": ("demand_shortfall",),
    "optimizer.analysis.loyalty.election": (
        "ElectionRisk",
        "compare_election_risk",
        "election_risk",
    ),
    "optimizer.analysis.what_if.frontier": (
        "Frontier",
        "frontier",
    ),
    "optimizer.analysis.explain.path_price": ("PathPrices", "path_price_of"),
    "optimizer.analysis.explain.price": ("price_of", "prices"),
    "optimizer.analysis.what_if.trade_off": ("trade_off",),
    "optimizer.analysis.what_if.robustness": (
        "Robustness",
        "robustness",
    ),
    "optimizer.analysis.many.runner": ("Running", "RunProgress"),
    "optimizer.analysis.what_if.scenarios": (
        "Scenarios",
        "scenarios",
    ),
    "optimizer.analysis.loyalty.stability": (
        "Stability",
        "stability",
    ),
    "optimizer.analysis.what_if.support_instruments": ("support_instruments",),
    "optimizer.analysis.explain.why": ("why",),
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
    "OwnPromise",
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
    "UnconfirmedError",
    "alternatives",
    "area_contributions",
    "audit_run",
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
    if name == "__version__":
        return _version()
    if name == "games":
        return import_module("optimizer.analysis.games")
    if name not in _HOME_OF:
        message = f"module 'optimizer' has no attribute {name!r}"
        raise AttributeError(message)
    return vars(import_module(_HOME_OF[name]))[name]


def _version() -> str:
    """Return the installed version, ``0+unknown`` in a copy that is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - seldom asked

    try:
        return version("town-water-optimizer")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
