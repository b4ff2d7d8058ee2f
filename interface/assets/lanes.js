// Draws a reading: lanes over time, the table of stretches, and the card.
const MOST_LANES = 6;
const find = (selector) => element.querySelector(selector);
const clock = (s, decimals = 0) => {
  const rounded = Number(s.toFixed(decimals)), rest = (rounded % 60).toFixed(decimals);
  return `${Math.floor(rounded / 60)}:${rest.padStart(decimals ? 3 + decimals : 2, "0").replace(".", visitor.decimal)}`;
};
const percent = (p) => fill(visitor.percent, { value: p < 0.01 ? "< 1" : p > 0.99 ? "> 99" : Math.round(100 * p) });
const fill = (text, values) => text.replace(/\{(\w+)[^}]*\}/g, (_, name) => values[name]);

// An element, such as `make("td.number", "97 %")`: what follows is text, a node, or an object of attributes.
function make(spec, ...parts) {
  const [tag, ...names] = spec.split(".");
  const node = document.createElementNS(`http://www.w3.org/${/^(svg|path|line)$/.test(tag) ? "2000/svg" : "1999/xhtml"}`, tag);
  if (names.length) node.setAttribute("class", names.join(" "));
  for (const part of parts) {
    if (part instanceof Node || typeof part !== "object") node.append(part);
    else for (const [name, value] of Object.entries(part)) node.setAttribute(name, value);
  }
  return node;
}

function barNode({ name, display, family }, share, text, faint = "") {
  const track = make("span.bar-track", make("span.bar-fill", { style: `width:${100 * share}%` }));
  return make(`li.bar.family-${family}${faint}`, { "data-label": name }, make("span.bar-name", display), track, make("span.bar-value", text));
}

// A closed path as thick as the probability, in a box of 1000 x 100; smooth, because no instrument stops at a window's edge.
function ribbon(answer, label) {
  const points = answer.segments.map(({ start, end, probabilities }) => [(500 * (start + end)) / answer.duration, probabilities[label] ?? 0]);
  const all = [[0, points[0][1]], ...points, [1000, points.at(-1)[1]]];
  const edge = (along, height) =>
    along.map(([x, p], index) => {
      const y = (50 + height * p).toFixed(1), middle = (x + along[index - 1]?.[0]) / 2;
      return index ? `S${middle.toFixed(1)} ${y} ${x.toFixed(1)} ${y}` : `${x} ${y}`;
    });
  return `M${edge(all, -48).join("")}L${edge(all.toReversed(), 48).join("")}Z`;
}

// The labels that get a lane: those heard anywhere, or else the three most probable, faintly.
function laneLabels(answer, shift) {
  const peaks = answer.labels.map((_, label) => Math.max(...answer.segments.filter((s) => s.counts).map((s) => s.probabilities[label])));
  const heard = peaks.map((_, label) => label).filter((label) => over(answer, shift)(peaks[label], label)).sort(byProbability(answer.overall));
  return heard.length ? heard.slice(0, MOST_LANES).map((label) => [label, true]) : read(answer, { from: 0, to: Infinity, shift }).top.map((label) => [label, false]);
}

function laneNode({ display, family }, shape, faint = "") {
  const svg = make("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none" });
  svg.append(make("line", { x1: 0, x2: 1000, y1: 50, y2: 50 }), make("path", { d: shape }));
  return make(`div.lane.family-${family}${faint}`, make("span.lane-name", display), svg);
}

function drawLanes(answer, words, shift) {
  const parts = stretches(answer, shift), labels = laneLabels(answer, shift);
  find(".lanes").replaceChildren(...labels.map(([label, heard]) => laneNode(answer.labels[label], ribbon(answer, label), heard ? "" : ".faint")));
  const spoken = labels.map(([label]) => {
    const spans = parts.filter((part) => part.detected.includes(label)).slice(0, 12).map(({ start, end }) => `${clock(start)} – ${clock(end)}`);
    return fill(words.lane, { name: answer.labels[label].display, spans: spans.join(visitor.comma) || words.never });
  });
  find(".plot-words").textContent = spoken.join(". ");
}

