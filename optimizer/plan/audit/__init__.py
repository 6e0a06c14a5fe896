"""The audit of a plan; shares no code with whatever made the plan."""

from optimizer.plan.audit.check import audit
from optimizer.plan.audit.result import Audit
from optimizer.plan.audit.rules import RULES, Rule

__all__ = ["RULES", "Audit", "Rule", "audit"]
