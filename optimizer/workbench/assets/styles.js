// The fills of areas: ten colours told apart by people who see fewer of them, times four patterns.
export const FILLS = ["#5B8FD9", "#F7EBA8", "#E8775A", "#2FA78A", "#FFC4D3",
  "#B5C334", "#9A62BC", "#AFE6FF", "#A8763E", "#76808E"];
const NS = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, parent = null) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (parent) parent.append(made);
  return made;
}

export function fillOf(style, prefix) {
  return style < FILLS.length ? FILLS[style] : `url(#${prefix}-p${style})`;
}

export function patterns(defs, prefix) {
  for (let style = FILLS.length; style < 4 * FILLS.length; style += 1) {
    const hatch = Math.floor(style / FILLS.length);
    const own = svg("pattern", {
      id: `${prefix}-p${style}`, width: 8, height: 8, patternUnits: "userSpaceOnUse",
      patternTransform: hatch === 1 ? "rotate(45)" : "",
    }, defs);
    svg("rect", {width: 8, height: 8, fill: FILLS[style % FILLS.length]}, own);
    const ink = {stroke: "#1b2733", "stroke-width": 1.3, "stroke-opacity": 0.75, fill: "none"};
    if (hatch === 1) svg("path", {d: "M0 0V8", ...ink}, own);
    if (hatch === 2) svg("circle", {cx: 4, cy: 4, r: 1.3, fill: "#1b2733", "fill-opacity": 0.75}, own);
    if (hatch === 3) svg("path", {d: "M0 0L8 8M8 0L0 8", ...ink}, own);
  }
}
