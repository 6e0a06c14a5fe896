"""The pictures of the README: ``python -m benchmarks.pictures``.

Solves the bundled San Martin region, draws the map of its best plan and photographs the report page
with a browser (Debian: ``chromium``), into ``docs/images``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from PIL import Image, ImageOps
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

import optimizer as op
from benchmarks.jobs import ROOT
from optimizer.plan.plan import Plan
from optimizer.workbench.house import House, Offer
from optimizer.workbench.opening import listening
from optimizer.workbench.server import application

COLOURS = 128
MAP_DPI = 95
WINDOW = (1200, 1080)
WORKBENCH = (1360, 860)
MARGIN = 12


def draw_map(plan: Plan, target: Path) -> None:
    """Write the map of a plan."""
    plan.plot().get_figure(root=True).savefig(target, dpi=MAP_DPI)
    shrink(target)


def photograph(plan: Plan, target: Path, browser: str) -> None:
    """Write a picture of the first screen of a plan's report page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        today = op.evaluate(plan.instance, "alone")
        op.compare({"grouped": plan, "today": today}).report(page)
        width, height = WINDOW
        options = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]
        size = [f"--window-size={width},{height}", "--force-device-scale-factor=1"]
        subprocess.run(  # noqa: S603 - the browser's own path, our own page
            [browser, *options, *size, f"--screenshot={target}", page.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )
    shrink(target)


def photograph_workbench(plan: Plan, target: Path, browser: str) -> None:
    """Write a picture of the workbench with a plan on it and a town chosen."""
    with tempfile.TemporaryDirectory() as folder, serving(plan, Path(folder)) as address:
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
            options.add_argument(flag)
        service = Service(executable_path=shutil.which("chromedriver"))
        driver = webdriver.Chrome(options=options, service=service)
        try:
            driver.set_window_size(*WORKBENCH)
            driver.get(address)
            wait = WebDriverWait(driver, 60)
            wait.until(_there(".choices button")).click()
            wait.until(_there("[data-checked]"))
            wait.until(lambda page: "…" not in _distance(page))
            driver.execute_script("document.querySelectorAll('.side tbody input')[12].click()")
            driver.save_screenshot(str(target))
        finally:
            driver.quit()
    shrink(target)


def _there(selector: str) -> Callable[[webdriver.Chrome], WebElement]:
    return expected_conditions.presence_of_element_located((By.CSS_SELECTOR, selector))


def _distance(page: webdriver.Chrome) -> str:
    return page.find_element(By.CSS_SELECTOR, "[data-figure=distance] dd").text


@contextmanager
def serving(plan: Plan, results: Path) -> Iterator[str]:
    """Serve the workbench with one plan; give its address."""
    house = House([Offer("san_martin", results, {"best plan": plan})], results)
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(
            uvicorn.Config(
                application(house),
                lifespan="off",
                log_level="critical",
                timeout_graceful_shutdown=1,
            )
        )
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(10)
            house.close()


def shrink(picture: Path) -> None:
    """Cut white borders and keep few colours: a map or a page needs no more."""
    with Image.open(picture) as image:
        whole = image.convert("RGB")
    drawn = ImageOps.invert(whole).getbbox() or (0, 0, *whole.size)
    left, top, right, bottom = drawn
    box = (
        max(0, left - MARGIN),
        max(0, top - MARGIN),
        min(whole.width, right + MARGIN),
        min(whole.height, bottom + MARGIN),
    )
    few = whole.crop(box).quantize(COLOURS)
    few.save(picture, optimize=True)


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    plan = op.solve(op.read(ROOT / "instances" / "san_martin"), time_limit=120)
    plan.audit().raise_for_failures()
    draw_map(plan, folder / "plan.png")
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("no chromium here: the pictures of the report and the workbench stay as they are")
    else:
        photograph(plan, folder / "report.png", browser)
        photograph_workbench(plan, folder / "workbench.png", browser)
    for picture in sorted(folder.glob("*.png")):
        print(f"{picture.name}: {picture.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
