"""Why there is no plan, or no path, in any language: which promise must bend, and by how much.

The engine writes a reason as ``promise: what is; what to do``, several promises joined by
``; together with``. Each part is a row of the table of labels, with places for what differs.
"""

from __future__ import annotations

import re
from functools import cache

from optimizer.messages.words import Words

__all__ = ["PARTS", "reason_in", "template_pattern"]

PARTS: tuple[str, ...] = (
    "in every grouping some towns would do better by leaving",
    "in the cheapest, {towns} by {amount} a year",
    "set core to no (optimizer stability then says what would keep them)",
    "set core to no",
    "it was not settled whether core can be kept",
    "with at most {n}, some towns would leave any grouping",
    "some of {towns} would leave",
    "give up the set, or raise reach_hours to {limit} (from {seat})",
    "give up the set or raise connections_most",
    "give up the set",
    "give up {n} set of {field}",
    "give up {n} sets of {field}",
    "no plan keeps {towns} under one operator",
    "no plan keeps {towns} under different operators",
    "no plan has an operator sitting in {towns}",
    "give up {n} fixed seat",
    "give up {n} fixed seats",
    "no plan has more than {n} operator",
    "no plan has more than {n} operators",
    "no plan has fewer than {n} operator",
    "no plan has fewer than {n} operators",
    "change {field} from {n} to {limit}",
    "bills within {share} of income cannot bring in what the operators require with the public "
    "money allowed",
    "a plan needs {amount} a year of public money",
    "tariffs within the limits leave a gap of {amount} a year (areas of {towns})",
    "tariffs within the limits leave a gap of {amount} a year",
    "set operating_subsidy to yes or raise affordable_share",
    "set operating_subsidy to yes",
    "{towns} would have to pay {amount} a year more than alone",
    "set participation to no, or grant that sum",
    "within {hours} h no plan serves every town",
    "the nearest that would do is {limit} h, to serve {pairs}",
    "the nearest that would do is {limit} h",
    "{towns} can only be served from another zone, by {seat}",
    "set same_zone to no, or change the column zone of towns.csv",
    "an operator would have to sit in {towns}",
    "set seat_allowed to yes there in towns.csv",
    "{n} border is missing: no chain of neighbours in one area leads to {pairs}",
    "{n} borders are missing: no chain of neighbours in one area leads to {pairs}",
    "set connected to no, or add the pairs to adjacency.csv where a service across is possible",
    "no operator model fits the connections of {towns}: {n}, less than {model} accepts",
    "no operator model fits the connections of {towns}: {n}, more than {model} can run",
    "{towns}: {n}, less than {model} accepts",
    "{towns}: {n}, more than {model} can run",
    "lower {field} of {model} from {n} to {limit}",
    "raise {field} of {model} from {n} to {limit}",
    "with less public money toward the bills of protected households, tariffs cannot cover what "
    "the operators require",
    "no travel is known from any possible seat to {towns}",
    "add it to travel.csv or roads, set travel.derive_missing to yes, or allow a seat there",
    "the nearest possible seat is too far: {towns} ({n} towns in all)",
    "the nearest possible seat is too far: {towns}",
    "raise reach_hours from {n} to {limit}, or allow a seat nearer (seat_allowed, same_zone)",
    "{towns}: more connections than any operator model can run, by {n} at least",
    "raise connections_most",
    "{towns}: all towns that could share its operator together miss {n} connections to the "
    "smallest area that an operator accepts",
    "lower connections_least, raise reach_hours, or add an operator model for small areas",
    "{towns} together have {n} connections, more than any operator model can run ({limit})",
    "no possible seat reaches all of {towns} within {hours} h",
    "with one operator for all, {towns} would gain {amount} a year by leaving",
    "raise operators_most or set core to no",
    "the region falls into {n} parts that no operator within reach joins",
    "{n} towns must be kept apart",
    "{n} connections need {limit} operators of the largest model",
    "{n} seats are fixed",
    "{n} towns may hold a seat and {limit} connections make at most {areas} viable areas",
    "even if every town charged the most that its households can afford, at least {amount} a year "
    "would be missing, most of it around {towns}",
    "raise subsidy_budget_year or affordable_share",
    "no bend of the promises was found within {n} s",
    "loosen a promise (reach_hours, affordable_share, subsidy_budget_year) and try again",
    "none is allowed, and {place} lacks {amount} in {year}",
    "{place} needs {amount} more than {limit} at the end of {year}",
    "public money is {amount} above {limit} in {year}",
    "raise {field} from {n} to {limit}, and affordable_share_both by as much",
    "raise {field} from {n} to {limit}",
    "lower {field} from {n} to {limit}",
)
"""The parts of reasons, the more particular before the more general."""

