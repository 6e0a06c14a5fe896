"""The page in a real browser without a network: drawn, pointed at, chosen, switched, sorted.

Needs Debian's packages ``chromium`` and ``chromium-driver``; elsewhere the tests are skipped.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from optimizer.report.page.page import write_page
from tests.support.report_regions import HOSTILE, bundled_plan, hostile_plans, plan_of_towns

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)

pytestmark = pytest.mark.skipif(
    BROWSER is None or DRIVER is None,
    reason="chromium and chromedriver are not installed (Debian: chromium, chromium-driver)",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """Chromium that reaches no network and keeps its console."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    service = pytest.importorskip("selenium.webdriver.chrome.service")
    assert BROWSER
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=service.Service(executable_path=DRIVER))
    try:
        driver.set_window_size(1280, 1000)
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A comparison of two plans, and one of towns with hostile names."""
    folder = tmp_path_factory.mktemp("pages")
    plans = {name: bundled_plan("ring", name) for name in ("alone", "together")}
    return {
        "ring": write_page(plans, folder / "ring.html"),
        "hostile": write_page(hostile_plans(), folder / "hostile.html", language="es"),
        "many": write_page(plan_of_towns(80), folder / "many.html"),
        "years": write_page(bundled_plan("growing", "together"), folder / "years.html"),
    }


def _open(browser: Chrome, page: Path) -> None:
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(page.as_uri())


def _asked_for(browser: Chrome) -> list[str]:
    """Return every address that the page asked for, its own file and data addresses left out."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [
        m["params"]["request"]["url"]
        for m in messages
        if m["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in urls if not url.startswith(("data:", "file:"))]


def _panel(browser: Chrome) -> str:
    return browser.find_element("id", "panel").text


@pytest.mark.parametrize("name", ["ring", "hostile", "many"])
def test_page_opens_quietly_and_asks_for_nothing(
    browser: Chrome, pages: dict[str, Path], name: str
) -> None:
    _open(browser, pages[name])
    assert browser.get_log("browser") == []
    assert _asked_for(browser) == []
    images = "return Array.from(document.images).every(i => {i.loading = 'eager'; return true})"
    assert browser.execute_script(images)


def test_every_town_is_on_the_map_once(browser: Chrome, pages: dict[str, Path]) -> None:
    _open(browser, pages["many"])
    script = """return Array.from(document.querySelectorAll('.town')).map(t => {
        const shape = t.querySelector(t.classList.contains('is-seat') ? 'rect' : 'circle');
        const box = shape.getBoundingClientRect();
        return [t.dataset.town, box.width > 2 && box.height > 2, t.getAttribute('aria-label')];
    })"""
    marks = browser.execute_script(script)
    assert sorted(int(number) for number, _, _ in marks) == list(range(80))
    assert all(visible for _, visible, _ in marks)
    assert all(label.startswith(f"Villa Número {number},") for number, _, label in marks)
    cells = browser.execute_script(
        "return Array.from(document.querySelectorAll('.cell')).map(c => getComputedStyle(c).fill)"
    )
    assert len(cells) == 80
    assert "rgb(0, 0, 0)" not in cells
    assert len(set(cells)) > 3


def test_pointing_at_a_town_tells_its_numbers(browser: Chrome, pages: dict[str, Path]) -> None:
    from selenium.webdriver import ActionChains  # noqa: PLC0415

    _open(browser, pages["ring"])
    town = browser.find_element("css selector", '.town[data-town="2"]')
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", town)
    ActionChains(browser).move_to_element(town).perform()
    plan = bundled_plan("ring", "alone")
    told = _panel(browser)
    assert plan.towns["name"].iloc[2] in told
    assert f"{plan.towns['bill_month'].iloc[2]:,.2f} PEN/month" in told


def test_choosing_an_area_and_switching_plans(browser: Chrome, pages: dict[str, Path]) -> None:
    _open(browser, pages["ring"])
    first, second = browser.find_elements("css selector", ".plan-button")
    together = bundled_plan("ring", "together")
    names = list(together.towns["name"])
    assert first.get_attribute("aria-pressed") == "true"
    before = browser.find_element("css selector", ".lead").text
    second.click()
    assert second.get_attribute("aria-pressed") == "true"
    shown = [lead.text for lead in browser.find_elements("css selector", ".lead") if lead.text]
    assert shown[0] != before
    seats = browser.find_elements("css selector", ".town.is-seat")
    assert len(seats) == len(together.areas)
    browser.execute_script(
        "document.querySelector('.cell').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    told = _panel(browser)
    area = together.towns["service_area"].iloc[0]
    members = together.towns.index[together.towns["service_area"] == area]
    assert all(names[together.towns.index.get_loc(key)] in told for key in members)
    assert "PEN/m³" in told
    assert len(browser.find_elements("css selector", ".outline.chosen")) == 1
    link = browser.find_element("css selector", 'nav a[href="#areas"]').get_attribute("href")
    assert link
    target = browser.find_element("id", "areas")
    assert target.is_displayed()


def test_keyboard_moves_and_chooses(browser: Chrome, pages: dict[str, Path]) -> None:
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415

    _open(browser, pages["ring"])
    assert len(browser.find_elements("css selector", '.town[tabindex="0"]')) == 1
    first = browser.find_element("css selector", '.town[tabindex="0"]')
    browser.execute_script("arguments[0].focus()", first)
    told = _panel(browser)
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_DOWN, Keys.ARROW_UP):
        browser.switch_to.active_element.send_keys(key)
    browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    assert _panel(browser) != told
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert _panel(browser).startswith("Service area")


def test_tables_sort_both_ways(browser: Chrome, pages: dict[str, Path]) -> None:
    _open(browser, pages["many"])
    table = browser.find_element("css selector", "#areas table")
    heads = table.find_elements("css selector", "th")
    column = next(k for k, head in enumerate(heads) if head.text.startswith("people"))
    cells = (
        "return Array.from(arguments[0].tBodies[0].rows)"
        ".map(r => r.cells[arguments[1]]).map(c => Number(c.dataset.sort ?? c.textContent))"
    )
    for order in ("ascending", "descending"):
        browser.execute_script(
            "arguments[0].click()", heads[column].find_element("tag name", "button")
        )
        values = browser.execute_script(cells, table, column)
        assert heads[column].get_attribute("aria-sort") == order
        assert values == sorted(values, reverse=order == "descending")
    assert len(values) == 20


def test_hostile_names_are_only_text(browser: Chrome, pages: dict[str, Path]) -> None:
    from selenium.common.exceptions import NoAlertPresentException  # noqa: PLC0415

    _open(browser, pages["hostile"])
    with pytest.raises(NoAlertPresentException):
        _ = browser.switch_to.alert
    town = browser.find_element("css selector", '.town[data-town="0"]')
    browser.execute_script("arguments[0].focus()", town)
    assert HOSTILE[0] in _panel(browser)
    assert browser.find_element("tag name", "h1").text == "<img src=x onerror=alert(1)>"
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(wide) <= 0


def test_phone_and_paper(browser: Chrome, pages: dict[str, Path]) -> None:
    """Nothing sticks out on a phone of 390 pixels, and the page prints on A4."""
    _open(browser, pages["hostile"])
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
        small = browser.execute_script(
            "return getComputedStyle(document.querySelector('.labels .small')).display"
        )
        assert small != "none"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    printed = browser.execute_cdp_cmd(
        "Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True}
    )
    assert base64.b64decode(printed["data"]).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["ring", "many", "years"])
def test_printed_tables_fit_the_paper(browser: Chrome, pages: dict[str, Path], name: str) -> None:
    """No table is wider than A4 within its margins: 182 mm upright, 273 mm for broad tables."""
    upright, landscape = 182 * 96 / 25.4, 273 * 96 / 25.4
    _open(browser, pages[name])
    paper = {"width": round(landscape), "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for width, tables in ((upright, ":not(.broad) > table"), (landscape, ".broad > table")):
            browser.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride", paper | {"width": round(width)}
            )
            script = (
                "return [...document.querySelectorAll(arguments[0])]"
                ".map(t => t.getBoundingClientRect().width)"
            )
            found = browser.execute_script(script, tables)
            assert max(found, default=0.0) <= width + 1.0, tables
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_pictures_are_there_before_they_are_scrolled_to(
    browser: Chrome, pages: dict[str, Path]
) -> None:
    """Every chart has its size at once, so that nothing jumps and paper shows all of them."""
    _open(browser, pages["years"])
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('.chart img')].map(i => i.naturalHeight)"
    )
    assert len(sizes) >= 6
    assert min(sizes) > 0
