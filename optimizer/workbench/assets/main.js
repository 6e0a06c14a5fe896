// The page: a start where a region is chosen, then the desk.
import {act, look} from "./api.js";
import {Desk} from "./desk.js";
import {make, say} from "./make.js";

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
    sessions.length ? make("h2", {}, t("Go on where you stopped")) : "",
    make("ul", {class: "plain"}, ...sessions.map(({room, region, name}) => make("li", {}, make("a", {href: `?room=${encodeURIComponent(room)}`}, `${region.replaceAll("_", " ")} · ${name}`))))));
  app.removeAttribute("aria-busy");
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
