"""Codes that a strategy vouches for are checked all the same, and are no longer its own to change."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from stratbox_runner.gate import bounds

bounds.install()

Codes = npt.NDArray[np.int8]
FAR: Codes = np.array([99, 0, 1], dtype=np.int8)

VOUCHED: dict[str, Callable[[], object]] = {
    "validate=False": lambda: pd.Categorical.from_codes(FAR, categories=["a", "b"], validate=False),
    "a code below -1": lambda: pd.Categorical.from_codes(-FAR, categories=["a", "b"], validate=False),
    "fastpath of a Categorical": lambda: pd.Categorical(FAR, ["a"], None, None, True),
    "fastpath of a Series": lambda: pd.Series(FAR, pd.RangeIndex(10**6), None, None, False, True),
    "verify_integrity=False": lambda: pd.MultiIndex(levels=[["a", "b"]], codes=[FAR], verify_integrity=False),
    "a negative code": lambda: pd.MultiIndex(levels=[["a", "b"]], codes=[-FAR], verify_integrity=False),
    "codes of two lengths": lambda: pd.MultiIndex([["a"], ["b"]], [[0], [0, 0]], verify_integrity=False),
    "new codes": lambda: pairs().set_codes([FAR, FAR], verify_integrity=False),
    "new codes of one level": lambda: pairs().set_codes(FAR, level=1, verify_integrity=False),
    "fewer levels": lambda: pairs().set_levels([["x"], [1]], verify_integrity=False),
}


def pairs() -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("a", 2)])


@pytest.mark.parametrize("make", VOUCHED.values(), ids=VOUCHED.keys())
def test_nobody_vouches_for_codes(make: Callable[[], object]) -> None:
    with pytest.raises((ValueError, TypeError), match=r"code|fastpath"):
        make()


def test_codes_are_copied() -> None:
    made: dict[str, Callable[[Codes], Any]] = {
        "a Categorical": lambda codes: pd.Categorical.from_codes(codes, categories=["a", "b"]),
        "a MultiIndex": lambda codes: pd.MultiIndex(levels=[["a", "b"]], codes=[codes]).get_level_values(0),
        "new codes": lambda codes: pairs().set_codes([codes, codes]).get_level_values(0),
    }
    for name, make in made.items():
        codes = np.zeros(3, dtype=np.int8)
        view = codes[:]
        table = make(codes)
        view[:] = 99
        assert list(table) == ["a", "a", "a"], name


def test_labels_that_are_taken_away_are_not_compared() -> None:
    labels = np.array([f"label {n}" for n in range(3000)], dtype=object)
    index: Any = pd.Index(labels)
    assert index.get_loc("label 7") == 7
    labels[:] = None
    others = [(n, n) for n in range(9000)]
    assert [index.get_loc(f"label {n}") for n in range(3000)] == list(range(3000))
    assert len(others) == 9000 and "nothing" not in index


def test_indexes_of_labels_work_as_before() -> None:
    index: Any = pd.Index(["b", "a", "c", "a"])
    assert index.get_indexer_for(["a", "x"]).tolist() == [1, 3, -1]
    assert (index.is_unique, index[:2].get_loc("a"), index[::-1].get_loc("c")) == (False, 1, 1)
    table = pd.DataFrame([[1, 2], [3, 4]], columns=["p", "q"], index=["x", "y"])
    assert table.reindex(columns=["q", "z"]).loc["y", "q"] == 4
    mixed: Any = pd.Index([1, "a", None, 2.5])
    assert mixed.get_loc("a") == 1


def test_what_is_within_bounds_works_as_before() -> None:
    index: Any = pd.MultiIndex(levels=[["a", "b"], [1, 2]], codes=[[0, 1, -1], [0, 1, 1]], names=["x", "y"])
    assert index.set_levels(["c", "d"], level="x").get_level_values("x").tolist()[:2] == ["c", "d"]
    assert index.remove_unused_levels().equals(index)
    assert index.set_codes([1, 0, 0], level=0).get_level_values(0).tolist() == ["b", "a", "a"]
    assert list(pd.Categorical.from_codes([0, 1, -1], ["a", "b"], ordered=True).codes) == [0, 1, -1]
    assert list(pd.Categorical.from_codes(pd.array([0, 1]), dtype=pd.CategoricalDtype(["a", "b"]))) == ["a", "b"]
    assert list(pd.Categorical(["b", "a"], ["a", "b"]).codes) == [1, 0]
    table = pd.DataFrame({"k": pd.Categorical(["a", "b", "a"]), "n": [1, 2, 2], "v": [1.0, 2.0, 3.0]})
    assert table.groupby(["k", "n"], observed=False)["v"].sum().unstack().shape == (2, 2)
    assert pd.cut(pd.Series([1, 5, 9]), 3).value_counts().sum() == 3
    assert pd.Series([1], ["a"], name="s", dtype=float).name == "s"
    bounds.install()
    assert pd.concat([table, table], keys=["p", "q"]).index.nlevels == 2
