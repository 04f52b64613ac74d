"""The code in docs/extending.md runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def test_the_additions_shown_make_a_run() -> None:
    text = (Path(__file__).parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 6
    result = subprocess.run([sys.executable, "-c", "\n".join(blocks)], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    predictions = [float(line.rsplit(" ", 1)[1]) for line in result.stdout.splitlines()]
    assert [prediction > 0.5 for prediction in predictions] == [True, True, True, False]
