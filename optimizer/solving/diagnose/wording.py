"""Words and numbers of a diagnosis: towns by name and key, amounts rounded outward."""

from __future__ import annotations

import math
from collections.abc import Iterable

from optimizer.instance.instance import Instance

__all__ = [
    "at_least_share",
    "hours_text",
    "money_text",
    "named",
    "round_down",
    "round_money",
    "round_up",
    "share_text",
]


def named(instance: Instance, towns: Iterable[str], *, most: int = 4) -> str:
    """Return towns by name and key, the first few of them.

    Examples
    --------
    >>> import optimizer as op
    >>> pair = op.read("instances/pair")
    >>> named(pair, pair.towns.index)
    'Alba (alba) and Brisa (brisa)'
    """
    keys = list(dict.fromkeys(towns))
    words = [_one(instance, key) for key in keys[:most]]
    if len(keys) > most:
        words.append(f"{len(keys) - most} more")
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def _one(instance: Instance, key: str) -> str:
    name = str(instance.towns.loc[key, "name"])
    return key if name in {"", key} else f"{name} ({key})"


def round_up(value: float, step: float) -> float:
    """Return the smallest multiple of a step that is not below the value.

    Examples
    --------
    >>> round_up(2.40001, 0.01), round_up(2.4, 0.01)
    (2.41, 2.4)
    """
    rounded = _tidy(math.ceil(value / step - 1e-9) * step)
    return rounded if rounded >= value else _tidy(rounded + step)


def round_down(value: float, step: float) -> float:
    """Return the largest multiple of a step that is not above the value.

    Examples
    --------
    >>> round_down(2.419, 0.01), round_down(2.4, 0.01)
    (2.41, 2.4)
    """
    return -round_up(-value, step)


def _tidy(value: float) -> float:
    return float(f"{value:.12g}")


def round_money(value: float) -> float:
    """Return money rounded up: to 6 figures, and to cents at the finest.

    Examples
    --------
    >>> round_money(1234567.2), round_money(12.341)
    (1234570.0, 12.35)
    """
    if value <= 0:
        return 0.0
    return round_up(value, max(0.01, 10.0 ** (math.floor(math.log10(value)) - 5)))


def at_least_share(value: float) -> float:
    """Return a share rounded up to 0.0001, at most 1."""
    return min(1.0, round_up(value, 1e-4))


def money_text(value: float, instance: Instance) -> str:
    """Return money per year with its currency."""
    digits = 0 if abs(value) >= 1000 else 2
    return f"{value:,.{digits}f} {instance.currency} a year"


def hours_text(value: float) -> str:
    """Return hours with as many decimals as needed, up to four.

    Examples
    --------
    >>> hours_text(2.4), hours_text(2.0), hours_text(1.23456)
    ('2.4 h', '2 h', '1.2346 h')
    """
    return f"{value:.4f}".rstrip("0").rstrip(".") + " h"


def share_text(value: float) -> str:
    """Return a share with up to four decimals.

    Examples
    --------
    >>> share_text(0.03)
    '0.03'
    """
    return f"{value:.4f}".rstrip("0").rstrip(".")
