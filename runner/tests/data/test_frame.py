from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stratbox_runner import frame
from stratbox_runner.data import Data
from stratbox_runner.frame import Frame

DAYS = pd.date_range("2024-01-01", periods=6, name="date")
NAN = np.nan


def table(rows: list[list[Any]], index: pd.Index | None = None, columns: list[str] | None = None) -> Frame:
    width = len(rows[0])
    return Frame(rows, index=DAYS[: len(rows)] if index is None else index, columns=columns or list("abcd")[:width])


def digits(conditions: Frame) -> list[list[int]]:
    return [[int(cell) for cell in row] for row in conditions.to_numpy()]


@pytest.fixture(autouse=True)
def _no_prices() -> Iterator[None]:
    yield
    frame.use_prices(None)


def test_results_of_pandas_stay_frames() -> None:
    t = table([[1.0, 2.0], [3.0, NAN]])
    results = [
        t + 1, t > 1, t.shift(), t.rolling(2).mean(), t.rank(axis=1), t.pct_change(fill_method=None), t.fillna(0), t[["a"]],
        t.loc[DAYS[0] :], t.iloc[:1], t.astype(float), ~(t > 1), -t, t.where(t > 1), t[t > 1], np.log(t), t.copy(),
        t.resample("ME").last(), t.div(2), t.apply(lambda c: c), t.reindex(DAYS), t.ewm(span=2).mean(), t.diff(),
    ]  # fmt: skip
    assert [type(r) for r in results] == [Frame] * len(results)


def test_tables_are_by_days_already() -> None:
    t = table([[1.0, 2.0], [3.0, NAN]])
    for same in (t.deadline(), t.index_str_to_date(), frame.deadline(pd.DataFrame(t)), frame.index_str_to_date(t)):
        assert type(same) is Frame
        pd.testing.assert_frame_equal(same, t)


def test_selection_prefers_the_left_and_never_takes_missing_values() -> None:
    t = table([[1, 3, 3, 2], [NAN, NAN, 5, NAN], [NAN] * 4, [2, 2, 2, 2], [-np.inf, NAN, 1, NAN]])
    largest = digits(t.is_largest(2))
    assert largest == [[0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]]
    smallest = digits(t.is_smallest(2))
    assert smallest == [[1, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]]


@pytest.mark.parametrize(("n", "chosen"), [(0, 0), (-1, 0), (4, 4), (100, 4), (True, 1)])
def test_selection_of_none_or_all(n: int, chosen: int) -> None:
    assert table([[1.0, 2.0, 3.0, 4.0]]).is_largest(n).to_numpy().sum() == chosen


@settings(max_examples=200, deadline=None)
@given(
    hnp.arrays(float, hnp.array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.sampled_from([1.0, 2, 3, NAN])),
    st.integers(1, 8),
)
def test_selection_agrees_with_ranks(values: Any, n: int) -> None:
    plain = pd.DataFrame(values)
    expected = plain.rank(axis=1, ascending=False, method="first") <= n
    assert (frame.is_largest(plain, n).to_numpy() == expected.to_numpy()).all()
    expected = plain.rank(axis=1, method="first") <= n
    assert (frame.is_smallest(plain, n).to_numpy() == expected.to_numpy()).all()


def test_large_tables_are_selected_in_parts() -> None:
    values = np.random.default_rng(0).random((1000, 9))
    expected = pd.DataFrame(values).rank(axis=1, ascending=False) <= 3
    assert (frame.is_largest(pd.DataFrame(values), 3).to_numpy() == expected.to_numpy()).all()


def test_entries_and_exits() -> None:
    t = table([[True], [True], [False], [True]])
    assert t.is_entry()["a"].tolist() == [True, False, False, True]
    assert t.is_exit()["a"].tolist() == [False, False, True, False]


def test_conditions_may_be_numbers_or_have_gaps() -> None:
    assert table([[1.0], [NAN], [0.0], [2.0]]).is_entry()["a"].tolist() == [True, False, False, True]
    assert table([[True], [None], [True]]).is_entry()["a"].tolist() == [True, False, True]


def test_rise_fall_and_sustain() -> None:
    t = table([[1.0], [2.0], [3.0], [2.0], [5.0]])
    assert t.rise()["a"].tolist() == [False, True, True, False, True]
    assert t.fall(2)["a"].tolist() == [False, False, False, False, False]
    assert t.rise().sustain(2)["a"].tolist() == [False, False, True, False, False]
    assert t.rise().sustain(3, 2)["a"].tolist() == [False, False, True, True, True]


def test_an_average_needs_half_of_its_window() -> None:
    t = table([[1.0], [NAN], [NAN], [3.0], [5.0]])
    assert t.average(4)["a"].isna().tolist() == [True, True, True, False, False]
    assert t.average(1)["a"].iloc[0] == 1


def test_tables_of_different_dates_and_stocks_are_aligned() -> None:
    monthly = table([[True, False], [False, True]], DAYS[[1, 4]], ["b", "c"])
    daily = table([[True, True, True]] * 6, columns=["a", "b", "c"])
    both = monthly & daily
    assert type(both) is Frame
    assert (both.dtypes == np.dtype(bool)).all()
    assert list(both.columns) == ["b", "c"]
    assert both["b"].tolist() == [False, True, True, True, False, False]
    pd.testing.assert_frame_equal(daily & monthly, both)
    pd.testing.assert_frame_equal(pd.DataFrame(daily) & monthly, both)