function drawStretches(answer, words, shift) {
  const dot = (label) => make(`span.dot.family-${answer.labels[label].family}`);
  const named = (label) => make("span.heard-name", dot(label), answer.labels[label].display);
  const rows = stretches(answer, shift).map(({ start, end, detected, probability }) => {
    const times = `${clock(start, 1)} – ${clock(end, 1)}`;
    const play = make("button.play", { type: "button", "data-seek": start, "aria-label": `${words.play} ${times}` }, make("span", { "aria-hidden": "true" }, "▶"), `\u00a0${times.replace(" ", "\u00a0")}`);
    const cut = make("button.link", { type: "button", "data-cut": JSON.stringify([start, end]), "aria-label": `${words.cut} ${times}` }, "WAV");
    const what = detected.length ? detected.map(named) : [make("span.muted", words.nothing)];
    return make("tr", make("td", play), make("td", ...what), make("td.number", detected.length ? percent(probability) : ""), make("td", cut));
  });
  find(".stretches tbody").replaceChildren(...rows);
}

// The card tells of a reading: of the whole, or of a part that the kicker names.
function drawCard(card, answer, words, reading, kicker) {
  const { labels } = answer, { probabilities, detected, partly, top, instrument } = reading ?? { detected: [], partly: [], top: [], instrument: null };
  const found = instrument !== null, display = labels[instrument ?? detected[0]]?.display;
  const share = (label) => percent(probabilities[label]);
  const say = (selector, text) => Object.assign(card.querySelector(selector), { textContent: text, hidden: !text });
  card.dataset.state = !reading ? "silent" : found ? "found" : detected.length ? "voice" : "none";
  const [headline, text] = {
    silent: [words.silent, ""],
    found: [display, ""],
    voice: labels[detected[0]]?.family === "voice" ? [words.singing, words.voice_text] : [display, fill(words.noticed_text, { name: display })],
    none: [words.none, words.none_text],
  }[card.dataset.state];
  say(".kicker", kicker ?? (found ? words.heard : words.unheard));
  say(".headline span", headline);
  say(".trust", found ? `${words.trust.find(([least]) => probabilities[instrument] >= least)[1]}${visitor.comma}${share(instrument)}` : "");
  say(".explanation", text);
  const similar = found || !reading ? [] : reading.resembles.map(({ label, display }) => words.sounds[label] ?? display).map((name) => (words.small_names ? name.toLowerCase() : name));
  say(".resembles", similar.length ? fill(words.resembles, { names: similar.join(visitor.comma) }) : "");
  say(".bars-title", !reading ? "" : found ? words.bars : words.closest);
  const others = [...detected.map((label) => [label, share(label)]), ...partly.map((label) => [label, words.partly])].filter(([label]) => found && label !== instrument);
  const also = say(".also", others.length ? words.also : "");
  also.append(...others.map(([label, how]) => make(`span.also-name.family-${labels[label].family}`, `${labels[label].display} `, make("small", how))));
  card.querySelector(".bars").replaceChildren(...top.map((label) => barNode(labels[label], probabilities[label], share(label), found ? "" : ".faint")));
  // The examples of the answer and of its closest rival; a button that stays is kept, because its sound may be playing.
  const compared = (found ? [instrument, ...top.filter((label) => label !== instrument).slice(0, 1)] : []).map((label) => labels[label]).filter(({ example }) => example);
  const kept = (path) => [...card.querySelectorAll("[data-hear]")].find(({ dataset }) => dataset.hear === path);
  card.querySelector(".compare").hidden = !compared.length;
  card.querySelector(".examples").replaceChildren(
    ...compared.map((label) => kept(label.example) ?? make("button.link", { type: "button", "data-hear": label.example, "aria-pressed": "false" }, make("span", label.display))),
  );
}
