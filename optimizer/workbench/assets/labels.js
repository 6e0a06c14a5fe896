// Names on the map that never collide: seats first, then large towns, as far as there is room.
const canvas = document.createElement("canvas").getContext("2d");
const widths = new Map();

function width(text, size, bold) {
  const key = `${bold ? "b" : "n"}${text}`;
  if (!widths.has(key)) {
    canvas.font = `${bold ? "700" : "400"} 100px system-ui, "DejaVu Sans", sans-serif`;
    widths.set(key, canvas.measureText(text).width / 100);
  }
  return widths.get(key) * size;
}

const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

// Boxes in a coarse net, so that a thousand towns are placed in some milliseconds.
class Net {
  constructor(side) { this.side = side; this.cells = new Map(); }
  keys(box) {
    const found = [];
    for (let x = Math.floor(box[0] / this.side); x <= Math.floor(box[2] / this.side); x += 1)
      for (let y = Math.floor(box[1] / this.side); y <= Math.floor(box[3] / this.side); y += 1)
        found.push(x * 100003 + y);
    return found;
  }
  add(box) { for (const key of this.keys(box)) this.cells.set(key, [...(this.cells.get(key) ?? []), box]); }
  free(box, own) {
    return this.keys(box).every((key) => (this.cells.get(key) ?? []).every((other) => other === own || !meets(box, other)));
  }
}

// `towns`: {name, x, y, r, seat}, in units of the map; `zoom`: pixels a unit; `frame`: what is seen.
export function place(towns, zoom, frame) {
  const px = 1 / zoom;
  const marks = new Net(60 * px);
  const boxes = towns.map((town) => [town.x - town.r, town.y - town.r, town.x + town.r, town.y + town.r]);
  boxes.forEach((box) => marks.add(box));
  const names = new Net(90 * px);
  const order = towns.map((_, k) => k).sort((a, b) => towns[b].seat - towns[a].seat || towns[b].r - towns[a].r);
  const found = [];
  for (const k of order) {
    const town = towns[k];
    if (town.x < frame[0] || town.x > frame[2] || town.y < frame[1] || town.y > frame[3]) continue;
    const size = (town.seat ? 13 : 11.5) * px;
    const wide = width(town.name, size, town.seat) + 2 * px;
    const gap = town.r + 3 * px;
    const spots = [
      [town.x + gap, town.y + 0.35 * size], [town.x - gap - wide, town.y + 0.35 * size],
      [town.x - wide / 2, town.y - gap], [town.x - wide / 2, town.y + gap + 0.75 * size],
      [town.x + 0.7 * gap, town.y - 0.7 * gap], [town.x + 0.7 * gap, town.y + gap + 0.4 * size],
      [town.x - 0.7 * gap - wide, town.y - 0.7 * gap], [town.x - 0.7 * gap - wide, town.y + gap + 0.4 * size],
    ];
    for (const [x, y] of spots) {
      const box = [x, y - 0.85 * size, x + wide, y + 0.25 * size];
      const inside = box[0] >= frame[0] && box[2] <= frame[2] && box[1] >= frame[1] && box[3] <= frame[3];
      if (inside && names.free(box, null) && marks.free(box, boxes[k])) {
        names.add(box);
        found.push({k, x, y, size});
        break;
      }
    }
  }
  return found;
}
