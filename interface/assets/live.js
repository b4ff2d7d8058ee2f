// The microphone as short pieces of 16-bit sound, each sent to the server when the answer to the one before has come.
const TICK = 250; // milliseconds between pieces, if the answer to the one before has come
const LONGEST = 2; // seconds that are kept when answers come late
const PATIENCE = 4000; // milliseconds after which an answer counts as lost
const SOUNDLESS = 3000; // milliseconds after which a browser that has not begun has no sound output, without which some do not begin
const SPAN = 30; // seconds in the strip
const BLOCK = 1024; // samples in a message from the sound thread, eight of its steps
const WORKLET = `registerProcessor("collector", class extends AudioWorkletProcessor {
  block = new Float32Array(${BLOCK});
  filled = 0;
  process([[samples]]) {
    if (!samples) return true;
    this.block.set(samples, this.filled);
    this.filled += samples.length;
    if (this.filled === ${BLOCK}) {
      this.port.postMessage(this.block.slice());
      this.filled = 0;
    }
    return true;
  }
});`;

const button = find(".live-button"), now = find(".live-now"), hint = find(".live-hint"), level = find(".live-level span");
const devices = find(".live-device select");
let words = JSON.parse(find(".live").dataset.words), labels = [], options = [], chosen = "", past = [], context, stream, source, collector, meter, pieces = [], asked = 0, waiting = false, peak = 0, session = 0, number = 0, running = false;

function say(text, alarm = false) {
  hint.textContent = text;
  hint.classList.toggle("alarm", alarm);
}

// Once: a browser gives back the memory of an audio context late, so starting again uses the same one.
async function prepare() {
  context ??= new AudioContext();
  const module = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
  await context.audioWorklet.addModule(module).finally(() => URL.revokeObjectURL(module));
  collector = new AudioWorkletNode(context, "collector", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  collector.port.onmessage = ({ data }) => running && collect(data);
}

async function start() {
  if (!navigator.mediaDevices) return say(words.microphone.insecure, true);
  button.disabled = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: devices.value ? { deviceId: { exact: devices.value } } : true });
    await choices();
    if (!collector) await prepare();
    source = context.createMediaStreamSource(stream);
    source.connect(collector);
    await Promise.race([context.resume(), new Promise((late) => setTimeout(late, SOUNDLESS))]);
    if (context.state !== "running") throw new DOMException("", "soundless");
    stream.getAudioTracks()[0].onended = () => {
      stop();
      say(words.microphone.ended, true);
    };
    session = Math.floor(Math.random() * 2 ** 31);
    running = true;
    past = [];
    meter = setInterval(tick, 100);
    show(nothing());
    say("");
  } catch (error) {
    stop();
    say(words.microphone[error.name] ?? words.microphone.other, true);
    if (error.name === "OverconstrainedError") devices.value = "";
  }
  button.disabled = false;
  press();
}

function press() {
  button.textContent = running ? words.stop : words.start;
  button.ariaPressed = running;
}

// Browsers tell the names of microphones once they may be used.
async function choices() {
  const found = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind, deviceId }) => kind === "audioinput" && deviceId);
  chosen = stream.getAudioTracks()[0].getSettings().deviceId ?? "";
  options = found.map(({ deviceId, label }) => make("option", { value: deviceId }, label || deviceId));
  offer();
}

function offer() {
  devices.replaceChildren(...options);
  devices.value = chosen;
  find(".live-device").hidden = options.length < 2;
}

function stop() {
  clearInterval(meter);
  for (const track of stream?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
  source?.disconnect();
  context?.suspend();
  stream = source = undefined;
  running = false;
  pieces = [];
  waiting = false;
  level.style.width = "0";
  press();
  show(nothing());
}

function collect(samples) {
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  pieces.push(samples);
  if (pieces.length * BLOCK > LONGEST * context?.sampleRate) pieces.shift();
}

function tick() {
  level.style.width = `${Math.max(0, Math.min(100, 100 + (20 * Math.log10(peak + 1e-6)) / 0.6))}%`;
  peak = 0;
  const since = performance.now() - asked;
  if (waiting && since > PATIENCE) {
    say(words.late, true);
    waiting = false;
  }
  if (!waiting && since > TICK - 50) ask();
}

function ask() {
  if (!pieces.length) return;
  const sound = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) for (const sample of piece) sound[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
  pieces = [];
  let text = "";
  for (const byte of new Uint8Array(sound.buffer)) text += String.fromCharCode(byte);
  asked = performance.now();
  waiting = true;
  number += 1;
  trigger("piece", { sound: btoa(text), rate: context.sampleRate, session, number });
}

// The lanes of what was heard in the last seconds; they stay when listening ends.
function strip() {
  const now = past.at(-1)?.at;
  past = past.filter(({ at }) => at > now - SPAN);
  const segments = past.map(({ at, probabilities }) => ({ start: SPAN + at - now, end: SPAN + at - now, probabilities }));
  if (segments.length) segments.unshift({ ...segments[0], probabilities: {} });
  const heard = labels.filter(({ name }) => past.some(({ on }) => on.includes(name)));
  find(".lanes").replaceChildren(...heard.map((label) => laneNode(label, ribbon({ duration: SPAN, segments }, label.name))));
}

// The model may have been exchanged for one with other labels since the page was loaded.
function drawBars(known) {
  if (JSON.stringify(known) === JSON.stringify(labels)) return;
  labels = known;
  find(".live-bars").replaceChildren(...labels.map((label) => barNode(label, 0, "")));
}

const nothing = () => ({ headline: running ? words.waiting : words.idle, probabilities: {}, on: [] });

function show(answer) {
  if (answer.labels) drawBars(answer.labels);
  now.textContent = answer.headline;
  now.classList.toggle("off", !answer.on.length);
  for (const bar of element.querySelectorAll(".bar")) {
    const share = answer.probabilities[bar.dataset.label] ?? 0;
    bar.querySelector(".bar-fill").style.width = `${100 * share}%`;
    bar.querySelector(".bar-value").textContent = running ? percent(share) : "";
    bar.classList.toggle("on", answer.on.includes(bar.dataset.label));
  }
}

watch("value", () => {
  const answer = props.value;
  if (!running || answer?.session !== session || answer.number !== number) return;
  waiting = false;
  if (answer.refusal) {
    stop();
    return say(answer.refusal, true);
  }
  if (!answer.headline) return; // it was busy with the piece before
  if (hint.classList.contains("alarm")) say("");
  if (performance.now() - asked > TICK) ask();
  element.dataset.answers = Number(element.dataset.answers ?? 0) + 1;
  show(answer);
  past.push({ at: performance.now() / 1000, ...answer });
  strip();
});
button.addEventListener("click", () => (running ? stop() : start()));
devices.addEventListener("change", () => {
  if (running) stop();
  start();
});
// The language has been changed: Gradio has written the panel anew, as it was at first.
watch("panel", () => {
  words = JSON.parse(find(".live").dataset.words);
  labels = [];
  drawBars(words.labels);
  offer();
  press();
  show(nothing());
  strip();
});
drawBars(words.labels);
