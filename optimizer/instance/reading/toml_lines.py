"""Where a key of a TOML text stands, which :mod:`tomllib` does not tell."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["TomlLines"]

HEAD = re.compile(r"\s*(\[\[?)([^\[\]#]+)\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")


class TomlLines:
    r"""Lines of the keys and sections of a TOML text.

    Keys inside inline tables and multi-line texts are not looked into; they get the line of the
    key that holds them.

    Examples
    --------
    >>> lines = TomlLines("crs = 1\n[[sources]]\ntitle = 2\n[[sources]]\ntitle = 3\n")
    >>> lines.of("crs"), lines.of("sources", 1, "title"), lines.of("sources", 1, "licence")
    (1, 5, 4)
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        seen: Counter[str] = Counter()
        section: tuple[str | int, ...] = ()
        self._texts = text.split("\n")
        for number, line in enumerate(self._texts, start=1):
            if head := HEAD.match(line):
                name = re.sub(r'["\s]', "", head[2])
                section = tuple(name.split("."))
                if head[1] == "[[":
                    section = (*section, seen[name])
                    seen[name] += 1
                self._lines.setdefault(section, number)
            elif key := KEY.match(line):
                self._lines.setdefault((*section, key[1] or key[2] or key[3]), number)

    def of(self, *path: str | int) -> int | None:
        """Return the line of a key, or of the nearest thing around it that has one."""
        for end in range(len(path), 0, -1):
            if path[:end] in self._lines:
                return self._lines[path[:end]]
        return None

    def text(self, *path: str | int) -> str:
        """Return the text of the line of a key, empty where it is not known."""
        line = self.of(*path)
        return "" if line is None else self._texts[line - 1]
