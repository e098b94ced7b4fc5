"""Indicators against plain loops over one stock, written from the formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stratbox_runner import indicators
from stratbox_runner.data import Data
from stratbox_runner.frame import Frame

NAN = math.nan
Line = list[float]


def sma(x: Line, n: int) -> Line:
    return [NAN if i < n - 1 else sum(x[i - n + 1 : i + 1]) / n for i in range(len(x))]


def smooth(x: Line, n: int, alpha: float, start: int = 0) -> Line:
    """Seeded with the mean of n values from start on."""
    out = [NAN] * len(x)
    if len(x) < start + n:
        return out
    out[start + n - 1] = sum(x[start : start + n]) / n
    for i in range(start + n, len(x)):
        out[i] = out[i - 1] + alpha * (x[i] - out[i - 1])
    return out


def ema(x: Line, n: int, start: int = 0) -> Line:
    return smooth(x, n, 2 / (n + 1), start)


def first(x: Line) -> int:
    return next(i for i, v in enumerate(x) if not math.isnan(v))


def rsi(x: Line, n: int) -> Line:
    gain = [NAN] + [max(b - a, 0) for a, b in pairwise(x)]
    loss = [NAN] + [max(a - b, 0) for a, b in pairwise(x)]
    ups, downs = smooth(gain, n, 1 / n, 1), smooth(loss, n, 1 / n, 1)
    return [100 * u / (u + d) for u, d in zip(ups, downs, strict=True)]


def macd(x: Line) -> tuple[Line, Line, Line]:
    line = [f - s for f, s in zip(ema(x, 12, 14), ema(x, 26), strict=True)]
    signal = ema(line, 9, first(line))
    line = [NAN if math.isnan(s) else v for v, s in zip(line, signal, strict=True)]
    return line, signal, [v - s for v, s in zip(line, signal, strict=True)]


def deviation(x: Line, n: int) -> Line:
    means = sma(x, n)
    return [
        NAN if i < n - 1 else math.sqrt(sum((v - means[i]) ** 2 for v in x[i - n + 1 : i + 1]) / n)
        for i in range(len(x))
    ]


def window(function: Callable[[Sequence[float]], float], x: Line, n: int) -> Line:
    return [NAN if i < n - 1 else function(x[i - n + 1 : i + 1]) for i in range(len(x))]


def true_range(bars: dict[str, Line]) -> Line:
    h, l, c = bars["high"], bars["low"], bars["close"]  # noqa: E741
    return [NAN] + [max(h[i] - l[i], abs(h[i] - c[i - 1]), abs(l[i] - c[i - 1])) for i in range(1, len(c))]


def wilder_sum(x: Line, n: int) -> Line:
    """x[0] is missing; n - 1 values add up, then sums decay."""
    out, total = [NAN] * len(x), sum(x[1:n])
    for i in range(n, len(x)):
        total = total - total / n + x[i]
        out[i] = total
    return out


def directional(bars: dict[str, Line], n: int) -> tuple[Line, Line]:
    h, l = bars["high"], bars["low"]  # noqa: E741
    plus, minus = [NAN], [NAN]
    for i in range(1, len(h)):
        up, down = h[i] - h[i - 1], l[i - 1] - l[i]
        plus.append(up if up > down and up > 0 else 0)
        minus.append(down if down > up and down > 0 else 0)
    span = wilder_sum(true_range(bars), n)
    ratio = [[100 * p / s for p, s in zip(wilder_sum(x, n), span, strict=True)] for x in (plus, minus)]
    return ratio[0], ratio[1]


def adx(bars: dict[str, Line], n: int) -> Line:
    plus, minus = directional(bars, n)
    dx = [100 * abs(p - m) / (p + m) for p, m in zip(plus, minus, strict=True)]
    return smooth(dx, n, 1 / n, first(dx))


def fast_k(bars: dict[str, Line], n: int) -> Line:
    top, bottom = window(max, bars["high"], n), window(min, bars["low"], n)
    return [100 * (c - b) / (t - b) for c, t, b in zip(bars["close"], top, bottom, strict=True)]


def sma_from(x: Line, n: int) -> Line:
    start = first(x)
    return [NAN] * start + sma(x[start:], n)


def stoch(bars: dict[str, Line]) -> tuple[Line, Line]:
    k = sma_from(fast_k(bars, 5), 3)
    d = sma_from(k, 3)
    return [NAN if math.isnan(b) else a for a, b in zip(k, d, strict=True)], d


def typical(bars: dict[str, Line]) -> Line:
    return [sum(t) / 3 for t in zip(bars["high"], bars["low"], bars["close"], strict=True)]


def cci(bars: dict[str, Line], n: int) -> Line:
    def one(x: Sequence[float]) -> float:
        mean = sum(x) / len(x)
        return (x[-1] - mean) / (0.015 * sum(abs(v - mean) for v in x) / len(x))

    return window(one, typical(bars), n)


def mfi(bars: dict[str, Line], n: int) -> Line:
    t, v = typical(bars), bars["volume"]
    out = [NAN] * len(t)
    for i in range(n, len(t)):
        up = sum(t[j] * v[j] for j in range(i - n + 1, i + 1) if t[j] > t[j - 1])
        down = sum(t[j] * v[j] for j in range(i - n + 1, i + 1) if t[j] < t[j - 1])
        out[i] = 100 * up / (up + down)
    return out


def obv(bars: dict[str, Line]) -> Line:
    c, v = bars["close"], bars["volume"]
    out = [v[0]]
    for i in range(1, len(c)):
        out.append(out[-1] + (v[i] if c[i] > c[i - 1] else -v[i] if c[i] < c[i - 1] else 0))
    return out


def aroon(bars: dict[str, Line], n: int) -> tuple[Line, Line]:
    def ago(x: Sequence[float]) -> int:  # the newest of equals
        return min(k for k in range(len(x)) if x[-1 - k] == max(x))

    up = window(lambda x: 100 * (n - ago(x)) / n, bars["high"], n + 1)
    down = window(lambda x: 100 * (n - ago([-v for v in x])) / n, bars["low"], n + 1)
    return down, up


def wma(x: Line, n: int) -> Line:
    return window(lambda w: sum((k + 1) * v for k, v in enumerate(w)) / (n * (n + 1) / 2), x, n)


def lagged(x: Line, n: int, function: Callable[[float, float], float]) -> Line:
    return [NAN if i < n else function(x[i], x[i - n]) for i in range(len(x))]


def bands(x: Line) -> tuple[Line, Line, Line]:
    middle, spread = sma(x, 5), deviation(x, 5)
    pairs = list(zip(middle, spread, strict=True))
    return [m + 2 * s for m, s in pairs], middle, [m - 2 * s for m, s in pairs]


def dema(x: Line, n: int) -> Line:
    once = ema(x, n)
    return [2 * a - b for a, b in zip(once, ema(once, n, first(once)), strict=True)]


def tema(x: Line, n: int) -> Line:
    once = ema(x, n)
    twice = ema(once, n, first(once))
    thrice = ema(twice, n, first(twice))
    return [3 * a - 3 * b + c for a, b, c in zip(once, twice, thrice, strict=True)]


EXPECTED: dict[str, Callable[[dict[str, Line]], Any]] = {
    "SMA": lambda b: sma(b["close"], 30),
    "EMA": lambda b: ema(b["close"], 30),
    "WMA": lambda b: wma(b["close"], 30),
    "DEMA": lambda b: dema(b["close"], 30),
    "TEMA": lambda b: tema(b["close"], 30),
    "MA": lambda b: sma(b["close"], 30),
    "MAX": lambda b: window(max, b["close"], 30),
    "MIN": lambda b: window(min, b["close"], 30),
    "SUM": lambda b: window(sum, b["close"], 30),
    "STDDEV": lambda b: deviation(b["close"], 5),
    "VAR": lambda b: [v * v for v in deviation(b["close"], 5)],
    "BBANDS": lambda b: bands(b["close"]),
    "MOM": lambda b: lagged(b["close"], 10, lambda x, y: x - y),
    "ROC": lambda b: lagged(b["close"], 10, lambda x, y: (x / y - 1) * 100),
    "ROCP": lambda b: lagged(b["close"], 10, lambda x, y: (x - y) / y),
    "ROCR": lambda b: lagged(b["close"], 10, lambda x, y: x / y),
    "RSI": lambda b: rsi(b["close"], 14),
    "MACD": lambda b: macd(b["close"]),
    "TRANGE": true_range,
    "ATR": lambda b: smooth(true_range(b), 14, 1 / 14, 1),
    "NATR": lambda b: [100 * a / c for a, c in zip(smooth(true_range(b), 14, 1 / 14, 1), b["close"], strict=True)],
    "PLUS_DI": lambda b: directional(b, 14)[0],
    "MINUS_DI": lambda b: directional(b, 14)[1],
    "DX": lambda b: [100 * abs(p - m) / (p + m) for p, m in zip(*directional(b, 14), strict=True)],
    "ADX": lambda b: adx(b, 14),
    "STOCH": stoch,
    "STOCHF": lambda b: _fast(fast_k(b, 5)),
    "STOCHRSI": lambda b: _fast(_fast_k_of(rsi(b["close"], 14))),
    "WILLR": lambda b: [v - 100 for v in fast_k(b, 14)],
    "TYPPRICE": typical,
    "MEDPRICE": lambda b: [(h + low) / 2 for h, low in zip(b["high"], b["low"], strict=True)],
    "BOP": lambda b: [
        (c - o) / (h - low) for o, h, low, c in zip(b["open"], b["high"], b["low"], b["close"], strict=True)
    ],
    "CCI": lambda b: cci(b, 14),
    "MFI": lambda b: mfi(b, 14),
    "OBV": obv,
    "AROON": lambda b: aroon(b, 14),
    "AROONOSC": lambda b: [u - d for d, u in zip(*aroon(b, 14), strict=True)],
}


def _fast(k: Line) -> tuple[Line, Line]:
    d = sma_from(k, 3)
    return [NAN if math.isnan(b) else a for a, b in zip(k, d, strict=True)], d


def _fast_k_of(x: Line) -> Line:
    start = first(x)
    part = x[start:]
    return [NAN] * start + fast_k({"high": part, "low": part, "close": part}, 5)


def test_every_indicator_has_an_expectation() -> None:
    assert sorted(EXPECTED) == sorted(indicators._INDICATORS)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_indicator_follows_its_formula(name: str, data: Data) -> None:
    source = data._price_source(adjust_price=False)
    found = data.indicator(name)
    for stock in data.get("price:收盤價").columns:
        bars = {c: source(c)[stock].tolist() for c in ("open", "high", "low", "close", "volume")}
        expected = EXPECTED[name](bars)
        tables = found if isinstance(found, tuple) else (found,)
        lines = expected if isinstance(expected, tuple) else (expected,)
        assert len(tables) == len(lines)
        for t, line in zip(tables, lines, strict=True):
            assert type(t) is Frame
            np.testing.assert_allclose(t[stock].to_numpy(), line, rtol=1e-8, atol=1e-8)


def test_a_late_listing_and_a_halt_do_not_spoil_the_rest() -> None:
    days = pd.date_range("2024-01-01", periods=60)
    whole = 100 + np.cumsum(np.random.default_rng(3).normal(size=60))
    late = np.concatenate([np.full(7, NAN), whole[:53]])
    halted = np.insert(whole[:59], 30, NAN)
    close = Frame({"whole": whole, "late": late, "halted": halted}, index=days)
    found = indicators.compute("rsi", lambda _: close, {"timeperiod": 14})
    assert isinstance(found, Frame)
    np.testing.assert_allclose(found["late"].to_numpy()[7:], found["whole"].to_numpy()[:53])
    np.testing.assert_allclose(np.delete(found["halted"].to_numpy(), 30), found["whole"].to_numpy()[:59])
    assert np.isnan(found["halted"].iloc[30])


def test_a_flat_price_has_no_strength() -> None:
    flat = Frame(np.full((40, 1), 10.0), index=pd.date_range("2024-01-01", periods=40))
    for name in ("RSI", "WILLR", "CCI"):
        found = indicators.compute(name, lambda _: flat, {})
        assert isinstance(found, Frame)
        assert abs(found.iloc[-1, 0]) == 0


def test_a_window_longer_than_the_table_is_missing(data: Data) -> None:
    for name in ("SMA", "EMA", "WMA", "RSI", "CCI", "MOM", "AROONOSC", "ADX"):
        assert data.indicator(name, timeperiod=500).isna().all().all()


def test_other_averages_can_be_chosen(data: Data) -> None:
    pd.testing.assert_frame_equal(data.indicator("MA", timeperiod=7, matype=1), data.indicator("EMA", timeperiod=7))
    with pytest.raises(ValueError, match="matype 9 is not available"):
        data.indicator("MA", matype=9)


def test_mistakes_are_named(data: Data) -> None:
    with pytest.raises(ValueError, match="did you mean RSI"):
        data.indicator("RSJ")
    with pytest.raises(ValueError, match="There are ADX"):
        data.indicator("x" * 10_000)
    with pytest.raises(TypeError, match="unexpected keyword argument 'period'"):
        data.indicator("RSI", period=14)
    for bad in (0, 1.5, -3, 10**9):
        with pytest.raises(ValueError, match="whole number"):
            data.indicator("SMA", timeperiod=bad)
