"""One bill, line by line, as it would be printed for a customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from optimizer.customers import block_volumes
from optimizer.errors import PolicyError
from optimizer.instance.reading.findings import near
from optimizer.plain_numbers import figure
from optimizer.tariffs.schedule import CategorySchedule, Schedule

__all__ = ["Bill", "BillLine", "itemised"]

SHARE = "sewer share of water bill"


@dataclass(frozen=True)
class BillLine:
    """One line of a bill.

    Attributes
    ----------
    name : str
        ``fixed charge``, ``block 1`` ..., or ``unmetered charge``; then ``sewer fixed charge``,
        ``sewer block 1`` ..., or ``sewer share of water bill``.
    from_m3, to_m3 : float
        Limits of the block, m3/month; ``nan`` for a line that is none, ``inf`` where open.
    quantity : float
        m3 of a block; 1 (month) for a charge; the water bill for a share of it.
    price : float
        Money per m3, or per month for a charge; the share for a share.
    factor : float
        Factor of the category that the price holds; 1 where the price is its own.
    amount_month : float
        Quantity times price, money.
    """

    name: str
    from_m3: float
    to_m3: float
    quantity: float
    price: float
    factor: float
    amount_month: float


@dataclass(frozen=True)
class Bill:
    """The bill of a month.

    Attributes
    ----------
    title, currency : str
        Of the schedule.
    category : str
        Tariff category of the customer.
    unmetered, sewer : bool
        Whether the customer has no meter, and whether sewerage.
    consumption_m3_month, billed_m3 : float
        What was used, and what is billed.
    lines : tuple of BillLine
        Fixed charge first.
    """

    title: str
    currency: str
    category: str
    unmetered: bool
    sewer: bool
    consumption_m3_month: float
    billed_m3: float
    lines: tuple[BillLine, ...]

    @property
    def total_month(self) -> float:
        """What the customer pays, money per month."""
        return sum(line.amount_month for line in self.lines)

    @property
    def table(self) -> pd.DataFrame:
        """The lines as a table, index ``name``."""
        return pd.DataFrame(self.lines).set_index("name")

    def __str__(self) -> str:
        meter = ", no meter" if self.unmetered else ""
        meter += ", with sewerage" if self.sewer else ""
        use = f"{self.consumption_m3_month:g} m3"
        if self.billed_m3 != self.consumption_m3_month:
            use += f" ({self.billed_m3:g} m3 billed)"
        rows = [(_words(line), f"{line.amount_month:,.2f}") for line in self.lines]
        rows.append(("total", f"{self.total_month:,.2f}"))
        left, right = (max(len(row[k]) for row in rows) for k in (0, 1))
        lines = [f"  {words:<{left}}  {amount:>{right}}" for words, amount in rows]
        rule = f"  {'-' * (left + right + 2)}"
        head = [self.title, f"{self.category}, {use}{meter}; {self.currency} a month"]
        return "\n".join([*head, *lines[:-1], rule, lines[-1]])


def _words(line: BillLine) -> str:
    """Return what a line is for, with quantity, price and factor."""
    words = line.name
    if line.name == SHARE:
        words += f": {figure(line.price, 'g')} x {line.quantity:,.2f}"
    if not np.isnan(line.from_m3):
        whole = line.from_m3 == 0.0 and np.isinf(line.to_m3)
        limits = f"above {line.from_m3:g}" if np.isinf(line.to_m3) else f"{line.to_m3:g}"
        limits = limits if np.isinf(line.to_m3) else f"{line.from_m3:g} to {limits}"
        words += "" if whole else f" ({limits} m3)"
        words += f": {line.quantity:g} m3 x {_price(line.price)}"
    if line.factor not in (0.0, 1.0):
        words += f" (= {line.factor:g} x {_price(line.price / line.factor)})"
    return words


def _price(price: float) -> str:
    """Return a price with two decimals at least, and no more than it needs."""
    text = f"{price:,.6f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))


def itemised(
    schedule: Schedule,
    consumption_m3_month: float,
    *,
    category: str = "domestic",
    unmetered: bool = False,
    sewer: bool = False,
    title: str = "",
    currency: str = "",
) -> Bill:
    """Return the bill of a consumption, line by line.

    Parameters
    ----------
    schedule : Schedule
        A whole tariff.
    consumption_m3_month : float
        Use, m3/month, 0 or more.
    category : str
        Tariff category of the customer.
    unmetered : bool
        Whether the customer has no meter.
    sewer : bool
        Whether the customer has sewerage besides water.
    title, currency : str
        Shown on the bill.

    Raises
    ------
    PolicyError
        If the schedule has no such category or no price for sewerage, or the consumption is not a
        number of 0 or more.

    Examples
    --------
    >>> chanka = Schedule({"domestic": CategorySchedule(1.20, (8.0, 20.0), (0.344, 0.457, 0.51))})
    >>> print(itemised(chanka, 15, title="EMSAP Chanka", currency="PEN"))
    EMSAP Chanka
    domestic, 15 m3; PEN a month
      fixed charge                        1.20
      block 1 (0 to 8 m3): 8 m3 x 0.344   2.75
      block 2 (8 to 20 m3): 7 m3 x 0.457  3.20
      ----------------------------------------
      total                               7.15
    """
    if not (0 <= consumption_m3_month < np.inf):
        raise PolicyError(f"a consumption of {consumption_m3_month:g} m3: give 0 or more")
    if category not in schedule.categories:
        names = list(schedule.categories)
        message = f"there is no category {category!r}; {near(category, names)}categories are "
        raise PolicyError(message + ", ".join(names))
    own = schedule.categories[category]
    flat = unmetered and own.unmetered_charge_month is not None
    if sewer and not own.sewer_share_of_water_bill and not own.sewer_price_m3:
        raise PolicyError("the schedule has no price for sewerage")
    billed = own.billed_m3(consumption_m3_month, unmetered=unmetered)
    lines = _flat(own) if flat else _lines(own, billed)
    return Bill(
        title=title,
        currency=currency,
        category=category,
        unmetered=unmetered,
        sewer=sewer,
        consumption_m3_month=float(consumption_m3_month),
        billed_m3=float(consumption_m3_month) if flat else billed,
        lines=lines + _sewer(own, billed, lines) if sewer else lines,
    )


def _flat(own: CategorySchedule) -> tuple[BillLine, ...]:
    charge = own.unmetered_charge_month or 0.0
    return (BillLine("unmetered charge", np.nan, np.nan, 1.0, charge, 1.0, charge),)


def _lines(own: CategorySchedule, billed_m3: float) -> tuple[BillLine, ...]:
    """Return the fixed charge and every block that is reached."""
    factors = own.factors or (1.0,) * (len(own.price_m3) + 1)
    fixed = own.fixed_charge_month
    lines = [BillLine("fixed charge", np.nan, np.nan, 1.0, fixed, factors[0], fixed)]
    return (*lines, *_blocks("block", billed_m3, own.blocks_m3, own.price_m3, factors[1:]))


def _sewer(
    own: CategorySchedule, billed_m3: float, water: tuple[BillLine, ...]
) -> tuple[BillLine, ...]:
    """Return the lines for sewerage: a share of the water bill, or charge and blocks."""
    if not own.sewer_price_m3:
        whole, share = sum(line.amount_month for line in water), own.sewer_share_of_water_bill
        return (BillLine(SHARE, np.nan, np.nan, whole, share, 1.0, whole * share),)
    fixed, prices = own.sewer_fixed_charge_month, own.sewer_price_m3
    head = BillLine("sewer fixed charge", np.nan, np.nan, 1.0, fixed, 1.0, fixed)
    ones = (1.0,) * len(prices)
    return (head, *_blocks("sewer block", billed_m3, own.sewer_blocks_m3, prices, ones))


def _blocks(
    word: str,
    billed_m3: float,
    limits: tuple[float, ...],
    prices: tuple[float, ...],
    factors: tuple[float, ...],
) -> list[BillLine]:
    """Return a line for every block that is reached."""
    edges = (0.0, *limits, np.inf)
    volumes = block_volumes(np.array([billed_m3]), limits)[0].tolist()
    return [
        BillLine(f"{word} {b + 1}", edges[b], edges[b + 1], m3, price, factors[b], m3 * price)
        for b, (m3, price) in enumerate(zip(volumes, prices, strict=True))
        if m3 > 0
    ]
