"""State: a sweep's file, from which it goes on after it was broken off.

The first line says what the sweep is, and each line after it holds a shard, as JSON; numbers are packed float32 in
base 64. A line is written whole or, where the machine went down in the middle of it, left out.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from itertools import starmap
from pathlib import Path
from typing import Any

from hltcore.errors import SweepFileError, quoted
from hltcore.registry import Own
from hltcore.sweeps.outcome import Outcome, Shard, curve_points
from hltcore.sweeps.plan import Piece, Plan

__all__ = ["StateFile"]

_FORMAT = "hltcore sweep"
_VERSION = 1


class StateFile:
    """The file of a sweep.

    Args:
        path: Where it is, or is to be.
        plan: The sweep.

    Raises:
        SweepFileError: A part of the runs was passed as an object.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        own = [name for spec in plan.variants for entry in spec.entries.values() if isinstance(name := entry.name, Own)]
        if own:
            raise SweepFileError(f"{quoted(own[0])} is an object, which a file cannot name: register it under a name.")
        self._path = path
        self._plan = plan
        self._end = 0

    def read(self) -> dict[Piece, Shard]:
        """The shards that it holds; none where there is no file yet, which is then begun.

        Raises:
            SweepFileError: It is something else, another sweep's, or cannot be read or written.
        """
        try:
            if not self._path.exists() or not self._path.stat().st_size:
                self._append(json.dumps(self._header()))
                return {}
            lines = self._path.read_bytes().split(b"\n")
        except OSError as error:
            raise self._refusal(f"cannot be used: {error.strerror}") from None
        self._check(lines[0])
        self._end = len(lines[0]) + 1
        found: dict[Piece, Shard] = {}
        for line in lines[1:-1]:  # behind the last line's end stands nothing, or a line that was not finished
            try:
                piece, shard = self._shard(json.loads(line))
            except (ValueError, TypeError, KeyError, IndexError):
                break  # what stands here and behind it is trained once more
            found[piece] = shard
            self._end += len(line) + 1
        return found

    def write(self, piece: Piece, shard: Shard) -> None:
        """Add a shard.

        Raises:
            SweepFileError: The file cannot be written.
        """
        outcomes = shard.outcomes
        names = sorted({name for outcome in outcomes for name in (outcome.dead, outcome.findings)})
        places = {name: place for place, name in enumerate(names)}
        told = {
            "piece": piece,
            "note": shard.note,
            "singly": shard.singly,
            "names": names,
            "outcomes": [
                (o.loss, o.right, o.solved, o.epoch, places[o.dead], places[o.findings], o.stopped) for o in outcomes
            ],
            "parameters": _text(b"".join(outcome.parameters for outcome in outcomes)),
            "losses": _text(shard.losses),
        }
        try:
            self._append(json.dumps(told))
        except OSError as error:
            raise self._refusal(f"cannot be written: {error.strerror}") from None

    def _append(self, line: str) -> None:
        with open(self._path, "r+b" if self._path.exists() else "wb") as file:
            file.seek(self._end)
            file.truncate()
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            self._end = file.tell()

    def _header(self) -> dict[str, Any]:
        specs = [str(spec) for spec in self._plan.variants]
        return {"format": _FORMAT, "version": _VERSION, "digest": self._plan.digest, "specs": specs}

    def _check(self, line: bytes) -> None:
        try:
            header = json.loads(line)
            told, version, digest = header["format"], header["version"], header["digest"]
        except (ValueError, TypeError, KeyError):
            raise self._refusal("is not a sweep's file.") from None
        if told != _FORMAT:
            raise self._refusal("is not a sweep's file.")
        if version != _VERSION:
            raise self._refusal(f"is of version {quoted(version)}, and only version {_VERSION} can be read.")
        if digest != self._plan.digest:
            raise self._refusal("is another sweep's: it has other settings, seeds or epochs.")

    def _shard(self, told: dict[str, Any]) -> tuple[Piece, Shard]:
        piece = Piece(*map(int, told["piece"]))
        seeds = self._plan.seeds[piece.start : piece.stop]
        names = [tuple(map(str, name)) for name in told["names"]]
        parameters, losses = b64decode(told["parameters"], validate=True), b64decode(told["losses"], validate=True)
        size, rest = divmod(len(parameters), len(seeds))
        rows = told["outcomes"]
        points = len(curve_points(self._plan.epochs))
        if rest or len(rows) != len(seeds) or len(losses) != 4 * points * len(seeds) or not self._holds(piece):
            raise ValueError(piece)

        def outcome(place: int, row: list[Any]) -> Outcome:
            loss, right, solved, epoch, dead, findings, stopped = row
            own = parameters[place * size : (place + 1) * size]
            return Outcome(
                seeds[place],
                float(loss),
                int(right),
                bool(solved),
                None if epoch is None else int(epoch),
                names[dead],
                names[findings],
                None if stopped is None else int(stopped),
                own,
            )

        return piece, Shard(tuple(starmap(outcome, enumerate(rows))), losses, str(told["note"]), int(told["singly"]))

    def _holds(self, piece: Piece) -> bool:
        return 0 <= piece.variant < len(self._plan.variants) and 0 <= piece.start < piece.stop <= len(self._plan.seeds)

    def _refusal(self, why: str) -> SweepFileError:
        return SweepFileError(f"{quoted(self._path)} {why}")


def _text(packed: bytes) -> str:
    return b64encode(packed).decode("ascii")
