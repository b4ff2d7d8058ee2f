"""YAMNet's weights as TensorFlow Lite keeps them."""

import numpy as np
from numpy.typing import NDArray

from training.models.yamnet import Yamnet


def tflite_arrays(model: Yamnet) -> dict[str, NDArray[np.float16]]:
    """The model's weights under TFLite's names and in its axis order: what `load_yamnet` must undo."""
    state = model.state_dict()
    arrays = {"fc/w": state["fc.weight"], "fc/b": state["fc.bias"]}
    for position in range(27):
        weight, bias = state[f"features.{position}.conv.weight"], state[f"features.{position}.conv.bias"]
        name = f"layer{(position + 1) // 2 + 1}"
        if position == 0:
            arrays |= {"layer1/w": weight.permute(0, 2, 3, 1), "layer1/b": bias}
        elif position % 2:
            arrays |= {f"{name}/dw": weight.permute(1, 2, 3, 0), f"{name}/dw_b": bias}
        else:
            arrays |= {f"{name}/pw": weight.permute(0, 2, 3, 1), f"{name}/pw_b": bias}
    return {name: array.numpy().astype(np.float16) for name, array in arrays.items()}
