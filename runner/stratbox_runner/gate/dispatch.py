"""What if a string reaches a lookup of attributes in pandas all the same? The second line behind reducers.py.

pandas turns the strings of agg, apply, transform, aggfunc and fill_method into attributes in five of its modules, with the
builtin getattr: each of these modules is given a getattr of its own that knows the listed attributes only.

And pandas turns labels into attributes: a Series with the label '__array_interface__' tells numpy where in memory its
numbers are. Private names are therefore never labels.
"""

import importlib
from collections.abc import Callable
from typing import Final

from stratbox_runner.gate.calls import PRINTING
from stratbox_runner.gate.vocabulary import ATTRIBUTES

MODULES: Final = (
    "pandas.core.apply",
    "pandas.core.groupby.generic",
    "pandas.core.groupby.groupby",
    "pandas.core.resample",
    "pandas.core.reshape.pivot",
)

# The classes whose attributes can be labels.
LABELLED: Final = (
    ("pandas.core.generic", "NDFrame"),
    ("pandas.core.groupby.groupby", "GroupBy"),
    ("pandas.core.resample", "Resampler"),
    ("pandas.core.window.rolling", "BaseWindow"),
)

# What these modules look up for themselves, beyond what strategies may.
_OWN: Final = frozenset({"axis", "closed", "convention", "dropna", "key", "label", "level", "sort"})

_ALLOWED: Final = (ATTRIBUTES | _OWN) - PRINTING.keys()

_installed: list[str] = []


def install() -> None:
    """Put the lookups in place; called before the strategy's code is known. A second call changes nothing."""
    if _installed:
        return
    for name in MODULES:
        vars(importlib.import_module(name))["getattr"] = lookup
        _installed.append(name)
    for name, class_name in LABELLED:
        labelled = getattr(importlib.import_module(name), class_name)
        labelled.__getattr__ = _without_private_labels(labelled.__getattr__)


def lookup(owner: object, name: str, *default: object) -> object:
    """Like getattr, for names a strategy could have written itself."""
    if name not in _ALLOWED:
        raise AttributeError(f"{name!r} is not a reducer strategies may use: pass e.g. 'mean' or a function")
    return getattr(owner, name, *default)


def _without_private_labels(original: Callable[[object, str], object]) -> Callable[[object, str], object]:
    def look_up(self: object, name: str) -> object:
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        return original(self, name)

    return look_up
