"""Spread of prices and household support on San Martin: ``python -m benchmarks.tariff_freedom``.

47 small towns with the tariff rules of small Peruvian utilities; the plain problem of before (free
shapes, a factor for shops) stands first. Rows are kept in ``benchmarks/results/tariff_freedom.csv``
as they come; what is there is not computed again.
"""

from __future__ import annotations

import csv
import math
import resource
import tomllib
from pathlib import Path

import optimizer as op
from benchmarks.tables import versions
from optimizer.instance.instance import Instance
from optimizer.instance.schema.fields import Tariff
from optimizer.instance.sources.peru_text import TARIFF_IN_FORCE

TABLE = Path(__file__).parent / "results" / "tariff_freedom.csv"
SECONDS = 60.0
SPREADS = (1.0, 1.5, 2.0, math.inf)
SHARES = (0.0, 0.5)
NAMES = ("plan", "status", "gap", "objective", "cost", "public_money", "operators", "cpu_s")
SHAPE = (2.0, 0.9, 1.2, 1.5)
"""A given shape near those in force: fixed charge, then the blocks."""


def regions() -> dict[str, Instance]:
    """Return every question by its name."""
    plain = op.read("benchmarks/regions/san_martin_47")
    rules = Tariff.model_validate(tomllib.loads(TARIFF_IN_FORCE)["tariff"])
    shops = tuple(c.model_copy(update={"factor": 1.9}) for c in plain.tariff.categories)
    given = Tariff(blocks_m3=rules.blocks_m3, shape=SHAPE, categories=shops)
    asked = {"plain": plain}
    for kind, tariff in (("given shape", given), ("free prices", rules)):
        for share in SHARES:
            for spread in SPREADS:
                asked[f"{kind}, spread {spread:g}, support {100 * share:g} %"] = _with(
                    plain.replace(tariff=tariff), spread, share
                )
    return asked


def _with(region: Instance, spread: float, share: float) -> Instance:
    policy = region.policy.replace(
        tariff_scope="town" if math.isinf(spread) else "service_area",
        tariff_spread_most=1.0 if math.isinf(spread) else spread,
        household_support_share=share,
        household_support_groups=("q1",) if share else (),
    )
    return region.replace(policy=policy)


def main() -> None:
    """Solve what is missing and write the tables."""
    rows = {}
    if TABLE.exists():
        with TABLE.open(newline="") as lines:
            rows = {row["plan"]: row for row in csv.DictReader(lines)}
    for name, region in regions().items():
        if name not in rows:
            rows[name] = _row(name, region)
            print(rows[name], flush=True)
            _write(list(rows.values()))


def _row(name: str, region: Instance) -> dict[str, str]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    plan = op.solve(region, time_limit=SECONDS)
    after = resource.getrusage(resource.RUSAGE_SELF)
    plan.audit().raise_for_failures()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    public = plan.areas["operating_subsidy_year"] + plan.areas["household_support_year"]
    values = (
        name,
        plan.status,
        f"{plan.gap:.5f}",
        f"{plan.objective:.0f}",
        f"{plan.areas['requirement_year'].sum():.0f}",
        f"{public.sum():.0f}",
        str(len(plan.areas)),
        f"{spent:.1f}",
    )
    return dict(zip(NAMES, values, strict=True))


def _write(rows: list[dict[str, str]]) -> None:
    with TABLE.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, NAMES, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    head = [
        "# From one price to a schedule per town, with household support",
        "",
        f"Made by `python -m benchmarks.tariff_freedom`; {versions()}; {SECONDS:g} s a plan, on a "
        "machine that had other work. San Martin, 47 towns; support of half a bill for the poorest "
        "fifth; money in million soles a year, public money weighted by 3 in the objective. Every "
        "plan passed its audit.",
        "",
        "| plan | status | gap | objective | cost | public money | operators | CPU s |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        money = [f"{float(row[k]) / 1e6:.3f}" for k in ("objective", "cost", "public_money")]
        gap = f"{100 * float(row['gap']):.2f} %"
        cells = [row["plan"], row["status"], gap, *money, row["operators"], row["cpu_s"]]
        head.append("| " + " | ".join(cells) + " |")
    TABLE.with_suffix(".md").write_text("\n".join(head) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
