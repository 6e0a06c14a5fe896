"""Every message in every language: no id without a translation, no translation without its id."""

from __future__ import annotations

import ast
import copy
import math
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import optimizer
from optimizer.messages.catalogue import catalogue
from optimizer.messages.message import Listed, Message, Town, places
from optimizer.messages.stored import parts_of, stored, taken, taken_text
from optimizer.messages.words import LANGUAGES, words_of

PACKAGE = Path(optimizer.__file__).parent
MAKERS = ("Message", "_step", "_lacking", "_sized")
"""Calls whose first texts are ids of messages."""
SAME = re.compile(r"\W*h?")
"""What is the same in every language: signs, and the h of hours."""


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def ids_in_code() -> set[str]:
    """Return the ids of all messages that the engine can make."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name == "messages":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "Message":
                found |= {text for argument in node.args for text in _texts(argument)}
            elif node.func.id in MAKERS:
                texts = {text for argument in node.args for text in _texts(argument)}
                found |= {text for text in texts if places(text)}
    return found


IDS = sorted(ids_in_code())
OTHERS = LANGUAGES[1:]


def filled(text: str) -> Message:
    """Return a message with a value of its own in every place."""
    values: dict[str, str | float] = {}
    for k, (name, form) in enumerate(places(text).items()):
        values[name] = 1000.25 * (k + 1) if form else f"v{k}"
    return Message(text, **values)


def test_there_are_messages() -> None:
    """The search finds those of audit, diagnosis, precheck, derived data and the years."""
    assert len(IDS) > 180
    for known in (
        "{town} is {hours:.4g} h from its seat {seat}, the reach is {limit:.4g} h",
        "no plan keeps {towns} under one operator",
        "{amount:g}, from [costs]",
        "give up the set",
        "{towns}: more connections than any operator model can run, by {n:,.0f} at least",
        "bridging_most: {area} needs {amount:,.0f} more than {limit:,.0f} at the end of {year}",
    ):
        assert known in IDS


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("text", IDS)
def test_a_message_is_told_in_every_language(text: str, language: str) -> None:
    message, words = filled(text), words_of(language)
    told = words.said(message)
    assert text in catalogue(words.language)
    for name, value in message.values.items():
        form = places(text)[name]
        shown = str(value) if isinstance(value, str) else words.number(float(str(value)), form)
        assert shown in told, (name, told)
    if not SAME.fullmatch(re.sub(r"{.*?}", "", text)):
        assert told != message
    assert words_of("en").said(message) == message


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_hold_the_same_texts_with_the_same_places(language: str) -> None:
    found = catalogue(words_of(language).language)
    assert sorted(found) == sorted(catalogue("es"))
    for english, text in found.items():
        assert sorted(places(english)) == sorted(places(text)), english
        assert not any(places(text).values()), f"the format stands in the id only: {text}"


def test_numbers_towns_and_lists_are_the_readers() -> None:
    far = Message(
        "{town} is {hours:.4g} h from its seat {seat}, the reach is {limit:.4g} h",
        town=Town("b7"),
        hours=2.5,
        seat=Town("a1"),
        limit=2.0,
    )
    broken = Message("{rule}: broken {n} times, worst: {message}", rule="reach", n=2, message=far)
    assert broken == (
        "reach: broken 2 times, worst: b7 is 2.5 h from its seat a1, the reach is 2 h"
    )
    names = {"b7": "Brisa", "a1": "Alba"}
    assert words_of("es").named(names).said(broken) == (
        "reach: incumplido 2 veces; el peor caso: Brisa está a 2.5 h de su sede Alba; "
        "el alcance es 2 h"
    )
    assert words_of("pt").named(names).said(broken) == (
        "reach: descumprida 2 vezes; o pior caso: Brisa está a 2,5 h de sua sede Alba; "
        "o alcance é 2 h"
    )
    several = Message("some of {towns} would leave", towns=Listed(("A", Town("b7")), more=3))
    assert several == "some of A, b7 and 3 more would leave"
    assert words_of("pt").named(names).said(several) == "alguma de A, Brisa e mais 3 sairia"


def test_joined_reasons() -> None:
    core = Message("{rule}: {parts}", rule="core", parts=Listed((Message("set core to no"),)))
    size = Message(
        "lower {field} of {model} from {n:,.0f} to {limit:,.0f}",
        field="connections_least",
        model="social",
        n=1000.0,
        limit=600.0,
    )
    both = Message("{one}; together with {other}", one=size, other=core)
    text = Message("{reason} (not proven to be the least)", reason=both)
    assert words_of("es").said(text) == (
        "bajar connections_least de social de 1,000 a 600; junto con core: poner core en no "
        "(no está demostrado que sea lo mínimo)"
    )
    assert words_of("pt").said(text) == (
        "baixar connections_least de social de 1.000 para 600; junto com core: pôr core em no "
        "(não está provado que seja o mínimo)"
    )


@pytest.mark.parametrize("text", IDS)
def test_messages_survive_files_copies_and_other_processes(text: str) -> None:
    message = filled(text)
    for other in (
        taken(stored(message)),
        taken_text(str(message), parts_of(message)),
        copy.deepcopy(message),
        pickle.loads(pickle.dumps(message)),  # noqa: S301 - made here
    ):
        assert (other, other.id, dict(other.values)) == (message, text, dict(message.values))


def test_what_a_file_says_is_not_trusted_with_formats_or_new_sentences() -> None:
    """A text that its parts do not give, or parts that are none, is told as it was written."""
    far = stored(Message("{town} is not served", town=Town("b7")))
    assert isinstance(far, dict)
    for parts in (
        {**far, "text": "b8 is not served"},
        {**far, "id": "{town:>9999999999}"},
        {**far, "values": {}},
        {**far, "values": 3},
        {"text": "x", "id": "{n:.4g}", "values": {"n": {"number": "many"}}},
    ):
        found = taken(parts)
        assert (found, found.id) == (parts["text"], "{text}")
    assert taken_text("older words", "{").id == "{text}"
    assert taken_text("older words", "[" * 100_000).id == "{text}"
    endless = Message("{what} is {amount}, recomputed {limit}", what="a", amount=math.inf, limit=1)
    assert taken(stored(endless)).values["amount"] == math.inf


def test_a_message_does_not_change() -> None:
    message = Message("{town} is not served", town=Town("b7"))
    with pytest.raises(AttributeError):
        message.id = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        message.values["town"] = Town("a1")  # type: ignore[index]
