"""The workbench without a browser: every figure is that of evaluate, nothing is lost, all inert."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import optimizer as op
from optimizer.workbench.server import ACTS, LOOKS
from tests.support.workbench import Bench, serving


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Two bundled regions, served."""
    with serving(tmp_path_factory.mktemp("results"), "san_martin", "line") as running:
        yield running


def figures(view: dict[str, list[dict[str, object]]]) -> dict[str, float]:
    """Return the figures beside the map, as numbers."""
    return {
        str(f["key"]): float(str(f["value"])) for f in view["figures"] if f["value"] is not None
    }


def agrees(bench: Bench, room: str, view: dict[str, list[dict[str, object]]]) -> None:
    """Assert that what is shown is what evaluate says of the grouping that is shown."""
    held = bench.house.room(room.removeprefix("/api/")).desk
    region = held.instance.replace(policy=held.draft.policy)
    plan = op.evaluate(region, held.draft.grouping())
    shown = figures(view)
    assert shown["cost"] == pytest.approx(plan.areas["requirement_year"].sum(), rel=1e-9)
    public = plan.areas["operating_subsidy_year"] + plan.areas["household_support_year"]
    assert shown["public"] == pytest.approx(public.sum(), rel=1e-9, abs=1e-6)
    assert shown["burden"] == pytest.approx(plan.bills["burden"].max(), rel=1e-9)
    assert shown["areas"] == len(plan.areas)
    broken = bench.look(f"{room}/broken")["broken"]
    promises = plan.audit().failures
    assert len(broken) == len(promises)
    assert sorted(line["rule"] for line in broken) == sorted(promises["rule"])


def test_random_actions_show_what_evaluate_says(bench: Bench) -> None:
    room, numbers = bench.open("line"), np.random.default_rng(11)
    site = bench.look(f"{room}/site")
    towns = [town["key"] for town in site["towns"]]
    view = bench.look(f"{room}/view")
    done = 0
    for _ in range(60):
        chosen = [str(t) for t in numbers.choice(towns, size=numbers.integers(1, 4), replace=False)]
        area = view["areas"][numbers.integers(len(view["areas"]))]["key"]
        command = str(
            numbers.choice(["move", "move", "move", "merge", "dissolve", "seat", "lock_together"])
        )
        step = numbers.random()
        if step < 0.2:
            answer = bench.ask(f"{room}/{'undo' if step < 0.12 else 'redo'}", {})
        else:
            target = None if numbers.random() < 0.2 else area
            count = 1 if command == "seat" else len(chosen)
            wish = {"command": command, "towns": chosen[:count], "area": target}
            answer = bench.ask(f"{room}/do", wish)
        assert answer.status in {200, 400}
        if answer.status == 400:
            assert answer.json["error"]
            continue
        view, done = answer.json, done + 1
        if done % 4 == 0:
            agrees(bench, room, view)
    assert done > 30


def test_a_town_is_moved_and_every_number_follows(bench: Bench) -> None:
    room = bench.open("san_martin")
    view = bench.look(f"{room}/view")
    agrees(bench, room, view)
    assert view["undo"] is None
    key = bench.look(f"{room}/site")["towns"][3]["key"]
    moved = bench.act(f"{room}/do", command="move", towns=[key], area=view["areas"][0]["key"])
    agrees(bench, room, moved)
    assert len(moved["areas"]) == len(view["areas"]) - 1
    assert bench.act(f"{room}/undo")["areas"] == view["areas"]
    assert bench.act(f"{room}/redo")["areas"] == moved["areas"]


def test_a_promise_is_changed_and_undone(bench: Bench) -> None:
    room = bench.open("line")
    view = bench.look(f"{room}/view")
    changed = bench.act(f"{room}/do", command="promise", name="affordable_share", value=0.01)
    agrees(bench, room, changed)
    assert figures(changed)["burden"] < figures(view)["burden"]
    names = {field["name"]: field for field in bench.look(f"{room}/promises")}
    assert names["affordable_share"]["value"] == pytest.approx(0.01)
    wrong = bench.ask(
        f"{room}/do", {"command": "promise", "name": "affordable_share", "value": "much"}
    )
    assert wrong.status == 400
    assert "affordable_share" in wrong.json["error"]
    assert bench.act(f"{room}/undo")["figures"][:3] == view["figures"][:3]


def test_two_tabs_do_not_mix_and_a_crash_loses_nothing(bench: Bench, tmp_path: Path) -> None:
    one, other = bench.open("line"), bench.open("line")
    view = bench.look(f"{other}/view")
    towns = [town["key"] for town in bench.look(f"{one}/site")["towns"]]
    moved = bench.act(f"{one}/do", command="merge", towns=towns[:2])
    bench.act(f"{one}/keep", name="mine <b>")
    assert bench.look(f"{other}/view")["areas"] == view["areas"]
    bench.house._rooms.clear()
    again = bench.look(f"{one}/view")
    assert [a["seat"] for a in again["areas"]] == [a["seat"] for a in moved["areas"]]
    assert [own["name"] for own in bench.look(f"{one}/tray")] == ["mine <b>"]
    del tmp_path


