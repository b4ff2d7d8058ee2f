"""Clients of the app that ask for a prediction again and again.

The first speaks the API's own protocol (upload, call, read the events) over connections that stay open, and does little
else: clients elsewhere take nothing from the server's cores, and Gradio's Python client, which is measured beside it,
takes more time for a request than the server does.
"""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

Ask = Callable[[], object]


def http_client(url: str, path: Path) -> Ask:
    """Ask in Gradio's documented way for programs without its client: upload, call, and the events of the call."""
    from urllib3 import PoolManager

    http, data, session = PoolManager(), path.read_bytes(), uuid4().hex

    def ask() -> object:
        uploaded = http.request("POST", f"{url}/gradio_api/upload", fields={"files": (path.name, data)}).json()
        file = {"path": uploaded[0], "meta": {"_type": "gradio.FileData"}}
        call = http.request(
            "POST", f"{url}/gradio_api/call/predict", json={"data": [file], "session_hash": session}
        ).json()
        events = http.request("GET", f"{url}/gradio_api/call/predict/{call['event_id']}").data.decode()
        name, _, answer = events.strip().rpartition("\ndata: ")
        if not name.endswith("event: complete"):
            raise RuntimeError(events)
        return json.loads(answer)

    return ask


def python_client(url: str, path: Path) -> Ask:
    """Ask with Gradio's own client."""
    from gradio_client import Client, handle_file

    client = Client(url, verbose=False)
    return lambda: client.predict(handle_file(str(path)), api_name="/predict")
