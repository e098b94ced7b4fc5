"""Technical indicators over wide tables, with TA-Lib's names, parameter names, defaults and formulas.

Every function takes a price source (a column name to its table) and TA-Lib's parameters, and returns tables of the
source's shape, computed for all stocks at once. The formulas are those TA-Lib documents in its function sources
(ta-lib.org, src/ta_func): simple averages seed the exponential ones, Wilder's smoothing is 1/n, deviations are of the
population. The first values are missing while a window fills. A day without a price is skipped, not counted.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stratbox_runner.frame import Frame

PriceSource = Callable[[str], Frame]
Values = npt.NDArray[np.float64]
Result = Frame | tuple[Frame, ...]

_INDICATORS: dict[str, Callable[..., Result]] = {}


def compute(name: str, source: PriceSource, parameters: dict[str, Any]) -> Result:
    """The indicator of that name. An unknown name is a ValueError that lists what there is."""
    function = _INDICATORS.get(str(name).upper())
    if function is None:
        near = difflib.get_close_matches(str(name).upper()[:50], _INDICATORS, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise ValueError(f"no indicator {str(name)[:50]!r}{hint} There are {', '.join(sorted(_INDICATORS))}")
    with np.errstate(all="ignore"):
        return function(source, **parameters)


def _indicator(function: Callable[..., Result]) -> Callable[..., Result]:
    _INDICATORS[function.__name__.strip("_").upper()] = function
    return function


def _values(table: pd.DataFrame) -> Values:
    return table.to_numpy(dtype=float, na_value=np.nan)


def _like(table: pd.DataFrame, values: Values) -> Frame:
    return Frame(values, index=table.index, columns=table.columns, copy=False)


def _period(value: float, least: int = 1) -> int:
    n = int(value)
    if n != value or not least <= n <= 100_000:
        raise ValueError(f"a period must be a whole number of at least {least}, not {value!r}")
    return n


def _before(x: Values) -> Values:
    """Each day's last known value before it."""
    filled = pd.DataFrame(x).ffill().to_numpy()
    result = np.full_like(x, np.nan)
    result[1:] = filled[:-1]
    return result


def _lag(x: Values, k: int) -> Values:
    result = np.full_like(x, np.nan)
    if k < len(x):
        result[k:] = x[: len(x) - k]
    return result


def _rolling(x: Values, n: int) -> Any:
    return pd.DataFrame(x).rolling(n)


def _mean(x: Values, n: int) -> Values:
    result: Values = _rolling(x, n).mean().to_numpy()
    return result


def _highest(x: Values, n: int) -> Values:
    result: Values = _rolling(x, n).max().to_numpy()
    return result


def _lowest(x: Values, n: int) -> Values:
    result: Values = _rolling(x, n).min().to_numpy()
    return result


def _smooth(x: Values, n: int, alpha: float, skip: int = 0) -> Values:
    """Exponential smoothing seeded with the mean of the first n values after skip; missing days keep the state."""
    result = np.full_like(x, np.nan)
    state: Values = np.zeros(x.shape[1])
    count = np.full(x.shape[1], -skip)
    for t, row in enumerate(x):
        known = ~np.isnan(row)
        count += known
        state = np.where(
            known & (count > n), state + alpha * (row - state), np.where(known & (count > 0), state + row / n, state)
        )
        np.copyto(result[t], state, where=known & (count >= n))
    return result


def _wilder_sum(x: Values, n: int) -> Values:
    """Wilder's running sum: the first n - 1 values add up, then each new one replaces 1/n of the sum."""
    result = np.full_like(x, np.nan)
    state: Values = np.zeros(x.shape[1])
    count = np.zeros(x.shape[1], dtype=np.int64)
    for t, row in enumerate(x):
        known = ~np.isnan(row)
        count += known
        state = np.where(known, np.where(count >= n, state - state / n, state) + row, state)
        np.copyto(result[t], state, where=known & (count >= n))
    return result


def _exponential(x: Values, n: int, skip: int = 0) -> Values:
    return _smooth(x, n, 2 / (n + 1), skip)


