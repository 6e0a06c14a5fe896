"""The audit of promises about the grouping: one file each, found by its name.

A file holds its ``RULE`` and ``check(facts, hours, ledger)``; where the promise also binds towns
that would leave an area, ``allows(facts, towns, member)`` says which coalitions keep it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from optimizer.arrays import Bools
from optimizer.audit.facts import Facts
from optimizer.audit.ledger import Ledger
from optimizer.audit.promises.own import own_rules
from optimizer.audit.rules import BASE_RULES, Rule

if TYPE_CHECKING:
    from optimizer.instance.instance import Instance

__all__ = ["CHECKS", "RULES", "Check", "check_grouping", "rules_of"]

Checked = Callable[[Facts, pd.Series, Ledger], None]
Allowed = Callable[[Facts, list[str], Bools], Bools]


@dataclass(frozen=True)
class Check:
    """How one promise is audited.

    Attributes
    ----------
    rule : Rule
        What it says.
    check : callable
        Writes what is broken to the ledger.
    allows : callable or None
        Returns which coalitions of some towns, bool array of shape (g, towns), keep it.
    """

    rule: Rule
    check: Checked
    allows: Allowed | None


def _found() -> tuple[Check, ...]:
    names = [found.name for found in pkgutil.iter_modules(__path__)]
    parts = [vars(importlib.import_module(f"{__name__}.{name}")) for name in names]
    return tuple(Check(part["RULE"], part["check"], part.get("allows")) for part in parts)


CHECKS = _found()
"""The checks of all promises about the grouping."""

RULES: Mapping[str, Rule] = {**{one.rule.name: one.rule for one in CHECKS}, **BASE_RULES}
"""Every rule of the audit by name."""


def rules_of(instance: Instance) -> dict[str, Rule]:
    """Return every rule of the audit of a region, a planner's own last."""
    return {**RULES, **own_rules(instance)}


def check_grouping(facts: Facts, hours: pd.Series, ledger: Ledger) -> None:
    """Check every promise about the grouping itself.

    Parameters
    ----------
    facts : Facts
        The plan and its instance.
    hours : Series
        Travel hours of each town, recomputed.
    ledger : Ledger
        Receives checks and failures.
    """
    for one in CHECKS:
        one.check(facts, hours, ledger)
