"""What the tests of event logs share: how one begins, a step's line, and a reader that has seen all of it."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hltcore.log import RunLog

HEAD = '{"event":"run-started","version":"1.0","model":"Net","every":1,"shapes":{"w":[2]}}\n'


def packed(*values: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def line(step: int, loss: Any = None, **fields: Any) -> str:
    loss = step / 2 if loss is None else loss
    tensors = {"updated": {"w": f"f4[2]:{packed(step, -step)}"}}
    record = {"event": "step", "step": step, "epoch": step // 4, "lr": 0.1, "loss": loss, **tensors, **fields}
    return json.dumps(record, separators=(",", ":")) + "\n"


def write(path: Path, text: str | Iterable[str]) -> Path:
    path.write_text(text if isinstance(text, str) else "".join(text), "utf-8")
    return path


def read_through(log: RunLog) -> RunLog:
    while log.scanned < 1:
        log.refresh()
    return log
