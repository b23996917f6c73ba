"use strict";
// The records as objects, the order of each column worked out once: sorting and filtering then compare numbers.

const DATA = JSON.parse(document.getElementById("data").textContent);
const PICTURES = document.getElementById("pictures").textContent.split("\n");
const RUN = DATA.run;
const CLASSES = DATA.classes.map(([name, label]) => ({ name, label }));
const PHASES = DATA.phases.map(([name, number]) => ({ name, kind: CLASSES[number] }));
const STATE_LABELS = { failed: "failed", unfinished: "unfinished", cancelled: "cancelled", exported: "exported", earlier: "kept" };

const FILES = DATA.rows.map((row, index) => {
  const file = {};
  for (let at = 0; at < row.length; at += 1) file[DATA.fields[at]] = row[at];
  const slash = file.name.lastIndexOf("/");
  file.index = index;
  file.folder = file.name.slice(0, slash + 1);
  file.base = file.name.slice(slash + 1);
  file.state = DATA.states[file.state];
  for (const name of ["advice", "title", "content"]) file[name] = DATA.texts[file[name]];
  file.picture = file.picture < 0 ? null : PICTURES[file.picture];
  file.change = file.before && file.size ? file.size / file.before : null;
  file.words = [file.name, file.content, file.task, file.error, file.message, file.format].join("\n").toLowerCase();
  return file;
});

// "9" before "10" and "a" beside "A", as people count and read.
function sortable(text) {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}
function inOrder(texts) {
  return [...new Set(texts)].map((text) => [sortable(text), text]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, text]) => text);
}
function rank(key) {
  const places = new Map(inOrder(FILES.map((file) => file[key])).map((value, place) => [value, place]));
  for (const file of FILES) file[`${key}Rank`] = places.get(file[key]);
}
rank("name");
rank("content");
const STATE_ORDER = Object.fromEntries(DATA.states.map((state, place) => [state, place]));

// What a column sorts by: a number, or null where nothing is known, which comes last both ways.
const COLUMNS = [
  { id: "name", label: "Name", by: (file) => file.nameRank },
  { id: "state", label: "State", by: (file) => STATE_ORDER[file.state] },
  { id: "content", label: "Content", by: (file) => (file.content ? file.contentRank : null) },
  { id: "size", label: "Size", by: (file) => file.size, down: true, number: true },
  { id: "change", label: "Change", by: (file) => (file.change === null ? null : Math.abs(Math.log(file.change))), down: true, number: true },
  { id: "time", label: "Time", by: (file) => file.seconds, down: true },
  { id: "retries", label: "Retries", by: (file) => file.retries, down: true, number: true },
  { id: "ended", label: "Ended", by: (file) => file.ended, number: true },
];

function sorted(files, column, isDown) {
  const sign = isDown ? -1 : 1;
  return files
    .map((file) => [column.by(file), file])
    .sort(([a, one], [b, other]) => {
      if (a === null || b === null) return (a === null) - (b === null) || one.nameRank - other.nameRank;
      return sign * (a - b) || one.nameRank - other.nameRank;
    })
    .map(([, file]) => file);
}

function matching(files, { words, states, content, kind, format, folder }) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter(
    (file) =>
      (!states.size || states.has(file.state)) &&
      (!content || file.content === content) &&
      (!kind || file.kind === kind) &&
      (!format || file.format === format) &&
      (!folder || file.folder === folder) &&
      parts.every((part) => file.words.includes(part)),
  );
}