def test_numbers_are_filled_forward_and_unknown_before_the_first() -> None:
    weekly = table([[10.0], [20.0]], DAYS[[2, 4]])
    daily = table([[1.0]] * 6)
    assert (daily * weekly)["a"].fillna(-1).tolist() == [-1, -1, 10, 10, 20, 20]
    assert (daily > weekly)["a"].tolist() == [False] * 6
    assert (weekly < daily.iloc[::-1])["a"].tolist() == [False] * 6


def test_a_condition_of_other_dates_selects_values() -> None:
    daily = table([[1.0], [2.0], [3.0]])
    condition = table([[True]], DAYS[[1]])
    assert daily[condition]["a"].fillna(-1).tolist() == [-1, 2, 3]


def test_a_series_over_dates_means_one_value_a_day() -> None:
    t = table([[1.0, 5.0], [2.0, 6.0]])
    assert (t > t.mean(axis=1)).to_numpy().tolist() == [[False, True], [False, True]]
    assert (t - t.quantile_row(0.5)).to_numpy().tolist() == [[-2, 2], [-2, 2]]
    flag = pd.Series([True], index=DAYS[[1]])
    assert ((t > 0) & flag).to_numpy().tolist() == [[False, False], [True, True]]


def test_other_operands_mean_what_pandas_means() -> None:
    t = table([[1.0, 5.0], [2.0, 6.0]])
    assert (t + pd.Series({"a": 1, "b": 2})).to_numpy().tolist() == [[2, 7], [3, 8]]
    assert (1 - t).to_numpy().tolist() == [[0, -4], [-1, -5]]
    assert (t + np.ones((2, 2))).to_numpy().tolist() == [[2, 6], [3, 7]]
    stats = t.describe()
    assert (stats - stats).to_numpy().sum() == 0
    with pytest.raises(TypeError):
        hash(t)


def hold(entries: list[list[int]], exits: list[list[int]], **arguments: Any) -> list[list[int]]:
    entry, exit_ = table(entries).astype(bool), table(exits).astype(bool)
    return digits(entry.hold_until(exit_, **arguments))


def test_a_stock_is_held_from_entry_to_exit_and_an_exit_wins() -> None:
    assert hold([[1], [0], [0], [1], [1]], [[0], [0], [1], [1], [0]]) == [[1], [1], [0], [0], [1]]


def test_held_stocks_keep_their_places_and_free_ones_go_by_rank() -> None:
    entries = [[1, 0, 0], [1, 1, 1], [0, 1, 1], [0, 1, 1]]
    exits = [[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]
    rank = table([[0.0, 1.0, 2.0]] * 4)
    assert hold(entries, exits, nstocks_limit=1, rank=rank) == [[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]
    assert hold(entries, exits, nstocks_limit=1) == [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]]
    unranked = table([[0.0, 1.0, NAN]] * 4)
    assert hold(entries, exits, nstocks_limit=1, rank=unranked)[2] == [0, 1, 0]
    assert hold(entries, exits, nstocks_limit=0) == [[0, 0, 0]] * 4


def test_stops_compare_with_the_price_of_the_entry_day() -> None:
    frame.use_prices(table([[100.0], [95.0], [90.0], [80.0], [100.0], [130.0]]))
    always, never = [[1]] * 6, [[0]] * 6
    assert hold(always, never, stop_loss=0.1) == [[1], [1], [0], [1], [1], [1]]
    assert hold(always, never, stop_loss=-0.1) == hold(always, never, stop_loss=0.1)
    assert hold([[1]] + [[0]] * 5, never, take_profit=0.3) == [[1], [1], [1], [1], [1], [0]]


def test_stops_without_prices_say_so() -> None:
    with pytest.raises(ValueError, match="need an opened dataset"):
        hold([[1]], [[0]], stop_loss=0.1)
    with pytest.raises(ValueError, match="use 'close'"):
        hold([[1]], [[0]], trade_at="open")


def test_holding_aligns_entries_and_exits() -> None:
    entry = table([[True, True]], DAYS[[1]], ["a", "b"])
    exit_ = table([[False], [True]], DAYS[[2, 3]], ["b"])
    assert entry.hold_until(exit_)["b"].tolist() == [True, True, False]


def test_a_dataset_gives_its_adjusted_prices_to_stops(data: Data) -> None:
    close = data.get("price:收盤價")
    held = (close > 0).hold_until(close < 0, take_profit=0.05)
    assert 0 < held.to_numpy().mean() < 1


def test_plain_tables_get_the_methods_and_keep_their_own() -> None:
    own = pd.DataFrame.rank
    frame.install()
    plain = pd.DataFrame([[1.0, 2.0]], index=DAYS[:1])
    assert plain.is_largest(1).to_numpy().tolist() == [[False, True]]
    assert plain.average(1).to_numpy().tolist() == [[1, 2]]
    assert pd.DataFrame.rank is own
