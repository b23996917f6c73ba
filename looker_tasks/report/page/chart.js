// The run over time: exports side by side, slots in use beneath the limit, files a second. One canvas, one time axis.

const chart = document.getElementById("chart");
const LEFT = 44;
const AXIS = 22;
const SLOTS = 110;
const PACE = 62;
const SPACE = 26;

function setUpChart() {
  if (!chart) return;
  const canvas = chart.querySelector("canvas");
  const tip = chart.querySelector(".tip");
  const { spans, count: laneCount } = lanesOf(FILES);
  const length = Math.max(RUN.length, 1);
  const laneHeight = Math.max(2, Math.min(15, Math.floor(360 / Math.max(laneCount, 1))));
  const lanesHeight = Math.max(laneHeight * laneCount, 20);
  const height = lanesHeight + SPACE + SLOTS + SPACE + PACE + AXIS;
  const limits = limitLines(RUN);
  let from = 0;
  let to = length;
  let hover = null;

  describe(spans, laneCount, limits);

  function x(ms, width) {
    return LEFT + ((ms - from) / (to - from)) * (width - LEFT);
  }

  function paint() {
    const width = chart.clientWidth - 2 * parseFloat(getComputedStyle(chart).paddingLeft);
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const colours = new Map(CLASSES.map((each) => [each.name, colour(`p-${each.name}`)]));
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const plot = { pen, width, colour, colours };
    paintTimes(plot);
    paintLanes(plot);
    paintSlots(plot, lanesHeight + SPACE);
    paintPace(plot, lanesHeight + SPACE + SLOTS + SPACE);
    if (hover !== null) {
      pen.fillStyle = colour("soft");
      pen.fillRect(Math.round(x(hover, width)), 0, 1, height - AXIS);
    }
  }

  function paintTimes({ pen, width, colour }) {
    const step = niceStep(to - from, Math.max(2, (width - LEFT) / 90), TIME_STEPS);
    pen.textAlign = "center";
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const place = Math.round(x(at, width));
      pen.fillStyle = colour("line");
      pen.fillRect(place, 0, 1, height - AXIS);
      pen.fillStyle = colour("soft");
      if (place > LEFT + 8 && place < width - 24) pen.fillText(clock(at, step), place, height - 6);
    }
  }

  function paintLanes({ pen, width, colours, colour }) {
    const gap = laneHeight > 4 ? 1.5 : 0.5;
    for (const { file, lane, to: end } of spans) {
      const top = lane * laneHeight;
      for (let at = 0; at < file.spans.length; at += 3) {
        const begin = file.spans[at + 1];
        const stop = begin + file.spans[at + 2];
        if (stop < from || begin > to) continue;
        const left = Math.max(LEFT, x(begin, width));
        pen.fillStyle = colours.get(PHASES[file.spans[at]].kind.name);
        pen.fillRect(left, top, Math.max(0.4, x(stop, width) - left - (at + 3 >= file.spans.length ? 0.6 : 0)), laneHeight - gap);
      }
      if (file.state === "failed" && end >= from && end <= to) {
        pen.fillStyle = colour("v-bad");
        pen.fillRect(x(end, width) - 2.5, top, 3, laneHeight - gap);
      }
    }
  }

  function grid({ pen, width, colour }, top, tall, most, label) {
    const step = niceStep(most, 3, [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]);
    pen.textAlign = "right";
    for (let value = 0; value <= most; value += step) {
      const y = Math.round(top + tall - (value / most) * tall);
      pen.fillStyle = colour("line");
      pen.fillRect(LEFT, y, width - LEFT, 1);
      pen.fillStyle = colour("soft");
      pen.fillText(String(Math.round(value * 10) / 10), LEFT - 8, y + 4);
    }
    pen.textAlign = "left";
    pen.fillStyle = colour("soft");
    pen.fillText(label, LEFT, top - 9);
  }

  function paintSlots(plot, top) {
    const { pen, width, colours, colour } = plot;
    const bins = Math.max(1, Math.floor(width - LEFT));
    const layers = inFlight(spans, from, to, bins);
    let most = Math.max(1, ...limits.flatMap(({ points }) => points.map(([, limit]) => Math.min(limit, laneCount * 1.5))));
    for (let at = 0; at < bins; at += 1) most = Math.max(most, layers.reduce((sum, layer) => sum + layer[at], 0));
    grid(plot, top, SLOTS, most * 1.08, "exports in flight, and the limit");
    const base = new Float64Array(bins);
    layers.forEach((layer, number) => {
      pen.fillStyle = colours.get(CLASSES[number].name);
      for (let at = 0; at < bins; at += 1) {
        if (!layer[at]) continue;
        const tall = (layer[at] / (most * 1.08)) * SLOTS;
        base[at] += tall;
        pen.fillRect(LEFT + at, top + SLOTS - base[at], 1.05, tall);
      }
    });
    pen.strokeStyle = colour("ink");
    pen.lineWidth = 1.5;
    limits.forEach(({ points }, number) => {
      pen.setLineDash(number ? [4, 3] : []);
      pen.beginPath();
      points.forEach(([at, limit], place) => {
        const y = top + SLOTS - Math.min(SLOTS, (limit / (most * 1.08)) * SLOTS);
        const next = place + 1 < points.length ? points[place + 1][0] : length;
        pen.lineTo(Math.max(LEFT, Math.min(width, x(at, width))), y);
        pen.lineTo(Math.max(LEFT, Math.min(width, x(next, width))), y);
      });
      pen.stroke();
    });
    pen.setLineDash([]);
  }

  function paintPace(plot, top) {
    const { pen, width, colour } = plot;
    const bins = Math.max(10, Math.min(120, Math.floor((width - LEFT) / 9)));
    const seconds = (to - from) / bins / 1000;
    const counts = ends(spans, from, to, bins);
    const isSlow = counts.reduce((sum, each) => sum + each, 0) / ((to - from) / 1000) < 0.5;
    const rates = counts.map((each) => (each / seconds) * (isSlow ? 60 : 1));
    const most = Math.max(...rates, 0.1) * 1.1;
    grid(plot, top, PACE, most, `exports that ended, a ${isSlow ? "minute" : "second"}`);
    pen.fillStyle = colour("accent");
    const wide = (width - LEFT) / bins;
    rates.forEach((rate, at) => pen.fillRect(LEFT + at * wide + 0.5, top + PACE - (rate / most) * PACE, wide - 1, (rate / most) * PACE));
  }

  function spanAt(event) {
    const box = canvas.getBoundingClientRect();
    const at = from + ((event.clientX - box.left - LEFT) / (box.width - LEFT)) * (to - from);
    const lane = Math.floor((event.clientY - box.top) / laneHeight);
    const span = spans.find((each) => each.lane === lane && each.from <= at && at <= each.to);
    return { at, span, isIn: event.clientX - box.left >= LEFT && at <= to };
  }

  function show(event) {
    const { at, span, isIn } = spanAt(event);
    hover = isIn ? at : null;
    tip.hidden = !isIn;
    if (isIn) {
      const beside = spans.filter((each) => each.from <= at && at < each.to).length;
      const lines = [`${clock(at, 1000)} after the start, ${CLOCK.format(RUN.started * 1000 + at)}: ${beside} in flight`];
      for (const { name, points } of limits) lines.push(`limit${limits.length > 1 ? ` (${name})` : ""}: ${points.findLast(([since]) => since <= at)?.[1] ?? "–"}`);
      if (span) lines.unshift(`${span.file.name}\n${phaseAt(span.file, at)}`);
      tip.textContent = lines.join("\n");
      const box = chart.getBoundingClientRect();
      const left = event.clientX - box.left;
      tip.style.transform = `translate(${left > box.width / 2 ? left - tip.offsetWidth - 14 : left + 14}px, ${Math.min(event.clientY - box.top + 10, box.height - tip.offsetHeight - 6)}px)`;
    }
    chart.style.cursor = span ? "pointer" : "";
    paint();
  }

  function zoom(factor, centre = (from + to) / 2) {
    const wide = Math.min(length, Math.max(50, (to - from) * factor));
    const share = (centre - from) / (to - from);
    from = Math.max(0, Math.min(length - wide, centre - wide * share));
    to = from + wide;
    paint();
  }

  function pan(share) {
    const wide = to - from;
    from = Math.max(0, Math.min(length - wide, from + wide * share));
    to = from + wide;
    paint();
  }

  let dragged = null;
  canvas.addEventListener("pointerdown", (event) => {
    dragged = { x: event.clientX, moved: false };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (dragged && event.buttons) {
      const by = dragged.x - event.clientX;
      if (Math.abs(by) > 3 || dragged.moved) {
        dragged.moved = true;
        pan(by / (canvas.clientWidth - LEFT));
        dragged.x = event.clientX;
      }
    } else show(event);
  });
  canvas.addEventListener("pointerup", (event) => {
    const { span } = spanAt(event);
    if (dragged && !dragged.moved && span) openDetails(span.file);
    dragged = null;
  });
  canvas.addEventListener("pointerleave", () => {
    hover = null;
    tip.hidden = true;
    paint();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, spanAt(event).at);
    },
    { passive: false },
  );
  chart.addEventListener("keydown", (event) => {
    const acts = { ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1.7), 0: () => zoom(1e9) };
    if (acts[event.key] && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      acts[event.key]();
    }
  });
  document.getElementById("zoom-in").addEventListener("click", () => zoom(0.5));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(2));
  document.getElementById("zoom-all").addEventListener("click", () => zoom(1e9));
  new ResizeObserver(paint).observe(chart);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  paint();
}