def test_a_search_keeps_the_locks_and_lands_in_the_tray(bench: Bench) -> None:
    room = bench.open("line")
    towns = [town["key"] for town in bench.look(f"{room}/site")["towns"]]
    bench.act(f"{room}/do", command="lock_together", towns=[towns[0], towns[-1]])
    bench.act(f"{room}/do", command="promise", name="reach_hours", value=20)
    held = bench.house.room(room.removeprefix("/api/"))
    bench.act(f"{room}/solve", seconds=60)
    search = held._search
    assert search is not None
    search.join(60)
    assert [own["status"] for own in bench.look(f"{room}/tray")] == ["proven best"]
    solved = bench.act(f"{room}/take", name=bench.look(f"{room}/tray")[0]["name"])
    agrees(bench, room, solved)
    assert solved["towns"][0]["area"] == solved["towns"][-1]["area"]
    assert op.read_plan(bench.look(f"{room}/tray")[0]["folder"]).audit().passed
    why = bench.look(f"{room}/why", town=towns[0])
    assert why["words"]
    told = bench.look(f"{room}/difference", one="", other=bench.look(f"{room}/tray")[0]["name"])
    assert all(row["change"] == 0 for row in told["towns"])


@pytest.mark.parametrize("kind", ["report", "workbook", "layers", "tables", "picture", "grouping"])
def test_a_plan_is_saved_as_a_file(bench: Bench, kind: str) -> None:
    room = bench.open("line")
    saved = bench.ask(f"{room}/export/{kind}")
    assert saved.status == 200
    assert saved.headers["content-disposition"].startswith("attachment")
    begins = {"report": b"<!DOCTYPE html>", "workbook": b"PK", "tables": b"PK"}
    begins |= {"layers": b"SQLite format 3", "picture": b"\x89PNG", "grouping": b"town,"}
    assert saved.body.lower().startswith(begins[kind].lower())


def test_only_its_own_page_may_ask(bench: Bench) -> None:
    room = bench.open("line")
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        assert bench.ask(f"{room}/view", headers=headers).status in {403, 421}
        assert bench.ask(f"{room}/undo", {}, headers=headers).status in {403, 421}
    assert bench.ask(f"{room}/undo", {}, headers={"X-Workbench": "0"}).status == 403
    policy = bench.ask("/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_nothing_that_is_sent_is_a_path_or_an_error_of_ours(bench: Bench) -> None:
    room = bench.open("line")
    for path in ("/assets/..%2f..%2fpyproject.toml", "/api/line.x%2f..", "/api/line.../view"):
        assert bench.ask(path).status in {400, 404}
    for what in [*LOOKS, "x"]:
        answer = bench.ask(f"{room}/{what}?town=%00&rule=../x&name=../../x&one=a&other=b")
        assert answer.status in {200, 400, 404}, what
    for what in [*ACTS, "x"]:
        for sent in ({"name": "../../x", "towns": [1, None]}, {"seconds": -1}, []):
            assert bench.ask(f"{room}/{what}", sent).status in {200, 400, 404}, what
    assert bench.ask(f"{room}/grouping", {"name": "/etc/passwd"}).status == 400


def test_too_much_is_refused(bench: Bench) -> None:
    room = bench.open("line")
    assert bench.ask(f"{room}/do", {"command": "move", "towns": ["x" * 3_000_000]}).status == 413


def test_a_password_is_asked_for(tmp_path: Path) -> None:
    word_of_day = "open sesame"
    with serving(tmp_path, "line", password=word_of_day) as guarded:
        assert guarded.ask("/").status == 401
        for word, status in ((word_of_day, 200), ("other", 401)):
            known = base64.b64encode(f"me:{word}".encode()).decode()
            answer = guarded.ask("/", headers={"Authorization": f"Basic {known}"})
            assert answer.status == status


def test_numbers_are_written_as_the_reader_does(bench: Bench) -> None:
    room = bench.open("san_martin")
    spanish = bench.act(f"{room}/language", language="es")
    brazil = bench.act(f"{room}/language", language="pt")
    bill = next(f for f in brazil["figures"] if f["key"] == "bill")
    assert "," in bill["shown"]
    assert "." in next(f for f in spanish["figures"] if f["key"] == "bill")["shown"]
    assert json.dumps(bench.look(f"{room}/site")["texts"]["Promises"])


def test_a_file_of_ones_own_becomes_a_region(bench: Bench) -> None:
    rows = ["ubigeo;distrito;poblacion;lon;lat;pobreza"]
    rows += [f"0101{k:02};Lugar {k};{3 + k}.500;{-77.9 + k / 50:.3f};-6.2;30" for k in range(1, 6)]
    sent = urllib.request.Request(  # noqa: S310 - ours
        f"{bench.address}/api/upload?name=../censo.csv",
        "\n".join(rows).encode("latin-1"),
        {"X-Workbench": "1"},
    )
    with urllib.request.urlopen(sent, timeout=60) as answer:  # noqa: S310 - ours
        told = json.loads(answer.read())
    room = bench.open(told["key"])
    assert len(bench.look(f"{room}/view")["towns"]) == 5
    assert "poblacion" not in told["key"]


def test_a_file_that_is_none_is_refused_in_words(bench: Bench) -> None:
    for name in ("a.exe", "a.csv", "a.xlsx", ".csv"):
        refused = bench.ask(f"/api/upload?name={name}", {"no": "table"})
        assert refused.status == 400
        assert refused.json["error"]
