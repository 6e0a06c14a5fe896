"""Plans of a study side by side, in money, as every study prints them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from optimizer.instance.csv_cells import number_text
from optimizer.instance.instance import Instance
from optimizer.plan.plan import Plan
from optimizer.plan.statistics import statistics

__all__ = ["amount", "as_read", "plans_shown", "printed", "units_of", "value_text"]

ABSENT = "-"


def plans_shown(plans: Mapping[str, Plan], statuses: pd.Series | None = None) -> pd.DataFrame:
    """Return a row of text cells for each plan: cost, public money, bills, promises, weighted sum.

    Parameters
    ----------
    plans : mapping of str to Plan
        Plans by the name of their row.
    statuses : pandas.Series, optional
        The status of every row, where some have no plan; those of the plans otherwise.

    Returns
    -------
    pandas.DataFrame
        Index the rows: ``status``, ``operators``, ``cost_year`` (the requirement),
        ``public_money_year``, ``bill_month`` (mean, after support), ``burden`` (the worst),
        ``broken`` (promises that the plan breaks), ``weighted_year`` (the objective), ``gap``.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> plans_shown({"alone": op.evaluate(region, "alone")}).loc["alone"].tolist()
    ['evaluated', '2', '210,000', '0', '11.67', '1.50 %', '0', '210,000', '-']
    """
    told = plans if statuses is None else statuses.index
    rows = {
        str(name): plans[str(name)].status if statuses is None else str(statuses[name])
        for name in told
    }
    figures = {name: statistics(plan).droplevel("unit")["plan"] for name, plan in plans.items()}
    return pd.DataFrame(
        [
            [status, *_cells(plans[name], figures[name])] if name in plans else [status, *_NONE]
            for name, status in rows.items()
        ],
        index=pd.Index(list(rows)),
        columns=["status", *_COLUMNS],
        dtype="str",
    )


_COLUMNS = (
    "operators",
    "cost_year",
    "public_money_year",
    "bill_month",
    "burden",
    "broken",
    "weighted_year",
    "gap",
)
_NONE = [ABSENT] * len(_COLUMNS)


def _cells(plan: Plan, figures: pd.Series) -> list[str]:
    return [
        amount(figures["operators"]),
        amount(figures["requirement_year"]),
        amount(figures["public_money_year"]),
        f"{figures['bill_mean_month']:,.2f}",
        f"{100 * figures['burden_worst']:.2f} %",
        str(len(plan.outcome.broken_promises)),
        amount(plan.objective),
        f"{100 * plan.gap:.2f} %" if math.isfinite(plan.gap) else ABSENT,
    ]


def amount(value: float) -> str:
    """Return a figure in whole units; what is not known, or has no end, is a dash.

    Examples
    --------
    >>> amount(7.754308e8), amount(-0.2), amount(float("nan"))
    ('775,430,800', '0', '-')
    """
    if not math.isfinite(value):
        return ABSENT
    return f"{value:,.0f}" if abs(value) >= 0.5 else "0"


def value_text(value: object) -> str:
    """Return a value of a promise as people read it, and as short as it reads back equal.

    Examples
    --------
    >>> value_text(1000000), value_text(0.5), value_text(3)
    ('1,000,000', '0.5', '3')
    """
    number = float(str(value))
    return f"{number:,.0f}" if number.is_integer() else number_text(number)


def units_of(regions: Sequence[Instance]) -> str:
    """Return the money of such a table, and what is weighted in it.

    Examples
    --------
    >>> import optimizer as op
    >>> units_of([op.read("instances/pair")])
    'PEN of 2023; cost: what all areas require; weighted: cost and 3 times public money'
    """
    prices = {region.policy.public_money_price for region in regions}
    times = f"{prices.pop():g} times" if len(prices) == 1 else "each plan's weight times"
    return (
        f"{regions[0].currency} of {regions[0].price_year}; cost: what all areas require; "
        f"weighted: cost and {times} public money"
    )


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as people read it: money in whole units, shares in per cent.

    Examples
    --------
    >>> as_read(pd.DataFrame({"cost_year": [7.754308e8], "covers_share": [0.5]})).iloc[0].tolist()
    ['775,430,800', '50.0 %']
    """
    shown = table.copy()
    for name in table.select_dtypes("number").columns:
        column = str(name)
        if column.endswith("_share"):
            cells = [f"{100 * v:,.1f} %" if math.isfinite(v) else ABSENT for v in table[name]]
        elif column.endswith("_year"):
            cells = [amount(v) for v in table[name]]
        else:
            cells = [f"{v:,.2f}".removesuffix(".00") for v in table[name]]
        shown[name] = pd.Series(cells, index=table.index, dtype="str")
    return shown


def printed(table: pd.DataFrame, notes: Sequence[str] = ()) -> str:
    """Return text cells as aligned lines, and sentences below."""
    return "\n".join([*([table.to_string()] if len(table) else []), *notes])
