"""What audit and diagnosis say and how data were derived, in any language, towns by their names.

The audit writes English sentences with the keys of towns. Each kind of sentence is a row of the
table of labels, with places for what differs; a sentence is recognised by its row, and written
again from that row's text in the other language. A sentence that no row knows stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from optimizer.report.labels import Words
from optimizer.report.reasons import reason_in, template_pattern

__all__ = ["DERIVED", "MESSAGES", "said"]

MESSAGES: tuple[str, ...] = (
    "{rule}: broken once: {message}",
    "{rule}: broken {n} times, worst: {message}",
    "{town} is {hours} h from its seat {seat}, the reach is {limit} h",
    "{town} is in zone {zone}, its seat in {other_zone}",
    "no operator may sit in {seat}",
    "no operator sits in {town}, which is a fixed seat",
    "area {area} has {n} connections, {model} takes {limit} at least",
    "area {area} has {n} connections, {model} takes {limit} at most",
    "area {area} has {n} ({unit}), {name} is {limit} at least",
    "area {area} has {n} ({unit}), {name} is {limit} at most",
    "area {area} is in {n} parts: no neighbour leads from {seat} to {towns}",
    "{town} must share an operator with {other}",
    "{town} may not share an operator with {other}",
    "{n} operators, {limit} are wanted at least",
    "{n} operators, {limit} are allowed at most",
    "{group} pays {amount} a month, {limit} is affordable",
    "{group}: support of {amount} a month, at most {limit}",
    "{town} pays {amount} a year, alone it would cost {limit}",
    "income of {amount} a year, of the {limit} required",
    "income of {amount} a year, more than the {limit} required",
    "an operating subsidy of {amount} a year is not allowed",
    "an operating subsidy of {amount} a year is negative",
    "public money of {amount} a year, the budget is {limit}",
    "a transfer of {amount} a year without a regional tariff",
    "transfers sum to {amount} a year, not to zero",
    "{name} costs {amount}, more than {times} times {other_name} at {limit}",
    "fixed charge {amount} of a reference bill of {whole}: more than the share {limit}",
    "{towns} pay {amount} a year in area {area}, by themselves they would cost {limit}",
    "a balance of {amount} a year, a subsidy of {limit}",
    "sewer bill of {amount} for {use} m3, at most {limit}",
    "sewer fixed charge of {amount} for {use} m3, at most {limit}",
    "the schedule of {town} is no multiple of a shape of the menu",
    "a saving of {amount} by refined schedules without a menu",
    "the refined schedules cost {amount} more than those of the menu",
    "no price for {name}",
    "no way from the seat to {town} is known",
    "travel to {town} takes {hours} h, the plan says {limit} h",
    "travel to {town} is from the {source}, not {other_source}",
    "{town} is not served",
    "{town} is served {n} times",
    "{town} is not a town of the instance",
    "{town} is served by {area}, which is not an area of the plan",
    "the seat {seat} of area {area} is not served by it",
    "area {area} has no town",
    "{town} can stand alone and has no bill for it",
    "no operator model is made for {town} alone, yet it has a bill for it",
    "the bound {amount} is above the objective {limit}",
    "the objective is {amount}, recomputed {limit}",
    "{what} is {amount}, recomputed {limit}",
    "{what} is {amount}, it should be {limit}",
    "no plan keeps every promise; there is nothing to audit",
    "{rule}: {message}",
)
"""The kinds of sentences, the more particular before the more general."""

DERIVED: tuple[str, ...] = (
    "{amount}, from [costs]",
    "{amount}, from [demand]",
    "not known, so consumption there stays as it is whatever the price",
    "{amount}, from [incomes]",
    "population / {amount} persons per connection",
    "annuity at {rate} over {n} years of the asset value",
    "annuity at {rate} over {n} years of {amount} per connection, from [costs]",
    "annuity at {rate} over {n} years of {amount}, from [costs]",
    "the town's key",
    "the town's mean",
    "rounded shares of a town scaled to sum to 1",
    "{n} equal groups of a lognormal with the town's mean and Gini",
    "poverty rate, line of {amount} per household, and Gini",
    "rows of a town to itself left out",
    "pairs with different hours there and back; each direction used as given",
    "pairs given in one direction only; used both ways",
    "pairs of towns not in the travel table; from roads or the straight line, if at all",
    "repeated pairs left out",
    "no speed_km_h or road_class; {speed} km/h from [travel]",
    "road class without a speed in [travel]; {speed} km/h",
    "the column highway",
    "maxspeed that is no number of km/h or mph, not used",
    "maxspeed, the highest speed allowed, which is seldom driven",
    "speeds of road classes that no road has, or needs",
    "no roads: speeds by road class are not used",
    "{what} falsifies lengths along roads by up to {rate} %",
    "polygons of other towns left out",
    "towns without a polygon",
    "towns that lie outside their own polygon",
    "rows without geometry left out",
    "broken geometry repaired",
    "rows not used: instance.toml has no [horizon]",
    "polygons joined to their town's",
    "rows that are not lines left out",
    "rows that are not polygons left out",
    "towns at the same place as another; no travel between them unless a table says so",
    "numbers with a decimal comma, read as a point",
    "read as {label}, not UTF-8: check the accents",
)
"""How a datum was derived, the more particular before the more general."""

_NAMED = ("town", "seat", "other", "area")


def said(text: str, words: Words, names: Mapping[str, str]) -> str:
    """Return a sentence of the audit, or a reason, in the language of the page.

    Parameters
    ----------
    text : str
        The sentence, in English.
    words : Words
        The language.
    names : mapping of str to str
        Name of each town by its key.

    Examples
    --------
    >>> from optimizer.report.labels import words_of
    >>> text = "reach: broken once: b7 is 2.5 h from its seat a1, the reach is 2 h"
    >>> said(text, words_of("en"), {"b7": "Brisa", "a1": "Alba"})
    'reach: broken once: Brisa is 2.5 h from its seat Alba, the reach is 2 h'
    >>> said(text, words_of("es"), {"b7": "Brisa", "a1": "Alba"})
    'reach: incumplido una vez: Brisa está a 2.5 h de su sede Alba; el alcance es 2 h'
    """
    reason = reason_in(text, words)
    if reason:
        return reason
    for template in (*DERIVED, *MESSAGES):
        found = template_pattern(template).fullmatch(text)
        if found is None:
            continue
        values = found.groupdict()
        if "message" in values:
            inner = said(values["message"], words, names)
            if template == "{rule}: {message}" and inner == values["message"]:
                continue
            values["message"] = inner
        for place in _NAMED:
            if place in values:
                values[place] = names.get(values[place], values[place])
        if "towns" in values:
            keys = re.split(r"([,;] )", values["towns"])
            values["towns"] = "".join(names.get(key, key) for key in keys)
        return words(template, **values)
    return text
