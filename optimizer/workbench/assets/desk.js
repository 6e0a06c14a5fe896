// One desk: the map, what stands beside it, the tray, and everything that can be done.
import {act, look} from "./api.js";
import {make, openDialog, say} from "./make.js";
import {TownMap} from "./map.js";
import * as panels from "./panels.js";
import {Tray} from "./tray.js";

export class Desk {
  constructor(app, room, leave) {
    Object.assign(this, {app, leave, room, chosen: new Set(), base: `/api/${encodeURIComponent(room)}`, asking: 0});
    this.t = (words) => this.site.texts[words] ?? words;
  }

  async open() {
    this.site = await look(`${this.base}/site`);
    const wanted = localStorage.getItem("language");
    if (wanted && wanted !== this.site.language) {
      await act(`${this.base}/language`, {language: wanted});
      this.site = await look(`${this.base}/site`);
    }
    document.documentElement.lang = this.site.language;
    document.title = this.site.title;
    this.build();
    this.listen();
    this.show(await look(`${this.base}/view`));
    panels.promises(this.parts.promises, await look(`${this.base}/promises`), this.t, (name, value) => this.do("promise", {name, value}), (rule) => this.ask("price", rule));
    this.app.removeAttribute("aria-busy");
  }

  build() {
    const {t} = this;
    const part = (name, tag = "div", more = {}) => make(tag, {class: name, ...more});
    this.parts = {
      promises: part("promises", "aside", {"aria-label": t("Promises")}), figure: make("figure"), figures: part("", "section"),
      broken: part("box", "section", {"aria-live": "polite"}), choice: part("box", "section"), stay: part("box", "section"),
      towns: part("scroll", "div", {tabindex: 0, "aria-label": t("towns")}), progress: part("progress", "span", {role: "status"}),
    };
    const tool = (label, sign, run, more = {}) => make("button", {title: label, "aria-label": label, onclick: run, ...more}, sign);
    const lasso = tool(t("draw around towns"), "◯", () => {
      this.map.lasso = !this.map.lasso;
      lasso.setAttribute("aria-pressed", this.map.lasso);
      this.map.svg.classList.toggle("lasso", this.map.lasso);
    }, {"aria-pressed": "false"});
    this.mapHome = make("main", {class: "map"}, this.parts.figure,
      make("div", {class: "tools"}, tool(t("nearer"), "+", () => this.map.zoomBy(0.7)), tool(t("farther"), "−", () => this.map.zoomBy(1.4)),
        tool(t("whole region"), "⤢", () => this.map.frame(this.map.whole)), lasso),
      make("div", {class: "hint"}, this.site.derived ? t("Borders are drawn by nearness; they are no boundaries.") : ""));
    this.tray = new Tray(this);
    const side = make("aside", {class: "side", "aria-label": t("This map")}, this.parts.figures, this.parts.broken, this.parts.choice, this.parts.stay,
      make("section", {}, make("h2", {}, t("towns")), this.parts.towns));
    this.root = make("div", {class: "desk"}, this.head(), this.parts.promises, this.mapHome, side, this.tray.home);
    this.app.replaceChildren(this.root);
    this.map = new TownMap(this.parts.figure, this.site, {
      choose: (keys, add) => this.choose(add ? [...new Set([...this.chosen, ...keys])] : keys),
      move: (keys, town) => this.moveTo(keys, town),
      viewed: (box) => this.tray.follow(box),
    }, {map: t("map of the region"), area: t("area")});
  }

  head() {
    const {t} = this;
    const button = (label, run, more = {}) => make("button", {onclick: run, ...more}, label);
    this.undoButton = button(`↶ ${t("undo")}`, () => this.step("undo"));
    this.redoButton = button(`↷ ${t("redo")}`, () => this.step("redo"));
    this.solveButton = button(t("Solve"), () => (this.searching ? this.stop() : this.solve()), {class: "main", title: t("the best plan with what is locked kept")});
    const groupings = make("select", {"aria-label": t("begin with"), onchange: async (event) => {
      if (event.target.value) await this.send("grouping", {name: event.target.value});
      event.target.value = "";
    }}, make("option", {value: ""}, t("begin with …")), ...this.site.groupings.map((name) => make("option", {value: name}, t(name))));
    const languages = make("select", {"aria-label": t("language"), onchange: async (event) => {
      localStorage.setItem("language", event.target.value);
      this.close();
      await this.leave();
    }}, ...[["en", "English"], ["es", "Español"], ["pt", "Português"]].map(([key, name]) => make("option", {value: key, selected: key === this.site.language}, name)));
    const save = make("select", {"aria-label": t("save as"), onchange: (event) => {
      if (event.target.value) this.tray.save(event.target.value, "");
      event.target.value = "";
    }}, make("option", {value: ""}, t("save as …")), ...exports(t).map(([kind, name]) => make("option", {value: kind}, name)));
    const theme = button("◐", () => {
      const now = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = now;
      localStorage.setItem("theme", now);
    }, {"aria-label": t("light or dark"), title: t("light or dark")});
    return make("header", {class: "bar"}, button("☰", () => this.root.classList.toggle("folded"), {"aria-label": t("Promises"), title: t("Promises")}),
      make("h1", {}, this.site.title), make("span", {class: "grow"}), this.parts.progress, this.undoButton, this.redoButton, groupings, this.solveButton, save, languages, theme,
      button("⌂", () => { this.close(); location.assign("/"); }, {"aria-label": t("other regions"), title: t("other regions")}));
  }

