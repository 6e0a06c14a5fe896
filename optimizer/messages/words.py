"""One language: its labels, its messages with the names of towns, its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from optimizer.errors import OptimizerError
from optimizer.messages.catalogue import LANGUAGES, Language, catalogue, separators
from optimizer.messages.message import Listed, Message, Town, Value, filled, places
from optimizer.plain_numbers import figure

__all__ = ["LANGUAGES", "STATUS", "Words", "words_of"]

STATUS: Mapping[str, str] = {
    "optimal": "proven best",
    "within_gap": "proven to be within the gap that was asked for",
    "time_limit": "best plan found; the search ended before it was proven",
    "interrupted": "best plan when the computation was stopped",
    "infeasible": "no plan keeps every promise",
    "unconfirmed": "not to be used: its own figures do not bear out what was found",
    "evaluated": "a given grouping with its best tariffs",
}
"""How sure a plan is, in words."""


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Call it with an English text to get the text in that language, its places ``{name}`` filled
    from the values that follow. A text that the catalogue lacks stays English.

    Attributes
    ----------
    language : {"en", "es", "pt"}
        The language.
    table : dict of str
        Its texts by their English.
    names : mapping of str to str
        Names of towns by key, for messages.

    Examples
    --------
    >>> words_of("es")("Service areas"), words_of("pt")("{n} towns", n=1200)
    ('Áreas de prestación', '1200 localidades')
    """

    language: Language
    table: dict[str, str]
    names: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, english: str, **values: Value) -> str:
        """Return the text in this language."""
        text = self.table.get(english, english)
        formats = places(english) if values else {}
        shown = {name: self._value(v, formats.get(name, "")) for name, v in values.items()}
        return filled(text, english, shown)

    def said(self, text: str) -> str:
        """Return a message in this language, towns by their names; other texts stay.

        Examples
        --------
        >>> far = Message("{town} is not served", town=Town("b7"))
        >>> words_of("es").said(far), words_of("pt").named({"b7": "Brisa"}).said(far)
        ('b7 no es atendida', 'Brisa não é atendida')
        """
        return self(text.id, **text.values) if isinstance(text, Message) else text

    def named(self, names: Mapping[str, str]) -> Words:
        """Return the same language with names for the keys of towns."""
        return replace(self, names=names)

    def number(self, value: float, form: str = ",.0f") -> str:
        """Return a number in this language, rounded as Python's format says.

        Examples
        --------
        >>> words_of("pt").number(1234.5, ",.2f"), words_of("en").number(1234.5, ",.2f")
        ('1.234,50', '1,234.50')
        """
        return self.separated(figure(value, form))

    def separated(self, english: str) -> str:
        """Return a number written in English with the separators of this language."""
        return english.translate(separators(self.language))

    def unit(self, unit: str, currency: str) -> str:
        """Return a unit of a plan column for people, with the currency instead of "money".

        Examples
        --------
        >>> words_of("es").unit("money/month or money/m3", "PEN")
        'PEN/mes o PEN/m³'
        """
        return self(unit).replace("m3", "m³").replace("money", currency)

    def count(self, number: float, one: str, many: str) -> str:
        """Return a number with its noun, given as English texts with the place ``{n}``."""
        return self(one if round(number) == 1 else many, n=self.number(number))

    def _value(self, value: Value, form: str) -> str:
        if isinstance(value, Message):
            return self.said(value)
        if isinstance(value, str):
            return value
        if isinstance(value, Town):
            return self.names.get(value.key, value.key)
        if isinstance(value, Listed):
            return self._row(value)
        return self.number(value, form)

    def _row(self, listed: Listed) -> str:
        shown = [self._value(item, "") for item in listed.items]
        shown += [self("{n} more", n=listed.more)] * bool(listed.more)
        if listed.joined or len(shown) < 2:
            return listed.joined.join(shown)
        return self("{one} and {other}", one=", ".join(shown[:-1]), other=shown[-1])


def words_of(language: str) -> Words:
    """Return the words of a language.

    Parameters
    ----------
    language : {"en", "es", "pt"}
        English, Spanish or Portuguese.

    Raises
    ------
    OptimizerError
        If the language is another one.
    """
    for known in get_args(Language):
        if known == language:
            return Words(known, catalogue(known))
    message = f"language {language!r} is unknown; choose one of {', '.join(LANGUAGES)}"
    raise OptimizerError(message)
