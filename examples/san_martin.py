# %% [markdown]
# # San Martin, step by step
#
# 47 small towns in Peru. Should they share water operators, and at what price? Run the cells from
# the project's folder, one after the other; each takes seconds. Money is soles of 2023 per year.

# %%
from pathlib import Path

import optimizer as op

region = op.read("instances/san_martin")
out = Path("results/san_martin/example")
print(region)

# %% [markdown]
# ## What planners would draw by hand
# Every town alone; one operator per province; one operator for all. A grouping that breaks a
# promise is not refused: what it breaks is listed.

# %%
alone = op.evaluate(region, "alone")
provinces = op.evaluate(region, region.towns["zone"])
together = op.evaluate(region, "together")
for name, plan in {"alone": alone, "provinces": provinces, "together": together}.items():
    print(name, *plan.outcome.broken_promises or ("keeps every promise",), sep="\n  ")

# %% [markdown]
# ## The best plan, with proof
# No plan can cost less than the bound. The audit recomputes everything with code of its own.

# %%
best = op.solve(region, time_limit=120)
best.audit().raise_for_failures()
print(best)

# %% [markdown]
# ## Side by side
# What each grouping saves against every town alone, who wins and who loses.

# %%
comparison = op.compare(
    {"alone": alone, "province by province": provinces, "together": together, "optimal": best}
)
print(comparison)
print(comparison.winners.loc["optimal"])

# %% [markdown]
# ## What one operator more or less costs
# Each plan begins with its neighbour's.

# %%
frontier = op.frontier(
    region,
    over="operator_count",
    values=[15, 19, 24],
    running=op.Running(options=op.Options(gap=0.002, time_limit=60)),
)
print(frontier)

# %% [markdown]
# ## Other groupings that cost hardly more
# The pairs of towns that go together in all of them are the firm core of the decision.

# %%
alternatives = op.alternatives(region, within=0.01, count=2, solves=3, best=best)
print(alternatives)
print(alternatives.movers.head())

# %% [markdown]
# ## Why is this town here, and what does a promise cost?

# %%
town = str(best.towns.index[best.towns["name"] == "Soritor"][0])
print(op.why(best, town))
print(op.price_of(best, "affordable_bill", running=op.Running(options=op.Options(gap=0.002))))

# %% [markdown]
# ## A page for the table, a workbook, charts for a paper

# %%
print(comparison.report(out / "comparison.html"))
print(best.workbook(out / "optimal.xlsx"))
print(len(best.charts(out / "charts")), "charts")
