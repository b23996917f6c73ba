// What the chart draws, worked out once: which export ran beside which, and how many were in flight.

// Exports in lanes: each in the first lane that is free when it begins.
function lanesOf(files) {
  const spans = files
    .filter((file) => file.spans.length)
    .map((file) => ({ file, from: file.spans[1], to: file.spans.at(-2) + file.spans.at(-1) }))
    .sort((one, other) => one.from - other.from);
  const free = [];
  for (const span of spans) {
    let lane = free.findIndex((until) => until <= span.from);
    if (lane < 0) lane = free.length;
    free[lane] = span.to;
    span.lane = lane;
  }
  return { spans, count: free.length };
}

// How many exports are in each class of phases at the middle of each of *bins* between *from* and *to*.
function inFlight(spans, from, to, bins) {
  const step = (to - from) / bins;
  const rises = CLASSES.map(() => new Int32Array(bins + 1));
  const numbers = new Map(CLASSES.map((each, number) => [each, number]));
  const bin = (at) => Math.max(0, Math.min(bins, Math.ceil((at - from) / step - 0.5)));
  for (const { file } of spans) {
    for (let at = 0; at < file.spans.length; at += 3) {
      const rise = rises[numbers.get(PHASES[file.spans[at]].kind)];
      rise[bin(file.spans[at + 1])] += 1;
      rise[bin(file.spans[at + 1] + file.spans[at + 2])] -= 1;
    }
  }
  for (const rise of rises) for (let at = 1; at < bins; at += 1) rise[at] += rise[at - 1];
  return rises;
}

// How many exports ended in each of *bins* between *from* and *to*.
function ends(spans, from, to, bins) {
  const counts = new Float64Array(bins);
  for (const { file, to: end } of spans) {
    if (file.state === "unfinished" || end < from || end > to) continue;
    counts[Math.min(bins - 1, Math.floor(((end - from) / (to - from)) * bins))] += 1;
  }
  return counts;
}

// A round step, so that there are at most *most* of them in *length*.
function niceStep(length, most, steps) {
  return steps.find((step) => length / step <= most) || steps.at(-1);
}
const TIME_STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400].map((seconds) => seconds * 1000);

function clock(ms, step) {
  const seconds = ms / 1000;
  if (step < 1000) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(Math.round(seconds % 60)).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")} h` : `${minutes}:${rest} min`;
}