def _weighted(x: Values, n: int) -> Values:
    result = np.full_like(x, np.nan)
    if n > len(x):
        return result
    total = np.zeros_like(x[n - 1 :])
    for k in range(n):
        total += (n - k) * x[n - 1 - k : len(x) - k]
    result[n - 1 :] = total / (n * (n + 1) / 2)
    return result


def _double(x: Values, n: int) -> Values:
    once = _exponential(x, n)
    return 2 * once - _exponential(once, n)


def _triple(x: Values, n: int) -> Values:
    once = _exponential(x, n)
    twice = _exponential(once, n)
    return 3 * once - 3 * twice + _exponential(twice, n)


_AVERAGES: dict[int, Callable[[Values, int], Values]] = {
    0: _mean,
    1: _exponential,
    2: _weighted,
    3: _double,
    4: _triple,
}


def _average(x: Values, n: int, matype: int) -> Values:
    if matype not in _AVERAGES:
        raise ValueError(f"matype {matype!r} is not available; use 0 SMA, 1 EMA, 2 WMA, 3 DEMA or 4 TEMA")
    return _AVERAGES[matype](x, n)


def _true_range(source: PriceSource) -> Values:
    high, low, before = _values(source("high")), _values(source("low")), _before(_values(source("close")))
    result: Values = np.maximum(high - low, np.maximum(np.abs(high - before), np.abs(low - before)))
    return result  # the first day has no close before it and stays missing


def _share(part: Values, whole: Values) -> Values:
    """100 * part / whole, 0 where whole is 0, missing where either is."""
    return np.where(whole == 0, np.where(np.isnan(part), np.nan, 0.0), 100 * part / whole)


def _on_close(source: PriceSource, function: Callable[[Values], Values]) -> Frame:
    close = source("close")
    return _like(close, function(_values(close)))


@_indicator
def sma(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _mean(x, _period(timeperiod)))


@_indicator
def ema(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _exponential(x, _period(timeperiod)))


@_indicator
def wma(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _weighted(x, _period(timeperiod)))


@_indicator
def dema(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _double(x, _period(timeperiod)))


@_indicator
def tema(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _triple(x, _period(timeperiod)))


@_indicator
def ma(source: PriceSource, timeperiod: int = 30, matype: int = 0) -> Result:
    return _on_close(source, lambda x: _average(x, _period(timeperiod), matype))


@_indicator
def max_(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _highest(x, _period(timeperiod)))


@_indicator
def min_(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _lowest(x, _period(timeperiod)))


@_indicator
def sum_(source: PriceSource, timeperiod: int = 30) -> Result:
    return _on_close(source, lambda x: _mean(x, _period(timeperiod)) * timeperiod)


@_indicator
def var(source: PriceSource, timeperiod: int = 5, nbdev: float = 1) -> Result:
    del nbdev  # TA-Lib takes it and ignores it
    return _on_close(source, lambda x: _variance(x, _period(timeperiod)))


@_indicator
def stddev(source: PriceSource, timeperiod: int = 5, nbdev: float = 1) -> Result:
    return _on_close(source, lambda x: np.sqrt(_variance(x, _period(timeperiod))) * nbdev)


def _variance(x: Values, n: int) -> Values:
    result: Values = _rolling(x, n).var(ddof=0).to_numpy()
    return result


@_indicator
def bbands(source: PriceSource, timeperiod: int = 5, nbdevup: float = 2, nbdevdn: float = 2, matype: int = 0) -> Result:
    """Upper, middle and lower band."""
    close = source("close")
    x = _values(close)
    middle, deviation = _average(x, _period(timeperiod), matype), np.sqrt(_variance(x, timeperiod))
    bands = (middle + nbdevup * deviation, middle, middle - nbdevdn * deviation)
    return tuple(_like(close, band) for band in bands)


@_indicator
def mom(source: PriceSource, timeperiod: int = 10) -> Result:
    return _on_close(source, lambda x: x - _lag(x, _period(timeperiod)))


@_indicator
def roc(source: PriceSource, timeperiod: int = 10) -> Result:
    return _on_close(source, lambda x: (x / _lag(x, _period(timeperiod)) - 1) * 100)


@_indicator
def rocp(source: PriceSource, timeperiod: int = 10) -> Result:
    return _on_close(source, lambda x: x / _lag(x, _period(timeperiod)) - 1)


