"""The rooms of a running workbench, the regions that it offers, the sessions on disk."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.errors import OptimizerError, StoreError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.read import read
from optimizer.plan.plan import Plan
from optimizer.solving.given import grouping_labels
from optimizer.workbench.draft import draft_of
from optimizer.workbench.ground import Site, site_of
from optimizer.workbench.room import Room
from optimizer.workbench.sessions import SESSION_FILE, Named, read_session, session_name
from optimizer.workbench.uploads import imported

__all__ = ["House", "Offer"]

ROOMS_MOST = 50
SESSIONS_SHOWN = 20


@dataclass(frozen=True)
class Offer:
    """A region to begin with.

    Attributes
    ----------
    key : str
        Its name in the page.
    folder : Path
        Where it is.
    plans : dict of Plan
        Plans that go into the tray.
    """

    key: str
    folder: Path
    plans: dict[str, Plan] = field(default_factory=dict)


class House:
    """Opens rooms and finds them again, after a crash too.

    Parameters
    ----------
    offers : list of Offer
        The regions to choose from.
    results : Path
        Where sessions are kept, as ``<region>/workbench/<session>``.
    """

    def __init__(self, offers: list[Offer], results: Path) -> None:
        self.offers = {offer.key: offer for offer in offers}
        self.results = results
        self._rooms: dict[str, Room] = {}
        self._sites: dict[str, Site] = {}
        self._lock = threading.RLock()

    def open(self, key: str, language: str) -> str:
        """Open a room for a region and return its name.

        Raises
        ------
        OptimizerError
            If there is no such region, or it cannot be read.
        """
        offer = self._offer(key)
        region = self._region(offer)
        start = next(iter(offer.plans.values()), None)
        grouping = grouping_labels(
            region, "alone" if start is None else start.towns["service_area"]
        )
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        tray = {title: _named(title, region, plan) for title, plan in offer.plans.items()}
        room = Room(
            region,
            self._site(region),
            draft_of(region, grouping),
            self._folder(offer.key, name),
            tray=tray,
            language=language,
        )
        self._keep(offer.key, name, room)
        return f"{offer.key}.{name}"

    def upload(self, name: str, content: bytes) -> tuple[str, list[str]]:
        """Make a region of a visitor's file; return its name, and what was said and is asked.

        Raises
        ------
        OptimizerError
            If the file makes no region.
        """
        folder, said = imported(name, content, self.results / "imported")
        with self._lock:
            key = folder.parent.name
            self.offers[key] = Offer(key, folder)
        return key, said

    def room(self, name: str) -> Room:
        """Return a room; one that this process does not know is opened from its session.

        Raises
        ------
        OptimizerError
            If there is no such room or session.
        """
        with self._lock:
            if name in self._rooms:
                return self._rooms[name]
            key, _, session = name.rpartition(".")
            offer = self._offer(key)
            folder = self._folder(key, session_name(session))
            if not (folder / SESSION_FILE).is_file():
                raise StoreError(f"there is no session {session!r} of {key!r}")
            region = self._region(offer)
            draft, tray = read_session(folder, region)
            room = Room(region, self._site(region), draft, folder, tray=tray)
            self._keep(key, session, room)
            return room

    def sessions(self) -> list[dict[str, str]]:
        """Return the sessions on disk, the newest first."""
        found = [
            (file.stat().st_mtime, key, file.parent.name)
            for key in self.offers
            for file in (self.results / key / "workbench").glob(f"*/{SESSION_FILE}")
        ]
        return [
            {"room": f"{key}.{name}", "region": key, "name": name}
            for _, key, name in sorted(found, reverse=True)[:SESSIONS_SHOWN]
        ]

    def close(self) -> None:
        """End what the rooms are computing."""
        for room in self._rooms.values():
            room.close()

    def _keep(self, key: str, name: str, room: Room) -> None:
        with self._lock:
            self._rooms[f"{key}.{name}"] = room
            while len(self._rooms) > ROOMS_MOST:
                self._rooms.pop(next(iter(self._rooms))).close()
        room.prove()

    def _offer(self, key: str) -> Offer:
        if key not in self.offers:
            raise OptimizerError(f"there is no region {key!r} here")
        return self.offers[key]

    def _region(self, offer: Offer) -> Instance:
        plan = next(iter(offer.plans.values()), None)
        return read(offer.folder) if plan is None else plan.instance

    def _site(self, region: Instance) -> Site:
        key = region.fingerprint()
        if key not in self._sites:
            self._sites[key] = site_of(region)
        return self._sites[key]

    def _folder(self, key: str, name: str) -> Path:
        return self.results / key / "workbench" / name


def _named(title: str, region: Instance, plan: Plan) -> Named:
    grouping = {str(t): str(a) for t, a in plan.towns["service_area"].items()}
    draft = draft_of(region, grouping).promised(**plan.instance.policy.model_dump())
    return Named(title, draft, plan.status, plan.objective, plan.bound)
