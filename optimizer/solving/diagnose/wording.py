"""Words and numbers of a diagnosis: towns by name and key, amounts rounded outward."""

from __future__ import annotations

import math
from collections.abc import Iterable

from optimizer.instance.instance import Instance
from optimizer.messages.message import Listed, Message

__all__ = [
    "at_least_share",
    "money_text",
    "named",
    "reason",
    "round_down",
    "round_money",
    "round_up",
    "short",
    "together",
]


def named(instance: Instance, towns: Iterable[str], *, most: int = 4) -> Listed:
    """Return towns by name and key, the first few of them.

    Examples
    --------
    >>> import optimizer as op
    >>> pair = op.read("instances/pair")
    >>> str(named(pair, pair.towns.index))
    'Alba (alba) and Brisa (brisa)'
    """
    keys = list(dict.fromkeys(towns))
    shown = tuple(_one(instance, key) for key in keys[:most])
    return Listed(shown, more=max(0, len(keys) - most))


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


def money_text(value: float, instance: Instance) -> Message:
    """Return money per year with its currency."""
    return Message(
        "{amount:,.0f} {currency} a year"
        if abs(value) >= 1000
        else "{amount:,.2f} {currency} a year",
        amount=value,
        currency=instance.currency,
    )


def short(value: float) -> Message:
    """Return hours or a share with as many decimals as needed, up to four.

    Examples
    --------
    >>> short(2.4), short(2.0), short(1.23456), short(0.03)
    ('2.4', '2', '1.2346', '0.03')
    """
    return Message("{n:.12g}", n=round(value, 4))


def reason(promise: str, *parts: Message) -> Message:
    """Return a finding: the promise, what is in the way, and what to do.

    Examples
    --------
    >>> reason("core", Message("some would leave"), Message("set core to no"))
    'core: some would leave; set core to no'
    """
    return Message("{rule}: {parts}", rule=promise, parts=Listed(parts, joined="; "))


def together(one: Message, other: Message) -> Message:
    """Return two reasons of which both must bend."""
    return Message("{one}; together with {other}", one=one, other=other)
