"""The examples of docs/collections.md do what they say."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from instrument_model import InstrumentClassifier
from tests.support.app_server import ROOT

GUIDE = ROOT / "docs" / "collections.md"


@pytest.mark.parametrize("package", ["datasets", "ray"])
@pytest.mark.slow
def test_a_map_function(package: str, recordings: dict[str, Path], tmp_path: Path) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    found = re.search(rf"<!-- test: {package} -->\n```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    files = [str(recordings["wav"]), str(recordings["mp3"]), str(recordings["m4a"])]
    rows = "list(heard)" if package == "datasets" else "heard.take_all()"
    code = f"""
files = {files!r}
if __name__ == "__main__":
{re.sub("^(?=.)", "    ", found[1], flags=re.MULTILINE)}
    import json
    print("rows:", json.dumps({rows}))
"""
    script = tmp_path / "guide.py"
    script.write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HOME": str(tmp_path), "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    heard = {row["file"]: row for row in json.loads(done.stdout.partition("rows:")[2])}
    assert set(heard) == set(files)
    expected = InstrumentClassifier.from_pretrained().predict(files[0])
    assert heard[files[0]]["instrument"] == expected.instrument
    assert heard[files[0]]["violin"] == pytest.approx(expected.probabilities["violin"], abs=1e-5)
