"""Every visitor is answered in a language of his own.

Opening the page, a visitor is shown the language in `?lang=`, which the switch on the page writes there, or else what
the browser asks for. The page then names its language in a header with all that it asks of the server: cookies would
not reach an app in a frame of another site. Programs send no such header, and are answered in English.
"""

from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .strings import ENGLISH, LANGUAGES, Texts
from .strings.languages import chosen

HEADER = "x-page-language"
"""What the page's own requests name their language in."""

SHOWN: ContextVar[Texts] = ContextVar("SHOWN", default=ENGLISH)
"""The language of the page that is being sent."""


class Languages:
    """The layer that settles `SHOWN`."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the page itself says which language it is in, and that it depends on the request."""
        headers = Headers(scope=scope)
        if scope["path"] != "/":
            SHOWN.set(LANGUAGES.get(headers.get(HEADER, ""), ENGLISH))
            await self._app(scope, receive, send)
            return
        texts = chosen(QueryParams(scope["query_string"]).get("lang"), headers.get("accept-language"))
        SHOWN.set(texts)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(raw=message["headers"])
                sent["content-language"] = texts.language
                sent.add_vary_header("accept-language")
            await send(message)

        await self._app(scope, receive, send_named)
