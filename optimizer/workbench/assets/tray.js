// Named plans under the map; one of them may lie beside the desk, on a map in step with it.
import {act, look} from "./api.js";
import {make, openDialog, say} from "./make.js";
import {TownMap} from "./map.js";

export class Tray {
  constructor(desk) {
    Object.assign(this, {desk, beside: null});
    this.list = make("span", {class: "tray-list"});
    this.home = make("footer", {class: "tray", "aria-label": desk.t("plans")},
      make("button", {onclick: () => this.keep()}, `+ ${desk.t("keep this plan")}`), this.list);
    this.fill(desk.site.tray);
  }

  fill(plans) {
    const {t} = this.desk;
    this.home.querySelectorAll(".card").forEach((card) => card.remove());
    const button = (label, run, more = {}) => make("button", {onclick: run, ...more}, label);
    this.home.append(...plans.map(({name, status}) => make("span", {class: "card"}, make("strong", {}, name), make("span", {class: "soft small"}, status),
      button(t("open"), () => this.desk.send("take", {name})),
      button(t("beside"), () => this.show(name), {"aria-pressed": this.beside?.name === name}),
      button(t("differences"), () => this.differences(name)),
      button("×", () => this.drop(name), {"aria-label": `${t("remove")} ${name}`}))));
    this.plans = plans;
  }

  async refresh() { this.fill(await look(`${this.desk.base}/tray`)); }

  async keep() {
    const {t} = this.desk;
    const name = make("input", {type: "text", maxlength: 120, value: `${t("plan")} ${this.plans.length + 1}`, "aria-label": t("name of the plan")});
    const dialog = openDialog(t("keep this plan"), make("p", {}, name), t("keep"));
    name.select();
    dialog.addEventListener("close", async () => {
      if (!name.value.trim() || dialog.dataset.left) return;
      try { this.fill(await act(`${this.desk.base}/keep`, {name: name.value})); } catch (error) { say(error.message); }
    });
    dialog.addEventListener("cancel", () => { dialog.dataset.left = "1"; });
  }

  async drop(name) {
    if (this.beside?.name === name) this.hide();
    try { this.fill(await act(`${this.desk.base}/drop`, {name})); } catch (error) { say(error.message); }
  }

  async show(name) {
    if (this.beside?.name === name) { this.hide(); this.fill(this.plans); return; }
    this.hide();
    const {desk} = this;
    try {
      const view = await look(`${desk.base}/planview`, {name});
      const home = make("figure", {}, make("figcaption", {}, `${name}: ${view.figures.slice(0, 3).map((f) => `${f.label} ${f.shown}`).join(" · ")}`));
      desk.mapHome.append(home);
      desk.mapHome.classList.add("two");
      const map = new TownMap(home, desk.site, {choose: (keys) => desk.choose(keys), viewed: (box) => desk.map.frame(box, true)}, {map: name, area: desk.t("area")});
      map.show(view);
      this.beside = {name, home, map};
      this.fill(this.plans);
    } catch (error) { say(error.message); }
  }

  hide() {
    this.beside?.home.remove();
    this.desk.mapHome.classList.remove("two");
    this.beside = null;
  }

  follow(box) { this.beside?.map.frame(box, true); }

  async differences(name) {
    const {t, base} = this.desk;
    try {
      const told = await look(`${base}/difference`, {one: "", other: name});
      const rows = told.towns.filter((row) => row.change !== 0 || row.seat[0] !== row.seat[1]);
      openDialog(`${t("on the desk")} → ${name}`, make("div", {}, ...told.words.map((line) => make("p", {}, line)),
        make("div", {class: "scroll"}, make("table", {}, make("thead", {}, make("tr", {}, ...[t("town"), t("area"), "", t("bill"), "", t("change")].map((h) => make("th", {}, h)))),
          make("tbody", {}, ...rows.map((row) => make("tr", {}, make("td", {}, row.name), ...row.seat.map((s) => make("td", {}, s)), ...row.bill.map((b) => make("td", {class: "n"}, b)), make("td", {class: "n"}, row.change.toFixed(2)))))))), t("close"));
    } catch (error) { say(error.message); }
  }

  save(kind, name) {
    say(this.desk.t("one moment …"));
    location.assign(`${this.desk.base}/export/${kind}?${new URLSearchParams({name})}`);
  }
}
