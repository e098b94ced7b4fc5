"""Both styles of strategies end in a position table, and every other end is told."""

import os
import re
from typing import Any

import pandas as pd
import pytest

from stratbox_runner import gate, quiet, simulator, wire
from stratbox_runner.data import Data
from stratbox_runner.positions import InvalidPositionError
from stratbox_runner.simulator import Report, Simulator
from stratbox_runner.strategy import Outcome, Scope, parameter, run

TASK = {
    "parameters": {"window": "3"},
    "startDate": "2018-01-02",
    "endDate": "2024-12-31",
    "feeRatio": 0.1,
    "taxRatio": 0.2,
}
INDEX = pd.bdate_range("2024-01-01", periods=5, name="date")
CLOSE = pd.DataFrame([[1.0, 2.0]] * 5, index=INDEX, columns=["1101", "2330"])


def scored(position: pd.DataFrame, resample: str | None = None, **options: Any) -> Report:
    """What the runner would answer."""
    return Report(position, simulator.DEFAULTS | {"resample": resample or ""} | options, {"trades": 1.0})


def execute(source: str, restricted: bool = False) -> Outcome:
    data = Data(
        "test", "", INDEX, pd.Index(["1101", "2330"]), {"price:收盤價": CLOSE.to_numpy()}, {"close": "price:收盤價"}
    )
    quiet.know_source(gate.FILE_NAME, source)
    return run(compile(source, gate.FILE_NAME, "exec"), Scope(data, scored, TASK), restricted)


CLOSE_LINE = "close = data.get('price:收盤價')\n"

LEAVES_A_TABLE = {
    "a function": "def strategy(data):\n    return data.get('price:收盤價') > 1",
    "a function that returns a report": "def strategy(data):\n    return sim(data.get('price:收盤價') > 1, resample='M')",
    "a function that returns both": "def strategy(d):\n    p = d.get('price:收盤價') > 1\n    return p, sim(p, resample='M')",
    "a function that returns a dict": "def strategy(data):\n    return {'position': data.get('price:收盤價') > 1}",
    "a position": CLOSE_LINE + "position = close > 1",
    "a report": CLOSE_LINE + "position = close > 0\nreport = sim(close > 1, resample='M')",
    "a call of its own": "def strategy(data):\n    return data.get('price:收盤價') > 1\nposition = strategy(data)",
    "pandas by import": "import pandas as pd\n" + CLOSE_LINE + "position = pd.DataFrame(close > 1)",
    "names in scope": CLOSE_LINE
    + "limit = params['window'] - 2 + 0 * len(start_date + end_date) * fee_ratio * tax_ratio\nposition = close > limit",
    "the guard of a main program": CLOSE_LINE + "if __name__ == '__main__':\n    position = close > 1",
}  # fmt: skip


@pytest.mark.parametrize("restricted", [False, True], ids=["all builtins", "restricted builtins"])
@pytest.mark.parametrize("name", LEAVES_A_TABLE)
def test_what_a_strategy_leaves_is_its_table(name: str, restricted: bool) -> None:
    outcome = execute(LEAVES_A_TABLE[name], restricted)
    assert outcome.kind is wire.Kind.RESULT, outcome.document
    assert bytes(outcome.payload[1]) == b"\0\1" * 5
    assert outcome.document["resample"] == ("M" if "resample='M'" in LEAVES_A_TABLE[name] else "")


LEAVES_NONE = {
    "nothing": ("x = 1", "left no position"),
    "None": ("def strategy(data):\n    position = 1", r"returned None; end it with: return position"),
    "a number": ("position = 5", "the position is a int"),
    "an exit": ("exit_ = SystemExit\nraise exit_()", r"called exit\(\)"),
    "an empty tuple": ("def strategy(data):\n    return ()", "the position is a tuple"),
}


@pytest.mark.parametrize("name", LEAVES_NONE)
def test_a_strategy_without_a_table_is_told_what_to_return(name: str) -> None:
    source, advice = LEAVES_NONE[name]
    outcome = execute(source)
    assert outcome.kind is wire.Kind.INVALID
    assert re.search(advice, outcome.document["reason"]), outcome.document


