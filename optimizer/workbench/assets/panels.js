// What stands beside the map: figures, the choice, broken promises, promises to change.
import {make} from "./make.js";
import {FILLS, svg, fillOf, patterns} from "./styles.js";

export function figures(home, view, t) {
  home.replaceChildren(make("h2", {}, t("This map")), make("dl", {class: "figures"}, ...view.figures.map((figure) =>
    make("div", {"data-figure": figure.key, "data-value": figure.value ?? ""},
      make("dt", {}, figure.label),
      make("dd", {}, figure.shown, figure.note ? make("span", {class: "note"}, figure.note) : null)))));
}

export function broken(home, list, site, t, choose) {
  const fine = list && list.length === 0;
  home.className = `box ${list === null ? "" : fine ? "fine" : "bad"}`;
  const title = list === null ? t("promises are being checked …") : fine ? t("every promise is kept") : t("broken promises");
  const lines = (list ?? []).slice(0, 60).map((line) => {
    const words = [make("span", {class: "rule"}, `${line.rule}: `), line.words];
    return make("li", {}, line.town < 0 ? make("span", {}, ...words)
      : make("button", {class: "link", onclick: () => choose([site.towns[line.town].key])}, ...words));
  });
  const more = (list ?? []).length - lines.length;
  home.replaceChildren(make("h2", {}, fine || list === null ? title : `${title} (${list.length})`),
    make("ul", {class: "plain scroll"}, ...lines), more > 0 ? make("p", {class: "soft small"}, `+ ${more}`) : "");
}

export function swatch(style) {
  const box = svg("svg", {class: "swatch", viewBox: "0 0 16 16", "aria-hidden": "true"});
  const prefix = `s${style}`;
  if (style >= FILLS.length) patterns(svg("defs", {}, box), prefix);
  svg("rect", {width: 16, height: 16, fill: fillOf(style, prefix)}, box);
  return box;
}

// `desk`: {site, view, chosen, t, act(command, more), choose(keys), ask(kind, key)}
export function choice(home, desk) {
  const {site, view, chosen, t} = desk;
  const rows = site.towns.map((town, k) => ({...town, ...view.towns[k], k})).filter((town) => chosen.has(town.key));
  if (!rows.length) {
    home.replaceChildren(make("h2", {}, t("Choose a town")), make("p", {class: "soft small"}, t("Click a town, draw around several, or pick them from the list. Drag a town onto another to put it there.")));
    return;
  }
  const areas = [...new Set(rows.map((row) => row.area))].map((k) => view.areas[k]);
  const one = rows.length === 1 ? rows[0] : null;
  const title = one ? one.name : `${rows.length} ${t("towns")}`;
  home.replaceChildren(make("h2", {}, t("Chosen")), make("p", {}, make("strong", {}, title)),
    one ? townFacts(one, areas[0], desk) : make("p", {class: "small"}, rows.map((row) => row.name).join(", ")),
    ...(areas.length === 1 ? [areaFacts(areas[0], t)] : []), actions(rows, areas, one, desk));
}

