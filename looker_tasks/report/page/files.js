// The list of the files: filtered, sorted, and drawn as far as it is seen.

const WHOLE = 1000; // so many files are drawn as a whole; of more, those around the window
const AROUND = 8; // rows drawn above and below the window

const view = { words: "", states: new Set(), content: "", kind: "", format: "", folder: "", column: COLUMNS[1], isDown: false, pictures: false };
let shownFiles = [];
let openFile = null;
let leftBehind = null; // the file whose row had the focus when it was scrolled out of what is drawn
const list = document.getElementById("list");
const body = element("div");
const drawn = new Map(); // file index → its element, in this view
let window_ = [0, 0];
let isPrinting = false;

const LONGEST = Math.max(1, ...FILES.map((file) => file.seconds || 0));

function lineOf(file) {
  const spent = spentByClass(file);
  const total = spent.reduce((sum, [, ms]) => sum + ms, 0);
  const time = element("div", { class: "c-time spent", role: "cell" });
  if (file.seconds !== null) {
    const shape = bar(spent, Math.max(total, 1));
    const track = element("div");
    track.style.cssText = `flex:1;min-width:0`;
    shape.style.width = `${Math.max(3, Math.sqrt(file.seconds / LONGEST) * 100)}%`;
    shape.style.display = "block";
    track.append(shape);
    time.append(track, element("span", {}, duration(file.seconds)));
  } else time.append(element("span", {}, "–"));
  const isOdd = file.change !== null && (file.change < 0.5 || file.change > 2);
  const row = element(
    "div",
    { class: "line file", role: "row", "data-index": file.index },
    element("div", { class: "c-thumb", role: "cell" }, thumb(file)),
    element("div", { class: "cell-name", role: "cell" }, element("button", { type: "button", tabindex: "-1", title: file.name }, file.base), element("small", {}, file.state === "failed" ? file.message : file.folder || " ")),
    element("div", { class: "c-state", role: "cell" }, stateOf(file)),
    element("div", { class: "c-content", role: "cell" }, file.title || file.content || "–", file.title ? element("small", {}, `${file.kind} ${file.id}`) : null),
    element("div", { class: "c-size num", role: "cell" }, size(file.size)),
    element("div", { class: `c-change num${isOdd ? " warn" : ""}`, role: "cell" }, change(file.change)),
    time,
    element("div", { class: "c-retries num", role: "cell" }, file.retries ? String(file.retries) : "–"),
    element("div", { class: "c-ended num", role: "cell" }, file.ended ? SHORT.format(file.ended * 1000) : "–"),
  );
  return row;
}

// What a tile shows: the picture, the first cells, or why there is none.
function glimpse(file) {
  const box = thumb(file);
  if (file.picture) return box;
  if (file.state === "failed") box.replaceChildren(element("div", { class: "mini said" }, file.message));
  else if (file.text) box.replaceChildren(element("div", { class: "mini text", "aria-hidden": "true" }, file.text));
  else if (file.table) {
    const cells = (row, tag) => element("tr", {}, ...row.slice(0, 3).map((cell) => element(tag, {}, cell)));
    const [head, ...rows] = file.table;
    box.replaceChildren(element("div", { class: "mini", "aria-hidden": "true" }, element("table", {}, cells(head, "th"), ...rows.slice(0, 6).map((row) => cells(row, "td")))));
  }
  return box;
}

function tileOf(file) {
  return element(
    "div",
    { class: "tile", role: "listitem", "data-index": file.index },
    glimpse(file),
    element("div", { class: "cell-name" }, element("button", { type: "button", tabindex: "-1", title: file.name }, file.base), file.state === "exported" && !file.gone ? element("small", {}, size(file.size)) : stateOf(file)),
  );
}

function nodeOf(file) {
  let node = drawn.get(file.index);
  if (!node) {
    node = view.pictures ? tileOf(file) : lineOf(file);
    drawn.set(file.index, node);
  }
  node.classList.toggle("is-open", file === openFile);
  return node;
}

