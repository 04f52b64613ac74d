"""The app in a browser: a real one opens the page, presses keys, and leaves."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("textual_serve", reason="textual-serve is not installed: make extras")
aiohttp = pytest.importorskip("aiohttp", reason="aiohttp is not installed: make extras")

from tests.extras.browser import CHROMIUM, browser  # noqa: E402
from tui.session import Session, write  # noqa: E402

ROOT = Path(__file__).parents[2]
in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


class Served:
    """``hlt-tui --web`` at a free port, in a session of its own."""

    def __init__(self, state: Path, *arguments: str, **environment: str) -> None:
        self.state = state
        self.downloads = state / "downloads"
        self.downloads.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", "--web", "--web-port", "0", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, "XDG_STATE_HOME": str(state), "LC_ALL": "C", "TERM": "dumb", **environment},
        )
        self.said = ""
        self.url = self.wait_for(r"http://\S+")[0]

    def wait_for(self, pattern: str, timeout: float = 20.0) -> re.Match[str]:
        assert self.process.stdout is not None
        end = time.monotonic() + timeout
        while not (found := re.search(pattern, self.said)):
            assert time.monotonic() < end, self.said
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                piece = os.read(self.process.stdout.fileno(), 65536)
                assert piece, self.said
                self.said += piece.decode()
        return found

    @property
    def apps(self) -> list[int]:
        """The processes that pages have started."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    @property
    def sessions(self) -> list[Path]:
        return sorted((self.state / "hlt-tui" / "sessions").glob("*.json"))

    def ended(self, timeout: float = 15.0) -> int:
        out, _ = self.process.communicate(timeout=timeout)
        self.said += out.decode()
        return self.process.returncode


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path, "two-layer/xor", "lr=0.25")
    yield server
    if server.process.poll() is None:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.communicate()


async def gone(pids: list[int], timeout: float = 10.0) -> None:
    """Wait until processes have ended."""
    end = time.monotonic() + timeout
    while any(
        Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text() for pid in pids
    ):
        assert time.monotonic() < end, pids
        await asyncio.sleep(0.05)


