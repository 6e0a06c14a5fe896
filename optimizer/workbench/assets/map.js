// The map that is the desk: areas as fills, towns that can be dragged, picked, lassoed.
import {fillOf, patterns, svg} from "./styles.js";
import {place} from "./labels.js";

const FAR = 5; // pixels after which a press is a drag
let maps = 0;

export class TownMap {
  // `told`: {choose(keys, add), move(keys, town), focus(town), viewed(box)}
  constructor(home, site, told, texts) {
    Object.assign(this, {site, told, texts, home, chosen: new Set(), lasso: false, view: null});
    maps += 1;
    this.prefix = `m${maps}`;
    this.svg = svg("svg", {class: "town-map", role: "group", "aria-label": texts.map}, home);
    patterns(svg("defs", {}, this.svg), this.prefix);
    const layer = (name) => svg("g", {class: name}, this.svg);
    this.layers = Object.fromEntries(["cells", "roadlayer", "borders", "ways", "towns", "names", "over"].map((n) => [n, layer(n)]));
    svg("path", {class: "roads", d: site.roads || "M0 0"}, this.layers.roadlayer);
    this.cells = site.towns.map((town, k) => {
      const cell = svg("path", {class: "cell", d: town.territory || "M0 0", "data-k": k}, this.layers.cells);
      svg("title", {}, cell).textContent = town.name;
      return cell;
    });
    this.borders = site.borders.map((line) => svg("path", {class: "border", d: line.path}, this.layers.borders));
    this.marks = site.towns.map((town, k) => {
      const mark = svg("g", {class: "town", tabindex: k ? -1 : 0, role: "button", "data-k": k}, this.layers.towns);
      svg("title", {}, mark).textContent = town.name;
      svg("circle", {cx: town.x, cy: town.y, r: town.r}, mark);
      svg("rect", {x: town.x - town.r, y: town.y - town.r, width: 2 * town.r, height: 2 * town.r}, mark);
      return mark;
    });
    const pad = 12;
    this.whole = [-pad, -pad, site.width + 2 * pad, site.height + 2 * pad];
    this.listen();
    this.frame(this.whole);
    new ResizeObserver(() => this.frame(this.box)).observe(home);
  }

  frame(box, quiet = false) {
    this.box = box;
    this.svg.setAttribute("viewBox", box.join(" "));
    clearTimeout(this.later);
    this.later = setTimeout(() => this.nameTowns(), 30);
    if (!quiet && this.told.viewed) this.told.viewed(box);
  }

  get zoom() { // pixels a unit
    const {width, height} = this.svg.getBoundingClientRect();
    return Math.max(0.01, Math.min(width / this.box[2], height / this.box[3]));
  }

  zoomBy(factor, at = null) {
    const [x, y, w, h] = this.box;
    const [cx, cy] = at ?? [x + w / 2, y + h / 2];
    const wide = Math.min(Math.max(w * factor, this.whole[2] / 40), this.whole[2] * 1.5);
    const f = wide / w;
    this.frame([cx - (cx - x) * f, cy - (cy - y) * f, wide, h * f]);
  }

  show(view) {
    this.view = view;
    const {areas, towns} = view;
    const locked = new Set([...view.seats ?? [], ...(view.together ?? []).flat(), ...(view.apart ?? []).flat()]);
    this.cells.forEach((cell, k) => cell.setAttribute("fill", fillOf(areas[towns[k].area].style, this.prefix)));
    this.borders.forEach((line, k) => {
      const {a, b} = this.site.borders[k];
      line.style.display = towns[a].area === towns[b].area ? "none" : "";
    });
    const seats = new Set(areas.map((area) => area.seat));
    this.marks.forEach((mark, k) => {
      const seat = seats.has(k);
      const area = areas[towns[k].area];
      mark.firstElementChild.textContent = `${this.site.towns[k].name} – ${area.name}`;
      mark.children[1].style.display = seat ? "none" : "";
      mark.children[2].style.display = seat ? "" : "none";
      mark.setAttribute("aria-label", `${this.site.towns[k].name}, ${this.texts.area}: ${area.name}`);
      this.lockMark(mark, this.site.towns[k], locked.has(this.site.towns[k].key));
    });
    this.layers.ways.replaceChildren();
    for (const kind of ["way case", "way"]) {
      towns.forEach((town, k) => {
        const seat = areas[town.area].seat;
        if (seat === k) return;
        const [from, to] = [this.site.towns[seat], this.site.towns[k]];
        svg("line", {class: kind, x1: from.x, y1: from.y, x2: to.x, y2: to.y}, this.layers.ways);
      });
    }
    this.dim();
    this.nameTowns();
  }

  lockMark(mark, town, on) {
    const there = mark.querySelector(".lock");
    if (on && !there) {
      const r = Math.max(2.2, town.r * 0.45);
      svg("rect", {class: "lock", x: town.x + town.r * 0.6, y: town.y - town.r * 1.4, width: 1.7 * r, height: 1.5 * r, rx: 0.4 * r}, mark);
    }
    if (!on && there) there.remove();
  }

  breaks(broken) {
    const towns = new Set(broken.map((line) => line.town));
    const areas = new Set(broken.filter((line) => line.town < 0).map((line) => line.area));
    this.marks.forEach((mark, k) => mark.classList.toggle("broken", towns.has(k) || areas.has(this.view.towns[k].area)));
  }

  choose(keys) {
    this.chosen = new Set(keys);
    this.marks.forEach((mark, k) => mark.classList.toggle("chosen", this.chosen.has(this.site.towns[k].key)));
    this.dim();
  }