function measures() {
  const isPhone = matchMedia("(max-width: 720px)").matches;
  if (!view.pictures) return { columns: 1, height: isPhone ? 86 : 68, gap: 0 };
  const gap = isPhone ? 12 : 18;
  const columns = Math.max(isPhone ? 2 : 3, Math.floor((list.clientWidth + gap) / (200 + gap)));
  return { columns, height: 214, gap };
}

function draw(force) {
  const { columns, height, gap } = measures();
  const rows = Math.ceil(shownFiles.length / columns);
  let first = 0;
  let last = rows;
  if (shownFiles.length > (isPrinting ? 2000 : WHOLE)) {
    const top = -body.getBoundingClientRect().top;
    first = Math.max(0, Math.min(rows - 1, Math.floor(top / (height + gap))) - AROUND);
    last = Math.min(rows, Math.ceil((top + innerHeight) / (height + gap)) + AROUND);
    last = Math.max(last, Math.min(rows, first + 2 * AROUND));
  }
  if (!force && window_[0] === first && window_[1] === last) return;
  window_ = [first, last];
  const focused = document.activeElement?.closest?.("[data-index]")?.dataset.index;
  body.style.paddingTop = `${first * (height + gap) + (view.pictures ? 14 : 0)}px`;
  body.style.paddingBottom = `${Math.max(0, rows - last) * (height + gap)}px`;
  body.style.gridTemplateColumns = view.pictures ? `repeat(${columns}, minmax(0, 1fr))` : "";
  const files = shownFiles.slice(first * columns, last * columns);
  if (drawn.size > 4000) drawn.clear();
  body.replaceChildren(...files.map(nodeOf));
  if (!view.pictures) files.forEach((file, at) => nodeOf(file).setAttribute("aria-rowindex", first + at + 2));
  const stop = (focused && body.querySelector(`[data-index="${focused}"] button`)) || body.querySelector("button");
  if (stop) stop.tabIndex = 0;
  if (focused && stop && stop.closest("[data-index]").dataset.index === focused) stop.focus({ preventScroll: true });
  else if (focused) leftBehind = FILES[focused];
}

function refresh() {
  shownFiles = sorted(matching(FILES, view), view.column, view.isDown);
  const all = FILES.length;
  document.getElementById("shown").textContent = shownFiles.length === all ? `${count(all)} ${all === 1 ? "file" : "files"}` : `${count(shownFiles.length)} of ${count(all)} files`;
  body.hidden = !shownFiles.length;
  list.querySelector(".nothing").hidden = Boolean(shownFiles.length);
  for (const head of list.querySelectorAll("[data-column]")) {
    const isIt = head.dataset.column === view.column.id;
    head.setAttribute("aria-sort", isIt ? (view.isDown ? "descending" : "ascending") : "none");
  }
  document.getElementById("sort").value = view.column.id;
  list.querySelector("[role=table]")?.setAttribute("aria-rowcount", shownFiles.length + 1);
  draw(true);
}

function sortBy(id) {
  const column = COLUMNS.find((each) => each.id === id);
  view.isDown = view.column === column ? !view.isDown : Boolean(column.down);
  view.column = column;
  refresh();
}

function lay() {
  drawn.clear();
  const nothing = element("p", { class: "nothing" }, "No file matches. ", element("button", { type: "button", class: "quiet", onclick: forgetFilters }, "Show all"));
  if (view.pictures) {
    body.className = "tiles";
    body.setAttribute("role", "list");
    list.replaceChildren(body, nothing);
  } else {
    const head = element("div", { class: "line sorts", role: "row" }, element("div", { role: "columnheader", class: "c-thumb" }, element("span", { class: "sr" }, "Picture")));
    for (const column of COLUMNS) {
      const place = column.id === "name" ? "cell-name" : `c-${column.id}${column.number ? " num" : ""}`;
      head.append(element("div", { role: "columnheader", class: place, "data-column": column.id, "aria-sort": "none" }, element("button", { type: "button", onclick: () => sortBy(column.id) }, column.label)));
    }
    body.className = "lines";
    body.setAttribute("role", "rowgroup");
    const table = element("div", { role: "table", "aria-labelledby": "files-title" }, element("div", { role: "rowgroup", class: "sorts-group" }, head), body);
    list.replaceChildren(table, nothing);
  }
  window_ = [0, 0];
  refresh();
}

