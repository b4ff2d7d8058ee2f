// Behaviour of the result: play, select a part, choose the sensitivity, take the sound, copy.
// The tab for several files has player and card beside the timeline; the first tab has them elsewhere.
const player = () => find("audio") ?? document.querySelector("#clip audio");
const card = () => find(".card[data-state]") ?? document.querySelector("#result .card");
let answer = null, words = null, part = null, sensitivity = "calibrated", question = 0;

// ---------------------------------------------------------------- playing
function play(seconds) {
  const audio = player();
  if (!audio) return;
  audio.currentTime = seconds;
  audio.play().catch(() => {});
  follow();
}

let following = false;
function follow() {
  if (following) return;
  following = true;
  const step = () => {
    const audio = player(), plot = find(".plot");
    if (audio && plot && answer) {
      const now = Math.min(audio.currentTime, answer.duration), head = plot.querySelector(".playhead");
      head.style.left = `${(100 * now) / answer.duration}%`;
      head.classList.toggle("on", now > 0);
      plot.setAttribute("aria-valuenow", now.toFixed(1));
      plot.setAttribute("aria-valuetext", clock(now));
    }
    following = Boolean(audio && plot && !audio.paused);
    if (following) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
for (const name of ["play", "seeked"]) document.addEventListener(name, (e) => e.target === player() && follow(), true);

// ---------------------------------------------------------------- reading anew
// A new result has arrived, card and timeline in either order: keep what it says, and draw it. Gradio writes a result over
// the one before, so what is drawn is marked by an attribute, which does not outlast it. The same recording, answered in
// another language, keeps what is selected and chosen.
function arrived() {
  const timeline = find(".timeline[data-answer]"), shown = card();
  if (!timeline || (timeline.dataset.drawn && (!shown || shown.dataset.drawn))) return;
  if (!timeline.dataset.drawn) {
    const before = JSON.stringify(answer?.segments);
    answer = JSON.parse(timeline.dataset.answer);
    words = JSON.parse(timeline.dataset.words);
    if (JSON.stringify(answer.segments) !== before) [part, sensitivity] = [null, "calibrated"];
    timeline.dataset.drawn = true;
    choose(sensitivity);
    drawPart();
  }
  if (shown) shown.dataset.drawn = true;
  readAnew();
  askExactly();
}
new MutationObserver(arrived).observe(document, { childList: true, subtree: true });
arrived();

function choose(chosen) {
  sensitivity = chosen;
  find(`.sensitivity [value=${chosen}]`).checked = true;
  find(".sensitivity-measured").textContent = words.measured[chosen] ?? "";
  drawLanes(answer, words, answer.shifts[chosen]);
  drawStretches(answer, words, answer.shifts[chosen]);
}

function drawPart() {
  const box = find(".part-box"), bar = find(".selection");
  box.hidden = bar.hidden = !part;
  if (!part) return;
  box.style.left = `${(100 * part.from) / answer.duration}%`;
  box.style.width = `${(100 * (part.to - part.from)) / answer.duration}%`;
  bar.querySelector(".selection-times").textContent = inWords(words.selected);
}
const inWords = (text) => fill(text, { start: clock(part.from, 1), end: clock(part.to, 1) });

// The card tells of the part that is selected, at the sensitivity that is chosen; one of an error or of silence has no bars.
function readAnew(exact) {
  const shown = card();
  if (!shown?.querySelector(".bars")) return;
  const reading = read(answer, { from: part?.from ?? 0, to: part?.to ?? answer.duration, shift: answer.shifts[sensitivity], exact });
  drawCard(shown, answer, words, reading, part && inWords(words.part));
  shown.dataset.exact = Boolean(exact);
}

// The computed windows answer at once; the server, asked for exactly this part, a moment later.
async function askExactly() {
  const asked = ++question, file = clipFile();
  if (!part || !file) return;
  const told = await ask("predict", file, part.from, part.to, sensitivity).catch(() => null);
  if (!told || asked !== question || !part) return;
  const names = answer.labels.map(({ name }) => name);
  readAnew({ probabilities: names.map((name) => told.probabilities[name]), detected: told.detected.map((name) => names.indexOf(name)), resembles: told.resembles });
}

function select(from, to, settled = true) {
  const least = Math.min(words.least, answer.duration);
  part = from === null ? null : { from: Math.max(0, Math.min(from, to)), to: Math.min(answer.duration, Math.max(from, to)) };
  if (part && part.to - part.from < least) {
    part.to = Math.min(answer.duration, part.from + least);
    part.from = part.to - least;
  }
  question++;
  drawPart();
  readAnew();
  if (settled) askExactly();
}

element.addEventListener("change", (event) => {
  if (!event.target.matches("[name^=sensitivity]")) return;
  choose(event.target.value);
  readAnew();
  askExactly();
});

// ---------------------------------------------------------------- selecting: drag, or Shift and the arrow keys
const secondsAt = (plot, x) => {
  const box = plot.getBoundingClientRect();
  return Math.max(0, Math.min(1, (x - box.left) / box.width)) * answer.duration;
};

let drag = null;
element.addEventListener("pointerdown", (event) => {
  const plot = event.target.closest(".plot");
  if (plot && !event.button && answer) drag = { plot, x: event.clientX, moved: false };
});
document.addEventListener("pointermove", (event) => {
  if (!drag || (!drag.moved && Math.abs(event.clientX - drag.x) < 5)) return;
  drag.moved = true;
  select(secondsAt(drag.plot, drag.x), secondsAt(drag.plot, event.clientX), false);
});
document.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { plot, moved } = drag;
  drag = null;
  if (moved) askExactly();
  else play(secondsAt(plot, event.clientX));
});
document.addEventListener("pointercancel", () => (drag = null));

