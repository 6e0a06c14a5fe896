"use strict";
(function () {
  const data = JSON.parse(document.getElementById("plan-data").textContent);
  const words = JSON.parse(document.getElementById("plan-words").textContent);
  const panel = document.getElementById("panel");
  const marks = Array.from(document.querySelectorAll(".town"));
  let plan = 0;
  let area = -1;

  function make(kind, text, parent) {
    const made = document.createElement(kind);
    if (text !== "") { made.textContent = text; }
    parent.appendChild(made);
    return made;
  }

  function pairs(lines, parent) {
    const list = make("dl", "", parent);
    for (const [label, text] of lines) { make("dt", data.labels[label], list); make("dd", text, list); }
  }

  function showTown(number) {
    panel.replaceChildren();
    make("h3", data.towns[number], panel);
    pairs(data.plans[plan].towns[number], panel);
  }

  function showArea(number) {
    const shown = data.plans[plan].areas[number];
    area = shown ? number : -1;
    for (const outline of document.querySelectorAll(".outline")) {
      const here = outline.parentNode.dataset.view === String(plan);
      outline.classList.toggle("chosen", here && Number(outline.dataset.area) === area);
    }
    if (!shown) { return; }
    panel.replaceChildren();
    make("h3", words.area + ": " + shown.title, panel);
    pairs(shown.lines, panel);
    make("h3", words.tariff, panel);
    pairs(shown.tariff, panel);
    make("h3", words.towns + " (" + shown.towns.length + ")", panel);
    const list = make("ul", "", panel);
    for (const town of shown.towns) { make("li", data.towns[town], list); }
  }

  function colour() {
    const drawn = data.plans[plan];
    const seats = new Set(drawn.seats);
    for (const cell of document.querySelectorAll(".cell")) {
      const fill = drawn.fills[drawn.areaOf[Number(cell.dataset.cell)]] || "none";
      cell.setAttribute("class", "cell " + fill);
      const hatch = /h(\d)/.exec(fill);
      const over = document.querySelector('[data-hatch="' + cell.dataset.cell + '"]');
      over.style.fill = hatch ? "url(#hatch" + hatch[1] + ")" : "none";
    }
    for (const mark of marks) {
      const number = Number(mark.dataset.town);
      const seat = seats.has(number);
      mark.classList.toggle("is-seat", seat);
      const lines = drawn.towns[number].map(function (line) { return data.labels[line[0]] + " " + line[1]; });
      mark.setAttribute("aria-label", [data.towns[number]].concat(lines).join(", "));
    }
  }

  function show(number) {
    plan = number;
    for (const part of document.querySelectorAll("[data-view]")) {
      part.toggleAttribute("hidden", part.dataset.view !== String(number));
    }
    for (const button of document.querySelectorAll(".plan-button")) {
      button.setAttribute("aria-pressed", String(button.dataset.plan === String(number)));
    }
    for (const id of ["areas", "towns", "tariffs", "bills", "finances", "payers", "sure"]) {
      move(id, number);
    }
    colour();
    showArea(-1);
    panel.replaceChildren();
    make("p", data.plans[plan].name, panel);
  }

  function move(id, number) {
    const old = document.getElementById(id);
    if (!old) { return; }
    const sections = Array.from(old.parentNode.querySelectorAll("section"));
    const view = document.querySelector('.view[data-view="' + number + '"]');
    const same = view && view.querySelectorAll("section")[sections.indexOf(old)];
    if (same) { old.removeAttribute("id"); same.id = id; }
  }

  function nearest(from, dx, dy) {
    const at = marks[from].querySelector("circle");
    const x = Number(at.getAttribute("cx"));
    const y = Number(at.getAttribute("cy"));
    let best = -1;
    let least = Infinity;
    marks.forEach(function (mark, number) {
      const other = mark.querySelector("circle");
      const along = (Number(other.getAttribute("cx")) - x) * dx + (Number(other.getAttribute("cy")) - y) * dy;
      const across = Math.abs((Number(other.getAttribute("cx")) - x) * dy - (Number(other.getAttribute("cy")) - y) * dx);
      if (number !== from && along > 0.01 && along + 2 * across < least) { least = along + 2 * across; best = number; }
    });
    return best;
  }

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  marks.forEach(function (mark, position) {
    const number = Number(mark.dataset.town);
    mark.addEventListener("pointerenter", function () { showTown(number); });
    mark.addEventListener("focus", function () { showTown(number); });
    mark.addEventListener("click", function () { showArea(data.plans[plan].areaOf[number]); });
    mark.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        showArea(data.plans[plan].areaOf[number]);
      }
      if (!(event.key in steps)) { return; }
      event.preventDefault();
      const next = nearest(position, steps[event.key][0], steps[event.key][1]);
      if (next < 0) { return; }
      mark.setAttribute("tabindex", "-1");
      marks[next].setAttribute("tabindex", "0");
      marks[next].focus();
    });
  });
  for (const cell of document.querySelectorAll(".cell")) {
    cell.addEventListener("click", function () { showArea(data.plans[plan].areaOf[Number(cell.dataset.cell)]); });
  }
  for (const button of document.querySelectorAll(".plan-button")) {
    button.addEventListener("click", function () { show(Number(button.dataset.plan)); });
  }

  function sortBy(table, column, head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.querySelectorAll("th[aria-sort]")) { other.setAttribute("aria-sort", "none"); }
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const number = head.classList.contains("n");
    const keyed = Array.from(body.rows).map(function (row) { const cell = row.cells[column]; return [cell.dataset.sort === undefined ? cell.textContent : cell.dataset.sort, row]; });
    keyed.sort(function (first, second) {
      const a = first[0];
      const b = second[0];
      if (a === "" || b === "") { return (a === "" ? 1 : 0) - (b === "" ? 1 : 0); }
      const order = number ? Number(a) - Number(b) : a.localeCompare(b);
      return up ? order : -order;
    });
    for (const pair of keyed) { body.appendChild(pair[1]); }
  }
  for (const table of document.querySelectorAll("table.data")) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      head.querySelector("button").addEventListener("click", function () { sortBy(table, column, head); });
    });
  }
  const cells = Array.from(document.querySelectorAll(".cell"));
  document.getElementById("inner").setAttribute("d", cells.map(function (cell) { return cell.getAttribute("d"); }).join(""));
  for (const cell of cells) {
    const over = document.querySelector('[data-hatch="' + cell.dataset.cell + '"]');
    over.setAttribute("d", cell.getAttribute("d"));
  }
  colour();
})();
