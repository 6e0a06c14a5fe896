"""What can be done to a grouping on the desk, worked by hand on five towns."""

from __future__ import annotations

import pytest

from optimizer.instance.schema.policy import Policy
from optimizer.workbench.commands import wish_of
from optimizer.workbench.draft import Draft, DraftError
from optimizer.workbench.styles import kept_styles

FIVE = Draft(("a", "b", "c", "d", "e"), ("x", "x", "x", "y", "y"), Policy())


def test_towns_move_into_an_area_or_one_of_their_own() -> None:
    assert FIVE.moved(["c"], "y").labels == ("x", "x", "y", "y", "y")
    alone = FIVE.moved(["b", "c"], None)
    assert alone.labels == ("x", "b", "b", "y", "y")
    assert alone.moved(["a"], None).labels == ("a", "b", "b", "y", "y")


def test_a_new_area_takes_no_label_that_is_used() -> None:
    taken = Draft(("a", "b"), ("b", "b"), Policy())
    assert taken.moved(["b"], None).labels == ("b", "b-2")


def test_areas_merge_and_dissolve() -> None:
    assert FIVE.merged(["y", "x"]).labels == ("y",) * 5
    assert len(set(FIVE.dissolved("x").labels)) == 4
    assert FIVE.merged(["x", "y"]).dissolved("x").members("x") == ("a",)


def test_a_seat_takes_the_place_of_the_seat_of_its_area() -> None:
    seated = FIVE.seated("a").seated("d").seated("b")
    assert seated.policy.fixed_seats == ("d", "b")
    assert seated.unseated("c").policy.fixed_seats == ("d",)


def test_locks_are_promises_and_go_by_town() -> None:
    locked = FIVE.locked_together(["b", "a"]).locked_apart(["c", "d"])
    assert locked.policy.keep_together == (("a", "b"),)
    assert locked.policy.keep_apart == (("c", "d"),)
    assert locked.unlocked(["d"]).policy.keep_apart == ()
    assert locked.unlocked(["d"]).policy.keep_together == (("a", "b"),)


@pytest.mark.parametrize(
    "action",
    [
        lambda: FIVE.moved(["z"], "x"),
        lambda: FIVE.moved([], "x"),
        lambda: FIVE.moved(["a"], "gone"),
        lambda: FIVE.dissolved("gone"),
        lambda: FIVE.locked_together(["a"]),
        lambda: wish_of({"command": "__class__"}),
        lambda: wish_of(["move"]),
        lambda: wish_of({"command": "move", "towns": "abc"}),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(action: object) -> None:
    assert callable(action)
    with pytest.raises(DraftError):
        action()


def test_an_area_keeps_its_colour_and_neighbours_differ() -> None:
    ring = [frozenset({(k - 1) % 60, (k + 1) % 60}) for k in range(60)]
    areas = {f"s{k}": frozenset({k}) for k in range(60)}
    first = kept_styles(areas, {}, ring)
    assert len(set(list(first.values())[:40])) == 40
    merged = {**areas, "s1": frozenset({1, 2})}
    del merged["s2"]
    second = kept_styles(merged, first, ring)
    kept = [k for k in second if second[k] == first[k]]
    assert len(kept) >= 39
    of_town = {town: second[label] for label, towns in merged.items() for town in towns}
    for town, near in enumerate(ring):
        for other in near:
            same = {town, other} <= set(merged["s1"])
            assert same or of_town[town] != of_town[other]
