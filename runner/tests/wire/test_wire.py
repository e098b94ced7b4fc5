"""Both ends of the pipes write the same bytes: these files are the runner's own golden frames."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stratbox_runner import positions, simulator, wire

GOLDEN = Path(__file__).parents[3] / "internal" / "resultwire" / "testdata"

Pipe = tuple[int, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    read, write = os.pipe()
    yield read, write
    for fd in (read, write):
        try:
            os.close(fd)
        except OSError:
            continue


def written(pipe: Pipe, kind: wire.Kind, document: dict[str, Any], *payload: bytes | memoryview) -> bytes:
    wire.write(pipe[1], kind, document, *payload)
    os.close(pipe[1])
    with os.fdopen(os.dup(pipe[0]), "rb") as stream:
        return stream.read()


def parsed(raw: bytes) -> tuple[bytes, dict[str, Any], bytes]:
    """Kind and magic, document, payload: JSON may be written in more than one way."""
    length = int.from_bytes(raw[8:12], "little")
    document = json.loads(raw[24 : 24 + length])
    return raw[:8], document, raw[24 + length :]


FLAGS = pd.DataFrame(
    [[True, False], [False, True], [True, True]],
    index=pd.DatetimeIndex(["2024-01-01", "2024-01-02", "2024-01-05"]),
    columns=["1101", "2330"],
)
WEIGHTS = pd.DataFrame(
    [[0.5, np.nan, -0.25], [0, np.inf, 1e-300]],
    index=pd.DatetimeIndex(["1969-12-31", "2024-01-01"]),
    columns=["1101", "2330", "2317"],
)


def test_a_request_for_a_score_is_the_runners_golden_frame(pipe: Pipe) -> None:
    options = simulator.DEFAULTS | {"resample": "M", "feeRatio": 0.001}
    got = written(pipe, wire.Kind.SIM, options, *positions.encode(FLAGS))
    assert parsed(got) == parsed((GOLDEN / "sim.frame").read_bytes())


def test_a_result_is_the_runners_golden_frame(pipe: Pipe) -> None:
    got = written(pipe, wire.Kind.RESULT, simulator.DEFAULTS, *positions.encode(WEIGHTS))
    assert parsed(got) == parsed((GOLDEN / "result.frame").read_bytes())


@pytest.mark.parametrize(
    ("name", "kind", "document"),
    [
        ("invalid", wire.Kind.INVALID, {"reason": "the position is a list"}),
        ("error", wire.Kind.ERROR, {"type": "KeyError", "message": "'稅'", "line": 12}),
    ],
)
def test_an_end_without_a_table_is_the_runners_golden_frame(
    pipe: Pipe, name: str, kind: wire.Kind, document: dict[str, Any]
) -> None:
    assert parsed(written(pipe, kind, document)) == parsed((GOLDEN / f"{name}.frame").read_bytes())


def test_the_runners_golden_task_is_read(pipe: Pipe) -> None:
    os.write(pipe[1], (GOLDEN / "task.frame").read_bytes())
    frame = wire.read(pipe[0])
    assert frame.kind is wire.Kind.TASK
    assert frame.document["parameters"] == {"window": "120"}
    assert frame.payload == b"position = None\n"


def test_a_runner_that_is_gone_is_an_error(pipe: Pipe) -> None:
    os.write(pipe[1], (GOLDEN / "task.frame").read_bytes()[:-1])
    os.close(pipe[1])
    with pytest.raises(wire.WireError, match="gone"):
        wire.read(pipe[0])


def test_something_that_is_no_frame_is_an_error(pipe: Pipe) -> None:
    os.write(pipe[1], b"x" * 64)
    with pytest.raises(wire.WireError, match="no frame"):
        wire.read(pipe[0])


def test_numbers_that_are_none_are_not_written(pipe: Pipe) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        wire.write(pipe[1], wire.Kind.SIM, {"feeRatio": float("nan")})
