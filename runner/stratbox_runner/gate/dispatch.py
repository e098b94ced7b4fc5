"""What if a string reaches pandas' lookup of methods by name all the same? The second line behind reducers.py.

pandas turns the strings of agg, apply, transform, aggfunc and fill_method into attributes in five of its modules, with the
builtin getattr. Each of these modules is given a getattr of its own that knows the listed attributes only.
"""

import importlib
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

# What these modules look up for themselves, beyond what strategies may.
_OWN: Final = frozenset({"axis", "closed", "convention", "dropna", "key", "label", "level", "sort"})

_ALLOWED: Final = (ATTRIBUTES | _OWN) - PRINTING.keys()


def install() -> None:
    """Put the lookup in place; called once, before the strategy's code is known."""
    for name in MODULES:
        vars(importlib.import_module(name))["getattr"] = lookup


def lookup(owner: object, name: str, *default: object) -> object:
    """Like getattr, for names a strategy could have written itself."""
    if name not in _ALLOWED:
        raise AttributeError(f"{name!r} is not a reducer strategies may use: pass e.g. 'mean' or a function")
    return getattr(owner, name, *default)
