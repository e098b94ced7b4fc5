"""`sim(position, ...)` and the report it returns. The runner computes the score from the positions; this side only asks."""

from typing import Any

import pandas as pd

from stratbox_runner import positions, wire

_STATS_HINT = "daily_sharpe, total_return, annual_return, max_drawdown, calmar, win_rate, turnover and trades"


class Report:
    """A backtest of one position table with one set of options."""

    def __init__(self, position: pd.DataFrame, options: dict[str, Any], stats: dict[str, float]) -> None:
        self.position = position
        self._options = options
        self._stats = stats

    def get_stats(self, *_args: Any, **_options: Any) -> dict[str, float]:
        """The metrics by name; a metric that is undefined for these positions is NaN. Arguments are ignored."""
        return dict(self._stats)

    def __repr__(self) -> str:
        return "Report(" + ", ".join(f"{name}={value:.6g}" for name, value in self._stats.items()) + ")"


METRICS = (
    "daily_sharpe",
    "total_return",
    "annual_return",
    "max_drawdown",
    "calmar",
    "win_rate",
    "turnover",
    "trades",
)


class Simulator:
    """Asks the runner over the pipes. Strategies see its method `sim`."""

    def __init__(self, request_fd: int, reply_fd: int) -> None:
        self._request_fd = request_fd
        self._reply_fd = reply_fd

    def sim(
        self,
        position: pd.DataFrame,
        resample: str | None = None,
        *,
        fee_ratio: float | None = None,
        tax_ratio: float | None = None,
        stop_loss: float | None = None,
        take_profit: float | None = None,
        position_limit: float | None = None,
        **others: Any,
    ) -> Report:
        """Score a position table. Options of FinLab's sim that change nothing here are accepted and ignored."""
        unknown = sorted(set(others) - _IGNORED)
        if unknown:
            known = "resample, fee_ratio, tax_ratio, stop_loss, take_profit, position_limit"
            raise TypeError(f"sim() does not know the option {unknown[0]!r}; it takes {known}")
        options = {
            "resample": _resample(resample),
            "feeRatio": _number("fee_ratio", fee_ratio),
            "taxRatio": _number("tax_ratio", tax_ratio),
            "stopLoss": _number("stop_loss", stop_loss),
            "takeProfit": _number("take_profit", take_profit),
            "positionLimit": _number("position_limit", position_limit),
        }
        wire.write(self._request_fd, wire.Kind.SIM, options, *positions.encode(position))
        answer = wire.read(self._reply_fd)
        if answer.kind is wire.Kind.REFUSED:
            raise positions.InvalidPositionError(answer.document["reason"])
        metrics = answer.document["metrics"]
        return Report(position, options, {name: float(metrics.get(name, "nan")) for name in METRICS})


# What FinLab's sim also takes and what cannot change a score here.
_IGNORED = frozenset(
    {"upload", "name", "trade_at_price", "live_performance_start", "mae_mfe_window", "notification_enable"}
)

DEFAULTS: dict[str, Any] = {
    "resample": "",
    "feeRatio": None,
    "taxRatio": None,
    "stopLoss": None,
    "takeProfit": None,
    "positionLimit": None,
}


def options_of(report: Report) -> dict[str, Any]:
    """The options a report was computed with."""
    return report._options


def _resample(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"sim(): resample is a {type(value).__name__}; use None, 'D', 'W', 'M', 'Q' or 'Y'")
    return value


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"sim(): {name} is {number}; it must be a finite number")
    return number
