"""Runs of format 1, as the program wrote them up to 0.1: how their instance was named.

Their tables, layers and outcome are read as those of today. What differs: the fingerprint counted
every setting in the order of that time, the record held no duals, and the audit of that time made
fewer checks, so that its counts are not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from optimizer.instance.fingerprint import digest
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy

__all__ = ["figures", "fingerprint_of_format_1", "record_of_format_1"]

POLICY = (
    "affordable_share",
    "affordable_share_both",
    "protected_groups",
    "reach_hours",
    "same_zone",
    "connected",
    "keep_together",
    "keep_apart",
    "fixed_seats",
    "operators_least",
    "operators_most",
    "tariff_scope",
    "demand_response",
    "participation",
    "core",
    "solidarity_balance",
    "operating_subsidy",
    "household_support_share",
    "household_support_m3_month",
    "household_support_groups",
    "household_support_missed_share",
    "household_support_leak_share",
    "subsidy_budget_year",
    "public_money_price",
)
"""Promises of format 1, in their order."""

TARIFF_LATER: Mapping[str, object] = {"fixed_charge_least_share": 0.0}
CATEGORY_LATER: Mapping[str, object] = {
    "multiple_least": None,
    "multiple_most": None,
    "multiple_at_m3": None,
}
"""Settings of a tariff and of its categories that format 1 did not know, with their defaults."""


def fingerprint_of_format_1(instance: Instance) -> str:
    """Return the fingerprint that a run of format 1 has of an instance.

    A promise that format 1 did not know counts where it is asked for: the instance then is not the
    one of the run.
    """
    policy = instance.policy
    promises = {name: policy.model_dump()[name] for name in POLICY}
    later = policy.model_dump(exclude=set(POLICY), exclude_defaults=True)
    texts = {
        "tariff": _tariff(instance),
        "travel": instance.travel.model_dump_json(),
        "policy": to_json(promises | later).decode(),
        "sources": json.dumps([source.model_dump() for source in instance.sources]),
        "demand": instance.demand.model_dump_json(),
    }
    if instance.horizon is not None:
        texts["horizon"] = instance.horizon.model_dump_json()
    texts["uncertainty"] = instance.uncertainty.model_dump_json()
    return digest(instance, texts)


def _tariff(instance: Instance) -> str:
    """Return the tariff without what format 1 did not know, where that is not asked for."""
    told = instance.tariff.model_dump(mode="json")
    told = _known(told, TARIFF_LATER)
    told["categories"] = [_known(category, CATEGORY_LATER) for category in told["categories"]]
    return to_json(told).decode()


def _known(told: Mapping[str, Any], later: Mapping[str, object]) -> dict[str, Any]:
    return {k: v for k, v in told.items() if k not in later or v != later[k]}


def record_of_format_1(
    told: Mapping[str, Any], due: Mapping[str, Any], instance: Instance
) -> dict[str, Any]:
    """Return what a record of format 1 must say, from what one of today would.

    Parameters
    ----------
    told, due : mapping of str to object
        The record as it is, and as it would be written today.
    instance : Instance
        The instance of the run.
    """
    asked = Policy.model_validate({}).model_dump(mode="json")
    later = {k for k, v in due["policy"].items() if k not in POLICY and v == asked[k]}
    audit = told.get("audit")
    counts = audit.get("checks") if isinstance(audit, dict) else None
    return {
        **due,
        "format": 1,
        "instance": due["instance"] | {"fingerprint": fingerprint_of_format_1(instance)},
        "policy": {k: v for k, v in due["policy"].items() if k not in later},
        "outcome": {k: v for k, v in due["outcome"].items() if k != "duals"},
        "audit": due["audit"] | {"checks": counts},
    }


def figures(text: str) -> list[str]:
    """Return the figures of a summary in their order, without how many checks its audit made.

    Areas near a limit, which summaries of that time did not name, are left out.

    The words of a summary are those of its version; its figures must be those of the tables.

    Examples
    --------
    >>> figures("proof  objective 153,000: gap 0.0000%; 0.3 s")
    ['153,000', '0.0000', '0.3']
    >>> figures("audit: 168 checks of 27 rules, all passed")
    []
    """
    text = re.sub(r"^(near a limit|over draws) .*\n(?: {16}.*\n)*", "", text, flags=re.MULTILINE)
    told = re.sub(r"^audit: [\d,]+ checks of \d+ rules, ", "", text, flags=re.MULTILINE)
    return re.findall(r"\d(?:[\d,.]*\d)?", told)