element.addEventListener("keydown", (event) => {
  if (!event.target.matches(".plot") || !answer) return;
  const audio = player(), now = audio?.currentTime ?? 0, step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const to = step ? now + step : { Home: 0, End: answer.duration }[event.key];
  if (step && event.shiftKey) select(part?.from ?? now, (part?.to ?? now) + step);
  else if (event.key === "Escape" && part) select(null);
  else if (to !== undefined) audio && (audio.currentTime = Math.max(0, Math.min(answer.duration, to)));
  else if (event.key === "Enter" || event.key === " ") audio && (audio.paused ? audio.play().catch(() => {}) : audio.pause());
  else return;
  event.preventDefault();
});

// ---------------------------------------------------------------- taking the sound, copying
async function take(endpoint, ...data) {
  const place = find(".taking");
  place.textContent = words.taking;
  try {
    const file = clipFile();
    if (!file) throw new Error(words.gone);
    const told = await ask(endpoint, file, ...data);
    make("a", { href: apiUrl(`file=${told.path}`), download: told.orig_name }).click();
    place.textContent = "";
  } catch (error) {
    place.textContent = error.message || words.fault;
  }
}

async function copy(button, text) {
  button.dataset.before ??= button.textContent;
  const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  button.textContent = done ? words.copied : words.failed;
  clearTimeout(button.waiting);
  button.waiting = setTimeout(() => (button.textContent = button.dataset.before), 1500);
}

element.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  let hit;
  if ((hit = at("[data-seek]"))) play(Number(hit.dataset.seek));
  else if ((hit = at("[data-cut]"))) take("cut", ...JSON.parse(hit.dataset.cut));
  else if ((hit = at("[data-excerpt]"))) take("excerpt", hit.dataset.excerpt);
  else if ((hit = at("[data-export]")) && sensitivity !== "calibrated") event.preventDefault(take("export", hit.dataset.export, sensitivity));
  else if (at("[data-part=play]")) play(part.from);
  else if (at("[data-part=cut]")) take("cut", part.from, part.to);
  else if (at("[data-part=clear]")) select(null);
  else if ((hit = at("[data-copy]"))) copy(hit, hit.closest(".snippet").querySelector("code").textContent);
  else if ((hit = at("[data-link]"))) event.preventDefault(copy(hit, hit.href));
});
