# %% [markdown]
# # Sao Paulo: four units by law, river basins, or the engine's own plan?
#
# 645 municipalities. Bill PL 251/2021 put them into four units (URAE), one of them with 370
# municipalities from the coast to the far west. This script asks what that grouping, the 22
# river-basin units, the 53 immediate regions and the engine's own plan would cost, under the
# promises of the instance: a reach of 1 h, no bill above 3 % of a household's income, one tariff
# schedule per operator.
#
# The data are public but not part of the project. Make the instance first, from a folder that holds
# them (`python -m optimizer.instance.sources --help`):
#
#     python -m optimizer.instance.sources sao_paulo \
#         --data ../shared/data --out results/sao_paulo/region
#     python examples/sao_paulo.py
#
# The groupings take seconds each, the engine's plan some minutes.

# %%
from pathlib import Path

import optimizer as op

FOLDER = Path("results/sao_paulo")
SECONDS = 300.0

region = op.read(FOLDER / "region")
print(region)

# %% [markdown]
# ## The given groupings
# They break promises; which ones, and how often, is what a minister should know.

# %%
plans = {"alone": op.evaluate(region, "alone")}
for title, grouping in {
    "units of PL 251/2021": "urae_pl251",
    "river basins": "river_basins",
    "immediate regions": "immediate_regions",
}.items():
    plans[title] = op.evaluate(region, grouping)
    print(title, *plans[title].outcome.broken_promises, sep="\n  ")

# %% [markdown]
# ## The engine's own plan

# %%
plans["engine"] = op.solve(region, gap=0.01, time_limit=SECONDS)
plans["engine"].audit().raise_for_failures()
print(plans["engine"])

# %%
comparison = op.compare(plans)
print(comparison)
broken = {name: len(plan.audit().broken_promises) for name, plan in plans.items()}
comparison.savings.assign(broken_promises=broken).to_csv(FOLDER / "comparison.csv")
print(comparison.report(FOLDER / "comparison.html"))

# %% [markdown]
# ## One schedule per town instead of one per operator
# With one schedule for 370 municipalities the poorest of them caps the tariff of all. The same
# groupings with a schedule for each municipality:

# %%
per_town = region.replace(policy=region.policy.replace(tariff_scope="town"))
own_schedules = {
    name: op.evaluate(per_town, plan.towns["service_area"]) for name, plan in plans.items()
}
comparison = op.compare(own_schedules)
print(comparison)
comparison.savings.to_csv(FOLDER / "comparison_schedule_per_town.csv")
