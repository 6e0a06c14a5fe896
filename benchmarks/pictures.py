"""The pictures of the README: ``python -m benchmarks.pictures``.

Solves the bundled San Martin region, draws the map of its best plan and photographs the report page
with a browser (Debian: ``chromium``), into ``docs/images``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

import optimizer as op
from benchmarks.jobs import ROOT
from optimizer.plan.plan import Plan

COLOURS = 128
MAP_DPI = 95
WINDOW = (1200, 1080)
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
        print("no chromium here: the picture of the report stays as it is")
    else:
        photograph(plan, folder / "report.png", browser)
    for picture in sorted(folder.glob("*.png")):
        print(f"{picture.name}: {picture.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