@in_chromium
async def test_two_pages_are_two_runs_without_any_network(served: Served, tmp_path: Path) -> None:
    async with browser(tmp_path / "profile") as chromium:
        one = await chromium.page(served.url)
        text = await one.until("Press space for one step")
        assert "lr=0.25" in text
        assert "▸" in text or "‖" in text  # Unicode and colours, whatever the server's locale and terminal
        blank = await one.picture()
        (app,) = served.apps
        await one.press(" ")
        await one.until("1 step done")
        stepped = await one.picture()
        assert len({blank, stepped}) == 2
        (tmp_path / "page.png").write_bytes(stepped)
        # The page asked nobody else for anything.
        assert {url.partition("://")[2].partition("/")[0] for url in one.requested if not url.startswith("data:")} == {
            served.url.partition("://")[2]
        }

        two = await chromium.page(served.url)
        await two.until("Press space for one step")
        await two.press("e")
        await two.until("4 steps done")
        assert "1 step done" in await one.text()
        (other,) = {*served.apps} - {app}

        # A closed tab ends its run and leaves the other alone.
        await two.close()
        await gone([other])
        assert served.apps == [app]
        await one.press(" ")
        await one.until("2 steps done")

        # A picture comes as a download.
        await one.do("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(served.downloads))
        await one.press("s", control=True)
        await one.until("Your browser downloads the picture")
        end = time.monotonic() + 10
        while not [*served.downloads.glob("*.svg")]:
            assert time.monotonic() < end, [*served.downloads.iterdir()]
            await asyncio.sleep(0.05)
        (picture,) = served.downloads.iterdir()
        assert picture.name == "two-layer-xor-mse-sgd-lr=0.25-step-2.svg"
        assert picture.read_text(encoding="utf-8").startswith("<svg")

        # q ends it, and the page says so.
        await one.press("q")
        await gone([app])
        end = time.monotonic() + 5
        while await one.evaluate("getComputedStyle(document.querySelector('.ended')).display") != "flex":
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
        assert not one.complaints
    assert len(served.sessions) == 2
    assert sorted(path.read_text().count('"here": "2"') for path in served.sessions) == [0, 1]


async def connected(client: aiohttp.ClientSession, served: Served, **headers: str) -> int:
    """The status that a page gets that wants to drive an app."""
    try:
        async with client.ws_connect(f"{served.url.replace('http', 'ws')}/ws", headers=headers):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return int(error.status)


async def test_no_other_site_drives_it(served: Served) -> None:
    place = served.url.partition("://")[2]
    port = place.partition(":")[2]
    async with aiohttp.ClientSession() as client:
        assert await connected(client, served) == 403
        assert await connected(client, served, Origin="http://evil.example") == 403
        assert await connected(client, served, Origin=f"http://evil.example:{port}", Host=f"evil.example:{port}") == 403
        assert await connected(client, served, Origin="null") == 403
        assert await connected(client, served, Origin="http://[", Host="[") in (400, 403)
        assert served.apps == []
        assert await connected(client, served, Origin=served.url) == 101
        # Through a tunnel, this machine has another port, or name.
        assert await connected(client, served, Origin="http://localhost:9000", Host="localhost:9000") == 101
        async with client.get(served.url) as page:
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            text = await page.text()
    assert not re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", text)


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM", "killed"])
async def test_the_end_of_the_server_is_the_end_of_its_apps(served: Served, how: str) -> None:
    async with aiohttp.ClientSession() as client:
        socket = await client.ws_connect(f"{served.url.replace('http', 'ws')}/ws", headers={"Origin": served.url})
        seen = b""
        while b"Press space" not in seen:
            seen += (await socket.receive(timeout=20)).data
        await socket.send_json(["stdin", " "])
        while b"parameters" not in seen.partition(b"Press space")[2]:
            seen += (await socket.receive(timeout=20)).data
        (app,) = served.apps
        if how == "Ctrl-C":
            os.killpg(served.process.pid, signal.SIGINT)  # as a terminal does: everyone in it
        else:
            served.process.send_signal(signal.SIGTERM if how == "SIGTERM" else signal.SIGKILL)
        ended = asyncio.create_task(asyncio.to_thread(served.ended))
        async for _ in socket:  # a page takes what comes, and answers that it was closed
            pass
        assert await ended == (-signal.SIGKILL if how == "killed" else 0)
        await gone([app])
    assert len(served.said.splitlines()) == 1, served.said
    assert len(served.sessions) == 1


def test_a_port_in_use_and_other_machines_are_told(served: Served, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]
    start = [sys.executable, "-m", "tui", "--web", "--web-port", port]
    second = subprocess.run(start, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 2
    assert second.stderr == (
        f"hlt-tui: Port {port} of 127.0.0.1 is in use: choose another, such as --web-port {int(port) + 1}, "
        "or --web-port 0 for any that is free.\n"
    )
    (tmp_path / "open").mkdir()
    everywhere = Served(tmp_path / "open", "--web-host", "0.0.0.0")
    try:
        everywhere.wait_for("Warning: anyone who reaches this address can use the app as you, without a password")
    finally:
        everywhere.process.send_signal(signal.SIGINT)
        assert everywhere.ended() == 0


async def test_a_session_is_opened_by_every_page(tmp_path: Path) -> None:
    kept = tmp_path / "a session; touch owned $(touch owned) 'x.json"
    write(kept, Session(("two-layer/xor lr=0.25 @7",), here="7"))
    served = Served(tmp_path, "--ascii", "--resume", str(kept))
    try:
        async with aiohttp.ClientSession() as client:
            for _ in range(2):
                url = f"{served.url.replace('http', 'ws')}/ws?width=80&height=24"
                async with client.ws_connect(url, headers={"Origin": served.url}) as socket:
                    seen = b""
                    while b"7 steps done" not in seen:
                        seen += (await socket.receive(timeout=20)).data
                    assert seen.isascii()
    finally:
        served.process.send_signal(signal.SIGINT)
        assert served.ended() == 0
    assert not (ROOT / "owned").exists()
