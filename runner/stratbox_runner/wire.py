"""Frames between this process and the runner once the process is sealed; internal/resultwire describes the bytes.

Only reads and writes on two pipes that are open from the start: nothing here opens, seeks or polls.
"""

import json
import os
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

_HEADER = struct.Struct("<4sB3xI4xQ")
_MAGIC = b"SBF1"
_CHUNK = 1 << 20


class Kind(IntEnum):
    """What a frame is."""

    TASK = 1
    STATS = 2
    REFUSED = 3
    GATE = 16
    SIM = 17
    RESULT = 18
    INVALID = 19
    ERROR = 20


class WireError(Exception):
    """The runner's end of a pipe is gone or said something unknown."""


@dataclass(frozen=True)
class Frame:
    """One message."""

    kind: Kind
    document: dict[str, Any]
    payload: bytes


def write(fd: int, kind: Kind, document: dict[str, Any], *payload: bytes | bytearray | memoryview) -> None:
    """Write one frame; the payload may come in parts, which are not copied."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    parts = [memoryview(part).cast("B") for part in payload]
    header = _HEADER.pack(_MAGIC, kind, len(text), sum(len(part) for part in parts))
    for part in (memoryview(header + text), *parts):
        _write_all(fd, part)


def read(fd: int) -> Frame:
    """Read one frame from the runner, who is trusted."""
    magic, kind, document, payload = _HEADER.unpack(_read_all(fd, _HEADER.size))
    if magic != _MAGIC:
        raise WireError("the runner sent something that is no frame")
    return Frame(Kind(kind), json.loads(_read_all(fd, document)), _read_all(fd, payload))


def _write_all(fd: int, part: memoryview) -> None:
    while part:
        part = part[os.write(fd, part[:_CHUNK]) :]


def _read_all(fd: int, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        chunk = os.read(fd, min(count - len(received), _CHUNK))
        if not chunk:
            raise WireError("the runner is gone")
        received += chunk
    return bytes(received)
