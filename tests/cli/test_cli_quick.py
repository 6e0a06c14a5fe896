"""The command line answers at once, and takes names as a planner writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from optimizer.cli.app import GROUPS, app
from optimizer.cli.options import numbers_in
from optimizer.errors import PolicyError
from tests.paths import ROOT

HEAVY = ("numpy", "pandas", "pyomo", "highspy", "geopandas", "scipy", "matplotlib", "jinja2")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("solve", "--help"),
        ("sovle",),
        ("--version",),
        ("check", "instances/nowhere"),
        ("solve", "nowhere", "--time-limit", "-1"),
        ("audit", "results/nowhere"),
        ("compare", "results/nowhere", "results/none"),
        ("frontier", "nowhere", "--over", "reach_hours", "--values", "1,2"),
    ],
)
def test_nothing_heavy_is_loaded(words: tuple[str, ...]) -> None:
    """What computes is loaded only where something is computed; seconds are a benchmark."""
    code = (
        "import sys\n"
        "from optimizer.cli import main\n"
        f"sys.argv = ['optimizer', *{words!r}]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        f"    print('loaded', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_every_command_stands_in_one_group() -> None:
    grouped = [command for group in GROUPS.values() for command in group]
    assert len(grouped) == len(set(grouped)) == len(app.registered_commands)
    shown = run("--help").output
    places = [shown.index(f"\n{panel}:\n") for panel in GROUPS]
    assert places == sorted(places)


def test_names_near_a_wrong_one() -> None:
    assert "'solve'" in run("sovle").output
    assert "did you mean 'san_martin'" in run("check", "san_martn").output
    assert "did you mean 'pair'" in run("check", "instances/piar").output


def test_towns_by_name_and_rules_for_promises(tmp_path: Path) -> None:
    run("solve", "pair", "--results", str(tmp_path), "--run", "first")
    stored = str(tmp_path / "pair" / "first")
    by_key, by_name = (run("explain", stored, "--town", town) for town in ("alba", "Alba"))
    assert by_key.exit_code == 0, by_key.output
    assert by_key.stdout == by_name.stdout
    assert "did you mean 'Brisa'" in run("explain", stored, "--town", "Brise").output
    assert "--rule reach" in run("explain", "pair", "--rule", "reach_hours").output
    said = run("frontier", "pair", "--over", "reach", "--values", "1").output
    assert "did you mean reach_hours?" in said


def test_a_bundled_region_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("solve", "pair", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["instance"] == "pair"


def test_a_run_near_a_wrong_path(tmp_path: Path) -> None:
    run("solve", "instances/pair", "--results", str(tmp_path), "--run", "first")
    said = run("audit", str(tmp_path / "pair" / "frist"))
    assert said.exit_code == 3
    assert f"did you mean {tmp_path / 'pair' / 'first'}" in said.output.replace("\n", "")


def test_lists_have_commas_between_them(tmp_path: Path) -> None:
    table = run("bill", "emsap_chanka", "--m3", "8,15,25")
    assert [f"{m3}.0" in table.output for m3 in (8, 15, 25)] == [True] * 3
    assert run("bill", "emsap_chanka", "--m3", "8;15").exit_code == 2
    table = tmp_path / "accounts.csv"
    rows = [f"{size},{30_000 + 50 * size},local" for size in range(300, 9300, 300)]
    table.write_text("\n".join(["AG002,FN015,scope", *rows]), encoding="utf-8")
    columns = ("--column", "connections=AG002,operating_cost_year=FN015", "--where", "scope=local")
    fitted = run("calibrate", str(table), *columns, "--draws", "20", "--json")
    assert json.loads(fitted.stdout)["costs"]["fixed_cost_year"] == pytest.approx(30_000, rel=1e-3)
    seats = ("--set", "fixed_seats=alba, brisa", "--results", str(tmp_path), "--json")
    assert json.loads(run("solve", "pair", *seats).stdout)["service_areas"] == 2
    assert json.loads(run("solve", "pair", *seats[:1], "fixed_seats=brisa", *seats[2:]).stdout)


@pytest.mark.parametrize(
    "words",
    [
        ("--time-limit", "1_000"),
        ("--time-limit", "nan"),
        ("--gap", "inf"),
        ("--gap", "０.１"),
        ("--threads", "1_0"),
        ("--set", "reach_hours=1_0"),
        ("--set", "reach_hours=inf"),
        ("--set", "reach_hours=２"),
        ("--set", "operators_most=1_0"),
    ],
)
def test_numbers_of_the_command_line_are_plain(words: tuple[str, str], tmp_path: Path) -> None:
    done = run("solve", "pair", "--results", str(tmp_path), *words)
    assert done.exit_code == 2
    assert words[1].partition("=")[2] in done.output
    assert not list(tmp_path.iterdir())


def test_a_list_of_numbers_is_plain() -> None:
    assert numbers_in("10, 15,2.5", "--m3") == [10.0, 15.0, 2.5]
    for text in ("1_0", "nan", "10,,20", "１０"):
        with pytest.raises(PolicyError, match="write numbers with commas between them"):
            numbers_in(text, "--m3")


def test_no_text_of_the_help_is_lost() -> None:
    """Brackets stay, paragraphs are wrapped anew, every option is told."""
    for group in GROUPS.values():
        for command in group:
            name = command.__name__.strip("_").replace("_", "-")
            shown = " ".join(run(name, "--help").output.split())
            told = " ".join(str(command.__doc__).split())
            assert told in shown, name
    assert "TOML file to write, with [costs]." in run("calibrate", "--help").output


def test_texts_with_brackets_come_back_as_they_are(tmp_path: Path) -> None:
    for words in (("solve", "[red]x"), ("[bold]x",), ("solve", "pair", "--method", "[b]x[/b]")):
        said = run(*words).output
        assert words[-1] in said
        assert "\x1b" not in said
    new = run("new", "[b]valley[/b]", "--folder", str(tmp_path))
    assert new.exit_code == 0, new.output
    checked = run("check", str(next(tmp_path.iterdir())))
    assert "[b]valley[/b]" in checked.output


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("reach_hour=2", "did you mean 'reach_hours'"),
        ("affordable_bill=2", "affordable_bill is a promise; its fields are affordable_share"),
        ("reach_hours=-1", "reach_hours: -1 is below 0"),
        ("horizon.yeers=3", "did you mean 'horizon.years'"),
        ("fixed_seats=Brise", "did you mean 'Brisa'"),
        ("keep_together=Alba+Brise", "did you mean 'Brisa'"),
        ("tariff_scope=area", "write 'service_area', 'town' or 'region'"),
    ],
)
def test_wrong_settings_name_what_was_meant(setting: str, said: str) -> None:
    assert said in run("check", "pair", "--set", setting).output


def test_settings_take_sets_of_towns_by_name() -> None:
    done = run("check", "pair", "--set", "keep_together=Alba+Brisa", "--set", "fixed_seats=Alba")
    assert done.exit_code == 0, done.output
    assert "keep_together: 1" in done.output
