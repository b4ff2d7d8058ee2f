"""The few messages of the ONNX file format that a graph of plain layers needs.

A graph is a protocol buffer: fields of a number, a wire type and a payload, and messages within messages. Writing a
dozen of them takes less than the `onnx` package, which is made for reading and changing any graph. Field numbers are
those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OPSET = 14  # the first with HardSwish
IR_VERSION = 8

_FLOAT = 1  # TensorProto.DataType
_EXTERNAL = 1  # TensorProto.DataLocation
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT, _ATTRIBUTE_INTS = 1, 2, 7  # AttributeProto.AttributeType

Attribute = float | int | Sequence[int]


@dataclass
class Graph:
    """A graph under construction; its nodes run in the order in which they were added.

    Attributes:
        shapes: Of the tensors that the graph asks for by name and that are handed over beside it.
    """

    name: str
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _nodes: list[bytes] = field(default_factory=list)

    def tensor(self, name: str, *shape: int) -> str:
        """Declare a float tensor whose values are handed over beside the graph; return its name."""
        self.shapes[name] = shape
        return name

    def node(self, operator: str, *inputs: str, output: str | None = None, **attributes: Attribute) -> str:
        """Add an operator with one output; return the output's name."""
        output = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(
            b"".join(_text(1, name) for name in inputs)
            + _text(2, output)
            + _text(3, output)
            + _text(4, operator)
            + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        )
        return output

    def encode(self, inputs: Mapping[str, Sequence[int | str]], outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        """Return the model file.

        Args:
            inputs: Names and shapes of what is fed in; a dimension that may have any size is a name.
            outputs: The same for what comes out.
        """
        graph = (
            b"".join(_bytes(1, node) for node in self._nodes)
            + _text(2, self.name)
            + b"".join(_bytes(5, _external_tensor(name, shape)) for name, shape in self.shapes.items())
            + b"".join(_bytes(11, _value(name, shape)) for name, shape in inputs.items())
            + b"".join(_bytes(12, _value(name, shape)) for name, shape in outputs.items())
        )
        return _integer(1, IR_VERSION) + _bytes(7, graph) + _bytes(8, _text(1, "") + _integer(2, OPSET))


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _key(2, 5) + struct.pack("<f", value) + _integer(20, _ATTRIBUTE_FLOAT)
    if isinstance(value, int):
        return _text(1, name) + _integer(3, value) + _integer(20, _ATTRIBUTE_INT)
    return _text(1, name) + b"".join(_integer(8, item) for item in value) + _integer(20, _ATTRIBUTE_INTS)


def _external_tensor(name: str, shape: Sequence[int]) -> bytes:
    """Encode a tensor without its values; the location must be there and is never opened."""
    location = _bytes(13, _text(1, "location") + _text(2, "tensors"))
    dimensions = b"".join(_integer(1, size) for size in shape)
    return dimensions + _integer(2, _FLOAT) + _text(8, name) + location + _integer(14, _EXTERNAL)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = (_integer(1, size) if isinstance(size, int) else _text(2, size) for size in shape)
    tensor = _integer(1, _FLOAT) + _bytes(2, b"".join(_bytes(1, size) for size in sizes))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _text(number: int, text: str) -> bytes:
    return _bytes(number, text.encode())


def _bytes(number: int, payload: bytes) -> bytes:
    return _key(number, 2) + _varint(len(payload)) + payload


def _integer(number: int, value: int) -> bytes:
    return _key(number, 0) + _varint(value)


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    """Encode a number that is not negative, seven bits a byte, the lowest first."""
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
