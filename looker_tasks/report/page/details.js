// The pane beside the list: all that is known of one file.

const pane = document.getElementById("details");
let openedFrom = null;

function facts(file) {
  const pairs = [
    ["Content", file.title ? `${file.title} (${file.kind} ${file.id})` : file.content],
    ["Format", file.format],
    ["Size", file.size === null ? "" : `${size(file.size)} (${count(file.size)} bytes)`],
    ["Before", file.before === null ? "" : `${size(file.before)}, ${file.changed ? `now ${change(file.change)}` : "the same byte for byte"}`],
    ["Type", file.type],
    ["Ended", file.ended ? MOMENT.format(file.ended * 1000) : ""],
    ["Took", file.seconds === null ? "" : duration(file.seconds)],
    ["Task", file.task],
    ["Calls", file.calls === null ? "" : `${file.calls}${file.retries ? `, ${file.retries} of them sent again` : ""}`],
    ["Tasks created", file.creates > 1 ? String(file.creates) : ""],
    ["SHA-256", file.sha256],
  ].filter(([, value]) => value);
  const isCode = new Set(["Task", "SHA-256", "Type"]);
  return element("dl", {}, ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", { class: isCode.has(name) ? "mono" : null }, value)]));
}

function why(file) {
  if (file.state !== "failed") return null;
  const box = element("div", { class: "why" }, element("p", { class: "said" }, file.message || "No reason was recorded."));
  if (file.advice) box.append(element("p", {}, element("strong", {}, file.advice)));
  return box;
}

function steps(file) {
  if (!file.spent.length) return null;
  const all = [];
  for (let at = 0; at < file.spent.length; at += 2) all.push([PHASES[file.spent[at]], file.spent[at + 1]]);
  const longest = Math.max(1, ...all.map(([, ms]) => ms));
  const items = all.map(([phase, ms]) => element("li", {}, element("span", {}, phase.name.replaceAll("_", " ")), bar([[phase.kind.name, ms]], longest), element("span", { class: "num" }, duration(ms / 1000))));
  return element("div", {}, element("h3", {}, "Where its time went"), element("ul", { class: "steps" }, ...items));
}

function table(rows) {
  const [head, ...others] = rows;
  return element(
    "div",
    { class: "data", tabindex: "0", role: "region", "aria-label": "First rows" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head.map((cell) => element("th", { scope: "col" }, cell)))), element("tbody", {}, ...others.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell)))))),
  );
}

function looks(file) {
  if (file.picture) return element("img", { class: "picture", src: file.picture, alt: `Small picture of ${file.base}`, width: file.width, height: file.height });
  if (file.table) return table(file.table);
  if (file.text) return element("pre", { tabindex: "0", role: "region", "aria-label": "First lines" }, file.text);
  return null;
}

function openDetails(file) {
  if (pane.hidden) openedFrom = document.activeElement;
  const before = openFile;
  openFile = file;
  if (before) drawn.get(before.index)?.classList.remove("is-open");
  drawn.get(file.index)?.classList.add("is-open");
  const step = (by, label, sign) => element("button", { type: "button", "aria-label": label, onclick: () => openBeside(by) }, sign);
  const top = element("div", { class: "details-top" }, stateOf(file), element("div", {}, step(-1, "The file before", "↑"), step(1, "The next file", "↓"), element("button", { type: "button", "aria-label": "Close", onclick: closeDetails }, "✕")));
  const title = element("h2", { id: "details-title" }, file.name);
  const link = file.link ? element("a", { class: "file-link", href: file.link }, "Open the file") : null;
  pane.replaceChildren(top, title, ...[why(file), link, looks(file), steps(file), facts(file)].filter(Boolean));
  pane.hidden = false;
  pane.scrollTop = 0;
  pane.focus({ preventScroll: true });
}

function openBeside(by) {
  const at = shownFiles.indexOf(openFile);
  const next = shownFiles[Math.max(0, Math.min(shownFiles.length - 1, at + by))];
  if (!next) return;
  focusFile(next);
  openDetails(next);
}

function closeDetails() {
  if (pane.hidden) return;
  pane.hidden = true;
  const file = openFile;
  openFile = null;
  if (file) drawn.get(file.index)?.classList.remove("is-open");
  const inList = file && body.querySelector(`[data-index="${file.index}"] button`);
  if (inList && (!openedFrom?.isConnected || openedFrom.closest("#list") || openedFrom === document.body)) focusFile(file);
  else openedFrom?.focus({ preventScroll: true });
}
