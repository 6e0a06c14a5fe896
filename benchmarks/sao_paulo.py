"""Reference results of Sao Paulo: ``python -m benchmarks.sao_paulo --data ../shared/data``.

The engine's plan of the 645 municipalities takes minutes (``--solve 600`` computes it); its
grouping is kept in ``results/reference/sao_paulo/engine_grouping.csv``. From the grouping and the
public tables every figure of the plan is made again in seconds: seats, operators, tariffs, public
money, distances. Only the proof (``status`` and ``gap``) is that of the long run. One immediate
region is solved from scratch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

import optimizer as op
from benchmarks.reference import write_table
from optimizer.instance.instance import Instance
from optimizer.instance.sources.sao_paulo import sao_paulo
from optimizer.plan.plan import Plan

__all__ = [
    "ENGINE",
    "FOLDER",
    "GROUPINGS",
    "comparison_table",
    "cut",
    "engine_grouping",
    "immediate_region_table",
    "named_plans",
    "per_town",
]

FOLDER = Path(__file__).resolve().parents[1] / "results" / "reference" / "sao_paulo"
ENGINE = "engine"
GROUPINGS: Mapping[str, str] = {
    "alone": "alone",
    "units of PL 251/2021": "urae_pl251",
    "river basins": "river_basins",
    "immediate regions": "immediate_regions",
}
"""Given groupings by the name of their row; the engine's own comes last."""
CUT = "Presidente Prudente"
"""The immediate region that is solved from scratch: 28 municipalities."""

_FIGURES = [
    "status",
    "objective",
    "gap",
    "requirement_year",
    "public_money_year",
    "burden_worst",
    "bill_mean_month",
    "travel_hours_mean",
    "travel_hours_most",
    "operators",
    "towns_moved",
]


def engine_grouping() -> pd.DataFrame:
    """Return the kept grouping of the engine's plan.

    Returns
    -------
    pandas.DataFrame
        Index ``town``; ``operator`` (the key of its seat) and ``operator_model``.
    """
    return pd.read_csv(FOLDER / "engine_grouping.csv", dtype="str").set_index("town")


def named_plans(region: Instance) -> dict[str, Plan]:
    """Return the given groupings and the engine's, each with its best tariffs."""
    plans = {title: op.evaluate(region, grouping) for title, grouping in GROUPINGS.items()}
    return plans | {ENGINE: op.evaluate(region, engine_grouping()["operator"])}


def per_town(region: Instance) -> Instance:
    """Return the region with one tariff schedule per municipality."""
    return region.replace(policy=region.policy.replace(tariff_scope="town"))


def comparison_table(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Return the key figures of plans and how many promises each breaks; index ``plan``."""
    broken = {name: len(plan.audit().broken_promises) for name, plan in plans.items()}
    table = op.compare(plans).savings[_FIGURES].copy()
    table["broken_promises"] = pd.Series(broken).reindex(table.index)
    return table


def cut(region: Instance, grouping: str, label: str) -> Instance:
    """Return the towns of one group of a given grouping as a region of their own."""
    labels = region.groupings[grouping]
    inside = labels.index[labels == label]
    travel, borders = region.travel_table, region.adjacency_table
    return region.replace(
        name=f"{region.name}_cut",
        title=f"{region.title}: {label}",
        towns=region.towns.loc[region.towns.index.isin(inside)],
        households=_of(region.households, inside),
        customers=_of(region.customers, inside),
        travel_table=None if travel is None else travel[_ends(travel.index.to_frame(), inside)],
        adjacency_table=None if borders is None else borders[_ends(borders, inside)],
        boundaries=None,
        groupings={},
    )


def immediate_region_table(region: Instance) -> pd.DataFrame:
    """Return one immediate region alone, together and as the engine would, from scratch."""
    part = cut(region, "immediate_regions", CUT)
    plans = {name: op.evaluate(part, name) for name in ("alone", "together")}
    return comparison_table(plans | {ENGINE: op.solve(part)})


def _of(table: pd.DataFrame, towns: pd.Index) -> pd.DataFrame:
    return table[table.index.get_level_values("town").isin(towns)]


def _ends(pairs: pd.DataFrame, towns: pd.Index) -> pd.Series:
    return pairs.iloc[:, 0].isin(towns) & pairs.iloc[:, 1].isin(towns)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the reference tables; the proof of the engine's row is kept as it stands there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sao_paulo")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public tables")
    parser.add_argument("--solve", type=float, help="seconds in which the plan is computed anew")
    asked = parser.parse_args(arguments)
    region = sao_paulo(asked.data)
    proof = pd.read_csv(FOLDER / "comparison.csv", index_col="plan").loc[ENGINE, ["status", "gap"]]
    if asked.solve:
        plan = op.solve(region, gap=0.01, time_limit=asked.solve)
        plan.audit().raise_for_failures()
        found = plan.towns[["service_area", "operator_model"]]
        found = found.rename(columns={"service_area": "operator"})
        found.to_csv(FOLDER / "engine_grouping.csv", lineterminator="\n")
        proof = pd.Series({"status": plan.status, "gap": plan.gap})
    table = comparison_table(named_plans(region))
    table.loc[ENGINE, ["status", "gap"]] = proof.to_numpy()
    tables = {
        "comparison": table,
        "comparison_schedule_per_town": comparison_table(named_plans(per_town(region))),
        "immediate_region": immediate_region_table(region),
    }
    for name, made in tables.items():
        write_table(made, FOLDER / f"{name}.csv")
        sys.stdout.write(f"{FOLDER / name}.csv: {len(made)} rows\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
