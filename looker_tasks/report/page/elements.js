// Small parts of the page, and numbers as people read them. Texts become text nodes, never markup.

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
function bar(parts, total) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 1000 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  let x = 0;
  for (const [name, value] of parts) {
    const rect = document.createElementNS(SVG, "rect");
    const width = total ? (value / total) * 1000 : 0;
    rect.setAttribute("class", `p-${name}`);
    rect.setAttribute("x", x.toFixed(1));
    rect.setAttribute("width", width.toFixed(1));
    rect.setAttribute("height", "10");
    svg.append(rect);
    x += width;
  }
  return svg;
}

function size(bytes) {
  if (bytes === null) return "–";
  let unit = "B";
  for (const larger of ["kB", "MB", "GB", "TB"]) {
    if (bytes < 1000) break;
    bytes /= 1000;
    unit = larger;
  }
  return `${unit === "B" || bytes >= 10 ? Math.round(bytes) : bytes.toFixed(1)} ${unit}`;
}

function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function change(factor) {
  if (factor === null) return "–";
  if (factor >= 2) return factor < 1000 ? `× ${factor.toFixed(1)}` : "× 1000 +";
  const percent = Math.round(Math.abs(factor - 1) * 100);
  return percent ? `${factor >= 1 ? "+" : "−"}${percent} %` : "=";
}

function count(number) {
  return number.toLocaleString("en");
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", hourCycle: "h23", hour: "2-digit", minute: "2-digit" });
const MOMENT = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const HAS_DAYS = new Set(FILES.filter((file) => file.ended).map((file) => new Date(file.ended * 1000).toDateString())).size > 1;
const SHORT = HAS_DAYS ? new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hourCycle: "h23", hour: "2-digit", minute: "2-digit" }) : CLOCK;

function stateOf(file) {
  return file.gone ? element("span", { class: "state gone" }, "file gone") : element("span", { class: `state ${file.state}` }, STATE_LABELS[file.state]);
}

function thumb(file) {
  const box = element("div", { class: "thumb" });
  if (file.picture) box.append(element("img", { src: file.picture, alt: "", width: file.width, height: file.height, decoding: "async" }));
  else box.append(file.format.replace("_", " "));
  return box;
}

// Milliseconds by class of phase, in the order of the classes.
function spentByClass(file) {
  const spent = new Map();
  for (let at = 0; at < file.spent.length; at += 2) {
    const { name } = PHASES[file.spent[at]].kind;
    spent.set(name, (spent.get(name) || 0) + file.spent[at + 1]);
  }
  return CLASSES.filter(({ name }) => spent.has(name)).map(({ name }) => [name, spent.get(name)]);
}
