"""The notebook for beginners runs from its first cell to its last, and is stored without answers."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.app_server import EXAMPLES, ROOT

NOTEBOOK = EXAMPLES / "quickstart.ipynb"


def results(cell: Any) -> dict[str, str]:  # noqa: ANN401 - a cell of nbformat
    """What a cell has printed, as `text`, and shown, by MIME type."""
    found: dict[str, str] = {}
    for output in cell.outputs:
        found |= {"text": found.get("text", "") + output["text"]} if output.output_type == "stream" else output.data
    return found


@pytest.mark.slow
def test_every_cell_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="install requirements-dev.txt")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in codes), "stored without answers"
    client = nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(EXAMPLES)}})
    client.execute()
    _, one, timeline, embeddings, many = map(results, codes)
    assert "Is heard:" in one["text"]
    assert "probability" in one["text/html"]
    assert "image/png" in timeline
    assert "image/png" in embeddings
    assert "Left out:" in many["text"]
    assert "missing.mp3" in many["text"]
    assert "<td>cello</td>" in many["text/html"]