function forgetFilters() {
  Object.assign(view, { words: "", content: "", kind: "", format: "", folder: "" });
  view.states.clear();
  showFilters();
  refresh();
}

function showFilters() {
  document.getElementById("search").value = view.words;
  for (const name of ["content", "kind", "format", "folder"]) document.getElementById(name).value = view[name];
  for (const chip of document.querySelectorAll("#states button")) chip.setAttribute("aria-pressed", view.states.has(chip.dataset.state));
}

function choices(id, label, values) {
  const select = document.getElementById(id);
  const options = inOrder(values.filter(Boolean));
  select.closest("label").hidden = options.length < 2;
  select.append(element("option", { value: "" }, label), ...options.slice(0, 1000).map((value) => element("option", { value }, value)));
  select.addEventListener("change", () => {
    view[id] = select.value;
    refresh();
  });
}

function setUpFiles() {
  const states = document.getElementById("states");
  for (const state of DATA.states) {
    const number = FILES.filter((file) => file.state === state).length;
    if (!number) continue;
    const chip = element("button", { type: "button", "data-state": state, "aria-pressed": "false" }, STATE_LABELS[state], " ", element("span", { class: "n" }, count(number)));
    chip.addEventListener("click", () => {
      if (!view.states.delete(state)) view.states.add(state);
      showFilters();
      refresh();
    });
    states.append(chip);
  }
  choices("content", "All content", FILES.map((file) => file.content));
  choices("kind", "Every kind", FILES.map((file) => file.kind));
  choices("format", "Every format", FILES.map((file) => file.format));
  choices("folder", "Every folder", FILES.map((file) => file.folder));
  const sort = document.getElementById("sort");
  sort.append(...COLUMNS.map((column) => element("option", { value: column.id }, `By ${column.label.toLowerCase()}`)));
  sort.addEventListener("change", () => sortBy(sort.value));
  const search = document.getElementById("search");
  search.addEventListener("input", () => {
    view.words = search.value;
    refresh();
  });
  document.getElementById("tools").addEventListener("submit", (event) => event.preventDefault());
  for (const [id, pictures] of [["view-list", false], ["view-pictures", true]]) {
    document.getElementById(id).addEventListener("click", () => {
      if (view.pictures === pictures) return;
      view.pictures = pictures;
      document.getElementById("view-list").setAttribute("aria-pressed", String(!pictures));
      document.getElementById("view-pictures").setAttribute("aria-pressed", String(pictures));
      lay();
    });
  }
  body.addEventListener("click", (event) => {
    const node = event.target.closest("[data-index]");
    if (node) openDetails(FILES[node.dataset.index]);
  });
  let isDue = false;
  const later = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw(false);
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("focusin", () => (leftBehind = null));
  addEventListener("resize", () => draw(true));
  addEventListener("beforeprint", () => {
    isPrinting = true;
    draw(true);
  });
  addEventListener("afterprint", () => {
    isPrinting = false;
    draw(true);
  });
  lay();
}

// Move the focus by *steps* files; the window follows it.
function moveFocus(steps) {
  const node = document.activeElement?.closest?.("#list [data-index]");
  const from = node ? FILES[node.dataset.index] : leftBehind;
  const at = from ? shownFiles.indexOf(from) : steps > 0 ? -1 : 0;
  const to = Math.max(0, Math.min(shownFiles.length - 1, at + steps));
  if (shownFiles.length) focusFile(shownFiles[to]);
}

function focusFile(file) {
  const at = shownFiles.indexOf(file);
  if (at < 0) return;
  if (!body.contains(drawn.get(file.index) || null)) {
    const { columns, height, gap } = measures();
    const top = body.getBoundingClientRect().top + scrollY + Math.floor(at / columns) * (height + gap);
    scrollTo({ top: top - innerHeight / 2, behavior: "instant" });
    draw(true);
  }
  const button = body.querySelector(`[data-index="${file.index}"] button`);
  for (const other of body.querySelectorAll('button[tabindex="0"]')) other.tabIndex = -1;
  button.tabIndex = 0;
  button.focus({ preventScroll: true });
  button.closest("[data-index]").scrollIntoView({ block: "nearest", behavior: "instant" });
}