function facts(pairs) {
  return make("dl", {class: "facts"}, ...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function townFacts(town, area, {t, site}) {
  const gains = {gains: t("gains"), loses: t("loses"), same: t("the same"), "cannot stand alone": t("cannot stand alone")};
  return facts([
    [t("people"), town.people], [t("connections"), town.connections],
    [t("mean bill a month"), `${town.bill} ${site.currency}`],
    [t("against the town alone"), `${town.change} (${gains[town.gains] ?? town.gains})`],
    [t("heaviest burden"), town.burden], [t("travel from the seat"), town.hours],
    [t("pays above its cost, a year"), town.cross],
  ]);
}

function areaFacts(area, t) {
  return make("div", {}, make("p", {}, swatch(area.style), make("strong", {}, `${t("area")}: ${area.name}`)), facts([
    [t("operator"), area.model], [t("towns"), area.towns], [t("connections"), area.connections],
    [t("cost a year"), area.cost], [t("public money a year"), area.public],
    [t("mean bill a month"), area.bill], [t("heaviest burden"), area.burden], [t("farthest town"), area.reach],
  ]));
}

function actions(rows, areas, one, desk) {
  const {t, act, view} = desk;
  const keys = rows.map((row) => row.key);
  const button = (label, run, more = {}) => make("button", {type: "button", onclick: run, ...more}, label);
  const targets = view.areas.filter((area) => areas.length > 1 || area.key !== areas[0].key);
  const move = make("select", {"aria-label": t("move to"), onchange: (event) => event.target.value && act("move", {towns: keys, area: event.target.value})},
    make("option", {value: ""}, t("move to …")), ...targets.map((area) => make("option", {value: area.key}, area.name)));
  const locked = keys.some((key) => view.seats.includes(key) || [...view.together, ...view.apart].some((group) => group.includes(key)));
  const list = [move, button(t("own area"), () => act("move", {towns: keys, area: null}))];
  if (one) {
    const seated = view.seats.includes(one.key);
    list.push(seated ? button(t("free the seat"), () => act("free_seat", {towns: keys})) : button(t("make it the seat"), () => act("seat", {towns: keys})));
    list.push(button(t("why is it here?"), () => desk.ask("why", one.key)));
    list.push(button(t("choose its area"), () => desk.choose(desk.site.towns.filter((_, k) => view.towns[k].area === one.area).map((town) => town.key))));
  } else {
    list.push(button(t("keep together"), () => act("lock_together", {towns: keys})), button(t("keep apart"), () => act("lock_apart", {towns: keys})));
  }
  if (areas.length > 1) list.push(button(t("merge these areas"), () => act("merge", {towns: keys})));
  if (areas.length === 1 && areas[0].towns > 1) list.push(button(t("dissolve the area"), () => act("dissolve", {area: areas[0].key})));
  if (locked) list.push(button(t("unlock"), () => act("unlock", {towns: keys})));
  return make("div", {class: "acts"}, ...list);
}

export function townList(home, desk) {
  const {site, view, chosen, t} = desk;
  const rows = site.towns.map((town, k) => ({...town, ...view.towns[k]})).sort((a, b) => a.name.localeCompare(b.name));
  home.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, make("th", {}, t("town")), make("th", {}, t("area")), make("th", {class: "n"}, t("bill")), make("th", {class: "n"}, t("change")))),
    make("tbody", {}, ...rows.map((row) => make("tr", {},
      make("td", {}, make("label", {}, make("input", {type: "checkbox", checked: chosen.has(row.key), onchange: (event) => desk.choose(event.target.checked ? [...chosen, row.key] : [...chosen].filter((key) => key !== row.key))}), " ", row.name)),
      make("td", {}, swatch(view.areas[row.area].style), view.areas[row.area].name),
      make("td", {class: "n"}, row.bill), make("td", {class: "n"}, row.change))))));
}

export function promises(home, fields, t, change, price) {
  const shown = fields.map((field) => [field, control(field, t, change, price)]);
  const first = shown.slice(0, 6).map(([, made]) => made);
  const rest = shown.slice(6).map(([, made]) => made);
  home.replaceChildren(make("h2", {}, t("Promises")), ...first, make("details", {}, make("summary", {}, t("all promises")), ...rest));
}

function shownValue(field) {
  if (field.value === null || field.value === undefined) return "–";
  if (field.unit.startsWith("share")) return `${+(100 * field.value).toFixed(2)} %`;
  return `${+Number(field.value).toFixed(4)}${field.unit === "hours" ? " h" : ""}`;
}

function control(field, t, change, price) {
  const id = `promise-${field.name}`;
  const help = make("span", {class: "help", id: `${id}-help`}, field.meaning, " ",
    make("button", {class: "link small", type: "button", onclick: () => price(field.name)}, t("what does it cost?")));
  const send = (value) => change(field.name, value);
  if (field.kind === "switch") {
    const box = make("input", {type: "checkbox", id, checked: field.value === true, "aria-describedby": `${id}-help`, onchange: (event) => send(event.target.checked)});
    return make("div", {class: "field switch"}, make("label", {for: id}, box, " ", field.label), help);
  }
  if (field.kind === "choice") {
    const list = make("select", {id, onchange: (event) => send(event.target.value)}, ...field.choices.map((choice) =>
      make("option", {value: choice.value, selected: choice.value === field.value}, choice.label)));
    return make("div", {class: "field"}, make("label", {for: id}, field.label), list, help);
  }
  if (field.kind === "list" || field.least === undefined) {
    const text = make("input", {type: field.kind === "list" ? "text" : "number", step: "any", id, value: field.value ?? "", onchange: (event) => send(event.target.value)});
    return make("div", {class: "field"}, make("label", {for: id}, field.label), text, help);
  }
  const out = make("output", {for: id}, shownValue(field));
  const range = make("input", {type: "range", id, min: field.least, max: field.most, step: field.step, value: field.value ?? field.least, "aria-describedby": `${id}-help`,
    oninput: (event) => { out.textContent = shownValue({...field, value: Number(event.target.value)}); },
    onchange: (event) => send(Number(event.target.value))});
  return make("div", {class: "field"}, make("label", {for: id}, field.label, out), range, help);
}
