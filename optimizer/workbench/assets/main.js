// The page: a start where a region is chosen, then the desk.
import {act, look} from "./api.js";
import {Desk} from "./desk.js";
import {make, openDialog, say} from "./make.js";

const app = document.getElementById("app");
const chosenTheme = localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.documentElement.dataset.theme = chosenTheme;
export const language = () => localStorage.getItem("language") ?? (["es", "pt"].includes(navigator.language.slice(0, 2)) ? navigator.language.slice(0, 2) : "en");

async function start() {
  const {regions, sessions, texts} = await look("/api/start", {language: language()});
  const t = (words) => texts[words] ?? words;
  document.documentElement.lang = language();
  const choose = async (region) => {
    try {
      const {room} = await act("/api/open", {region, language: language()});
      history.pushState({}, "", `?room=${encodeURIComponent(room)}`);
      await route();
    } catch (error) { say(error.message); }
  };
  const languages = make("select", {"aria-label": t("language"), onchange: (event) => { localStorage.setItem("language", event.target.value); start(); }},
    ...[["en", "English"], ["es", "Español"], ["pt", "Português"]].map(([key, name]) => make("option", {value: key, selected: key === language()}, name)));
  app.replaceChildren(make("main", {class: "start"},
    make("h1", {}, t("Which towns should share an operator?")),
    make("p", {class: "soft"}, t("Choose a region. Move a town on the map, and see at once what every household would pay. Nothing leaves this computer.")), languages,
    make("h2", {}, t("Regions")),
    make("div", {class: "choices"}, ...regions.map(({key, plans}) => make("button", {onclick: () => choose(key)}, key.replaceAll("_", " "), make("small", {}, plans.length ? plans.join(", ") : t("begin with every town alone"))))),
    make("h2", {}, t("A file of your own")),
    make("p", {class: "soft"}, t("A table or layer of towns: CSV, XLSX, ODS, GeoPackage, GeoJSON. Columns are recognised; what is assumed is said.")),
    make("p", {}, make("label", {}, t("open a file"), " ", make("input", {type: "file", accept: ".csv,.txt,.tsv,.xlsx,.xls,.ods,.gpkg,.geojson,.parquet", onchange: (event) => upload(event.target.files[0], t, choose)}))),
    sessions.length ? make("h2", {}, t("Go on where you stopped")) : "",
    make("ul", {class: "plain"}, ...sessions.map(({room, region, name}) => make("li", {}, make("a", {href: `?room=${encodeURIComponent(room)}`}, `${region.replaceAll("_", " ")} · ${name}`))))));
  app.removeAttribute("aria-busy");
}

async function upload(file, t, choose) {
  if (!file) return;
  say(t("one moment …"));
  const response = await fetch(`/api/upload?${new URLSearchParams({name: file.name})}`, {method: "POST", headers: {"X-Workbench": "1"}, body: file});
  const told = await response.json().catch(() => ({error: response.statusText}));
  if (told.error) { openDialog(t("this file makes no region yet"), make("p", {}, told.error), t("close")); return; }
  const dialog = openDialog(t("read like this"), make("ul", {class: "plain scroll"}, ...told.said.map((line) => make("li", {}, line))), t("go on"));
  dialog.addEventListener("close", () => choose(told.key));
}

async function route() {
  const room = new URLSearchParams(location.search).get("room");
  try {
    if (!room) return await start();
    const desk = new Desk(app, room, route);
    await desk.open();
  } catch (error) {
    say(error.message);
    history.replaceState({}, "", "/");
    await start();
  }
  return undefined;
}

addEventListener("popstate", () => location.reload());
route();
