"""All that one browser tab works with: desk, tray, searches, language. Two tabs share nothing."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from optimizer.errors import OptimizerError, StoreError
from optimizer.instance.instance import Instance
from optimizer.messages.words import Words, words_of
from optimizer.plan.plan import Plan
from optimizer.solving.evaluation import Evaluator
from optimizer.solving.options import Progress
from optimizer.workbench.commands import COMMANDS, Wish
from optimizer.workbench.desk import Desk
from optimizer.workbench.draft import Draft, DraftError
from optimizer.workbench.fields import promise_fields
from optimizer.workbench.ground import Site
from optimizer.workbench.jobs import Answer, Job, SolveOrder
from optimizer.workbench.sessions import Named, write_session
from optimizer.workbench.styles import kept_styles
from optimizer.workbench.view import BestKnown, broken_of, figures_of, plan_view

__all__ = ["Room"]

PROOF_SECONDS = 60.0
"""How long the best possible of new promises is searched for beside the page."""
LOCKS = ("fixed_seats", "keep_together", "keep_apart")


class Room:
    """A desk with everything around it.

    Parameters
    ----------
    instance : Instance
        The region.
    site : Site
        Its map.
    draft : Draft
        What lies on the desk at first.
    folder : Path
        Where the session and its runs are kept.
    tray : dict of Named
        Plans by name.
    language : str
        The reader's.
    """

    def __init__(
        self,
        instance: Instance,
        site: Site,
        draft: Draft,
        folder: Path,
        *,
        tray: dict[str, Named] | None = None,
        language: str = "en",
    ) -> None:
        self.desk, self.site, self.folder = Desk(instance, draft), site, folder
        self.tray: dict[str, Named] = dict(tray or {})
        self.words: Words = words_of(language)
        self.events: list[queue.Queue[dict[str, object]]] = []
        self._styles: dict[str, int] = {}
        self._alone: dict[str, Plan] = {}
        self._best: dict[str, BestKnown] = {}
        self._proof: Job | None = None
        self._search: Job | None = None
        self._lock = threading.RLock()

    # What the page shows.

    def view(self) -> dict[str, object]:
        """Return areas, towns and figures of the draft, before the audit."""
        with self._lock:
            plan = self.desk.plan(audited=False)
            styles = self._area_styles(plan)
            figures = figures_of(plan, self._plan_alone(), self._best_known(), self.words)
            policy = self.desk.draft.policy
            return {
                **plan_view(plan, styles, self.words),
                "revision": self.desk.revision,
                "undo": self.desk.undoes,
                "redo": self.desk.redoes,
                "figures": [_plain(asdict(figure)) for figure in figures],
                "seats": list(policy.fixed_seats),
                "together": [list(group) for group in policy.keep_together],
                "apart": [list(group) for group in policy.keep_apart],
                "searching": self._search is not None and self._search.running,
            }

    def figures(self) -> list[dict[str, object]]:
        """Return the figures beside the map."""
        plan = self.desk.plan(audited=False)
        found = figures_of(plan, self._plan_alone(), self._best_known(), self.words)
        return [_plain(asdict(figure)) for figure in found]

    def broken(self) -> dict[str, object]:
        """Return the broken promises of the draft, by the audit."""
        revision = self.desk.revision
        plan = self.desk.plan(audited=False)
        return {"revision": revision, "broken": broken_of(plan, self.words)}

    def shown(self, name: str) -> dict[str, object]:
        """Return a plan of the tray as the second map shows it."""
        plan = self.plan_of(name)
        with self._lock:
            styles = self._area_styles(plan)
        figures = figures_of(plan, self._plan_alone(), None, self.words)
        shown = [_plain(asdict(figure)) for figure in figures[:-1]]
        return {**plan_view(plan, styles, self.words), "figures": shown}

    def promises(self) -> list[dict[str, object]]:
        """Return the promises as fields of the page."""
        return promise_fields(self.desk.draft.policy, self.words)

    def speak(self, language: str) -> None:
        """Change the reader's language.

        Raises
        ------
        OptimizerError
            If there is no such language.
        """
        self.words = words_of(language)

    # What the page does.

    def do(self, wish: Wish) -> None:
        """Take a step, prove the best possible again where promises changed, keep the session."""
        with self._lock:
            before = self.desk.draft
            self.desk.do(wish.command, lambda draft: COMMANDS[wish.command](draft, wish))
            self._try_step(before)
            self._after()

    def _try_step(self, before: Draft) -> None:
        """Take a step back that the region refuses, such as locks that contradict each other."""
        try:
            self.desk.region()
        except OptimizerError:
            self.desk.drop(before)
            raise

    def undo(self) -> None:
        """Take the last step back."""
        self.desk.undo()
        self._after()

    def redo(self) -> None:
        """Take a step once more that was taken back."""
        self.desk.redo()
        self._after()

    def use(self, words: str, change: Callable[[Draft], Draft]) -> None:
        """Take a step that is not a command of the page, such as a plan out of the tray."""
        self.desk.do(words, change)
        self._after()

    # The tray.

    def keep(self, name: str, *, named: Named | None = None) -> Named:
        """Put the draft, or a plan found, into the tray; a name that is taken gets a number."""
        own = named or Named(name, self.desk.draft)
        free, count = name, 1
        while free in self.tray:
            count += 1
            free = f"{name} {count}"
        own = replace(own, name=free)
        self.tray[free] = own
        self._save()
        return own

    def take(self, name: str) -> None:
        """Put a plan of the tray on the desk."""
        draft = self._named(name).draft
        self.use("open", lambda _: draft)

    def drop(self, name: str) -> None:
        """Take a plan out of the tray."""
        del self.tray[self._named(name).name]
        self._save()

    def plan_of(self, name: str) -> Plan:
        """Return a plan of the tray with all its tables."""
        draft = self._named(name).draft
        return Evaluator(self.desk.instance.replace(policy=draft.policy)).plan(draft.grouping())

    def _named(self, name: str) -> Named:
        if name not in self.tray:
            raise DraftError(f"there is no plan {name!r} in the tray")
        return self.tray[name]

    # Searches.

    def solve(self, seconds: float) -> None:
        """Search for the best plan under the promises and locks of the desk; work goes on."""
        with self._lock:
            if self._search is not None and self._search.running:
                raise DraftError("a search is running already; stop it first")
            region, draft = self.desk.region(), self.desk.draft
            order = SolveOrder(region, draft.grouping(), self._run_folder(), seconds)
            self._search = Job(order, self._tell, lambda answer: self._found(draft, answer))

    def stop(self) -> None:
        """Ask the search for the best plan that it has."""
        if self._search is not None:
            self._search.stop()

    def close(self) -> None:
        """End every search of this room."""
        for job in (self._search, self._proof):
            if job is not None:
                job.kill()

    def prove(self) -> None:
        """Search for the best possible under the promises of the desk, locks aside."""
        with self._lock:
            key = self._promise_key()
            if key in self._best:
                return
            if self._proof is not None and self._proof.running:
                self._proof.kill()
            free = self._unlocked()
            order = SolveOrder(free, self.desk.draft.grouping(), None, PROOF_SECONDS)
            self._proof = Job(
                order,
                lambda told: self._proving(key, told.objective, told.bound),
                lambda answer: self._proving(key, answer.objective, answer.bound),
            )

    def _proving(self, key: str, objective: float, bound: float) -> None:
        if math.isfinite(bound) and math.isfinite(objective):
            known = self._best.get(key)
            least = max(bound, known.bound) if known else bound
            best = min(objective, known.objective) if known else objective
            self._best[key] = BestKnown(least, best)
            self.send({"event": "proof"})

    def _tell(self, told: Progress) -> None:
        number = self.words.number
        best = "…" if math.isinf(told.objective) else number(told.objective)
        bound = "…" if math.isinf(told.bound) else number(told.bound)
        gap = "" if math.isinf(told.gap) else number(100 * told.gap, ",.2f") + " %"
        shown = {"seconds": round(told.seconds, 1), "best": best, "bound": bound, "gap": gap}
        self.send({"event": "progress", **shown})

    def _found(self, draft: Draft, answer: Answer) -> None:
        if not answer.labels:
            said = answer.words or self.words("no plan was found")
            self.send({"event": "solved", "name": "", "words": said})
            return
        plan = Named(
            self.words("solved"),
            draft.regrouped(answer.labels),
            answer.status,
            answer.objective,
            answer.bound,
            answer.folder,
        )
        kept = self.keep(plan.name, named=plan)
        self.send({"event": "solved", "name": kept.name, "words": answer.words})

    def send(self, event: dict[str, object]) -> None:
        """Tell every listening page of this room."""
        for listener in list(self.events):
            listener.put(event)

    # Within.

    def _area_styles(self, plan: Plan) -> dict[str, int]:
        place = {town: k for k, town in enumerate(self.desk.draft.towns)}
        served = plan.towns["service_area"].groupby(plan.towns["service_area"], sort=False).groups
        areas = {
            str(label): frozenset(place[str(town)] for town in towns)
            for label, towns in served.items()
        }
        styles = kept_styles(areas, self._styles, self.site.neighbours)
        self._styles = self._styles | styles
        return styles

    def _plan_alone(self) -> Plan:
        key = self._promise_key()
        if key not in self._alone:
            self._alone = {key: Evaluator(self._unlocked()).unaudited("alone")}
        return self._alone[key]

    def _best_known(self) -> BestKnown | None:
        return self._best.get(self._promise_key())

    def _promise_key(self) -> str:
        return self.desk.draft.policy.model_dump_json(exclude=set(LOCKS))

    def _unlocked(self) -> Instance:
        free = self.desk.instance.policy.model_dump(include=set(LOCKS))
        return self.desk.instance.replace(policy=self.desk.draft.policy.replace(**free))

    def _after(self) -> None:
        self._save()
        self.prove()

    def _save(self) -> None:
        try:
            write_session(self.folder, self.desk, self.tray)
        except OSError as error:
            self.send({"event": "unsaved", "words": str(error)})

    def _run_folder(self) -> Path:
        runs = self.folder / "runs"
        try:
            runs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{runs}: {error.strerror}") from None
        number = 1
        while (runs / f"solved-{number}").exists():
            number += 1
        return runs / f"solved-{number}"


def _plain(figure: dict[str, object]) -> dict[str, object]:
    """Return a figure that JSON can hold: no number where there is none."""
    value = figure["value"]
    known = isinstance(value, float | int) and math.isfinite(value)
    return figure | {"value": value if known else None}
