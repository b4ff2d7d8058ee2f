"""English."""

from ..catalogue import Texts
from .answer import CARD, CODE, RECORDING, TIMELINE
from .errors import ERRORS
from .tabs import ABOUT, FEEDBACK, FILES, LIVE, MICROPHONE, PAGE

ENGLISH = Texts(
    page=PAGE,
    recording=RECORDING,
    card=CARD,
    timeline=TIMELINE,
    code=CODE,
    live=LIVE,
    microphone=MICROPHONE,
    files=FILES,
    feedback=FEEDBACK,
    about=ABOUT,
    errors=ERRORS,
)