  listen() {
    this.events = new EventSource(`${this.base}/events`);
    this.events.onmessage = ({data}) => this.heard(JSON.parse(data));
    this.keys = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.target.matches("input,select")) return;
      if (event.key === "z" && !event.shiftKey) { event.preventDefault(); this.step("undo"); }
      if (event.key === "y" || (event.key === "z" && event.shiftKey)) { event.preventDefault(); this.step("redo"); }
    };
    addEventListener("keydown", this.keys);
  }

  close() {
    this.events?.close();
    removeEventListener("keydown", this.keys);
  }

  async heard(told) {
    const {t} = this;
    if (told.event === "progress") this.parts.progress.textContent = `${Math.round(told.seconds)} s · ${t("best plan")} ${told.best} · ${t("proven bound")} ${told.bound} ${told.gap ? `· ${t("gap")} ${told.gap}` : ""}`;
    if (told.event === "proof") this.refreshFigures();
    if (told.event === "unsaved") say(`${t("the session could not be kept")}: ${told.words}`);
    if (told.event === "solved") {
      this.setSearching(false);
      if (!told.name) { openDialog(t("no plan was found"), make("p", {}, told.words), t("close")); return; }
      await this.tray.refresh();
      await this.send("take", {name: told.name});
      say(`${t("the plan found is on the desk")}: ${told.name}`);
    }
  }

  async refreshFigures() {
    const revision = this.view.revision;
    const view = await look(`${this.base}/view`);
    if (view.revision === revision && this.view.revision === revision) panels.figures(this.parts.figures, view, this.t);
  }

  // Steps: numbers at once, then what the audit says, then whether all would stay.

  async send(what, sent = {}) {
    try {
      this.show(await act(`${this.base}/${what}`, sent));
    } catch (error) { say(error.message); }
  }

  do(command, more = {}) { return this.send("do", {command, ...more}); }

  async step(which) {
    await this.send(which);
    panels.promises(this.parts.promises, await look(`${this.base}/promises`), this.t, (name, value) => this.do("promise", {name, value}), (rule) => this.ask("price", rule));
  }

  moveTo(keys, town) {
    const k = this.site.towns.findIndex((own) => own.key === town);
    return this.do("move", {towns: keys, area: this.view.areas[this.view.towns[k].area].key});
  }

  show(view) {
    this.view = view;
    const {t} = this;
    this.undoButton.disabled = view.undo === null;
    this.redoButton.disabled = view.redo === null;
    this.setSearching(view.searching);
    panels.figures(this.parts.figures, view, t);
    this.map.show(view);
    this.choose([...this.chosen]);
    this.check(view.revision);
  }

  async check(revision) {
    panels.broken(this.parts.broken, null, this.site, this.t, (keys) => this.choose(keys));
    try {
      const told = await look(`${this.base}/broken`);
      if (told.revision !== this.view.revision) return;
      panels.broken(this.parts.broken, told.broken, this.site, this.t, (keys) => this.choose(keys));
      this.map.breaks(told.broken);
      this.root.dataset.checked = revision;
    } catch (error) { say(error.message); }
    clearTimeout(this.later);
    this.parts.stay.replaceChildren(make("h2", {}, this.t("would every mayor stay?")), "…");
    this.later = setTimeout(() => this.stay(revision), 600);
  }

  async stay(revision) {
    const {t} = this;
    const show = (...content) => this.parts.stay.replaceChildren(make("h2", {}, t("would every mayor stay?")), ...content);
    try {
      const told = await look(`${this.base}/stay`);
      if (told.revision !== this.view.revision || revision !== this.view.revision) return;
      this.parts.stay.className = `box ${told.stable ? "fine" : "bad"}`;
      show(make("p", {}, told.stable ? t("Yes: no town or group of towns would do better by leaving.") : t("No: some towns would do better by leaving together.")),
        make("details", {}, make("summary", {}, t("more")), ...told.words.map((line) => make("p", {class: "small"}, line))));
    } catch (error) { show(make("p", {class: "small soft"}, error.message)); }
  }

  choose(keys) {
    const known = new Set(this.site.towns.map((town) => town.key));
    this.chosen = new Set(keys.filter((key) => known.has(key)));
    this.map.choose(this.chosen);
    const desk = {site: this.site, view: this.view, chosen: this.chosen, t: this.t, act: (c, m) => this.do(c, m), choose: (own) => this.choose(own), ask: (kind, key) => this.ask(kind, key)};
    panels.choice(this.parts.choice, desk);
    panels.townList(this.parts.towns, desk);
  }

  // Questions and searches.

  async ask(kind, key) {
    const {t} = this;
    say(t("one moment …"));
    try {
      const told = await look(`${this.base}/${kind}`, kind === "why" ? {town: key} : {rule: key});
      openDialog(kind === "why" ? t("why is it here?") : t("what does it cost?"), make("div", {}, ...told.words.map((line) => make("p", {}, line))), t("close"));
    } catch (error) { openDialog(t("no answer"), make("p", {}, error.message), t("close")); }
  }

  setSearching(on) {
    this.searching = on;
    this.solveButton.textContent = on ? this.t("Stop") : this.t("Solve");
    if (!on) this.parts.progress.textContent = "";
  }

  async solve() {
    try {
      await act(`${this.base}/solve`, {seconds: 300});
      this.setSearching(true);
      this.parts.progress.textContent = this.t("searching …");
    } catch (error) { say(error.message); }
  }

  async stop() {
    this.parts.progress.textContent = this.t("stopping …");
    await act(`${this.base}/stop`).catch((error) => say(error.message));
  }
}

export function exports(t) {
  return [["report", t("report (web page)")], ["workbook", t("workbook (XLSX)")], ["layers", t("map layers (GeoPackage)")],
    ["tables", t("all tables (ZIP of CSV)")], ["picture", t("picture of the map (PNG)")], ["grouping", t("grouping (CSV)")]];
}
