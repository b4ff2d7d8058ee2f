"""What tests of publication call."""

from collections.abc import Callable

from tests.support.command_line import Outcome

Push = Callable[..., Outcome]
