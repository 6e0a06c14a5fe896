"""The texts of the page, found in its own scripts, in the reader's language."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from optimizer.messages.words import Words

__all__ = ["page_texts", "texts_of_the_page"]

TEXT = re.compile(r"""\bt\("((?:[^"\\]|\\.)*)"\)""")


def page_texts(words: Words) -> dict[str, str]:
    """Return every text of the page by its English, in one language."""
    return {english: words(english) for english in texts_of_the_page()}


@cache
def texts_of_the_page() -> tuple[str, ...]:
    """Return the English texts that the scripts of the page show: what stands in ``t("...")``.

    Examples
    --------
    >>> "Promises" in texts_of_the_page()
    True
    """
    home = files("optimizer.workbench").joinpath("assets")
    scripts = sorted(file.name for file in home.iterdir() if file.name.endswith(".js"))
    found = (TEXT.findall(home.joinpath(name).read_text(encoding="utf-8")) for name in scripts)
    named = ("alone", "together")
    return tuple(sorted({text for texts in found for text in texts} | set(named)))
