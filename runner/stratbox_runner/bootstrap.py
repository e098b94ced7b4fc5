"""The way of the strategy's process: imports, data, seal, then code. The runner is at the other end of every step.

Descriptors: 3 is the control socket, used by trusted code only and closed before the code arrives; requests to the
runner go out on 4, its replies come in on 5.
"""

import ast
import base64
import gc
import json
import os
import socket
import sys
import traceback
from dataclasses import dataclass
from types import CodeType
from typing import Any, NoReturn

from stratbox_runner import frame, gate, quiet, seal, strategy, warmup, wire
from stratbox_runner.data import Data, DatasetError, open_dataset
from stratbox_runner.gate import bounds, dispatch
from stratbox_runner.simulator import Simulator

_REQUEST_FD = 4
_REPLY_FD = 5
_MAX_CONTROL_BYTES = 256 << 10


@dataclass(frozen=True)
class Settings:
    """What the runner says when it starts this process."""

    dataset: str
    enforce: bool


def main(settings: Settings) -> NoReturn:
    """Live the whole life of the process, and leave it without Python's cleaning up, which could run strategy code."""
    try:
        _run(settings, _prepare(settings))
    except BaseException:
        traceback.print_exc()
        _flush()
        os._exit(1)
    _flush()
    os._exit(0)


def _prepare(settings: Settings) -> Data:
    """Everything that needs files: imports and data. Ends sealed and with the control socket closed."""
    control = socket.socket(fileno=seal.CONTROL_FD)
    try:
        warmup.run(everything=not settings.enforce)
        frame.install()
        if settings.enforce:
            dispatch.install()
            bounds.install()
        seal.prepare()
        _say(control, {"step": "imports"})
        data = open_dataset(settings.dataset)
        _say(control, {"step": "data"})
        start = json.loads(control.recv(_MAX_CONTROL_BYTES))
        quiet.install()
        warmup.close_imports()
        gc.collect()
        gc.freeze()
        probes: list[int] = []
        program = base64.b64decode(start["program"] or b"")
        if program:
            seal.seal(program, seal.CONTROL_FD)
            probes = seal.probe(start["probes"])
        _say(control, {"step": "sealed", "probes": probes})
    except (DatasetError, seal.SealError, OSError, ImportError) as error:
        _say(control, {"error": str(error)})
        os._exit(1)
    control.close()
    return data


def _run(settings: Settings, data: Data) -> None:
    task = wire.read(_REPLY_FD)
    code, finding = _read_code(task.payload, settings.enforce)
    wire.write(_REQUEST_FD, wire.Kind.GATE, finding or {"accepted": True})
    if code is None:
        return
    quiet.know_source(gate.FILE_NAME, task.payload.decode("utf-8", "replace"))
    simulator = Simulator(_REQUEST_FD, _REPLY_FD)
    scope = strategy.Scope(data, simulator.sim, task.document)
    outcome = strategy.run(code, scope, restricted=settings.enforce)
    _flush()
    wire.write(_REQUEST_FD, outcome.kind, outcome.document, *outcome.payload)


def _read_code(source: bytes, enforce: bool) -> tuple[CodeType | None, dict[str, Any] | None]:
    """The code to run, if any, and what the gate found, if anything. The tree that was checked is what is compiled."""
    try:
        return compile(gate.check(source), gate.FILE_NAME, "exec", dont_inherit=True), None
    except gate.Rejected as rejected:
        finding = {
            "accepted": False,
            "rule": rejected.rule,
            "line": rejected.line,
            "column": rejected.column,
            "message": rejected.message,
            "sourceLine": rejected.source_line,
        }
    except Exception as error:
        finding = {"accepted": False, "rule": "parser", "message": f"the code cannot be read: {type(error).__name__}"}
    if enforce:
        return None, finding
    try:
        # Twice, because the compilation that may fail must not have a name CPython could open for the failing line.
        tree = ast.parse(source, gate.UNOPENABLE)
        compile(tree, gate.UNOPENABLE, "exec", dont_inherit=True)
        return compile(tree, gate.FILE_NAME, "exec", dont_inherit=True), finding
    except Exception:
        # Python itself cannot read it, so there is nothing to run: the strategy's exec raises the same error again.
        return compile("raise SyntaxError('the code cannot be compiled')", gate.FILE_NAME, "exec"), finding


def _say(control: socket.socket, message: dict[str, Any]) -> None:
    # sendmsg is the only call that the filter lets through on this socket.
    control.sendmsg([json.dumps(message).encode()])


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # the strategy may have replaced or closed them
            continue
