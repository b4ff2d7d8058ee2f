"""Long trials that try to break the decoder and the app: `make stress`; docs/sturdiness.md has what came of them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))  # recordings, the app's process
