"""The promises that a plan must keep."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import ValidationError, model_validator

from optimizer.errors import PolicyError
from optimizer.instance.schema.record import Row, unit_field

__all__ = ["Policy", "TariffScope"]

TariffScope = Literal["service_area", "town", "region"]


class Policy(Row):
    """The promises: affordability, reach, budget, and the planner's own rules.

    Frozen; :meth:`replace` returns a changed copy that has been validated again.

    Examples
    --------
    >>> Policy(affordable_share=0.05).replace(reach_hours=1.0).reach_hours
    1.0
    """

    where: ClassVar[str] = "instance.toml [policy]"
    affordable_share: float = unit_field(
        "share 0-1",
        "largest share of household income that a bill may take",
        default=0.03,
        gt=0,
        le=1,
    )
    affordable_share_both: float = unit_field(
        "share 0-1",
        "largest share of income for water and sewerage together; never below affordable_share",
        default=0.05,
        gt=0,
        le=1,
    )
    protected_groups: tuple[str, ...] = unit_field(
        "list", "household groups whose bills must be affordable; empty means all", default=()
    )
    reach_hours: float = unit_field(
        "hours", "longest travel time from the seat to a town", default=2.0, ge=0, le=1000
    )
    same_zone: bool = unit_field("yes/no", "an area stays within one zone", default=False)
    connected: bool = unit_field(
        "yes/no", "an area is connected in the adjacency graph", default=False
    )
    keep_together: tuple[tuple[str, ...], ...] = unit_field(
        "list", "sets of towns that must share an operator", default=()
    )
    keep_apart: tuple[tuple[str, ...], ...] = unit_field(
        "list", "sets of towns of which no two may share an operator", default=()
    )
    fixed_seats: tuple[str, ...] = unit_field(
        "list", "towns in which an operator must sit", default=()
    )
    operators_least: int = unit_field("count", "fewest service areas", default=0, ge=0)
    operators_most: int | None = unit_field("count", "most service areas", default=None, ge=1)
    tariff_scope: TariffScope = unit_field(
        "text",
        "one schedule per service_area, per town, or for the region",
        default="service_area",
    )
    demand_response: bool = unit_field(
        "yes/no",
        "consumption follows the price, as [demand] says; revenue, cost and burdens are those of "
        "the consumption that results",
        default=False,
    )
    participation: bool = unit_field(
        "yes/no", "no town pays more than its stand-alone cost", default=False
    )
    core: bool = unit_field(
        "yes/no", "no subset of an area's towns would do better by leaving it", default=False
    )
    solidarity_balance: bool = unit_field(
        "yes/no",
        "what categories pay above the domestic schedule covers, in every area, what others pay "
        "below it; the operating subsidy pays the rest",
        default=False,
    )
    operating_subsidy: bool = unit_field(
        "yes/no",
        "public money may close an operator's gap; with household_support_share the four choices: "
        "none, either, both",
        default=True,
    )
    household_support_share: float = unit_field(
        "share 0-1",
        "largest share of a protected household's bill that public money may pay",
        default=0.0,
        ge=0,
        lt=1,
    )
    household_support_m3_month: float | None = unit_field(
        "m3/month",
        "support counts the bill of at most this volume; not set: the whole bill",
        default=None,
        gt=0,
        le=1e6,
    )
    household_support_groups: tuple[str, ...] = unit_field(
        "list",
        "protected household groups that may get support; empty means all protected ones",
        default=(),
    )
    household_support_missed_share: float = unit_field(
        "share 0-1",
        "share of the eligible households that do not get the support due to them",
        default=0.0,
        ge=0,
        lt=1,
    )
    household_support_leak_share: float = unit_field(
        "share 0-1",
        "share of a town's other households that get what an eligible one is due on average",
        default=0.0,
        ge=0,
        le=1,
    )
    subsidy_budget_year: float | None = unit_field(
        "money/year", "most public money in the whole plan", default=None, ge=0
    )
    public_money_price: float = unit_field(
        "factor",
        "weight of a unit of public money against a unit of cost (lambda)",
        default=3.0,
        ge=0,
        le=1000,
    )

    @model_validator(mode="after")
    def _operators_in_order(self) -> Self:
        if self.operators_most is not None and self.operators_most < self.operators_least:
            message = "operators_most is smaller than operators_least"
            raise ValueError(message)
        return self

    def with_affordable_share(self, share: float) -> Policy:
        """Return a copy with another affordable share, and both services' share as much higher.

        Examples
        --------
        >>> raised = Policy().with_affordable_share(0.04)
        >>> raised.affordable_share, round(raised.affordable_share_both, 12)
        (0.04, 0.06)
        """
        both = min(1.0, self.affordable_share_both + share - self.affordable_share)
        return self.replace(affordable_share=share, affordable_share_both=both)

    def refuse_response(self, question: str) -> None:
        """Refuse a question that has no exact answer yet where demand responds.

        Raises
        ------
        PolicyError
            If the policy asks for ``demand_response``.

        Examples
        --------
        >>> Policy().refuse_response("stability")
        """
        if self.demand_response:
            message = f"{question} is not known yet where demand responds; set it to no"
            raise PolicyError(message)

    def replace(self, **changes: Any) -> Policy:  # noqa: ANN401 - any policy field
        """Return a copy with the given fields changed, validated again.

        Raises
        ------
        PolicyError
            If a name is not a policy field or a value is outside its bounds.
        """
        try:
            return Policy.model_validate({**self.model_dump(), **changes})
        except ValidationError as error:
            lines = [
                f"{'.'.join(map(str, e['loc']))}: {e['msg']} (it is {str(e['input'])[:80]})"
                for e in error.errors()
            ]
            raise PolicyError("; ".join(lines)) from None
