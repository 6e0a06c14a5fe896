"""Every town is in exactly one service area."""

from __future__ import annotations

from optimizer.promises.kinds import PairFilter, Words

__all__ = ["PROMISE"]


PROMISE = PairFilter(
    name="serve_once",
    unit="times",
    words=Words(
        "every town is served exactly once, by a seat inside its area",
        "cada localidad es atendida exactamente una vez, desde una sede de su área",
        "cada localidade é atendida exatamente uma vez, por uma sede da sua área",
    ),
    components=("serve_once", "seat_serves_itself", "served_by_one_model", "served_by_open_model"),
)