  dim() {
    if (!this.view) return;
    const areas = new Set(this.site.towns.flatMap((town, k) => (this.chosen.has(town.key) ? [this.view.towns[k].area] : [])));
    this.cells.forEach((cell, k) => cell.classList.toggle("dim", areas.size > 0 && !areas.has(this.view.towns[k].area)));
  }

  nameTowns() {
    if (!this.view) return;
    const zoom = this.zoom;
    const seats = new Set(this.view.areas.map((area) => area.seat));
    const towns = this.site.towns.map((town, k) => ({...town, seat: seats.has(k)}));
    const {width, height} = this.svg.getBoundingClientRect();
    const [x, y, w, h] = this.box;
    const [sw, sh] = [width / zoom, height / zoom];
    const seen = [x + w / 2 - sw / 2, y + h / 2 - sh / 2, x + w / 2 + sw / 2, y + h / 2 + sh / 2];
    this.layers.names.replaceChildren(...place(towns, zoom, seen).map(({k, x: at, y: base, size}) => {
      const name = svg("text", {x: at, y: base, "font-size": size, "stroke-width": 0.24 * size, class: towns[k].seat ? "seat" : ""});
      name.textContent = towns[k].name;
      return name;
    }));
  }

  point(event) { // place of the pointer in units of the map
    const there = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [there.x, there.y];
  }

  townAt(event) {
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-k]");
    return found && this.svg.contains(found) ? Number(found.dataset.k) : -1;
  }

  listen() {
    const pointers = new Map();
    let press = null;
    this.svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(event.deltaY * 0.0015), this.point(event));
    }, {passive: false});
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      if (pointers.size === 2) { press = {pinch: spread(pointers)}; return; }
      const mark = event.target.closest(".town");
      press = {x: event.clientX, y: event.clientY, town: mark ? Number(mark.dataset.k) : -1, cell: this.townAt(event), box: this.box, line: [this.point(event)], far: false};
      this.svg.setPointerCapture(event.pointerId);
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (!press) return;
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      if (press.pinch) {
        const now = spread(pointers);
        if (now && press.pinch) this.zoomBy(press.pinch / now);
        press.pinch = now;
        return;
      }
      press.far ||= Math.hypot(event.clientX - press.x, event.clientY - press.y) > FAR;
      if (!press.far) return;
      if (this.lasso) this.drawLasso(press, event);
      else if (press.town >= 0 && this.told.move) this.drawGhost(press, event);
      else this.frame([press.box[0] - (event.clientX - press.x) / this.zoom, press.box[1] - (event.clientY - press.y) / this.zoom, press.box[2], press.box[3]]);
    });
    const end = (event) => {
      pointers.delete(event.pointerId);
      const done = press;
      press = null;
      this.layers.over.replaceChildren();
      if (!done || done.pinch || event.type === "pointercancel") return;
      this.finish(done, event);
    };
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointercancel", end);
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("focusin", (event) => {
      const mark = event.target.closest(".town");
      if (mark) this.rove(Number(mark.dataset.k));
    });
  }

  finish(press, event) {
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!press.far) {
      const k = press.town >= 0 ? press.town : press.cell;
      if (k >= 0) this.told.choose([this.site.towns[k].key], add);
      else if (!add) this.told.choose([], false);
    } else if (this.lasso) {
      const inside = this.site.towns.filter((town) => within(press.line, town.x, town.y)).map((town) => town.key);
      this.told.choose(inside, add);
    } else if (press.town >= 0 && this.told.move) {
      const target = this.townAt(event);
      if (target >= 0 && target !== press.town) this.told.move(this.dragged(press.town), this.site.towns[target].key);
    }
  }

  dragged(k) { // the whole choice moves where the dragged town is part of it
    const key = this.site.towns[k].key;
    return this.chosen.has(key) ? [...this.chosen] : [key];
  }

  drawGhost(press, event) {
    const [x, y] = this.point(event);
    const lines = this.dragged(press.town).map((key) => {
      const town = this.site.towns.find((own) => own.key === key);
      return svg("line", {class: "ghost", x1: town.x, y1: town.y, x2: x, y2: y});
    });
    this.layers.over.replaceChildren(...lines);
  }

  drawLasso(press, event) {
    press.line.push(this.point(event));
    const d = "M" + press.line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L") + "Z";
    this.layers.over.replaceChildren(svg("path", {class: "lassoline", d}));
  }

  rove(k) {
    this.marks.forEach((mark, other) => mark.setAttribute("tabindex", other === k ? 0 : -1));
  }

  key(event) {
    const mark = event.target.closest(".town");
    if (!mark) return;
    const k = Number(mark.dataset.k);
    const ways = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1]};
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.told.choose([this.site.towns[k].key], event.shiftKey);
    } else if (ways[event.key]) {
      event.preventDefault();
      const next = this.towards(k, ways[event.key]);
      if (next >= 0) this.marks[next].focus();
    }
  }

  towards(k, [dx, dy]) { // the nearest town in a direction
    const here = this.site.towns[k];
    let [best, least] = [-1, Infinity];
    this.site.towns.forEach((town, other) => {
      const [x, y] = [town.x - here.x, town.y - here.y];
      const along = x * dx + y * dy;
      const away = Math.abs(x * dy) + Math.abs(y * dx);
      if (other !== k && along > 0 && along + 2 * away < least && away <= 2 * along) [best, least] = [other, along + 2 * away];
    });
    return best;
  }
}

function spread(pointers) {
  const [a, b] = [...pointers.values()];
  return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
}

function within(line, x, y) {
  let inside = false;
  for (let i = 0, j = line.length - 1; i < line.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [line[i], line[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
