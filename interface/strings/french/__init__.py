"""French."""

from ..catalogue import Texts
from .answer import CARD, CODE, RECORDING, TIMELINE
from .errors import ERRORS, GRADIO, STATUS
from .names import INSTRUMENTS, WRITING
from .sounds import SOUNDS
from .tabs import ABOUT, FEEDBACK, FILES, LIVE, MICROPHONE, PAGE

FRENCH = Texts(
    language="fr",
    own_name="Français",
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
    status=STATUS,
    gradio=GRADIO,
    writing=WRITING,
    instruments=INSTRUMENTS,
    sounds=SOUNDS,
)
