"""What ``hlt-tui --web`` says, where it serves, and what it hands on; tests/extras opens it in a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.__main__ import main
from tui.terminal import capabilities, output_blocked, unfit_terminal
from tui.web.address import Address, WebError
from tui.web.command import command, passed_on

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1)


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "tui.web.server", raising=False)


@pytest.mark.usefixtures("without_the_extra")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--web"], "--web needs textual-serve, which is not installed: pip install 'hlt-tui[web]'"),
        (["--web", "two-layers/xor"], 'Unknown model "two-layers"'),
        (["--web", "--web-port", "80a"], '--web-port "80a" is no port: it is a whole number from 0 to 65535.'),
        (["--web", "--web-port", "65536"], '--web-port "65536" is no port: it is a whole number from 0 to 65535.'),
        (["--web", "--web-host", ""], "--web-host needs an address, such as 127.0.0.1."),
        (["--web-port", "80"], "--web-host and --web-port say where --web serves the app: add --web."),
    ],
)
def test_what_is_refused(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "local", "url"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:8000"),
        ("localhost", True, "http://localhost:8000"),
        ("127.9.9.9", True, "http://127.9.9.9:8000"),
        ("::1", True, "http://[::1]:8000"),
        ("0.0.0.0", False, f"http://{socket.gethostname()}:8000"),
        ("::", False, f"http://{socket.gethostname()}:8000"),
        ("192.0.2.1", False, "http://192.0.2.1:8000"),
        ("example.org", False, "http://example.org:8000"),
        ("localhost.example.org", False, "http://localhost.example.org:8000"),
    ],
)
def test_which_addresses_are_this_machine_alone(host: str, local: bool, url: str) -> None:
    address = Address.parse(host, None)
    assert address.is_local == local
    assert address.url == url


def test_it_is_this_machine_unless_told_otherwise() -> None:
    assert Address.parse(None, None) == Address("127.0.0.1", 8000)


def test_a_port_that_is_taken_is_told_with_another() -> None:
    (taken,) = Address.parse(None, "0").bound()
    with taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WebError, match=f"Port {port} of 127.0.0.1 is in use: choose another"):
            Address(port=port).bound()


@pytest.mark.parametrize(
    ("host", "told"),
    [("192.0.2.1", "cannot be served"), ("\x1b[31m.invalid", "is no address"), ("x" * 70, "is no address")],
)
def test_an_address_that_cannot_be_had_is_told(host: str, told: str) -> None:
    with pytest.raises(WebError, match=told) as error:
        Address(host, 0).bound()
    assert str(error.value).isprintable()


@given(st.lists(WORDS, max_size=5))
def test_what_is_handed_on_is_what_was_said(words: list[str]) -> None:
    words = [word.lstrip("-") for word in words]
    said = [
        "--web",
        "two-layer/xor",
        "--ascii",
        "--web-port=80",
        *words,
        "--web-host",
        "::1",
        "--lesson=x",
        "--split",
        "1",
    ]
    assert passed_on(said, None) == ["two-layer/xor", "--ascii", *words, "--lesson=x", "--split", "1"]


def test_the_session_is_the_one_of_that_moment() -> None:
    assert passed_on(["--web", "--resume"], Path("/a b.json")) == ["--resume=/a b.json"]
    assert passed_on(["--resume", "c.json", "--web", "--ascii"], Path("c.json")) == [
        f"--resume={Path.cwd() / 'c.json'}",
        "--ascii",
    ]


def test_a_shell_hands_every_word_on(tmp_path: Path) -> None:
    words = [
        "; touch owned",
        "$(touch owned)",
        "`touch owned`",
        "'",
        '"',
        "\\",
        "\n",
        "*",
        "é",
        "",
        "--",
        "#",
        "~",
        "!!",
    ]
    start = "import sys, json; print(json.dumps(sys.argv[1:]))"
    line = command(words)
    assert line.startswith("exec ")
    # The same words to a program that says what came.
    shown = line.replace("from tui.__main__ import main; sys.exit(main())", start)
    assert shown != line
    out = subprocess.run(shown, shell=True, cwd=tmp_path, capture_output=True, timeout=20, check=True).stdout
    assert json.loads(out) == words
    assert os.listdir(tmp_path) == []


def test_without_a_terminal_a_browser_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert unfit_terminal() == ""
    shown = capabilities()
    assert shown.unicode
    assert shown.many_colors
    assert shown.colors
    assert not capabilities(ascii=True).unicode
    monkeypatch.setenv("NO_COLOR", "1")
    assert not capabilities().colors
    assert not output_blocked()
