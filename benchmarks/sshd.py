"""A server of secure shells of the bench's own: on this machine alone, with keys of its own, gone with its folder."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

__all__ = ["Server", "missing"]

ADDRESS = "127.0.0.1"
_PATIENCE = 10.0  # seconds
SILENCE = 3
"""Seconds without an answer after which the server takes a connection to be gone."""


def missing() -> str:
    """Why there can be no server here, in a sentence; empty when there can."""
    lost = [name for name in ("sshd", "ssh", "ssh-keygen") if _found(name) is None]
    return f"Skipped: it needs {' and '.join(lost)}, which this machine does not have." if lost else ""


def _found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _tool(name: str) -> str:
    """Where a program is; its own name where it is nowhere."""
    return _found(name) or name


class Server:
    """A server that lets the present user in; leaving the context ends it.

    Attributes:
        state: A folder for what the programs on it keep.
    """

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        self.state = folder / "state"
        for name in ("host", "user"):
            subprocess.run([_tool("ssh-keygen"), "-qN", "", "-t", "ed25519", "-f", folder / name], check=True)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where its part that talks to strangers is locked in
        with socket.socket() as free:
            free.bind((ADDRESS, 0))
            self._port = free.getsockname()[1]
        settings = {
            "Port": self._port,
            "ListenAddress": ADDRESS,
            "HostKey": folder / "host",
            "PidFile": "none",
            "AuthorizedKeysFile": folder / "user.pub",
            "StrictModes": "no",  # the folder for temporary files belongs to everybody
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PrintMotd": "no",
            "PrintLastLog": "no",
            "ClientAliveInterval": 1,
            "ClientAliveCountMax": SILENCE,
        }
        (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        (folder / "known").write_text(f"[{ADDRESS}]:{self._port} {(folder / 'host.pub').read_text()}")
        self._log = folder / "log"
        command = [_tool("sshd"), "-D", "-f", str(folder / "config"), "-E", str(self._log)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self._await()

    def _await(self) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection((ADDRESS, self._port)).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"sshd does not start:\n{self.log}") from None
            time.sleep(0.02)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    @property
    def log(self) -> str:
        """What it says of itself."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def has_begun(self) -> bool:
        """Whether the program of the last command has begun there."""
        return self._process_file.exists() and self._process_file.read_text().endswith("\n")

    @property
    def begun(self) -> int:
        """The process of the program that was begun last."""
        return int(self._process_file.read_text())

    @property
    def _process_file(self) -> Path:
        return self.state / "process"

    def command(self, program: Sequence[str], delay: float, environment: Mapping[str, str]) -> list[str]:
        """What begins a program on it, on a terminal.

        Args:
            program: The program and its arguments.
            delay: Seconds that the line takes each way.
            environment: Variables that the program gets.
        """
        self.state.mkdir(exist_ok=True)
        self._process_file.unlink(missing_ok=True)
        variables = {"XDG_STATE_HOME": self.state, "PYTHONPATH": os.environ.get("PYTHONPATH", ""), **environment}
        words = ["env", *(f"{name}={value}" for name, value in variables.items()), *program]
        there = (
            f"cd {shlex.quote(os.getcwd())}; echo $$ >{shlex.quote(str(self._process_file))}; exec {shlex.join(words)}"
        )
        relay = [sys.executable, "-m", "benchmarks.delay", ADDRESS, str(self._port), str(delay)]
        options = {
            "ProxyCommand": shlex.join(relay).replace("%", "%%"),
            "IdentityFile": Path(self._folder.name) / "user",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": Path(self._folder.name) / "known",
            "LogLevel": "ERROR",
        }
        settings = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        port = ("-p", str(self._port))
        return [_tool("ssh"), "-F", "none", *settings, *port, "-tt", f"{getpass.getuser()}@{ADDRESS}", there]
