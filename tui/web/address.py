"""Address: where the app is served, whether that is this machine alone, and whether it can be had."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from hltcore.errors import HltError, printable, quoted

__all__ = ["Address", "WebError"]


class WebError(HltError):
    """The app cannot be served."""


@dataclass(frozen=True)
class Address:
    """A host's name or number, and a port.

    Attributes:
        host: What to be bound to; "0.0.0.0" or "::" for every network that the machine is in.
        port: The port; 0 for any that is free.
    """

    host: str = "127.0.0.1"
    port: int = 8000

    @classmethod
    def parse(cls, host: str | None, port: str | None) -> Address:
        """Read what the command line says.

        Raises:
            WebError: The port is none.
        """
        usual = cls()
        number = str(usual.port) if port is None else port
        if not (number.isascii() and number.isdigit() and len(number) <= 5 and int(number) <= 65535):
            raise WebError(f"--web-port {quoted(number)} is no port: it is a whole number from 0 to 65535.")
        if host == "":
            raise WebError("--web-host needs an address, such as 127.0.0.1.")
        return cls(usual.host if host is None else host, int(number))

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine reach it."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """What a browser opens."""
        host = self.host
        with suppress(ValueError):
            number = ip_address(host)
            host = socket.gethostname() if number.is_unspecified else f"[{host}]" if number.version == 6 else host
        return f"http://{host}:{self.port}"

    def bound(self) -> list[socket.socket]:
        """Sockets that have this address: more than one where a name stands for several.

        Raises:
            WebError: There is no such host, or the port cannot be had.
        """
        port, sockets = self.port, []
        try:
            for family, kind, protocol, _, place in socket.getaddrinfo(
                self.host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                sockets.append(socket.socket(family, kind, protocol))
                sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:  # or it would take the other kind's port, too
                    sockets[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sockets[-1].bind((place[0], port, *place[2:]))
                port = sockets[-1].getsockname()[1]
        except (OSError, UnicodeError) as error:
            for taken in sockets:
                taken.close()
            raise self._refused(error) from None
        return sockets

    def _refused(self, error: OSError | UnicodeError) -> WebError:
        if isinstance(error, UnicodeError | socket.gaierror):
            return WebError(f"--web-host {quoted(self.host)} is no address of a machine.")
        if error.errno == errno.EADDRINUSE:
            return WebError(
                f"Port {self.port} of {printable(self.host)} is in use: choose another, such as --web-port "
                f"{self.port % 65535 + 1}, or --web-port 0 for any that is free."
            )
        return WebError(f"{printable(self.host)}, port {self.port} cannot be served: {printable(error.strerror)}.")
