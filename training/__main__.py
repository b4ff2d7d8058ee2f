"""List training's commands, or run one: `python -m training`, `python -m training train --help`."""

import ast
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

COMMANDS = {
    "irmas": "training.data.sources.irmas",
    "backbone": "training.backbone",
    "render": "training.render",
    "prepare": "training.prepare",
    "train": "training.train",
    "teach": "training.teach",
    "ablate": "training.ablate",
    "interpolate": "training.interpolate",
    "open_set": "training.open_set",
    "linear_head": "training.linear_head",
    "fit_teacher": "training.models.fit_teacher",
    "calibrate": "training.calibrate",
    "evaluate": "training.evaluate",
    "resemblance": "training.resemblance",
    "provenance": "training.publishing.provenance",
    "model_card": "training.publishing.model_card",
    "push_model": "training.publishing.push_model",
    "push_space": "training.publishing.push_space",
}
"""Each command and its module, in the order in which a model needs them."""


def main() -> int:
    """Run the command that the first argument names; without one, list them all."""
    name = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if name in COMMANDS:
        del sys.argv[1]
        runpy.run_module(COMMANDS[name], run_name="__main__", alter_sys=True)
        return 0
    if name not in ("-h", "--help"):
        print(f"error: there is no command {name!r}; python -m training lists them.", file=sys.stderr)
        return 2
    print("usage: python -m training COMMAND [ARGUMENT ...]\n")
    for command, module in COMMANDS.items():
        print(f"  {command:<14}{summary(module)}")
    print("\nEach says more with --help.")
    return 0


def summary(module: str) -> str:
    """Return the first line of a module's docstring, without importing what the module needs."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    text = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
