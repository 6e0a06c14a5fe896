"""What is on a desk, kept on disk after every step, so that nothing that was on screen is lost."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from optimizer.errors import InstanceError, PolicyError, Problem, StoreError
from optimizer.instance.instance import Instance
from optimizer.instance.reading.groupings import labels_from_python
from optimizer.instance.town_names import TownNames
from optimizer.workbench.desk import Desk
from optimizer.workbench.draft import Draft

__all__ = ["SESSION_FILE", "Named", "read_session", "session_name", "write_session"]

SESSION_FILE = "session.json"
FORMAT = 1
LARGEST_BYTES = 50_000_000
SAFE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Named:
    """A plan in the tray: its name, its draft, what is proven of it, its run on disk."""

    name: str
    draft: Draft
    status: str = "evaluated"
    objective: float = float("nan")
    bound: float = float("nan")
    folder: str = ""


def session_name(text: str) -> str:
    """Return the name of a session if it is one; names cannot become paths.

    Raises
    ------
    StoreError
        If it is none.
    """
    if not SAFE.fullmatch(text):
        raise StoreError(f"{text!r} is no name of a session: small letters, digits and - only")
    return text


def write_session(folder: Path, desk: Desk, tray: Mapping[str, Named]) -> None:
    """Write what is on the desk; the file is there whole, old or new, at any moment."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "format": FORMAT,
        "region": desk.instance.fingerprint(),
        "draft": _draft_json(desk.draft),
        "tray": [
            {"name": own.name, "status": own.status, "objective": own.objective}
            | {"bound": own.bound, "folder": own.folder, "draft": _draft_json(own.draft)}
            for own in tray.values()
        ],
    }
    new = folder / f"{SESSION_FILE}.{os.getpid()}.new"
    new.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(folder / SESSION_FILE)


def read_session(folder: Path, instance: Instance) -> tuple[Draft, dict[str, Named]]:
    """Return what was on a desk.

    Raises
    ------
    StoreError
        If the file is not a session of this region.
    """
    path = folder / SESSION_FILE
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise StoreError(f"{path}: too large for a session")
        content = json.loads(path.read_text(encoding="utf-8"))
        tray = {
            str(own["name"]): Named(
                str(own["name"]),
                _draft(instance, own["draft"]),
                str(own["status"]),
                float(own["objective"]),
                float(own["bound"]),
                str(own["folder"]),
            )
            for own in content["tray"]
        }
        return _draft(instance, content["draft"]), tray
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(f"{path}: not a session that can be opened ({error})") from None
    except (InstanceError, PolicyError) as error:
        raise StoreError(f"{path}: a session of other data: {error}") from None


def _draft_json(draft: Draft) -> dict[str, object]:
    return {"grouping": draft.grouping(), "policy": draft.policy.model_dump(mode="json")}


def _draft(instance: Instance, content: Mapping[str, object]) -> Draft:
    towns = tuple(str(town) for town in instance.towns.index)
    grouping, policy = content["grouping"], content["policy"]
    if not isinstance(grouping, dict) or not isinstance(policy, dict):
        raise InstanceError([Problem(SESSION_FILE, None, "", "no grouping or policy", "")])
    labels = labels_from_python(grouping, TownNames.of(instance.towns), SESSION_FILE)
    return Draft(towns, tuple(labels[t] for t in towns), instance.policy.replace(**policy))
