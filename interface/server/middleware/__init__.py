"""The layers in front of Gradio, each with one idea; a request goes through them from the outermost to the innermost.

Headers and faults (`answers`), whose pages may use the app (`hosts`), the path below which a proxy shows it (`prefix`),
what may be asked for (`routes`), in which language the page is (`interface/languages.py`), how many at a time
(`places`), who may wait (`awaited`), what is in a message (`messages`, `calls`, `names`), how much may be uploaded
(`uploads`), which part of a file is wanted (`files`), and whose fault a failure is (`outcomes`).
"""

from pathlib import Path

from starlette.types import ASGIApp

from ...languages import Languages
from ..limits import Limits
from .answers import Answers
from .awaited import Awaited
from .calls import Calls
from .files import Files
from .hosts import HostCheck, Hosts
from .messages import Messages
from .outcomes import Outcomes
from .places import Places
from .prefix import Prefix, root_path
from .routes import Routes
from .uploads import Uploads

__all__ = ["Hosts", "guard", "root_path"]


def guard(app: ASGIApp, limits: Limits, hosts: Hosts, root: str, uploads: Path, calls: Calls) -> ASGIApp:
    """Wrap an app in all layers.

    Args:
        app: What answers the requests that may pass.
        limits: The bounds.
        hosts: The names that the app is known by.
        root: The path or address below which visitors see it.
        uploads: The folder of uploaded files.
        calls: What can be called.
    """
    app = Uploads(Outcomes(Files(app)), limits, uploads)
    app = Awaited(Messages(app, limits, calls), calls.waiting)
    app = Routes(Languages(Places(app, limits.connections)))
    return Answers(HostCheck(Prefix(app, root), hosts), hosts.frame_ancestors)
