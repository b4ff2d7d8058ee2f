// Several files: one uploaded and answered after another, so that they can be cancelled and taken up again.
const AUDIO = /\.(wav|wave|flac|mp3|ogg|oga|opus|m4a|mp4|aac|aif|aiff|aifc|webm|wma|mka)$/i;
let said = JSON.parse(find(".files-panel").dataset.words);
let rows = [], running = null, opened = null, order = { key: null, down: false }, only = "", note = "";

function add(files) {
  for (const file of files) rows.push({ file, name: file.webkitRelativePath || file.way || file.name, state: "waiting" });
  if (files.length && !running) go();
}

async function uploaded(row) {
  const form = new FormData();
  form.append("files", row.file);
  const answer = await fetch(apiUrl("upload"), { method: "POST", body: form });
  const text = await answer.text();
  if (!answer.ok) throw failure(/^\{/.test(text) ? JSON.parse(text).detail : text || answer.statusText, answer.status);
  const told = JSON.parse(text);
  return { path: told[0], meta: { _type: "gradio.FileData" } };
}

// The next so many; what goes wrong with a file stays in its row, and what goes wrong with the server ends the run.
async function go() {
  const mine = (running = {});
  note = "";
  for (const row of rows.filter(({ state }) => state === "waiting").slice(0, said.most)) {
    if (running !== mine) break;
    row.state = "busy";
    draw();
    try {
      row.clip = await uploaded(row);
      Object.assign(row, await ask("row", row.clip), { state: "done" });
    } catch (error) {
      const lost = error instanceof TypeError || error.status >= 429;
      Object.assign(row, lost ? { state: "waiting" } : { state: "bad", error: error.message || said.fault });
      if (lost) note = error.status ? error.message : said.lost;
      if (lost && running === mine) running = null;
    }
    fillRow(row);
  }
  if (running === mine) running = null;
  draw();
}

function fillRow(row) {
  const cell = (...children) => make("td", ...children), number = (text) => make("td.number", text);
  if (row.state === "waiting") return;
  if (row.state === "done") {
    row.displays = { none: said.nothing, ...row.names[visitor.language] };
    row.heard = [row.instrument ?? "none", ...row.also];
    const [shown, ...others] = row.heard.map((label) => row.displays[label]);
    Object.assign(row, { shown, others: others.join(visitor.comma) });
  }
  row.node ??= make("tr");
  const error = make("td.bad", { colspan: 4 }, row.error ?? "");
  const name = make("button.link.name", { type: "button", title: row.name }, row.name);
  name.addEventListener("click", async () => {
    await openRow(row);
    const place = find(".file-details");
    place.focus();
    place.scrollIntoView({ block: "start" });
  });
  const dot = row.instrument ? [make(`span.dot.family-${row.families[row.instrument]}`)] : [];
  row.node.replaceChildren(
    ...(row.state === "bad" ? [make("td.name", row.name), error] : [cell(name), cell(...dot, row.shown), number(percent(row.probability)), cell(row.others), number(clock(row.seconds))]),
  );
}

const finished = () => rows.filter(({ state }) => state === "done" || state === "bad");

function draw() {
  const shown = finished(), left = rows.filter(({ state }) => state === "waiting").length;
  const heard = Object.fromEntries(shown.flatMap((row) => (row.heard ?? []).map((label) => [label, row.displays[label]])));
  if (!heard[only]) only = "";
  const choices = [["", said.all], ...Object.entries(heard).sort((a, b) => a[1].localeCompare(b[1]))], select = find(".files-top select");
  if (choices.length !== select.options.length) select.replaceChildren(...choices.map(([value, name]) => make("option", { value }, name)));
  select.value = only;
  const visible = shown.filter((row) => !only || row.heard?.includes(only));
  const { key, down } = order, value = (row) => (typeof row[key] === "number" ? row[key].toFixed(4) : (row[key] ?? ""));
  if (key) visible.sort((a, b) => (down ? -1 : 1) * value(a).localeCompare(value(b), undefined, { numeric: true }));
  for (const button of element.querySelectorAll(".sort")) button.parentElement.ariaSort = button.dataset.sort !== key ? "none" : down ? "descending" : "ascending";
  const body = find(".files tbody");
  visible.forEach(({ node }, index) => body.children[index] !== node && body.insertBefore(node, body.children[index] ?? null)); // whoever has the focus stays
  while (body.children.length > visible.length) body.lastChild.remove();
  find(".files-found").hidden = !rows.length;
  find(".files-panel").ariaBusy = String(Boolean(running));
  Object.assign(find(".files-top progress"), { max: rows.length || 1, value: shown.length });
  find(".files-progress").textContent = fill(said.progress, { done: shown.length, total: rows.length });
  find(".files-top .alarm").textContent = note;
  find("[data-files=cancel]").hidden = !running;
  Object.assign(find("[data-files=go]"), { hidden: Boolean(running) || !left, textContent: note ? said.again : fill(said.next, { count: Math.min(left, said.most) }) });
}

// Card and timeline of a row, with a player of its own; a file whose time on the server is up is uploaded again.
async function openRow(row) {
  const place = find(".file-details");
  opened = row;
  place.replaceChildren(make("p.hint-line", { role: "status" }, said.opening));
  try {
    place.innerHTML = await ask("details", row.clip).catch(async () => {
      Object.assign(row, { clip: await uploaded(row), audio: null });
      return ask("details", row.clip);
    });
    row.audio ??= make("audio", { controls: "", src: apiUrl(`file=${row.clip.path}`) });
    place.prepend(make("h3", row.name), row.audio);
  } catch (error) {
    place.replaceChildren(make("p.hint-line.alarm", { role: "alert" }, error instanceof TypeError ? said.lost : error.message || said.fault));
  }
}

// The language has been changed: Gradio has written the panel anew, without what was in it. What went wrong is asked again.
watch("value", () => {
  const { lost } = said;
  said = JSON.parse(find(".files-panel").dataset.words);
  if (note === lost) note = said.lost;
  for (const row of rows) {
    if (row.state === "bad" && row.clip) ask("row", row.clip).catch(({ message }) => fillRow(Object.assign(row, { error: message || said.fault })));
    fillRow(row);
  }
  draw();
  if (opened) openRow(opened);
});

// ---------------------------------------------------------------- tables to take away
const quoted = (value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const plain = (name) => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name); // a spreadsheet must not take a name for a formula
const csv = (lines) => lines.map((line) => line.map((value) => quoted(String(value))).join(",") + "\n").join("");

function table(name) {
  if (name === "instruments.csv") {
    const line = (row) => (row.error ? ["", "", "", "", row.error] : [row.instrument ?? "", row.probability.toFixed(4), row.also.join(" "), row.seconds.toFixed(3), ""]);
    return csv([["file", "instrument", "probability", "also", "seconds", "error"], ...finished().map((row) => [plain(row.name), ...line(row)])]);
  }
  const line = ({ start, end, label, probability, also }) => [start.toFixed(3), end.toFixed(3), label ?? "", probability.toFixed(4), also.join(" ")];
  return csv([["file", "start", "end", "label", "probability", "also"], ...finished().flatMap((row) => (row.stretches ?? []).map((part) => [plain(row.name), ...line(part)]))]);
}

// ---------------------------------------------------------------- files and folders that are dropped
async function within(entry, way = "") {
  if (entry.isFile) {
    const file = await new Promise((found, failed) => entry.file(found, failed));
    return AUDIO.test(file.name) ? [Object.assign(file, { way: way + file.name })] : [];
  }
  const reader = entry.createReader(), found = [];
  for (let some; (some = await new Promise((read, failed) => reader.readEntries(read, failed))).length; ) found.push(...some);
  return (await Promise.all(found.map((inner) => within(inner, `${way}${entry.name}/`)))).flat();
}

element.addEventListener("dragover", (event) => event.preventDefault());
element.addEventListener("drop", async (event) => {
  event.preventDefault();
  const dropped = [...event.dataTransfer.items].filter(({ kind }) => kind === "file").map((item) => {
    const entry = item.webkitGetAsEntry();
    return entry?.isDirectory ? within(entry) : item.getAsFile();
  });
  add((await Promise.all(dropped)).flat());
});
element.addEventListener("change", ({ target }) => {
  if (target.type === "file") {
    add([...target.files].filter((file) => !target.webkitdirectory || AUDIO.test(file.name)));
    target.value = "";
  } else if (target.matches(".files-top select")) draw((only = target.value));
});
element.addEventListener("click", ({ target }) => {
  const { files, sort } = target.dataset;
  if (files === "go") go();
  if (files === "cancel") draw((running = null));
  if (sort) draw((order = { key: sort, down: order.key === sort && !order.down }));
  if (files === "csv") target.href = URL.createObjectURL(new Blob([table(target.download)], { type: "text/csv" }));
});