@_indicator
def rocr(source: PriceSource, timeperiod: int = 10) -> Result:
    return _on_close(source, lambda x: x / _lag(x, _period(timeperiod)))


@_indicator
def rsi(source: PriceSource, timeperiod: int = 14) -> Result:
    return _on_close(source, lambda x: _relative_strength(x, _period(timeperiod, 2)))


def _relative_strength(x: Values, n: int) -> Values:
    change = x - _before(x)
    gain = _smooth(np.where(np.isnan(change), np.nan, np.maximum(change, 0)), n, 1 / n)
    loss = _smooth(np.where(np.isnan(change), np.nan, np.maximum(-change, 0)), n, 1 / n)
    return _share(gain, gain + loss)


@_indicator
def macd(source: PriceSource, fastperiod: int = 12, slowperiod: int = 26, signalperiod: int = 9) -> Result:
    """MACD, signal and histogram. Both averages start on the same day, as TA-Lib's do."""
    fast, slow = sorted((_period(fastperiod, 2), _period(slowperiod, 2)))
    close = source("close")
    x = _values(close)
    line = _exponential(x, fast, skip=slow - fast) - _exponential(x, slow)
    signal = _exponential(line, _period(signalperiod))
    line = np.where(np.isnan(signal), np.nan, line)
    return _like(close, line), _like(close, signal), _like(close, line - signal)


@_indicator
def trange(source: PriceSource) -> Result:
    return _like(source("close"), _true_range(source))


@_indicator
def atr(source: PriceSource, timeperiod: int = 14) -> Result:
    n = _period(timeperiod)
    return _like(source("close"), _smooth(_true_range(source), n, 1 / n))


@_indicator
def natr(source: PriceSource, timeperiod: int = 14) -> Result:
    close, n = source("close"), _period(timeperiod)
    return _like(close, 100 * _smooth(_true_range(source), n, 1 / n) / _values(close))


def _directional(source: PriceSource, n: int) -> tuple[Values, Values]:
    """Wilder's +DI and -DI."""
    high, low = _values(source("high")), _values(source("low"))
    up, down = high - _before(high), _before(low) - low
    plus = np.where(np.isnan(up), np.nan, np.where((up > down) & (up > 0), up, 0))
    minus = np.where(np.isnan(down), np.nan, np.where((down > up) & (down > 0), down, 0))
    span = _wilder_sum(_true_range(source), n)
    return _share(_wilder_sum(plus, n), span), _share(_wilder_sum(minus, n), span)


@_indicator
def plus_di(source: PriceSource, timeperiod: int = 14) -> Result:
    return _like(source("close"), _directional(source, _period(timeperiod, 2))[0])


@_indicator
def minus_di(source: PriceSource, timeperiod: int = 14) -> Result:
    return _like(source("close"), _directional(source, _period(timeperiod, 2))[1])


@_indicator
def dx(source: PriceSource, timeperiod: int = 14) -> Result:
    plus, minus = _directional(source, _period(timeperiod, 2))
    return _like(source("close"), _share(np.abs(plus - minus), plus + minus))


@_indicator
def adx(source: PriceSource, timeperiod: int = 14) -> Result:
    n = _period(timeperiod, 2)
    plus, minus = _directional(source, n)
    return _like(source("close"), _smooth(_share(np.abs(plus - minus), plus + minus), n, 1 / n))


def _fast_k(high: Values, low: Values, close: Values, n: int) -> Values:
    top, bottom = _highest(high, n), _lowest(low, n)
    return _share(close - bottom, top - bottom)


@_indicator
def stoch(
    source: PriceSource,
    fastk_period: int = 5,
    slowk_period: int = 3,
    slowk_matype: int = 0,
    slowd_period: int = 3,
    slowd_matype: int = 0,
) -> Result:
    """Slow %K and %D."""
    close = source("close")
    fast = _fast_k(_values(source("high")), _values(source("low")), _values(close), _period(fastk_period))
    k = _average(fast, _period(slowk_period), slowk_matype)
    d = _average(k, _period(slowd_period), slowd_matype)
    return _like(close, np.where(np.isnan(d), np.nan, k)), _like(close, d)


