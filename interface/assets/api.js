// The page asks the app's own API, as any other program would.
const apiUrl = (path) => `${window.gradio_config.root}/gradio_api/${path}`;

// The path on the server of the clip that the player holds, as the API wants it.
function clipFile() {
  const path = decodeURIComponent((player()?.src ?? "").split("/gradio_api/file=")[1] ?? "");
  return path ? { path, meta: { _type: "gradio.FileData" } } : null;
}

const failure = (sentence, status) => Object.assign(new Error(visitor.said[sentence] ?? sentence), { status });

// Resolves to an endpoint's answer; rejects with its one sentence, or with a TypeError where the connection is lost.
async function ask(endpoint, ...data) {
  const headers = { "Content-Type": "application/json" };
  const posted = await fetch(apiUrl(`call/${endpoint}`), { method: "POST", headers, body: JSON.stringify({ data }) });
  if (!posted.ok) throw failure((await posted.json().catch(() => ({}))).detail ?? posted.statusText, posted.status);
  const { event_id } = await posted.json();
  const stream = await (await fetch(apiUrl(`call/${endpoint}/${event_id}`))).text();
  const last = stream.trim().split("\n\n").at(-1), told = JSON.parse(last.match(/^data: (.*)$/m)?.[1] ?? "null");
  if (last.startsWith("event: error")) throw failure(told?.error ?? told ?? "");
  if (!last.startsWith("event: complete")) throw new TypeError();
  return told[0];
}
