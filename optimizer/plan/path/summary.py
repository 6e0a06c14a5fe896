"""A tariff path on one screen: tariffs, public money, cash, what it is worth, what is broken."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimizer.plan.area_names import area_names

if TYPE_CHECKING:
    from optimizer.plan.path.path import TariffPath

__all__ = ["path_summary"]

_SHOWN = 8
_WIDTH = 100
_LABEL = 16


def path_summary(path: TariffPath) -> str:
    """Return the path as plain text of at most one screen, lines of at most 100 characters."""
    instance = path.plan.instance
    years = [int(year) for year in path.years.index.unique("year")]
    head = f"{instance.title}, {years[0]} to {years[-1]}, money in {instance.currency} of "
    lines = [
        ("tariff path", f"{head}{instance.price_year} (real)"),
        ("rates", _rates(path)),
        ("rise", _rise(path)),
        ("public money", _public(path)),
        ("bridging", _bridging(path)),
        ("worth", _worth(path)),
        ("left out", _left_out(path, years[-1])),
    ]
    lines += [("broken promise", words) for words in path.broken_promises[:_SHOWN]]
    more = len(path.broken_promises) - _SHOWN
    if more > 0:
        lines.append(("", f"and {more} more broken promises"))
    shown = [_wrapped(label, text) for label, text in lines if text]
    return "\n".join([*shown, "", *_levels(path, years), "", *_flows(path)])


def _money(value: float) -> str:
    return f"{round(value) + 0:,}"


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(
        text, width=_WIDTH, initial_indent=f"{label:<{_LABEL}}", subsequent_indent=" " * _LABEL
    )


def _rates(path: TariffPath) -> str:
    horizon = path.horizon
    rates = {
        "discount": horizon.discount_rate,
        "inflation": horizon.inflation_share_year,
        "incomes": horizon.income_growth_share_year,
        "connections": horizon.connection_growth_share_year,
        "efficiency": horizon.efficiency_share_year,
    }
    text = ", ".join(f"{name} {value:.3g}" for name, value in rates.items())
    most = horizon.increase_share_most
    return f"{text} a year; largest real rise {'open' if most is None else f'{most:.3g}'}"


def _rise(path: TariffPath) -> str:
    rise = path.levels["increase_share"].dropna()
    if rise.empty:
        return "not known"
    area, town, year = rise.index[int(rise.to_numpy().argmax())]
    where = path.plan.towns["name"].get(town or area, str(area))
    return f"largest real rise of a tariff {rise.max():.1%}, in {year} ({where})"


def _public(path: TariffPath) -> str:
    by_year = path.years.groupby(level="year").sum()
    subsidy, support = by_year["operating_subsidy_year"], by_year["household_support_year"]
    worth = float(path.worth["public_money_value"].sum())
    grants = float(path.worth["grants_value"].sum())
    return (
        f"operating subsidy {subsidy.sum():,.0f}, household support {support.sum():,.0f} in all "
        f"years; worth {worth:,.0f} today, and grants {grants:,.0f}"
    )


def _bridging(path: TariffPath) -> str:
    owed = path.years["bridging"]
    if float(owed.max()) < 0.5:
        return "none needed: cash is never negative"
    area, year = owed.index[int(owed.to_numpy().argmax())]
    name = area_names(path.plan).get(area, str(area))
    count = len(owed[owed >= 0.5].index.unique("service_area"))
    more = "" if count == 1 else f"; {count} areas need some"
    return f"at most {owed.max():,.0f}, at the end of {year} ({name}){more}; paid back by the end"


def _worth(path: TariffPath) -> str:
    values = path.worth
    paid, need = float(values["revenue_value"].sum()), float(values["requirement_value"].sum())
    own = float(values["investment_own_value"].sum())
    return (
        f"customers pay {paid:,.0f}; requirement {need:,.0f}, own investment {own:,.0f}, worth "
        f"{values['remaining_value'].sum():,.0f} at the end; net present value {_money(path.npv)}"
    )


def _left_out(path: TariffPath, last: int) -> str:
    """Return a word on works that lie beyond the horizon; empty where there are none."""
    works = path.plan.instance.investments
    count = 0 if works is None else int((works["year"] > last).sum())
    return f"{count} works after {last}" if count else ""


def _levels(path: TariffPath, years: list[int]) -> list[str]:
    """Return mean bills by year of the largest areas."""
    bills = path.years["bill_month"]
    shown = [str(area) for area in path.worth.index[:_SHOWN]]
    names = area_names(path.plan)
    head = f"{'mean bill a month':<26}{'today':>9}" + "".join(f"{year:>9}" for year in years[:7])
    lines = [head]
    for area in shown:
        today = float(str(path.worth["bill_today_month"][area]))
        cells = [today, *(float(v) for v in bills.xs(area, level="service_area").to_numpy()[:7])]
        text = "".join(f"{'?' if np.isnan(v) else f'{v:,.2f}':>9}" for v in cells)
        lines.append(f"{str(names.get(area, area))[:25]:<26}{text}")
    more = len(path.worth) - len(shown)
    return [*lines, f"and {more} more areas"] if more > 0 else lines


def _flows(path: TariffPath) -> list[str]:
    """Return the cash flow of all areas together."""
    by_year = path.years.groupby(level="year").sum()
    public = by_year["operating_subsidy_year"]
    money = pd.DataFrame(
        {
            "paid": by_year["revenue_year"],
            "subsidy": public,
            "required": by_year["requirement_year"],
            "works": by_year["investment_year"],
            "grants": by_year["grants_year"],
            "loans": by_year["loan_year"],
            "service": by_year["debt_service_year"],
            "bridging": by_year["bridging"],
            "cash": by_year["cash"],
        }
    )
    large = float(money.abs().max().max()) >= 1e7
    table = money / 1_000.0 if large else money
    rows = table.round(0).add(0.0).head(12)
    label = "thousands" if large else "all areas"
    head = f"{label:<10}" + "".join(f"{name:>10}" for name in table.columns)
    lines = [
        f"{year:<10}" + "".join(f"{float(v) + 0.0:>10,.0f}" for v in row)
        for year, row in zip(rows.index.tolist(), rows.to_numpy().tolist(), strict=True)
    ]
    return [head, *lines]
