"""The rows of a stability table: one area, its towns, its tariff as a rule of sharing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optimizer.analysis.loyalty.coalitions.cost_game import AreaGame
from optimizer.analysis.loyalty.coalitions.leavers import TOLERANCE
from optimizer.analysis.loyalty.cost_shares import CostShares

__all__ = ["area_row", "tariff_rule", "town_rows"]


def area_row(
    game: AreaGame,
    leavers: pd.DataFrame,
    shared: CostShares,
    kept: pd.DataFrame,
    *,
    names: pd.Series[str],
) -> dict[str, object]:
    """Return the row of the table of areas."""
    alone = game.own_costs([frozenset([player]) for player in game.players])
    first = leavers.iloc[0] if len(leavers) else None
    in_core = shared.rules["in_core"].fillna(value=False)
    return {
        "town_count": len(game.players),
        "pays_year": game.total_year,
        "alone_year": float(alone.sum()),
        "stable": first is None,
        "verdict": _verdict(game, leavers, shared, kept),
        "leavers": ""
        if first is None
        else ", ".join(str(names.loc[t]) for t in str(first["towns"]).split(", ")),
        "leavers_count": 0 if first is None else int(first["town_count"]),
        "leavers_gain_year": 0.0 if first is None else float(first["gain_year"]),
        "epsilon_year": shared.epsilon_year,
        "core_empty": pd.NA if shared.core_empty is None else shared.core_empty,
        "lasting_rules": ", ".join(str(rule) for rule in shared.rules.index[in_core]),
        "departures_year": float(kept["surcharge_year"].abs().sum()),
        "stabilising_subsidy_year": float(kept["subsidy_year"].sum()),
        "rebates_at_one_price_year": float(kept["rebate_at_one_price_year"].sum()),
    }


def _verdict(game: AreaGame, leavers: pd.DataFrame, shared: CostShares, kept: pd.DataFrame) -> str:
    if leavers.empty:
        return "stable" if len(game.players) > 1 else "one town"
    if kept["subsidy_year"].sum() <= TOLERANCE * game.total_year:
        return "stable with surcharges and rebates"
    if int(leavers["town_count"].max()) == len(game.players):
        return "would do better as an area of its own"
    if shared.core_empty:
        return "only with a subsidy"
    return "only with a subsidy: no affordable sharing keeps everybody"


def tariff_rule(leavers: pd.DataFrame, best: float) -> pd.DataFrame:
    """Return the plan's own tariff as a rule of sharing."""
    gain = float(leavers["gain_year"].iloc[0]) if len(leavers) else best
    row = {
        "in_core": leavers.empty,
        "worst_gain_year": gain if np.isfinite(gain) else np.nan,
        "worst_coalition": str(leavers["towns"].iloc[0]) if len(leavers) else "",
        "note": "the plan's own tariff",
    }
    table = pd.DataFrame([row], index=pd.Index(["tariff"], name="rule"))
    return table.astype({"in_core": "boolean"})


def town_rows(
    game: AreaGame,
    towns: pd.DataFrame,
    pays: pd.Series[float],
    kept: pd.DataFrame,
    best: set[str],
) -> pd.DataFrame:
    """Return the rows of the table of towns."""
    alone = game.own_costs([frozenset([player]) for player in pays.index])
    revenue = kept["revenue_year"]
    return pd.DataFrame(
        {
            "name": towns["name"],
            "service_area": towns["service_area"],
            "cost_year": towns["cost_year"],
            "pays_year": pays,
            "alone_year": alone,
            "gain_alone_year": pays - alone,
            "leaves": [str(town) in best for town in pays.index],
            "surcharge_year": kept["surcharge_year"],
            "surcharge_share": (kept["surcharge_year"] / revenue.where(revenue > 0)).fillna(0.0),
            "subsidy_year": kept["subsidy_year"],
            "pays_then_year": pays + kept["surcharge_year"] - kept["subsidy_year"],
            "rebate_at_one_price_year": kept["rebate_at_one_price_year"],
        }
    ).rename_axis("town")
