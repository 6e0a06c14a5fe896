"""What can be done on the desk: each command by name, with what it needs from the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from optimizer.workbench.draft import Draft, DraftError
from optimizer.workbench.fields import read_value

__all__ = ["COMMANDS", "Wish", "wish_of"]

TOWNS_MOST = 100_000


@dataclass(frozen=True)
class Wish:
    """What the page asks for.

    Attributes
    ----------
    command : str
        One of :data:`COMMANDS`.
    towns : tuple of str
        The towns chosen.
    area : str or None
        The area meant; ``None`` is a new one.
    name, value : str, object
        A promise and what it becomes.
    """

    command: str
    towns: tuple[str, ...] = ()
    area: str | None = None
    name: str = ""
    value: object = None


def wish_of(sent: object) -> Wish:
    """Return what the page sent, checked.

    Raises
    ------
    DraftError
        If it is not a command.
    """
    if not isinstance(sent, Mapping) or sent.get("command") not in COMMANDS:
        raise DraftError("that is no command")
    towns, area = sent.get("towns", []), sent.get("area")
    if not isinstance(towns, Sequence) or isinstance(towns, str) or len(towns) > TOWNS_MOST:
        raise DraftError("towns must be a list")
    return Wish(
        str(sent["command"]),
        tuple(str(town) for town in towns),
        None if area is None else str(area),
        str(sent.get("name", "")),
        sent.get("value"),
    )


def _move(draft: Draft, wish: Wish) -> Draft:
    return draft.moved(wish.towns, wish.area)


def _merge(draft: Draft, wish: Wish) -> Draft:
    """Join the areas of the towns chosen, under the area named or the first town's."""
    labels = dict.fromkeys(draft.grouping()[t] for t in wish.towns if t in draft.grouping())
    first = [wish.area] if wish.area in labels else []
    if len(labels) < 2:
        raise DraftError("choose towns of two areas or more to merge them")
    return draft.merged([*first, *(label for label in labels if label != wish.area)])


def _dissolve(draft: Draft, wish: Wish) -> Draft:
    return draft.dissolved(wish.area or "")


def _seat(draft: Draft, wish: Wish) -> Draft:
    return draft.seated(_one(wish))


def _free_seat(draft: Draft, wish: Wish) -> Draft:
    return draft.unseated(_one(wish))


def _one(wish: Wish) -> str:
    if len(wish.towns) != 1:
        raise DraftError("choose one town for this")
    return wish.towns[0]


def _promise(draft: Draft, wish: Wish) -> Draft:
    if wish.name not in type(draft.policy).model_fields:
        raise DraftError(f"there is no promise {wish.name!r}")
    return draft.promised(**{wish.name: read_value(wish.name, wish.value)})


COMMANDS: Mapping[str, Callable[[Draft, Wish], Draft]] = {
    "move": _move,
    "merge": _merge,
    "dissolve": _dissolve,
    "seat": _seat,
    "free_seat": _free_seat,
    "lock_together": lambda draft, wish: draft.locked_together(wish.towns),
    "lock_apart": lambda draft, wish: draft.locked_apart(wish.towns),
    "unlock": lambda draft, wish: draft.unlocked(wish.towns),
    "promise": _promise,
}
