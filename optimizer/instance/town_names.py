"""Towns as people call them: by key, by name, or by name with zone or key where two share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from optimizer.errors import PolicyError
from optimizer.instance.reading.findings import near, plain

__all__ = ["TownNames"]


@dataclass(frozen=True, eq=False)
class TownNames:
    """The towns of a region, and what each may be called.

    A key goes before any name. Names are compared without accents, case and punctuation; a key
    that lost its leading zeros in a spreadsheet is understood where no other town fits.

    Parameters
    ----------
    names : mapping of str to str
        Name of each town, by key.
    zones : mapping of str to str
        Zone (province) of each town, empty where there is none.

    Examples
    --------
    >>> towns = TownNames({"0101": "San José", "0202": "San Jose", "0303": "Sauce"},
    ...                   {"0101": "Lamas", "0202": "Rioja", "0303": "Lamas"})
    >>> towns.key("sauce"), towns.key("303"), towns.key("San José (Rioja)")
    ('0303', '0303', '0202')
    >>> [towns.label(key) for key in towns.names]
    ['San José (Lamas)', 'San Jose (Rioja)', 'Sauce']
    >>> towns.key("san jose")
    Traceback (most recent call last):
    optimizer.errors.PolicyError: several towns are called 'san jose': San José (Lamas) is 0101,
    San Jose (Rioja) is 0202; give a key
    """

    names: Mapping[str, str]
    zones: Mapping[str, str]
    _meant: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _labels: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the names."""
        labels = self._labelled()
        meant: dict[str, tuple[str, ...]] = {}
        for words in (self.names, labels):
            for key, name in words.items():
                own = plain(name)
                if own and key not in meant.get(own, ()):
                    meant[own] = (*meant.get(own, ()), key)
        object.__setattr__(self, "_labels", labels)
        object.__setattr__(self, "_meant", meant)

    @classmethod
    def of(cls, towns: pd.DataFrame) -> TownNames:
        """Return the names of a region's towns; the key is the index or the column ``town``."""
        frame = towns if "town" not in towns.columns else towns.set_index("town")
        keys = [str(key) for key in frame.index]
        names, zones = (
            frame[column].fillna("").astype(str) if column in frame.columns else [""] * len(keys)
            for column in ("name", "zone")
        )
        return cls(dict(zip(keys, names, strict=True)), dict(zip(keys, zones, strict=True)))

    def label(self, key: str) -> str:
        """Return what to print: the name, with the zone or the key where two towns share it."""
        return self._labels.get(key, key)

    def meant(self, text: str) -> tuple[str, ...]:
        """Return the keys of the towns that a text may mean; none, one or several."""
        if text in self.names:
            return (text,)
        found = self._meant.get(plain(text), ())
        if found or not text.isdigit():
            return found
        bare = text.lstrip("0")
        same = tuple(key for key in self.names if key.isdigit() and key.lstrip("0") == bare)
        return same if len(same) == 1 else ()

    def keyed(self, text: str) -> str:
        """Return the key of the town that a text means, the text itself where that is open."""
        found = self.meant(text)
        return found[0] if len(found) == 1 else text

    def key(self, text: str) -> str:
        """Return the key of the town that a text means.

        Raises
        ------
        PolicyError
            If no town, or several, are called so; what to choose from is told.
        """
        found = self.meant(text)
        if len(found) == 1:
            return found[0]
        if found:
            message = f"several towns are called {text!r}: {self._told(found)}; give a key"
            raise PolicyError(message)
        raise PolicyError(f"there is no town {text!r}; {self.hint(text)}".rstrip("; "))

    def hint(self, text: str) -> str:
        """Return what to write instead of a text that names no town, or several."""
        found = self.meant(text)
        if len(found) > 1:
            return f"several towns are called so: {self._told(found)}; "
        return near(text, [*self.names, *self._labels.values()])

    def _told(self, keys: Iterable[str]) -> str:
        return ", ".join(f"{self.label(key)} is {key}" for key in keys)

    def _labelled(self) -> dict[str, str]:
        shared = Counter(plain(name) for name in self.names.values())
        placed = Counter((plain(n), plain(self.zones.get(k, ""))) for k, n in self.names.items())
        labels = {}
        for key, name in self.names.items():
            zone = self.zones.get(key, "")
            if shared[plain(name)] > 1:
                alone = zone and placed[plain(name), plain(zone)] == 1
                labels[key] = f"{name} ({zone if alone else key})" if name else key
            else:
                labels[key] = name or key
        return labels
