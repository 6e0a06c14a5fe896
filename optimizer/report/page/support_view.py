"""Who receives household support, and at what public cost, as a table of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.report.figures import Sheet
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["support_sheet"]

COLUMNS = (
    "town",
    "group",
    "connections",
    "bill_month",
    "support_month",
    "supported_connections",
    "missed_connections",
    "support_year",
)


def support_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return the household groups that get support or should, the dearest first.

    Groups that get it by error are rows of their own, without support due to them. The sheet has no
    rows where the plan gives no support.
    """
    bills = plan.bills.reset_index()
    names = plan.towns["name"].reindex(bills["town"]).astype(str).to_numpy()
    there = (bills["supported_connections"] > 0) | (bills["missed_connections"] > 0)
    frame = bills.assign(town=names)[there & (bills["support_year"] >= 0.5)]
    frame = frame.sort_values("support_year", ascending=False, kind="stable")
    return writer.sheet("bills", frame, COLUMNS, name=writer.words("Household support"))
