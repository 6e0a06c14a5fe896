"""What customers use at their new bills, as a table of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.report.figures import Sheet
from optimizer.report.page.headings import Writer

if TYPE_CHECKING:
    from optimizer.plan.plan import Plan

__all__ = ["demand_sheet"]

COLUMNS = (
    "town",
    "group",
    "connections",
    "consumption_today_m3_month",
    "consumption_m3_month",
    "consumption_change",
    "bill_month",
    "burden",
)


def demand_sheet(plan: Plan, writer: Writer) -> Sheet:
    """Return consumption today and at the plan's bills, by town and household group.

    The sheet has no rows where demand does not respond.
    """
    bills = plan.bills.reset_index()
    names = plan.towns["name"].reindex(bills["town"]).astype(str).to_numpy()
    frame = bills.assign(town=names)
    if not plan.instance.policy.demand_response:
        frame = frame.iloc[:0]
    name = writer.words("Consumption at these bills")
    return writer.sheet("bills", frame, COLUMNS, name=name)
