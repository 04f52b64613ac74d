"""``python -m hltcore`` as a process: exit codes, streams, pipes and signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import hltcore
from hltcore.__main__ import main

HLTCORE = [sys.executable, "-m", "hltcore"]
LONG = ["train", "logistic-regression/xor", "--steps", "100000000"]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HLTCORE, *words], capture_output=True, text=True, timeout=60, env={**os.environ, **environment}
    )


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """A line of bash, in which ``hltcore`` is the command."""
    script = f'set -o pipefail; hltcore() {{ "{sys.executable}" -m hltcore "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)


def test_train_prints_nothing_but_the_run() -> None:
    """With an optimizer for which torch loads all it has; what is piped to head below is a run of plain SGD."""
    result = run("train", "two-layer/xor/mse/adam", "lr=0.05", "--epochs", "1")
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 6


def test_version() -> None:
    assert run("--version").stdout == f"hltcore {hltcore.__version__}\n"
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert f'\nversion = "{hltcore.__version__}"\n' in pyproject.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [[], ["trian"], ["train"], ["train", "xor", "--steps", "-1"], ["list", "nets"]])
def test_bad_arguments(words: list[str]) -> None:
    result = run(*words)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("usage: hltcore")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("two-lair/xor", 'Unknown model "two-lair": did you mean "two-layer"?'),
        ("two-layer/xor lr=-1", "lr=-1 is not allowed"),
        ("two-layer/xor @nowhere", '"nowhere" is not a point'),
        ("two-layer/x\x1b[31m", "\\x1b"),
    ],
)
def test_a_bad_spec_is_one_line(spec: str, said: str) -> None:
    result = run("train", *spec.split(" "))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("hltcore: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr


def test_a_point_that_does_not_exist_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "two-layer/xor", "@1e+9"]) == 2
    assert capsys.readouterr().err.splitlines() == ["hltcore: The point @1e+9 does not exist: an epoch has 4 steps."]


def test_help_names_every_command() -> None:
    result = run("--help", COLUMNS="80")
    assert result.returncode == 0
    assert "train" in result.stdout
    assert "list" in result.stdout
    assert "49" in run("train", "--help", COLUMNS="80").stdout


def test_head_ends_it_quietly() -> None:
    result = shell(f"hltcore {' '.join(LONG)} | head -n 3")
    assert result.stderr == ""
    assert result.returncode in (0, 141)
    assert len(result.stdout.splitlines()) == 3


def test_a_reader_that_has_gone_before_the_end_is_no_trouble() -> None:
    result = shell("hltcore list | true")
    assert result.stderr == ""
    assert result.returncode in (0, 141)


def test_ctrl_c_ends_it_quietly() -> None:
    # A shell that starts this test in the background ignores SIGINT for it, so the process asks for Python's own way.
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from hltcore.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, *LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "logistic-regression" in process.stdout.readline(), "output streams while the run goes on"
        assert [process.stdout.readline() for _ in range(9)][-1].split()[0] == "7"
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=30) == 130
        assert process.stderr.read() == ""
        assert not rest or rest.endswith("\n"), "it stops between two lines"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told() -> None:
    result = shell("hltcore list > /dev/full")
    assert result.returncode == 1
    assert result.stderr == "hltcore: cannot write the output: No space left on device\n"


def test_closed_output_is_no_trouble() -> None:
    result = shell("hltcore list >&-")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("part", [[], ["models"], ["losses"], ["settings"]])
def test_list(part: list[str]) -> None:
    result = run("list", *part)
    assert (result.returncode, result.stderr) == (0, "")
    for group, names in {
        "models": ["two-layer", "2-layer", "hidden=2"],
        "datasets": ["language-id", "words"],
        "losses": ["cross-entropy", "bce", "(ŷ − y)²"],
        "optimizers": ["adamw", "weight_decay=0.01"],
        "initialisations": ["kaiming", "glorot"],
        "settings": ["lr=0.1", "batch=1"],
    }.items():
        assert all((name in result.stdout) == (not part or group in part) for name in names), group


def test_list_in_ascii() -> None:
    result = run("list", PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.isascii()
    assert "(y^ - y)^2" in result.stdout


def test_only_training_imports_torch() -> None:
    program = (
        "import sys; from hltcore.__main__ import main; main(['list']); main(['train', 'nothing']);"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60).returncode == 0
