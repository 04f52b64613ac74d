"""Server: textual-serve's, with a page that loads nothing from elsewhere, and open to no other site's page."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp_jinja2
import jinja2
from aiohttp import web
from textual_serve.server import Server

from tui.web.address import Address

__all__ = ["AppServer"]

_HERE = ("localhost", "127.0.0.1", "::1")
_POLICY = "default-src 'self' 'unsafe-inline' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'"


class AppServer(Server):
    """Serves the app.

    Args:
        command: The line for a shell that starts the app.
        address: Where to.
        title: What the page is called.
    """

    def __init__(self, command: str, address: Address, title: str) -> None:
        super().__init__(
            command, address.host, address.port, title, public_url=address.url, templates_path=Path(__file__).parent
        )
        self._address = address
        self._pages: set[asyncio.Task[object]] = set()

    def serve_at(self, sockets: list[socket.socket], begun: Callable[[], None]) -> None:
        """Serve until a signal ends it.

        Args:
            sockets: What to listen on.
            begun: Called as soon as pages can be opened.
        """
        logging.basicConfig(level=logging.WARNING, format="hlt-tui: %(message)s")
        app = web.Application()
        aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(self.templates_path))
        app.add_routes(
            [
                web.get("/", self.handle_index, name="index"),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.get("/download/{key}", self.handle_download, name="download"),
                web.static("/static", self.statics_path, name="static"),
            ]
        )
        app.on_shutdown.append(self.on_shutdown)
        web.run_app(app, sock=sockets, access_log=None, print=lambda *_: begun())  # it prints once, when it listens

    async def on_shutdown(self, app: web.Application) -> None:
        """Close every page, and end its app; otherwise the server would wait a minute for them."""
        for page in self._pages:
            page.cancel()

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page."""
        response: web.StreamResponse = await super().handle_index(request)
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def handle_websocket(self, request: web.Request) -> web.StreamResponse:
        """A page that is connected, until it is closed.

        Raises:
            aiohttp.web.HTTPForbidden: It is another site's.
        """
        if not self._is_own(request):
            raise web.HTTPForbidden(text="This page is not one that hlt-tui served.")
        page = asyncio.current_task()
        assert page is not None
        self._pages.add(page)
        try:
            return await super().handle_websocket(request)
        finally:
            self._pages.discard(page)

    def _is_own(self, request: web.Request) -> bool:
        """Whether the page was loaded from here: any site could have a browser connect to this machine."""
        host = request.headers.get("Host", "").lower()
        try:
            # A name that leads here without being ours is how another site would seem to be this one.
            known = not self._address.is_local or urlsplit(f"//{host}").hostname in (*_HERE, self._address.host)
            return known and urlsplit(request.headers.get("Origin", "").lower()).netloc == host != ""
        except ValueError:
            return False
