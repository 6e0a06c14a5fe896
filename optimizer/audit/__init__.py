"""The audit of a plan; shares no code with whatever made the plan."""

from optimizer.audit.check import audit
from optimizer.audit.promises import RULES
from optimizer.audit.result import Audit
from optimizer.audit.rules import Rule

__all__ = ["RULES", "Audit", "Rule", "audit"]
