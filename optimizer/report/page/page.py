"""One HTML file that a planner can put on the table: no network, no other file needed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from optimizer.analysis.compare.compare import check_same_region
from optimizer.analysis.loyalty.stability import Stability
from optimizer.errors import OptimizerError
from optimizer.messages.words import words_of
from optimizer.model.formulation import formulation
from optimizer.report.charts.charts import CHARTS, chart_svg
from optimizer.report.map.colours import FILLS
from optimizer.report.map.scene import ground_of
from optimizer.report.map.svg_map import MapPlan, map_base, map_plan
from optimizer.report.page.answer import alone_words, answer, beside_words, drawn_words
from optimizer.report.page.assurance import Assurance, assurance
from optimizer.report.page.demand_view import demand_sheet
from optimizer.report.page.differences import change_words, changes_sheet, key_figures
from optimizer.report.page.fairness import Fairness, fairness, quick_stability
from optimizer.report.page.freedom_view import freedom_sheet
from optimizer.report.page.headings import Writer
from optimizer.report.page.instruments_view import instruments_sheet, public_money_words
from optimizer.report.page.page_data import page_data
from optimizer.report.page.path_view import PathView, path_view
from optimizer.report.page.support_view import support_sheet
from optimizer.report.page.tables import (
    areas_sheet,
    burden_sheet,
    finances_sheet,
    gains_names,
    payers_sheet,
    schedules,
    statement,
    towns_sheet,
)

if TYPE_CHECKING:
    from optimizer.analysis.what_if.support_instruments import SupportInstruments
    from optimizer.analysis.what_if.tariff_freedom import TariffFreedom
    from optimizer.plan.plan import Plan
    from optimizer.report.figures import Sheet
    from optimizer.report.page.tables import Schedule

__all__ = ["page_html", "write_page"]


@dataclass(frozen=True, eq=False)
class _View:
    """Everything that the page shows of one plan."""

    number: int
    name: str
    answer: list[str]
    alone: list[str]
    map: MapPlan
    sheets: dict[str, Sheet]
    statement: tuple[tuple[str, str, str], ...]
    schedules: list[Schedule]
    gains: dict[str, list[str]]
    charts: dict[str, str]
    sure: Assurance
    public_money: str
    fairness: Fairness | None
    path: PathView | None
    empty: bool


def write_page(
    plans: Plan | Mapping[str, Plan],
    path: str | Path,
    *,
    language: str = "en",
    stability: Stability | Mapping[str, Stability] | None = None,
    instruments: SupportInstruments | None = None,
    freedom: TariffFreedom | None = None,
) -> Path:
    """Write one plan, or several plans of one region, as one HTML file.

    The file holds everything it shows: it opens without a network, prints on A4 and reads on a
    phone. It opens on the answer in three sentences; then come the map, areas, tariff schedules,
    bills against 3, 4 and 5 % of income, income statements, who pays for whom, winners and
    losers, and how sure all that is. Every plan is audited for it.

    Parameters
    ----------
    plans : Plan or mapping of str to Plan
        One plan, or plans by name in the order of the switch; the first is what the others are
        compared with.
    path : str or pathlib.Path
        File to make; its folder is made where absent.
    language : {"en", "es", "pt"}
        Language of the page.
    stability : Stability or mapping of str to Stability, optional
        Who would leave the plan, or each plan by its name, from
        ``stability.stability``. Where it is not given it is computed if no
        area has more than 12 towns (7 where households are supported), which takes seconds.
    instruments : SupportInstruments, optional
        What each instrument of public money costs, from
        ``support_instruments.support_instruments``, shown as a table.
    freedom : TariffFreedom, optional
        Plans between one price and a schedule per town, from ``tariff_freedom.tariff_freedom``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptimizerError
        If the plans are of different towns or in different money, or the language is unknown.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import optimizer as op
    >>> region = op.read("instances/pair")
    >>> plans = {"alone": op.evaluate(region, "alone"), "together": op.evaluate(region, "together")}
    >>> write_page(plans, pathlib.Path(tempfile.mkdtemp()) / "pair.html").name
    'pair.html'
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = page_html(
        plans,
        language=language,
        stability=stability,
        instruments=instruments,
        freedom=freedom,
    )
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def page_html(
    plans: Plan | Mapping[str, Plan],
    *,
    language: str = "en",
    stability: Stability | Mapping[str, Stability] | None = None,
    instruments: SupportInstruments | None = None,
    freedom: TariffFreedom | None = None,
) -> str:
    """Return the text of the page; see :func:`write_page`."""
    words = words_of(language)
    named = dict(plans) if isinstance(plans, Mapping) else {words("plan"): plans}
    if not named:
        raise OptimizerError("there is no plan to report on")
    check_same_region(named)
    instance = next(iter(named.values())).instance
    writer = Writer(words, instance.currency)
    base = map_base(ground_of(instance))
    maps = [map_plan(plan, base) for plan in named.values()]
    known = stability if isinstance(stability, Mapping) else {}
    if isinstance(stability, Stability):
        known = dict.fromkeys(named, stability) if len(named) == 1 else {}
    views = [
        _view(plan, writer, number=number, name=name, drawn=maps[number], found=known.get(name))
        for number, (name, plan) in enumerate(named.items())
    ]
    compared = len(named) > 1
    page = _environment().from_string(_asset("page.html.j2"))
    return page.render(
        t=words,
        language=language,
        instance=instance,
        base=base,
        views=views,
        key_figures=key_figures(named, writer) if compared else None,
        changes=changes_sheet(named, writer) if compared else None,
        change_words=change_words(named) if compared else [],
        instruments=None if instruments is None else instruments_sheet(instruments, writer),
        freedom=None if freedom is None else freedom_sheet(freedom, writer),
        fills=list(enumerate(FILLS)),
        css=Markup(_asset("page.css")),  # noqa: S704 - the project's own file
        script=Markup(_asset("page.js")),  # noqa: S704 - the project's own file
        data=_safe_json(page_data(named, maps, base, writer)),
        formulas=_formulas(language),
    )


