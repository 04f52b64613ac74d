"""A real browser without a window, driven by the DevTools protocol; the page's terminal is read in its own buffer."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    # Whatever is not this machine does not exist: no network at all.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# The page keeps its terminal to itself; it is the one object of the page that has this attribute and a buffer.
_FIND_TERMINAL = """
Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  set(value) {
    if (value && value.buffer) window.foundTerminal = value;
    Object.defineProperty(this, "terminal", {value, writable: true, configurable: true, enumerable: true});
  },
});
"""
_READ_TERMINAL = """
(() => {
  const buffer = window.foundTerminal?.buffer.active;
  const rows = buffer ? [...Array(window.foundTerminal.rows).keys()] : [];
  return rows.map((y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? "").join("\\n");
})()
"""


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self._socket = socket
        self._numbers = itertools.count()
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            event = message.json()
            if "id" in event:
                self._answers.pop(event["id"]).set_result(event)
            elif event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                params = event["params"]
                self.requested.append(params["url"] if "url" in params else params["request"]["url"])
            elif event["method"] == "Runtime.exceptionThrown":
                self.complaints.append(str(event["params"]["exceptionDetails"]))

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        answer = await asyncio.wait_for(self._answers[number], 20)
        assert "error" not in answer, answer
        return answer["result"]

    async def open(self, url: str) -> None:
        for domain in ("Page", "Network", "Runtime"):
            await self.do(f"{domain}.enable")
        await self.do("Page.addScriptToEvaluateOnNewDocument", source=_FIND_TERMINAL)
        await self.do("Page.navigate", url=url)

    async def evaluate(self, script: str) -> Any:
        return (await self.do("Runtime.evaluate", expression=script, awaitPromise=True))["result"].get("value")

    async def text(self) -> str:
        """What the terminal of the page shows."""
        return str(await self.evaluate(_READ_TERMINAL))

    async def until(self, true: str | Callable[[str], object], timeout: float = 30.0) -> str:
        end = time.monotonic() + timeout
        while True:
            text = await self.text()
            if true in text if isinstance(true, str) else true(text):
                return text
            assert time.monotonic() < end, f"never came true ({true}); {self.complaints}; the page:\n{text}"
            await asyncio.sleep(0.05)

    async def press(self, key: str, *, control: bool = False) -> None:
        letter = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper())}
        text = {} if control else {"text": key}
        await self.do("Input.dispatchKeyEvent", type="keyDown", modifiers=2 * control, **letter, **text)
        await self.do("Input.dispatchKeyEvent", type="keyUp", modifiers=2 * control, **letter)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.do("Page.captureScreenshot"))["data"])

    async def close(self) -> None:
        await self.do("Page.close")
        await self.let_go()

    async def let_go(self) -> None:
        await self._socket.close()
        await self._reading


class Browser:
    """A browser with a profile of its own."""

    def __init__(self, port: str, client: aiohttp.ClientSession) -> None:
        self._port = port
        self._client = client
        self.pages: list[Page] = []

    async def page(self, url: str) -> Page:
        async with self._client.put(f"http://127.0.0.1:{self._port}/json/new") as answer:
            target = await answer.json(content_type=None)
        page = Page(await self._client.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0))
        self.pages.append(page)
        await page.open(url)
        return page


@contextlib.asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Browser]:
    assert CHROMIUM is not None
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "--window-size=1280,800", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        found = profile / "DevToolsActivePort"
        while not (found.exists() and len(found.read_text().split()) == 2):
            assert time.monotonic() < end, "the browser does not begin"
            await asyncio.sleep(0.05)
        async with aiohttp.ClientSession() as client:
            opened = Browser(found.read_text().split()[0], client)
            yield opened
            for page in opened.pages:
                await page.let_go()
    finally:
        process.terminate()
        process.wait(10)
