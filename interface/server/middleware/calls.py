"""What the calls of the page and the API must contain; everything else in them is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ...strings import programs
from .names import is_name


class CallError(Exception):
    """Why a call is refused, in one sentence.

    Attributes:
        status: The HTTP status that goes with it.
    """

    def __init__(self, sentence: str, status: int = 400) -> None:
        """Say why, with the status of an answer."""
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Function:
    """Something that the page or a program can call.

    Attributes:
        inputs: Values that it takes.
        parameters: Their names, where it is an endpoint for programs.
        optional: The names of those that a program may leave out.
        takes_event: Whether it also takes what the page's own script sends with an event.
    """

    inputs: int
    parameters: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    takes_event: bool = False


class Waiting(Protocol):
    """Who waits for an answer."""

    def awaits(self, session: str) -> bool:
        """Return whether a session has an answer to come or to fetch."""

    def awaits_event(self, event: str) -> bool:
        """Return whether the answer to a call is still to come or to fetch."""

    def is_full(self, session: str) -> bool:
        """Return whether a session has to fetch answers before it may ask for more."""


@dataclass(frozen=True)
class Calls:
    """What can be called.

    Attributes:
        functions: By their number in the page.
        endpoints: By their name; those for programs have parameters.
        waiting: Who waits for an answer.
    """

    functions: Mapping[int, Function]
    endpoints: Mapping[str, Function]
    waiting: Waiting


def read_call(route: str, message: Any, calls: Calls) -> dict[str, Any]:  # noqa: ANN401 - whatever a client sends
    """Return the fields that Gradio needs.

    Args:
        route: The path below the API's, such as `call/predict`.
        message: What the client has sent, parsed.
        calls: What can be called.

    Raises:
        CallError: The message is not what the route takes.
    """
    if not isinstance(message, dict):
        raise CallError(programs.CALL_NO_OBJECT)
    kind, _, name = route.partition("/")
    if kind == "reset":
        return _fields(message, event_id=True)
    if kind == "cancel":
        _number(message, calls)
        return _fields(message, session_hash=True, event_id=True) | {"fn_index": message["fn_index"]}
    if kind == "call" and name.startswith("v2/"):
        return _named_values(message, _endpoint(name.removeprefix("v2/"), calls))
    if kind == "call":
        function, fields = _endpoint(name, calls), _fields(message, session_hash=False)
    else:
        function, fields = _function(kind, name, message, calls)
    if "session_hash" in fields and calls.waiting.is_full(fields["session_hash"]):
        raise CallError(programs.CALL_TOO_MANY, 429)
    data = message.get("data")
    least = 1 if function.optional else function.inputs
    if not isinstance(data, list) or not least <= len(data) <= function.inputs:
        raise CallError(programs.CALL_VALUES.format(count=function.inputs))
    return {**fields, "data": data}


def _function(kind: str, name: str, message: dict[str, Any], calls: Calls) -> tuple[Function, dict[str, Any]]:
    """Return what the page calls by its number (of `run`, also by its name), and the fields of such a call."""
    fields = _fields(message, session_hash=kind == "queue")
    if kind == "run" and message.get("fn_index") is None:
        if name not in calls.endpoints:
            raise CallError(programs.CALL_UNKNOWN, 404)
        function = calls.endpoints[name]
    else:
        fields["fn_index"] = _number(message, calls)
        function = calls.functions[fields["fn_index"]]
    trigger = message.get("trigger_id")
    if type(trigger) is int and 0 <= trigger < 2**31:
        fields["trigger_id"] = trigger
    elif trigger is not None:
        raise CallError(programs.CALL_UNKNOWN)
    if function.takes_event:
        fields["event_data"] = _event(message.get("event_data"))
    return function, fields


def _event(sent: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what the page's own script sends: texts and numbers by name, and so no file."""
    if not isinstance(sent, dict) or any(isinstance(value, dict | list) for value in sent.values()):
        raise CallError(programs.CALL_WRONG_VALUE)
    return sent


def _named_values(message: dict[str, Any], function: Function) -> dict[str, Any]:
    given = set(message) - {"oauth_token"}
    if not set(function.parameters) - function.optional <= given <= set(function.parameters):
        raise CallError(programs.CALL_PARAMETERS.format(names=", ".join(function.parameters)))
    return {name: message[name] for name in function.parameters if name in given}


def _endpoint(name: str, calls: Calls) -> Function:
    function = calls.endpoints.get(name)
    if function is None or not function.parameters:
        raise CallError(programs.CALL_UNKNOWN, 404)
    return function


def _number(message: dict[str, Any], calls: Calls) -> int:
    number = message.get("fn_index")
    if type(number) is not int or number not in calls.functions:  # True is no number here
        raise CallError(programs.CALL_UNKNOWN, 404)
    return number


def _fields(message: dict[str, Any], **required: bool) -> dict[str, Any]:
    """Return the names that a message has, of which some are required."""
    fields = {}
    for field, is_required in required.items():
        value = message.get(field)
        if is_name(value):
            fields[field] = value
        elif is_required or value is not None:
            raise CallError(programs.NAME_BAD)
    return fields