def _view(
    plan: Plan,
    writer: Writer,
    *,
    number: int,
    name: str,
    drawn: MapPlan,
    found: Stability | None,
) -> _View:
    empty = plan.areas.empty
    sheets: dict[str, Sheet] = {}
    if not empty:
        sheets = {
            "areas": areas_sheet(plan, writer),
            "towns": towns_sheet(plan, writer),
            "payers": payers_sheet(plan, writer),
            "burden": burden_sheet(plan, writer),
            "support": support_sheet(plan, writer),
            "demand": demand_sheet(plan, writer),
            "finances": finances_sheet(plan, writer),
        }
    return _View(
        number=number,
        name=name,
        answer=[*drawn_words(plan, writer.words), *answer(plan, writer.words)],
        alone=[*alone_words(plan, writer.words), *beside_words(plan, writer.words)],
        map=drawn,
        sheets=sheets,
        statement=() if empty else statement(plan, writer),
        schedules=[] if empty else schedules(plan, writer),
        gains={} if empty else gains_names(plan),
        charts={} if empty else {c: _picture(plan, c, writer.words.language) for c in CHARTS},
        sure=assurance(plan, writer.words),
        public_money="" if empty else public_money_words(plan, writer),
        fairness=None if empty else fairness(plan, found or quick_stability(plan), writer),
        path=path_view(plan, writer),
        empty=empty,
    )


def _picture(plan: Plan, chart: str, language: str) -> str:
    """Return a chart as a data address: inside an image nothing can run or be loaded."""
    svg = chart_svg(plan, chart, language=language).encode("utf-8")
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def _environment() -> Environment:
    """Return a template environment that escapes everything and knows every name it uses."""
    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _asset(name: str) -> str:
    """Return the text of one of the page's own files."""
    return files("optimizer.report").joinpath("assets", name).read_text(encoding="utf-8")


def _safe_json(data: object) -> Markup:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character of it can end the element


def _formulas(language: str) -> Markup:
    """Return the formula page as HTML, in Spanish for Portuguese readers too.

    Its headings start two levels lower.
    """
    lines = formulation("en" if language == "en" else "es").splitlines()
    lower = "\n".join(f"##{line}" if line.startswith("#") else line for line in lines)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(lower)
    return Markup(str(html))  # noqa: S704 - raw HTML in the text is escaped by the renderer