@_indicator
def stochf(source: PriceSource, fastk_period: int = 5, fastd_period: int = 3, fastd_matype: int = 0) -> Result:
    """Fast %K and %D."""
    close = source("close")
    k = _fast_k(_values(source("high")), _values(source("low")), _values(close), _period(fastk_period))
    d = _average(k, _period(fastd_period), fastd_matype)
    return _like(close, np.where(np.isnan(d), np.nan, k)), _like(close, d)


@_indicator
def stochrsi(
    source: PriceSource, timeperiod: int = 14, fastk_period: int = 5, fastd_period: int = 3, fastd_matype: int = 0
) -> Result:
    """Fast %K and %D of the RSI."""
    close = source("close")
    strength = _relative_strength(_values(close), _period(timeperiod, 2))
    k = _fast_k(strength, strength, strength, _period(fastk_period))
    d = _average(k, _period(fastd_period), fastd_matype)
    return _like(close, np.where(np.isnan(d), np.nan, k)), _like(close, d)


@_indicator
def willr(source: PriceSource, timeperiod: int = 14) -> Result:
    close, n = source("close"), _period(timeperiod, 2)
    top, bottom = _highest(_values(source("high")), n), _lowest(_values(source("low")), n)
    return _like(close, -_share(top - _values(close), top - bottom))


def _typical(source: PriceSource) -> Values:
    return (_values(source("high")) + _values(source("low")) + _values(source("close"))) / 3


@_indicator
def typprice(source: PriceSource) -> Result:
    return _like(source("close"), _typical(source))


@_indicator
def medprice(source: PriceSource) -> Result:
    return _like(source("close"), (_values(source("high")) + _values(source("low"))) / 2)


@_indicator
def bop(source: PriceSource) -> Result:
    open_, high, low, close = (_values(source(c)) for c in ("open", "high", "low", "close"))
    return _like(source("close"), _share(close - open_, high - low) / 100)


@_indicator
def cci(source: PriceSource, timeperiod: int = 14) -> Result:
    n = _period(timeperiod, 2)
    typical = _typical(source)
    mean = _mean(typical, n)
    deviation = np.zeros_like(typical)
    for k in range(n):
        deviation += np.abs(_lag(typical, k) - mean)
    return _like(source("close"), _share(typical - mean, 0.015 * deviation / n) / 100)


@_indicator
def mfi(source: PriceSource, timeperiod: int = 14) -> Result:
    n = _period(timeperiod, 2)
    typical = _typical(source)
    change, flow = typical - _before(typical), typical * _values(source("volume"))
    known = ~np.isnan(change)
    rising = _mean(np.where(known, np.where(change > 0, flow, 0), np.nan), n)
    falling = _mean(np.where(known, np.where(change < 0, flow, 0), np.nan), n)
    return _like(source("close"), _share(rising, rising + falling))


@_indicator
def obv(source: PriceSource) -> Result:
    close = source("close")
    x, volume = _values(close), np.nan_to_num(_values(source("volume")))
    change = x - _before(x)
    first = np.isnan(change) & ~np.isnan(x)  # TA-Lib starts from the first day's volume
    total = np.cumsum(np.where(first, volume, np.nan_to_num(np.sign(change)) * volume), axis=0)
    return _like(close, np.where(np.isnan(x), np.nan, total))


def _aroon(source: PriceSource, n: int) -> tuple[Values, Values]:
    """Aroon down and up: how recent the window's low and high are."""

    def recency(x: Values) -> Values:
        best, age = x.copy(), np.zeros_like(x)
        for k in range(1, n + 1):
            older = _lag(x, k)
            better = older > best
            best, age = np.where(better, older, best), np.where(better, k, age)
            age[np.isnan(older)] = np.nan
        return 100 * (n - age) / n

    return recency(-_values(source("low"))), recency(_values(source("high")))


@_indicator
def aroon(source: PriceSource, timeperiod: int = 14) -> Result:
    down, up = _aroon(source, _period(timeperiod, 2))
    close = source("close")
    return _like(close, down), _like(close, up)


@_indicator
def aroonosc(source: PriceSource, timeperiod: int = 14) -> Result:
    down, up = _aroon(source, _period(timeperiod, 2))
    return _like(source("close"), up - down)
