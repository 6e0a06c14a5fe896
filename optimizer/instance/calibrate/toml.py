"""A calibration as a section of ``instance.toml``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import pandas as pd

from optimizer.instance.calibrate.service import COSTS, ServiceFit
from optimizer.instance.schema.fields import Costs
from optimizer.record import unit_of

__all__ = ["costs_text"]


def costs_text(
    costs: pd.Series,
    fit: ServiceFit,
    *,
    source: str,
    level: float,
    overhead_year: float,
    money_factor: float,
    findings: Iterable[str],
) -> str:
    """Return ``[costs]`` with the three costs, and comments on their source and their limits.

    Figures have four digits. Names from the table are kept on one line, so that they stay
    comments.

    Parameters
    ----------
    costs : pandas.Series
        The three costs in the instance's money.
    fit : ServiceFit
        Where they come from, in the table's money.
    source, level, overhead_year, money_factor
        See :class:`~optimizer.instance.calibrate.Calibration`.
    findings : iterable of str
        What the table tells and what it cannot.
    """
    size = fit.rows["connections"]
    service = f"service {_plain(fit.service)}, " if fit.service else ""
    lines = _comment(
        f"Source: {_plain(source)}, {service}{len(size):,} providers of {size.min():,.0f} to "
        f"{size.max():,.0f} connections. Fit: median regression in logarithms (half of the "
        "providers cost more, half less); in brackets what "
        f"{100 * level:.0f} % of the bootstrap draws give."
    )
    for name in COSTS:
        value, low, high = fit.interval(name)
        text = f"{name}: {_four(value)} ({_four(low)} to {_four(high)})"
        lines += _comment(f"{text} in the table's money.")
    if overhead_year:
        text = f"{_four(overhead_year)} a year of the fixed cost is taken out: it is the overhead "
        lines += _comment(f"{text}of the smallest operator model.")
    if money_factor != 1.0:
        lines += _comment(f"Money of the table times {money_factor:.6g} is money of the instance.")
    lines.append("# What the table tells and what it cannot:")
    for sentence in findings:
        lines += _comment(_plain(sentence), first="# - ", rest="#   ")
    lines.append("[costs]")
    lines += [f"{c} = {_toml_number(costs[c])}  # {unit_of(Costs, c)}" for c in COSTS]
    return "\n".join(lines) + "\n"


def _comment(text: str, *, first: str = "# ", rest: str = "# ") -> list[str]:
    return textwrap.wrap(text, 98, initial_indent=first, subsequent_indent=rest)


def _plain(text: str) -> str:
    """Return a text without control characters, so that it cannot end a comment."""
    return "".join(c if c.isprintable() else " " for c in text)


def _four(value: float) -> str:
    """Return a number with four digits."""
    rounded = float(f"{value:.4g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}"


def _toml_number(value: float) -> str:
    rounded = float(f"{value:.4g}")
    return f"{rounded:.1f}" if rounded == round(rounded) else repr(rounded)
