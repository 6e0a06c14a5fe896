"""A calibration as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

import pandas as pd

from optimizer.instance.calibrate.limits_of_data import scale_shows
from optimizer.instance.calibrate.service import COSTS, Interval, ServiceFit

__all__ = ["words_of"]

_SHOWN = {
    "providers": "providers",
    "unit_cost_lower_quartile": "quarter below",
    "unit_cost_median": "median",
    "unit_cost_upper_quartile": "quarter above",
    "unit_cost_fitted": "fit",
}


def words_of(
    fits: Mapping[str, ServiceFit],
    service: str,
    *,
    source: str,
    read: int,
    dropped: pd.DataFrame,
    sizes: pd.DataFrame,
    level: float,
    findings: Iterable[str],
) -> str:
    """Return what was read and dropped, the costs by service and size, and what they cannot tell.

    Parameters
    ----------
    fits, service, source, read, dropped, sizes, level, findings
        See :class:`~optimizer.instance.calibrate.Calibration`.
    """
    used = sum(len(fit.rows) for fit in fits.values())
    lines = [f"{source}: {used:,} of {read:,} providers fitted"]
    lines += [f"  left out {count:,}: {why}" for why, count in dropped["providers"].items()]
    lines += ["", f"median provider, in brackets {100 * level:.0f} % of bootstrap draws"]
    for name, fit in fits.items():
        lines += _fit_lines(name, fit, chosen=name == service and len(fits) > 1)
    lines += ["", f"cost per connection and year by size, {service or 'all'}"]
    shown = pd.DataFrame(sizes.loc[[service]].droplevel("service")[list(_SHOWN)])
    shown = shown.rename(columns=_SHOWN).round(0).astype("int64").rename_axis(index=None)
    lines += [f"  {line}" for line in shown.to_string().splitlines()]
    lines += ["", "what the table tells and what it cannot"]
    for sentence in findings:
        lines += textwrap.wrap(sentence, 98, initial_indent="- ", subsequent_indent="  ")
    return "\n".join(lines)


def _fit_lines(name: str, fit: ServiceFit, *, chosen: bool) -> list[str]:
    mark = " (written as [costs])" if chosen else ""
    shows = "shows" if scale_shows(fit) else "does not show"
    fixed, each = (_shown(fit.interval(cost)) for cost in COSTS[:2])
    m3 = _shown(fit.interval(COSTS[2]), digits=3)
    slope = _shown(fit.interval("elasticity"), digits=2)
    return [
        f"  {name or 'all'}: {len(fit.rows):,} providers{mark}",
        f"    fixed {fixed} a year, {each} per connection and year",
        f"    per m3 {m3 if fit.volume in ('measured', 'fitted') else fit.volume}",
        f"    1 % more connections cost {slope} % more: an economy of scale {shows}",
    ]


def _shown(interval: Interval, *, digits: int = 0) -> str:
    value, low, high = (f"{figure:,.{digits}f}" for figure in interval)
    return f"{value} ({low} to {high})"
