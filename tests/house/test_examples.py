"""The example script runs as a planner would run it, from the project's folder."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.paths import ROOT

EXAMPLES = ROOT / "examples"


def test_san_martin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "instances").symlink_to(EXAMPLES.parent / "instances")
    monkeypatch.chdir(tmp_path)
    made = runpy.run_path(str(EXAMPLES / "san_martin.py"))
    assert made["best"].status == "optimal"
    assert list(made["comparison"].plans) == [
        "alone",
        "province by province",
        "together",
        "optimal",
    ]
    assert (made["frontier"].table["status"] != "failed").all()
    out = tmp_path / "results" / "san_martin" / "example"
    assert (out / "comparison.html").stat().st_size < 5_000_000
    assert (out / "optimal.xlsx").is_file()
    assert len(list((out / "charts").iterdir())) == 10
    told = capsys.readouterr().out
    assert "reach: broken 30 times" in told
    assert "Soritor is in the area of Rioja" in told


@pytest.mark.parametrize("name", ["san_martin", "sao_paulo"])
def test_examples_are_notebooks_in_cells(name: str) -> None:
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert text.startswith("# %% [markdown]\n")
    assert text.count("\n# %%\n") >= 4
    compile(text, name, "exec")
