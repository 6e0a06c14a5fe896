"""Fields of operator models, and of operators that exist."""

from __future__ import annotations

from typing import ClassVar

from optimizer.instance.schema.cost_fields import with_cost_columns
from optimizer.record import Name, Row, Text, unit_field

__all__ = ["Operator", "OperatorModel"]


@with_cost_columns("operator_models", after="operator_model")
class OperatorModel(Row):
    """A kind of operator, with what it costs and how large it may be."""

    where: ClassVar[str] = "instance.toml [[operator_models]]"
    operator_model: Name = unit_field("text", "name of the operator model")
    connections_least: float = unit_field(
        "connections", "smallest area that such an operator accepts", default=0.0, ge=0
    )
    connections_most: float = unit_field(
        "connections", "largest area that such an operator can run", default=1e9, ge=1, le=1e9
    )
    efficiency: float = unit_field(
        "factor",
        "factor on the operating cost of its towns (1 = as given)",
        default=1.0,
        ge=0.01,
        le=100,
    )
    board_fee_share_cost: float = unit_field(
        "share of cost", "fee of the supervision board, on cost", default=0.0, ge=0, le=1
    )
    board_fee_share_revenue: float = unit_field(
        "share of revenue", "fee of the supervision board, on revenue", default=0.0, ge=0, lt=0.5
    )
    margin_share_cost: float = unit_field(
        "share of cost", "operator's margin, on cost", default=0.0, ge=0, le=1
    )
    margin_share_revenue: float = unit_field(
        "share of revenue", "operator's margin, on revenue", default=0.0, ge=0, lt=0.5
    )
    seat: Text = unit_field(
        "text",
        "town in which this operator sits, and nowhere else: an operator that exists; empty for a "
        "kind of operator, which may sit in any town",
        default="",
    )
    towns_today: Text = unit_field(
        "list", "towns that an existing operator serves today, between semicolons", default=""
    )
    may_grow: bool = unit_field(
        "yes/no", "whether it may serve other towns than today's", default=True
    )
    may_shrink: bool = unit_field(
        "yes/no", "whether today's towns may leave it; if not, it keeps them", default=True
    )
    may_be_replaced: bool = unit_field(
        "yes/no", "whether another operator may serve the town of its seat", default=True
    )


class Operator(OperatorModel):
    """An operator that exists: an operator model with a seat of its own."""

    where: ClassVar[str] = "operators.csv"
    seat: Name = unit_field("text", "town in which it sits")
