"""Names as matplotlib can draw them."""

from __future__ import annotations

import unicodedata
from functools import cache

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path
from matplotlib.ticker import ScalarFormatter

from optimizer.messages.words import Words

__all__ = ["drawable", "local_ticks", "map_name", "text_size"]

_LONGEST, _SHORT = 30, 16


def drawable(text: str, *, most: int = _LONGEST) -> str:
    r"""Return a text of at most ``most`` characters that the default font can draw.

    Control characters go, glyphs that the font lacks become a white square, and a text that is too
    long ends with three dots.

    Examples
    --------
    >>> drawable("San Martín"), drawable("a" * 40, most=5), drawable("tab\tnew\nline")
    ('San Martín', 'aaaa…', 'tab new line')
    """
    plain = " ".join(text.split())
    known = _characters()
    letters = (c for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Mn") or c == " ")
    shown = "".join(c if ord(c) in known else "□" for c in letters)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def map_name(name: str) -> str:
    """Return a town's name for a map: without what stands in brackets where it is long.

    Examples
    --------
    >>> map_name("Roque (Alonso de Alvarado)"), map_name("Lima (Peru)")
    ('Roque', 'Lima (Peru)')
    """
    short = name if len(name) <= _SHORT else name.split(" (", maxsplit=1)[0]
    return drawable(short, most=_LONGEST)


@cache
def _characters() -> frozenset[int]:
    """Return the characters that the default font has."""
    return frozenset(get_font(findfont(FontProperties())).get_charmap())


def text_size(text: str, points: float, *, bold: bool = False) -> tuple[float, float]:
    """Return width and height of a line of text in points, without drawing it.

    Examples
    --------
    >>> text_size("San Martin", 8.0)[0] > text_size("Rioja", 8.0)[0]
    True
    """
    font = FontProperties(weight="bold" if bold else "normal", size=points)
    if not text.strip():
        return 0.0, points
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width), points * 1.05


class _Local(ScalarFormatter):
    """Numbers of an axis as a reader writes them."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self._words.separated(super().__call__(x, pos))


def local_ticks(ax: Axes, words: Words) -> None:
    """Let the axes that show plain numbers show them as the reader writes them."""
    for axis in (ax.xaxis, ax.yaxis):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(_Local(words))
