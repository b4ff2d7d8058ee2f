"""The call that gives the answer on the page, in three languages."""

import json
import shlex


def snippets(url: str, name: str) -> list[tuple[str, str]]:
    """(language, source) for the recording called `name` and the app at `url`."""
    quoted = json.dumps(name, ensure_ascii=False)
    python = f"""\
# pip install gradio_client
from gradio_client import Client, handle_file

client = Client("{url}")
answer = client.predict(handle_file({quoted}), api_name="/predict")
print(answer["instrument"], answer["confidence"])"""
    javascript = f"""\
// npm install @gradio/client
import {{ Client, handle_file }} from "@gradio/client";
import {{ readFile }} from "node:fs/promises";

const client = await Client.connect("{url}");
const clip = new Blob([await readFile({quoted})]);
const {{ data: [answer] }} = await client.predict("/predict", {{ audio: handle_file(clip) }});
console.log(answer.instrument, answer.confidence);
process.exit(); // the client would keep its connection open"""
    curl = f"""\
path=$(curl -s {url}/gradio_api/upload -F {shlex.quote(_form_file(name))} | tr -d '[]"')
event=$(curl -s {url}/gradio_api/call/predict -H 'Content-Type: application/json' \\
  -d '{{"data": [{{"path": "'"$path"'", "meta": {{"_type": "gradio.FileData"}}}}]}}' | cut -d'"' -f4)
curl -sN {url}/gradio_api/call/predict/$event"""
    return [("Python", python), ("JavaScript", javascript), ("curl", curl)]


def _form_file(name: str) -> str:
    """Return what `-F` of curl takes for a file; without double quotes, a comma or a semicolon would end its name."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'files=@"{escaped}"'