RAISES = {
    "its line": ("x = 1\n\ny = x / 0", {"type": "ZeroDivisionError", "message": "division by zero", "line": 3}),
    "the line of the innermost own call": (
        "def f():\n    return data.get('nothing')\nf()",
        {"type": "KeyError", "line": 2},
    ),
    "memory": ("x = [0] * (1 << 60)", {"type": "MemoryError", "line": 1}),
    "an interrupt": ("raise KeyboardInterrupt", {"type": "KeyboardInterrupt", "line": 1}),
    "recursion": ("def f():\n    return f()\nf()", {"type": "RecursionError", "line": 2}),
    "a text that cannot be told": (
        "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E",
        {"type": "E", "message": "", "line": 4},
    ),
    "a text without end": ("raise ValueError('x' * 1000)", {"type": "ValueError", "message": "x" * 300, "line": 1}),
}


@pytest.mark.parametrize("name", RAISES)
def test_an_exception_is_told_with(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    source, want = RAISES[name]
    outcome = execute(source)
    assert outcome.kind is wire.Kind.ERROR
    assert outcome.document | want == outcome.document
    trace = capfd.readouterr().err
    assert "<strategy>" in trace
    assert "stratbox_runner/strategy.py" not in trace.split("<strategy>")[0]


def test_a_traceback_shows_the_strategys_lines(capfd: pytest.CaptureFixture[str]) -> None:
    execute("ratio = 1 / 0  # the culprit")
    assert "the culprit" in capfd.readouterr().err


# The simulator talks over real pipes; the answer is there before it asks.
def ask(kind: wire.Kind, document: dict[str, Any], **options: Any) -> tuple[Report, wire.Frame]:
    requests, replies = os.pipe(), os.pipe()
    try:
        wire.write(replies[1], kind, document)
        report = Simulator(requests[1], replies[0]).sim(CLOSE > 1, **options)
        return report, wire.read(requests[0])
    finally:
        for fd in (*requests, *replies):
            os.close(fd)


def test_sim_asks_the_runner_and_reports_its_answer() -> None:
    report, asked = ask(
        wire.Kind.STATS, {"metrics": {"trades": 4, "calmar": 1.5}}, resample="W", stop_loss=0.1, upload=False
    )
    assert asked.kind is wire.Kind.SIM
    assert asked.document == simulator.DEFAULTS | {"resample": "W", "stopLoss": 0.1}
    stats = report.get_stats()
    assert (stats["trades"], stats["calmar"]) == (4, 1.5)
    assert stats["win_rate"] != stats["win_rate"], "a metric that is undefined is NaN"
    assert set(stats) == set(simulator.METRICS)
    assert report.position.equals(CLOSE > 1)
    assert simulator.options_of(report) == asked.document
    assert repr(report).startswith("Report(daily_sharpe=nan")


def test_a_refused_table_is_an_invalid_position() -> None:
    with pytest.raises(InvalidPositionError, match="no stock id"):
        ask(wire.Kind.REFUSED, {"reason": "no stock id"})


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"leverage": 2}, TypeError, "does not know the option 'leverage'; it takes resample, fee_ratio"),
        ({"resample": 5}, TypeError, "resample is a int; use None, 'D'"),
        ({"fee_ratio": float("nan")}, ValueError, "fee_ratio is nan"),
        ({"stop_loss": float("inf")}, ValueError, "stop_loss is inf"),
        ({"tax_ratio": "much"}, ValueError, "could not convert"),
    ],
)
def test_sim_refuses_options_before_it_asks(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Simulator(-1, -1).sim(CLOSE > 1, **options)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20", 20),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("momentum", "momentum"),
        ("", ""),
        ("null", "null"),
        ("[1]", "[1]"),
        ('"20"', '"20"'),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ("020", "020"),
    ],
)
def test_a_parameter_that_is_a_json_number_or_flag_arrives_as_that(text: str, value: object) -> None:
    got = parameter(text)
    assert got == value
    assert type(got) is type(value)
