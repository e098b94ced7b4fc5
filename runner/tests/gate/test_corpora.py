"""Every attack is refused by the rule its first line names; every honest strategy is accepted and leaves a position."""

import builtins
import importlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from stratbox_runner import frame, gate, positions, wire
from stratbox_runner.data import Data
from stratbox_runner.gate import bounds, dispatch
from stratbox_runner.simulator import METRICS, Report
from stratbox_runner.strategy import Outcome, Scope, run

HERE = Path(__file__).parent
ATTACKS = sorted((HERE / "attacks").glob("*.py"))
HONEST = sorted((HERE / "honest").glob("*.py"))

TASK = {
    "parameters": {},
    "startDate": "2018-01-01",
    "endDate": "2024-12-31",
    "feeRatio": 0.001425,
    "taxRatio": 0.003,
}


def test_the_corpora_are_large_and_cover_every_rule() -> None:
    covered = {path.read_text(encoding="utf-8").split("\n")[0].removeprefix("# rule: ") for path in ATTACKS}
    # Sources too large and bytes that are no text are made, not kept: see test_limits.py.
    assert set(gate.RULES) - covered == {"too-large", "too-deep"}
    assert len(ATTACKS) >= 450
    assert len(HONEST) >= 260


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack_is_refused_by_its_rule(path: Path) -> None:
    source = path.read_bytes()
    want = source.split(b"\n")[0].decode().removeprefix("# rule: ")
    with pytest.raises(gate.Rejected) as caught:
        gate.check(source)
    assert caught.value.rule == want, str(caught.value)
    lines = source.decode().split("\n")
    if want != "no-entry-point":
        assert caught.value.line > 1, "the finding is in the code, not in the comment that names the rule"
    assert caught.value.source_line == lines[caught.value.line - 1].rstrip()
    assert 1 <= caught.value.column <= len(lines[caught.value.line - 1]) + 1
    assert len(caught.value.message) > 20


@pytest.fixture(scope="session")
def market() -> Data:
    """Three years of made-up daily tables for forty stocks, with every key honest strategies use."""
    for name in (*gate.MODULES, "_strptime"):
        importlib.import_module(name)
    frame.install()
    dispatch.install()
    bounds.install()
    return _market(days=780, stocks=40)


@pytest.mark.parametrize("path", HONEST, ids=lambda path: path.stem)
def test_honest_strategy_is_accepted_and_leaves_a_position(path: Path, market: Data) -> None:
    tree = gate.check(path.read_bytes())
    code = compile(tree, gate.FILE_NAME, "exec", dont_inherit=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = run(code, Scope(market, _sim, TASK), restricted=True)
    assert outcome.kind is wire.Kind.RESULT, outcome.document
    assert _cells(outcome) > 0


def _sim(position: pd.DataFrame, resample: str | None = None, **options: Any) -> Report:
    """Read the position as the real sim does; the scores are the Go side's business."""
    positions.encode(position)
    return Report(position, {"resample": resample or ""}, dict.fromkeys(METRICS, 0.5))


def _cells(outcome: Outcome) -> int:
    return len(outcome.payload[1])


def _market(days: int, stocks: int) -> Data:
    random = np.random.default_rng(11)
    shape = (days, stocks)
    close = 40 * np.exp(np.cumsum(random.normal(0.0004, 0.018, shape), axis=0))
    close[:100, 3] = np.nan
    close[600:, 7] = np.nan
    volume = np.round(random.gamma(2.0, 400_000, shape))
    spread = np.abs(random.normal(0, 0.01, shape))

    def quarterly(low: float, high: float) -> npt.NDArray[np.float64]:
        return np.repeat(random.uniform(low, high, (days // 60 + 1, stocks)), 60, axis=0)[:days]

    tables = {
        "price:收盤價": close,
        "price:開盤價": close * (1 + random.normal(0, 0.004, shape)),
        "price:最高價": close * (1 + spread),
        "price:最低價": close * (1 - spread),
        "price:成交量": volume,
        "price:成交股數": volume,
        "price:成交金額": volume * close,
        "etl:adj_close": close * 0.93,
        "etl:market_value": close * random.uniform(1e7, 1e9, stocks),
        "price_earning_ratio:本益比": quarterly(4, 40),
        "price_earning_ratio:股價淨值比": quarterly(0.4, 6),
        "price_earning_ratio:殖利率(%)": quarterly(0, 9),
        "fundamental_features:ROE稅後": quarterly(-5, 25),
        "fundamental_features:營業利益率": quarterly(-10, 30),
        "fundamental_features:營收成長率": quarterly(-30, 60),
        "monthly_revenue:當月營收": quarterly(1e5, 1e7),
        "monthly_revenue:去年同月增減(%)": quarterly(-40, 80),
        "institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)": random.normal(0, 1e5, shape),
        "institutional_investors_trading_summary:投信買賣超股數": random.normal(0, 3e4, shape),
    }
    index = pd.bdate_range("2021-01-04", periods=days, name="date")
    symbols = sorted({str(n) for n in random.integers(1101, 9958, 4 * stocks)})[:stocks]
    columns = pd.Index(symbols, dtype=object, name="symbol")
    roles = {"close": "price:收盤價", "adjClose": "etl:adj_close"}
    data = Data("test", "sha256:0", index, columns, tables, roles)
    frame.use_prices(data.get("etl:adj_close"))
    return data


def test_restricted_builtins_hold_nothing_that_runs_code_or_opens_files() -> None:
    found = gate.restricted_builtins()
    assert not found.keys() & {"open", "eval", "exec", "compile", "input", "breakpoint", "setattr", "vars", "dir"}
    assert found["__import__"] is not builtins.__import__
