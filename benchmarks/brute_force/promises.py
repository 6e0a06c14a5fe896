"""Random promises: each is asked for now and then, some so tight that no plan keeps them."""

from __future__ import annotations

from benchmarks.brute_force.tariffs import Dice
from optimizer.instance.schema.policy import Policy

__all__ = ["random_policy"]


def random_policy(dice: Dice, towns: list[str], groups: list[str], *, kind: str) -> Policy:
    """Return the promises of a region.

    Parameters
    ----------
    dice : Dice
        Draws.
    towns, groups : list of str
        Towns and household groups.
    kind : str
        ``demand`` and ``core`` leave out what cannot stand beside them or be checked.
    """
    scope = str(dice.rng.choice(["service_area", "service_area", "town", "region"]))
    if kind == "core" and scope == "region":
        scope = "service_area"
    promises = _places(dice, towns) | _money(dice, groups, kind=kind)
    return Policy(
        affordable_share=dice.one_of(0.01, 0.02, 0.03, 0.05),
        affordable_share_both=dice.one_of(0.02, 0.05, 0.08),
        protected_groups=(groups[0],) if dice.sometimes(0.3) else (),
        tariff_scope=scope,
        demand_response=kind == "demand",
        core=kind == "core",
        public_money_price=dice.one_of(0.0, 0.5, 1.0, 3.0),
        **promises,
    )


def _places(dice: Dice, towns: list[str]) -> dict[str, object]:
    pick = [str(town) for town in dice.rng.permutation(towns)]
    zoned = dice.sometimes(0.12)
    together = dice.sometimes(0.15) and not zoned
    return {
        "reach_hours": dice.one_of(0.4, 0.8, 1.5, 3.0),
        "same_zone": zoned,
        "connected": "auto" if dice.sometimes(0.3) else False,
        "keep_together": ((pick[0], pick[1]),) if together else (),
        "keep_apart": ((pick[1], pick[2]),) if dice.sometimes(0.15) else (),
        "fixed_seats": (pick[0],) if dice.sometimes(0.15) else (),
        "operators_least": int(dice.one_of(2, 3)) if dice.sometimes(0.12) else 0,
        "operators_most": int(dice.one_of(3, 3, 4)) if dice.sometimes(0.2) else None,
    }


def _money(dice: Dice, groups: list[str], *, kind: str) -> dict[str, object]:
    found: dict[str, object] = {
        "operating_subsidy": not dice.sometimes(0.15),
        "subsidy_budget_year": dice.between(0.0, 1e6) if dice.sometimes(0.2) else None,
    }
    if kind != "plain":
        return found
    found["participation"] = dice.sometimes(0.2)
    found["solidarity_balance"] = dice.sometimes(0.2)
    if dice.sometimes(0.3):
        found["household_support_share"] = dice.one_of(0.3, 0.6, 0.85)
        found["household_support_groups"] = (groups[0],) if dice.sometimes(0.4) else ()
        volume = dice.one_of(9.0, 13.0, 25.0) if dice.sometimes(0.5) else None
        found["household_support_m3_month"] = volume
        found["household_support_missed_share"] = dice.one_of(0.0, 0.0, 0.25)
        found["household_support_leak_share"] = dice.one_of(0.0, 0.1, 0.3)
    return found
