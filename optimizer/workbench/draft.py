"""What is on the desk: a grouping and the promises, one frozen value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimizer.errors import OptimizerError
from optimizer.instance.instance import Instance
from optimizer.instance.schema.policy import Policy

__all__ = ["Draft", "DraftError", "draft_of"]


class DraftError(OptimizerError):
    """An action that cannot be done on this draft, with the reason for the person who tried."""


@dataclass(frozen=True)
class Draft:
    """A grouping that somebody works on.

    Attributes
    ----------
    towns : tuple of str
        Keys of the region's towns.
    labels : tuple of str
        Label of each town's area.
    policy : Policy
        The promises; seats, towns kept together and apart are among them.
    """

    towns: tuple[str, ...]
    labels: tuple[str, ...]
    policy: Policy

    def grouping(self) -> dict[str, str]:
        """Return the label of each town."""
        return dict(zip(self.towns, self.labels, strict=True))

    def members(self, label: str) -> tuple[str, ...]:
        """Return the towns of an area.

        Raises
        ------
        DraftError
            If no area has this label.
        """
        found = tuple(t for t, own in zip(self.towns, self.labels, strict=True) if own == label)
        if not found:
            raise DraftError(f"there is no area {label!r} any more")
        return found

    def moved(self, towns: Iterable[str], label: str | None) -> Draft:
        """Return the draft with towns in an area; in a new one of their own if it is ``None``."""
        chosen = self._known(towns)
        if label is not None:
            self.members(label)
        target = self._new_label(chosen) if label is None else label
        labels = (
            target if town in chosen else own
            for town, own in zip(self.towns, self.labels, strict=True)
        )
        return replace(self, labels=tuple(labels))

    def merged(self, labels: Iterable[str]) -> Draft:
        """Return the draft with areas joined under the label of the first."""
        first, *others = list(labels)
        draft = self
        for other in others:
            draft = draft.moved(draft.members(other), first)
        return draft

    def dissolved(self, label: str) -> Draft:
        """Return the draft with every town of an area by itself."""
        draft = self
        for town in self.members(label)[1:]:
            draft = draft.moved([town], None)
        return draft

    def regrouped(self, grouping: dict[str, str]) -> Draft:
        """Return the draft with another grouping of all towns."""
        return replace(self, labels=tuple(str(grouping[town]) for town in self.towns))

    def seated(self, town: str) -> Draft:
        """Return the draft with a town as the seat of its area, in place of another one there."""
        self._known([town])
        area = set(self.members(self.grouping()[town]))
        others = [seat for seat in self.policy.fixed_seats if seat not in area]
        return self.promised(fixed_seats=(*others, town))

    def unseated(self, town: str) -> Draft:
        """Return the draft with the seat of an area free again."""
        area = set(self.members(self.grouping()[town]))
        seats = tuple(seat for seat in self.policy.fixed_seats if seat not in area)
        return self.promised(fixed_seats=seats)

    def locked_together(self, towns: Iterable[str]) -> Draft:
        """Return the draft with a promise that towns share an operator."""
        chosen = tuple(sorted(self._known(towns)))
        if len(chosen) < 2:
            raise DraftError("choose two towns or more to lock them together")
        kept = [group for group in self.policy.keep_together if not set(group) <= set(chosen)]
        return self.promised(keep_together=(*kept, chosen))

    def locked_apart(self, towns: Iterable[str]) -> Draft:
        """Return the draft with a promise that no two of the towns share an operator."""
        chosen = tuple(sorted(self._known(towns)))
        if len(chosen) < 2:
            raise DraftError("choose two towns or more to keep them apart")
        kept = [group for group in self.policy.keep_apart if not set(group) <= set(chosen)]
        return self.promised(keep_apart=(*kept, chosen))

    def unlocked(self, towns: Iterable[str]) -> Draft:
        """Return the draft without the locks and seats that name any of the towns."""
        chosen = self._known(towns)
        return self.promised(
            keep_together=tuple(g for g in self.policy.keep_together if not chosen & set(g)),
            keep_apart=tuple(g for g in self.policy.keep_apart if not chosen & set(g)),
            fixed_seats=tuple(s for s in self.policy.fixed_seats if s not in chosen),
        )

    def promised(self, **changes: object) -> Draft:
        """Return the draft with other promises.

        Raises
        ------
        PolicyError
            If a value is outside its bounds.
        """
        return replace(self, policy=self.policy.replace(**changes))

    def _known(self, towns: Iterable[str]) -> set[str]:
        chosen = set(towns)
        unknown = chosen - set(self.towns)
        if unknown or not chosen:
            raise DraftError(f"no such town: {', '.join(sorted(unknown)) or 'none was chosen'}")
        return chosen

    def _new_label(self, chosen: set[str]) -> str:
        """Return a label that no other area has, after the first of the towns."""
        taken = {own for t, own in zip(self.towns, self.labels, strict=True) if t not in chosen}
        first = next(town for town in self.towns if town in chosen)
        label, count = first, 1
        while label in taken:
            count += 1
            label = f"{first}-{count}"
        return label


def draft_of(instance: Instance, grouping: dict[str, str]) -> Draft:
    """Return the draft of a grouping under the region's own promises.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> draft = draft_of(region, {town: "one" for town in region.towns.index})
    >>> len(set(draft.dissolved("one").labels))
    2
    """
    towns = tuple(str(town) for town in instance.towns.index)
    return Draft(towns, tuple(str(grouping[town]) for town in towns), instance.policy)
