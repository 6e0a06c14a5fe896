"""How soon the workbench answers: ``python -m benchmarks.workbench [--data ../shared/data]``.

Towns are moved at random on the desk of the 47-town San Martin, and of the 645 municipalities of
Sao Paulo where the public tables are given; what is measured is the time from the command to the
numbers and, after them, to the broken promises. ``--actions N`` also takes N random actions and
holds every figure against ``op.evaluate`` of the grouping that is shown.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import optimizer as op
from benchmarks.jobs import ROOT
from benchmarks.tables import versions
from optimizer.errors import OptimizerError
from optimizer.instance.instance import Instance
from optimizer.instance.sources.sao_paulo import sao_paulo
from optimizer.workbench.commands import Wish
from optimizer.workbench.draft import draft_of
from optimizer.workbench.ground import site_of
from optimizer.workbench.room import Room

TABLE = ROOT / "benchmarks" / "results" / "workbench.md"
COMMANDS = ("move", "move", "move", "merge", "dissolve", "seat", "lock_together", "unlock")


@dataclass(frozen=True)
class Waits:
    """Milliseconds of each step: to the numbers, to the broken promises."""

    numbers: list[float]
    promises: list[float]

    def row(self, name: str, towns: int) -> str:
        """Return the row of the table."""
        middle, late = (np.percentile(self.numbers, q) for q in (50, 95))
        broken, broken_late = (np.percentile(self.promises, q) for q in (50, 95))
        return (
            f"| {name} | {towns} | {len(self.numbers)} | {middle:.0f} | {late:.0f} | "
            f"{broken:.0f} | {broken_late:.0f} |"
        )


class _QuietRoom(Room):
    """A room that proves nothing beside the page, so that one thing is timed."""

    def prove(self) -> None:
        """Prove nothing."""


def room_of(region: Instance, folder: Path, grouping: str) -> Room:
    """Return a room whose desk begins with a grouping."""
    plan = op.evaluate(region, grouping)
    labels = {str(t): str(a) for t, a in plan.towns["service_area"].items()}
    return _QuietRoom(region, site_of(region), draft_of(region, labels), folder)


def waits(region: Instance, grouping: str, steps: int) -> Waits:
    """Move towns at random and time what follows."""
    numbers, found = np.random.default_rng(5), Waits([], [])
    with tempfile.TemporaryDirectory() as folder:
        room = room_of(region, Path(folder), grouping)
        room.view()
        for _ in range(steps):
            draft = room.desk.draft
            town = str(numbers.choice(draft.towns))
            area = str(numbers.choice(sorted(set(draft.labels))))
            begin = time.perf_counter()
            room.do(Wish("move", (town,), area))
            room.view()
            found.numbers.append(1000 * (time.perf_counter() - begin))
            room.broken()
            found.promises.append(1000 * (time.perf_counter() - begin))
    return found


def act(region: Instance, actions: int) -> int:
    """Take random actions; return how many were done, every figure held against evaluate."""
    numbers, done = np.random.default_rng(17), 0
    with tempfile.TemporaryDirectory() as folder:
        room = room_of(region, Path(folder), "alone")
        for _ in range(actions):
            draft = room.desk.draft
            count = int(numbers.integers(1, 4))
            towns = tuple(str(t) for t in numbers.choice(draft.towns, size=count, replace=False))
            area = str(numbers.choice(sorted(set(draft.labels))))
            wish = Wish(str(numbers.choice(COMMANDS)), towns, area)
            try:
                if numbers.random() < 0.2:
                    room.undo() if numbers.random() < 0.6 else room.redo()
                else:
                    room.do(wish)
            except OptimizerError:
                continue
            shown = {str(f["key"]): f["value"] for f in room.figures()}
            plan = op.evaluate(room.desk.region(), room.desk.draft.grouping())
            areas = plan.areas
            public = areas["operating_subsidy_year"] + areas["household_support_year"]
            due = {
                "cost": areas["requirement_year"].sum(),
                "public": public.sum(),
                "burden": plan.bills["burden"].max(),
                "areas": len(areas),
            }
            for name, value in due.items():
                if not np.isclose(float(str(shown[name])), value, rtol=1e-9, atol=1e-6):
                    message = f"{name}: {shown[name]} is shown, {value} is right, after {wish}"
                    raise AssertionError(message)
            done += 1
    return done


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public tables of Brazil")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--actions", type=int, default=0)
    asked = parser.parse_args()
    small = op.read(ROOT / "benchmarks" / "regions" / "san_martin_47")
    regions = [("San Martin", small, "alone")]
    if asked.data is not None:
        regions.append(("Sao Paulo", sao_paulo(asked.data), "immediate_regions"))
    rows = [waits(r, g, asked.steps).row(name, len(r.towns)) for name, r, g in regions]
    acted = act(small, asked.actions) if asked.actions else None
    lines = [
        "# How soon the workbench answers",
        "",
        f"By `python -m benchmarks.workbench`; {versions()}. Milliseconds from a town moved",
        "at random to the numbers and to the broken promises, the browser's drawing apart.",
        "",
        "| region | towns | steps | numbers, median | 95 % | promises, median | 95 % |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *rows,
    ]
    if acted is not None:
        lines += ["", f"{acted:,} of {asked.actions:,} random actions were possible; every figure"]
        lines += ["shown was that of `op.evaluate` for the grouping and the promises on the desk."]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
