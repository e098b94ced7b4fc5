"""What if a strategy changes, or vouches for, what pandas relies on without looking? The second line behind the words.

pandas stores categories and levels once and points at them with codes, and takes by codes without looking: one that is
out of range reads, or counts, beyond the memory of the table. It lets callers vouch for codes (`validate=False`,
`verify_integrity=False`, `fastpath=True`) and keeps the array it was given, which a caller can change afterwards. So
codes are always copied and always checked, whatever the caller says.

The table with which an index finds its labels points at them without holding them: a label that is taken out of the
array under an index would be compared after it is gone. Such tables get labels of their own.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from pandas._libs import index as _lookups
from pandas.api.extensions import no_default

_FASTPATH: Final = "fastpath is not available to strategies: leave it out"

_installed: list[str] = []


def install() -> None:
    """Put the checks in place; called before the strategy's code is known. A second call changes nothing."""
    if _installed:
        return
    _installed.append("pandas")
    lookups: Any = _lookups
    lookups.ObjectEngine = _owning(lookups.ObjectEngine)
    categorical: Any = pd.Categorical
    index: Any = pd.MultiIndex
    series: Any = pd.Series
    categorical.from_codes = classmethod(_copied(categorical.from_codes.__func__))
    categorical.__init__ = _categorical(categorical.__init__)
    series.__init__ = _series(series.__init__)
    index._set_codes = _checked_codes(index._set_codes)
    index.set_levels = _checked_levels(index.set_levels)


def _owning(original: Any) -> Any:
    class OwnedLabels(original):  # type: ignore[misc]
        def __init__(self, values: Any) -> None:
            super().__init__(values.copy())

    return OwnedLabels


def _copied(original: Any) -> Any:
    def from_codes(
        cls: Any, codes: Any, categories: Any = None, ordered: Any = None, dtype: Any = None, validate: bool = True
    ) -> Any:
        del validate
        return original(cls, codes, categories, ordered, dtype, validate=True).copy()

    return from_codes


def _categorical(original: Any) -> Any:
    def init(
        self: Any,
        values: Any,
        categories: Any = None,
        ordered: Any = None,
        dtype: Any = None,
        fastpath: Any = no_default,
        copy: bool = True,
    ) -> None:
        if fastpath is not no_default:
            raise TypeError(_FASTPATH)
        original(self, values, categories, ordered, dtype, copy=copy)

    return init


def _series(original: Any) -> Any:
    def init(
        self: Any,
        data: Any = None,
        index: Any = None,
        dtype: Any = None,
        name: Any = None,
        copy: Any = None,
        fastpath: Any = no_default,
    ) -> None:
        if fastpath is not no_default:
            raise TypeError(_FASTPATH)
        original(self, data, index, dtype, name, copy)

    return init


def _checked_codes(original: Any) -> Any:
    def set_codes(self: Any, codes: Any, **options: Any) -> None:
        original(self, codes, **(options | {"copy": True}))
        _check(self)

    return set_codes


def _checked_levels(original: Any) -> Any:
    def set_levels(self: Any, levels: Any, *, level: Any = None, verify_integrity: bool = True) -> Any:
        index = original(self, levels, level=level, verify_integrity=verify_integrity)
        _check(index)
        return index

    return set_levels


def _check(index: Any) -> None:
    for level, codes in zip(index._levels, index._codes, strict=False):
        if len(codes) != len(index._codes[0]):
            raise ValueError("the codes of a MultiIndex are not all of one length")
        if len(codes) and (int(np.max(codes)) >= len(level) or int(np.min(codes)) < -1):
            raise ValueError("a code of a MultiIndex is out of range of its level")
