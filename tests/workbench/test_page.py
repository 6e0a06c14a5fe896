"""The workbench in a real browser without a network: every action clicked through.

Needs Debian's packages ``chromium`` and ``chromium-driver``; elsewhere the tests are skipped.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.workbench import Bench, serving

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
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)
PATIENCE_SECONDS = 60

pytestmark = pytest.mark.skipif(
    BROWSER is None or DRIVER is None,
    reason="chromium and chromedriver are not installed (Debian: chromium, chromium-driver)",
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One bundled region, served."""
    with serving(tmp_path_factory.mktemp("results"), "line") as running:
        yield running


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
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=service.Service(executable_path=DRIVER))
    try:
        driver.set_window_size(1280, 900)
        yield driver
    finally:
        driver.quit()


def until(browser: Chrome, true: str) -> None:
    """Wait until an expression of the page is true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not browser.execute_script(f"return Boolean({true})"):
        assert time.monotonic() < end, true
        time.sleep(0.05)


def opened(browser: Chrome, bench: Bench) -> str:
    """Open the region as a person does; return the room."""
    browser.get(bench.address)
    until(browser, "document.querySelector('.choices button')")
    browser.execute_script("document.querySelector('.choices button').click()")
    until(browser, "document.querySelector('.desk')?.dataset.checked !== undefined")
    room = browser.execute_script("return new URLSearchParams(location.search).get('room')")
    return f"/api/{room}"


def checked(browser: Chrome, act: Callable[[], None]) -> None:
    """Act, and wait until the numbers and the broken promises have followed."""
    before = browser.execute_script("return document.querySelector('.desk').dataset.checked")
    act()
    until(browser, f"document.querySelector('.desk').dataset.checked !== '{before}'")


def pressed(browser: Chrome, words: str) -> None:
    """Press the button with these words."""
    script = (
        "const b=[...document.querySelectorAll('button')].find("
        "(b)=>b.textContent.trim()===arguments[0] && b.offsetParent); b.click()"
    )
    browser.execute_script(script, words)


def shown(browser: Chrome) -> dict[str, float | None]:
    """Return the figures on the page."""
    script = (
        "return JSON.stringify(Object.fromEntries([...document.querySelectorAll('[data-figure]')]"
        ".map((d)=>[d.dataset.figure, d.dataset.value===''?null:Number(d.dataset.value)])))"
    )
    return dict(json.loads(browser.execute_script(script)))


def same_as_served(browser: Chrome, bench: Bench, room: str) -> None:
    """Assert that the page shows what the server says of this room now."""
    view = bench.look(f"{room}/view")
    served = {figure["key"]: figure["value"] for figure in view["figures"]}
    for key, value in shown(browser).items():
        if key != "distance":
            assert value == pytest.approx(served[key]), key


def drag(browser: Chrome, one: int, other: int, *, keys: tuple[str, ...] = ()) -> None:
    """Drag a town onto another."""
    from selenium.webdriver import ActionChains  # noqa: PLC0415 - an extra
    from selenium.webdriver.common.by import By  # noqa: PLC0415 - an extra

    marks = browser.find_elements(By.CSS_SELECTOR, ".town")
    chain = ActionChains(browser, duration=60)
    for key in keys:
        chain = chain.key_down(key)
    chain.click_and_hold(marks[one]).move_to_element(marks[other]).release().perform()


def test_everything_on_the_desk(browser: Chrome, bench: Bench) -> None:
    room = opened(browser, bench)
    same_as_served(browser, bench, room)
    first = shown(browser)

    checked(browser, lambda: drag(browser, 0, 1))
    same_as_served(browser, bench, room)
    assert shown(browser)["areas"] == (first["areas"] or 0) - 1

    checked(browser, lambda: pressed(browser, "↶ undo"))
    same_as_served(browser, bench, room)
    assert shown(browser)["areas"] == first["areas"]
    checked(browser, lambda: pressed(browser, "↷ redo"))

    browser.execute_script("document.querySelectorAll('.side tbody input')[0].click()")
    browser.execute_script("document.querySelectorAll('.side tbody input')[1].click()")
    checked(browser, lambda: pressed(browser, "keep apart"))
    same_as_served(browser, bench, room)
    assert "keep_apart" in str(bench.look(f"{room}/broken")) or shown(browser)["areas"]
    checked(browser, lambda: pressed(browser, "unlock"))
    checked(browser, lambda: pressed(browser, "own area"))
    checked(browser, lambda: pressed(browser, "dissolve the area"))
    same_as_served(browser, bench, room)

    browser.execute_script("document.querySelectorAll('.side tbody input')[1].click()")
    checked(browser, lambda: pressed(browser, "make it the seat"))
    assert len(bench.look(f"{room}/view")["seats"]) == 1
    checked(browser, lambda: pressed(browser, "free the seat"))

    pressed(browser, "why is it here?")
    until(browser, "document.querySelector('dialog p')")
    pressed(browser, "close")

    slider = (
        "const s=document.getElementById('promise-affordable_share'); s.value=0.02;"
        "s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change'))"
    )
    checked(browser, lambda: browser.execute_script(slider))
    same_as_served(browser, bench, room)

    pressed(browser, "+ keep this plan")
    until(browser, "document.querySelector('dialog input')")
    pressed(browser, "keep")
    until(browser, "document.querySelectorAll('.card').length === 1")
    pressed(browser, "beside")
    until(browser, "document.querySelectorAll('svg.town-map').length === 2")
    pressed(browser, "differences")
    until(browser, "document.querySelector('dialog table')")
    pressed(browser, "close")

    pressed(browser, "Solve")
    until(browser, "document.querySelectorAll('.card').length === 2")
    until(browser, "document.querySelector('button.main').textContent === 'Solve'")
    time.sleep(0.5)
    same_as_served(browser, bench, room)

    browser.refresh()
    until(browser, "document.querySelector('.desk')?.dataset.checked !== undefined")
    same_as_served(browser, bench, room)
    assert browser.execute_script("return document.querySelectorAll('.card').length") == 2
    no_errors(browser)


def test_keys_alone_reach_a_town_and_move_it(browser: Chrome, bench: Bench) -> None:
    from selenium.webdriver import ActionChains  # noqa: PLC0415 - an extra
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - an extra

    room = opened(browser, bench)
    browser.execute_script("document.querySelector('.town').focus()")
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    until(browser, "document.querySelectorAll('.town.chosen').length === 1")
    ActionChains(browser).send_keys(Keys.ARROW_RIGHT).perform()
    script = (
        "const s=document.querySelector('.acts select'); s.value=s.options[1].value;"
        "s.dispatchEvent(new Event('change'))"
    )
    checked(browser, lambda: browser.execute_script(script))
    same_as_served(browser, bench, room)
    no_errors(browser)


@pytest.mark.parametrize("language", ["en", "es", "pt"])
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_nothing_sticks_out(browser: Chrome, bench: Bench, language: str, width: int) -> None:
    browser.set_window_size(width, 900)
    browser.get(bench.address)
    store = "localStorage.setItem('language', arguments[0]); localStorage.setItem('theme', 'dark')"
    browser.execute_script(store, language)
    opened(browser, bench)
    wide = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 1
    assert browser.execute_script("return document.documentElement.lang") == language
    names = "document.querySelectorAll('.names text').length > 0"
    until(browser, names)
    browser.execute_script("localStorage.clear()")
    browser.set_window_size(1280, 900)
    no_errors(browser)


def no_errors(browser: Chrome) -> None:
    """Assert that the console holds no error."""
    logs = browser.get_log("browser")
    assert [entry["message"] for entry in logs if entry["level"] == "SEVERE"] == []