NOT_PROVEN = " (not proven to be the least)"
NOT_DIAGNOSED = "not diagnosed"
AND_TOGETHER = "; together with "
_LISTS = ("towns", "pairs", "seat")
_ONE_WORD = ("field", "n", "limit", "hours", "year")


def reason_in(text: str, words: Words) -> str:
    """Return a reason in the language of the page; empty where it is no such reason.

    Parameters
    ----------
    text : str
        The reason, in English.
    words : Words
        The language.

    Examples
    --------
    >>> from optimizer.messages.words import words_of
    >>> text = "reach: within 1 h no plan serves every town; raise reach_hours from 1 to 2"
    >>> reason_in(text, words_of("es"))
    'reach: en 1 h ningún plan atiende a todas las localidades; subir reach_hours de 1 a 2'
    >>> reason_in("reach: something else", words_of("es"))
    ''
    """
    plain = text.removesuffix(NOT_PROVEN)
    told = [_promise(part, words) for part in plain.split(AND_TOGETHER)]
    if not all(told):
        return ""
    joined = words(AND_TOGETHER).join(told)
    return joined + (words(NOT_PROVEN) if plain != text else "")


def _promise(text: str, words: Words) -> str:
    """Return what one promise's reason says; empty where a part of it is not known."""
    found = re.fullmatch(r"([a-z_]+|not diagnosed): (.+)", text, flags=re.DOTALL)
    if found is None:
        return ""
    rule = words(NOT_DIAGNOSED) if found[1] == NOT_DIAGNOSED else found[1]
    parts = [_steps(part, words) for part in found[2].split("; ")]
    return f"{rule}: {'; '.join(parts)}" if all(parts) else ""


def _steps(text: str, words: Words) -> str:
    """Return a part, or several steps joined by ``and`` where each of them is known."""
    *steps, last = (_part(step, words) for step in text.split(" and "))
    if steps and last and all(steps):
        return words("{one} and {other}", one=", ".join(steps), other=last)
    return _part(text, words)


def _part(text: str, words: Words) -> str:
    for template in PARTS:
        found = template_pattern(template, one_word=_ONE_WORD).fullmatch(text)
        if found is not None:
            values = {
                place: _listed(value, words) if place in _LISTS else value
                for place, value in found.groupdict().items()
            }
            return words(template, **values)
    return ""


def _listed(text: str, words: Words) -> str:
    """Return a list of towns, or of towns with their seats, with the words between them."""
    again = re.sub(r"\b(\d+) more$", lambda m: words("{n} more", n=m[1]), text)
    pairs = [
        words("{town} from {seat}", town=town, seat=seat) if sep else town
        for town, sep, seat in (pair.partition(" from ") for pair in again.split(" and "))
    ]
    made = pairs[0]
    for other in pairs[1:]:
        made = words("{one} and {other}", one=made, other=other)
    return made


@cache
def template_pattern(template: str, *, one_word: tuple[str, ...] = ("rule",)) -> re.Pattern[str]:
    """Return what recognises a kind of sentence; some places are one word, all else is free text.

    Examples
    --------
    >>> template_pattern("{rule}: {n} towns").fullmatch("reach: 12 towns").groupdict()
    {'rule': 'reach', 'n': '12'}
    """
    parts = re.split(r"\{(\w+)\}", template)
    made = [
        re.escape(part)
        if k % 2 == 0
        else rf"(?P<{part}>{r'[^ :]+?' if part in one_word else '.+?'})"
        for k, part in enumerate(parts)
    ]
    return re.compile("".join(made), flags=re.DOTALL)