// The limit over time, a line for each kind of task that has one of its own.
function limitLines(run) {
  if (run.concurrency) return [{ name: "task", points: [[0, run.concurrency]] }];
  const lines = new Map();
  for (const [at, kind, limit] of run.limits) {
    if (!lines.has(kind)) lines.set(kind, { name: kind, points: [] });
    lines.get(kind).points.push([at, limit]);
  }
  return [...lines.values()].sort((one, other) => (one.name < other.name ? 1 : -1));
}

function phaseAt(file, at) {
  for (let each = file.spans.length - 3; each >= 0; each -= 3) {
    if (file.spans[each + 1] <= at) return `${PHASES[file.spans[each]].name.replaceAll("_", " ")}, ${duration(file.spans[each + 2] / 1000)}`;
  }
  return "";
}

function describe(spans, laneCount, limits) {
  const legend = document.getElementById("chart-legend");
  const used = new Set(spans.flatMap(({ file }) => file.spans.filter((_, at) => at % 3 === 0).map((number) => PHASES[number].kind)));
  for (const each of CLASSES) if (used.has(each)) legend.append(element("li", {}, element("span", { class: `key p-${each.name}` }), each.label));
  if (limits.length) legend.append(element("li", {}, element("span", { class: "key rule" }), limits.length > 1 ? `limit (dashed: ${limits[1].name})` : "limit"));
  document.getElementById("chart-text").textContent =
    `Each bar is an export; those beside each other were in flight together, up to ${laneCount} at a time, ${spans.length.toLocaleString("en")} in ${duration(RUN.length / 1000)}. Downloads come on top of the limit. ` +
    "Ctrl and the wheel, or + and −, zoom; drag, or ← and →, move. A click on a bar shows its details.";
}
