"""What an election may do to a plan: towns leave by chance, and those who stay pay.

Each town leaves its service area with its own chance, independently. The towns of an area that
stay are served again as one area, from the best seat and with the best operator model left to them
under the same rules (save keep_together, which the leavers have broken); what they then cost,
less what they pay now, is the loss to those who stay (negative: a gain). Where no operator may
serve them any more the area has *stopped being viable*: each of them, like each that left, is by
itself. A town that no operator may serve by itself is *stranded*; what it costs then is unknown,
so it is counted, not priced.

Cost is the value of a group as the plan's objective counts it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optimizer.analysis.loyalty.coalitions.cost_game import area_game
from optimizer.analysis.loyalty.election_draws import after_elections, standard_error
from optimizer.analysis.loyalty.stability_payments import payments
from optimizer.arrays import Bools
from optimizer.errors import InfeasibleError, InstanceError, Problem
from optimizer.instance.check.table_checks import unique_checks
from optimizer.instance.instance import Instance
from optimizer.instance.reading.findings import Findings
from optimizer.instance.reading.table_file import rows_of
from optimizer.instance.reading.tables import is_missing
from optimizer.instance.schema.fields import LeavingChance
from optimizer.plan.area_names import area_name, area_names
from optimizer.plan.plan import Plan
from optimizer.tariffs.case import case_of

__all__ = [
    "LEAVING_CHANCE",
    "ElectionRisk",
    "compare_election_risk",
    "election_risk",
    "leaving_chances",
    "read_leaving_chances",
]

LEAVING_CHANCE = 0.1
"""Chance that a municipality leaves at an election where nothing is known of it."""


@dataclass(frozen=True, eq=False)
class ElectionRisk:
    """What a plan loses where towns leave by chance; money per year, means over the draws.

    Attributes
    ----------
    title : str
        Title of the region.
    draws : int
        Number of simulated elections.
    areas : DataFrame
        Index ``service_area``: ``seat_name``, ``town_count``, ``pays_year`` (today),
        ``chance_leaves`` (somebody leaves), ``chance_not_viable`` (some stay and no operator may
        serve them together), ``loss_stayers_year``, ``loss_stayers_error_year`` (standard error),
        ``loss_if_leaves_year`` (mean over the draws in which somebody leaves and somebody stays),
        ``loss_leavers_year`` (to those who leave), ``stranded_towns``.
    towns : DataFrame
        Index ``town``: ``name``, ``service_area``, ``leaving_chance``, ``chance_stranded``,
        ``loss_to_others_year`` (mean loss to those who stay when this town alone leaves;
        ``inf`` where the area then stops being viable, missing for a town by itself).
    cost_year, cost_error_year : float
        Expected cost of all towns that are not stranded, and its standard error. A stranded town
        is counted with what it pays today.
    stranded_towns : float
        Expected number of stranded towns.
    """

    title: str
    draws: int
    areas: pd.DataFrame
    towns: pd.DataFrame
    cost_year: float
    cost_error_year: float
    stranded_towns: float

    @property
    def loss_stayers_year(self) -> float:
        """Expected loss to those who stay, over all areas."""
        return float(self.areas["loss_stayers_year"].sum())

    def __str__(self) -> str:
        """Return a summary of one screen."""
        shown = self.areas[self.areas["chance_leaves"] > 0]
        shown = shown.sort_values("loss_stayers_year", ascending=False).head(12)
        lines = [
            f"election   {self.title}, {self.draws:,} simulated elections",
            f"stayers    expect to lose {self.loss_stayers_year:,.0f} a year",
            f"all towns  cost {self.cost_year:,.0f} a year (error {self.cost_error_year:,.0f}), "
            f"{self.stranded_towns:.1f} towns stranded",
        ]
        for _, row in shown.iterrows():
            lines.append(
                f"  {row['seat_name']:<20} {row['chance_leaves']:>5.0%} loses somebody, "
                f"{row['chance_not_viable']:>5.0%} stops being viable, stayers lose "
                f"{row['loss_stayers_year']:,.0f}"
            )
        return "\n".join(lines)

    __repr__ = __str__


def election_risk(
    plan: Plan,
    leaving_chance: pd.Series[float] | float | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
) -> ElectionRisk:
    """Return what a plan loses where towns leave at an election by chance.

    Parameters
    ----------
    plan : Plan
        A computed or evaluated plan.
    leaving_chance : float or Series indexed by town, optional
        Chance (0-1) that a town leaves its service area; a town that is not named stays. Where
        nothing is given, :func:`leaving_chances` of the instance.
    draws : int
        Number of simulated elections.
    seed : int
        Same seed, same elections: for every plan of the same region.
    on_progress : callable, optional
        Called with a line of words before every area.

    Raises
    ------
    InstanceError
        If a chance is not between 0 and 1, a town is unknown, or there are no draws.
    InfeasibleError
        If the plan has no service areas.

    Examples
    --------
    Alba runs the operator of both for 102,000 of 153,000; without Brisa it pays 120,000.

    >>> import optimizer as op
    >>> plan = op.solve(op.read("instances/pair"))
    >>> risk = election_risk(plan, pd.Series({"brisa": 1.0}), draws=10)
    >>> float(risk.areas["loss_stayers_year"].sum()).__round__()
    18000
    """
    if plan.areas.empty:
        raise InfeasibleError("the plan has no service areas, so nobody can leave one")
    plan.instance.policy.refuse_response("election_risk")
    chance = _chances(plan, leaving_chance, draws)
    gone = _elections(plan, chance, draws=draws, seed=seed)
    pays = payments(plan, "value")
    case = case_of(plan.instance)
    parts = []
    for at, label in enumerate(plan.areas.index, start=1):
        if on_progress is not None:
            on_progress(f"elections in {area_name(plan, label)}: area {at} of {len(plan.areas)}")
        keys = plan.towns.index[plan.towns["service_area"] == label]
        keys = plan.instance.towns.index[plan.instance.towns.index.isin(keys)]
        game = area_game(case, keys, float(pays.loc[keys].sum()))
        loose = dataclasses.replace(game.rules, keep_together=())
        game = dataclasses.replace(game, rules=loose)
        columns = plan.instance.towns.index.get_indexer(keys)
        parts.append(after_elections(game, pays.loc[keys], gone[:, columns]))
    rows = pd.DataFrame([p.row for p in parts], index=plan.areas.index)
    cost = np.sum([p.cost for p in parts], axis=0)
    stranded = np.hstack([p.stranded for p in parts])
    town = pd.DataFrame(
        {
            "chance_stranded": stranded.mean(axis=0),
            "loss_to_others_year": np.concatenate([p.loss_to_others for p in parts]),
        },
        index=pd.Index([key for p in parts for key in p.players], name="town"),
    ).loc[plan.towns.index]
    head = plan.towns[["name", "service_area"]].assign(leaving_chance=chance.loc[plan.towns.index])
    return ElectionRisk(
        title=plan.instance.title,
        draws=draws,
        areas=pd.concat(
            [area_names(plan).rename("seat_name"), plan.areas["town_count"], rows], axis=1
        ),
        towns=pd.concat([pd.DataFrame(head), town], axis=1),
        cost_year=float(cost.mean()),
        cost_error_year=standard_error(cost),
        stranded_towns=float(stranded.sum(axis=1).mean()),
    )


def compare_election_risk(
    plans: Mapping[str, Plan],
    leaving_chance: pd.Series[float] | float | None = None,
    *,
    draws: int = 1000,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Return what the same elections do to several plans of a region, the best first.

    Parameters
    ----------
    plans : mapping of str to Plan
        Plans of the same towns.
    leaving_chance, draws, seed, on_progress
        As in :func:`election_risk`.

    Returns
    -------
    DataFrame
        Index ``plan``: ``today_year`` (what all towns pay now), ``expected_cost_year`` (after the
        election), ``expected_cost_error_year``, ``loss_stayers_year``, ``stranded_towns``,
        ``areas_not_viable`` (expected number). Fewest stranded towns first where the plans differ
        in them by more than a hundredth of a town, then the least expected cost.

    Examples
    --------
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> plans = {"alone": op.evaluate(region, "alone"), "shared": op.evaluate(region, "together")}
    >>> compare_election_risk(plans, 0.1, draws=200).index.tolist()
    ['shared', 'alone']
    """
    rows = {}
    for name, plan in plans.items():
        risk = election_risk(plan, leaving_chance, draws=draws, seed=seed, on_progress=on_progress)
        rows[name] = {
            "today_year": float(risk.areas["pays_year"].sum()),
            "expected_cost_year": risk.cost_year,
            "expected_cost_error_year": risk.cost_error_year,
            "loss_stayers_year": risk.loss_stayers_year,
            "stranded_towns": risk.stranded_towns,
            "areas_not_viable": float(risk.areas["chance_not_viable"].sum()),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("plan")
    order = table.assign(stranded=table["stranded_towns"].round(2))
    order = order.sort_values(["stranded", "expected_cost_year"], kind="stable")
    return table.loc[order.index]


def leaving_chances(instance: Instance) -> pd.Series[float]:
    """Return the chance that each municipality leaves: of ``towns.csv``, 0.1 where it is open.

    Three of the nine municipalities of WSP's pilot left after an election; a tenth is a guess for
    regions that know nothing, to be varied.

    Parameters
    ----------
    instance : Instance
        What is.

    Returns
    -------
    Series indexed by town
        Shares between 0 and 1.

    Examples
    --------
    >>> import optimizer as op
    >>> leaving_chances(op.read("instances/pair")).tolist()
    [0.1, 0.1]
    """
    towns = instance.towns
    if "leaving_chance" not in towns.columns:
        return pd.Series(LEAVING_CHANCE, index=towns.index)
    return towns["leaving_chance"].astype(float).fillna(LEAVING_CHANCE)


def read_leaving_chances(file: str | Path) -> pd.Series[float]:
    """Return the chances of a table with the columns town and leaving_chance, index ``town``.

    Raises
    ------
    InstanceError
        With every problem of the table: file, line, column, what is wrong, what to do.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "chances.csv"
    >>> _ = file.write_text("town;leaving_chance" + chr(10) + "alba;0,25")
    >>> read_leaving_chances(file).to_dict()
    {'alba': 0.25}
    """
    found = Findings()
    rows = rows_of(Path(file), LeavingChance, found)
    unique_checks(rows, ("town",), found)
    found.raise_for_problems()
    return rows.frame.set_index("town")["leaving_chance"]


def _chances(
    plan: Plan, leaving_chance: pd.Series[float] | float | None, draws: int
) -> pd.Series[float]:
    """Return the chance of every town, checked."""
    towns = plan.instance.towns.index
    problems = []
    if leaving_chance is None:
        chance = leaving_chances(plan.instance)
    elif isinstance(leaving_chance, pd.Series):
        names = plan.instance.town_names
        keys = [names.keyed(str(town)) for town in leaving_chance.index]
        leaving_chance = leaving_chance.set_axis(pd.Index(keys, name="town"))
        odd = leaving_chance.index.difference(towns)
        problems += [_problem(f"town {key} is not in the instance") for key in odd]
        twice = leaving_chance.index[leaving_chance.index.duplicated()]
        problems += [_problem(f"town {key} has two chances") for key in twice]
        if twice.size:
            raise InstanceError(problems)
        blank = [key for key, value in leaving_chance.items() if is_missing(value)]
        problems += [_problem(f"the chance of {key} is missing") for key in blank]
        chance = leaving_chance.drop(index=blank).reindex(towns).astype(float).fillna(0.0)
    else:
        chance = pd.Series(float(leaving_chance), index=towns)
    wrong = chance[~chance.between(0.0, 1.0)]
    problems += [_problem(f"the chance of {k} is {v}") for k, v in wrong.items()]
    if draws < 1:
        problems.append(_problem(f"{draws} draws"))
    if problems:
        raise InstanceError(problems)
    return chance


def _problem(what: str) -> Problem:
    remedy = "give a chance between 0 and 1 to towns of the instance, and at least one draw"
    return Problem("leaving_chance", None, "", what, remedy)


def _elections(plan: Plan, chance: pd.Series[float], *, draws: int, seed: int) -> Bools:
    """Return who leaves in each draw, shape (draws, towns of the instance)."""
    random = np.random.default_rng(seed).random((draws, len(plan.instance.towns)))
    return np.asarray(random < chance.to_numpy(dtype=float)[None, :], dtype=bool)
