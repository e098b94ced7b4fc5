"""Runs one strategy and finds what it left: the names it starts with, its two styles, its errors."""

import builtins
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

from stratbox_runner import gate, quiet, simulator, wire
from stratbox_runner.data import Data
from stratbox_runner.positions import InvalidPositionError, encode
from stratbox_runner.simulator import Report

_NOTHING_LEFT = "the strategy left no position: return it from strategy(data), or assign it to position or report"
_MESSAGE_CHARACTERS = 300


@dataclass(frozen=True)
class Scope:
    """What strategies find without an import."""

    data: Data
    sim: Callable[..., Report]
    # The runner's document of the task: parameters, startDate, endDate, feeRatio, taxRatio.
    task: dict[str, Any]

    def names(self, builtins_: dict[str, object]) -> dict[str, Any]:
        """Fresh globals for one strategy."""
        return {
            "__builtins__": builtins_,
            "__name__": "__main__",
            "data": self.data,
            "sim": self.sim,
            "pd": pd,
            "np": np,
            "params": {name: parameter(text) for name, text in (self.task["parameters"] or {}).items()},
            "start_date": self.task["startDate"],
            "end_date": self.task["endDate"],
            "fee_ratio": self.task["feeRatio"],
            "tax_ratio": self.task["taxRatio"],
        }


def parameter(text: str) -> str | int | float | bool:
    """A JSON number, true or false as that value; any other text as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    finite = isinstance(value, int | float) and math.isfinite(value)
    return value if finite else text


@dataclass(frozen=True)
class Outcome:
    """The last frame of a strategy."""

    kind: wire.Kind
    document: dict[str, Any]
    payload: tuple[bytes, ...] | tuple[bytes, memoryview] = ()


def run(code: CodeType, scope: Scope, restricted: bool) -> Outcome:
    """Execute a strategy to its end, whatever that is."""
    names = scope.names(gate.restricted_builtins() if restricted else dict(vars(builtins)))
    try:
        exec(code, names)
        return _outcome(_left(names))
    except InvalidPositionError as error:
        quiet.show(error, gate.FILE_NAME)
        return Outcome(wire.Kind.INVALID, {"reason": str(error)})
    except SystemExit:
        return Outcome(wire.Kind.INVALID, {"reason": f"the strategy called exit(). {_NOTHING_LEFT}"})
    except BaseException as error:
        return _failure(error)


def _left(names: dict[str, Any]) -> object:
    """The position or report a strategy left. What it already computed wins over calling strategy(data)."""
    for name in ("report", "position"):
        if names.get(name) is not None:
            return names[name]
    function = names.get("strategy")
    if not callable(function):
        raise InvalidPositionError(_NOTHING_LEFT)
    left = function(names["data"])
    if left is None:
        raise InvalidPositionError("strategy(data) returned None; end it with: return position")
    return left


def _outcome(left: object) -> Outcome:
    if isinstance(left, tuple | list):
        # (position, report) and (report, position) both occur; the report knows the options.
        candidates = [part for kind in (Report, pd.DataFrame) for part in left if isinstance(part, kind)]
        left = candidates[0] if candidates else left
    if isinstance(left, dict):
        left = next((left[name] for name in ("report", "position") if left.get(name) is not None), left)
    options = simulator.DEFAULTS
    if isinstance(left, Report):
        options = simulator.options_of(left)
        left = left.position
    return Outcome(wire.Kind.RESULT, options, encode(left))


def _failure(error: BaseException) -> Outcome:
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == gate.FILE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)[:_MESSAGE_CHARACTERS]
    except BaseException:  # a hostile __str__
        message = ""
    try:
        quiet.show(error, gate.FILE_NAME)
    except BaseException:
        print("the traceback cannot be shown", file=sys.stderr)
    return Outcome(wire.Kind.ERROR, {"type": type(error).__name__[:100], "message": message, "line": line})
